"""PDFs whose characters must be measured: cells without spaces, signs without a name, letters over letters."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from fpdf import FPDF

from retrieval.convert import Converted, convert
from tests.retrieval.convert.documents import pdf, raw_pdf

NAMELESS = "<< /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [2 /C0 /C2] >>"
"""Signs with the codes 2 and 3, of which nothing tells what they are."""
Piece = tuple[float, float, float, str]
"""Size, place from the left, place from the top, both in millimetres, and words."""


def raw(content: str, encoding: str = "/WinAnsiEncoding") -> Converted:
    return convert("x.pdf", raw_pdf(content, encoding))


def set_(*pieces: Piece) -> Converted:
    def build(page: FPDF) -> None:
        for size, x, y, text in pieces:
            page.set_font("helvetica", size=size)
            page.text(x, y, text)

    return convert("x.pdf", pdf(build))


def after(x: float, y: float, *pieces: tuple[float, str, float]) -> list[Piece]:
    """Pieces one after the other: their size, words, and how many millimetres they are raised."""
    measure = FPDF()
    made: list[Piece] = []
    for size, text, up in pieces:
        measure.set_font("helvetica", size=size)
        made.append((size, x, y - up, text))
        x += measure.get_string_width(text)
    return made


def said(converted: Converted, words: str) -> bool:
    return any(words in remark for remark in converted.remarks)


@pytest.mark.parametrize("one", ["50 Tc ({}) Tj", "[{}] TJ"])
def test_cells_that_the_file_writes_as_one_are_not_one_number(one: str) -> None:
    def shown(digits: str) -> str:
        return one.format(digits if "Tc" in one else "".join(f"({digit})-5000" for digit in digits))

    content = f"BT /F 10 Tf 80 700 Td {shown('123')} 0 -14 Td {shown('456')} ET"
    assert raw(content).markdown == "| 1 | 2 | 3 |\n| 4 | 5 | 6 |\n"


def test_figures_a_little_apart_are_two() -> None:
    assert raw("BT /F 10 Tf 80 700 Td (Give ) Tj 5 Tc (5) Tj 0 Tc (10 mg) Tj ET").markdown == "Give 5 10 mg\n"


def test_figures_of_one_number_stay_together() -> None:
    assert raw("BT /F 10 Tf 80 700 Td 1 Tc (Give 111.1 or 11,111 mg) Tj ET").markdown == "Give 111.1 or 11,111 mg\n"


def test_columns_of_figures_stand_nearer_than_words() -> None:
    pieces = [piece for y, text in ((60.0, "17"), (70.0, "75")) for piece in after(20, y, (16, f"Up to {text}", 0))]
    right = 20 + 16 * (3.78 + 0.65) * 25.4 / 72  # their width, and more than half of their size
    beside = [(16.0, right, y, text) for y, text in ((60.0, "18 years"), (70.0, "20 days"))]
    assert set_(*pieces, *beside).markdown == "| Up to 17 | 18 years |\n| Up to 75 | 20 days |\n"


def test_spaces_that_are_written_do_not_part_a_line() -> None:
    text = "Take     5 mg each   day"
    assert raw(f"BT /F 10 Tf 80 700 Td ({text}) Tj ET").markdown == f"{' '.join(text.split())}\n"


@pytest.mark.parametrize(
    ("text", "draft"), [("Keep at 10\\00210 mbar", "Keep at 10�10 mbar"), ("5 \\003 5 um", "5 � 5 um")]
)
def test_a_sign_without_a_name_is_not_lost(text: str, draft: str) -> None:
    converted = raw(f"BT /F 10 Tf 80 700 Td ({text}) Tj ET", NAMELESS)
    assert converted.markdown == f"{draft}\n"
    assert said(converted, "Characters cannot be read: write them in by hand: “page 1,")


def test_what_follows_a_sign_without_a_name_keeps_its_looks() -> None:
    content = "BT /F 10 Tf 80 700 Td (5 \\003\\003\\003 5 cm) Tj /F 6 Tf 4 Ts (2) Tj 0 Ts /F 10 Tf (, 10) Tj ET"
    assert raw(content, NAMELESS).markdown == "5 ��� 5 cm², 10\n"


def test_letters_over_letters_leave_a_line_its_pieces() -> None:
    line = after(
        20, 100, (11, "Of carcinoma", 0), (7, "11-14", 1.4), (11, " and 5 cm", 0), (7, "2", 1.4), (11, " it", 0)
    )
    converted = set_(*line, (60, 25, 103, "DRAFT"), *after(20, 110, (11, "The line below has 7 mg.", 0)))
    assert "Of carcinoma¹¹⁻¹⁴ and 5 cm² it" in converted.markdown


@pytest.mark.parametrize("base", [0.0, 1.2, -1.2])
def test_a_column_is_not_judged_by_the_line_of_the_one_beside_it(base: float) -> None:
    line = after(20, 100, (11, "Of age 70", 0), (7, "6", 1.4), (11, " to 8", 0), (8, "-", 0), (11, "15", 0))
    beside = (11, 110.0, 100 + base, "funding by a much longer text in this column")
    assert "Of age 70⁶ to 8-15" in set_(*line, beside).markdown


def test_a_font_in_units_of_its_own_is_measured_as_it_is_drawn() -> None:
    content = "BT /F 1 Tf 10 0 0 10 80 700 Tm (Give [8) Tj (-) Tj (15] mg/m) Tj /F 0.6 Tf 0.4 Ts (2) Tj ET"
    assert raw(content).markdown == "Give [8-15] mg/m²\n"


def test_a_mark_before_a_word_is_raised() -> None:
    assert set_(*after(20, 100, (7, "1", 1.4), (11, "Paclitaxel is given", 0))).markdown == "¹Paclitaxel is given\n"


def test_a_head_over_two_columns_does_not_make_them_one() -> None:
    pieces = [
        *rows(("Days", "", ""), ("1", "5 mg", "10 mg"), ("2", "7 mg", "14 mg")),
        (11, 51, 60, "Adults and children"),
    ]
    assert set_(*pieces).markdown == ("| Days | Adults and children |  |\n| 1 | 5 mg | 10 mg |\n| 2 | 7 mg | 14 mg |\n")


def test_lines_of_two_columns_with_another_step_are_not_put_into_one_row() -> None:
    left = [(11, 20, 60 + 6 * y, text) for y, text in enumerate(("1 day", "2 days", "3 days"))]
    right = [(11, 60, 58 + 5.8 * y, text) for y, text in enumerate(("5 mg", "7 mg", "9 mg"))]
    assert "5 mg 7 mg" not in set_(*left, *right).markdown


def test_words_printed_twice_at_one_place_are_taken_once() -> None:
    page = [piece for y in range(60, 200, 12) for piece in after(20, y, (11, f"Give {y} mg", 0))]
    converted = set_(*page, *page)
    assert converted.markdown == "".join(f"Give {y} mg\n\n" for y in range(60, 200, 12)).rstrip() + "\n"
    assert said(converted, "Words that are printed twice at one place are taken once: “page 1, Give 60 mg”")


def rows(*lines: Sequence[str]) -> list[Piece]:
    return [
        (11, 20 + 30 * x, 60 + 6 * y, text) for y, texts in enumerate(lines) for x, text in enumerate(texts) if text
    ]  # fmt: skip


def test_dashes_and_commas_stand_in_their_rows() -> None:
    lines = [("Male", "1,0", "1", "-"), ("Female", "-", "1,1", "1"), ("All", "1", "-", "2,5")]
    pieces = rows(*lines)
    expected = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    assert set_(*pieces).markdown == expected
    assert set_(*reversed(pieces)).markdown == expected


@pytest.mark.parametrize("top", [60.0, 60.3, 60.6, 60.9])
def test_the_words_of_a_cell_are_read_along_their_line(top: float) -> None:
    def build(page: FPDF) -> None:
        for y in (top - 5, top + 3, top + 11):
            page.line(20, y, 140, y)
        for x in (20, 50, 140):
            page.line(x, top - 5, x, top + 11)
        for x, y, size, text in ((22, 0, 11, "Dose"), (55, 0, 11, "1,0"), (75, 0, 8, "-"), (95, 0, 11, "5,0"),
                                 (22, 8, 11, "Days"), (55, 8, 11, "7"), (75, 8, 8, "to"),
                                 (95, 8, 11, "9")):  # fmt: skip
            page.set_font("helvetica", size=size)
            page.text(x, top + y, text)

    assert convert("x.pdf", pdf(build)).markdown == "| Dose | 1,0 - 5,0 |\n| Days | 7 to 9 |\n"
