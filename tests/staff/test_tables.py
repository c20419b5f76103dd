"""Markup of the staff page: escaped, one line, figures where they belong."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from staff.accounts import Account
from staff.bench import Bench
from staff.kinds import Kind
from staff.suite_run import Figure
from tests.staff.conftest import applied, released
from tests.staff.made_up import BODY, Small, monograph
from web.staff.manifest import manifest_markup
from web.staff.tables import figures_plot, table


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


def test_a_table_without_a_row_says_so() -> None:
    assert table("Gates", ["gate"], []) == '<p class="quiet">Gates: none.</p>'


@given(text=st.text())
def test_a_cell_is_text_on_one_line(text: str) -> None:
    shown = table("c", ["h"], [[text]])
    assert "\n" not in shown
    assert shown.count("<") == table("c", ["h"], [["x"]]).count("<")
