"""Suites and their results as tables: CSV, TSV and XLSX, for people who work in spreadsheets.

Columns of a suite: id, question, expected passage (several with '; ' between), expected decision, kind,
must pass. Rows with the same id, one after the other, are the turns of one conversation. Only 'question' and
one of the two expectations are needed; columns of other names are left out.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.answers import DECISIONS
from evaluation.conversations import KINDS
from retrieval.files import write_atomically
from staff.errors import CellProblem, TableError
from staff.suite_run import Result
from staff.suites import Question
from staff.table_files import Row, read_table

__all__ = ["Imported", "import_suite", "results_rows", "suite_lines", "suite_rows", "write_suite"]

_QUESTION, _PASSAGE, _DECISION, _MUST = "question", "expected passage", "expected decision", "must pass"
_ADVERSARIAL = "adversarial"
"""Of this kind a question may be nothing at all."""
_COLUMNS = ("id", _QUESTION, _PASSAGE, _DECISION, "kind", _MUST)
_TRUE, _FALSE = ("yes", "true", "1", "x"), ("", "no", "false", "0")
_KIND_OF = {"abstain": "unanswerable", "urgent": "urgent", "crisis": "urgent", "greeting": "off_topic"}


@dataclass(frozen=True, slots=True)
class Imported:
    """The conversations of a table, as lines of `corpus/suites`, and what was left out of it."""

    conversations: tuple[Mapping[str, Any], ...]
    remarks: tuple[str, ...]


def import_suite(path: Path, passages: Container[str] | None = None) -> Imported:
    """Read a table as a suite. `passages` are the ids that may be expected; without them ids are taken as they are.

    Raises TableError with all that cannot be used, by row (from 1, the heads among them) and column.
    """
    table = read_table(path, _COLUMNS, [_QUESTION])
    problems: list[CellProblem] = []
    conversations: list[dict[str, Any]] = []
    ids: dict[str, int] = {}
    for row in table.rows:
        turn, wrong = _turn(row, passages)
        problems += wrong
        name = row["id"] or f"row{row.number}"
        if conversations and conversations[-1]["id"] == name:
            conversations[-1]["turns"].append(turn)
        elif name in ids:
            further = f"the id '{name}' stands further up too, in row {ids[name]}; keep its rows together"
            problems.append(CellProblem(row.number, "id", further))
        else:
            ids[name] = row.number
            conversations.append({"id": name, "turns": [turn]})
    if not table.rows:
        problems.append(CellProblem(None, "", "the table has no row"))
    if problems:
        raise TableError(table.name, problems)
    return Imported(tuple(conversations), table.remarks)


def suite_lines(conversations: Iterable[Mapping[str, Any]]) -> str:
    """The text of a suite file, one conversation a line."""
    return "".join(json.dumps(c, ensure_ascii=False) + "\n" for c in conversations)


def write_suite(path: Path, conversations: Iterable[Mapping[str, Any]]) -> None:
    """Write a suite file."""
    write_atomically(path, suite_lines(conversations).encode())


def suite_rows(questions: Iterable[Question]) -> list[list[str]]:
    """A suite as a table with its heads; `import_suite` reads it back."""
    rows = [
        [
            q.id,
            q.text,
            "; ".join(map(str, q.gold)),
            "; ".join(sorted(q.decisions)),
            q.kind,
            "yes" if q.must_pass else "",
        ]
        for q in questions
    ]
    return [list(_COLUMNS), *rows]


def results_rows(results: Iterable[Result], words: Mapping[str, str]) -> list[list[str]]:
    """Results as a table with its heads; `words` are the passages' by id, for people."""

    def told(passages: Iterable[object]) -> str:
        return "\n".join(words.get(str(passage), "") for passage in passages)

    rows = [
        [r.suite, r.key, r.text, r.kind, "yes" if r.must_pass else "", r.before, "pass" if r.passed else "fail",
         r.problem, "; ".join(map(str, r.expected)), told(r.expected), " or ".join(r.decisions),
         r.decision, "; ".join(r.cited), told(r.cited), "" if r.score is None else f"{r.score:.4f}"]
        for r in results
    ]  # fmt: skip
    heads = ["suite", "id", "question", "kind", "must pass", "asked after", "result", "problem", "expected passages",
             "expected words", "expected decision", "decision", "passages", "shown words", "score"]  # fmt: skip
    return [heads, *rows]


def _turn(row: Row, passages: Container[str] | None) -> tuple[dict[str, Any], list[CellProblem]]:
    """A turn, and all that is wrong with its row."""
    wrong: list[tuple[str, str]] = []
    if not row[_QUESTION] and row["kind"].lower() != _ADVERSARIAL:
        wrong.append((_QUESTION, "the question is empty"))
    gold, decisions = _parts(row[_PASSAGE]), _parts(row[_DECISION].lower())
    if passages is not None:
        wrong += [(_PASSAGE, f"'{g}' is no passage that can be shown") for g in gold if g not in passages]
    wrong += [(_DECISION, f"'{d}' is no decision; use {', '.join(DECISIONS)}") for d in decisions if d not in DECISIONS]
    kind = row["kind"].lower() or _kind(gold, decisions)
    if not kind:
        wrong.append(("", "there is neither an expected passage nor an expected decision"))
    elif kind not in KINDS:
        wrong.append(("kind", f"'{kind}' is no kind; use {', '.join(KINDS)}"))
    elif kind == "answerable" and not gold:
        wrong.append((_PASSAGE, "there is no expected passage"))
    if (must := row[_MUST].lower()) not in (*_TRUE, *_FALSE):
        wrong.append((_MUST, f"'{must}' is neither yes nor no"))
    turn: dict[str, Any] = {"text": row.cells[_QUESTION] if row[_QUESTION] else "", "kind": kind}
    turn |= {"gold": [int(g) if g.isdigit() else g for g in gold], "also": []}
    turn |= {"decisions": decisions} if decisions else {}
    turn |= {"must_pass": True} if must in _TRUE else {}
    return turn, [CellProblem(row.number, column, problem) for column, problem in wrong]


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _kind(gold: Sequence[str], decisions: Sequence[str]) -> str:
    """Of a row that names none; empty if it expects nothing."""
    if gold:
        return "answerable"
    return _KIND_OF.get(decisions[0], "unanswerable") if decisions else ""
