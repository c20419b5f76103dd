"""The numbers and letters of lists: which Markdown has, and which must stand in the words."""

from __future__ import annotations

import re

__all__ = ["END", "START", "alphabetic", "listed_label", "markdown_label", "roman", "splits_label"]

START, END = "\ufdd0", "\ufdd1"
"""Around a number of Word's own that was put before a paragraph's words. No text has them: they are no characters."""
_LABELLED = re.compile(f"{START}([^{END}]*){END}\\s*")
_UNMARKED = frozenset("none disc circle square disclosure-open disclosure-closed".split())
_NUMBERS = frozenset("1 decimal decimal-leading-zero".split())
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"


def roman(number: int) -> str:
    """In small letters, for 1 to 3999."""
    text = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        text += letters * times
    return text


def alphabetic(number: int, letters: str = "abcdefghijklmnopqrstuvwxyz") -> str:
    """1 is a, 27 is aa, as in HTML."""
    text = ""
    while number > 0:
        number, at = divmod(number - 1, len(letters))
        text = letters[at] + text
    return text


def listed_label(kind: str, number: int) -> tuple[str, str]:
    """The mark of an item in a list of HTML's `type` or `list-style-type`, and what must stand in its words."""
    if kind in _UNMARKED:
        return "-", ""
    if kind not in _NUMBERS and number > 0:
        if kind in ("a", "A", "lower-alpha", "upper-alpha", "lower-latin", "upper-latin"):
            label = alphabetic(number)
        elif kind in ("i", "I", "lower-roman", "upper-roman") and number < 4000:
            label = roman(number)
        elif kind == "lower-greek":
            label = alphabetic(number, _GREEK)
        else:
            label = str(number)
        return ("-", f"{label.upper() if kind[:1] in ('A', 'I', 'u') else label})") if not label.isdigit() else (
            f"{label}.", "")  # fmt: skip
    return (f"{number}.", "") if number >= 0 else ("-", f"−{-number})")


def markdown_label(label: str) -> tuple[str, str]:
    """The mark of an item with this label of Word's, and what must stand in its words."""
    if match := re.fullmatch(r"(\d{1,9})[.)]?", label):
        return f"{match[1]}.", ""
    return "-", label if any(character.isalnum() for character in label) else ""


def splits_label(text: str) -> tuple[tuple[str, str] | None, str]:
    """The mark and label that were put before a text, None for none, and the text without them."""
    if match := _LABELLED.match(text):
        return markdown_label(match[1]), text[match.end() :]
    return None, text
