"""What may be shown: an Answer is slices of approved monographs and approved notices, nothing else.

No type here holds a quoted text. A Quote holds a verified monograph and two offsets, and its text is
the slice; so there is no way to write down a quote that the monograph does not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.notices import Notice, NoticeName
from retrieval.blocks import Span
from retrieval.corpus import Document
from retrieval.errors import ContractError
from retrieval.monograph import Monograph
from retrieval.passages import Passage, Role
from retrieval.results import Hit

__all__ = [
    "ALARM_DECISIONS",
    "Answer",
    "Choice",
    "Citation",
    "Context",
    "ContextQuote",
    "Conversation",
    "Decision",
    "Disclaimer",
    "Quote",
    "Section",
    "Turn",
]

MAX_CITATIONS = 3


class Decision(StrEnum):
    """What kind of answer it is; the table in docs says what each shows."""

    ANSWER = "answer"
    RELATED = "related"
    ABSTAIN = "abstain"
    URGENT = "urgent"
    CRISIS = "crisis"
    GREETING = "greeting"
    REJECTED = "rejected"


ALARM_DECISIONS = (Decision.URGENT, Decision.CRISIS)
"""Those whose card says what to do first. The notice `soon` stands above an answer and is none of them."""

_CITATIONS = {
    Decision.ANSWER: (1, MAX_CITATIONS),
    Decision.RELATED: (1, MAX_CITATIONS),
    Decision.URGENT: (0, MAX_CITATIONS),
}
"""Fewest and most citations of a decision; none for all others."""


@dataclass(frozen=True, slots=True)
class Quote:
    """`monograph.source[start:end]`. Raises ContractError for offsets that hold nothing."""

    monograph: Monograph
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= len(self.monograph.source):
            raise ContractError(f"{self.monograph.id} has no text at {self.start}–{self.end}.")

    @property
    def text(self) -> str:
        return self.monograph.source[self.start : self.end]


@dataclass(frozen=True, slots=True)
class ContextQuote:
    """A heading, lead-in or row of column heads without which a passage must not be read."""

    role: Role
    quote: Quote


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage as it stands in its monograph."""

    quote: Quote
    passage: Passage
    highlight: Span
    """The sentence that answers, inside the quote."""
    context: tuple[ContextQuote, ...]
    score: float

    def __post_init__(self) -> None:
        quote, passage, mark = self.quote, self.passage, self.highlight
        if (quote.monograph.id, quote.start, quote.end) != (passage.document, passage.start, passage.end):
            raise ContractError(f"The quote {quote.start}–{quote.end} is not the passage {passage.id}.")
        if quote.text != passage.text:
            raise ContractError(f"The passage {passage.id} is not of this version of {quote.monograph.id}.")
        if not quote.start <= mark.start < mark.end <= quote.end:
            raise ContractError(f"The highlight {mark.start}–{mark.end} lies outside of its passage {passage.id}.")

    @classmethod
    def of(cls, document: Document, hit: Hit) -> Citation:
        monograph, passage = document.monograph, hit.passage
        context = tuple(ContextQuote(c.role, Quote(monograph, c.start, c.end)) for c in passage.context)
        quote = Quote(monograph, passage.start, passage.end)
        return cls(quote, passage, hit.highlight, context, hit.score)

    def as_json(self) -> dict[str, Any]:
        return {
            "document": self.quote.monograph.id,
            "version": self.quote.monograph.version,
            "sha256": self.quote.monograph.sha256,
            "passage": self.passage.id,
            "section": self.passage.section,
            "start": self.quote.start,
            "end": self.quote.end,
            "text": self.quote.text,
            "highlight": [self.highlight.start, self.highlight.end],
            "context": [
                {"role": c.role.value, "start": c.quote.start, "end": c.quote.end, "text": c.quote.text}
                for c in self.context
            ],
            "score": round(self.score, 6),
        }


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a monograph, to look in; it is not offered as an answer."""

    quote: Quote
    name: str
    correction: Quote | None = None
    """The sentence that takes back what the name claims: the one is not to be shown without the other."""

    @classmethod
    def of(cls, document: Document, section: Passage) -> Section:
        monograph, found = document.monograph, document.passages.correction(section)
        corrected = None if found is None else Quote(monograph, found.start, found.end)
        return cls(Quote(monograph, section.start, section.end), section.section, corrected)

    def as_json(self) -> dict[str, Any]:
        said = self.correction
        return {
            "document": self.quote.monograph.id,
            "version": self.quote.monograph.version,
            "section": self.name,
            "start": self.quote.start,
            "end": self.quote.end,
            "correction": said and {"start": said.start, "end": said.end, "text": said.text},
        }


@dataclass(frozen=True, slots=True)
class Disclaimer:
    """The Legal Disclaimer of a document, or the library's approved notice where it has none; it can be no other text.

    Raises ContractError where there is neither.
    """

    document: Document
    notice: Notice
    """The notice `disclaimer`."""

    def __post_init__(self) -> None:
        if self.notice.name != NoticeName.DISCLAIMER or not (self.document.disclaimer or self.notice.text):
            raise ContractError(f"There is no disclaimer for {self.document.monograph.id}.")

    @property
    def quote(self) -> Quote | None:
        """The monograph's own, if it has one."""
        span = self.document.disclaimer
        return Quote(self.document.monograph, span.start, span.end) if span else None

    @property
    def text(self) -> str:
        return self.quote.text if self.quote else self.notice.text


