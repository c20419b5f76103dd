"""PDFs whose letters stand where one would not look for them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pypdfium2
import pytest
from fpdf import FPDF

from retrieval.convert import Converted, convert
from retrieval.convert.characters import plain
from retrieval.convert.pdf_lines import AS_HYPHEN
from tests.retrieval.convert.documents import pdf, raw_pdf

LINES = ["The first line takes 5 mg daily", "and the second line of it goes on", "until the third ends with 7 mg."]


def made(build: Callable[[FPDF], object]) -> Converted:
    return convert("x.pdf", pdf(build))


def said(converted: Converted, words: str) -> bool:
    return any(words in remark for remark in converted.remarks)


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
@pytest.mark.parametrize("turned", [0, 90])
def test_a_page_that_is_turned_is_read_along_its_lines(angle: int, turned: int) -> None:
    def build(page: FPDF) -> None:
        for number, text in enumerate(LINES):
            with page.rotation(angle, 105, 148):
                page.set_xy(40, 120 + number * 6)
                page.cell(0, 6, text)

    out = io.BytesIO()
    document = pypdfium2.PdfDocument(pdf(build))
    document[0].set_rotation(turned)
    document.save(out)
    converted = convert("x.pdf", out.getvalue())
    assert converted.markdown == f"{' '.join(LINES)}\n"
    assert said(converted, "do not stand upright") == (angle != turned)
    assert converted.differences == ()


@pytest.mark.parametrize("sign", ["\x15", "\x1c", "\x0c"])
def test_a_sign_that_cannot_be_read_is_not_lost_between_two_numbers(sign: str) -> None:
    assert plain(f"5{sign}10 mg".translate(AS_HYPHEN))[0] == "5\ufffd10 mg"


def test_words_that_run_another_way_are_said() -> None:
    def build(page: FPDF) -> None:
        page.multi_cell(170, 6, "Plain words of the page are here.")
        with page.rotation(90, 100, 150):
            page.set_xy(60, 150)
            page.cell(0, 6, "Take 5 mg")

    assert said(
        made(build), "Words run another way than the rest of their page: check where they belong: “page 1, Take"
    )


def test_small_characters_are_raised_by_where_they_stand_and_not_by_their_size() -> None:
    def build(page: FPDF) -> None:
        x = 20.0
        for size, text, y in ((11, "Give 10", 50.0), (9, "6", 48.5), (11, " cells, 5 ", 50.0), (8, "mg", 50.0)):
            page.set_font("helvetica", size=size)
            page.text(x, y, text)
            x += page.get_string_width(text)

    assert made(build).markdown == "Give 10⁶ cells, 5 mg\n"


def test_a_number_that_does_not_count_the_pages_stays_in() -> None:
    def build(page: FPDF) -> None:
        page.set_auto_page_break(False)
        for number in (1, 2, 3):
            if number > 1:
                page.add_page()
            page.set_xy(20, 275)
            page.cell(0, 6, str(5 * number))
            page.set_xy(20, 40)
            page.multi_cell(170, 6, "Take each day")

    assert made(build).markdown == "Take each day\n\n5\n\nTake each day\n\n10\n\nTake each day\n\n15\n"


@pytest.mark.parametrize(
    "text", ["Give .\n5 mg", "Give 0\n.5 mg", "Give 1\n000 mg", "Give 1/\n2 tablet", "Give 3 x\n10 mg"]
)
def test_a_number_that_may_be_split_is_said(text: str) -> None:
    assert said(made(lambda page: page.multi_cell(170, 6, text)), "A number may be split by a line's end")


def test_dots_that_lead_keep_their_lines() -> None:
    converted = made(lambda page: page.multi_cell(0, 6, "Adults ........... 10 mg\nChildren ......... 5 mg"))
    assert converted.markdown == "Adults ........... 10 mg\n\nChildren ......... 5 mg\n"
    assert said(converted, "Dots lead from words to others")


def grid(page: FPDF) -> None:
    with page.table() as table:
        for texts in (("Patient", "Kidney", "Dose"), ("Adult", "Normal", "10 mg"), ("Child", "Weak", "5 mg")):
            row = table.row()
            for text in texts:
                row.cell(text)


def test_a_table_with_lines_is_read_again_by_them() -> None:
    converted = made(grid)
    assert {(t.row, t.column, t.value) for t in converted.reading.triples} == {
        ("Adult", "Kidney", "Normal"), ("Adult", "Dose", "10 mg"),
        ("Child", "Kidney", "Weak"), ("Child", "Dose", "5 mg"),
    }  # fmt: skip
    assert converted.differences == ()
    swapped = converted.markdown.replace("10 mg", "x").replace("5 mg", "10 mg").replace("x", "5 mg")
    assert {str(d) for d in converted.against(swapped) if d.what == "table"} == {
        "table missing, page 1: Adult | Dose | 10 mg", "table missing, page 1: Child | Dose | 5 mg",
    }  # fmt: skip


def test_a_file_with_a_password_is_refused() -> None:
    from fpdf.enums import AccessPermission, EncryptionMethod

    def build(page: FPDF) -> None:
        page.set_encryption("owner", "user", EncryptionMethod.AES_128, AccessPermission.all())
        page.cell(0, 6, "5 mg")

    from retrieval.errors import ConversionError

    with pytest.raises(ConversionError, match="cannot be read .*password"):
        made(build)


def annotated(*entries: str) -> Converted:
    """A page with a line of text and annotations, whose appearance is 'Most 20 mg'."""
    look = "BT /F 10 Tf 2 5 Td (Most 20 mg) Tj ET"
    form = ("<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F 5 0 R >> >>"
            f" /Length {len(look)} >>\nstream\n{look}\nendstream")  # fmt: skip
    made = [f"<< /Type /Annot /Rect [80 600 280 620] /F 4 {entry} >>" for entry in entries]
    page = f"/Annots [{' '.join(f'{number} 0 R' for number in range(7, 7 + len(made)))}]"
    return convert("x.pdf", raw_pdf("BT /F 10 Tf 80 700 Td (Give 5 mg) Tj ET", "/WinAnsiEncoding", page, form, *made))


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("/Subtype /Widget /FT /Tx /T (a) /AP << /N 6 0 R >>", ", Most 20 mg"),
        ("/Subtype /Widget /FT /Tx /T (a) /V (Most 30 mg)", ", Most 30 mg"),
        ("/Subtype /Widget /FT /Btn /T (a)", "”"),
        ("/Subtype /FreeText /Contents (No more than 7) /AP << /N 6 0 R >>", ", Most 20 mg; No more than 7"),
    ],
)
def test_words_of_fields_are_said_with_their_page(entry: str, words: str) -> None:
    converted = annotated(entry)
    assert converted.markdown == "Give 5 mg\n"
    assert said(converted, "Words of fields, buttons or comments are left out")
    assert said(converted, f"page 1{words}")
    numbers = set(re.findall(r"\d+", words))
    assert {re.sub(r"\D", "", d.text) for d in converted.differences if d.is_of_numbers} == numbers


def test_links_are_no_fields_and_marks_are_said() -> None:
    assert not said(annotated("/Subtype /Link"), "Words of fields")
    struck = annotated("/Subtype /StrikeOut /QuadPoints [80 710 130 710 80 695 130 695]")
    assert said(struck, "Words are marked or struck through by comments: check whether they hold: “page 1”")
