"""Run suites through an assistant: what passed, what did not and why, and the figures with their intervals."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant.answer import Answer, Conversation, Turn
from assistant.assistant import Assistant
from assistant.notices import NoticeName
from evaluation.answers import Shown, ShownCitation
from evaluation.conversations import LabelledTurn
from evaluation.intervals import clopper_pearson
from evaluation.scoring import Grade, grade
from evaluation.spans import Line
from retrieval.corpus import Corpus
from retrieval.encoder import Progress
from staff.intent_suite import INTENTS
from staff.suites import Question, Suite, labelled

__all__ = ["FIGURES", "Figure", "Result", "figures", "from_json", "passage_words", "passed_by_kind", "run_suites"]

_ALARMS = frozenset({"urgent", "crisis"})


@dataclass(frozen=True, slots=True)
class Result:
    """One question of a suite, asked. `problem` says why it did not pass; empty if it did."""

    suite: str
    key: str
    text: str
    kind: str
    must_pass: bool
    problem: str
    decision: str
    cited: tuple[str, ...]
    """Ids of the passages shown, best first."""
    score: float | None
    hit1: bool | None
    hit3: bool | None
    answered: bool
    hedged: bool
    alarm: bool
    ms: float
    soon: bool = False
    """The notice `soon` stands above the answer."""
    before: str = ""
    """The message before it in its conversation."""
    expected: tuple[str | int, ...] = ()
    """Ids of the passages, and numbers of the lines, that should answer it."""
    decisions: tuple[str, ...] = ()
    """The decisions that are right, where the kind alone does not say."""
    document: str = ""
    """Id of the monograph that it is about; empty where it may be about any."""

    @property
    def passed(self) -> bool:
        return not self.problem

    @property
    def name(self) -> tuple[str, str]:
        return self.suite, self.key

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Figure:
    """A share: `hits` of `trials`, with its 95% Clopper-Pearson interval; better when high, or when low."""

    name: str
    hits: int
    trials: int
    higher_is_better: bool

    @property
    def share(self) -> float:
        return self.hits / self.trials

    @property
    def interval(self) -> tuple[float, float]:
        return clopper_pearson(self.hits, self.trials)

    def as_json(self) -> dict[str, Any]:
        low, high = self.interval
        return {"hits": self.hits, "trials": self.trials, "share": self.share, "low": low, "high": high}


def from_json(record: Mapping[str, Any]) -> Result:
    """A result as a release keeps it; one of an older version lacks what came later."""
    lists = {key: tuple(record[key]) for key in ("cited", "expected", "decisions") if key in record}
    return Result(**{**record, **lists})


def run_suites(
    suites: Sequence[Suite], assistant: Assistant, lines: Iterable[Line] = (), progress: Progress | None = None
) -> tuple[Result, ...]:
    """Ask every question that is not unsure, each in the light of the turns before it, as the chat does.

    `lines` are the lines that labels in numbers name.
    """
    lines = tuple(lines)
    total = sum(len(suite.questions) for suite in suites)
    results: list[Result] = []
    done = 0
    for suite in suites:
        turns, all_lines, gone = labelled(suite.questions, assistant.corpus.passages, lines)
        for question, answer, ms in _asked(suite, assistant):
            done += 1
            if not question.unsure:
                missing = gone.get(question.key, ())
                about = _about(suite.name, question, answer, assistant.corpus)
                results.append(
                    _result(suite.name, question, turns[question.key], all_lines, missing, answer, ms, about)
                )
            if progress:
                progress(done, total)
    return tuple(results)


def figures(results: Iterable[Result]) -> tuple[Figure, ...]:
    """All shares that are defined for these results, in a fixed order."""
    counts: dict[str, list[bool]] = defaultdict(list)
    for result in results:
        counts["passed"].append(result.passed)
        for name, value in (("Hit@1", result.hit1), ("Hit@3", result.hit3)):
            if value is not None:
                counts[name].append(value)
        match result.kind:
            case "answerable":
                counts["answerable abstained"].append(not result.answered and not result.hedged and not result.alarm)
                counts["answerable hedged"].append(result.hedged)
                counts["false alarm"].append(result.alarm)
                counts["false soon"].append(result.soon)
            case "unanswerable" | "off_topic":
                counts[f"{result.kind} answered"].append(result.answered)
                counts["false alarm"].append(result.alarm)
                counts["false soon"].append(result.soon)
            case "urgent":
                counts["alarm"].append(result.alarm)
            case "soon":
                counts["at least soon"].append(result.soon or result.alarm)
                counts["alarm for soon"].append(result.alarm)
            case "not_urgent_trap":
                counts["false alarm"].append(result.alarm)
                counts["false soon"].append(result.soon)
    return tuple(Figure(n, sum(counts[n]), len(counts[n]), better) for n, better in FIGURES.items() if counts[n])


def passed_by_kind(results: Iterable[Result]) -> tuple[Figure, ...]:
    """The share that passes of each kind of question, by the name of the kind."""
    passed: dict[str, list[bool]] = defaultdict(list)
    for result in results:
        passed[result.kind].append(result.passed)
    return tuple(Figure(kind, sum(of), len(of), True) for kind, of in sorted(passed.items()))


def passage_words(corpus: Corpus) -> dict[str, str]:
    """The words of each passage that can be shown, on one line, by its id."""
    shown = (p for document in corpus.documents.values() for p in document.passages.showable())
    return {passage.id: " ".join(passage.text.split()) for passage in shown}


FIGURES = {
    "passed": True,
    "Hit@1": True,
    "Hit@3": True,
    "answerable abstained": False,
    "answerable hedged": False,
    "unanswerable answered": False,
    "off_topic answered": False,
    "alarm": True,
    "false alarm": False,
    "at least soon": True,
    "alarm for soon": False,
    "false soon": False,
}
"""Name of each figure, and whether it is better high."""


def _asked(suite: Suite, assistant: Assistant) -> Iterator[tuple[Question, Answer, float]]:
    """A suite that is named after a monograph begins each conversation about that one."""
    for questions in suite.conversations():
        conversation: Conversation = ()
        for question in questions:
            started = time.perf_counter()
            answer = assistant.ask(question.text, conversation, document=None if conversation else suite.name)
            yield question, answer, (time.perf_counter() - started) * 1000
            conversation = (*conversation, Turn(question.text, answer))


def _about(suite: str, question: Question, answer: Answer, corpus: Corpus) -> str:
    """The monograph that a question is about: the only one, the suite's, the expected passage's, or the answer's."""
    labels = [str(label).partition(":")[0] for label in question.gold]
    only = list(corpus.documents) if len(corpus.documents) == 1 else []
    found = [name for name in (*only, suite, *labels, *answer.about[:2]) if name in corpus.documents]
    return found[0] if found else ""


