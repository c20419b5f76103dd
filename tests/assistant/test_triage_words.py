"""How the triage reads words: marks and spaces, patterns, numbers, and what a missing word rules out."""

from __future__ import annotations

import pytest

from assistant.triage.examples import read_examples
from assistant.triage.numbers import numbered, spoken
from assistant.triage.rules import Rules
from assistant.triage.words import Shortlist, read_pattern, spaced
from tests.conftest import CORPUS

SETS = {"mouth": "tongue|lip|lips", "not_between": "no|not|dont"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I can’t breathe!!", " i cant breathe . . "),
        ("38,5°C / BP 74/41", " 38,5 c bp 74 over 41 "),
        ("103.1f", " 103.1 f "),
        ("J'ai de la FIÈVRE", " jai de la fievre "),
        ("मुझे बुखार है।", " मुझे बुखार है . "),
        ("发烧39度", " 发 烧 39 度 "),
        ("أغمي عليه", " اغمي عليه "),
        ("one\ntwo", " one . two "),
        ("", "  "),
    ],
)
def test_words(text: str, words: str) -> None:
    assert spaced(text) == words


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("stiff neck", "my stiff neck", True),
        ("stiff neck", "stiff old neck", False),
        ("stiff neck", "stiff necks", False),
        ("<mouth> is? swell*", "My tongue is swelling", True),
        ("<mouth> is? swell*", "lips swelled", True),
        ("tongue ... swell*", "my tongue has got so very swelled", True),
        ("tongue ... swell*", "my tongue has got so very much more swelled", False),
        ("tongue ... swell*", "my tongue is not swelling", False),
        ("tongue ... swell*", "my tongue, it is swelling", False),
        ("cant|can_not talk", "I can not talk", True),
        ("*ing", "it is swelling", True),
        ("in 20##", "in 2015", True),
        ("in 20##", "in 20", False),
        ("喘不过", "我喘不过气", True),
    ],
)
def test_patterns(pattern: str, text: str, found: bool) -> None:
    (part,) = read_pattern(pattern, SETS)
    message = spaced(text)
    assert bool(part.expression.search(message)) is found
    assert not found or Shortlist([("it", [part])]).of(message) == ["it"]


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [("a & ", "no words"), ("<nose> hurts", "no set is called 'nose'"), ("... *", "has no letters"), ("", "no words")],
)
def test_patterns_that_cannot_be_read(pattern: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_pattern(pattern, SETS)


def test_no_term_and_no_guard_is_ruled_out_that_matches(rules: Rules) -> None:
    lexicon = rules.lexicon
    for message in read_examples(CORPUS / "triage" / "examples.jsonl")[::25]:
        text = lexicon.context(message.text).text
        terms = [term for term in lexicon.terms.things if all(part.expression.search(text) for part in term.parts)]
        assert [match.term for match in lexicon.find(lexicon.context(message.text))] == terms
        guards = [guard for guard in lexicon.guards.things if guard.part.expression.search(text)]
        possible = lexicon.guards.of(text)
        assert [guard for guard in possible if guard.part.expression.search(text)] == guards
        assert len(possible) < len(lexicon.guards.things) / 2


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("38", 38.0),
        ("38.5", 38.5),
        ("38,5", 38.5),
        ("1,200", 1200.0),
        ("0.4", 0.4),
        ("٣٩", 39.0),
        ("38.5.1", None),
        ("c", None),
        ("", None),
    ],
)
def test_numbers(word: str, value: float | None) -> None:
    assert numbered(word) == value


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        (" it is thirty eight point five ", " it is 38.5 "),
        (" a hundred and twenty one ", " 121 "),
        (" eighty over forty five ", " 80 over 45 "),
        (" twenty people ", " 20 people "),
        (" ten ", " ten "),
    ],
)
def test_spoken_numbers(text: str, digits: str) -> None:
    assert spoken(text) == digits
