"""Word's XML: what the styles of a paragraph or run say, through the styles that they are based on."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

__all__ = ["NOTE_PARTS", "Looks", "Word", "is_on", "q", "symbol", "value_of"]

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NOTE_PARTS = ("word/footnotes.xml", "word/endnotes.xml")
_SWITCHES = ("vanish", "specVanish", "webHidden", "strike", "dstrike", "b")
_OFF = ("0", "false", "off", "none")
_LARGEST_PART = 200 << 20
"""Bytes of a part when it is unpacked; more is no leaflet, but an attack."""


def q(name: str) -> str:
    """A name with WordprocessingML's namespace, as lxml writes it."""
    return f"{{{_W}}}{name}"


@dataclass(frozen=True, slots=True)
class Looks:
    """What a run looks like. `level` is that of a heading, 0 for none."""

    switches: Mapping[str, bool] = field(default_factory=dict)
    place: str = ""
    """'superscript', 'subscript' or nothing."""
    color: str = ""
    level: int = 0
    listed: bool = False
    font: str = ""

    @property
    def is_hidden(self) -> bool:
        return any(self.switches.get(name) for name in _SWITCHES[:3])

    @property
    def is_struck(self) -> bool:
        return any(self.switches.get(name) for name in _SWITCHES[3:5])


class Word:
    """The parts of a DOCX file that have text, as trees."""

    def __init__(self, data: bytes) -> None:
        """Raises BadZipFile, KeyError or XMLSyntaxError for a file that is damaged or none."""
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self._infos = archive.infolist()
            if any(info.file_size > _LARGEST_PART for info in self._infos):
                raise zipfile.BadZipFile("a part of it is too large")
            self._files = {info.filename: archive.read(info) for info in self._infos}
        self.document = self.part("word/document.xml")
        if self.document is None:
            raise KeyError("word/document.xml")
        self.notes = {name: tree for name in NOTE_PARTS if (tree := self.part(name)) is not None}
        self._styles: dict[str, Any] = {}
        self._sheet = self.part("word/styles.xml")
        for style in () if self._sheet is None else self._sheet.findall(q("style")):
            if not style.get(q("type")):  # a paragraph's, as ECMA-376 has it; mammoth fails on it
                style.set(q("type"), "paragraph")
            if style.get(q("styleId")) is None:  # nothing can name it
                self._sheet.remove(style)
                continue
            self._styles[str(style.get(q("styleId")))] = style
        self._looks: dict[str, Looks] = {}

    def part(self, name: str) -> Any:
        """The tree of a part, None where it is missing."""
        data = self._files.get(name)
        return None if data is None else etree.fromstring(data, _parser())

    def names(self, pattern: str) -> list[str]:
        return [name for name in self._files if re.fullmatch(pattern, name)]

    def written(self) -> bytes:
        """The file with its trees as they are now."""
        trees = {"word/document.xml": self.document, **self.notes}
        if self._sheet is not None:
            trees["word/styles.xml"] = self._sheet
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for info in self._infos:
                tree = trees.get(info.filename)
                archive.writestr(info.filename, self._files[info.filename] if tree is None else etree.tostring(tree))
        return out.getvalue()

    def headings(self) -> Iterator[tuple[str, int]]:
        """The names of paragraph styles that are headings, with their level."""
        for identifier, style in self._styles.items():
            name = value_of(style.find(q("name")))
            if name and style.get(q("type")) == "paragraph" and (level := self.style(identifier).level):
                yield name, level

    def style(self, identifier: str | None) -> Looks:
        """What a style says, together with what it is based on."""
        if not identifier or identifier not in self._styles:
            return Looks()
        if identifier not in self._looks:
            self._looks[identifier] = Looks()  # a style that is based on itself ends here
            style = self._styles[identifier]
            base = self.style(value_of(style.find(q("basedOn"))))
            own = _looks(style.find(q("rPr")), base)
            name = (value_of(style.find(q("name"))) or "").lower()
            level = base.level
            if match := re.fullmatch(r"heading ([1-9])", name):
                level = min(6, int(match[1]))
            elif name == "title":
                level = 1
            elif (outline := value_of(style.find(f"{q('pPr')}/{q('outlineLvl')}"))) and outline.isdigit():
                level = int(outline) + 1 if int(outline) < 6 else 0
            numbered = style.find(f"{q('pPr')}/{q('numPr')}") is not None
            listed = base.listed or numbered
            self._looks[identifier] = Looks(own.switches, own.place, own.color, level, listed, own.font)
        return self._looks[identifier]

    def bold_first_row(self, identifier: str | None) -> bool:
        """Whether a table's style, or one that it is based on, makes its first row bold."""
        seen: set[str] = set()
        while identifier in self._styles and identifier not in seen:
            seen.add(identifier)
            style = self._styles[identifier]
            for part in style.iter(q("tblStylePr")):
                if part.get(q("type")) == "firstRow" and _looks(part.find(q("rPr")), Looks()).switches.get("b"):
                    return True
            identifier = value_of(style.find(q("basedOn"))) or ""
        return False

    def paragraph(self, paragraph: Any) -> Looks:
        """What a paragraph's style and its own properties say of its place."""
        own = paragraph.find(q("pPr"))
        if own is None:
            return Looks()
        looks = self.style(value_of(own.find(q("pStyle"))))
        outline = value_of(own.find(q("outlineLvl"))) or ""
        level = int(outline) + 1 if outline.isdigit() and int(outline) < 6 else looks.level
        number = own.find(q("numPr"))
        listed = looks.listed if number is None else value_of(number.find(q("numId"))) != "0"
        return Looks(looks.switches, looks.place, looks.color, level, listed, looks.font)

    def numbered(self, paragraph: Any) -> tuple[str, int | None, str] | None:
        """The list that a paragraph belongs to, its level there if it or a style says one, and its style."""
        own = paragraph.find(q("pPr"))
        if own is None:
            return None
        identifier = value_of(own.find(q("pStyle"))) or ""
        number = own.find(q("numPr"))
        found = [] if number is None else [number]
        seen: set[str] = set()
        at = identifier
        while at in self._styles and at not in seen:
            seen.add(at)
            found += [n for n in [self._styles[at].find(f"{q('pPr')}/{q('numPr')}")] if n is not None]
            at = value_of(self._styles[at].find(q("basedOn"))) or ""
        ids = [value for n in found if (value := value_of(n.find(q("numId"))))]
        levels = [value for n in found if (value := value_of(n.find(q("ilvl")))) and value.isdigit()]
        if not ids or ids[0] == "0":
            return None
        return ids[0], int(levels[0]) if levels else None, identifier

    def run(self, run: Any, paragraph: Looks) -> Looks:
        """What a run looks like inside a paragraph."""
        own = run.find(q("rPr"))
        if own is None:
            return paragraph
        style = self.style(value_of(own.find(q("rStyle"))))
        above = Looks(
            {**paragraph.switches, **style.switches}, style.place or paragraph.place, style.color or paragraph.color,
            font=style.font or paragraph.font,
        )  # fmt: skip
        return _looks(own, above)


