"""HTML of several makers: what a converter would lose or shift in silence."""

from __future__ import annotations

import pytest

from retrieval.convert import Converted, convert

HEADED = "<table><tr><th>Patient<th>Kidney function<th>Dose</tr>{}</table>"
HEADS = "| Patient | Kidney function | Dose |\n| --- | --- | --- |\n"


def made(body: str) -> Converted:
    return convert("x.html", body.encode())


def said(converted: Converted, words: str) -> bool:
    return any(words in remark for remark in converted.remarks)


@pytest.mark.parametrize(
    ("body", "markdown"),
    [
        (  # the cell that spans two rows is repeated, and no dose moves to another column
            HEADED.format("<tr><td rowspan=2>Adult<td>Normal<td>10 mg</tr><tr><td>Impaired<td>5 mg</tr>"),
            f"{HEADS}| Adult | Normal | 10 mg |\n| Adult | Impaired | 5 mg |\n",
        ),
        (
            HEADED.format("<tr><td>Child<td colspan=2>none</tr><tr><td rowspan=2 colspan=2>Baby<td>1 mg<tr><td>2 mg"),
            f"{HEADS}| Child | none | none |\n| Baby | Baby | 1 mg |\n| Baby | Baby | 2 mg |\n",
        ),
        (  # a span that says more than there is
            HEADED.format("<tr><td rowspan=0>All<td>a<td>1 mg</tr><tr><td rowspan=99>b<td>2 mg</tr>"),
            f"{HEADS}| All | a | 1 mg |\n| All | b | 2 mg |\n",
        ),
        (
            "<table><thead><tr><th rowspan=2>Patient<th colspan=2>Dose</tr><tr><th>Normal<th>Impaired</tr></thead>"
            "<tr><td>Adult<td>10 mg<td>5 mg</tr></table>",
            "| Patient | Dose – Normal | Dose – Impaired |\n| --- | --- | --- |\n| Adult | 10 mg | 5 mg |\n",
        ),
        (
            "<table><tr><td>Adults<td>10 mg</tr><tr><td>Children<td>5 mg</tr></table>",
            "| Adults | 10 mg |\n| Children | 5 mg |\n",
        ),
        (
            "<table><tr><td><b>Age</b><td><b>Dose</b></tr><tr><td>Adults<td>10 mg</tr></table>",
            "| Age | Dose |\n| --- | --- |\n| Adults | 10 mg |\n",
        ),
        ("<table><tr><th>A<th>B<tr><td>x | y<td>1 mg</table>", "| A | B |\n| --- | --- |\n| x \\| y | 1 mg |\n"),
        (
            "<table><tr><th>A<th>B<tr><td><p>one</p><p>two</p><td><ul><li>1 mg<li>2 mg</ul></table>",
            "| A | B |\n| --- | --- |\n| one; two | 1 mg; 2 mg |\n",
        ),
        (  # a foot stands below, wherever it is written
            "<table><tr><th>A<th>B</tr><tfoot><tr><td>Sum<td>3 mg</tr></tfoot>"
            "<tbody><tr><td>x<td>1 mg</tr></tbody></table>",
            "| A | B |\n| --- | --- |\n| x | 1 mg |\n| Sum | 3 mg |\n",
        ),
        ("<table><tr><td><h2>Dose</h2><p>It is 5 mg a day.</p></table>", "## Dose\n\nIt is 5 mg a day.\n"),
    ],
)  # fmt: skip
def test_tables_keep_every_value_under_its_heads(body: str, markdown: str) -> None:
    converted = made(body)
    assert converted.markdown == markdown
    assert [str(d) for d in converted.differences if d.is_of_numbers] == []


def test_a_table_without_heads_and_a_row_that_is_too_short_are_said() -> None:
    assert said(made("<table><tr><td>a<td>1 mg<tr><td>b<td>2 mg</table>"), "No row is marked as the heads")
    short = made("<table><tr><th>a<th>b<th>c<tr><td>x<td>1 mg</table>")
    assert short.markdown.endswith("| x | 1 mg |  |\n")
    assert said(short, "A row has fewer cells")


