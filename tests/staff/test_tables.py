"""Markup of the staff page: escaped, one line, figures where they belong."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from staff.accounts import Account
from staff.bench import Bench
from staff.change_kinds import Kind
from staff.errors import CellProblem, TableError
from staff.suite_compare import compare
from staff.suite_run import Figure, Result
from tests.staff.conftest import applied, released
from tests.staff.made_up import BODY, Small, monograph
from tests.staff.suite_parts import result
from web.staff.effects import differences_markup
from web.staff.fix import FixForm
from web.staff.manifest import manifest_markup
from web.staff.suites import expected_of
from web.staff.tables import figures_plot, problems_markup, results_markup, table


def test_a_figure_is_a_dot_in_its_interval_beside_the_live_one() -> None:
    plot = figures_plot((Figure("Hit@3", 3, 4, True),), (Figure("Hit@3", 1, 2, True),))
    assert '<span class="range" style="left:19.4%;width:80.0%"></span>' in plot
    assert '<span class="was" style="left:50.0%"></span><span class="dot" style="left:75.0%"></span>' in plot
    assert '<span class="value">0.750 (0.19–0.99), 3 of 4</span>' in plot
    assert "the upright line the live release." in plot
    alone = figures_plot((Figure("Hit@3", 3, 4, True),), title="Passed", was="")
    assert alone.startswith('<h2>Passed</h2><div class="plot">')
    assert alone.endswith('<span class="value">0.750 (0.19–0.99), 3 of 4</span></div>')
    assert 'class="was"' not in alone


def test_a_release_shows_who_why_and_the_words_that_changed(
    bench: Bench, small: Small, rita: Account, anna: Account
) -> None:
    first = released(bench, anna)
    applied(bench.changes, rita, anna, small, Kind.GAP, document="any", topic="sport", q="who won")
    path = small.folder / "monographs" / "made-up.md"
    path.write_bytes(monograph(BODY.replace("away from light", "in the dark")).encode())
    second = released(bench, anna)
    shown = manifest_markup(bench, second.manifest, second.results, second.corpus)
    assert f"<td>release before</td><td>{first.id}</td>" in shown
    assert f'<span class="id">{second.manifest["sha256"]}</span>' in shown
    assert '<td class="number">1</td><td>gap</td><td>patients ask it</td><td>rita</td><td>anna</td>' in shown
    was, now = (f"Keep the vials in a cold place {where}." for where in ("away from light", "in the dark"))
    assert f'<span class="mark ">changed</span></td><td>{was}</td><td>{now}</td>' in shown
    assert "the upright line the release before." in shown


def test_results_are_told_in_words_and_a_follow_up_is_mended_with_its_context() -> None:
    failed = Result(
        suite="s", key="a/1", text="and how long", kind="answerable", must_pass=True, problem="not answered",
        decision="related", cited=("m:x",), score=0.5, hit1=True, hit3=True, answered=False, hedged=True, alarm=False,
        ms=1.0, before="what is the drip", expected=("m:gone", "m:x"), decisions=("answer",),
    )  # fmt: skip
    shown = results_markup([failed], {"m:x": "It is <given> slowly."})
    assert "and how long<div" in shown
    assert "after “what is the drip”" in shown
    assert shown.count("It is &lt;given&gt; slowly.") == 4  # in the cell and its title, as expected and as shown
    assert "gone: no passage has this id" in shown
    question, passage, before = json.loads(json.dumps(expected_of(failed)))
    assert (question, passage, before) == ("what is the drip. and how long", "m:gone", "what is the drip")
    filled = FixForm.fill(Kind.PHRASING, question, passage, before=before)
    assert filled[2]["info"].startswith("Asked after “what is the drip”")
    assert FixForm.fill(Kind.GAP, "why")[2]["info"] == ""


def test_everything_that_is_wrong_with_a_table_is_a_row() -> None:
    shown = problems_markup(TableError("a.csv", [CellProblem(3, "kind", "odd <b>"), CellProblem(None, "", "empty")]))
    assert "a.csv cannot be used." in shown
    assert '<td class="number">3</td><td>kind</td><td>odd &lt;b&gt;</td>' in shown
    assert "<td></td><td></td><td>empty</td>" in shown


def test_a_table_without_a_row_says_so() -> None:
    assert table("Gates", ["gate"], []) == '<p class="quiet">Gates: none.</p>'


@given(text=st.text())
def test_a_cell_is_text_on_one_line(text: str) -> None:
    shown = table("c", ["h"], [[text]])
    assert "\n" not in shown
    assert shown.count("<") == table("c", ["h"], [["x"]]).count("<")


def test_of_many_questions_the_first_fifty_are_shown() -> None:
    many = [result(str(number)) for number in range(51)]
    assert results_markup(many[:50], {}).startswith('<div class="sheet-of"><table><caption>Questions</caption>')
    shown = results_markup(many, {})
    assert "<caption>Questions: 51, the first 50; with words you find others, a table has all</caption>" in shown
    assert shown.count("<tr>") == 1 + 50


def test_what_a_change_shows_stands_in_the_words_of_the_passage() -> None:
    [effect] = compare([result("q", cited=("a",))], [result("q", "bad <", cited=("b", "a"))])
    shown = differences_markup([effect], {"a": "Take <it> daily.", "b": "Never take it."})
    assert "<div>answer</div><div>bad &lt;</div>" in shown
    assert '<div title="Never take it.">Never take it. <span class="id">b</span></div>' in shown
    assert "Take &lt;it&gt; daily." in shown
