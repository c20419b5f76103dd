"""Answers put together from what was found: passages, notices and the disclaimers they need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from assistant.answer import Answer, Choice, Citation, Decision, Disclaimer, Section
from assistant.finding import Shown
from assistant.notices import IN_ENGLISH, Notice, NoticeName, Notices
from assistant.topics import Topic
from assistant.triage.gate import Label
from retrieval.corpus import Corpus, Document
from retrieval.passages import Level
from retrieval.results import Hit

__all__ = ["Composer"]


class Composer:
    """Makes the answers of each decision.

    `failed` and `cards` are made at the start: nothing can go wrong any more when they are needed.
    """

    def __init__(self, corpus: Corpus, notices: Notices, today: Callable[[], date]) -> None:
        self._corpus = corpus
        self._notices = notices
        self._legal = notices[NoticeName.DISCLAIMER]
        self._today = today
        self._no_passage = self._disclaimers(())
        self.failed = self.notice(Decision.ABSTAIN, NoticeName.EMERGENCY, NoticeName.ABSTAIN)
        """What is shown when a stage breaks: what to do in an emergency, and no passage."""
        self.cards = {
            Label.URGENT: self.notice(Decision.URGENT, NoticeName.URGENT),
            Label.CRISIS: Answer(Decision.CRISIS, (), (notices[NoticeName.CRISIS],)),
        }
        """What to do first, by the label of an alarm."""

    def notice(self, decision: Decision, *names: NoticeName) -> Answer:
        """Notices and no passage."""
        return Answer(decision, self._no_passage, tuple(self._notices[name] for name in names))

    def urgent(self, hits: Sequence[Hit]) -> Answer:
        """What to do first, and what the monograph itself says to do."""
        notices = (self._notices[NoticeName.URGENT], *self._past_review(hits))
        return Answer(Decision.URGENT, self._disclaimers(hits), notices, self._citations(hits))

    def in_language(self, answer: Answer, card: Notice) -> Answer:
        """An alarm, or what is for today, in the patient's language first, the English card or notice below it."""
        english, *others = answer.notices
        return replace(answer, notices=(card, replace(english, name=IN_ENGLISH[english.name]), *others))

    def soon(self, answer: Answer) -> Answer:
        """An answer below the notice that what the message tells of is to be reported today."""
        return replace(answer, notices=(self._notices[NoticeName.SOON], *answer.notices))

    def passages(self, shown: Shown) -> Answer:
        """An answer, or what may be one, or a part of one."""
        decision, hits = shown.decision, shown.hits
        name = NoticeName.PARTLY if shown.partly else NoticeName.RELATED
        related = (self._notices[name],) if decision == Decision.RELATED else ()
        notices = (*related, *self._past_review(hits))
        return Answer(decision, self._disclaimers(hits), notices, self._citations(hits))

    def abstain(self, hits: Sequence[Hit], topic: Topic | None) -> Answer:
        """That the monograph does not say, and the sections nearest to the question."""
        notices = (self._notices[NoticeName.ABSTAIN].about(topic), *self._past_review(hits))
        sections = {(hit.passage.document, hit.passage.section): hit for hit in hits if hit.passage.section}
        see_also = tuple(_section(self._document(hit), hit) for hit in sections.values())
        return Answer(Decision.ABSTAIN, self._disclaimers(hits), notices, see_also=see_also)

    def which(self, documents: Sequence[str]) -> Answer:
        """That the medicine is not known, and those it may be."""
        choices = tuple(Choice(self._corpus.documents[identifier].monograph) for identifier in documents)
        notice = self._notices[NoticeName.WHICH_MEDICINE]
        return Answer(Decision.ABSTAIN, self._of(documents[:1]), (notice,), choices=choices)

    def about(self, answer: Answer, documents: tuple[str, ...]) -> Answer:
        """An answer as one about these monographs: theirs is the disclaimer where it shows nothing of any."""
        shows = answer.citations or answer.see_also or not answer.disclaimers
        return replace(answer, about=documents, disclaimers=answer.disclaimers if shows else self._of(documents))

    def _of(self, documents: Sequence[str]) -> tuple[Disclaimer, ...]:
        return tuple(Disclaimer(self._corpus.documents[identifier], self._legal) for identifier in documents)

    def _citations(self, hits: Sequence[Hit]) -> tuple[Citation, ...]:
        return tuple(Citation.of(self._document(hit), hit) for hit in hits)

    def _document(self, hit: Hit) -> Document:
        return self._corpus.documents[hit.passage.document]

    def _disclaimers(self, hits: Sequence[Hit]) -> tuple[Disclaimer, ...]:
        """One for each document shown; the first document's where none is."""
        return self._of(
            list(dict.fromkeys(hit.passage.document for hit in hits)) or [next(iter(self._corpus.documents))]
        )

    def _past_review(self, hits: Sequence[Hit]) -> tuple[Notice, ...]:
        today = self._today()
        late = any(self._document(hit).monograph.review_by < today for hit in hits)
        return (self._notices[NoticeName.PAST_REVIEW],) if late else ()


def _section(document: Document, hit: Hit) -> Section:
    """The section that a hit stands in."""
    start = hit.passage.start
    section = next(p for p in document.passages.level(Level.SECTION) if p.start <= start < p.end)
    return Section.of(document, section)
