"""Naming what the monograph does not answer, in approved words only."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from assistant.cues import Cues
from assistant.notices import NoticeName, read_notices
from assistant.start import start_assistant
from assistant.topics import Topic, agreed, read_topics
from retrieval.corpus import Corpus
from retrieval.encoder import Encoder
from retrieval.errors import ContractError, CorpusError
from retrieval.views import View, ViewKind
from tests.conftest import CORPUS
from tests.staff.made_up import monograph, write_corpus, write_lines


def test_every_topic_with_words_is_one_that_patients_ask(cues: Cues, corpus: Corpus) -> None:
    assert set(cues.topics) <= {gap.topic for gap in corpus.documents["istiratumab"].gaps}
    assert len(cues.topics) >= 60


def test_a_notice_names_a_topic_in_its_approved_wording_and_no_other() -> None:
    notice = read_notices(CORPUS / "notices")[NoticeName.ABSTAIN]
    named = notice.about(Topic("price of drug", "what it costs"))
    assert named.text == (
        "The monograph does not say anything about what it costs. Please ask your doctor, your nurse or the team that "
        "runs your trial. You can also try other words."
    )
    assert named.text == notice.topic_wording.replace("{topic}", "what it costs")
    assert notice.about(None) == notice
    assert "text" not in {field.name for field in dataclasses.fields(notice)}
    related = read_notices(CORPUS / "notices")[NoticeName.RELATED]
    with pytest.raises(ContractError, match="'related' has no place for a topic"):
        related.about(Topic("price of drug", "what it costs"))


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('{"topic": "a", "words": "b"}\n{"topic": "a", "words": "c"}\n', 2, "the topic 'a' stands there twice"),
        ('{"topic": "a", "words": "b. Take two"}\n', 1, "'b. Take two' cannot end a sentence"),
        ('{"topic": "a", "words": "<b>"}\n', 1, "'<b>' cannot end a sentence"),
        ('{"topic": "a", "words": " b"}\n', 1, "' b' cannot end a sentence"),
        ('{"topic": "a"}\n', 1, "not an object with the keys expected"),
    ],
)
def test_words_that_cannot_be_used_stop_the_start(tmp_path: Path, text: str, line: int, problem: str) -> None:
    path = tmp_path / "topics.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(CorpusError, match=problem) as caught:
        read_topics(path)
    assert caught.value.line == line


def test_a_topic_needs_the_nearest_gaps_to_agree() -> None:
    def nearest(*found: tuple[str, float]) -> tuple[tuple[View, float], ...]:
        return tuple((View("", ViewKind.GAP, "q", 0, 0, topic), score) for topic, score in found)

    assert agreed(nearest(("cost", 0.9), ("cost", 0.5), ("cost", 0.4))) == "cost"
    assert agreed(nearest(("cost", 0.9), ("cost", 0.5), ("hair", 0.4))) is None
    assert agreed(nearest(("cost", 0.59), ("cost", 0.5), ("cost", 0.4))) is None
    assert agreed(nearest(("cost", 0.9), ("cost", 0.5))) is None
    assert agreed(()) is None


GAPS = ("can I drink alcohol", "is wine allowed", "may I have a beer", "can I have a glass of champagne")


def text_with(*lines: str) -> str:
    bullets = "".join(f"- {line}\n" for line in lines)
    return f"## Side effects\n\n{bullets}\n## Legal Disclaimer\n\nAsk your doctor.\n"


@pytest.mark.parametrize(
    ("line", "speaks"),
    [("Avoid alcohol for 24 hours after each infusion.", True), ("Use an alcohol-free cream on dry skin.", False)],
)
def test_a_known_gap_does_not_deny_what_the_text_says_now(
    encoder: Encoder, tmp_path: Path, line: str, speaks: bool
) -> None:
    """Found in use: "The monograph does not say anything about drinking alcohol", after a version that did."""
    made = write_corpus(tmp_path / "corpus", encoder)
    (made.folder / "monographs" / "made-up.md").write_bytes(monograph(text_with("You may feel sick.", line)).encode())
    (made.folder / "questions" / "made-up.jsonl").unlink()
    write_lines(made.folder / "not_covered" / "made-up.jsonl", *({"topic": "alcohol", "q": q} for q in GAPS))
    assistant = start_assistant(made.folder, tmp_path / "index", encoder, lambda _: None)
    answer = assistant.ask("can I drink some wine")
    assert line in [c.quote.text.removeprefix("- ") for c in answer.citations] if speaks else not answer.citations
    assert ("drinking alcohol" in " ".join(n.text for n in answer.notices)) is not speaks
