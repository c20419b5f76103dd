"""What the staff page shows in tables, as escaped markup: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from staff.errors import TableError
from staff.gates import Gate
from staff.releases import Release
from staff.suite_coverage import Coverage
from staff.suite_run import Figure, Result
from staff.unanswered import Count
from staff.usage import RATES, Rates
from web.layout import escaped

__all__ = [
    "counts_markup", "coverage_markup", "differing", "figures_plot", "gates_markup", "mark", "problems_markup",
    "rates_markup", "releases_markup", "results_markup", "said", "table", "told",
]  # fmt: skip


_MOST = 50
"""Questions on the page at once."""
_LONGEST = 160
"""Characters of a passage in a cell; all of it stands in its title."""


def said(text: str, bad: bool = False) -> str:
    """What came of a click."""
    return f'<p class="said{" bad" if bad else ""}" role="status">{escaped(text)}</p>'


def problems_markup(error: TableError) -> str:
    """Everything that is wrong with a table, a row each."""
    rows = [["" if p.row is None else p.row, p.column, p.problem] for p in error.problems]
    return said(f"{error.name} cannot be used.", bad=True) + table("What is wrong", ["row", "column", ""], rows)


def differing(differences: Iterable[object]) -> str:
    """What a text says otherwise than its original, a line each; nothing if it says the same."""
    lines = "".join(f"<li>{escaped(str(difference))}</li>" for difference in differences)
    return f'<h3>Not as in the original</h3><ul class="differing">{lines}</ul>' if lines else ""


def mark(text: str, kind: str = "") -> str:
    """A word that stands out; `kind` is 'good', 'bad' or neither."""
    return f'<span class="mark {kind}">{escaped(text)}</span>'


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with a caption and heads, if one has a word; one line where it would have no row. A cell that is a Markup
    stays as it is."""
    body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in rows)
    if not body:
        return f'<p class="quiet">{escaped(caption)}: none.</p>'
    names = "".join(f'<th scope="col">{escaped(name)}</th>' for name in heads)
    head = f"<thead><tr>{names}</tr></thead>" if any(heads) else ""
    shown = f"<table><caption>{escaped(caption)}</caption>{head}<tbody>{body}</tbody></table>"
    return f'<div class="sheet-of">{shown}</div>'


class Markup(str):
    """Markup that is escaped already."""

    __slots__ = ()


def _cell(cell: object) -> str:
    text = cell if isinstance(cell, Markup) else escaped(str(cell))
    return f'<td class="number">{text}</td>' if isinstance(cell, int | float) else f"<td>{text}</td>"


def results_markup(results: Sequence[Result], words: Mapping[str, str]) -> str:
    """The first fifty. `words` are those of the passages, by id."""
    rows = [
        [Markup(_name(r)), Markup(_asked(r)), r.kind,
         Markup(mark("pass", "good") if r.passed else mark(r.problem, "bad")),
         Markup(told(" or ".join(r.decisions), r.expected, words)), Markup(told(r.decision, r.cited, words))]
        for r in results[:_MOST]
    ]  # fmt: skip
    more = (
        f": {len(results)}, the first {_MOST}; with words you find others, a table has all"
        if len(results) > _MOST
        else ""
    )
    return table(f"Questions{more}", ["suite, id", "question", "kind", "result", "expected", "shown"], rows)


def figures_plot(
    figures: Sequence[Figure], before: Iterable[Figure] = (), title: str = "Figures", was: str = "the live release"
) -> str:
    """Each share as a dot with its 95% interval, and a line where an earlier release has it.

    `was` names that release in the legend; without a name there is no legend, for a plot that stands below another.
    """
    known = {figure.name: figure.share for figure in before}
    rows = "".join(_figure(figure, known.get(figure.name)) for figure in figures)
    legend = "A dot is the share, from 0 to 1; the bar its 95% interval (Clopper-Pearson)"
    legend += f"; the upright line {was}." if known else "."
    told = f'<p class="quiet">{escaped(legend)}</p>' if was else ""
    return f'<h2>{escaped(title)}</h2><div class="plot">{rows}</div>{told}'


