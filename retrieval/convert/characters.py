"""Characters: raised and lowered ones where there are such, and none that only hide a word."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

__all__ = ["lowered", "plain", "raised"]

_UP = dict(zip("0123456789+-−–=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))
_DOWN = dict(zip("0123456789+-−–=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_UP_ALREADY = frozenset("®™©℠*†‡§¶ªº°′″'’")
_FEW = 3
"""Letters of a raised or lowered word that are still read at a glance."""

_NAMES = {
    "\u00ad": "soft hyphen", "\u00a0": "non-breaking space", "\u2010": "hyphen of its own code", "\ufeff": "zero-width",
    "\u2011": "non-breaking hyphen", "\u200b": "zero-width", "\u200c": "zero-width", "\u200d": "zero-width",
    "\u2060": "zero-width",
}  # fmt: skip
_ODD = re.compile(
    r"[\u00a0\u00ad\u2000-\u2011\u202a-\u202f\u205f-\u2069\u3000\ufb00-\ufb06\ufeff\x00-\x08\x0b\x0e-\x1f]"
)


def raised(text: str) -> str:
    """⁶ for 6, as long as each character has its raised one; else with a ^ before it, in brackets if it is long."""
    return _shifted(text, _UP, "^")


def lowered(text: str) -> str:
    """₂ for 2, in the same way; else with a _ before it."""
    return _shifted(text, _DOWN, "_")


def _shifted(text: str, table: dict[str, str], mark: str) -> str:
    core = text.strip()
    letters = sum(character.isalpha() for character in core)
    if not core or all(character in _UP_ALREADY or character in table.values() for character in core):
        return text
    if all(character in table for character in core) and letters <= _FEW:
        new = "".join(table[character] for character in core)
    else:
        new = f"{mark}{core}" if len(core) == 1 else f"{mark}({core})"
    return text.replace(core, new, 1)


def plain(text: str) -> tuple[str, Counter[str]]:
    """The text in composed form, each kind of space a space, without what is not seen; and what was found, by name."""
    found: Counter[str] = Counter()
    if text.isascii() and not _ODD.search(text):
        return text, found
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
        found["letter and accent apart"] += 1
    return _ODD.sub(lambda match: _seen(match.group(), found), text), found


def _seen(character: str, found: Counter[str]) -> str:
    if character < " ":  # a sign of a font's own, perhaps the dash between two numbers
        found["character that cannot be read"] += 1
        return "\ufffd"
    if character.isspace():
        found["space of another width" if character != "\u00a0" else _NAMES[character]] += 1
        return " "
    if character in "\u2010\u2011":
        found[_NAMES[character]] += 1
        return "-"
    if "\ufb00" <= character <= "\ufb06":
        found["ligature"] += 1
        return unicodedata.normalize("NFKC", character)
    found[_NAMES.get(character, "character that is not seen")] += 1
    return ""
