"""What the styles of HTML say of a text: whether anybody sees it, whether it is raised, struck or bold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from retrieval.convert.remarks import MOST_UNLISTED, Notes

__all__ = ["BLOCK_LIKE", "INLINE", "apply_sheets", "is_bold", "own_style", "shifted", "styles", "unseen"]

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data dfn em font i ins kbd label mark nobr o:p q s samp small span strike"
    " strong sub sup time tt u var wbr del".split()
)
BLOCK_LIKE = frozenset(["block", "flex", "grid", "list-item", "table", "table-row", "table-cell", "flow-root"])
"""Values of `display` that put an element apart from the words beside it."""

_RULE = re.compile(r"([^{}@;]+)\{([^{}]*)\}")
_AT = re.compile(r"@(media|font-face|page|(?:-\w+-)?keyframes|counter-style)([^{]*)\{((?:[^{}]*\{[^{}]*\})*[^{}]*)\}")
_ON_SCREEN = re.compile(r"\s*(?:only\s+)?(?:screen|all)?\s*", re.IGNORECASE)
_TELLING = re.compile(
    r"display|visibility|mso-hide|font-size|opacity|color|background|line-through|weight|vertical-align|list-style"
    r"|clip|text-indent|overflow|position|font-variant"
)
_STATE = re.compile(r"::|:(?!not\(|nth-|first-child|last-child|only-child|first-of|last-of|root|is\(|where\()")
_WRITTEN = re.compile(r"content\s*:\s*[^;]*[\"'][^\"';]*[^\W_][^\"';]*[\"']")
_NAUGHT = re.compile(r"0+(\.0+)?\s*(px|pt|em|rem|%)?")
_TINY = re.compile(r"[01](\.\d+)?\s*(px|pt|em|rem|%)?")
_FAR = re.compile(r"-\s*([5-9]\d\d|\d{4,}|([5-9]\d|\d{3,})(\.\d+)?\s*(em|rem|cm|in|vw|vh))")
"""Further than a line hangs out of its paragraph."""
_CLIPPED = re.compile(r"(rect\(\s*[01]\w*[\s,]+[01]\w*[\s,]+[01]\w*[\s,]+[01]\w*\s*\))|(inset\(\s*(50|100)%.*\))")
_LENGTH = re.compile(r"([-+]?)\s*(\d*\.?\d+)\s*(?:px|pt|em|ex|rem|%|mm|cm|in)")
_NEAR = 16
"""The difference of two colours, of 255, that nobody sees."""
_NAMED = {"white": "ffffff", "snow": "fffafa", "ghostwhite": "f8f8ff", "whitesmoke": "f5f5f5", "ivory": "fffff0",
          "black": "000000", "floralwhite": "fffaf0", "mintcream": "f5fffa", "azure": "f0ffff"}  # fmt: skip


def own_style(text: str | None) -> Mapping[str, str]:
    """The properties of a style, in small letters; what is marked as important stands above the rest."""
    if not text:
        return {}
    plain: dict[str, str] = {}
    important: dict[str, str] = {}
    for part in text.split(";"):
        name, colon, value = part.partition(":")
        if colon:
            value = value.strip().lower()
            chosen = important if "!important" in value else plain
            chosen[name.strip().lower()] = value.replace("!important", "").strip()
    return {**plain, **important} if important else plain


def styles(tag: Tag) -> Mapping[str, str]:
    """The properties of an element's own style, and of the sheets' once they are applied."""
    text = tag.attrs.get("style")
    return own_style(str(text)) if text else {}


def is_bold(tag: Tag) -> bool | None:
    """None where the element does not say."""
    weight = styles(tag).get("font-weight", "")
    if weight:
        return weight in ("bold", "bolder") or (weight.isdigit() and int(weight) >= 600)
    return True if tag.name in ("b", "strong", "th") else None


def shifted(name: str, style: Mapping[str, str]) -> str:
    """'sup', 'sub' or nothing: what an element does with its words, by its name, place in the line or font."""
    place = style.get("vertical-align", "")
    if name in ("sup", "sub"):
        return "" if place == "baseline" else name
    if name not in INLINE:
        return {"super": "sup", "sub": "sub"}.get(place, "") if name not in ("td", "th", "tr", "col", "img") else ""
    if found := {"super": "sup", "sub": "sub"}.get(place) or {"super": "sup", "sub": "sub"}.get(
        style.get("font-variant-position", "")
    ):
        return found
    if "font-size" in style and place in ("top", "text-top", "bottom", "text-bottom"):
        return "sup" if place.endswith("top") else "sub"
    if length := _LENGTH.fullmatch(place):
        return "" if not float(length[2]) else "sub" if length[1] == "-" else "sup"
    if style.get("position") == "relative":
        for side, up in (("top", "-"), ("bottom", "")):
            if (length := _LENGTH.fullmatch(style.get(side, ""))) and float(length[2]):
                return "sup" if (length[1] == "-") == (up == "-") else "sub"
    return ""


def apply_sheets(soup: BeautifulSoup, notes: Notes) -> None:
    """Rules that hide, strike or raise are written onto the elements they mean; an element's own style comes after."""
    rules = []
    for sheet in soup("style"):
        text = re.sub(r"/\*.*?\*/|<!--|-->", "", sheet.get_text(), flags=re.DOTALL)
        text = _AT.sub(lambda at: at[3] if at[1] == "media" and _ON_SCREEN.fullmatch(at[2]) else "", text)
        for selectors, rule in _RULE.findall(text):
            if re.search(r":(before|after)", selectors) and _WRITTEN.search(rule):
                notes.say("A style sheet writes words of its own, which are not taken over", " ".join(rule.split()))
            if _TELLING.search(rule):
                rules += [(part.strip(), rule) for part in selectors.split(",")]
    found: dict[int, tuple[Tag, list[tuple[tuple[int, int, int], str]]]] = {}
    for selector, rule in rules:
        for tag in _selected(soup, selector):
            found.setdefault(id(tag), (tag, []))[1].append((_weight(selector), rule))
    for tag, said in found.values():
        said.sort(key=lambda pair: pair[0])  # the last of the same weight wins
        tag["style"] = ";".join([*(rule for _, rule in said), str(tag.get("style", ""))])


