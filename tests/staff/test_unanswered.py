"""What patients could not find: counts without words, masked words by choice, and deletion by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Decision
from retrieval.encoder import Encoder
from staff.masking import is_masked, mask, unmasked
from staff.state import State
from staff.unanswered import Count, Signal, Unanswered
from tests.staff.conftest import Clock

DAY = 24 * 3600
KNOWN = frozenset(
    "can i take it the drip my mother has a rash and what does do on monday is this said she her for call me to of at "
    "temp fever will may istiratumab nurse born in live name with".split()
)


SHOWN = ("made-up:infusion-it-is-7c8f0224ff", "made-up:schedule-it-is-12a3e00b82")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("My name is john smith", "My name is [name]"),
        ("can Anna Müller-Lang take it?", "can [name] [name] take it?"),
        ("dr patel said on 3 May 2026", "dr [name] said on [date]"),
        ("call me on +44 7700 900123", "call me on [phone]"),
        ("call me at a.b+c@mail.example.org", "call me at [mail]"),
        ("MRN 44-A551 temp 38.5", "[name] [number] temp [number]"),
        ("born 12/03/1961", "born [date]"),
        ("born March 3rd, 1961", "born [date]"),
        ("is it on Monday", "is it on [date]"),
        ("I live in Leeds LS1 4AP", "I live in [name] [number] [number]"),
        ("my mother Joan has a rash", "my mother [name] has a rash"),
        ("my mother joan has a rash", "my mother [name] has a rash"),
        ("I’m Maria O'Neill", "I’m [name]"),
        ("see https://x.example/me and @annab", "see [link] and [account]"),
        ("Can I take istiratumab with a rash?", "Can I take istiratumab with a rash?"),
        ("I may take it", "I may take it"),
    ],
)
def test_what_may_tell_who_asked_is_masked_and_the_rest_stays(text: str, masked: str) -> None:
    assert mask(text, KNOWN | {"see"}) == masked


@pytest.mark.parametrize(
    ("masked", "line"),
    [
        ("fridge or freezer for [name] [phone]", "fridge or freezer"),
        ("My name is [name], can I drink wine?", "can I drink wine?"),
        ("my mother [name] has a rash", "my mother has a rash"),
        ("my temp is [number], is that bad?", "my temp is, is that bad?"),
        ("[name] [number]", ""),
        ("how is it given", "how is it given"),
    ],
)
def test_a_masked_question_becomes_a_line_without_masks(masked: str, line: str) -> None:
    assert unmasked(masked) == line
    assert not is_masked(line)
    assert is_masked(masked) == ("[" in masked)


@given(st.text())
def test_no_digit_and_no_mail_address_comes_through(text: str) -> None:
    masked = mask(text, KNOWN)
    assert not any(c.isdecimal() for c in masked)
    assert "x@y.zz" not in mask(f"{text} x@y.zz", KNOWN)


def test_without_a_choice_to_share_only_counts_are_kept(state: State) -> None:
    unanswered = Unanswered(state)
    for _ in range(3):
        unanswered.count(Signal.NOT_ANSWERED, Decision.ABSTAIN, topic="sport")
    unanswered.count(Signal.THUMBS_DOWN, Decision.ANSWER, SHOWN)
    assert unanswered.counts() == (
        Count(Signal.NOT_ANSWERED, "abstain", "sport", (), 3),
        Count(Signal.THUMBS_DOWN, "answer", "", SHOWN, 1),
    )
    assert unanswered.shared() == ()
    assert state.query("SELECT day FROM unanswered_counts") == [("2026-09-21",), ("2026-09-21",)]


def test_counts_are_of_the_days_asked_for(state: State, clock: Clock) -> None:
    unanswered = Unanswered(state)
    unanswered.count(Signal.NOT_ANSWERED, Decision.ABSTAIN)
    clock.now += 10 * DAY
    unanswered.count(Signal.NOT_ANSWERED, Decision.ABSTAIN)
    assert [c.count for c in unanswered.counts(days=30)] == [2]
    assert [c.count for c in unanswered.counts(days=10)] == [1]


def test_shared_words_are_masked_before_they_reach_the_disk(state: State) -> None:
    unanswered = Unanswered(state, KNOWN)
    unanswered.share(
        Signal.NOT_ANSWERED, Decision.ABSTAIN, topic="sport", text="My name is Zebedee Quill, call me on 07700 900123"
    )
    assert [s.masked for s in unanswered.shared()] == ["My name is [name], call me on [phone]"]
    files = b"".join(path.read_bytes() for path in state.folder.iterdir() if path.is_file())
    for secret in (b"Zebedee", b"Quill", b"900123"):
        assert secret not in files


def test_a_shared_question_is_deleted_after_its_days_with_nothing_left_in_the_file(state: State, clock: Clock) -> None:
    unanswered = Unanswered(state, KNOWN | {"xylophone"}, kept_days=7)
    unanswered.share(Signal.NOT_ANSWERED, Decision.ABSTAIN, text="xylophone xylophone")
    clock.now += 6 * DAY
    unanswered.count(Signal.NOT_ANSWERED, Decision.ABSTAIN)
    assert len(unanswered.shared()) == 1
    clock.now += DAY
    unanswered.count(Signal.NOT_ANSWERED, Decision.ABSTAIN)
    assert state.query("SELECT count(*) FROM shared_questions") == [(0,)]
    state.query("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"xylophone" not in state.path.read_bytes()
    assert sum(c.count for c in unanswered.counts()) == 2


def test_staff_delete_what_they_have_dealt_with(state: State) -> None:
    unanswered = Unanswered(state, KNOWN)
    for words in ("can i take it", "is it the drip", "my mother has a fever"):
        unanswered.share(Signal.NOT_ANSWERED, Decision.ABSTAIN, text=words)
    first, _, third = unanswered.shared()
    unanswered.forget([first.id, third.id])
    assert [s.masked for s in unanswered.shared()] == ["is it the drip"]


def test_questions_that_ask_the_same_stand_together_with_the_middle_one_first(state: State, encoder: Encoder) -> None:
    words = [
        "can i drink wine",
        "is it safe to drive home",
        "am i allowed a beer",
        "is a glass of wine ok",
        "can i drive after",
        "what does the car park cost",
    ]
    unanswered = Unanswered(state, frozenset(" ".join(words).split()))
    for text in words:
        unanswered.share(Signal.NOT_ANSWERED, Decision.ABSTAIN, text=text)
    clusters = unanswered.clusters(encoder)
    assert [sorted(q.masked for q in c.questions) for c in clusters] == [
        ["am i allowed a beer", "can i drink wine", "is a glass of wine ok"],
        ["can i drive after", "is it safe to drive home"],
        ["what does the car park cost"],
    ]
    assert clusters[0].questions[0].masked in ("can i drink wine", "is a glass of wine ok")
    assert Unanswered(state).clusters(encoder)[0].size == 3


def test_no_shared_question_no_cluster(state: State, encoder: Encoder) -> None:
    assert Unanswered(state).clusters(encoder) == ()
