"""PDFs: columns, line ends, edges of pages, tables with and without lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from fpdf import FPDF

from retrieval.convert import Converted, convert
from tests.retrieval.convert.documents import pdf


def made(build: Callable[[FPDF], object]) -> Converted:
    return convert("x.pdf", pdf(build))


def said(converted: Converted, words: str) -> bool:
    return any(words in remark for remark in converted.remarks)


def beside(page: FPDF, *rows: Sequence[str], left: float = 20, step: float = 90) -> None:
    top = page.get_y()
    for number, row in enumerate(rows):
        for at, text in enumerate(row):
            page.set_xy(left + at * step, top + number * 6)
            page.cell(step - 10, 6, text)


def test_two_columns_are_read_one_after_the_other() -> None:
    def build(page: FPDF) -> None:
        page.set_font("helvetica", "B", 16)
        page.cell(0, 10, "How it is given", new_x="LMARGIN", new_y="NEXT")
        page.set_font("helvetica", size=11)
        beside(page, ["The dose is 0.", "The other column"], ["5 mg in the morn-", "starts at the top"],
               ["ing for adults.", "and goes on 20 mg"], ["Children get none.", "to its end."])  # fmt: skip

    converted = made(build)
    assert converted.markdown == (
        "## How it is given\n\nThe dose is 0.5 mg in the morning for adults.\n\nChildren get none.\n\n"
        "The other column starts at the top and goes on 20 mg to its end.\n"
    )
    assert said(converted, "Two columns were put one after the other")
    assert said(converted, "A number that a line's end had split was put together: “page 1, 0.5”")
    assert converted.differences == ()


@pytest.mark.parametrize(
    ("text", "paragraph", "remark"),
    [
        ("The treat-\nment helps.", "The treatment helps.", "divided was put together: “page 1, treatment”"),
        ("It is long-\nterm care.", "It is long-term care.", "A hyphen at a line's end was kept"),
        ("Give 5-\n10 mg.", "Give 5-10 mg.", ""),
        ("A xyzq-\nabcd is it.", "A xyzq-abcd is it.", "A hyphen at a line's end was kept"),
        ("Give 0.\n5 mg of it.", "Give 0.5 mg of it.", "put together: “page 1, 0.5”"),
        ("Of Figure 1.\n2 mg is it.", "Of Figure 1. 2 mg is it.", "may be split by a line's end"),
    ],
)
def test_line_ends(text: str, paragraph: str, remark: str) -> None:
    converted = made(lambda page: page.multi_cell(70, 6, text))
    assert converted.markdown == f"{paragraph}\n"
    assert said(converted, remark)
    assert converted.differences == ()


def test_heads_feet_and_page_numbers_are_no_part_of_a_sentence() -> None:
    def build(page: FPDF) -> None:
        page.set_auto_page_break(False)
        for number in (1, 2, 3):
            if number > 1:
                page.add_page()
            page.set_xy(20, 10)
            page.cell(0, 5, "Made-up leaflet, version 2")
            page.set_xy(100, 285)
            page.cell(10, 5, f"Page {number} of 3")
            page.set_xy(20, 40)
            page.multi_cell(170, 6, "The sentence goes" if number == 1 else "over the page and goes")

    converted = made(build)
    assert converted.markdown == "The sentence goes over the page and goes over the page and goes\n"
    assert said(converted, "A line at the edge of the pages is left out: “Made-up leaflet, version 2”")
    assert said(converted, "A page number is left out: “Page 1 of 3”")
    assert converted.differences == ()


def test_tables_with_lines_and_without_keep_their_rows() -> None:
    def build(page: FPDF) -> None:
        with page.table() as table:
            for texts in (("Patient", "Kidney", "Dose"), ("Adult", "Normal", "10 mg"), ("Child", "Weak", "5 mg")):
                row = table.row()
                for text in texts:
                    row.cell(text)
        page.ln(10)
        beside(page, ["Adult", "10 mg"], ["Child", ""], ["Baby", "2 mg"])

    converted = made(build)
    assert converted.markdown == (
        "| Patient | Kidney | Dose |\n| --- | --- | --- |\n| Adult | Normal | 10 mg |\n| Child | Weak | 5 mg |\n\n"
        "| Adult | 10 mg |\n| Child |  |\n| Baby | 2 mg |\n"
    )
    assert said(converted, "A table was read by its drawn lines")
    assert said(converted, "Words stand beside each other as in a table without lines")


def test_a_cell_over_two_rows_is_repeated() -> None:
    def build(page: FPDF) -> None:
        with page.table(first_row_as_headings=False) as table:
            row = table.row()
            row.cell("Adult", rowspan=2)
            row.cell("Normal")
            row.cell("10 mg")
            row = table.row()
            row.cell("Weak")
            row.cell("5 mg")

    assert made(build).markdown == "| Adult | Normal | 10 mg |\n| Adult | Weak | 5 mg |\n"


def test_raised_characters_and_headings_by_size() -> None:
    def build(page: FPDF) -> None:
        for size, text in ((20, "Made up"), (15, "Use"), (15, "Dose")):
            page.set_font("helvetica", size=size)
            page.cell(0, 12, text, new_x="LMARGIN", new_y="NEXT")
        page.set_font("helvetica", size=11)
        for text, place in (("Give 10", "LINE"), ("6", "SUP"), (" cells, mg/m", "LINE"), ("2", "SUP"), (", H", "LINE"),
                            ("2", "SUB"), ("O.", "LINE")):  # fmt: skip
            page.char_vpos = place
            page.write(6, text)
        page.char_vpos = "LINE"
        page.ln(12)
        page.multi_cell(170, 6, "This is a longer line of the text, by which the size of the body is known to all.")

    lines = made(build).markdown.split("\n\n")
    assert lines[:3] == ["# Made up", "## Use", "## Dose"]
    assert lines[3] == "Give 10⁶ cells, mg/m², H₂O."


def test_a_page_without_text_is_said() -> None:
    def build(page: FPDF) -> None:
        page.multi_cell(170, 6, "Words.")
        page.add_page()

    assert said(made(build), "A page has no text: it may be a picture: “page 2”")
