"""Tables as people who work in spreadsheets have them: CSV, TSV and XLSX, read with all that is wrong at once.

A CSV's separator is told from its heads: spreadsheets write ';' where the comma is the decimal mark.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

from staff.errors import CellProblem, StaffError, TableError

__all__ = ["FORMATS", "Row", "Table", "read_table", "table_bytes"]

FORMATS = (".csv", ".tsv", ".xlsx")

# A cell that starts so is a formula to a spreadsheet: whoever opens the table would run it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_SEPARATORS = (",", ";", "\t", "|")
_STATED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""A first line by which Excel is told the separator; it is no row."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that has words. `number` is from 1, the heads among them, as a spreadsheet counts."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell's words without white space around them; empty if there is no such column."""
        return self.cells.get(column, "").strip()


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is the file's, without its folder. `remarks` say which columns nobody reads."""

    name: str
    rows: tuple[Row, ...]
    remarks: tuple[str, ...]


def read_table(path: Path, columns: Sequence[str], needed: Collection[str]) -> Table:
    """Read a table of these columns, in any order and with others between them, which are left out with a remark.

    Raises TableError for a file that is no table, lacks a needed column, or has one twice.
    """
    rows = _read(path, columns)
    if not rows:
        raise TableError(path.name, [CellProblem(None, "", f"the table is empty; give it {', '.join(columns)}")])
    first = 1 + (not rows[0] and len(rows) > 1)
    heads = [" ".join(head.strip().lower().split()) for head in rows[first - 1]]
    problems = [CellProblem(first, head, "there is no such column") for head in needed if head not in heads]
    problems += [
        CellProblem(first, head, "the column stands twice")
        for head in dict.fromkeys(heads)
        if head in columns and heads.count(head) > 1
    ]
    if problems:
        more = CellProblem(
            None, "", f"the columns are {', '.join(columns)}; there are {', '.join(filter(None, heads))}"
        )
        raise TableError(path.name, [*problems, more])
    others = [head for head in dict.fromkeys(heads) if head and head not in columns]
    found = []
    for number, row in enumerate(rows[first:], first + 1):
        cells = {head: cell for head, cell in zip(heads, row, strict=False) if head in columns}
        if any(cell.strip() for cell in cells.values()):
            found.append(Row(number, cells))
    return Table(path.name, tuple(found), tuple(f"The column '{head}' is left out." for head in others))


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


def _read(path: Path, columns: Sequence[str]) -> list[list[str]]:
    def unreadable(problem: str) -> TableError:
        return TableError(path.name, [CellProblem(None, "", problem)])

    try:
        if path.suffix.lower() == ".xlsx":
            return _read_xlsx(path)
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise unreadable(f"the file cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise unreadable("the file is not UTF-8; save it as 'CSV UTF-8'") from error
    except ValueError as error:
        raise unreadable(f"not an XLSX file ({error}); save it as .xlsx again") from error
    try:
        rows = _split(text, _delimiter(path.suffix.lower()), columns)
    except csv.Error as error:
        raise unreadable(f"not a table ({error}); save it from the spreadsheet again") from error
    return [[_plain(cell) for cell in row] for row in rows]


def _split(text: str, usual: str, columns: Sequence[str]) -> list[list[str]]:
    """The rows, at the separator that is stated, or else at the one that makes most known heads of the first row.

    The stated separator's line is an empty row, so that rows keep their numbers.
    """
    stated = _STATED.match(text)

    def rows(separator: str) -> Iterator[list[str]]:
        return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)

    def known(separator: str) -> int:
        try:
            return sum(" ".join(head.lower().split()) in columns for head in next(rows(separator), []))
        except csv.Error:
            return 0

    found = list(rows(stated[1] if stated else max((usual, *_SEPARATORS), key=known)))
    return [[], *found[1:]] if stated else found


def _read_xlsx(path: Path) -> list[list[str]]:
    """Raises ValueError for a file that is none."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
        rows = [[_text(cell) for cell in row] for row in workbook.worksheets[0].iter_rows(values_only=True)]
        workbook.close()
    except (BadZipFile, InvalidFileException, KeyError) as error:
        raise ValueError(str(error)) from error
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
