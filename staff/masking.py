"""Mask what may tell who asked: before a shared question is written anywhere.

Names cannot be known from a list, so the rule is turned round: a word with a capital letter stays only if the
corpus knows the word. So does what follows 'my name is', a title or a relation ('my son …'). Dates, numbers,
mail addresses, links and account names go in any case. It masks too much rather than too little.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

__all__ = ["is_masked", "mask", "unmasked"]

_MONTH = "(?:jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|may|june|july|august|september|october|november|december)"  # noqa: E501
_DAY_OF_WEEK = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_LETTER = r"[^\W\d_]"
_NAME = rf"{_LETTER}+(?:['’-]{_LETTER}+)*"
_CAPITALISED = rf"[A-ZÀ-ÖØ-Þ]{_LETTER}*(?:['’-]{_LETTER}+)*"

_PLAIN = (
    ("[mail]", re.compile(r"\S+@\S+\.\S+")),
    ("[link]", re.compile(r"(?i)\b(?:https?://|www\.)\S+")),
    ("[account]", re.compile(r"(?<!\w)@\w+")),
    ("[date]", re.compile(rf"(?i)\b(?:{_NTH} +(?:of +)?{_MONTH}|{_MONTH} +{_NTH})\b(?:,? +\d{{4}})?")),
    ("[date]", re.compile(r"\b\d{1,4}([./-])\d{1,2}\1\d{1,4}\b")),
    ("[date]", re.compile(rf"(?i)\b{_DAY_OF_WEEK}\b")),
    ("[phone]", re.compile(r"(?<![\w-])\+?\(?\d[\d ().-]{5,}\d")),
    ("[number]", re.compile(r"\w*\d[\w.,:/-]*(?<![.,:/-])")),
)
_BEFORE_A_NAME = (
    r"my name is|my name['’]?s|name is|name:|i am|i['’]m|im|called|named|signed|regards,?|dear|"
    r"dr\.?|mr\.?|mrs\.?|ms\.?|miss|prof\.?|professor|doctor|sister|nurse|"
    r"(?:my|our|his|her|their) (?:son|daughter|mum|mom|mother|dad|father|wife|husband|partner|brother|sister|friend|"
    r"nan|gran|grandad|uncle|aunt|neighbour|neighbor|boy|girl|baby)"
)
_INTRODUCED = re.compile(rf"(?i)\b({_BEFORE_A_NAME})(,? +)({_NAME}(?: +{_NAME})?)")
_MASK = re.compile(r"\[(?:name|date|number|phone|mail|link|account)\]")
_LEADING = (
    r"for|of|with|at|on|by|from|to|in|since|until|and|call me|mail me|phone|my name is|my name['’]s|name is|name:|"
    r"i am|i['’]m|im|called|named|signed|regards|dear|dr\.?|mr\.?|mrs\.?|ms\.?|miss|prof\.?"
)
_LED_UP = re.compile(rf"(?i)(?:(?<![\w'’])(?:{_LEADING}),? +)*(?:{_MASK.pattern} *)+(?:['’]s\b)?")
_CAPITAL = re.compile(rf"(?<![\[\w]){_CAPITALISED}(?!\])")


def mask(text: str, known: AbstractSet[str]) -> str:
    """The text with `[name]`, `[date]`, `[number]` and the like in place of what may tell who asked.

    `known` are the words of the corpus in small letters (Retriever.vocabulary).
    """
    for label, pattern in _PLAIN:
        text = pattern.sub(label, text)

    def introduced(match: re.Match[str]) -> str:
        words = [word if _known(word, known) else "[name]" for word in match[3].split()]
        return f"{match[1]}{match[2]}{' '.join(dict.fromkeys(words)) if '[name]' in words else match[3]}"

    text = _INTRODUCED.sub(introduced, text)
    return _CAPITAL.sub(lambda match: match[0] if _known(match[0], known) else "[name]", text)


def is_masked(text: str) -> bool:
    """Whether a mask stands in a text: no patient writes one, so no line of the corpus may have it."""
    return _MASK.search(text) is not None


def unmasked(text: str) -> str:
    """A masked question without its masks, and without the words that led up to them, as a line of the corpus has it.

    Empty if nothing but masks was asked.
    """
    left = " ".join(_LED_UP.sub(" ", text).split())
    return re.sub(r"^[ ,;:.!–-]+| +(?=[,;:.!?])|[ ,;:–-]+$", "", left)


def _known(word: str, known: AbstractSet[str]) -> bool:
    """By its parts: "I'm" is made of single letters, "O'Neill" is not."""
    return all(len(part) == 1 or part in known for part in re.split("['’-]", word.lower()))
