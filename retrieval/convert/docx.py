"""DOCX into HTML by mammoth, after what it does not look at has been settled in the XML."""

from __future__ import annotations

import io
import re
from typing import Any

from retrieval.convert.docx_tables import settle_tables
from retrieval.convert.formulas import MATH, omml_line
from retrieval.convert.labels import END, START
from retrieval.convert.numbering import Numbering
from retrieval.convert.remarks import Notes
from retrieval.convert.word import Looks, Word, is_on, q, symbol, value_of
from retrieval.errors import ConversionError

__all__ = ["docx_html"]

_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
_CHARTED = "{http://schemas.openxmlformats.org/drawingml/2006/chart}v"
_COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_BOX = "{urn:schemas-microsoft-com:vml}textbox"
_TEXT = (q("t"), f"{MATH}t")
_ANEW = "Open it in Word, save it anew, and take that."
_EXPECTED = ("Unrecognised paragraph style", "Unrecognised run style", "was referenced but not defined")
"""Messages of mammoth on names of styles. What a style says of a text is settled here."""
_HEADING = "verbatim-heading-"
"""Names of styles for paragraphs that are headings by their own properties."""
_APART = re.compile(r"\w[^\t]*\t+\s*\w|\S {3,}\S")
_BEGINS = re.compile(r"\s*(?:[\d.]{1,8}[.)]?|\(?\w{1,4}[.)]|\W{1,3})\t")
"""The mark of an item or heading that was typed."""


def docx_html(data: bytes, notes: Notes) -> str:
    """The document as HTML, and in `notes` what was left out or taken in. Raises ConversionError and as `Word`."""
    import mammoth

    word = Word(data)
    if next(word.document.iter(q("altChunk")), None) is not None:
        raise ConversionError(f"There is another file inside it. {_ANEW}")
    numbering = Numbering(word)
    for tree in (word.document, *word.notes.values()):
        _settle(word, numbering, tree, notes)
    _tell(word, notes)
    style_map = [
        *(f"p[style-name={_quoted(name)}] => h{level}:fresh" for name, level in word.headings()),
        *(f"p.{_HEADING}{level} => h{level}:fresh" for level in range(1, 7)),
    ]
    try:
        result = mammoth.convert_to_html(
            io.BytesIO(word.written()),
            convert_image=mammoth.images.img_element(lambda _: {"src": ""}),
            style_map="\n".join(style_map),
        )
    except (
        KeyError,
        AttributeError,
        TypeError,
        ValueError,
    ) as error:  # mammoth takes what Word's XML must have as there
        raise ConversionError(f"A part of it lacks what Word writes ({error}). {_ANEW}") from error
    for message in result.messages:
        if not any(words in message.message for words in _EXPECTED):
            notes.say(message.message)
    return str(result.value)


def _quoted(name: str) -> str:
    return "'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _settle(word: Word, numbering: Numbering, tree: Any, notes: Notes) -> None:
    """Take out what is not to be seen, and write onto runs and tables what only their styles say."""
    for simple in list(tree.iter(q("fldSimple"))):  # its words are an ordinary run's
        _unwrap(simple)
    for control in list(tree.iter(q("sdt"))):
        if is_on(control.find(f"{q('sdtPr')}/{q('showingPlcHdr')}")):
            notes.leave_out("The words of an empty field are left out", _words(control))
            control.getparent().remove(control)
    for end in [*tree.iter(q("cr")), *tree.iter(q("ptab"))]:
        end.tag = q("br") if end.tag == q("cr") else q("tab")
        end.attrib.clear()
    settle_tables(word, tree, notes)
    _settle_boxes(tree, notes)
    for paragraph in list(tree.iter(q("p"))):
        _settle_paragraph(word, numbering, paragraph, notes)
    for formula in list(tree.iter(f"{MATH}oMath")):
        _write_in_line(formula, notes)
    for whole in list(tree.iter(f"{MATH}oMathPara")):
        _unwrap(whole)


def _settle_paragraph(word: Word, numbering: Numbering, paragraph: Any, notes: Notes) -> None:
    above = word.paragraph(paragraph)
    for run in [run for run in paragraph.iter(q("r")) if _own(run, paragraph)]:
        looks = word.run(run, above)
        if looks.is_hidden or looks.is_struck or _is_white(looks, run):
            what = "Hidden text" if looks.is_hidden else "Text that is struck out" if looks.is_struck else "White text"
            notes.leave_out(f"{what} is left out", _words(run))
            run.getparent().remove(run)
            continue
        for text in run.iter(q("t")):
            if (seen := symbol(looks.font, text.text or "")) != (text.text or ""):
                notes.say(f"Signs of the font {looks.font} were written as they look", f"{text.text} as {seen}")
                text.text = seen
        properties = run.find(q("rPr"))
        if looks.place and (properties is None or properties.find(q("vertAlign")) is None):
            _set(run, "vertAlign", looks.place)
        # The bold of a heading's style is not that of a line in bold.
        if looks.switches.get("b") and not above.level and (properties is None or properties.find(q("b")) is None):
            _set(run, "b", "1")
    label = numbering.label(paragraph)
    laid_out = "".join(
        part.text or "" if part.tag == q("t") else "\t" for part in paragraph.iter(q("t"), q("tab"))
        if part.getparent().tag == q("r") and _own(part.getparent(), paragraph)
    )  # fmt: skip
    if _APART.search(_BEGINS.sub("", laid_out, count=1)):
        notes.say("Words stand apart by tabs or spaces, as in a table: check that they belong together", laid_out)
    _mark(word, paragraph, above, label, notes)


