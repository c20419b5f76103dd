"""Whatever is written, and after whatever conversation: slices, a disclaimer, and an emergency first."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answer import Answer, Decision, Turn
from assistant.assistant import Assistant
from assistant.notices import NoticeName
from retrieval.corpus import Corpus

KNOWN = (
    "how long will the drip take", "will i get a skin rash", "what can i put on it", "how much does it cost",
    "can i take vitamins", "what is isatuximab", "hello", "¿Cuánto tiempo dura la infusión?", "thanks",
)  # fmt: skip
EMERGENCIES = {
    "my throat is swelling up and I can't breathe": (Decision.URGENT, NoticeName.URGENT),
    "she is fitting on the kitchen floor": (Decision.URGENT, NoticeName.URGENT),
    "I want to kill myself": (Decision.CRISIS, NoticeName.CRISIS),
}
ANY = st.one_of(
    st.text(max_size=200), st.sampled_from(KNOWN), st.builds("{} {}".format, st.sampled_from(KNOWN), st.text())
)


def conversation(assistant: Assistant, messages: list[str]) -> tuple[Turn, ...]:
    turns: tuple[Turn, ...] = ()
    for message in messages:
        turns = (*turns, Turn(message, assistant.ask(message, turns)))
    return turns


def keeps_the_contract(answer: Answer, corpus: Corpus) -> None:
    assert not any(line.startswith("failed") for line in answer.evidence)
    shown = json.loads(json.dumps(answer.as_json()).encode())
    for citation in shown["citations"]:
        source = corpus.documents[citation["document"]].monograph.source
        for quote in (citation, *citation["context"]):
            assert quote["text"] == source[quote["start"] : quote["end"]] != ""
        assert citation["start"] <= citation["highlight"][0] < citation["highlight"][1] <= citation["end"]
    assert ("disclaimer" in shown["notices"]) == (answer.decision != Decision.CRISIS)
    if answer.decision in (Decision.URGENT, Decision.CRISIS):
        assert shown["notices"][0] == answer.decision.value
    assert set(shown["notices"]) == set(shown["notice_texts"])


@settings(max_examples=60)
@given(before=st.lists(ANY, max_size=3), message=ANY, use_context=st.booleans())
def test_any_message_after_any_conversation(
    assistant: Assistant, corpus: Corpus, before: list[str], message: str, use_context: bool
) -> None:
    turns = conversation(assistant, before)
    answer = assistant.ask(message, turns, use_context)
    keeps_the_contract(answer, corpus)
    assert answer == assistant.ask(message, turns, use_context)


@settings(max_examples=60)
@given(before=st.lists(ANY, max_size=2), emergency=st.sampled_from(sorted(EMERGENCIES)), rest=st.text(max_size=300))
def test_an_emergency_is_first_whatever_stands_after_it(
    assistant: Assistant, corpus: Corpus, before: list[str], emergency: str, rest: str
) -> None:
    answer = assistant.ask(f"{emergency}.\n{rest}", conversation(assistant, before))
    keeps_the_contract(answer, corpus)
    decision, notice = EMERGENCIES[emergency]
    assert (answer.decision, answer.notices[0].name) == (decision, notice)