def test_a_table_inside_a_table_is_its_own_or_is_said() -> None:
    inner = "<table><tr><th>Age<th>Dose<tr><td>2 years<td>1 mg</table>"
    page = made(f"<table><tr><td><p>Left words.</p><td>{inner}</table>")
    assert page.markdown == "Left words.\n\n| Age | Dose |\n| --- | --- |\n| 2 years | 1 mg |\n"
    nested = made(f"<table><tr><th>Who<th>How<tr><td>Child<td>{inner}</table>")
    assert nested.markdown == "| Who | How |\n| --- | --- |\n| Child | Age: Dose; 2 years: 1 mg |\n"
    assert said(nested, "A table inside a table's cell")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("10<sup>6</sup> cells", "10⁶ cells"),
        ("5 mg/m<sup>2</sup>", "5 mg/m²"),
        ("10<sup>-3</sup> and 10<sup>–6</sup>", "10⁻³ and 10⁻⁶"),
        ("CO<sub>2</sub>", "CO₂"),
        ("C<sub>max</sub>", "Cₘₐₓ"),
        ("x<sup>2,3</sup>", "x^(2,3)"),
        ("x<sup>Q</sup>", "x^Q"),
        ("AUC<sub>0-inf</sub>", "AUC_(0-inf)"),
        ("Drug<sup>®</sup>", "Drug®"),
        ('10<span style="vertical-align: super">9</span> cells', "10⁹ cells"),
        ("sub\u00adstance, \ufb02uid, 6\u201110\u00a0mg", "substance, fluid, 6-10 mg"),
        ("cafe\u0301, zero\u200bwidth", "café, zerowidth"),
    ],
)  # fmt: skip
def test_characters_keep_what_they_say(body: str, text: str) -> None:
    converted = made(f"<p>{body}</p>")
    assert converted.markdown == f"{text}\n"
    assert converted.remarks or "®" in text
    assert converted.differences == ()


def test_what_is_raised_by_a_style_sheet_is_seen() -> None:
    styled = "<style>.e{vertical-align:super}</style><p>10<span class=e>6</span> cells</p>"
    assert made(styled).markdown == "10⁶ cells\n"


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("<p>check<s>two</s> three tablets</p>", "check three tablets"),
        ("<p>check <del>two</del> three tablets</p>", "check three tablets"),
        ('<p>check <span style="text-decoration: line-through">two</span> three tablets</p>', "check three tablets"),
        ("<p>three tablets</p><p hidden>two 5 mg</p>", "three tablets"),
        ('<p>three tablets <span style="display:none">or two</span></p>', "three tablets"),
        ('<p>three tablets <span style="visibility: hidden">or two</span></p>', "three tablets"),
        ('<p>three tablets <span style="color:#FFFFFF">or two</span></p>', "three tablets"),
        ('<p>three tablets <span style="font-size:0">or two</span></p>', "three tablets"),
        ("<style>.x, .y {display: none}</style><p>three tablets <b class=y>or two</b></p>", "three tablets"),
        ('<p>three tablets <span style="mso-hide:all">or two</span></p>', "three tablets"),
    ],
)
def test_what_nobody_sees_is_left_out_and_said(body: str, kept: str) -> None:
    converted = made(body)
    assert converted.markdown == f"{kept}\n"
    assert said(converted, "left out: “")
    assert converted.differences == ()


def test_white_text_on_a_dark_ground_is_seen() -> None:
    assert made('<div style="background:#036"><p style="color:white">Take 5 mg.</p></div>').markdown == "Take 5 mg.\n"


NOTES = {
    "mammoth": (
        '<p>Take two<sup><a href="#footnote-1" id="footnote-ref-1">[1]</a></sup> daily.</p>',
        '<ol><li id="footnote-1"><p>One only if weak. <a href="#footnote-ref-1">↑</a></p></li></ol>',
    ),
    "Word": (
        '<p>Take two<a href="#_ftn1" name="_ftnref1"><span><sup>[1]</sup></span></a> daily.</p>',
        '<div><hr><div id=ftn1><p><a href="#_ftnref1" name="_ftn1"><sup>[1]</sup></a> One only if weak.</p></div>'
        "</div>",
    ),
    "Wikipedia": (
        '<p>Take two<sup id="cite_ref-1" class="reference"><a href="#cite_note-1">[1]</a></sup> daily.</p>',
        '<ol><li id="cite_note-1"><a href="#cite_ref-1">^</a> <span>One only if weak.</span></li></ol>',
    ),
    "EPUB": (
        '<p>Take two<a epub:type="noteref" role="doc-noteref" href="#n1">1</a> daily.</p>',
        '<aside id="n1" role="doc-footnote"><p>One only if weak.</p></aside>',
    ),
    "dagger": ('<p>Take two<sup><a href="#d">†</a></sup> daily.</p>', '<p id="d">† One only if weak.</p>'),
}


