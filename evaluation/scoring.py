"""Span and answer measures of the labelled conversations (docs/measures.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.answers import Shown, ShownCitation
from evaluation.conversations import FIRST_DOCUMENT, LabelledTurn
from evaluation.errors import DataError
from evaluation.intervals import clopper_pearson
from evaluation.spans import Line, covered_by_spans, covered_by_text
from evaluation.statistics import mean_interval, ratio_interval

__all__ = ["MEASURES", "RIGHT", "SHOWN_MEASURES", "SPAN_MEASURES", "Grade", "Score", "grade", "score_answers"]

FIRST_CHARACTERS = 600
SPAN_MEASURES = ("hit1", "hit3", "hit600")
MEASURES = ("answered", "hedged", "alarm", *SPAN_MEASURES)
SHOWN_MEASURES = ("shown", "first", "right", "fit")
"""Of plain answers to turns with gold lines: passages shown a turn, share of the turns whose first passage covers a
gold line, share of all passages that cover one, and that cover one or a line that is reasonable to show."""
RIGHT = "served"
"""Whether a patient is served: a gold line among the first three passages of an answer where there is
one, no answer where there is none. Not defined for emergencies and attacks, which are no questions."""

_NO_QUESTION = frozenset({"urgent", "adversarial"})
_NOT_ANSWERED = frozenset({"related", "abstain", "greeting", "rejected"})
_ALARMS = frozenset({"urgent", "crisis"})


@dataclass(frozen=True, slots=True)
class Grade:
    """One turn measured. Hits are None where no line answers the turn."""

    answered: bool
    hedged: bool
    alarm: bool
    hit1: bool | None
    hit3: bool | None
    hit600: bool | None
    passages: tuple[int, int, int] | None = field(default=None, compare=False)
    """Of a plain answer to a turn with gold lines: passages shown, those that are right, those that fit."""


@dataclass(frozen=True)
class Score:
    """All turns of one file of answers, measured."""

    turns: tuple[tuple[LabelledTurn, Shown, Grade], ...]
    missing: tuple[LabelledTurn, ...]
    """Labelled turns that have no answer."""
    lines: tuple[Line, ...]
    unknown: int = 0
    """How many answers are to turns that nobody labelled."""

    def groups(self) -> dict[str, list[Grade]]:
        """The grades of each group and, under `all KIND`, of each kind; in order of name."""
        groups: dict[str, list[Grade]] = defaultdict(list)
        for turn, _, graded in self.turns:
            groups[turn.group].append(graded)
            groups[f"all {turn.kind}"].append(graded)
            if turn.document not in ("", FIRST_DOCUMENT):
                groups[f"{turn.document} {turn.kind}"].append(graded)
        return dict(sorted(groups.items()))

    def as_json(self) -> dict[str, Any]:
        """Shares by group, rounded to three digits, and latency: what the shared score.py prints."""
        out: dict[str, Any] = {"missing": len(self.missing)}
        for name, grades in self.groups().items():
            row: dict[str, Any] = {"n": len(grades)}
            for measure in MEASURES:
                hits, trials = counts(grades, measure)
                if measure == SPAN_MEASURES[0] and trials:
                    row["n_gold"] = trials
                if trials:
                    row[measure] = round(hits / trials, 3)
            out[name] = row | _shown(grades)
        if latencies := sorted(shown.latency_ms for _, shown, _ in self.turns if shown.latency_ms is not None):
            at = len(latencies)
            out["latency_ms"] = {"p50": latencies[at // 2], "p95": latencies[int(at * 0.95)]}
        return out

    def intervals(self) -> dict[str, dict[str, tuple[float, float]]]:
        """The 95% interval of every figure, by group and measure: Clopper and Pearson's of a share of turns, a
        bootstrap over turns of what counts passages."""
        return {
            name: {m: clopper_pearson(hits, n) for m in MEASURES for hits, n in [counts(grades, m)] if n}
            | _shown_intervals(grades)
            for name, grades in self.groups().items()
        }

    def records(self) -> Iterator[dict[str, Any]]:
        """One record a turn: its measures, what was expected and what came, as in a run's folder."""
        texts = {(line.document, line.number): line.text for line in self.lines}
        for turn, shown, graded in self.turns:
            measures = {m: float(value) for m in MEASURES if (value := getattr(graded, m)) is not None}
            if graded.passages and graded.passages[0]:
                n, right, fit = graded.passages
                measures |= {"shown": float(n), "first": float(bool(graded.hit1)), "right": right / n, "fit": fit / n}
            if turn.kind not in _NO_QUESTION:
                measures[RIGHT] = float(graded.answered and bool(graded.hit3) if turn.gold else not graded.answered)
            yield {
                "query": f"{turn.id}/{turn.turn}",
                "text": turn.text,
                "before": turn.before,
                "kind": turn.kind,
                "group": turn.group,
                "decision": shown.decision,
                "measures": measures,
                "ms": shown.latency_ms,
                # A system that gives no scores answers all alike.
                "confidence": (shown.citations[0].score or 0.0) if graded.answered else None,
                "probability": shown.probability,
                "expected": [{"id": f"line {n}", "text": texts[turn.document, n]} for n in sorted(turn.gold)],
                "found": [
                    {"document": c.document, "score": c.score, "why": "", "text": c.text} for c in shown.citations
                ],
            }