def _figure(figure: Figure, before: float | None) -> str:
    low, high = (100 * edge for edge in figure.interval)
    was = "" if before is None else f'<span class="was" style="left:{100 * before:.1f}%"></span>'
    value = f"{figure.share:.3f} ({low / 100:.2f}–{high / 100:.2f}), {figure.hits} of {figure.trials}"
    better = "higher is better" if figure.higher_is_better else "lower is better"
    return (
        f'<span class="name" title="{better}">{escaped(figure.name)}</span><span class="track" aria-hidden="true">'
        f'<span class="range" style="left:{low:.1f}%;width:{high - low:.1f}%"></span>{was}'
        f'<span class="dot" style="left:{100 * figure.share:.1f}%"></span></span><span class="value">{value}</span>'
    )


def gates_markup(gates: Iterable[Gate]) -> str:
    rows = [[Markup(mark("passed", "good") if g.passed else mark("FAILED", "bad")), g.name, g.detail] for g in gates]
    return table("Gates", ["", "gate", "found"], rows)


def coverage_markup(coverage: Iterable[Coverage]) -> str:
    """How many passages of each medicine a question expects; the others stand under it, to be opened."""
    parts = []
    for one in coverage:
        lines = "".join(f"<li>{escaped(' '.join(p.text.split())[:_LONGEST])}</li>" for p in one.missing)
        head = f"{one.document}: {one.covered} of {one.passages} passages are expected by a question"
        parts.append(f"<details><summary>{escaped(head)}</summary><ul>{lines}</ul></details>")
    return f"<h2>What the suites cover</h2>{''.join(parts)}"


def releases_markup(releases: Iterable[Release], live: str | None) -> str:
    rows = [
        [r.id, Markup(mark("live", "good") if r.id == live else ""), r.manifest["prepared"].replace("T", " ")[:16],
         r.manifest["signed_by"], " ".join(map(str, r.manifest["changes"])), len(r.manifest["citations_moved"])]
        for r in releases
    ]  # fmt: skip
    return table("Releases", ["release", "", "measured (UTC)", "signed by", "changes", "citations moved"], rows)


def counts_markup(counts: Iterable[Count]) -> str:
    rows = [
        [c.count, c.document or "none, or several", c.signal, c.decision, c.topic or "no topic",
         Markup(_ids(c.passages))]
        for c in counts
    ]  # fmt: skip
    return table("Not found", ["count", "medicine", "signal", "decision", "nearest topic", "passages shown"], rows)


def rates_markup(caption: str, rates: Iterable[Rates], first: str) -> str:
    """What became of the answers, as counts and shares of them. `first` is the head of the first column."""
    rows = [
        [r.since or r.document or "none, or several", r.answers, *(_share(r, name) for name in RATES)] for r in rates
    ]
    return table(caption, [first, "answers", *RATES[:-1], "“No” clicks"], rows)


def _name(result: Result) -> str:
    must = " " + mark("must pass") if result.must_pass else ""
    return f'<span class="id">{escaped("/".join(result.name))}</span>{must}'


def _share(rates: Rates, name: str) -> Markup:
    """A count with its share as a bar."""
    share = rates.share(name)
    if share is None:
        return Markup("–")
    bar = f'<span class="range" style="left:0;width:{100 * share:.1f}%"></span>'
    return Markup(f'{rates.counts[name]} ({share:.1%})<span class="track" aria-hidden="true">{bar}</span>')


def _asked(result: Result) -> str:
    after = f'<div class="quiet">after “{escaped(result.before)}”</div>' if result.before else ""
    return f"{escaped(result.text)}{after}"


def told(decision: str, passages: Iterable[object], words: Mapping[str, str]) -> str:
    """A decision and passages in their own words; of one that is gone only the id is left."""
    parts = [f"<div>{escaped(decision)}</div>"] if decision else []
    for passage in map(str, passages):
        text = words.get(passage, "gone: no passage has this id")
        short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        parts.append(f'<div title="{escaped(text)}">{escaped(short)} <span class="id">{escaped(passage)}</span></div>')
    return "".join(parts)


def _ids(passages: Iterable[str]) -> str:
    return "".join(f'<div class="id">{escaped(passage)}</div>' for passage in passages)