@dataclass(frozen=True, slots=True)
class Context:
    """The turn in whose light the message was read: its place in the conversation (from 0), and its subject."""

    turn: int
    section: str
    """The section of the first passage that was shown there; empty where the text takes its heading back."""

    @classmethod
    def of(cls, turn: int, shown: Citation) -> Context:
        """What was shown first in a turn as the subject of what follows it."""
        taken_back = any(context.role == Role.CORRECTION for context in shown.context)
        return cls(turn, "" if taken_back else shown.passage.section)

    def as_json(self) -> dict[str, Any]:
        return {"turn": self.turn, "section": self.section}


@dataclass(frozen=True, slots=True)
class Choice:
    """A monograph that the message may be about, for the patient to choose."""

    monograph: Monograph

    def as_json(self) -> dict[str, Any]:
        return {"document": self.monograph.id, "name": self.monograph.title}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, as the chat, the API and the command line show it.

    Raises ContractError for what a decision must not show or must not lack: see _CITATIONS; all but
    `answer` have a notice, which says what they are; a disclaimer is there for every document cited and
    at least one, but a crisis shows its card and nothing of the medicine. Choices come with `abstain` alone.
    """

    decision: Decision
    disclaimers: tuple[Disclaimer, ...]
    notices: tuple[Notice, ...] = ()
    citations: tuple[Citation, ...] = ()
    see_also: tuple[Section, ...] = ()
    choices: tuple[Choice, ...] = ()
    """Where it is not known which medicine the message is about: those it may be."""
    context: Context | None = None
    """What the message was taken to be about, if an earlier turn had a part in it."""
    evidence: tuple[str, ...] = ()
    """Why it was decided so, for staff. It is not part of the contract and never shown to patients."""
    topic: str = ""
    """Topic of the nearest known gap, by which staff count what was not found; no part of the contract either."""
    about: tuple[str, ...] = ()
    """Ids of the monographs that the message was about, in a library of more than one; no part of it either."""
    probability: float | None = None
    """How likely the first passage found answers, for staff and evaluators; None where nothing was looked up. Patients
    never see it: no part of the contract."""

    def __post_init__(self) -> None:
        least, most = _CITATIONS.get(self.decision, (0, 0))
        count = len(self.citations)
        if not least <= count <= most:
            raise ContractError(f"The decision '{self.decision}' has {least} to {most} citations, not {count}.")
        if self.decision != Decision.ANSWER and not self.notices:
            raise ContractError(f"The decision '{self.decision}' needs a notice that says what it is.")
        if self.choices and self.decision != Decision.ABSTAIN:
            raise ContractError(f"The decision '{self.decision}' leaves no choice of a medicine.")
        if self.decision == Decision.CRISIS:
            if self.disclaimers or self.see_also:
                raise ContractError("A crisis shows nothing of the medicine.")
            return
        cited = {c.quote.monograph.id for c in self.citations}
        if not self.disclaimers or cited - {d.document.monograph.id for d in self.disclaimers}:
            raise ContractError("An answer lacks its disclaimer.")

    def as_json(self) -> dict[str, Any]:
        """The answer contract (docs/answer-contract.md)."""
        texts = {notice.name.value: notice.text for notice in self.notices}
        if self.disclaimers:
            texts[NoticeName.DISCLAIMER.value] = "\n\n".join(dict.fromkeys(d.text for d in self.disclaimers))
        return {
            "decision": self.decision.value,
            "notices": list(texts),
            "notice_texts": texts,
            "citations": [c.as_json() for c in self.citations],
            "see_also": [s.as_json() for s in self.see_also],
            "choices": [c.as_json() for c in self.choices],
            "context": self.context.as_json() if self.context else None,
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was asked and what was shown."""

    question: str
    answer: Answer


Conversation = tuple[Turn, ...]
