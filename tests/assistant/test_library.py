"""A question finds its medicine, in a library of three made-up ones with the real encoder."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from assistant.answer import Answer, Conversation, Decision, Turn
from assistant.assistant import Assistant
from assistant.cues import Cues
from assistant.library import About, Library, Named, Way, library_of


@pytest.fixture
def library(library_assistant: Assistant) -> Library:
    return library_of(library_assistant.corpus, frozenset({"storage"}), {"tresolinam": "specialist"})


@pytest.mark.parametrize(
    ("message", "documents", "way", "words"),
    [
        ("what is Tresolimab?", ("tresolimab",), Way.NAME, "tresolimab"),
        ("TR-20 side effects", ("tresolimab",), Way.ALIAS, "tr 20"),
        ("tr20 side effects", ("tresolimab",), Way.ALIAS, "tr20"),
        ("how is TRESAVO given", ("tresolimab",), Way.ALIAS, "tresavo"),
        ("tresolimaab storage", ("tresolimab",), Way.MISSPELLING, "tresolimaab"),
        ("carvexols storage", ("carvexol",), Way.MISSPELLING, "carvexols"),
        ("carvexol or bentrine", ("carvexol", "bentrine"), Way.NAME, "carvexol, bentrine"),
        ("is nordasil the same as carvexol", ("carvexol",), Way.ALIAS, "nordasil, carvexol"),
    ],
)
def test_a_name_brings_a_message_to_its_monographs(
    library: Library, message: str, documents: tuple[str, ...], way: Way, words: str
) -> None:
    assert library.about(message, (), None) == About(documents, way, words)


@pytest.mark.parametrize(
    ("message", "words", "choices"),
    [
        ("how do i store it", "", ()),
        ("what is tresolinam", "", ()),  # another medicine's name, though it is like this one's
        ("tres dose", "", ()),
        ("nordasil dose", "nordasil", ("bentrine", "carvexol")),
        ("treasolimib dose", "treasolimib", ("tresolimab",)),
    ],
)
def test_what_is_not_sure_is_left_to_the_patient(
    library: Library, message: str, words: str, choices: tuple[str, ...]
) -> None:
    assert library.about(message, (), None) == About((), None, words, choices)


def test_the_conversation_keeps_its_medicine_until_another_is_named(library: Library) -> None:
    before = ("carvexol",)
    assert library.about("how do i store it", before, None) == About(before, Way.CONVERSATION)
    assert library.about("and bentrine?", before, None) == About(("bentrine",), Way.NAME, "bentrine")
    assert library.about("nordasil dose", before, None) == About(before, Way.ALIAS, "nordasil")
    assert library.about("how do i store it", ("gone",), None) == About(())
    assert library.about("treasolimib dose", before, None).choices == ("tresolimab",)


def test_a_choice_counts_unless_the_message_names_another(library: Library) -> None:
    assert library.about("dose", ("bentrine",), "carvexol") == About(("carvexol",), Way.CHOSEN)
    assert library.about("nordasil dose", (), "carvexol") == About(("carvexol",), Way.CHOSEN)
    assert library.about("carvexol or bentrine", (), "carvexol") == About(("carvexol",), Way.CHOSEN)
    assert library.about("bentrine dose", (), "carvexol") == About(("bentrine",), Way.NAME, "bentrine")
    assert library.about("dose", (), "gone") == About(())


def test_names_stand_in_their_order_and_the_longer_one_counts(library: Library) -> None:
    assert library.named("TR 20, then bentrin") == (
        Named("tr 20", ("tresolimab",), Way.ALIAS),
        Named("bentrin", ("bentrine",), Way.MISSPELLING),
    )


def test_the_search_is_without_the_names_but_for_a_name_alone(library: Library) -> None:
    assert library.unnamed("What's the dose of TR-20, or of Bentrine?") == "What's the dose of it, or of it?"
    assert library.unnamed("Bentrine?") == "Bentrine?"
    assert library.unnamed("the dose") == "the dose"


def test_of_one_monograph_every_message_is_about_it_and_stays_as_it_is(cues: Cues) -> None:
    only = cues.medicines.library
    assert only.about("what is bentrine", (), None) == About(("istiratumab",), Way.ONLY)
    assert only.about("what is bentrine", (), None).evidence() == ()
    assert only.unnamed("istiratumab dose") == "istiratumab dose"


def talk(assistant: Assistant, *questions: str) -> list[Answer]:
    conversation: Conversation = ()
    for question in questions:
        conversation = (*conversation, Turn(question, assistant.ask(question, conversation)))
    return [turn.answer for turn in conversation]


def shown(answer: Answer) -> list[tuple[str, str]]:
    return [(citation.passage.document, citation.passage.section) for citation in answer.citations]


def test_a_conversation_goes_from_one_medicine_to_another(library_assistant: Assistant) -> None:
    first, follow_up, switch, after = talk(
        library_assistant,
        "what are the side effects of carvexol",
        "where do i keep it",
        "and bentrine?",
        "how many drops do i put in each ear",
    )
    assert shown(first)[0] == ("carvexol", "Side effects")
    assert shown(follow_up)[0] == ("carvexol", "Storage")
    assert {document for document, _ in shown(switch)} == {"bentrine"}
    assert shown(after)[0] == ("bentrine", "How to use it")
    assert [answer.about for answer in (first, follow_up, switch, after)] == [
        ("carvexol",), ("carvexol",), ("bentrine",), ("bentrine",)
    ]  # fmt: skip
    assert [answer.evidence[0] for answer in (first, follow_up)] == [
        "medicine: carvexol (name “carvexol”)", "medicine: carvexol (conversation)"
    ]  # fmt: skip


def test_one_medicine_is_answered_from_its_own_monograph_alone(library_assistant: Assistant) -> None:
    rash = "can I get a red skin rash from {}"
    assert {document for document, _ in shown(library_assistant.ask(rash.format("carvexol")))} == {"carvexol"}
    assert {document for document, _ in shown(library_assistant.ask(rash.format("tresavo")))} == {"tresolimab"}


def test_two_medicines_that_are_named_each_get_their_passage_and_disclaimer(library_assistant: Assistant) -> None:
    answer = library_assistant.ask("side effects of carvexol and bentrine")
    # Neither has phrasings: what is found by its text alone is never plainly an answer.
    assert answer.decision == Decision.RELATED
    assert set(shown(answer)[:2]) == {("carvexol", "Side effects"), ("bentrine", "Side effects")}
    assert [d.document.monograph.id for d in answer.disclaimers] == [document for document, _ in shown(answer)[:2]]


def test_what_one_of_two_does_not_say_may_not_be_the_answer(library_assistant: Assistant) -> None:
    answer = library_assistant.ask("does bentrine or tresolimab cost much when the ear itches")
    assert (answer.decision, answer.about) == (Decision.RELATED, ("bentrine", "tresolimab"))
    assert {document for document, _ in shown(answer)} == {"bentrine"}


def test_without_a_medicine_the_patient_is_asked_which(library_assistant: Assistant) -> None:
    answer = library_assistant.ask("does the ear canal itch")
    assert (answer.decision, answer.about, answer.citations) == (Decision.ABSTAIN, (), ())
    record = answer.as_json()
    assert record["notices"] == ["which-medicine", "disclaimer"]
    assert record["choices"][0] == {"document": "bentrine", "name": "Bentrine"}
    assert sorted(choice["document"] for choice in record["choices"]) == ["bentrine", "carvexol", "tresolimab"]
    assert answer.evidence == ("medicine: not named", "notice: which-medicine")
    chosen = library_assistant.ask("does the ear canal itch", document="bentrine")
    assert shown(chosen)[0] == ("bentrine", "Side effects")
    assert chosen.evidence[0] == "medicine: bentrine (chosen)"


def test_a_shared_name_leaves_the_choice_of_those_that_have_it(library_assistant: Assistant) -> None:
    answer = library_assistant.ask("nordasil storage")
    assert sorted(choice.monograph.id for choice in answer.choices) == ["bentrine", "carvexol"]
    assert answer.evidence[0] == "medicine: “nordasil” may be bentrine, carvexol"


def test_an_emergency_comes_before_any_choice(library_assistant: Assistant) -> None:
    answer = library_assistant.ask("my throat is closing")
    assert (answer.decision, answer.choices, answer.citations) == (Decision.URGENT, (), ())
    crisis = library_assistant.ask("I want to die")
    assert (crisis.decision, crisis.disclaimers) == (Decision.CRISIS, ())


def test_a_medicine_that_is_not_in_the_library_is_said_to_be_another(library_assistant: Assistant) -> None:
    other = {"decision": "abstain", "notices": ["other-medicine", "disclaimer"], "citations": [], "choices": []}

    def of(record: Mapping[str, object]) -> dict[str, object]:
        return {key: record[key] for key in other}

    # Bentrine's monograph speaks of metformin: there it is no other medicine, elsewhere it is.
    assert of(library_assistant.ask("what is metformin").as_json()) == other
    first, second = talk(library_assistant, "carvexol storage", "what is metformin")
    assert (of(second.as_json()), second.about) == (other, ("carvexol",))
    assert second.disclaimers[0].document.monograph.id == "carvexol"
    assert library_assistant.ask("what is metformin", document="bentrine").decision != Decision.ABSTAIN
    assert first.about == ("carvexol",)


def test_a_gap_belongs_to_its_own_monograph(library_assistant: Assistant) -> None:
    def gap(medicine: str) -> list[str]:
        evidence = library_assistant.ask(f"what does {medicine} cost").evidence
        return [line.split(",")[0] for line in evidence if line.startswith("nearest gap")]

    assert gap("tresolimab") == ["nearest gap: “what does it cost” (cost)"]
    assert gap("carvexol") == ["nearest gap: “will it rain tomorrow” (weather)"]


def test_without_the_turns_before_the_medicine_is_kept(library_assistant: Assistant) -> None:
    turns = (Turn("carvexol storage", library_assistant.ask("carvexol storage")),)
    alone = library_assistant.ask("side effects", turns, use_context=False)
    assert (alone.about, alone.context) == (("carvexol",), None)


def test_a_service_of_one_medicine_stays_with_it_whatever_is_added(library_assistant: Assistant) -> None:
    """A second medicine must not change what patients of the first get."""
    home = library_of(library_assistant.corpus, frozenset({"storage"}), {}, "tresolimab")
    assert home.about("how long will the drip take", (), None) == About(("tresolimab",), Way.HOME)
    # A name, a choice and the conversation say otherwise.
    assert home.about("how is carvexol stored", (), None).documents == ("carvexol",)
    assert home.about("how is it stored", ("carvexol",), None) == About(("carvexol",), Way.CONVERSATION)
    assert home.about("how is it stored", (), "bentrine") == About(("bentrine",), Way.CHOSEN)
    gone = library_of(library_assistant.corpus, frozenset(), {}, "no-longer-served")
    assert gone.about("how is it stored", (), None) == About((), None)


def test_nobody_is_asked_which_medicine_where_it_does_not_matter(library_assistant: Assistant) -> None:
    for message in ("who won the football match", "when does the train leave"):
        answer = library_assistant.ask(message)
        assert (answer.decision, answer.choices, answer.citations) == (Decision.ABSTAIN, (), ())
        assert [notice.name for notice in answer.notices] in (["off-topic"], ["abstain"])
