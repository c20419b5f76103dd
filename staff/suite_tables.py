"""Suites and their results as tables: CSV, TSV and XLSX, for people who work in spreadsheets.

Columns of a suite: id, question, expected passage (several with '; ' between), expected decision, kind,
must pass. A CSV's separator is told from its heads: spreadsheets write ';' where the comma is the decimal mark.
Rows with the same id, one after the other, are the turns of one conversation. Only 'question' and
one of the two expectations are needed.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from evaluation.answers import DECISIONS
from evaluation.conversations import KINDS
from evaluation.errors import DataError
from retrieval.files import write_atomically
from staff.errors import StaffError
from staff.suite_run import Result
from staff.suites import Question

__all__ = ["FORMATS", "import_suite", "results_rows", "suite_rows", "table_bytes", "write_suite"]

FORMATS = (".csv", ".tsv", ".xlsx")

_PASSAGE, _DECISION = "expected passage", "expected decision"
_COLUMNS = ("id", "question", _PASSAGE, _DECISION, "kind", "must pass")
_TRUE, _FALSE = ("yes", "true", "1", "x"), ("", "no", "false", "0")
_KIND_OF = {"abstain": "unanswerable", "urgent": "urgent", "crisis": "urgent", "greeting": "off_topic"}
# A cell that starts so is a formula to a spreadsheet: whoever opens the table would run it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_SEPARATORS = (",", ";", "\t", "|")
_STATED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""A first line by which Excel is told the separator; it is no row."""


def import_suite(path: Path) -> list[dict[str, Any]]:
    """The conversations of a table, as lines of `corpus/suites`.

    Raises DataError that names the row (from 1, the heads among them) that cannot be used.
    """
    rows = _read(path)
    if not rows:
        raise DataError(path, None, "the table is empty.", f"Give it the columns {', '.join(_COLUMNS)}.")
    first = 1 + (not rows[0] and len(rows) > 1)
    heads = [head.strip().lower() for head in rows[first - 1]]
    unknown = [head for head in heads if head and head not in _COLUMNS]
    if unknown or "question" not in heads:
        problem = f"no column is called '{unknown[0]}'." if unknown else "there is no column 'question'."
        raise DataError(path, first, problem, f"Columns: {', '.join(_COLUMNS)}.")
    conversations: list[dict[str, Any]] = []
    for number, row in enumerate(rows[first:], first + 1):
        cells = {head: cell for head, cell in zip(heads, row, strict=False) if head}
        if not any(cell.strip() for cell in cells.values()):
            continue
        try:
            turn = _turn(cells)
        except ValueError as error:
            raise DataError(path, number, str(error), "Mend the row.") from None
        name = cells.get("id", "").strip() or f"row{number}"
        if conversations and conversations[-1]["id"] == name:
            conversations[-1]["turns"].append(turn)
        elif any(c["id"] == name for c in conversations):
            raise DataError(path, number, f"the id '{name}' stands further up too.", "Keep its rows together.")
        else:
            conversations.append({"id": name, "turns": [turn]})
    return conversations


def write_suite(path: Path, conversations: Iterable[Mapping[str, Any]]) -> None:
    """Write a suite file, one conversation a line."""
    write_atomically(path, "".join(json.dumps(c, ensure_ascii=False) + "\n" for c in conversations).encode())


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


def results_rows(results: Iterable[Result]) -> list[list[str]]:
    """Results as a table with its heads."""
    rows = [
        [r.suite, r.key, r.text, r.kind, "yes" if r.must_pass else "", "pass" if r.passed else "fail", r.problem,
         r.decision, "; ".join(r.cited), "" if r.score is None else f"{r.score:.4f}"]
        for r in results
    ]  # fmt: skip
    heads = ["suite", "id", "question", "kind", "must pass", "result", "problem", "decision", "passages", "score"]
    return [heads, *rows]


