"""The layers as a picture: a box a package, and to the right of it what it imports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from documentation.imports import Package

__all__ = ["layers_svg"]

_LEFT, _TOP, _WIDTH, _STEP, _HEIGHT, _LANE = 10, 34, 740, 84, 66, 18
_STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#1b2733}.name{font-weight:700}.small{font-size:12.5px;fill:#44515e}"
    "rect{fill:#f3f7fa;stroke:#5b7083}path{fill:none;stroke:#5b7083;stroke-width:1.5}circle{fill:#5b7083}"
    "svg{background:#fff}"
)


def layers_svg(packages: Sequence[Package]) -> str:
    """An SVG, the same to the byte for the same packages, which stand from the top layer to the bottom."""
    rows = {package.name: row for row, package in enumerate(packages)}
    width, height = _LEFT + _WIDTH + _LANE * (len(packages) + 1), _TOP + _STEP * len(packages)
    told = "; ".join(f"{p.name} imports {', '.join(n for n in rows if n in p.imports) or 'none'}" for p in packages)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(told)}">'
    )
    frame = [
        f"<style>{_STYLE}</style>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="6" markerHeight="6" '
        'orient="auto"><path d="M0 0 8 4 0 8z" style="fill:#5b7083"/></marker></defs>',
        f'<text class="small" x="{_LEFT}" y="20">An arrow leads from a package to what it imports.</text>',
    ]
    drawn = [line for package in packages for line in (*_box(package, rows), *_arrows(package, rows))]
    return "\n".join([head, *frame, *drawn, "</svg>", ""])


def _box(package: Package, rows: dict[str, int]) -> Iterator[str]:
    top = _TOP + _STEP * rows[package.name]
    yield f'<rect x="{_LEFT}" y="{top}" width="{_WIDTH}" height="{_HEIGHT}" rx="6"/>'
    lines = [("name", package.name), ("", package.purpose)]
    lines += [("small", f"{package.name}/{name}: {purpose}") for name, purpose in package.parts.items()]
    for row, (kind, text) in enumerate(lines):
        yield f'<text class="{kind}" x="{_LEFT + 12}" y="{top + 20 + 19 * row}">{escape(text)}</text>'


def _arrows(package: Package, rows: dict[str, int]) -> Iterator[str]:
    """One line down beside the boxes, with an arrowhead at each package that is imported."""
    if not package.imports:
        return
    row, edge = rows[package.name], _LEFT + _WIDTH
    lane = edge + _LANE * (len(rows) - row)
    shift = 6 + 44 * row // len(rows)
    start = _TOP + _STEP * row + _HEIGHT - 8
    yield f'<circle cx="{edge}" cy="{start}" r="3"/>'
    for at in sorted(rows[name] for name in package.imports):
        end = _TOP + _STEP * at + shift
        yield f'<path d="M{edge} {start}H{lane}V{end}H{edge}" marker-end="url(#head)"/>'
