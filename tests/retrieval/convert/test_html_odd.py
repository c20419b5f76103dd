"""HTML that shows what its tags do not say: odd tables, styles that hide or raise, lists that count back."""

from __future__ import annotations

import pytest

from retrieval.convert import Converted, convert

HEADS = "<tr><th>A<th>B"
RULED = "| A | B |\n| --- | --- |\n"


def made(body: str) -> Converted:
    return convert("x.html", body.encode())


def said(converted: Converted, words: str) -> bool:
    return any(words in remark for remark in converted.remarks)


@pytest.mark.parametrize(
    ("rows", "markdown", "remark"),
    [
        (  # heads once more
            "<thead><tr><th>A<th>B</thead><tbody><tr><td>x<td>1 mg</tbody><thead><tr><th>C<th>D</thead><tbody><tr>"
            "<td>y<td>2 mg</tbody>",
            f"{RULED}| x | 1 mg |\n\n| C | D |\n| --- | --- |\n| y | 2 mg |\n",
            "A table has heads again further down",
        ),
        (
            f"{HEADS}<tr><td>x<td>1 mg<tr><th>Weight<th>Volume<tr><td>5 kg<td>2 ml",
            f"{RULED}| x | 1 mg |\n\n| Weight | Volume |\n| --- | --- |\n| 5 kg | 2 ml |\n",
            "A table has heads again further down",
        ),
        (  # a row of th with a value in it is none of heads
            f"{HEADS}<tr><th>x<th>1 mg<tr><td>y<td>2 mg",
            f"{RULED}| x | 1 mg |\n| y | 2 mg |\n",
            "",
        ),
        (  # no cell reaches out of its group of rows
            f"{HEADS}<tbody><tr><td rowspan=0>x<td>1 mg<tr><td>2 mg</tbody><tbody><tr><td>y<td>3 mg</tbody>",
            f"{RULED}| x | 1 mg |\n| x | 2 mg |\n| y | 3 mg |\n",
            "is repeated in each",
        ),
        (
            "<thead><tr><th rowspan=3>A<th>B</thead><tbody><tr><td>x<td>1 mg</tbody>",
            f"{RULED}| x | 1 mg |\n",
            "",
        ),
        (  # what names the rows under it is part of each
            f"{HEADS}<tr><th colspan=2>Kidneys weak<tr><td>x<td>1 mg<tr><th colspan=2>Kidneys well<tr><td>x<td>2 mg",
            f"{RULED}| Kidneys weak – x | 1 mg |\n| Kidneys well – x | 2 mg |\n",
            "A row that is one cell names the rows under it: ",
        ),
        (  # and a note at the foot is not
            f"{HEADS}<tr><td>x<td>1 mg<tr><td colspan=2>Only for two weeks.",
            f"{RULED}| x | 1 mg |\n| Only for two weeks. | Only for two weeks. |\n",
            "A row is one cell",
        ),
        (  # what is not seen leaves its place empty, unless it takes none
            "<tr><th>A<th>H<th>B<tr><td>x<td style='visibility:hidden'>7 mg<td>1 mg",
            "| A | H | B |\n| --- | --- | --- |\n| x |  | 1 mg |\n",
            "Hidden text is left out: “7 mg”",
        ),
        (
            "<tr><th>A<th style='display:none'>H<th>B<tr><td>x<td style='display:none'>7 mg<td>1 mg",
            f"{RULED}| x | 1 mg |\n",
            "Hidden text is left out: “H”, “7 mg”",
        ),
        ("<tr><td>A<td>B<tr><td>-<td>-<tr><td>x<td>1 mg", "| A | B |\n| – | – |\n| x | 1 mg |\n", "Hyphens that"),
        (f"{HEADS}<tr><td>a \\| b<td>1 | 2 mg", f"{RULED}| a \\\\| b | 1 \\| 2 mg |\n", "A cell has the bar |"),
    ],
)  # fmt: skip
def test_odd_tables(rows: str, markdown: str, remark: str) -> None:
    converted = made(f"<table>{rows}</table>")
    assert converted.markdown == markdown
    assert said(converted, remark.removesuffix(": ")) or not remark


