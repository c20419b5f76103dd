"""The way of a message to an answer, with the real corpus, encoder and index."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answer import ALARM_DECISIONS, Answer, Decision
from assistant.assistant import Assistant
from assistant.notices import NoticeName
from assistant.topics import Topic
from retrieval.corpus import Corpus
from tests.conftest import Parts


def test_an_answer_shows_the_row_with_its_heads_and_the_disclaimer(assistant: Assistant, corpus: Corpus) -> None:
    source = corpus.documents["istiratumab"].monograph.source
    shown = assistant.ask("how long will the drip take").as_json()
    assert shown["decision"] == "answer"
    assert shown["notices"] == ["disclaimer"]
    assert shown["notice_texts"]["disclaimer"] == source[10261:10839]
    first = shown["citations"][0]
    assert first["section"] == "Dosage and Administration Protocols"
    assert (first["document"], first["version"]) == ("istiratumab", "1.0")
    assert (first["start"], first["end"], first["highlight"]) == (4176, 4300, [4194, 4298])
    assert first["text"] == source[4176:4300]
    assert [c["text"] for c in first["context"]] == [
        "## Dosage and Administration Protocols",
        "| Treatment Detail | Protocol Specification |\n| --- | --- |",
    ]


def test_every_citation_is_its_slice(assistant: Assistant, corpus: Corpus) -> None:
    for phrasing in corpus.documents["istiratumab"].phrasings[::60]:
        for citation in assistant.ask(phrasing.question).as_json()["citations"]:
            source = corpus.documents[citation["document"]].monograph.source
            assert citation["text"] == source[citation["start"] : citation["end"]]
            assert citation["start"] <= citation["highlight"][0] < citation["highlight"][1] <= citation["end"]


@pytest.mark.parametrize("message", ["what is the weather", "who won the world cup", "how do i cook rice"])
def test_what_is_about_something_else_is_said_to_be(assistant: Assistant, message: str) -> None:
    answer = assistant.ask(message)
    assert (answer.decision, answer.citations, answer.see_also) == (Decision.ABSTAIN, (), ())
    assert [n.name for n in answer.notices] == [NoticeName.OFF_TOPIC]


@pytest.mark.parametrize("gap", ["how much does it cost", "does it make hair fall out", "asdf qwer zxcv"])
def test_what_the_monograph_does_not_know_gets_no_passage(assistant: Assistant, gap: str) -> None:
    answer = assistant.ask(gap)
    assert answer.decision == Decision.ABSTAIN
    assert answer.citations == ()
    assert [n.name for n in answer.notices] == [NoticeName.ABSTAIN]
    assert answer.see_also
    for section in answer.see_also:
        assert section.quote.text.startswith(f"## {section.name}\n")


@pytest.mark.parametrize("gap", ["how much does it cost", "does it make my hair fall out", "can i breastfeed"])
def test_a_known_gap_gets_no_passage_though_it_shares_words(assistant: Assistant, gap: str) -> None:
    assert assistant.ask(gap).decision == Decision.ABSTAIN


@pytest.mark.parametrize("message", ["Hello!", "thank you so much", "Who are you?", "OK", "thanks, god bless you all"])
def test_small_talk_gets_the_greeting(assistant: Assistant, message: str) -> None:
    answer = assistant.ask(message)
    assert answer.decision == Decision.GREETING
    assert [n.name for n in answer.notices] == [NoticeName.GREETING]


@pytest.mark.parametrize(
    ("message", "reason"),
    [("", "rejected-empty"), ("x" * 100_000, "rejected-long"), ("🤒", "rejected-not-text")],
)
def test_what_cannot_be_read_is_rejected_with_a_reason(assistant: Assistant, message: str, reason: str) -> None:
    shown = assistant.ask(message).as_json()
    assert shown["decision"] == "rejected"
    assert shown["notices"] == [reason, "disclaimer"]
    assert shown["citations"] == []


def test_odd_characters_change_nothing(assistant: Assistant) -> None:
    plain = assistant.ask("how is it given").as_json()
    assert assistant.ask("\u202ehow\x00 is  it\u200b given\u202c").as_json() == plain
    assert plain["decision"] == "answer"


def test_an_emergency_comes_first_with_the_monographs_own_instruction(assistant: Assistant) -> None:
    answer = assistant.ask("the drip is running and I suddenly feel dizzy and short of breath")
    assert answer.decision == Decision.URGENT
    assert [n.name for n in answer.notices] == [NoticeName.URGENT]
    assert answer.citations[0].quote.text.startswith("- Report any immediate feeling of shortness of breath")
    assert answer.evidence
    shown = answer.as_json()
    assert shown["notices"] == ["urgent", "disclaimer"]
    assert "evidence" not in shown


def test_a_crisis_shows_nothing_of_the_medicine(assistant: Assistant) -> None:
    answer = assistant.ask("I want to kill myself")
    assert answer.decision == Decision.CRISIS
    shown = answer.as_json()
    assert shown["notices"] == ["crisis"]
    assert shown["citations"] == shown["see_also"] == []
    assert "istiratumab" not in str(shown).lower()


@pytest.mark.parametrize("word", ["I", "me", "mum", "why", "please"])
def test_one_ordinary_word_is_no_alarm(assistant: Assistant, word: str) -> None:
    assert assistant.ask(word).decision not in (Decision.URGENT, Decision.CRISIS)


@pytest.mark.parametrize("question", ["what is anaphylaxis", "could it affect my breathing", "can it cause a fever"])
def test_a_question_about_a_danger_is_no_alarm(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).decision not in (Decision.URGENT, Decision.CRISIS)


def test_an_emergency_at_the_start_of_a_message_too_long_to_read_is_seen(assistant: Assistant) -> None:
    story = " We came by car and it rained all the way and the nurse was kind." * 40
    assert assistant.ask("My throat is swelling up and I can't breathe." + story).decision == Decision.URGENT
    assert assistant.ask("It was a long day at the clinic." + story).decision == Decision.REJECTED


def names(answer: Answer) -> list[str]:
    return [notice.name.value for notice in answer.notices]


def test_a_personal_decision_is_for_the_care_team(assistant: Assistant) -> None:
    answer = assistant.ask("can i take vitamins")
    assert answer.decision in (Decision.ANSWER, Decision.RELATED)
    assert names(answer)[-1] == "care-team"
    assert "care-team" not in names(assistant.ask("how long will the drip take"))


@pytest.mark.parametrize("message", ["what is isatuximab", "MM-121 side effects", "istradefylline dose"])
def test_another_medicine_gets_its_notice_and_nothing_of_this_one(assistant: Assistant, message: str) -> None:
    answer = assistant.ask(message)
    assert (answer.decision, names(answer)) == (Decision.ABSTAIN, ["other-medicine"])
    assert answer.citations == answer.see_also == ()


def test_what_is_not_in_english_gets_a_notice_in_its_language_first(assistant: Assistant) -> None:
    answer = assistant.ask("¿Cuánto tiempo dura la infusión?")
    first = answer.notices[0]
    assert (first.name, first.language, first.direction) == (NoticeName.ENGLISH_ONLY, "es", "ltr")
    assert assistant.ask("ما هي الآثار الجانبية").notices[0].direction == "rtl"
    assert assistant.ask("Πόσο διαρκεί η έγχυση;").notices[0].language == "en"
    long = assistant.ask("¿Cuánto tiempo dura la infusión? ¿Y cada cuántas semanas? " * 60)
    assert (long.decision, names(long)) == (Decision.REJECTED, ["english-only", "rejected-long"])


@pytest.mark.parametrize(
    ("message", "language", "decision"),
    [
        ("No puedo respirar bien desde que salí de la infusión", "es", Decision.URGENT),
        ("Ya no quiero vivir, tengo las pastillas guardadas", "es", Decision.CRISIS),
        ("لا أستطيع التنفس", "ar", Decision.URGENT),
        ("我胸口很痛，喘不过气", "zh", Decision.URGENT),
        ("ik krijg geen lucht, mijn keel is dik", "nl", Decision.URGENT),
        ("息ができない、助けて", "ja", Decision.URGENT),
        ("숨을 못 쉬겠어요", "ko", Decision.URGENT),
        ("죽고 싶어요", "ko", Decision.CRISIS),
        ("saya tidak bisa bernapas, bibir bengkak", "id", Decision.URGENT),
        ("nu pot respira deloc, buzele mi se umflă", "ro", Decision.URGENT),
        ("не можу дихати, губи набрякли", "uk", Decision.URGENT),
        ("نمی‌توانم نفس بکشم", "fa", Decision.URGENT),
    ],
)
def test_an_alarm_is_in_the_patients_language_first(
    assistant: Assistant, message: str, language: str, decision: Decision
) -> None:
    answer = assistant.ask(message)
    assert answer.decision == decision
    assert [(n.name, n.language) for n in answer.notices[:2]] == [(decision, language), (f"{decision}-english", "en")]
    assert answer.notices[1].text == assistant.notices[NoticeName(decision)].text


def test_an_alarm_in_a_language_without_a_card_is_in_english_with_its_note(assistant: Assistant) -> None:
    answer = assistant.ask("δεν μπορώ να αναπνεύσω, chest pain and my throat is closing")
    assert names(answer)[0] == "urgent"
    assert answer.notices[0].language == "en"


@pytest.mark.parametrize(
    "message",
    [
        "I've had a rash on both arms for three days now, bit itchy",
        "itching since the last cycle, can't sleep for it",
        "so tired for ten days since my second infusion, stuck on the couch",
        "temperature 37.9 this evening, otherwise ok",
    ],
)
def test_what_is_to_be_reported_today_stands_above_the_answer(assistant: Assistant, message: str) -> None:
    answer = assistant.ask(message)
    assert answer.decision not in ALARM_DECISIONS
    assert names(answer)[0] == "soon"
    shown = answer.as_json()
    assert shown["notice_texts"]["soon"] == assistant.notices[NoticeName.SOON].text
    assert any(line.startswith(("term", "learned", "temperature")) for line in answer.evidence)


@pytest.mark.parametrize("message", ["how common is a rash with this", "is tiredness listed", "M.R.I. scan", "hi"])
def test_a_question_about_it_is_answered_plainly(assistant: Assistant, message: str) -> None:
    answer = assistant.ask(message)
    assert answer.decision not in ALARM_DECISIONS
    assert "soon" not in names(answer)


def test_what_the_monograph_lacks_is_named_in_approved_words(assistant: Assistant, corpus: Corpus) -> None:
    asked = [gap.question for gap in corpus.documents["istiratumab"].gaps if gap.topic == "price of drug"]
    named = [answer for answer in map(assistant.ask, asked) if answer.notices and answer.notices[0].topic]
    assert {answer.notices[0].topic for answer in named} == {Topic("price of drug", "what it costs")}
    assert {answer.as_json()["notice_texts"]["abstain"] for answer in named} == {
        "The monograph does not say anything about what it costs. Please ask your doctor, your nurse or the team that "
        "runs your trial. You can also try other words."
    }
    assert assistant.ask("what is the weather").notices[0].topic is None


def test_each_decision_has_its_evidence(assistant: Assistant) -> None:
    def starts(message: str) -> list[str]:
        return [line.partition(":")[0] for line in assistant.ask(message).evidence]

    scores = ["the monograph answers", "each passage answers", "about medicine at all", "figures", "first passage"]
    answered = starts("can i take vitamins")
    assert answered[:6] == ["asks for a personal decision", *scores]
    assert answered[-1].startswith("nearest gap")
    assert starts("how much does it cost")[:5] == scores
    assert starts("what is isatuximab") == ["another medicine", "notice"]
    assert starts("¿Cuánto tiempo dura la infusión?")[:1] == ["language"]
    assert starts("hello") == ["notice"]
    assert starts("") == ["notice"]
    assert "evidence" not in assistant.ask("hello").as_json()


def test_past_its_review_date_each_answer_says_so(parts: Parts) -> None:
    review_by = parts[0].corpus.documents["istiratumab"].monograph.review_by

    def shown_on(today: date, question: str) -> list[str]:
        assistant = Assistant(*parts, lambda: today)
        shown: list[str] = assistant.ask(question).as_json()["notices"]
        return shown

    late = review_by.replace(year=review_by.year + 1)
    assert shown_on(review_by, "how is it given") == ["disclaimer"]
    assert shown_on(late, "how is it given") == ["past-review", "disclaimer"]
    assert shown_on(late, "how much does it cost") == ["abstain", "past-review", "disclaimer"]
    assert shown_on(late, "what is the weather") == ["off-topic", "disclaimer"]


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters()))
def test_any_message_gets_an_answer(assistant: Assistant, message: str) -> None:
    answer = assistant.ask(message)
    assert bool(answer.disclaimers) == (answer.decision != Decision.CRISIS)
    assert answer.citations or answer.notices
