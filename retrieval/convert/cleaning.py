"""HTML before it is read: what nobody sees goes, notes come to their places, raised characters stay raised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from retrieval.convert.characters import lowered, raised
from retrieval.convert.formulas import mathml_line
from retrieval.convert.remarks import MOST_UNLISTED, Notes
from retrieval.convert.styling import apply_sheets, shifted, styles, unseen

__all__ = ["PICTURES", "UNREAD", "clean"]

UNREAD = ("script", "style", "head", "title", "template")
"""Elements whose words are no part of a document's text."""

PICTURES = ("img", "svg", "object", "canvas", "iframe", "audio", "video")
_AROUND = ("nav", "noscript", "select", "button", "textarea", "input")
"""Elements whose words belong to a page, not to what it says."""
_OF_TEXT = ("p", "div", "li", "table", "section", "article", "h1", "h2", "h3", "h4", "h5", "h6")
_FEW_WORDS = 30
"""Words beside those of its links that a menu, a button or a picture has at most."""
_OF_A_PAGE = "What belongs to a page or form is left out"
_LAID = {"table": "table", "inline-table": "table", "table-row": "tr", "table-cell": "td",
         "table-row-group": "tbody", "table-header-group": "thead", "table-caption": "caption"}  # fmt: skip

_MARK = re.compile(r"[\[(]?\s*([0-9]{1,3}|[a-z*†‡§¶]{1,3}|[ivx]{1,5})\s*[\])]?", re.IGNORECASE)
_BACK = re.compile(r"[\s↑↩^\ufe0e]*")
_NOTE_WORDS = re.compile(r"note|fn|cite_ref", re.IGNORECASE)
_LONGEST_NOTE = 2000
_BLOCK = ("li", "p", "div", "aside", "dd")


def clean(soup: BeautifulSoup, notes: Notes) -> None:
    """Change the tree in place."""
    apply_sheets(soup, notes)
    for string in soup.find_all(string=lambda text: isinstance(text, PreformattedString)):
        string.extract()
    for tag in soup(list(UNREAD)):
        tag.decompose()
    for tag in soup("math"):
        line = mathml_line(tag)
        notes.say("A formula was written in one line: check it", line)
        notes.left_out.append(tag.get_text(" "))
        notes.put_in.append(line)
        tag.replace_with(NavigableString(f" {line} "))
    unseen(soup, notes)
    for tag in soup([*PICTURES, *_AROUND]):
        if not tag.decomposed:
            _leave(tag, notes)
    for tag in soup("ins"):
        notes.say("Text was inserted by a tracked change, and is taken in", tag.get_text())
    for tag in soup("bdo"):
        notes.say("Text is set to run the other way: check it", tag.get_text())
    _lay_out(soup, notes)
    _shift(soup, notes, with_links=False)
    _bring_notes(soup, notes)
    _shift(soup, notes, with_links=True)


def _holds_text(tag: Tag) -> bool:
    """Whether an element has taken in text of the document, as one does whose end the file has lost."""
    if tag.name == "svg" or not tag.find(_OF_TEXT):
        return False
    linked = sum(len(link.get_text(" ").split()) for link in tag("a"))
    return len(tag.get_text(" ").split()) - linked > _FEW_WORDS


def _leave(tag: Tag, notes: Notes) -> None:
    if _holds_text(tag):
        notes.say("What looks like a part of a page, a form or a picture holds text, and stays in: check it",
                  tag.get_text(" "))  # fmt: skip
        tag.unwrap()
        return
    text = tag.get_text(" ") or str(tag.attrs.get("value") or "")
    if tag.name in PICTURES:
        notes.say("A picture is left out", str(tag.attrs.get("alt") or text))
    elif tag.name == "input":
        if tag.attrs.get("value") and tag.attrs.get("type", "text") not in ("hidden", "submit", "image"):
            notes.say(_OF_A_PAGE, text)
    else:
        notes.leave_out(_OF_A_PAGE, text, MOST_UNLISTED)
    tag.decompose()


def _lay_out(soup: BeautifulSoup, notes: Notes) -> None:
    """What a style lays out as a table is one."""
    for tag in soup.find_all(("div", "span", "ul", "li", "dl", "section", "p")):
        name = _LAID.get(styles(tag).get("display", ""))
        if name == "tr" or (name and (tag.find_parent(("table", "tr")) or name == "table")):
            if name == "table":
                notes.say("Text is laid out as a table by its style: check it", tag.get_text(" "))
            tag.name = name