def _mark(word: Word, paragraph: Any, above: Looks, label: str | None, notes: Notes) -> None:
    """Write what Word counts before a paragraph's words, and make it a heading if it is one without a style's help."""
    own = paragraph.find(q("pPr"))
    if not _words(paragraph).strip():
        return
    if label and any(map(str.isalnum, label)):
        words = _words(paragraph)
        text = f"{label} " if above.level else f"{START}{label}{END}"
        run = paragraph.makeelement(q("r"))
        run.append(paragraph.makeelement(q("t")))
        run[0].text = text
        run[0].set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        own.addnext(run)
        if above.level:
            notes.put_in.append(label)
            notes.say("A number that Word counts by itself was put before a heading", f"{label} {words}")
        else:
            notes.say("The numbers of a list are those that Word counts", label)
    if above.level and own is not None and word.style(value_of(own.find(q("pStyle")))).level != above.level:
        style = own.find(q("pStyle"))
        if style is None:
            style = own.makeelement(q("pStyle"))
            own.insert(0, style)
        style.set(q("val"), f"{_HEADING}{above.level}")


def _words(node: Any) -> str:
    return "".join(part.text or "" for part in node.iter(*_TEXT))


def _unwrap(node: Any) -> None:
    """Put what a node holds in its place."""
    parent = node.getparent()
    at = parent.index(node)
    for child in reversed(list(node)):
        parent.insert(at, child)
    parent.remove(node)


def _write_in_line(formula: Any, notes: Notes) -> None:
    line = omml_line(formula)
    notes.say("A formula was written in one line: check it", line)
    notes.left_out.append(_words(formula))
    notes.put_in.append(line)
    run = formula.makeelement(q("r"))
    text = formula.makeelement(q("t"))
    text.text = line
    run.append(text)
    run.tail = formula.tail
    formula.getparent().replace(formula, run)


def _settle_boxes(tree: Any, notes: Notes) -> None:
    """A text box that only newer programs know becomes one that mammoth reads, and its place is said."""
    for choice in list(tree.iter(f"{_COMPATIBLE}AlternateContent")):
        old = choice.find(f"{_COMPATIBLE}Fallback")
        if old is None or next(old.iter(q("txbxContent")), None) is None:
            boxes = list(choice.iter(q("txbxContent")))
            if boxes:
                _draw(choice, boxes)
        elif _words(old) != _words(choice.find(f"{_COMPATIBLE}Choice")):
            notes.say("A text box has other words for older programs: check it", _words(old))
    for drawing in list(tree.iter(q("drawing"))):
        if not any(str(above.tag).startswith(_COMPATIBLE) for above in drawing.iterancestors()):
            boxes = list(drawing.iter(q("txbxContent")))
            if boxes:
                _draw(drawing, boxes)
        if text := " ".join(part.text or "" for part in drawing.iter(_DRAWN)):
            notes.say("The words of a drawing are left out: write them in by hand", text)
    for box in tree.iter(q("txbxContent")):
        if not any(above.tag == f"{_COMPATIBLE}Choice" for above in box.iterancestors()):
            notes.say("A text box stands after the paragraph that it hangs on", _words(box))


def _draw(node: Any, boxes: list[Any]) -> None:
    picture = node.makeelement(q("pict"))
    for box in boxes:
        shape = node.makeelement(_BOX)
        shape.append(box)
        picture.append(shape)
    node.getparent().replace(node, picture)


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


def _tell(word: Word, notes: Notes) -> None:
    """Say what a document has beside its text."""
    for tree in (word.document, *word.notes.values()):
        for name, words in (("ins", "inserted"), ("moveTo", "moved here")):
            for change in tree.iter(q(name)):
                if text := _words(change):
                    notes.say(f"Text was {words} by a tracked change, and is taken in", text)
        for change in [*tree.iter(q("del")), *tree.iter(q("moveFrom"))]:
            if text := "".join(part.text or "" for part in change.iter(q("delText"), *_TEXT)):
                notes.left_out.append(_words(change))
                notes.say("Text was deleted by a tracked change, and is left out", text)
    comments = word.part("word/comments.xml")
    for comment in () if comments is None else comments.iter(q("comment")):
        notes.say("A comment is left out", _words(comment))
    for name in word.names(r"word/(header|footer)\d*\.xml"):
        text = " ".join(part.text or "" for part in word.part(name).iter(*_TEXT))
        if text.strip():
            notes.say("The head or foot of the pages is left out", text)
    for name in word.names(r"word/(charts/chart|diagrams/data)[^/]*\.xml"):
        text = " ".join(part.text or "" for part in word.part(name).iter(_DRAWN, _CHARTED))
        if text.strip():
            notes.say("The words of a drawing are left out: write them in by hand", text)
