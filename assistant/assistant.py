"""Assistant.ask: the only place that knows the order of the steps from a message to an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from assistant.answer import MAX_CITATIONS, Answer, Citation, Conversation, Decision, Disclaimer, Quote, Section
from assistant.answerability import decide
from assistant.notices import Notice, NoticeName, Notices
from assistant.question import MAX_CHARACTERS, rejection
from assistant.triage.gate import Alarm, Label, Triage
from retrieval.corpus import Corpus, Document
from retrieval.encoder import Vectors
from retrieval.passages import Level
from retrieval.retriever import Hit, Retriever
from retrieval.text import clean, plain_words

__all__ = ["Assistant"]

_INSTRUCTIONS = 2
"""At most so many of the monograph's instructions stand beside an alarm: it must be read in seconds."""


class Assistant:
    """Answers patients' messages in the monograph's own words."""

    def __init__(
        self,
        retriever: Retriever,
        triage: Triage,
        notices: Notices,
        instructions: AbstractSet[str],
        today: Callable[[], date] = date.today,
    ) -> None:
        """`instructions` are the ids of passages that may stand beside an alarm."""
        self.notices = notices
        self._retriever = retriever
        self._triage = triage
        self._instructions = instructions
        self._today = today
        self._small_talk = frozenset(plain_words(text) for text in notices[NoticeName.GREETING].examples)

    @property
    def corpus(self) -> Corpus:
        return self._retriever.corpus

    def ask(self, text: str, conversation: Conversation = ()) -> Answer:
        """Answer a message in the light of the turns before it. Never raises for a message's content."""
        reason = rejection(text)
        if reason not in (None, NoticeName.REJECTED_LONG):
            return self._without_passages(Decision.REJECTED, reason)
        # Of a message that is too long its beginning is read for an emergency all the same.
        head = text[:MAX_CHARACTERS]
        readings = self._retriever.readings(clean(head), _question_before(conversation))
        # The text as it came: line ends part sentences, and so tell what is denied from what is not.
        if (alarm := self._triage.read(head, readings[:1], _alarm_before(conversation))) is not None:
            return self._alarm(alarm, readings)
        if reason is not None:
            return self._without_passages(Decision.REJECTED, reason)
        if plain_words(text) in self._small_talk:
            return self._without_passages(Decision.GREETING, NoticeName.GREETING)
        results = self._retriever.find(readings, MAX_CITATIONS)
        decision = decide(plain_words(text), results, self._retriever.vocabulary, self._retriever.index.calibration)
        if decision == Decision.ABSTAIN:
            return self._abstain(results.hits)
        near = [hit for hit in results.hits if hit.score >= self._retriever.index.calibration.abstain_below]
        return self._show(decision, near)

    def _alarm(self, alarm: Alarm, readings: Vectors) -> Answer:
        """What to do first; then, in an emergency, what the monograph itself says to do."""
        if alarm.label == Label.CRISIS:
            return Answer(Decision.CRISIS, (), (self.notices[NoticeName.CRISIS],), evidence=alarm.evidence)
        results = self._retriever.find(readings, len(self._retriever.index.views))
        least = self._retriever.index.calibration.abstain_below
        hits = [h for h in results.hits if h.passage.id in self._instructions and h.score >= least][:_INSTRUCTIONS]
        citations = tuple(Citation.of(self._document(hit), hit) for hit in hits)
        notices = (self.notices[NoticeName.URGENT], *self._past_review(hits))
        return Answer(Decision.URGENT, self._disclaimers(hits), notices, citations, evidence=alarm.evidence)

    def _show(self, decision: Decision, hits: Sequence[Hit]) -> Answer:
        related = (self.notices[NoticeName.RELATED],) if decision == Decision.RELATED else ()
        citations = tuple(Citation.of(self._document(hit), hit) for hit in hits)
        return Answer(decision, self._disclaimers(hits), (*related, *self._past_review(hits)), citations)

    def _abstain(self, hits: Sequence[Hit]) -> Answer:
        notices = (self.notices[NoticeName.ABSTAIN], *self._past_review(hits))
        sections = {(hit.passage.document, hit.passage.section): hit for hit in hits if hit.passage.section}
        see_also = tuple(_section(self._document(hit), hit) for hit in sections.values())
        return Answer(Decision.ABSTAIN, self._disclaimers(hits), notices, see_also=see_also)

    def _without_passages(self, decision: Decision, name: NoticeName) -> Answer:
        return Answer(decision, self._disclaimers(()), (self.notices[name],))

    def _document(self, hit: Hit) -> Document:
        return self.corpus.documents[hit.passage.document]

    def _disclaimers(self, hits: Sequence[Hit]) -> tuple[Disclaimer, ...]:
        """One for each document shown; the first document's where none is."""
        documents = dict.fromkeys(hit.passage.document for hit in hits) or [next(iter(self.corpus.documents))]
        return tuple(Disclaimer(self.corpus.documents[identifier]) for identifier in documents)

    def _past_review(self, hits: Sequence[Hit]) -> tuple[Notice, ...]:
        today = self._today()
        late = any(self._document(hit).monograph.review_by < today for hit in hits)
        return (self.notices[NoticeName.PAST_REVIEW],) if late else ()


def _alarm_before(conversation: Conversation) -> Label | None:
    """The alarm of the turn before, if it raised one."""
    labels = {Decision.URGENT: Label.URGENT, Decision.CRISIS: Label.CRISIS}
    return labels.get(conversation[-1].answer.decision) if conversation else None


def _question_before(conversation: Conversation) -> str:
    """The last message of the conversation that was about the medicine."""
    asked = (turn.question for turn in reversed(conversation) if turn.answer.citations)
    return clean(next(asked, ""))


def _section(document: Document, hit: Hit) -> Section:
    """The section that a hit stands in."""
    start = hit.passage.start
    section = next(p for p in document.passages.level(Level.SECTION) if p.start <= start < p.end)
    return Section(Quote(document.monograph, section.start, section.end), section.section)
