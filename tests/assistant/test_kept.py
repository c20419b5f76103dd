"""A page or a client that keeps to its medicine: what others are there changes nothing for it."""

from __future__ import annotations

import pytest

from assistant.answer import Answer, Decision, Turn
from assistant.assistant import Assistant
from assistant.start import start_assistant
from retrieval.encoder import Encoder
from tests.library import write_library

ASKED = (
    "where do I keep it",
    "where do I keep tresolimab",
    "does the skin go red",
    "how many minutes does the drip run",
    "can I take metformin with it",
    "can I take carvexol with it",
    "will I be worn out",
    "what does it cost",
    "what is the weather like tomorrow",
    "I cannot breathe",
)


@pytest.fixture(scope="module")
def alone(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Of tresolimab alone, before there were others."""
    folder = tmp_path_factory.mktemp("alone")
    corpus = write_library(folder / "corpus", encoder, "tresolimab")
    return start_assistant(corpus, folder / "index", encoder, lambda _: None)


def shown(answer: Answer) -> tuple[object, ...]:
    return (
        answer.decision,
        [notice.name for notice in answer.notices],
        [citation.passage.id for citation in answer.citations],
        [disclaimer.text for disclaimer in answer.disclaimers],
        [choice.monograph.id for choice in answer.choices],
    )


@pytest.mark.parametrize("text", ASKED)
def test_it_is_answered_as_if_there_were_no_other(library_assistant: Assistant, alone: Assistant, text: str) -> None:
    assert shown(library_assistant.kept_to("tresolimab").ask(text)) == shown(alone.ask(text))


def test_so_is_what_follows(library_assistant: Assistant, alone: Assistant) -> None:
    asked = "does the skin go red", "and where do I keep it"
    kept = library_assistant.kept_to("tresolimab")
    first, before = (assistant.ask(asked[0]) for assistant in (kept, alone))
    after = kept.ask(asked[1], (Turn(asked[0], first),))
    assert shown(after) == shown(alone.ask(asked[1], (Turn(asked[0], before),)))
    assert after.about == ("tresolimab",)


def test_a_question_about_another_medicine_of_the_library_gets_none_of_its_text(library_assistant: Assistant) -> None:
    kept = library_assistant.kept_to("tresolimab").ask("what are the side effects of carvexol")
    assert (kept.decision, kept.citations) == (Decision.ABSTAIN, ())
    assert kept.notices[0].name == "other-medicine"
    named = library_assistant.ask("what are the side effects of carvexol", document="tresolimab")
    assert {citation.passage.document for citation in named.citations} == {"carvexol"}


def test_a_choice_on_a_page_that_keeps_to_another_is_for_nothing(library_assistant: Assistant) -> None:
    kept = library_assistant.kept_to("tresolimab")
    assert shown(kept.ask("where do I keep it", document="carvexol")) == shown(kept.ask("where do I keep it"))


def test_a_medicine_that_is_not_there_keeps_to_nothing(library_assistant: Assistant) -> None:
    assert library_assistant.kept_to("gone") is library_assistant
