"""The error of data that cannot be measured."""

from __future__ import annotations

from pathlib import Path

from retrieval.errors import VerbatimError

__all__ = ["DataError"]


class DataError(VerbatimError):
    """A data set, a run or a file of answers cannot be used.

    `path` and `line` (from 1; None for the whole file) say where, `problem` what is wrong, `remedy`
    what to do about it.
    """

    def __init__(self, path: Path, line: int | None, problem: str, remedy: str) -> None:
        self.path, self.line, self.problem, self.remedy = path, line, problem, remedy
        where = path if line is None else f"{path}:{line}"
        super().__init__(f"{where}: {problem} {remedy}")
