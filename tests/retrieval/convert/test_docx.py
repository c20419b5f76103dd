"""DOCX, with all that Word writes beside plain text."""

from __future__ import annotations

from typing import Any

from docx.shared import RGBColor

from retrieval.convert import Converted, convert
from tests.retrieval.convert.documents import add_note, add_table, docx, element, tracked

NOTE = '<w:{k} w:id="0" w:type="separator"><w:p/></w:{k}><w:{k} w:id="2"><w:p><w:r><w:t>{t}</w:t></w:r></w:p></w:{k}>'


def said(converted: Converted, words: str) -> bool:
    return any(words in remark for remark in converted.remarks)


def test_notes_stand_at_their_places_and_comments_are_said() -> None:
    def build(made: Any) -> None:
        made.add_heading("Dose", 2)
        paragraph = made.add_paragraph("Take two tablets")
        add_note(paragraph, 2)
        paragraph.add_run(" daily")
        add_note(paragraph, 2, "endnote")
        paragraph.add_run(".")
        made.add_heading("Legal Disclaimer", 2)
        made.add_paragraph("Ask your doctor.")

    comment = '<w:comment w:id="0"><w:p><w:r><w:t>is this right?</w:t></w:r></w:p></w:comment>'
    converted = convert(
        "x.docx",
        docx(
            build,
            footnotes=NOTE.format(k="footnote", t="One only if the kidneys are weak."),
            endnotes=NOTE.format(k="endnote", t="Up to 5 mg."),
            comments=comment,
        ),
    )
    assert converted.markdown == (
        "## Dose\n\nTake two tablets [Note: One only if the kidneys are weak.] daily [Note: Up to 5 mg.].\n\n"
        "## Legal Disclaimer\n\nAsk your doctor.\n"
    )
    assert said(converted, "A comment is left out: “is this right?”")
    assert converted.differences == ()


def test_hidden_struck_white_and_tracked_text() -> None:
    def build(made: Any) -> None:
        paragraph = made.add_paragraph("check")
        paragraph.add_run("two ").font.strike = True
        paragraph.add_run(" three tablets")
        paragraph.add_run(" or 7 mg").font.hidden = True
        paragraph.add_run(" or 8 mg").font.color.rgb = RGBColor(255, 255, 255)
        tracked(paragraph, "ins", " of 3 mg")
        tracked(paragraph, "del", " of 4 mg")
        hidden = made.styles.add_style("Draft words", 2)
        hidden.font.hidden = True
        made.styles.add_style("Based on it", 2).base_style = hidden
        made.add_paragraph("Seen.").add_run(" Not seen 9 mg", style="Based on it")

    converted = convert("x.docx", docx(build))
    assert converted.markdown == "check three tablets of 3 mg\n\nSeen.\n"
    for words in (
        "struck out is left out: “two”", "Hidden text is left out: “or 7 mg”, “Not seen 9 mg”",
        "White text is left out: “or 8 mg”", "inserted by a tracked change, and is taken in: “of 3 mg”",
        "deleted by a tracked change, and is left out: “of 4 mg”",
    ):  # fmt: skip
        assert said(converted, words), words
    assert converted.differences == ()


def test_merged_cells_are_repeated_and_heads_are_known_by_mark_bold_or_style() -> None:
    def build(made: Any) -> None:
        table = add_table(made, [["Patient", "Kidney", "Dose"], ["Adult", "Normal", "10 mg"], ["", "Impaired", "5 mg"],
                                 ["Child", "2 mg", ""]])  # fmt: skip
        table.cell(1, 0).merge(table.cell(2, 0))
        table.cell(3, 1).merge(table.cell(3, 2))
        made.add_paragraph("Between.")
        bold = add_table(made, [["", ""], ["Baby", "1 mg"]], heads=False)
        for cell, text in zip(bold.rows[0].cells, ("Age", "Dose"), strict=True):
            cell.paragraphs[0].add_run(text).bold = True
        made.add_paragraph("Between.")
        add_table(made, [["Group", "Dose"], ["All", "3 mg"]], heads=False).style = "Light Grid Accent 1"
        made.add_paragraph("Between.")
        add_table(made, [["Adults", "10 mg"], ["Children", "5 mg"]], heads=False)

    converted = convert("x.docx", docx(build))
    assert converted.markdown.split("\n\nBetween.\n\n") == [
        "| Patient | Kidney | Dose |\n| --- | --- | --- |\n| Adult | Normal | 10 mg |\n| Adult | Impaired | 5 mg |\n"
        "| Child | 2 mg | 2 mg |",
        "| Age | Dose |\n| --- | --- |\n| Baby | 1 mg |",
        "| Group | Dose |\n| --- | --- |\n| All | 3 mg |",
        "| Adults | 10 mg |\n| Children | 5 mg |\n",
    ]
    assert converted.differences == ()


def test_a_row_that_begins_further_right_keeps_its_columns() -> None:
    def build(made: Any) -> None:
        table = add_table(made, [["Patient", "Kidney", "Dose"], ["Adult", "Normal", "10 mg"], ["", "Impaired", "5 mg"]])
        row = table.rows[2]._tr
        row.remove(row.tc_lst[0])
        row.get_or_add_trPr().append(element("w:gridBefore", val="1"))

    converted = convert("x.docx", docx(build))
    assert converted.markdown.endswith("| Adult | Normal | 10 mg |\n|  | Impaired | 5 mg |\n")
    assert converted.differences == ()


def test_raised_text_by_hand_and_by_style_and_characters() -> None:
    def build(made: Any) -> None:
        paragraph = made.add_paragraph("10")
        paragraph.add_run("6").font.superscript = True
        paragraph.add_run(" cells, H")
        paragraph.add_run("2").font.subscript = True
        paragraph.add_run("O, mg/m")
        made.styles.add_style("High", 2).font.superscript = True
        paragraph.add_run("2", style="High")
        run = paragraph.add_run(", 6")
        run._r.append(element("w:noBreakHyphen"))
        run._r.append(element("w:t", "10\u00a0mg sub\u00adstance"))

    converted = convert("x.docx", docx(build))
    assert converted.markdown == "10⁶ cells, H₂O, mg/m², 6-10 mg substance\n"
    assert converted.differences == ()


def test_headings_by_title_outline_and_base_and_lists_by_style() -> None:
    def build(made: Any) -> None:
        made.add_paragraph("Made up", style="Title")
        own = made.styles.add_style("Own heading", 1)
        own.base_style = made.styles["Heading 2"]
        made.add_paragraph("Dose", style="Own heading")
        made.add_paragraph("one", style="List Bullet")
        made.add_paragraph("inner", style="List Bullet 2")
        made.add_paragraph("It is said.")

    converted = convert("x.docx", docx(build))
    assert converted.markdown == "# Made up\n\n## Dose\n\n- one\n- inner\n\nIt is said.\n"
    assert converted.differences == ()


def test_the_head_and_foot_of_pages_are_said() -> None:
    def build(made: Any) -> None:
        made.sections[0].footer.paragraphs[0].text = "Version 3, page 1"
        made.add_paragraph("Words.")

    assert said(convert("x.docx", docx(build)), "The head or foot of the pages is left out: “Version 3, page 1”")