def _selected(soup: BeautifulSoup, selector: str) -> Iterator[Tag]:
    from soupsieve import SelectorSyntaxError

    if not selector or _STATE.search(selector):
        return  # a state, such as hover
    try:
        yield from soup.select(selector)
    except (SelectorSyntaxError, NotImplementedError):
        return


def _weight(selector: str) -> tuple[int, int, int]:
    """A selector's: ids, then classes, attributes and states, then names."""
    names = re.findall(r"(?:^|[\s>+~])[a-z][\w-]*", selector, re.IGNORECASE)
    return selector.count("#"), len(re.findall(r"[.\[:]", selector)), len(names)


def unseen(soup: BeautifulSoup, notes: Notes) -> None:
    """Take out what nobody sees, each with a remark. A table's cell stays, empty, unless it takes no place."""
    for tag in soup.find_all(True):
        if tag.decomposed:
            continue
        own = styles(tag)
        why, takes_place = _why(tag, own)
        if why:
            notes.leave_out(why, tag.get_text(" "), MOST_UNLISTED)
            if tag.name in ("td", "th") and takes_place:
                tag.clear(decompose=True)
            else:
                tag.decompose()
            continue
        if own.get("visibility") in ("hidden", "collapse"):
            _empty(tag, "Hidden text is left out", notes, lambda text: _nearest(text, "visibility") == "visible")
        elif _NAUGHT.fullmatch(own.get("font-size", "")):
            _empty(tag, "Hidden text is left out", notes, _is_large)
        elif tag.name == "font" or "color" in own:
            if _is_pale(tag, own):
                _empty(tag, "White text on white is left out", notes, _is_seen)
        elif tag.attrs.get("aria-hidden") == "true" and any(map(str.isalnum, tag.get_text())):
            notes.say("Text that a screen reader skips stays in", tag.get_text(" "))


