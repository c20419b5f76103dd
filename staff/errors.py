"""What the staff bench refuses.

StaffError             (a VerbatimError: the message is fit for staff)
├── SignInError        a name, a password or a session that is not accepted; never says which
├── RefusedError       somebody asked for what their role, or a rule of approval, does not allow
└── TableError         a table of a spreadsheet, with everything that is wrong with it
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.errors import VerbatimError

__all__ = ["CellProblem", "RefusedError", "SignInError", "StaffError", "TableError"]


class StaffError(VerbatimError):
    """Something asked of the staff bench cannot be done."""


class SignInError(StaffError):
    """A sign-in is not accepted."""


class RefusedError(StaffError):
    """A rule forbids it."""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with a cell, a row (`column` is empty) or a whole table (`row` is None too)."""

    row: int | None
    column: str
    problem: str

    def __str__(self) -> str:
        place = [f"row {self.row}"] if self.row else []
        place += [f"column '{self.column}'"] if self.column else []
        return f"{', '.join(place)}: {self.problem}." if place else f"{self.problem}."


class TableError(StaffError):
    """A table cannot be used; `problems` are all that is wrong with it, in its order."""

    def __init__(self, name: str, problems: Sequence[CellProblem]) -> None:
        """`name` is the file's, without its folder: an upload's folder tells nobody anything."""
        self.name, self.problems = name, tuple(problems)
        super().__init__("\n".join([f"{name} cannot be used.", *(f"{problem}" for problem in problems)]))