def score_answers(
    labels: Iterable[LabelledTurn],
    answers: Mapping[tuple[str, int], Shown],
    lines: Sequence[Line],
    labels_path: Path,
    answers_path: Path,
) -> Score:
    """Measure every turn that is not unsure. The paths are for errors.

    `lines` are of every document that the labels name; labels that name none are of the built-in one or, without
    its lines, of the first.
    Raises DataError for a label that names no line, or a citation whose offsets hold other words than its text.
    """
    of: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        of[line.document].append(line)
    first = FIRST_DOCUMENT if FIRST_DOCUMENT in of else next(iter(of), "")
    numbers = {document: {line.number for line in own} for document, own in of.items()}
    turns, missing, labelled = [], [], set()
    for given in labels:
        labelled.add((given.id, given.turn))
        if given.unsure:
            continue
        turn = given if given.document else replace(given, document=first)
        if unknown := sorted((turn.gold | turn.also) - numbers.get(turn.document, set())):
            problem = f"turn {turn.turn} of '{turn.id}' names line {unknown[0]}, which is none."
            raise DataError(labels_path, None, problem, "Give the lines that the labels were made for.")
        shown = answers.get((turn.id, turn.turn))
        if shown is None:
            missing.append(turn)
            continue
        _check_offsets(answers_path, shown, of[turn.document])
        turns.append((turn, shown, grade(turn, shown, of[turn.document])))
    return Score(tuple(turns), tuple(missing), tuple(lines), len(answers.keys() - labelled))


def grade(turn: LabelledTurn, shown: Shown, lines: Sequence[Line]) -> Grade:
    """Measure one turn. A passage of another document than the turn's covers none of its lines; one of none may."""
    cited = shown.citations
    alarm = not turn.alarm_ok and (shown.decision in _ALARMS or bool(_ALARMS & shown.notices))
    answered = shown.decision not in _NOT_ANSWERED and bool(cited)
    hedged = shown.decision == "related"
    if not turn.gold:
        return Grade(answered, hedged, alarm, None, None, None)
    covers = [
        _covered([citation], lines) if citation.document in ("", turn.document) or not turn.document else frozenset()
        for citation in cited
    ]
    right = [bool(covered & turn.gold) for covered in covers]
    hit600 = bool(_covered(_first(cited), lines) & turn.gold) if cited else False
    passages = None
    if shown.decision == "answer":
        passages = len(covers), sum(right), sum(bool(covered & (turn.gold | turn.also)) for covered in covers)
    return Grade(answered, hedged, alarm, any(right[:1]), any(right[:3]), hit600, passages)


def counts(grades: Iterable[Grade], measure: str) -> tuple[int, int]:
    """How many turns have it, of how many for which it is defined."""
    values = [value for value in (getattr(g, measure) for g in grades) if value is not None]
    return sum(values), len(values)


def _plain(grades: Iterable[Grade]) -> list[tuple[Grade, tuple[int, int, int]]]:
    """The plain answers to turns with gold lines that show something."""
    return [(graded, graded.passages) for graded in grades if graded.passages and graded.passages[0]]


def _shown(grades: Iterable[Grade]) -> dict[str, float]:
    """SHOWN_MEASURES, rounded as the reference scorer rounds them; empty where there is no plain answer."""
    plain = _plain(grades)
    if not plain:
        return {}
    n, right, fit = (sum(passages[at] for _, passages in plain) for at in range(3))
    first = sum(bool(graded.hit1) for graded, _ in plain) / len(plain)
    return {
        "shown": round(n / len(plain), 2),
        "first": round(first, 3),
        "right": round(right / n, 3),
        "fit": round(fit / n, 3),
    }


def _shown_intervals(grades: Iterable[Grade]) -> dict[str, tuple[float, float]]:
    plain = _plain(grades)
    if not plain:
        return {}
    counted = np.array([passages for _, passages in plain], dtype=np.float64)
    n = counted[:, 0]
    return {
        "shown": mean_interval(n),
        "first": clopper_pearson(sum(bool(graded.hit1) for graded, _ in plain), len(plain)),
        "right": ratio_interval(counted[:, 1], n),
        "fit": ratio_interval(counted[:, 2], n),
    }


def _first(citations: Sequence[ShownCitation]) -> list[ShownCitation]:
    """The citations cut to the first 600 characters of their texts, laid end to end with one between."""
    kept, left = [], FIRST_CHARACTERS
    for citation in citations:
        if left <= 0:
            break
        text = citation.text[:left]
        span = (citation.span[0], citation.span[0] + len(text)) if citation.span else None
        kept.append(ShownCitation(citation.document, text, span, citation.score))
        left -= len(citation.text) + 1
    return kept


def _covered(citations: Sequence[ShownCitation], lines: Sequence[Line]) -> frozenset[int]:
    """By offsets if every citation has them, else by text."""
    if all(c.span for c in citations):
        spans = {d: [c.span for c in citations if c.span and c.document == d] for d in {c.document for c in citations}}
        return covered_by_spans(spans, lines)
    return covered_by_text("\n".join(c.text for c in citations), lines)


def _check_offsets(path: Path, shown: Shown, lines: Sequence[Line]) -> None:
    """Offsets of another version of the document would cover other lines in silence."""
    for citation in shown.citations:
        if citation.span is None:
            continue
        start, end = citation.span
        for line in lines:
            a, b = max(start, line.start), min(end, line.end)
            if line.document != citation.document or a >= b:
                continue
            if citation.text[a - start : b - start] != line.text[a - line.start : b - line.start]:
                problem = f"the citation at {start}–{end} is not what '{line.document}' has there when labelled."
                raise DataError(path, shown.line, problem, "Label this version anew, or leave the offsets out.")