def _why(tag: Tag, own: Mapping[str, str]) -> tuple[str, bool]:
    """Why an element is not seen, and whether it takes its place all the same."""
    if tag.name in ("s", "strike", "del"):
        return "Text that is struck out is left out", False
    if "hidden" in tag.attrs or (tag.name == "dialog" and "open" not in tag.attrs):
        return "Hidden text is left out", False
    if not own:
        return "", False
    if "line-through" in own.get("text-decoration", "") + own.get("text-decoration-line", ""):
        return "Text that is struck out is left out", True
    if own.get("display") == "none" or own.get("mso-hide") == "all":
        return "Hidden text is left out", False
    clipped = any(_CLIPPED.fullmatch(own.get(name, "")) for name in ("clip", "clip-path"))
    flat = own.get("overflow") in ("hidden", "clip") and any(
        _TINY.fullmatch(own.get(name, "")) for name in ("height", "max-height", "width", "max-width")
    )
    away = own.get("position") in ("absolute", "fixed") and any(
        _FAR.match(own.get(name, "")) for name in ("left", "top", "right", "bottom")
    )
    if clipped or flat or away or _NAUGHT.fullmatch(own.get("opacity", "")) or _FAR.match(own.get("text-indent", "")):
        return "Hidden text is left out", True
    return "", False


def _empty(tag: Tag, why: str, notes: Notes, is_seen: Callable[[NavigableString], bool]) -> None:
    """Take out the words of an element, but not those that an element inside it shows again."""
    gone = [text for text in tag.find_all(string=True) if text.strip() and not is_seen(text)]
    if gone:
        notes.leave_out(why, " ".join(gone), MOST_UNLISTED)
    for text in gone:
        text.replace_with(NavigableString(" "))


def _is_large(text: NavigableString) -> bool:
    return not _NAUGHT.fullmatch(_nearest(text, "font-size"))


def _nearest(text: NavigableString, name: str) -> str:
    return next((own[name] for above in text.parents if name in (own := styles(above))), "")


def _is_pale(tag: Tag, own: Mapping[str, str]) -> bool:
    color = own.get("color") or str(tag.attrs.get("color") or "")
    rgb = _rgb(color)
    return color == "transparent" or (rgb is not None and (rgb[3] == 0 or not _differ(rgb, _ground(tag))))


def _is_seen(text: NavigableString) -> bool:
    """By the nearest colour above it, on the nearest ground."""
    for above in text.parents:
        color = styles(above).get("color") or (str(above.attrs.get("color") or "") if above.name == "font" else "")
        if color and color != "inherit":
            rgb = _rgb(color)
            ground = _ground(text.parent) if text.parent else None
            return color != "transparent" and (rgb is None or (rgb[3] > 0 and _differ(rgb, ground)))
    return True


def _ground(tag: Tag) -> tuple[float, ...] | None:
    """The colour behind an element, white if none is set; None for a picture or a name that is not known."""
    for above in (tag, *tag.parents):
        own = styles(above)
        ground = own.get("background-color") or own.get("background") or str(above.attrs.get("bgcolor") or "")
        if ground and ground not in ("transparent", "none", "initial", "inherit", "unset"):
            return _rgb(ground.split()[0])
    return (255, 255, 255, 1)


def _differ(one: tuple[float, ...], two: tuple[float, ...] | None) -> bool:
    return two is None or max(abs(a - b) for a, b in zip(one[:3], two[:3], strict=True)) > _NEAR


def _rgb(color: str) -> tuple[float, ...] | None:
    """Red, green and blue of 255, and how opaque of 1; None for what is not known."""
    color = _NAMED.get(color.lower(), color.lower())
    if digits := re.fullmatch(r"#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", color):
        text = digits[1] if len(digits[1]) >= 6 else "".join(2 * d for d in digits[1])
        values = [int(text[at : at + 2], 16) for at in range(0, len(text), 2)]
        return (*values[:3], values[3] / 255 if len(values) > 3 else 1)
    if match := re.match(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,/]+([\d.]+)(%?))?", color):
        alpha = float(match[4]) / (100 if match[5] else 1) if match[4] else 1
        return (int(match[1]), int(match[2]), int(match[3]), alpha)
    return None
