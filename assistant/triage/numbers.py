"""Numbers in patients' messages: digits with a decimal point or comma, and English number words."""

from __future__ import annotations

import re

__all__ = ["numbered", "spoken"]

_ONES = {word: n for n, word in enumerate("zero one two three four five six seven eight nine".split())}
_TENS = {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_DIGIT = rf"({'|'.join(_ONES)})"
_SPOKEN = re.compile(
    rf"(?<= )(?:(?P<hundred>a|one) hundred (?:and )?)?(?P<tens>{'|'.join(_TENS)}) (?:(?P<ones>{_DIGIT}) )?"
    rf"(?:point (?P<tenths>{_DIGIT}) )?"
)
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?")


def numbered(word: str) -> float | None:
    """The value of a number in digits, or None. A comma before one or two digits is a decimal comma.

    >>> numbered("38,5"), numbered("1,200"), numbered("ok")
    (38.5, 1200.0, None)
    """
    if not _NUMBER.fullmatch(word):
        return None
    whole, comma, rest = word.partition(",")
    if comma:
        return float(f"{whole}.{rest}" if len(rest) < len("000") else whole + rest)
    return float(word)


def spoken(text: str) -> str:
    """A text as `spaced` writes it with the numbers from twenty up in digits: people dictate.

    >>> spoken(" thirty eight point five ")
    ' 38.5 '
    """
    return _SPOKEN.sub(_digits, text)


def _digits(match: re.Match[str]) -> str:
    value = (100 if match["hundred"] else 0) + _TENS[match["tens"]] + _ONES.get(match["ones"] or "", 0)
    return f"{value}.{_ONES[match['tenths']]} " if match["tenths"] else f"{value} "
