"""HTML before it is read: what nobody sees goes, notes come to their places, raised characters stay raised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from retrieval.convert.characters import lowered, raised
from retrieval.convert.remarks import Notes

__all__ = ["PICTURES", "UNREAD", "clean", "is_bold", "styles"]

UNREAD = ("script", "style", "head", "title", "nav", "template", "noscript", "select", "button", "textarea")
"""Elements whose words are no part of a document's text."""

PICTURES = ("img", "svg", "object", "canvas", "iframe")

_RULE = re.compile(r"([^{}@;]+)\{([^{}]*)\}")
_TELLING = re.compile(
    r"display|visibility|mso-hide|font-size|opacity|color|background|line-through|weight|vertical-align"
)
_NAUGHT = re.compile(r"0+(\.0+)?\s*(px|pt|em|rem|%)?")
_WHITE = re.compile(r"white|#fff|#ffffff|rgba?\(\s*255\s*,\s*255\s*,\s*255.*", re.IGNORECASE)
_MARK = re.compile(r"[\[(]?\s*([0-9]{1,3}|[a-z*†‡§¶]{1,3}|[ivx]{1,5})\s*[\])]?", re.IGNORECASE)
_BACK = re.compile(r"[\s↑↩^\ufe0e]*")
_NOTE_WORDS = re.compile(r"note|fn|cite_ref", re.IGNORECASE)
_LONGEST_NOTE = 2000
_BLOCK = ("li", "p", "div", "aside", "dd")


def clean(soup: BeautifulSoup, notes: Notes) -> None:
    """Change the tree in place."""
    _style_sheets(soup)
    for string in soup.find_all(string=lambda text: isinstance(text, PreformattedString)):
        string.extract()
    for tag in soup(list(UNREAD)):
        tag.decompose()
    for tag in soup(list(PICTURES)):
        notes.say("A picture is left out", str(tag.get("alt") or ""))
        tag.decompose()
    _unseen(soup, notes)
    for tag in soup("ins"):
        notes.say("Text was inserted by a tracked change, and is taken in", tag.get_text())
    _shift(soup, notes, with_links=False)
    _bring_notes(soup, notes)
    _shift(soup, notes, with_links=True)


def styles(tag: Tag) -> Mapping[str, str]:
    """The properties of an element's own style, in small letters."""
    text = tag.attrs.get("style")
    if not text:
        return {}
    pairs = (part.split(":", 1) for part in str(text).split(";") if ":" in part)
    return {name.strip().lower(): value.replace("!important", "").strip().lower() for name, value in pairs}


def is_bold(tag: Tag) -> bool | None:
    """None where the element does not say."""
    weight = styles(tag).get("font-weight", "")
    if weight:
        return weight in ("bold", "bolder") or (weight.isdigit() and int(weight) >= 600)
    return True if tag.name in ("b", "strong", "th") else None


def _style_sheets(soup: BeautifulSoup) -> None:
    """Rules that hide, strike or raise are written onto the elements they mean; an element's own style comes after."""
    for sheet in soup("style"):
        text = re.sub(r"/\*.*?\*/|<!--|-->", "", sheet.get_text(), flags=re.DOTALL)
        text = re.sub(r"@(?:media\s+print|font-face|page)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text)
        for selector, rule in _RULE.findall(text):
            if _TELLING.search(rule):
                _apply(soup, selector.strip(), rule)


def _apply(soup: BeautifulSoup, selector: str, rule: str) -> None:
    from soupsieve import SelectorSyntaxError

    for part in selector.split(","):
        if ":" in part or not part.strip():
            continue  # a state, such as hover
        try:
            found = soup.select(part.strip())
        except (SelectorSyntaxError, NotImplementedError):
            continue
        for tag in found:
            tag["style"] = f"{rule};{tag.get('style', '')}"


def _unseen(soup: BeautifulSoup, notes: Notes) -> None:
    for tag in soup.find_all(True):
        if tag.decomposed:
            continue
        if why := _why_unseen(tag):
            notes.leave_out(why, tag.get_text(" "))
            tag.decompose()


def _why_unseen(tag: Tag) -> str:
    if tag.name in ("s", "strike", "del"):
        return "Text that is struck out is left out"
    if "hidden" in tag.attrs:
        return "Hidden text is left out"
    own = styles(tag)
    if not own:
        return ""
    if "line-through" in own.get("text-decoration", "") + own.get("text-decoration-line", ""):
        return "Text that is struck out is left out"
    hidden = (
        own.get("display") == "none"
        or own.get("visibility") in ("hidden", "collapse")
        or own.get("mso-hide") == "all"
        or any(name in own and _NAUGHT.fullmatch(own[name]) for name in ("font-size", "opacity"))
    )
    if hidden:
        return "Hidden text is left out"
    white = _WHITE.fullmatch(own.get("color", "")) and not any(map(_has_ground, (tag, *tag.parents)))
    return "White text on white is left out" if white else ""


def _has_ground(tag: Tag) -> bool:
    own = styles(tag)
    ground = own.get("background-color") or own.get("background") or str(tag.attrs.get("bgcolor") or "")
    return bool(ground) and not (_WHITE.fullmatch(ground) or ground in ("transparent", "none", "initial", "inherit"))


def _shift(soup: BeautifulSoup, notes: Notes, with_links: bool) -> None:
    """Raised and lowered text as characters; links are notes perhaps, and wait."""
    for tag in list(soup.find_all(True)):
        place = tag.name if tag.name in ("sup", "sub") else styles(tag).get("vertical-align")
        if place not in ("sup", "super", "sub") or tag.decomposed or tag.name in ("td", "th", "tr"):
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
