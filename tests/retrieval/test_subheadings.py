"""A leaflet's sub-headings, frequencies and lists without marks: what a passage is shown with."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from retrieval.corpus import Corpus, Document
from retrieval.heading_lines import can_be_heading, names_a_topic
from retrieval.monograph import Monograph, text_sha256
from retrieval.passages import Level, Passage, Role, cut
from retrieval.views import corpus_views

LEAFLET = """# Zorvex

## 2. What you need to know before you take zorvex

Do not take Zorvex

- if you are allergic to zorvexine
- if you are bleeding

Warnings and precautions Talk to your doctor before taking Zorvex

- if you have an increased risk of bleeding, such as:

severe kidney disease

you are older than 75 years

- if you have a heart valve

Zorvex is not an insulin and must not be used instead of it. Effects on the digestive system

During treatment you may feel sick. Drink plenty of fluids.

Pregnancy and breast-feeding If you are pregnant, ask your doctor before taking this medicine.

Do not breast-feed while you take it.

Driving and using machines Zorvex is unlikely to affect your ability to drive and use machines.

Zorvex with alcohol Alcohol should be avoided.

Zorvex with food, drink and grapefruit Avoid it with juice.

Store it as your pharmacist tells you

## 4. Possible side effects

Serious side effects

Rare (may affect up to 1 in 1,000 people)

- Bleeding:
- in your brain
- from your gums
- Hair loss Uncommon side effects (may affect up to 1 in 100 people)
- cough

Other side effects

Very common: may affect more than 1 in 10 people

- headache

The signs may come suddenly. They can be a cold sweat and shaking.

- dizziness

Tell your doctor if you have:

- a fever

If you have any further questions, ask your doctor.

## 5. How to store zorvex

Before opening:

Store in a refrigerator.

During use:

- Keep the cap on.
"""


def passage(text: str) -> Passage:
    (found,) = (p for p in cut("zorvex", LEAFLET).level(Level.BLOCK) if p.text == text)
    return found


def above(text: str) -> list[str]:
    """What a passage is read with, below its section's heading."""
    return [LEAFLET[c.start : c.end] for c in passage(text).context[1:]]


RARE, UNCOMMON = "Rare (may affect up to 1 in 1,000 people)", "Uncommon side effects (may affect up to 1 in 100 people)"
RISK = "- if you have an increased risk of bleeding, such as:"
TALK = "Talk to your doctor before taking Zorvex"
OFTEN = "Very common: may affect more than 1 in 10 people"


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("- if you are bleeding", ["Do not take Zorvex"]),
        ("severe kidney disease", ["Warnings and precautions", TALK, RISK]),
        ("- if you have a heart valve", ["Warnings and precautions", TALK]),
        ("During treatment you may feel sick. Drink plenty of fluids.", ["Effects on the digestive system"]),
        ("If you are pregnant, ask your doctor before taking this medicine.", ["Pregnancy and breast-feeding"]),
        ("Do not breast-feed while you take it.", ["Pregnancy and breast-feeding"]),
        ("Zorvex is unlikely to affect your ability to drive and use machines.", ["Driving and using machines"]),
        ("Alcohol should be avoided.", ["Zorvex with alcohol"]),
        # Too little would be left without its heading:
        ("Zorvex with food, drink and grapefruit Avoid it with juice.", []),
        ("- in your brain", ["Serious side effects", RARE, "- Bleeding:"]),
        ("- Hair loss", ["Serious side effects", RARE]),
        ("- cough", ["Serious side effects", UNCOMMON]),
        ("- headache", ["Other side effects", OFTEN]),
        ("The signs may come suddenly. They can be a cold sweat and shaking.", ["Other side effects"]),
        ("- dizziness", ["Other side effects", OFTEN]),
        ("- a fever", ["Other side effects", "Tell your doctor if you have:"]),
        ("If you have any further questions, ask your doctor.", []),
        ("Store in a refrigerator.", ["Before opening:"]),
        ("- Keep the cap on.", ["During use:"]),
    ],
)
def test_a_passage_is_shown_with_what_governs_it(text: str, context: list[str]) -> None:
    assert above(text) == context


def test_headings_and_what_only_leads_on_are_not_answers() -> None:
    shown = {p.text for p in cut("zorvex", LEAFLET).showable()}
    leading = {"Do not take Zorvex", TALK, RISK, "- Bleeding:", RARE, OFTEN, "Before opening:", "During use:"}
    assert not shown & leading
    assert {"- cough", "severe kidney disease", "Store it as your pharmacist tells you"} <= shown


def test_a_list_stands_with_its_headings() -> None:
    lists = [p.text for p in cut("zorvex", LEAFLET).showable() if p.kind == "list"]
    assert "\n\nDo not take Zorvex\n\n- if you are allergic" in lists[0]
    assert any(text.startswith("## 4. Possible side effects\n\nSerious side effects\n\nRare (may") for text in lists)
    assert all(text in LEAFLET for text in lists)


def test_a_frequency_is_context_and_not_searched_in() -> None:
    day = date(2026, 11, 1)
    monograph = Monograph(
        "zorvex", "Zorvex", "Zorvex", (), "1", day, day, "", LEAFLET, text_sha256(LEAFLET), Path("zorvex.md"), 1
    )
    document = Document(monograph, cut("zorvex", LEAFLET), (), (), None)
    views = {view.text for view in corpus_views(Corpus({"zorvex": document}, (), (), {}))}
    assert "4. Possible side effects: cough." in views
    section = "2. What you need to know before you take zorvex"
    assert f"{section}: Pregnancy and breast-feeding: Do not breast-feed while you take it." in views


def test_the_words_of_a_heading_are_read_with_it_in_the_role_of_one() -> None:
    assert [c.role for c in passage("- in your brain").context] == [Role.HEADING] * 3 + [Role.ITEM]


@pytest.mark.parametrize(
    "line",
    ["Children and adolescents", "If you take more Zorvex than you should", "How Zorvex is given",
     "Low blood sugar (hypo)",
     "Severe stomach pain which could be due to pancreatitis"],
)  # fmt: skip
def test_what_reads_as_a_heading(line: str) -> None:
    assert can_be_heading(line)


@pytest.mark.parametrize(
    "line",
    ["The recommended dose is 2 tablets", "Store in the original package", "loss of appetite", "Stop it.",
     "or", "Figure 2",
     "If you have a rash, tell your doctor", "For signs of a blood clot, see", "This medicine contains less sodium"],
)  # fmt: skip
def test_what_may_be_a_sentence_stays_one(line: str) -> None:
    assert not can_be_heading(line)


def test_a_general_heading_names_no_topic() -> None:
    assert names_a_topic("Pregnancy")
    assert not any(map(names_a_topic, ["Other side effects", RARE, OFTEN, "Warnings and precautions", "Common:"]))
