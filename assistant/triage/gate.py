"""Triage: whether a message is an emergency, a crisis, or to be reported today, before anything is looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.triage.classifier import Classifier, pooled
from assistant.triage.guards import ALARMS, GuardKind, Label
from assistant.triage.model import Model, Nearest
from assistant.triage.rules import Findings, Rules
from assistant.triage.thresholds import Thresholds, log_odds
from retrieval.encoder import Vectors

__all__ = [
    "ALARMS",
    "ELSEWHERE",
    "HEARD_ABOVE",
    "SURE_ABOVE",
    "Alarm",
    "Label",
    "Triage",
    "doubted",
    "in_other_language",
    "learned_label",
]

SURE_ABOVE = 0.8
"""Least score of the learned part when the message says that help is on its way, is one word that no rule knows, or
seems to be about something else."""

HEARD_ABOVE = 0.05
"""Below this score the learned part says nothing, however near an example is."""

ELSEWHERE = 0.2
"""Where it is less likely than this that a message is about health or need at all, the learned part must be sure."""

NOTHING_ABOVE = 0.998
"""Where the regression is as sure that a message is to raise nothing, and no rule says otherwise, the classifier is not
asked: three of four ordinary messages, and none of 4,586 alarms that it would have found."""

DOUBTED_BELOW = 0.003
"""What a term of an emergency alone raises is for today where the learned part takes an alarm to be less likely
(docs/decisions/0009-triage.md has the curve)."""

_AGAINST = {
    GuardKind.ABOUT: 0.02,
    **dict.fromkeys(
        (
            GuardKind.MILD,
            GuardKind.LASTING,
            GuardKind.PAST,
            GuardKind.HYPOTHETICAL,
            GuardKind.NOTED,
            GuardKind.STORY,
            GuardKind.OTHERS,
        ),
        0.1,
    ),
}
"""The same limit where the message itself speaks against an emergency, though its guards do not reach the term."""

_LIKELY, _LIKELY_CRISIS, _POSSIBLE, _SURELY = 0.6, 0.4, 0.3, 0.9
"""A message in another language is an alarm where its network gives one so much; where it gives a crisis as much as the
second; or an alarm the third, and something is the matter as surely as the last. Unless a rule says that it is for
today: the network does not tell 37.8 from 38.8."""
_LIKELY_TODAY = 0.6
"""For today is what is so likely to be anything."""
_UNLIKELY = 0.02
"""A term of an emergency is doubted where an alarm is less likely than this. All were chosen on ten writers' messages,
each by a network that had not seen its writer (docs/decisions/0034-other-languages.md)."""

_FEW = 4
"""Fewer words than this say too little to doubt a term by; so few beside a figure of speech are part of it."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What to show, and for staff what raised it: terms, readings, the learned score, the nearest example."""

    label: Label
    evidence: tuple[str, ...]
    language: str | None = None
    """ISO 639-1 code of the terms that raised it, if none of them is English."""

    @property
    def now(self) -> bool:
        """Whether its card takes the place of an answer; if not, its notice stands above one."""
        return self.label in ALARMS


class Triage:
    """The gate: reviewed rules or the learned part may each raise an alarm."""

    def __init__(
        self, rules: Rules, model: Model, classifier: Classifier, multilingual: Classifier, thresholds: Thresholds
    ) -> None:
        self._rules = rules
        self._model = model
        self._classifier = classifier
        self._multilingual = multilingual
        self._thresholds = thresholds

    def read(
        self,
        text: str,
        vector: Vectors,
        previous_alarm: Label | None = None,
        english: bool = True,
        medical: float = 1.0,
        doubtful: bool = False,
    ) -> Alarm | None:
        """What a message raises, or None.

        `vector` is the unit vector of the whole cleaned message, shape (1, dimension); `previous_alarm` the alarm of
        the turn before. Where it is less likely than ELSEWHERE that the message is about health or need at all
        (`medical`, of the decision's domain part) the learned part must be sure. What is not `english` has a network
        of its own, which also reads what may not be (`doubtful`): the graver of the two alarms is raised.
        """
        found = self._rules.find(text)
        if not english:
            return in_other_language(found, self._in_any_language(text), previous_alarm)
        alarm = self._in_english(text, vector, found, previous_alarm, medical)
        if doubtful and not (alarm and alarm.now):
            other = in_other_language(found, self._in_any_language(text), previous_alarm)
            return other if other and (other.now or not alarm) else alarm
        return alarm

    def _in_english(
        self, text: str, vector: Vectors, found: Findings, previous_alarm: Label | None, medical: float
    ) -> Alarm | None:
        """As `read`."""
        likely = self._likely(text, vector, found)
        settled = previous_alarm is not None and found.guards(GuardKind.SETTLED)
        # Of ASCII alone: scripts without spaces write whole sentences as one word.
        one_word = text.isascii() and len(text.split()) < 2
        surely = bool(settled or one_word or medical < ELSEWHERE)
        learned, evidence = self._learned(likely, vector, surely)
        doubt = previous_alarm is None and doubted(found, sum(likely[alarm] for alarm in ALARMS))
        if (labels := found.alarms()) and not doubt:
            label = max(labels, key=likely.__getitem__)
            return Alarm(label, (*found.evidence(), *evidence), found.language())
        today = doubt or Label.SOON in found.labels()
        # What a reviewed term or reading says is for today is for today, unless an alarm is likelier.
        if learned in ALARMS and not (today and likely[learned] < likely[Label.SOON]):
            return Alarm(learned, evidence)
        if previous_alarm and (still := _still(found, previous_alarm)):
            return still
        if learned or today:
            return Alarm(Label.SOON, (*found.evidence(), *evidence))
        return None

    def learned(self, text: str, vector: Vectors, english: bool = True) -> str:
        """What the learned part makes of a message, alarm or not, for staff; `vector` as `read` takes it."""
        if not english:
            return _scores(self._in_any_language(text))
        likely = self._likely(text, vector, self._rules.find(text))
        return _in_words(likely, self._model.nearest(vector))

    def _in_any_language(self, text: str) -> dict[Label, float]:
        [row] = self._multilingual.likelihoods([text])
        return {label: float(row[at]) for at, label in enumerate(Label, 1)}

    def _likely(self, text: str, vector: Vectors, found: Findings) -> dict[Label, float]:
        """How likely a message has each label, by the regression over its features and by the classifier."""
        likelihoods = self._model.likelihoods(vector, found)
        if likelihoods[0, 0] <= NOTHING_ABOVE or found.alarms():
            likelihoods = pooled(likelihoods, self._classifier.likelihoods([text]))
        [likely] = likelihoods
        return {label: float(likely[at]) for at, label in enumerate(Label, 1)}

    def _learned(
        self, likely: Mapping[Label, float], vector: Vectors, surely: bool
    ) -> tuple[Label | None, tuple[str, ...]]:
        """What the learned part says that the message is, and why; nothing if it says nothing."""
        if sum(likely.values()) < (SURE_ABOVE if surely else HEARD_ABOVE):
            return None, ()  # most messages: the examples need not be looked through
        nearest = self._model.nearest(vector)
        label = learned_label(likely, nearest.similar, nearest.plain, self._thresholds)
        return label, (_in_words(likely, nearest),) if label else ()


