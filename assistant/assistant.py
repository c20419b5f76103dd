"""Assistant.ask: the only place that knows the order of the steps from a message to an answer."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from copy import copy
from dataclasses import replace
from datetime import date
from functools import partial

from assistant.alarms import instructions_beside
from assistant.answer import MAX_CITATIONS, Answer, Context, Conversation, Decision
from assistant.before import about_before, alarm_before
from assistant.composer import Composer
from assistant.cues import Cues, Reading
from assistant.failures import log_failure
from assistant.finding import Shown, choose, look_up, offered, said_after_all
from assistant.library import About, Way
from assistant.notices import Notice, NoticeName, Notices
from assistant.question import MAX_CHARACTERS, rejection
from assistant.topics import agreed
from assistant.triage.gate import Alarm, Triage
from assistant.words import Words, turn_before, words_of
from retrieval.corpus import Corpus
from retrieval.decision import WorkingPoint
from retrieval.encoder import Encoder
from retrieval.results import Readings, Results
from retrieval.retriever import Retriever
from retrieval.text import plain_words, unmarked
from retrieval.views import ANY_DOCUMENT

__all__ = ["Assistant"]


class Assistant:
    """Answers patients' messages in the monograph's own words."""

    def __init__(
        self,
        retriever: Retriever,
        triage: Triage,
        notices: Notices,
        instructions: AbstractSet[str],
        cues: Cues,
        today: Callable[[], date] = date.today,
        failed: Callable[[Exception], None] = log_failure,
    ) -> None:
        """`instructions` are the ids of passages that may stand beside an alarm; `failed` is told of each
        exception of a stage, and must not pass its message on: it may quote the question."""
        self.notices = notices
        self._retriever = retriever
        self._triage = triage
        self._instructions = instructions
        self._cues = cues
        self._failed = failed
        self._composer = Composer(retriever.corpus, notices, today)
        self._small_talk = frozenset(plain_words(text) for text in notices[NoticeName.GREETING].examples)

    @property
    def corpus(self) -> Corpus:
        return self._retriever.corpus

    @property
    def triage(self) -> Triage:
        """What tells an alarm, for another assistant with the same rules."""
        return self._triage

    @property
    def vocabulary(self) -> AbstractSet[str]:
        """The words of the monographs, and those that patients often use when they ask, in small letters."""
        return self._retriever.vocabulary

    @property
    def point(self) -> WorkingPoint:
        """The probabilities from which something is shown."""
        return self._retriever.index.decision.point

    def english_only(self, language: str) -> Notice | None:
        """The notice, in a language (ISO 639-1), that only English is read well; None if it is not written in it."""
        return self._cues.in_language.get(language)

    def at(self, point: WorkingPoint) -> Assistant:
        """An assistant that works at another point; this one stays as it is."""
        other, retriever = copy(self), copy(self._retriever)
        retriever.index = replace(retriever.index, decision=retriever.index.decision.at(point))
        other._retriever = retriever
        return other

    def encoding_with(self, encoder: Encoder) -> Assistant:
        """An assistant whose messages are embedded by another encoder of the same vectors; this one stays as it is."""
        other = copy(self)
        other._retriever = self._retriever.encoding_with(encoder)
        return other

    def kept_to(self, document: str) -> Assistant:
        """An assistant that knows of one monograph alone, as if there were no other: for a page or a client that keeps
        to its medicine. This one stays as it is, and answers itself where there is no such monograph."""
        if document not in self.corpus.documents:
            return self
        other = copy(self)
        other._cues = self._cues.only(self.corpus, document)
        return other

    def search(self, text: str, conversation: Conversation = ()) -> Results:
        """What is found for a message before anything is decided, with the parts of each score, for staff.

        In the monograph that the message is about; in all of them if that is not one.
        """
        turn, head = turn_before(conversation), text[:MAX_CHARACTERS]
        documents = self._about(head, conversation, None).documents
        document = documents[0] if len(documents) == 1 else ANY_DOCUMENT
        words = words_of(head, conversation, turn).without_names(self._cues.medicines.library)
        return self._retriever.search(words.message, MAX_CITATIONS, words.before, document, words.shown)

    def triage_score(self, text: str) -> str:
        """What the learned part of the triage makes of a message, alarm or not, in a line for staff."""
        head = text[:MAX_CHARACTERS]
        english = self._language(head)[0] is None
        vector = self._retriever.readings(unmarked(head), english=english).alone
        return self._triage.learned(head, vector, english)

    def ask(
        self, text: str, conversation: Conversation = (), use_context: bool = True, document: str | None = None
    ) -> Answer:
        """Answer a message in the light of the turns before it.

        Without `use_context` the message is read alone; an alarm of the turn before, and the medicine of the
        conversation, are still heeded. `document` is the id of the monograph that was chosen for the message; it is
        for nothing if there is no such monograph, or if the message names another.
        Never raises: if a stage does, the answer is what to do in an emergency, and no passage.
        """
        try:
            return self._answer(text, conversation, use_context, document)
        except Exception as error:
            return replace(self._composer.failed, evidence=self._report(error))

    def _answer(self, text: str, conversation: Conversation, use_context: bool, document: str | None) -> Answer:
        reason = rejection(text)
        if reason not in (None, NoticeName.REJECTED_LONG):
            return self._notice(Decision.REJECTED, reason)
        # Of a message that is too long its beginning is read for an emergency all the same.
        head = text[:MAX_CHARACTERS]
        turn = turn_before(conversation) if use_context else None
        words = words_of(head, conversation, turn)
        language, doubtful, broken = self._language(head)
        readings = self._retriever.readings(*words, english=language is None)
        # The text as it came: line ends part sentences, and so tell what is denied from what is not.
        medical = self._retriever.index.decision.medical(readings.alone)
        before = alarm_before(conversation)
        alarm = self._triage.read(head, readings.alone, before, language is None, medical, doubtful)
        if alarm is not None and alarm.now:
            about = partial(self._about, head, conversation, document)
            return self._alarm(alarm, alarm.language or language, broken, readings, about)
        if broken is not None:
            raise broken
        answer = self._answered(text, conversation, document, turn, words, readings)
        if alarm is None or answer.decision == Decision.REJECTED or plain_words(text) in self._small_talk:
            return answer
        answer = replace(self._composer.soon(answer), evidence=(*alarm.evidence, *answer.evidence))
        notice = self._cues.cards[NoticeName.SOON].get(alarm.language or language or "")
        return self._composer.in_language(answer, notice) if notice else answer

    def _answered(
        self,
        text: str,
        conversation: Conversation,
        document: str | None,
        turn: int | None,
        words: Words,
        readings: Readings,
    ) -> Answer:
        """The answer to a message that is no alarm; `words` and `readings` are of it and of what came before it."""
        reason, head = rejection(text), text[:MAX_CHARACTERS]
        if plain_words(text) in self._small_talk:
            return self._notice(Decision.GREETING, NoticeName.GREETING)
        about = self._about(head, conversation, document)
        reading = self._cues.read(head, about.documents)
        if reason is not None:
            answer = self._notice(Decision.REJECTED, reason)
        elif reading.other:
            answer = self._notice(Decision.ABSTAIN, NoticeName.OTHER_MEDICINE)
        elif not about.documents:
            answer = self._which(readings, about)
        else:
            unnamed = words.without_names(self._cues.medicines.library)
            found = readings
            if unnamed != words:
                found = self._retriever.readings(*unnamed, english=reading.language is None)
            answer = self._found(found, unnamed, conversation, turn, about.documents, reading)
        return self._of(about, self._joined(answer, reading))

    def _language(self, text: str) -> tuple[str | None, bool, Exception | None]:
        """The language of a message that is not in English; whether it may be in another though it seems to be; what
        broke, if neither can be told: an alarm is shown then all the same."""
        try:
            language = self._cues.languages.of(text)
            return language, language is None and self._cues.languages.doubtful(text), None
        except Exception as error:
            return None, False, error

    def _about(self, text: str, conversation: Conversation, document: str | None) -> About:
        return self._cues.medicines.library.about(text, about_before(conversation), document)

    def _of(self, about: About, answer: Answer) -> Answer:
        """The answer, which remembers what it is about where that could have been another medicine."""
        known = self._composer.about(answer, about.documents) if about.documents and about.way != Way.ONLY else answer
        return replace(known, evidence=(*about.evidence(), *answer.evidence))

    def _which(self, readings: Readings, about: About) -> Answer:
        """The medicines that the message may be about, those whose passages are nearest to it first.

        Where it names none and none of these has anything to show, it does not matter which: nothing is asked back.
        """
        choices = offered(self._retriever, readings, about.choices or self.corpus.documents)
        findings = () if about.choices else [look_up(self._retriever, readings, choice) for choice in choices]
        if findings and all(finding.verdict.decision == Decision.ABSTAIN for finding in findings):
            off_topic = all(finding.verdict.off_topic for finding in findings)
            return self._notice(Decision.ABSTAIN, NoticeName.OFF_TOPIC if off_topic else NoticeName.ABSTAIN)
        answer = self._composer.which(choices)
        return replace(answer, evidence=(f"notice: {NoticeName.WHICH_MEDICINE}",))

    def _found(
        self,
        readings: Readings,
        words: Words,
        conversation: Conversation,
        turn: int | None,
        documents: tuple[str, ...],
        reading: Reading,
    ) -> Answer:
        """What the monographs say, if they do; `words` are those that `readings` are of."""
        findings = [look_up(self._retriever, readings, document, reading.language) for document in documents]
        shown = choose(self._retriever, findings, words, reading.language, reading.outcome is not None)
        gaps = findings[0].results.gaps
        if shown.decision == Decision.ABSTAIN and reading.small_talk:
            return self._notice(Decision.GREETING, NoticeName.GREETING)
        off_topic = shown.decision == Decision.ABSTAIN and all(finding.verdict.off_topic for finding in findings)
        if off_topic:
            answer = self._notice(Decision.ABSTAIN, NoticeName.OFF_TOPIC)
        elif shown.decision == Decision.ABSTAIN and (said := said_after_all(findings)):
            answer = self._composer.passages(Shown(Decision.RELATED, said))
        elif shown.decision == Decision.ABSTAIN:
            topic = self._cues.topics.get(agreed(gaps) or "") if len(findings) == 1 else None
            answer = self._composer.abstain([hit for finding in findings for hit in finding.results.hits], topic)
        else:
            answer = self._composer.passages(shown)
        context = None
        if turn is not None and not off_topic and any(finding.results.in_context for finding in findings):
            context = Context.of(turn, conversation[turn].answer.citations[0])
        evidence = tuple(line for finding in findings for line in finding.evidence())
        likely, nearest = max(finding.probability for finding in findings), gaps[0][0].topic if gaps else ""
        return replace(answer, context=context, evidence=evidence, topic=nearest, probability=likely)

    def _joined(self, answer: Answer, reading: Reading) -> Answer:
        """The answer with the notices that the message itself asks for."""
        shows = answer.decision in (Decision.ANSWER, Decision.RELATED)
        care = (self.notices[NoticeName.CARE_TEAM],) if shows and reading.personal else ()
        notices = (*self._english_only(reading.language), *answer.notices, *care)
        return replace(answer, notices=notices, evidence=(*reading.evidence(), *answer.evidence))

    def _english_only(self, language: str | None) -> tuple[Notice, ...]:
        if language is None:
            return ()
        return (self._cues.in_language.get(language, self.notices[NoticeName.ENGLISH_ONLY]),)

    def _notice(self, decision: Decision, name: NoticeName) -> Answer:
        return replace(self._composer.notice(decision, name), evidence=(f"notice: {name}",))

    def _alarm(
        self,
        alarm: Alarm,
        language: str | None,
        broken: Exception | None,
        readings: Readings,
        about: Callable[[], About],
    ) -> Answer:
        """What to do first, in the patient's language if there is such a card, whatever breaks before or after it."""
        answer = replace(self._composer.cards[alarm.label], evidence=alarm.evidence)
        card = self._cues.cards[answer.notices[0].name].get(language or "")
        try:
            if broken is not None:
                raise broken
            answer = self._with_instructions(answer, readings, about())
        except Exception as error:
            answer = replace(answer, evidence=(*alarm.evidence, *self._report(error)))
        if card is not None:
            return self._composer.in_language(answer, card)
        # An English card alone says in the patient's language that it is in English.
        return replace(answer, notices=(*answer.notices, *self._english_only(language)))

    def _with_instructions(self, card: Answer, readings: Readings, about: About) -> Answer:
        """The card, in an emergency with what the monograph itself says to do; a crisis shows nothing of it.

        Where it is not known which medicine it is about, the card stands alone: nothing is asked before it.
        """
        answer = card
        if card.decision == Decision.URGENT:
            hits = instructions_beside(self._retriever, self._instructions, readings, about.documents)
            answer = self._composer.urgent(hits)
        return self._of(about, replace(answer, evidence=card.evidence))

    def _report(self, error: Exception) -> tuple[str, ...]:
        # Whoever is told must not be the reason that a patient sees nothing.
        with suppress(Exception):
            self._failed(error)
        return (f"failed: {type(error).__name__}",)
