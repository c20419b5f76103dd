"""The numbers of a PDF, read a second time without the converter's characters."""

from __future__ import annotations

from collections.abc import Sequence

import pypdfium2
import pytest
from fpdf import FPDF

from retrieval.convert import convert, pdf_letters
from retrieval.convert.pdf_figures import figure_lines
from tests.retrieval.convert.documents import pdf, raw_pdf

NAMELESS = "<< /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [2 /C0 /C2] >>"


def lines(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [line for page in document for line in figure_lines(page.get_textpage())]


@pytest.mark.parametrize(
    ("content", "read"),
    [
        ("50 Tc (123) Tj", ["1 2 3"]),
        ("(1) Tj 56 0 Td (2) Tj 56 0 Td (3) Tj", ["1 2 3"]),
        ("[(1)-500(2)] TJ", ["1 2"]),
        ("(Give 111.1 or 11,111 mg) Tj", ["Give 111.1 or 11,111 mg"]),
        ("(Keep at 10\\00210 mbar, 5 \\003 5 mm) Tj", ["Keep at 10�10 mbar, 5 � 5 mm"]),
        ("(5 cm) Tj /F 6 Tf 4 Ts (2) Tj /F 10 Tf 0 Ts (, 10) Tj /F 6 Tf 4 Ts (-8) Tj", ["5 cm², 10⁻⁸"]),
        ("(CO) Tj /F 6 Tf -2 Ts (2) Tj /F 10 Tf 0 Ts ( of 5 %) Tj", ["CO₂ of 5 %"]),
        ("/F 6 Tf 4 Ts (12) Tj /F 10 Tf 0 Ts (Paclitaxel) Tj", ["¹²Paclitaxel"]),
        ("(Give 5) Tj 0 -12 Td (10 mg) Tj", ["Give 5", "10 mg"]),
    ],
)
def test_numbers_by_where_their_characters_stand(content: str, read: Sequence[str]) -> None:
    assert lines(raw_pdf(f"BT /F 10 Tf 80 700 Td {content} ET", NAMELESS)) == read


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_numbers_on_a_page_that_is_turned(angle: int) -> None:
    def build(page: FPDF) -> None:
        with page.rotation(angle, 105, 148):
            page.set_xy(40, 120)
            page.cell(0, 6, "Take 11.5 mg/m")
            page.char_vpos = "SUP"
            page.write(6, "2")

    assert lines(pdf(build))[0].startswith("Take 11.5 mg/m")


def test_a_number_that_the_converter_reads_wrong_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    data = raw_pdf("BT /F 10 Tf 80 700 Td (Give 5 mg on 3 days) Tj ET")
    read = pdf_letters.letters
    monkeypatch.setattr(pdf_letters, "letters", lambda page: ["6" if sign == "5" else sign for sign in read(page)])
    assert [str(d) for d in convert("x.pdf", data).differences] == [
        "number missing, page 1: 5 mg (“Give 5 mg on 3 days”)",
        "number new, line 1: 6 mg (“Give 6 mg on 3 days”)",
    ]


def test_cells_that_the_converter_joins_are_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    data = raw_pdf("BT /F 10 Tf 80 700 Td 50 Tc (123) Tj ET")
    for name in ("WIDE", "WIDE_OF_FIGURES", "_SPACED"):
        monkeypatch.setattr(pdf_letters, name, 100)
    found = convert("x.pdf", data)
    assert found.markdown == "123\n"
    assert {d.text for d in found.differences} == {"1", "2", "3", "123"}