@pytest.mark.parametrize("maker", NOTES)
def test_a_note_stands_at_its_place(maker: str) -> None:
    mark, note = NOTES[maker]
    converted = made(f"{mark}<h2>Legal Disclaimer</h2><p>Ask your doctor.</p>{note}")
    assert converted.markdown == (
        "Take two [Note: One only if weak.] daily.\n\n## Legal Disclaimer\n\nAsk your doctor.\n"
    )
    assert said(converted, "A note stands at its place")
    assert [d for d in converted.differences if d.is_of_numbers] == []


def test_a_link_to_a_section_is_no_note() -> None:
    body = '<p>See <a href="#s">2</a>.</p><h2 id="s">Storage</h2><p>In the dark.</p>'
    assert made(body).markdown == "See 2.\n\n## Storage\n\nIn the dark.\n"


WORD = """<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>
<span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times"'>&nbsp;&nbsp;&nbsp;
</span></span></span><![endif]>First
item, 5 mg<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><![if !supportLists]>
<span style='mso-list:Ignore'>o<span>&nbsp;
</span></span><![endif]>Sub item</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><!--[if !supportLists]-->
<span style='mso-list:Ignore'>3.<span>&nbsp;
</span></span><!--[endif]-->Third</p>"""


def test_the_lists_of_word_are_lists() -> None:
    converted = made(WORD)
    assert converted.markdown == "- First item, 5 mg\n  - Sub item\n3. Third\n"
    assert converted.differences == ()


@pytest.mark.parametrize(
    ("body", "markdown"),
    [
        ("<p>•&nbsp;&nbsp;One</p><p>· Two</p><p>– Three</p>", "- One\n- Two\n- Three\n"),
        ("<p>Before:<br>• one<br>• two</p>", "Before:\n\n- one\n- two\n"),
        ("<p>1. One</p><p>2) Two</p>", "1. One\n2. Two\n"),
        ("<ol start=3><li>c<li value=7>g</ol>", "3. c\n7. g\n"),
        ("<ol type=a><li>x<ul><li>y</ul><li>z</ol>", "- a) x\n  - y\n- b) z\n"),
        ("<ul><li><p>One</p><p>goes on</p></li></ul>", "- One goes on\n"),
        ("<dl><dt>Dose<dd>5 mg</dl>", "- Dose: 5 mg\n"),
        ("<p>- 5 mg less</p>", "−5 mg less\n"),
        ("<p>Keep it\nin the\n  fridge.</p><ul><li>at\n2 °C</ul>", "Keep it in the fridge.\n\n- at 2 °C\n"),
    ],
)
def test_lists_and_lines(body: str, markdown: str) -> None:
    converted = made(body)
    assert converted.markdown == markdown
    assert [d for d in converted.differences if d.is_of_numbers] == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
def test_the_encoding_is_what_the_file_states_or_else_utf_8(encoding: str) -> None:
    head = "" if encoding.startswith("utf-8") else f'<meta charset="{encoding}">'
    assert convert("x.html", f"{head}<p>café – 5 µg</p>".encode(encoding)).markdown == "café – 5 µg\n"


def test_a_row_that_is_covered_from_above_keeps_its_place() -> None:
    body = HEADED.format("<tr><td rowspan=3>A<td rowspan=2>B<td rowspan=2>1 mg<tr></tr><tr><td>C<td>2 mg")
    assert made(body).markdown == f"{HEADS}| A | B | 1 mg |\n| A | B | 1 mg |\n| A | C | 2 mg |\n"


def test_headings_that_nobody_marked() -> None:
    body = """<h2>Use</h2><p><b>How to store it</b></p><p>Keep it in the fridge.</p>
    <p>Before the first infusion</p><p>Your nurse takes your weight and asks how you feel today.</p>
    <p><b>Do not take more than 2 tablets</b></p><p>Ask.</p>"""
    converted = made(body)
    assert converted.markdown.split("\n\n") == [
        "## Use", "### How to store it", "Keep it in the fridge.", "### Before the first infusion",
        "Your nurse takes your weight and asks how you feel today.", "Do not take more than 2 tablets", "Ask.\n",
    ]  # fmt: skip
    assert said(converted, "A bold line was taken as a heading: “How to store it”")
    assert said(converted, "A short line that stands alone was taken as a heading")


def test_what_is_no_text_is_left_out_and_broken_tags_lose_nothing() -> None:
    assert made("<title>t</title><script>x()</script><nav>Home</nav><p>a<p>b<li>c").markdown == "a\n\nb\n\nc\n"
    deep = made("<div>" * 500 + "5 mg" + "</div>" * 500)
    assert "5 mg" in deep.markdown