def table_bytes(rows: Sequence[Sequence[str]], suffix: str) -> bytes:
    """A table as the bytes of a `.csv`, `.tsv` or `.xlsx` file. Raises StaffError for another suffix."""
    if suffix == ".xlsx":
        return _xlsx(rows)
    out = io.StringIO()
    csv.writer(out, delimiter=_delimiter(suffix), lineterminator="\r\n").writerows(
        [_safe(cell) for cell in row] for row in rows
    )
    # With a byte order mark: without it Excel reads the file in another encoding.
    return out.getvalue().encode("utf-8-sig")


def _turn(cells: Mapping[str, str]) -> dict[str, Any]:
    gold = [part.strip() for part in cells.get(_PASSAGE, "").split(";") if part.strip()]
    decisions = [part.strip().lower() for part in cells.get(_DECISION, "").split(";") if part.strip()]
    if unknown := [d for d in decisions if d not in DECISIONS]:
        raise ValueError(f"'{unknown[0]}' is no decision: use {', '.join(DECISIONS)}.")
    kind = cells.get("kind", "").strip() or _kind(gold, decisions)
    if kind not in KINDS:
        raise ValueError(f"'{kind}' is no kind: use {', '.join(KINDS)}.")
    if kind == "answerable" and not gold:
        raise ValueError("there is no expected passage.")
    must = cells.get("must pass", "").strip().lower()
    if must not in (*_TRUE, *_FALSE):
        raise ValueError(f"'{must}' is neither yes nor no.")
    turn: dict[str, Any] = {"text": cells["question"], "kind": kind}
    turn |= {"gold": [int(g) if g.isdigit() else g for g in gold], "also": []}
    if decisions:
        turn["decisions"] = decisions
    return {**turn, "must_pass": True} if must in _TRUE else turn


def _kind(gold: Sequence[str], decisions: Sequence[str]) -> str:
    if gold:
        return "answerable"
    if not decisions:
        raise ValueError("there is neither an expected passage nor an expected decision.")
    return _KIND_OF.get(decisions[0], "unanswerable")


def _read(path: Path) -> list[list[str]]:
    try:
        if path.suffix.lower() == ".xlsx":
            return _read_xlsx(path)
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(path, None, f"the file cannot be read ({error.strerror}).", "Check its name.") from error
    except UnicodeDecodeError as error:
        raise DataError(path, None, "the file is not UTF-8.", "Save it as 'CSV UTF-8'.") from error
    try:
        return [[_plain(cell) for cell in row] for row in _split(text, _delimiter(path.suffix.lower()))]
    except csv.Error as error:
        raise DataError(path, None, f"not a table ({error}).", "Save it from the spreadsheet again.") from error


def _split(text: str, usual: str) -> list[list[str]]:
    """The rows, at the separator that is stated, or else at the one that makes most known heads of the first row.

    The stated separator's line is an empty row, so that rows keep their numbers.
    """
    stated = _STATED.match(text)

    def rows(separator: str) -> Iterator[list[str]]:
        return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)

    def known(separator: str) -> int:
        try:
            return sum(head.strip().lower() in _COLUMNS for head in next(rows(separator), []))
        except csv.Error:
            return 0

    found = list(rows(stated[1] if stated else max((usual, *_SEPARATORS), key=known)))
    return [[], *found[1:]] if stated else found


def _read_xlsx(path: Path) -> list[list[str]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
        rows = [[_text(cell) for cell in row] for row in workbook.worksheets[0].iter_rows(values_only=True)]
        workbook.close()
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise DataError(path, None, f"not an XLSX file ({error}).", "Save it as .xlsx again.") from error
    return rows


def _text(value: object) -> str:
    if value is None:
        return ""
    # A spreadsheet has no whole numbers: 19 comes as 19.0.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("suite")
    for row in rows:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
            cell.data_type = "s"  # text, whatever it looks like
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _delimiter(suffix: str) -> str:
    match suffix:
        case ".csv":
            return ","
        case ".tsv":
            return "\t"
    raise StaffError(f"'{suffix}' is no table that can be read or written. Use one of: {', '.join(FORMATS)}.")


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _plain(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA and cell[1:] else cell
