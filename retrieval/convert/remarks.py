"""What a converter did beyond taking words over: said to staff, and kept for the comparison with the original."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

__all__ = ["MOST_UNLISTED", "Notes"]

MOST_UNLISTED = 100
"""Words that nobody need look through: of a longer text, what is left out is listed as differences."""
_SHOWN = 5
_LONG = 80


@dataclass
class Notes:
    """Filled in while a document is converted."""

    left_out: list[str] = field(default_factory=list)
    """Text of the original that the draft lacks, each with a remark."""
    put_in: list[str] = field(default_factory=list)
    """Text that the draft has once more, or beside the original's."""
    moved: list[str] = field(default_factory=list)
    """Text that stands at another place than in the original."""
    _remarks: dict[str, list[str]] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)

    def say(self, remark: str, example: str = "") -> None:
        """Remarks of the same words are one, with their examples."""
        examples = self._remarks.setdefault(remark, [])
        self._counts[remark] += 1
        short = " ".join(example.split())
        if short and len(examples) < _SHOWN:
            examples.append(short if len(short) <= _LONG else f"{short[: _LONG - 1]}…")

    def leave_out(self, remark: str, text: str, most: int | None = None) -> None:
        """Say that a text is left out; one without a word is not worth it. Of one with more than `most` words each
        number and word stays a difference.
        """
        if not any(character.isalnum() for character in text):
            return
        if most is not None and len(text.split()) > most:
            self.say(f"{remark}. It is long: look through its words and numbers, which are listed", text)
        else:
            self.left_out.append(text)
            self.say(remark, text)

    def lines(self) -> tuple[str, ...]:
        """One remark a line."""
        return tuple(map(self._line, self._remarks))

    def _line(self, remark: str) -> str:
        examples, count = self._remarks[remark], self._counts[remark]
        if not examples:
            return f"{remark}." if count == 1 else f"{remark} ({count} times)."
        more = f" and {count - len(examples)} more" if count > len(examples) else ""
        return f"{remark}: {', '.join(f'“{example}”' for example in examples)}{more}"