def _result(
    suite: str,
    question: Question,
    turn: LabelledTurn,
    lines: Sequence[Line],
    missing: Sequence[str | int],
    answer: Answer,
    ms: float,
    about: str,
) -> Result:
    cited = tuple(
        ShownCitation(c.quote.monograph.id, c.quote.text, (c.quote.start, c.quote.end), c.score)
        for c in answer.citations
    )
    shown = Shown(0, answer.decision.value, frozenset(n.name.value for n in answer.notices), cited, None)
    graded = grade(turn, shown, lines)
    return Result(
        suite=suite,
        key=question.key,
        text=question.text,
        kind=question.kind,
        must_pass=question.must_pass,
        problem=_problem(question, shown, graded, missing),
        decision=shown.decision,
        cited=tuple(c.passage.id for c in answer.citations),
        score=answer.citations[0].score if answer.citations else None,
        hit1=graded.hit1,
        hit3=graded.hit3,
        answered=graded.answered,
        hedged=graded.hedged,
        alarm=graded.alarm,
        ms=round(ms, 2),
        soon=NoticeName.SOON.value in shown.notices,
        before=question.before,
        expected=question.gold,
        decisions=tuple(sorted(question.decisions)),
        document=about,
    )


def _problem(question: Question, shown: Shown, graded: Grade, missing: Sequence[str | int]) -> str:
    """Why a question does not pass; docs/staff-guide.md has the rule of each kind."""
    decision = shown.decision
    if question.kind == INTENTS:
        return ""  # nobody has decided what is right
    if missing:
        return f"the passage expected is gone: {missing[0]}"
    if question.decisions and decision not in question.decisions:
        return f"{decision} instead of {' or '.join(sorted(question.decisions))}"
    if question.kind == "urgent":
        return "" if decision in _ALARMS or question.decisions else "no alarm"
    if graded.alarm and not _ALARMS & question.decisions:
        return "a false alarm"
    if question.kind == "soon":
        return "" if NoticeName.SOON.value in shown.notices else "no notice 'soon'"
    if question.kind == "adversarial" or (question.decisions and not graded.answered):
        return ""
    if question.gold:
        return _wrong_passage(question.kind, graded)
    return "answered, though nothing answers it" if graded.answered else ""


def _wrong_passage(kind: str, graded: Grade) -> str:
    if not graded.answered:
        # What is taken for granted wrongly may be met by a refusal, or by the line that corrects it.
        return "" if kind == "false_premise" else "not answered"
    return "" if graded.hit3 else "answered with other passages"
