"""A trial: what a pending change would do to the suites, before anybody approves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from retrieval.encoder import Progress
from staff.answerable import answerable
from staff.change_kinds import Kind
from staff.changes import Change, Changes, Status
from staff.drafts import Draft, Drafts
from staff.gap_decisions import kept_gaps
from staff.intent_effects import MOST, intents_asked, touched_medicines
from staff.jobs import doing
from staff.patients import WEEKS, Touched, asked_again, touched
from staff.suite_compare import PASSAGES_MOVED, WORSE, Difference, Effect, compare, worse_first
from staff.suite_run import Result, passage_words, run_suites
from staff.suites import read_suites
from staff.unanswered import Unanswered

__all__ = ["Trial", "Trials"]

_KEPT = 24


@dataclass(frozen=True, slots=True)
class Trial:
    """What a change does to the suites when it is made after the pending changes before it."""

    draft: str
    """Key of the draft that was asked."""
    questions: int
    newly_failing: tuple[str, ...]
    newly_passing: tuple[str, ...]
    breaks_must_pass: tuple[str, ...]
    other: int
    """Questions that pass or fail as before, but show something else."""
    worse: tuple[str, ...] = ()
    """Of these the ones that show less than they should, or more."""
    intents: Mapping[str, int] = field(default_factory=dict)
    """Of what patients ask of any medicine: how many are `asked` of how many `medicines` of all that are `touched`, how
    many of them `differ`, and are `worse`."""
    patients: Mapping[str, int] = field(default_factory=dict)
    """What it does to the last weeks' patients: patients.Touched, and `differ` and `worse` of shared questions."""
    undecided: tuple[str, ...] = ()
    """Questions marked as not covered that new text may answer: to be decided before it is approved."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Trials:
    """Tries pending changes in drafts. A draft's results are kept while the draft is."""

    def __init__(self, changes: Changes, drafts: Drafts, unanswered: Unanswered) -> None:
        self._changes, self._drafts, self._unanswered = changes, drafts, unanswered
        self._results: dict[tuple[str, str], tuple[Result, ...]] = {}
        """By draft and medicine whose intents were asked; '' for the suites."""

    def run(self, number: int, progress: Progress | None = None) -> tuple[Trial, tuple[Difference, ...]]:
        """Try a pending change, keep what was found with it, and return it with each difference.

        Raises StaffError if there is no such change, or if the corpus with it has a problem.
        """
        change = self._changes.get(number)
        drafts = []
        for made, what in zip(self._sides(change), ("without it", "with it"), strict=True):
            doing(progress, f"making the corpus {what}")
            drafts.append(self._drafts.open(made, progress))
            doing(progress, f"asking the suites {what}")
            self._asked(drafts[-1], progress)
        base, draft = drafts
        # Each draft with its own suites, as releases are compared: a question that a new version takes along passes.
        before, after = (self._asked(each, progress) for each in drafts)
        suites = compare(before, after)
        intents, asked = self._intents(base, draft, progress)
        doing(progress, "asking what patients shared")
        patients, touches = self._patients(base, draft)
        trial = replace(
            _trial(draft, len(after), suites, self._undecided(base, draft, change)),
            intents={**asked, **_counted(intents)},
            patients={**touches.as_json(), **_counted(patients)},
        )
        self._changes.keep_trial(number, trial.as_json())
        return trial, worse_first((*suites, *intents, *patients))

    def words(self, number: int) -> dict[str, str]:
        """The words of each passage without a pending change and with it, by its id; quick after its trial."""
        corpora = [self._drafts.open(made).assistant.corpus for made in self._sides(self._changes.get(number))]
        return {identifier: text for corpus in corpora for identifier, text in passage_words(corpus).items()}

    def _sides(self, change: Change) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
        """The changes that are made without it, the pending ones before it, and with it."""
        earlier = tuple(c for c in self._changes.listed(Status.PENDING) if c.id < change.id)
        return earlier, (*earlier, change)

    def results(self, changes: Sequence[Change] = (), progress: Progress | None = None) -> tuple[Result, ...]:
        """The suites run in the draft with these changes."""
        return self._asked(self._drafts.open(changes, progress), progress)

    def _intents(
        self, base: Draft, draft: Draft, progress: Progress | None
    ) -> tuple[tuple[Difference, ...], dict[str, int]]:
        """What patients ask of any medicine, asked of each medicine that the change touches, in both drafts."""
        corpus = base.assistant.corpus
        touched = touched_medicines(base.folder, draft.folder, corpus)
        there = [name for name in touched if name in draft.assistant.corpus.documents][:MOST]
        before: list[Result] = []
        after: list[Result] = []
        for name in there:
            doing(progress, f"asking of {name} what patients ask of any medicine")
            before += self._asked(base, progress, name)
            after += self._asked(draft, progress, name)
        asked = {"asked": len(after), "medicines": len(there), "touched": len(touched)}
        # What fails as before is of the first hour, and no effect of this change.
        return tuple(d for d in compare(before, after) if d.change != Effect.STILL_FAILING), asked

    def _patients(self, base: Draft, draft: Draft) -> tuple[tuple[Difference, ...], Touched]:
        """The questions that patients shared in both drafts, and the counts of what did not help."""
        shared, counts = self._unanswered.shared(7 * WEEKS), self._unanswered.counts(7 * WEEKS)
        before, after = (asked_again(shared, each.assistant) for each in (base, draft))
        return compare(before, after), touched(counts, base.assistant.corpus, draft.assistant.corpus)

    def _undecided(self, base: Draft, draft: Draft, change: Change) -> tuple[str, ...]:
        """Known gaps that the change's new text may answer and that nobody has decided on."""
        kept = kept_gaps([change.content]) if change.kind == Kind.MONOGRAPH else frozenset()
        found = answerable(base.assistant.corpus, draft.assistant.corpus, self._drafts.cached)
        return tuple(one.gap.question for one in found if one.key not in kept)

    def _asked(self, draft: Draft, progress: Progress | None, medicine: str = "") -> tuple[Result, ...]:
        """The suites, or the intents of a medicine, asked of a draft once."""
        key = draft.key, medicine
        if key not in self._results:
            if medicine:
                self._results[key] = intents_asked(draft.assistant, medicine, self._drafts.cached, progress)
            else:
                suites = read_suites(draft.folder / "suites")
                assistant = draft.assistant.encoding_with(self._drafts.cached)
                self._results[key] = run_suites(suites, assistant, progress=progress)
            for old in list(self._results)[:-_KEPT]:
                del self._results[old]
        return self._results[key]


def _counted(differences: Sequence[Difference]) -> dict[str, int]:
    """How many are not as they were, and how many of them are worse."""
    told = [d for d in differences if d.change not in (Effect.STILL_FAILING, Effect.NEW, Effect.NEW_FAILING)]
    return {"differ": len(told), "worse": sum(d.change in WORSE for d in told)}


def _trial(draft: Draft, questions: int, differences: Sequence[Difference], undecided: tuple[str, ...]) -> Trial:
    def named(*kinds: Effect) -> tuple[str, ...]:
        return tuple("/".join(d.result.name) for d in differences if d.change in kinds)

    return Trial(
        draft.key,
        questions,
        named(Effect.NEWLY_FAILING),
        named(Effect.NEWLY_PASSING),
        tuple("/".join(d.result.name) for d in differences if d.breaks_must_pass),
        len(named(*PASSAGES_MOVED, *WORSE[1:], Effect.OTHER_DECISION, Effect.BETTER)),
        named(*WORSE[1:]),
        undecided=undecided,
    )
