"""Words of a text without what only looks different: characters folded, controls left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

__all__ = ["all_words", "clean", "plain_words", "searchable", "together", "unmarked"]

# Controls, private use, lone surrogates and unassigned code points; format characters such as
# bidirectional overrides, which can make a text look like another.
_DROPPED = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})

_TAG = re.compile(r"""</?[A-Za-z][\w-]*(?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))*\s*/?>""")
"""Markup that was pasted with a message: its words are not the patient's. "<38 and >37" is none."""

_TOGETHER = 100
"""Texts that are made plain in one go: that takes a third of the time of one by one."""

_KEPT = 0x3000
"""Characters from here on are looked at anew each time: nobody fills memory by sending them all."""


class _Table(dict[int, str]):
    """For str.translate: what each character becomes, found out when it first comes. A library has millions."""

    def __init__(self, becomes: Callable[[str], str]) -> None:
        self._becomes = becomes

    def __missing__(self, code: int) -> str:
        found = self._becomes(chr(code))
        if code < _KEPT:
            self[code] = found
        return found


def _cleaned(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in _DROPPED else character


def _worded(character: str) -> str:
    if character.isalnum():
        return character
    return "" if character in "'’" else " "


def _searched(character: str) -> str:
    if character in "\t\n\r":
        return character
    return "-" if character in _HYPHENS else _cleaned(character)


_HYPHENS = "\u2010\u2011"
"""The two that no keyboard has."""

_CLEANED, _WORDED, _SEARCHED = _Table(_cleaned), _Table(_worded), _Table(_searched)


def clean(text: str) -> str:
    """The message on one line, in compatibility form (NFKC: full-width letters become plain ones)."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_CLEANED).split())


def unmarked(text: str) -> str:
    """The message as it is searched with: `clean`, and without tags that were pasted with it."""
    plain, tags = clean(text), 1
    while tags:  # what stood around a tag may be one now
        plain, tags = _TAG.subn(" ", plain)
    return " ".join(plain.split())


def searchable(text: str) -> str:
    """Text as it is searched: in compatibility form, without controls, each kind of space and hyphen the plain one.

    A monograph keeps its bytes, and what is quoted is a slice of them; but a soft hyphen in "sub\xadstance" must not
    hide the word. Lines stay as they are.
    """
    if text.isascii():
        return text
    # In this order: a letter and its accent may have stood apart only by what is left out.
    return unicodedata.normalize("NFKC", text.translate(_SEARCHED))


def plain_words(text: str) -> str:
    """The words of a message in small letters, without punctuation, for matching word for word."""
    return " ".join(clean(text).casefold().translate(_WORDED).split())


def all_words(texts: Iterable[str]) -> Iterator[str]:
    """The plain words of many texts, in their order."""
    return chain.from_iterable(plain_words(" ".join(some)).split() for some in together(texts))


def together(texts: Iterable[str]) -> Iterator[list[str]]:
    """Texts in lists of a hundred; a text's words are the same with others beside it, apart by a space."""
    rest = iter(texts)
    while some := list(islice(rest, _TOGETHER)):
        yield some