def _looks(properties: Any, above: Looks) -> Looks:
    if properties is None:
        return above
    switches, place, color, font = dict(above.switches), above.place, above.color, above.font
    raised = ""
    for child in properties:
        name = etree.QName(child).localname if isinstance(child.tag, str) else ""
        if name in _SWITCHES:
            switches[name] = (value_of(child) or "1").lower() not in _OFF
        elif name == "vertAlign":
            place = {"superscript": "superscript", "subscript": "subscript"}.get(value_of(child) or "", "")
        elif name == "position" and abs(half_points := _number(value_of(child))) > 1:
            raised = "superscript" if half_points > 0 else "subscript"
        elif name == "color":
            color = (value_of(child) or "").upper()
        elif name == "rFonts":
            font = child.get(q("ascii")) or child.get(q("hAnsi")) or font
    return Looks(switches, place or raised, color, font=font)


def _number(text: str | None) -> float:
    return float(text) if text and re.fullmatch(r"-?\d+(\.\d+)?", text) else 0.0


def is_on(element: Any) -> bool:
    """Whether a switch is there and not said to be off."""
    return element is not None and (value_of(element) or "1").lower() not in _OFF


def symbol(font: str, text: str) -> str:
    """What letters of a font of signs, such as Symbol, look like; the text itself for another font."""
    from mammoth.docx.dingbats import dingbats

    found = [dingbats.get((font, ord(character) & 0xFF)) if character > " " else None for character in text]
    return "".join(chr(code) if code else character for code, character in zip(found, text, strict=True))


def value_of(element: Any) -> str | None:
    """The `w:val` of an element, None where there is no element."""
    return None if element is None else element.get(q("val"))


def _parser() -> Any:
    # A document from outside may name files and addresses in its entities.
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