def test_a_value_that_was_shifted_would_be_found() -> None:
    converted = made(f"<table>{HEADS}<tr><th colspan=2>Weak<tr><td>x<td>1 mg</table>")
    assert converted.differences == ()
    assert any(d.is_of_numbers for d in converted.against(converted.markdown.replace("| 1 mg |", "|  | 1 mg |")))


def test_what_a_style_lays_out_as_a_table_is_one() -> None:
    cell = "<div style='display:table-cell'>{}</div>"
    row = f"<div style='display:table-row'>{cell}{cell}</div>"
    converted = made(f"<div style='display:table'>{row.format('Adult', '10 mg')}{row.format('Child', '5 mg')}</div>")
    assert converted.markdown == "| Adult | 10 mg |\n| Child | 5 mg |\n"
    assert said(converted, "laid out as a table by its style")


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("<p>5 mg <span style='text-indent:-9999px'>9 mg</span></p>", "5 mg"),
        ("<p>5 mg <span style='position:absolute;left:-9999px'>9 mg</span></p>", "5 mg"),
        ("<p>5 mg <span style='position:absolute;clip:rect(0,0,0,0)'>9 mg</span></p>", "5 mg"),
        ("<div style='max-height:0;overflow:hidden'>9 mg</div><p>5 mg</p>", "5 mg"),
        ("<p>5 mg <span style='color:transparent'>9 mg</span></p>", "5 mg"),
        ("<p>5 mg <font color='#fefefe'>9 mg</font></p>", "5 mg"),
        ("<p>5 mg</p><dialog>9 mg</dialog>", "5 mg"),
        ("<p>5 mg <span hidden=until-found>9 mg</span></p>", "5 mg"),
        ("<div style='visibility:hidden'>9 mg <b style='visibility:visible'>5 mg</b></div>", "5 mg"),
        ("<div style='font-size:0'>9 mg <b style='font-size:9pt'>5 mg</b></div>", "5 mg"),
        ("<style>.a.b{display:none} .a{display:inline}</style><p>5 mg <i class='a b'>9 mg</i></p>", "5 mg"),
        ("<style>.a{display:none} .b{display:inline}</style><p>5 mg <i class='a b'>or 6 mg</i></p>", "5 mg or 6 mg"),
        ("<style>@media print{.a{display:none}}</style><p class=a>5 mg</p>", "5 mg"),
        ("<p style='text-indent:-141.75pt'>5 mg</p>", "5 mg"),
    ],
)
def test_what_nobody_sees(body: str, kept: str) -> None:
    converted = made(body)
    assert converted.markdown == f"{kept}\n"
    assert said(converted, "left out: “9 mg”") == ("9 mg" in body)
    assert converted.differences == ()


@pytest.mark.parametrize(
    ("body", "remark"),
    [
        ("<p>5 mg <i aria-hidden=true>9 mg</i></p>", "a screen reader skips stays in: “9 mg”"),
        ("<style>b::before{content:'do not '}</style><p><b>take</b> it</p>", "A style sheet writes words of its own"),
        ("<p>x <select><option>9 mg</select></p>", "belongs to a page or form is left out: “9 mg”"),
        ("<p>x <input value='9 mg'></p>", "belongs to a page or form is left out: “9 mg”"),
        ("<p>x</p><noscript>9 mg</noscript>", "belongs to a page or form is left out: “9 mg”"),
        ("<p>x</p><svg><text>9 mg</text></svg>", "A picture is left out: “9 mg”"),
        ("<p><bdo dir=rtl>gm 5</bdo></p>", "run the other way"),
        (
            "<pre>Adult   10 mg\nChild    5 mg</pre>",
            "laid out by its spaces: check what belongs together: “Adult 10 mg |",
        ),
        ("<p>Adult&nbsp;&nbsp;&nbsp;&nbsp;10 mg</p>", "Words stand far apart"),
    ],
)
def test_what_cannot_be_known_is_said(body: str, remark: str) -> None:
    assert said(made(body), remark)


