"""Tables of DOCX, settled in the XML before mammoth reads them."""

from __future__ import annotations

from typing import Any

from retrieval.convert.remarks import Notes
from retrieval.convert.word import Word, is_on, q, value_of

__all__ = ["columns_of", "goes_on", "is_gone", "settle_tables"]


def settle_tables(word: Word, tree: Any, notes: Notes) -> None:
    """Rows that are deleted or hidden go, heads are those that are meant, and no cell moves into another's column."""
    for table in list(tree.iter(q("tbl"))):
        for row in list(table.iter(q("tr"))):
            if why := is_gone(row):
                notes.leave_out(f"A row of a table is {why}, and is left out", _words(row))
                row.getparent().remove(row)
        for name, words in (("cellDel", "deleted"), ("cellIns", "inserted")):
            for mark in table.iter(q(name)):
                notes.say(f"A cell is {words} by a tracked change, and stays in: accept or reject it first",
                          _words(mark.getparent().getparent()))  # fmt: skip
        for mark in list(table.iter(q("tblHeader"))):
            if not is_on(mark):
                mark.getparent().remove(mark)
        _mark_heads(word, table)
        for before in list(table.iter(q("gridBefore"))):
            _fill(before)
        _merge_beside(table, notes)
        _merge_below(table, notes)


def is_gone(row: Any) -> str:
    """'deleted' by a tracked change, 'hidden', or nothing."""
    own = row.find(q("trPr"))
    if own is None:
        return ""
    return "deleted by a tracked change" if own.find(q("del")) is not None else (
        "hidden" if is_on(own.find(q("hidden"))) else "")  # fmt: skip


def columns_of(cell: Any) -> int:
    """How many columns of the grid a cell takes."""
    return int(value_of(cell.find(f"{q('tcPr')}/{q('gridSpan')}")) or "1")


def goes_on(cell: Any, name: str = "vMerge") -> bool:
    """Whether a cell goes on from the one above it, or by `hMerge` from the one before it."""
    merged = cell.find(f"{q('tcPr')}/{q(name)}")
    return merged is not None and (value_of(merged) or "continue") == "continue"


def _words(node: Any) -> str:
    return " ".join(part.text or "" for part in node.iter(q("t")))


def _mark_heads(word: Word, table: Any) -> None:
    """A table whose style makes the first row bold has heads, though the row itself is not marked."""
    properties, first = table.find(q("tblPr")), table.find(q("tr"))
    if properties is None or first is None or any(True for _ in table.iter(q("tblHeader"))):
        return
    style, look = properties.find(q("tblStyle")), properties.find(q("tblLook"))
    if style is None or look is None or not _first_row(look) or not word.bold_first_row(style.get(q("val"))):
        return
    row = first.find(q("trPr"))
    if row is None:
        row = first.makeelement(q("trPr"))
        first.insert(0, row)
    row.append(row.makeelement(q("tblHeader")))


def _fill(before: Any) -> None:
    """A row that begins further right gets the empty cells before it: mammoth would move its values to the left."""
    properties = before.getparent()
    cell = before.makeelement(q("tc"))
    own = cell.makeelement(q("tcPr"))
    own.append(own.makeelement(q("gridSpan"), {q("val"): before.get(q("val")) or "1"}))
    cell.extend([own, cell.makeelement(q("p"))])
    properties.addnext(cell)
    properties.remove(before)


def _merge_beside(table: Any, notes: Notes) -> None:
    """Cells that older programs merged with those beside them, as one that spans columns."""
    for merged in list(table.iter(q("hMerge"))):
        cell = merged.getparent().getparent()
        first = cell.getprevious()
        if not goes_on(cell, "hMerge") or first is None or first.tag != q("tc"):
            continue
        notes.leave_out("The words of a cell that another covers are left out", _words(cell))
        own = first.find(q("tcPr"))
        span = own.find(q("gridSpan"))
        if span is None:
            span = own.makeelement(q("gridSpan"))
            own.insert(0, span)
        span.set(q("val"), str(columns_of(first) + columns_of(cell)))
        cell.getparent().remove(cell)


def _merge_below(table: Any, notes: Notes) -> None:
    """A cell goes on from above only where one as wide begins at the same column: else mammoth moves the rest."""
    above: dict[int, int] = {}
    for row in (row for row in table.iter(q("tr")) if next(row.iterancestors(q("tbl"))) is table):
        here: dict[int, int] = {}
        x = 0
        for cell in (cell for cell in row.iter(q("tc")) if next(cell.iterancestors(q("tr"))) is row):
            width = columns_of(cell)
            merged = cell.find(f"{q('tcPr')}/{q('vMerge')}")
            if goes_on(cell):
                if above.get(x) != width:
                    merged.getparent().remove(merged)
                    merged = None
                else:
                    notes.leave_out("The words of a cell that another covers are left out", _words(cell))
            if merged is not None:
                here[x] = width
            x += width
        above = here


def _first_row(look: Any) -> bool:
    if (said := look.get(q("firstRow"))) is not None:
        return said in ("1", "true", "on")
    value = look.get(q("val")) or "0"
    return bool(int(value, 16) & 0x20)
