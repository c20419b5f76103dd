"""Markup of the staff page: escaped, one line, figures where they belong."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from staff.suite_run import Figure
from web.staff.tables import figures_plot, table


def test_a_figure_is_a_dot_in_its_interval_beside_the_live_one() -> None:
    plot = figures_plot((Figure("Hit@3", 3, 4, True),), (Figure("Hit@3", 1, 2, True),))
    assert '<span class="range" style="left:19.4%;width:80.0%"></span>' in plot
    assert '<span class="was" style="left:50.0%"></span><span class="dot" style="left:75.0%"></span>' in plot
    assert '<span class="value">0.750 (0.19–0.99), 3 of 4</span>' in plot
    assert 'class="was"' not in figures_plot((Figure("Hit@3", 3, 4, True),))


def test_a_table_without_a_row_says_so() -> None:
    assert table("Gates", ["gate"], []) == '<p class="quiet">Gates: none.</p>'


@given(text=st.text())
def test_a_cell_is_text_on_one_line(text: str) -> None:
    shown = table("c", ["h"], [[text]])
    assert "\n" not in shown
    assert shown.count("<") == table("c", ["h"], [["x"]]).count("<")