@pytest.mark.parametrize(
    ("body", "markdown"),
    [
        ("<ol reversed><li>c<li>b<li>a</ol>", "3. c\n2. b\n1. a\n"),
        ("<ol start=-1><li>m<li>z</ol>", "- −1) m\n0. z\n"),
        ("<ol><li value='3a'>x<li>y</ol>", "3. x\n4. y\n"),
        ("<ol type=a start=26><li>z<li>aa</ol>", "- z) z\n- aa) aa\n"),
        ("<ol type=I start=48><li>x</ol>", "- XLVIII) x\n"),
        ("<ol style='list-style:none'><li>x</ol>", "- x\n"),
        ("<p># 5 tablets</p><p>* 5 mg</p><p>+ 5 mg</p>", "#5 tablets\n\n*5 mg\n\n+5 mg\n"),
        ("<dl><dt>B</dt><dd>5 mg</dd><dd>6 mg</dd></dl>", "- B: 5 mg\n- B: 6 mg\n"),
        ("<span style='display:block'>A 5 mg</span><span style='display:block'>B 2 mg</span>", "A 5 mg\n\nB 2 mg\n"),
        ("<pre>Adult   10 mg\nChild    5 mg</pre>", "Adult 10 mg\n\nChild 5 mg\n"),
        ("<p>10<span style='position:relative;top:-4pt'>6</span> cells</p>", "10⁶ cells\n"),
        ("<p>10<span style='vertical-align:5pt'>6</span> cells</p>", "10⁶ cells\n"),
        ("<p>CO<span style='vertical-align:-20%'>2</span></p>", "CO₂\n"),
        ("<p><math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> tablet</p>", "1/2 tablet\n"),
        ("<p><math><msup><mn>10</mn><mn>6</mn></msup></math> cells</p>", "10⁶ cells\n"),
    ],
)
def test_lists_lines_raised_characters_and_formulas(body: str, markdown: str) -> None:
    assert made(body).markdown == markdown


LONG = " ".join(f"Take {number} mg on day {number}." for number in range(1, 12))


@pytest.mark.parametrize(
    "open_tag", ["<button><div>Menu", "<nav><div>Menu", "<select><div>", "<object><div>", "<canvas><div>"]
)
def test_what_a_part_of_a_page_has_swallowed_stays_in(open_tag: str) -> None:
    converted = convert("x.html", f"<p>First.</p>{open_tag}<p>{LONG}</p><p>Last.</p>".encode())
    assert LONG in converted.markdown
    assert any("holds text, and stays in" in remark for remark in converted.remarks)


def test_menus_stay_out() -> None:
    links = "".join(f'<li><a href="/{n}">Page of medicine {n}</a></li>' for n in range(9))
    converted = convert("x.html", f"<nav><ul>{links}</ul></nav><button><div>Search</div></button><p>5 mg</p>".encode())
    assert converted.markdown == "5 mg\n"
    assert not [d for d in converted.differences if d.what in ("number", "word")]


@pytest.mark.parametrize("hiding", ["display:none", "visibility:hidden", "font-size:0"])
def test_the_numbers_of_a_long_hidden_text_are_differences(hiding: str) -> None:
    body = f'<div style="{hiding}"><p>{LONG} {LONG}</p></div><p>Last.</p>'
    converted = convert("x.html", body.encode())
    assert converted.markdown == "Last.\n"
    assert len([d for d in converted.differences if d.is_of_numbers]) == 44
    assert any("It is long: look through its words and numbers" in remark for remark in converted.remarks)
