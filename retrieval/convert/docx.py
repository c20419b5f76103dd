"""DOCX into HTML by mammoth, after what it does not look at has been settled: hidden, struck and styled text."""

from __future__ import annotations

import io
from typing import Any

from retrieval.convert.remarks import Notes
from retrieval.convert.word import Looks, Word, q

__all__ = ["docx_html"]

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
_TEXT = (q("t"), "{http://schemas.openxmlformats.org/officeDocument/2006/math}t")
_EXPECTED = ("Unrecognised paragraph style", "Unrecognised run style", "was referenced but not defined")
"""Messages of mammoth on names of styles. What a style says of a text is settled here."""


def docx_html(data: bytes, notes: Notes) -> str:
    """The document as HTML, and in `notes` what was left out or taken in."""
    import mammoth

    word = Word(data)
    for tree in (word.document, *word.notes.values()):
        _settle(word, tree, notes)
    _tell(word, notes)
    result = mammoth.convert_to_html(
        io.BytesIO(word.written()),
        convert_image=mammoth.images.img_element(lambda _: {"src": ""}),
        style_map="\n".join(f"p.{name} => h{level}:fresh" for name, level in word.headings() if name.isidentifier()),
    )
    for message in result.messages:
        if not any(words in message.message for words in _EXPECTED):
            notes.say(message.message)
    return str(result.value)


def _settle(word: Word, tree: Any, notes: Notes) -> None:
    """Take out what is not to be seen, and write onto runs and tables what only their styles say."""
    for paragraph in tree.iter(q("p")):
        above = word.paragraph(paragraph)
        for run in [run for run in paragraph.iter(q("r")) if _own(run, paragraph)]:
            looks = word.run(run, above)
            if looks.is_hidden or looks.is_struck or _is_white(looks, run):
                what = (
                    "Hidden text" if looks.is_hidden else "Text that is struck out" if looks.is_struck else "White text"
                )
                text = "".join(part.text or "" for part in run.iter(*_TEXT))
                notes.leave_out(f"{what} is left out", text)
                run.getparent().remove(run)
                continue
            properties = run.find(q("rPr"))
            if looks.place and (properties is None or properties.find(q("vertAlign")) is None):
                _set(run, "vertAlign", looks.place)
            # The bold of a heading's style is not that of a line in bold.
            if looks.switches.get("b") and not above.level and (properties is None or properties.find(q("b")) is None):
                _set(run, "b", "1")
    for formula in list(tree.iter(_MATH)):
        notes.say(
            "A formula is not taken over: write it in by hand", "".join(t.text or "" for t in formula.iter(*_TEXT))
        )
    for table in tree.iter(q("tbl")):
        _mark_heads(word, table)
        for before in list(table.iter(q("gridBefore"))):
            _fill(before)


def _own(run: Any, paragraph: Any) -> bool:
    """Whether a run is this paragraph's, not one of a text box inside it."""
    return next(run.iterancestors(q("p"))) is paragraph


def _set(run: Any, name: str, value: str) -> None:
    properties = run.find(q("rPr"))
    if properties is None:
        properties = run.makeelement(q("rPr"))
        run.insert(0, properties)
    properties.append(properties.makeelement(q(name), {q("val"): value}))


def _is_white(looks: Looks, run: Any) -> bool:
    """White on white: no ground is set here, and no table's style may set one."""
    if looks.color != "FFFFFF" or next(run.iterancestors(q("tbl")), None) is not None:
        return False
    grounds = [run, next(run.iterancestors(q("p")))]
    return not any(place.find(f"./*/{q(name)}") is not None for place in grounds for name in ("shd", "highlight"))


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


def _first_row(look: Any) -> bool:
    if (said := look.get(q("firstRow"))) is not None:
        return said in ("1", "true", "on")
    value = look.get(q("val")) or "0"
    return bool(int(value, 16) & 0x20)


def _tell(word: Word, notes: Notes) -> None:
    """Say what a document has beside its text."""
    for tree in (word.document, *word.notes.values()):
        for name, words in (("ins", "inserted"), ("moveTo", "moved here")):
            for change in tree.iter(q(name)):
                if text := "".join(part.text or "" for part in change.iter(*_TEXT)):
                    notes.say(f"Text was {words} by a tracked change, and is taken in", text)
        for change in [*tree.iter(q("del")), *tree.iter(q("moveFrom"))]:
            if text := "".join(part.text or "" for part in change.iter(q("delText"), *_TEXT)):
                notes.say("Text was deleted by a tracked change, and is left out", text)
    comments = word.part("word/comments.xml")
    for comment in () if comments is None else comments.iter(q("comment")):
        notes.say("A comment is left out", "".join(part.text or "" for part in comment.iter(*_TEXT)))
    for name in word.names(r"word/(header|footer)\d*\.xml"):
        text = " ".join(part.text or "" for part in word.part(name).iter(*_TEXT))
        if text.strip():
            notes.say("The head or foot of the pages is left out", text)
    if any(word.paragraph(p).level and word.paragraph(p).listed for p in word.document.iter(q("p"))):
        notes.say("Headings are numbered by Word itself: their numbers are not in the text")
