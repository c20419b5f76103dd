"""Onboarding: a reviewer decides what a monograph answers of what patients ask about any medicine; a second approves.

Decisions are marks in the state until they are proposed as one change of the kind 'onboarding'; approved, it is written
to `corpus/onboarding/ID.jsonl`. What an intent says when it is decided on is kept with the decision, so an intent that
changes stands open again in every monograph. What is decided makes a suite too, for the medicine's gates.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import Corpus, Document
from retrieval.encoder import Encoder
from retrieval.intents import NOT_COVERED, Intent, read_section_kinds
from staff.accounts import Account
from staff.change_kinds import Kind
from staff.changes import Change, Changes, Status
from staff.corpus_now import CorpusNow
from staff.errors import StaffError
from staff.intent_suite import suite_with_intents
from staff.proposals import Proposal, propose, read_model
from staff.state import State

__all__ = ["Onboarding", "Row", "Standing", "standings"]


class Standing(StrEnum):
    """How far an intent is for one monograph."""

    OPEN = "open"
    AGAIN = "changed since"
    """It was decided on, and the intent has changed."""
    MARKED = "marked"
    """A reviewer has decided, and it is not proposed yet."""
    WAITING = "waits"
    """It is proposed to a second person."""
    ANSWERED = "answered"
    NOT_COVERED = NOT_COVERED


DONE = (Standing.ANSWERED, Standing.NOT_COVERED)


@dataclass(frozen=True, slots=True)
class Row:
    """An intent for one monograph."""

    intent: Intent
    standing: Standing
    decided: tuple[str, ...] | None
    """The passages decided on, by a mark or in the corpus; none: not covered. None where nothing is decided."""
    proposal: Proposal


def standings(document: Document, intents: Mapping[str, Intent]) -> Mapping[str, Standing]:
    """How far each intent is by the corpus alone: what is marked or proposed is open still."""
    found = dict.fromkeys(intents, Standing.OPEN)
    for one in document.reviewed:
        if one.intent in found:
            done = Standing.NOT_COVERED if one.passage == NOT_COVERED else Standing.ANSWERED
            found[one.intent] = done if one.newest(intents) else Standing.AGAIN
    return found


class Onboarding:
    """The onboarding of every monograph of a corpus."""

    def __init__(
        self, state: State, changes: Changes, now: CorpusNow, corpus: Path, encoder: Encoder, vectors: Path
    ) -> None:
        """`now` reads the folder `corpus`; `vectors` is the folder that keeps what is embedded: the intents are, once
        for all monographs."""
        self._state, self._changes, self._now, self._corpus = state, changes, now, corpus
        self._encoder = CachedEncoder(encoder, vectors)

    def rows(self, document: str, corpus: Corpus | None = None) -> tuple[Row, ...]:
        """Every intent for one monograph: what is open first, the most doubtful before all. Raises StaffError for a
        monograph that is none."""
        corpus = corpus or self._now.read()
        of = _document(corpus, document)
        kinds = read_section_kinds(self._corpus / "section_kinds" / "en.jsonl")
        written = standings(of, corpus.intents)
        marks, waiting = self._marks(document), self._waiting(document)
        rows = []
        for proposal in propose(corpus, of, kinds, self._encoder, read_model()):
            intent, standing = proposal.intent, written[proposal.intent.id]
            decided: tuple[str, ...] | None = None
            if standing in DONE:
                decided = tuple(o.passage for o in of.reviewed if o.intent == intent.id and o.passage != NOT_COVERED)
            if intent.id in waiting:
                standing, decided = Standing.WAITING, waiting[intent.id]
            elif (mark := marks.get((intent.id, intent.asks, intent.version))) is not None:
                standing, decided = Standing.MARKED, mark
            rows.append(Row(intent, standing, decided, proposal))
        order = list(Standing)
        return tuple(sorted(rows, key=lambda row: order.index(row.standing)))  # stable: doubt stays the order within

    def mark(self, reviewer: Account, document: str, decided: Mapping[str, Sequence[str]]) -> int:
        """Keep decisions by intent; no passage means 'not covered'. Returns how many.

        Raises StaffError for an intent or a passage that is none.
        """
        corpus = self._now.read()
        shown = {passage.id for passage in _document(corpus, document).passages.showable()}
        for intent, passages in decided.items():
            if intent not in corpus.intents:
                raise StaffError(f"'{intent}' is no intent.")
            if lost := [passage for passage in passages if passage not in shown]:
                raise StaffError(f"'{lost[0]}' is no passage of '{document}' that can be shown.")
        with self._state.writing() as transaction:
            for intent, passages in decided.items():
                of = corpus.intents[intent]
                transaction.execute(
                    "INSERT OR REPLACE INTO onboarding (document, intent, asks, version, passages, reviewer, at)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    document, intent, of.asks, of.version, json.dumps(list(passages)), reviewer.name, transaction.now,
                )  # fmt: skip
        return len(decided)

    def accept(
        self,
        reviewer: Account,
        document: str,
        section: str | None = None,
        answered: float | None = None,
        not_covered: float | None = None,
    ) -> int:
        """Mark what is open as it is proposed, of one kind of section or of all. Returns how many.

        The likeliest passage answers where that is as likely as `answered`; where it is less likely than `not_covered`,
        nothing does.
        """
        decided: dict[str, Sequence[str]] = {}
        for row in self.rows(document):
            of_section = section is None or section in row.intent.sections[:1]
            if row.standing not in (Standing.OPEN, Standing.AGAIN) or not of_section:
                continue
            likely = row.proposal.likely
            if answered is not None and likely >= answered:
                decided[row.intent.id] = (row.proposal.passages[0][0],)
            elif not_covered is not None and likely < not_covered:
                decided[row.intent.id] = ()
        return self.mark(reviewer, document, decided)

    def submit(self, reviewer: Account, document: str, reason: str) -> Change:
        """Propose all marks of a monograph as one change, for a second person. Raises StaffError if there is none."""
        corpus = self._now.read()
        _document(corpus, document)
        waiting = self._waiting(document)
        decided = [
            {"intent": intent, "asks": asks, "version": version, "passages": list(passages)}
            for (intent, asks, version), passages in sorted(self._marks(document).items())
            if intent not in waiting and intent in corpus.intents
        ]
        content = {"document": document, "decided": decided}
        return self._changes.propose(reviewer, Kind.ONBOARDING, content, reason, corpus)

    def propose_suite(self, reviewer: Account, document: str, reason: str) -> Change:
        """Propose a suite of what is decided of the intents, beside what the medicine's suite has already. Raises
        StaffError if nothing is decided in the corpus yet, or the suite has all of it."""
        corpus = self._now.read()
        path = self._corpus / "suites" / f"{document}.jsonl"
        before = path.read_text("utf-8") if path.is_file() else ""
        text = suite_with_intents(before, _document(corpus, document), corpus.intents)
        if text == before:
            raise StaffError(f"The suite of '{document}' has all that is decided already.")
        return self._changes.propose(reviewer, Kind.SUITE, {"name": document, "text": text}, reason, corpus)

    def coverage(self) -> Mapping[str, Counter[Standing]]:
        """For each monograph of the corpus how many intents are how far; nothing is embedded for it."""
        corpus = self._now.read()
        found = {}
        for name, document in corpus.documents.items():
            written = dict(standings(document, corpus.intents))
            marked = {intent: Standing.MARKED for intent, *_ in self._marks(name) if intent in written}
            waits = dict.fromkeys(self._waiting(name).keys() & written.keys(), Standing.WAITING)
            found[name] = Counter((written | marked | waits).values())
        return found

    def _marks(self, document: str) -> dict[tuple[str, str, str], tuple[str, ...]]:
        """The marks that no written change has overtaken, by intent with what it asked and its version."""
        written: dict[str, int] = {}
        same: set[tuple[str, str, str]] = set()
        for change in self._of(document, Status.WRITTEN):
            for one in change.content["decided"]:
                written[one["intent"]] = max(change.decided or 0, written.get(one["intent"], 0))
                same.add((one["intent"], one["asks"], one["version"]))
        rows = self._state.query(
            "SELECT intent, asks, version, passages, at FROM onboarding WHERE document = ? ORDER BY intent", document
        )
        return {
            (intent, asks, version): tuple(json.loads(passages))
            for intent, asks, version, passages, at in rows
            if at > (last := written.get(intent, -1)) or (at == last and (intent, asks, version) not in same)
        }

    def _waiting(self, document: str) -> dict[str, tuple[str, ...]]:
        return {
            one["intent"]: tuple(one["passages"])
            for change in self._of(document, Status.PENDING, Status.APPROVED)
            for one in change.content["decided"]
        }

    def _of(self, document: str, *statuses: Status) -> tuple[Change, ...]:
        changes = self._changes.listed(*statuses)
        return tuple(c for c in changes if c.kind == Kind.ONBOARDING and c.content["document"] == document)


def _document(corpus: Corpus, document: str) -> Document:
    if (found := corpus.documents.get(document)) is None:
        raise StaffError(f"There is no monograph '{document}'. There are: {', '.join(corpus.documents)}.")
    return found