def in_other_language(
    found: Findings, likely: Mapping[Label, float], previous_alarm: Label | None = None
) -> Alarm | None:
    """What a message in another language than English raises, by the rules and by what its network finds likely."""
    now = sum(likely[alarm] for alarm in ALARMS)
    evidence = (_scores(likely),)
    terms_alone = found.alarms() == {Label.URGENT} and not any(n.held_by is None for n in found.measured)
    few = len(found.context.message.split()) < _FEW
    doubt = previous_alarm is None and now < _UNLIKELY and terms_alone and not few
    if (labels := found.alarms()) and not doubt:
        # Of labels that are equally likely an emergency comes first.
        return Alarm(max(sorted(labels, reverse=True), key=likely.__getitem__), found.evidence(), found.language())
    crisis, anything = likely[Label.CRISIS] >= _LIKELY_CRISIS, sum(likely.values())
    today = Label.SOON in found.labels() and not crisis
    alarming = now >= _LIKELY or crisis or (now >= _POSSIBLE and anything >= _SURELY)
    if alarming and not today and not _idiom_alone(found):
        return Alarm(max(ALARMS, key=likely.__getitem__), evidence)
    if previous_alarm and (still := _still(found, previous_alarm)):
        return still
    if doubt or today or anything >= _LIKELY_TODAY:
        return Alarm(Label.SOON, (*found.evidence(), *evidence))
    return None


def doubted(found: Findings, alarm: float) -> bool:
    """Whether all that raises an alarm is a term of an emergency, and the learned part, to which an alarm has a
    likelihood of `alarm`, does not believe it. Crises, readings, terms of other languages and a few words are not."""
    measured = any(number.held_by is None for number in found.measured)
    judged = found.language() is None and len(found.context.message.split()) >= _FEW and not measured
    least = max((limit for kind, limit in _AGAINST.items() if found.context.spans[kind]), default=DOUBTED_BELOW)
    return judged and alarm < least and found.alarms() == {Label.URGENT}


def learned_label(
    likely: Mapping[Label, float], similar: Mapping[Label, float], plain: float, thresholds: Thresholds
) -> Label | None:
    """What the learned part says that a message is: the likeliest alarm whose bar it passes, or `soon` if any label is
    likely enough. `similar` and `plain` as Nearest has them."""
    nothing = 1 - sum(likely.values())

    def passes(label: Label) -> bool:
        odds, now = log_odds(likely[label], nothing), log_odds(likely[label], likely[Label.SOON])
        return thresholds.bar(label).passed(odds, now, similar[label], plain, similar[Label.SOON])

    if alarms := [label for label in ALARMS if passes(label)]:
        return max(alarms, key=likely.__getitem__)
    any_label, nearest = log_odds(sum(likely.values()), nothing), max(similar.values())
    return Label.SOON if thresholds.soon.passed(any_label, 0.0, nearest, plain, 0.0) else None


def _in_words(likely: Mapping[Label, float], nearest: Nearest) -> str:
    example, similarity = nearest.example, nearest.similarity
    near = f"nearest example “{example.text}” ({example.subtype}, {similarity:.2f})"
    return f"{_scores(likely)}; {near}; nearest ordinary message {nearest.plain:.2f}"


def _idiom_alone(found: Findings) -> bool:
    """Whether a figure of speech leaves few words: 'I am dying of hunger'."""
    return bool(found.guards(GuardKind.IDIOM)) and sum(map(str.isalnum, found.context.text.split())) <= _FEW


def _scores(likely: Mapping[Label, float]) -> str:
    return f"learned, {', '.join(f'{label} {score:.2f}' for label, score in likely.items())}"


def _still(found: Findings, previous: Label) -> Alarm | None:
    """A doubt about the alarm before ('could it just be the normal reaction?') does not end it."""
    doubts = found.guards(GuardKind.DOUBT)
    return Alarm(previous, (f"doubt after an alarm “{doubts[0]}”",)) if doubts else None
