"""DOCX as Word's XML can say it: what mammoth does not look at."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx.oxml import parse_xml

from retrieval.convert import Converted, convert
from retrieval.errors import ConversionError
from tests.retrieval.convert.documents import docx

_OFFICE = "http://schemas.openxmlformats.org/"
_NAMES = " ".join(
    f'xmlns:{short}="{name}"'
    for short, name in {
        "w": f"{_OFFICE}wordprocessingml/2006/main", "mc": f"{_OFFICE}markup-compatibility/2006",
        "m": f"{_OFFICE}officeDocument/2006/math", "a": f"{_OFFICE}drawingml/2006/main",
        "wp": f"{_OFFICE}drawingml/2006/wordprocessingDrawing", "v": "urn:schemas-microsoft-com:vml",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "r": f"{_OFFICE}officeDocument/2006/relationships",
    }.items()
)  # fmt: skip
HEAD = "<w:tblHeader/>"


def run(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def line(content: str, own: str = "") -> str:
    return f"<w:p><w:pPr>{own}</w:pPr>{content}</w:p>"


def cell(text: str, own: str = "") -> str:
    return f"<w:tc><w:tcPr>{own}</w:tcPr>{line(run(text))}</w:tc>"


def row(*cells: str, own: str = "") -> str:
    return f"<w:tr><w:trPr>{own}</w:trPr>{''.join(cells)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def made(*blocks: str, numbering: str = "") -> Converted:
    def build(document: object) -> None:
        body = document.element.body  # type: ignore[attr-defined]
        for block in blocks:
            body.insert(len(body) - 1, parse_xml(f"<w:x {_NAMES}>{block}</w:x>")[0])

    data = docx(build)
    if numbering:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
            for info in old.infolist():
                is_it = info.filename == "word/numbering.xml"
                new.writestr(info, f"<w:numbering {_NAMES}>{numbering}</w:numbering>" if is_it else old.read(info))
        data = out.getvalue()
    return convert("x.docx", data)


def said(converted: Converted, words: str) -> bool:
    return any(words in remark for remark in converted.remarks)


@pytest.mark.parametrize(
    ("rows", "markdown", "remark"),
    [
        (  # a cell goes on from above only where one as wide begins
            [row(cell("x", '<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>'), cell("1 mg")),
             row(cell("", "<w:vMerge/>"), cell("m"), cell("3 mg"))],
            "| x | x | 1 mg |\n|  | m | 3 mg |\n", "is repeated in each",
        ),
        (
            [row(cell("x", '<w:vMerge w:val="restart"/>'), cell("n"), cell("1 mg")),
             row(cell("y", "<w:vMerge/>"), cell("m"), cell("2 mg"))],
            "| x | n | 1 mg |\n| x | m | 2 mg |\n", "The words of a cell that another covers are left out: “y”",
        ),
        (
            [row(cell("x", '<w:hMerge w:val="restart"/>'), cell("", "<w:hMerge/>"), cell("1 mg"))],
            "| x | x | 1 mg |\n", "is repeated in each",
        ),
        (
            [row(cell("x"), cell("n"), cell("1 mg"), own='<w:del w:id="1"/>'), row(cell("y"), cell("n"), cell("2 mg"))],
            "| y | n | 2 mg |\n", "deleted by a tracked change, and is left out: “x n 1 mg”",
        ),
        (
            [row(cell("x"), cell("n"), cell("1 mg"), own="<w:hidden/>"), row(cell("y"), cell("n"), cell("2 mg"))],
            "| y | n | 2 mg |\n", "hidden, and is left out: “x n 1 mg”",
        ),
        (
            [row(cell("x"), cell("n"), cell("1 mg", "<w:cellDel/>"))],
            "| x | n | 1 mg |\n", "deleted by a tracked change, and stays in",
        ),
    ],
)  # fmt: skip
def test_odd_tables(rows: list[str], markdown: str, remark: str) -> None:
    converted = made(table(row(cell("A"), cell("B"), cell("C"), own=HEAD), *rows))
    assert converted.markdown == f"| A | B | C |\n| --- | --- | --- |\n{markdown}"
    assert said(converted, remark)
    assert converted.differences == ()


def test_a_mark_of_heads_that_is_off_is_none() -> None:
    off = made(table(row(cell("A"), cell("1 mg"), own='<w:tblHeader w:val="0"/>'), row(cell("x"), cell("2 mg"))))
    assert off.markdown == "| A | 1 mg |\n| x | 2 mg |\n"
    assert off.differences == ()


@pytest.mark.parametrize(
    ("content", "markdown", "remark"),
    [
        (run("10") + run("6", '<w:position w:val="6"/><w:sz w:val="14"/>') + run(" cells"), "10⁶ cells", "kept as"),
        (run("5 ") + run("m", '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/>') + run("g"), "5 μg", "font Symbol"),
        ('<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>' + run("5 mg"), "≥5 mg", ""),
        (f'<w:fldSimple w:instr="REF x">{run("20 mg")}</w:fldSimple>', "20 mg", ""),
        (
            f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('Enter 5')}</w:sdtContent></w:sdt>"
            + run("x"),
            "x", "an empty field are left out: “Enter 5”",
        ),
        (run("5 mg") + "<w:r><w:cr/></w:r>" + run("or 6 mg"), "5 mg or 6 mg", ""),
        (run("Adult") + "<w:r><w:tab/></w:r>" + run("10 mg"), "Adult 10 mg", "Words stand apart by tabs"),
        (
            "<m:oMath><m:f><m:num><m:r><m:t>140-age</m:t></m:r></m:num><m:den><m:r><m:t>72</m:t></m:r></m:den></m:f>"
            "</m:oMath>",
            "(140-age)/72", "A formula was written in one line: check it: “(140-age)/72”",
        ),
        (
            "<m:oMathPara><m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup>"
            "</m:sSup></m:oMath></m:oMathPara>",
            "x²", "A formula",
        ),
        (
            run("Before.") + "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:inline><a:graphic>"
            f"<a:graphicData uri='x'><wps:wsp><wps:txbx><w:txbxContent>{line(run('Box 5 mg'))}</w:txbxContent>"
            "</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
            "</mc:AlternateContent></w:r>",
            "Before.\n\nBox 5 mg", "A text box stands after the paragraph",
        ),
        (
            run("x") + "<w:r><w:drawing><wp:inline><a:graphic><a:graphicData uri='x'><a:p><a:r><a:t>Shape 5 mg</a:t>"
            "</a:r></a:p></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>",
            "x", "The words of a drawing are left out: write them in by hand: “Shape 5 mg”",
        ),
    ],
)  # fmt: skip
def test_odd_runs(content: str, markdown: str, remark: str) -> None:
    converted = made(line(content))
    assert converted.markdown == f"{markdown}\n"
    assert said(converted, remark) or not remark


def test_a_paragraph_whose_end_is_deleted_goes_on_in_the_next() -> None:
    converted = made(line(run("Take 5 "), '<w:rPr><w:del w:id="1"/></w:rPr>'), line(run("mg daily.")))
    assert converted.markdown == "Take 5 mg daily.\n"
    assert converted.differences == ()


LEVELS = (
    '<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/>'
    '<w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/>'
    '<w:lvlText w:val="%1.%2)"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="7"/>'
    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="9"/></w:lvlOverride></w:num>'
)


def listed(text: str, number: int, level: int = 0, more: str = "") -> str:
    return line(run(text), f'{more}<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def test_lists_have_the_numbers_that_word_counts() -> None:
    converted = made(
        listed("a", 1), listed("b", 1), line(run("Between.")), listed("c", 1), listed("d", 1, 1), listed("e", 2),
        numbering=LEVELS,
    )  # fmt: skip
    assert converted.markdown == "3. a\n4. b\n\nBetween.\n\n5. c\n   - 5.a) d\n9. e\n"
    assert said(converted, "The numbers of a list are those that Word counts: “3.”")
    assert converted.differences == ()


def test_a_heading_has_the_number_that_word_counts() -> None:
    converted = made(listed("Dose", 1, 0, '<w:pStyle w:val="Heading2"/>'), line(run("One tablet.")), numbering=LEVELS)
    assert converted.markdown == "## 3. Dose\n\nOne tablet.\n"
    assert said(converted, "A number that Word counts by itself was put before a heading: “3. Dose”")
    assert converted.differences == ()


def test_a_heading_by_its_own_outline() -> None:
    assert made(line(run("Dose"), '<w:outlineLvl w:val="1"/>'), line(run("x."))).markdown == "## Dose\n\nx.\n"


def test_a_document_inside_the_document_is_refused() -> None:
    with pytest.raises(ConversionError, match=r"'x\.docx' cannot be converted\. There is another file inside it"):
        made(line(run("5 mg")), '<w:altChunk r:id="rId99"/>')


@pytest.mark.parametrize("lost", [' w:type="paragraph"', ' w:type="character"', ' w:styleId="BodyText"'])
def test_a_style_that_lacks_what_mammoth_needs(lost: str) -> None:
    data = edited(docx(lambda document: document.add_heading("Dose", 1)), "word/styles.xml", lost, "")
    assert convert("x.docx", data).markdown == "# Dose\n"


def test_a_part_that_mammoth_cannot_read_is_said_clearly() -> None:
    data = docx(lambda document: document.add_paragraph("5 mg", "List Bullet"))
    with pytest.raises(ConversionError, match="lacks what Word writes .*save it anew"):
        convert("x.docx", edited(data, "word/_rels/document.xml.rels", " Target=", " Lost="))


def edited(data: bytes, name: str, old: str, new: str) -> bytes:
    """The file with other words in one of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as made:
        for info in archive.infolist():
            content = archive.read(info.filename)
            if info.filename == name:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            made.writestr(info, content)
    return out.getvalue()
