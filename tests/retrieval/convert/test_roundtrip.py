"""Round trips: what a document says comes out of it again, and what was changed in a draft is found."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from retrieval.convert import compare, convert, read_markdown
from retrieval.passages import cut
from tests.retrieval.convert.documents import add_table

WORD = st.from_regex(r"[a-z]{1,9}|[1-9][0-9]{0,2} mg|[0-9]\.[1-9] ml", fullmatch=True)
SENTENCE = st.lists(WORD, min_size=9, max_size=14).map(lambda words: f"It is {' '.join(words)}.")
CELL = st.lists(WORD, min_size=1, max_size=3).map(" ".join)
TABLE = st.integers(2, 3).flatmap(
    lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n), min_size=2, max_size=4).map(lambda rows: ("table", rows))
)
BLOCK = st.one_of(
    SENTENCE.map(lambda text: ("text", text)),
    st.lists(SENTENCE, min_size=1, max_size=4).map(lambda items: ("list", items)),
    TABLE,
)
SECTIONS = st.lists(st.tuples(CELL, st.lists(BLOCK, min_size=1, max_size=3)), min_size=1, max_size=3)


def markdown(sections: Sequence[Any]) -> str:
    parts = []
    for heading, blocks in sections:
        parts.append(f"## {heading}")
        for kind, content in alternating(blocks):
            if kind == "text":
                parts.append(content)
            elif kind == "list":
                parts.append("\n".join(f"- {item}" for item in content))
            else:
                rows = [content[0], ["---"] * len(content[0]), *content[1:]]
                parts.append("\n".join(f"| {' | '.join(row)} |" for row in rows))
    return "\n\n".join(parts) + "\n"


def alternating(blocks: Sequence[Any]) -> list[Any]:
    """No list or table right after another: Markdown would make them one."""
    kept: list[Any] = []
    for block in blocks:
        if not kept or kept[-1][0] == "text" or block[0] == "text":
            kept.append(block)
    return kept


def as_docx(sections: Sequence[Any]) -> bytes:
    made, out = Document(), io.BytesIO()
    for heading, blocks in sections:
        made.add_heading(heading, 2)
        for kind, content in alternating(blocks):
            if kind == "text":
                made.add_paragraph(content)
            elif kind == "list":
                for item in content:
                    made.add_paragraph(item, style="List Bullet")
            else:
                add_table(made, content)
    made.save(out)
    return out.getvalue()


@settings(max_examples=8)
@given(SECTIONS)
def test_a_monograph_comes_back_from_html_and_docx_as_the_same_passages(sections: Any) -> None:
    text = markdown(sections)
    html = MarkdownIt("commonmark").enable("table").render(text)
    for name, data in (("x.html", html.encode()), ("x.docx", as_docx(sections))):
        converted = convert(name, data)
        assert cut("x", converted.markdown) == cut("x", text)
        assert converted.differences == ()


@st.composite
def tilings(draw: st.DrawFn) -> tuple[int, int, list[tuple[int, int, int, int]]]:
    """Width and height of a grid, and cells that cover it without a gap: row, column, rows, columns."""
    width, height = draw(st.integers(2, 4)), draw(st.integers(1, 4))
    taken: set[tuple[int, int]] = set()
    cells = []
    for y in range(height):
        for x in range(width):
            if (y, x) in taken:
                continue
            free = next((n for n in range(1, width - x) if (y, x + n) in taken), width - x)
            across, down = draw(st.integers(1, free)), draw(st.integers(1, height - y))
            taken |= {(y + i, x + j) for i in range(down) for j in range(across)}
            cells.append((y, x, down, across))
    return width, height, cells


def spanned_html(width: int, height: int, cells: Sequence[tuple[int, int, int, int]]) -> bytes:
    heads = "".join(f"<th>head {x}</th>" for x in range(width))
    rows = [
        "".join(f"<td rowspan={d} colspan={a}>{n} mg</td>" for n, (r, _, d, a) in enumerate(cells) if r == y)
        for y in range(height)
    ]
    return f"<table><tr>{heads}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>".encode()


def spanned_docx(width: int, height: int, cells: Sequence[tuple[int, int, int, int]]) -> bytes:
    made, out = Document(), io.BytesIO()
    table = add_table(made, [[f"head {x}" for x in range(width)], *[[""] * width for _ in range(height)]])
    for n, (y, x, down, across) in enumerate(cells):
        first, last = table.cell(y + 1, x), table.cell(y + down, x + across - 1)
        (first if (down, across) == (1, 1) else first.merge(last)).text = f"{n} mg"
    made.save(out)
    return out.getvalue()


@settings(max_examples=30)
@given(tilings())
def test_a_table_with_any_spans_keeps_every_value_under_its_heads(
    tiling: tuple[int, int, list[tuple[int, int, int, int]]],
) -> None:
    """A grid is tiled with cells at random; each place then has the words of the cell that covers it."""
    width, height, cells = tiling
    owner = {(y + i, x + j): n for n, (y, x, d, a) in enumerate(cells) for i in range(d) for j in range(a)}
    expected = [f"| {' | '.join(f'{owner[y, x]} mg' for x in range(width))} |" for y in range(height)]
    for name, data in (("x.html", spanned_html(*tiling)), ("x.docx", spanned_docx(*tiling))):
        converted = convert(name, data)
        assert converted.markdown.splitlines()[2:] == expected
        assert converted.differences == ()


@settings(max_examples=20)
@given(SECTIONS, st.data())
def test_a_number_that_is_changed_lost_or_added_is_found(sections: Any, data: st.DataObject) -> None:
    text = markdown(sections)
    amounts = [word for word in set(text.replace("|", " ").split()) if word[0].isdigit()]
    if not amounts:
        return
    amount = data.draw(st.sampled_from(sorted(amounts)))
    changed = text.replace(amount, data.draw(st.sampled_from(["7777", "", f"{amount} mg 3"])), 1)
    if changed != text:
        assert any(d.is_of_numbers for d in compare(read_markdown(text), read_markdown(changed)))
    assert compare(read_markdown(text), read_markdown(text)) == ()