def _shift(soup: BeautifulSoup, notes: Notes, with_links: bool) -> None:
    """Raised and lowered text as characters; links are notes perhaps, and wait."""
    for tag in list(soup.find_all(True)):
        if tag.decomposed or not (place := shifted(tag.name, styles(tag))):
            continue
        if not with_links and (tag.find("a", href=True) or tag.find_parent("a", href=True)):
            continue
        text = tag.get_text()
        new = lowered(text) if place == "sub" else raised(text)
        if new != text:
            notes.say("Raised or lowered characters were kept as such", f"{text.strip()} as {new.strip()}")
        tag.replace_with(NavigableString(new))
    soup.smooth()


def _bring_notes(soup: BeautifulSoup, notes: Notes) -> None:
    """Footnotes and endnotes stand behind their marks: at the end they would be part of the last section."""
    named: dict[str, Tag] = {}
    order: dict[int, int] = {}
    for place, tag in enumerate(soup.find_all(True)):
        order[id(tag)] = place
        for key in (tag.attrs.get("id"), tag.attrs.get("name") if tag.name == "a" else None):
            if key:
                named.setdefault(str(key), tag)
    blocks: dict[int, Tag] = {}
    texts: dict[int, str] = {}
    for link in soup.find_all("a", href=re.compile("^#.")):
        if link.decomposed:
            continue  # a way back that stood in a note
        target = named.get(str(link["href"])[1:])
        mark = link.get_text().strip()
        if target is None or not _MARK.fullmatch(mark) or order[id(target)] < order[id(link)]:
            continue
        block = target if target.name in _BLOCK else target.find_parent(_BLOCK)
        if (
            block is None
            or any(above is block for above in link.parents)
            or not _is_note(link, target, block, order, named)
        ):
            continue
        if id(block) not in texts:
            texts[id(block)], blocks[id(block)] = _note_text(block, mark, order, named), block
            notes.moved.append(texts[id(block)])
            notes.left_out += [mark, mark]
        else:
            notes.left_out.append(mark)
            notes.put_in.append(texts[id(block)])
        outer = link.find_parent("sup") or link
        outer = outer if outer.get_text().strip() == mark else link
        notes.say("A note stands at its place in brackets, not at the end", texts[id(block)])
        notes.put_in.append("Note")
        outer.replace_with(NavigableString(f" [Note: {texts[id(block)]}]"))
    for block in blocks.values():
        above = block.parent
        block.decompose()
        while above is not None and above.name in ("ol", "ul", "div", "section", "aside", "tr", "table", "tbody"):
            parent = above.parent
            if above.get_text().strip():
                break
            above.decompose()
            above = parent


def _is_note(link: Tag, target: Tag, block: Tag, order: Mapping[int, int], named: Mapping[str, Tag]) -> bool:
    if block.find(["h1", "h2", "h3", "h4", "h5", "h6"]) or len(block.get_text()) > _LONGEST_NOTE:
        return False
    said = " ".join(
        str(x.attrs.get(k, "")) for x in (link, target, block) for k in ("id", "class", "role", "href", "name")
    )
    raised_mark = link.find_parent("sup") is not None or link.find("sup") is not None
    return bool(_NOTE_WORDS.search(said)) or raised_mark or any(True for _ in _backlinks(block, order, named))


def _backlinks(block: Tag, order: Mapping[int, int], named: Mapping[str, Tag]) -> Iterator[Tag]:
    for back in block.find_all("a", href=re.compile("^#.")):
        target = named.get(str(back["href"])[1:])
        if target is not None and order.get(id(target), 0) < order.get(id(block), 0):
            yield back


def _note_text(block: Tag, mark: str, order: Mapping[int, int], named: Mapping[str, Tag]) -> str:
    for back in list(_backlinks(block, order, named)):
        text = back.get_text().strip()
        if _BACK.fullmatch(text) or _MARK.fullmatch(text):
            (back.find_parent("sup") or back).decompose()
    text = " ".join(block.get_text(" ").split())
    core = re.sub(r"\W", "", mark) or mark
    # Its own mark may stand before it, raised already.
    text = re.sub(rf"^[\[(]?(?:{re.escape(mark)}|{re.escape(core)}|{re.escape(raised(core))})[\])]?[.:)]?\s+", "", text)
    return _BACK.sub("", text[:1]) + text[1:].rstrip("↑↩ ")
