"""Formulas in one line: MathML and Office's own math, fractions with a slash and powers raised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bs4 import Tag
from bs4.element import NavigableString

from retrieval.convert.characters import lowered, raised

__all__ = ["MATH", "mathml_line", "omml_line"]

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_SIMPLE = re.compile(r"[^\W_]+(?:[.,][^\W_]+)*")
_MATHML = {"mfrac": "f", "msup": "sSup", "msub": "sSub", "msubsup": "sSubSup", "msqrt": "rad", "mroot": "root",
           "mover": "sSup", "munder": "sSub", "munderover": "sSubSup", "mtr": "mr", "mtable": "m"}  # fmt: skip


def mathml_line(tag: Tag) -> str:
    """A `math` element of HTML as one line."""
    return " ".join(_mathml(tag).split())


def _mathml(tag: Tag) -> str:
    if tag.name in ("annotation", "annotation-xml"):
        return ""
    children = [child for child in tag.children if isinstance(child, Tag)]
    if not children:
        return tag.get_text()
    texts = [_mathml(child) for child in children]
    kind = _MATHML.get(tag.name, "")
    if kind == "rad":
        return _written("rad", ["".join(texts)])
    if kind:
        return _written(kind, texts)
    loose = [str(child) for child in tag.children if isinstance(child, NavigableString) and child.strip()]
    return "".join([*texts, *loose])


def omml_line(formula: Any) -> str:
    """An `m:oMath` element of Office's as one line."""
    return " ".join(_omml(formula).split())


def _omml(node: Any) -> str:
    name = str(node.tag).removeprefix(MATH)
    if name == "t" or str(node.tag).endswith("}t"):
        return str(node.text or "")
    if name.endswith("Pr"):
        return ""

    def inner(*names: str) -> list[str]:
        return ["".join(map(_omml, child)) for child in node if str(child.tag).removeprefix(MATH) in names]

    match name:
        case "f":
            return _written("f", inner("num", "den"))
        case "sSup" | "sSub" | "sSubSup":
            return _written(name, inner("e", "sub", "sup"))
        case "rad":
            degree = "".join(inner("deg"))
            return _written("root", [*inner("e"), degree]) if degree else _written("rad", inner("e"))
        case "d":
            return _between(node, inner("e"))
        case "nary":
            sign = next((child.get(f"{MATH}val") for child in node.iter(f"{MATH}chr")), "∫")
            return f"{_written('sSubSup', [sign, *inner('sub'), *inner('sup')])} {''.join(inner('e'))}"
        case "limLow" | "limUpp":
            return _written("sSub" if name == "limLow" else "sSup", inner("e", "lim"))
        case "func":
            return f"{''.join(inner('fName'))} {''.join(inner('e'))}"
        case "m" | "mr":
            return _written(name, [_omml(child) for child in node if str(child.tag) in (f"{MATH}mr", f"{MATH}e")])
        case "eqArr":
            return "; ".join(inner("e"))
    return "".join(map(_omml, node))


def _between(node: Any, parts: Sequence[str]) -> str:
    """What stands in brackets, and which."""
    signs = {}
    for name, otherwise in (("begChr", "("), ("sepChr", "|"), ("endChr", ")")):
        found = next((child for child in node.iterfind(f"{MATH}dPr/{MATH}{name}")), None)
        signs[name] = otherwise if found is None else str(found.get(f"{MATH}val") or "")
    return f"{signs['begChr']}{signs['sepChr'].join(parts)}{signs['endChr']}"


def _written(kind: str, texts: Sequence[str]) -> str:
    return "".join(_signs(kind, [" ".join(text.split()) for text in texts]))


def _signs(kind: str, texts: Sequence[str]) -> Iterator[str]:
    first, *rest = texts or [""]
    match kind:
        case "f":
            yield f"{_whole(first)}/{_whole(rest[0])}" if rest else first
        case "sSup":
            yield _whole(first) + "".join(map(raised, rest))
        case "sSub":
            yield _whole(first) + "".join(map(lowered, rest))
        case "sSubSup":
            yield _whole(first) + "".join(map(lowered, rest[:1])) + "".join(map(raised, rest[1:]))
        case "rad":
            yield f"√{_whole(first)}"
        case "root":
            yield f"{raised(rest[0])}√{_whole(first)}" if rest else f"√{_whole(first)}"
        case "mr":
            yield ", ".join(texts)
        case _:
            yield f"({'; '.join(texts)})"


def _whole(text: str) -> str:
    """In brackets, unless it is one number or word."""
    return text if _SIMPLE.fullmatch(text) or len(text) < 2 else f"({text})"
