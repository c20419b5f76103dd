"""An Answer as escaped HTML. Pure: the same answer gives the same markup.

Each function gives one line that starts with a block element, so that the page's carrier shows it as
it is (docs/decisions/0007-page.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import ALARM_DECISIONS, Answer, Choice, Citation, Context, Decision
from assistant.notices import Notice, NoticeName, Notices
from retrieval.corpus import Document
from retrieval.text import clean
from web.cards import render_card, render_disclaimer, section_link, sections
from web.glossary import Glossary
from web.layout import escaped
from web.rate import too_many

__all__ = [
    "SHOWN_OF_QUESTION",
    "Asides",
    "render_answer",
    "render_busy",
    "render_failed",
    "render_notice",
    "render_pending",
    "render_question",
    "render_too_many",
]

SHOWN_OF_QUESTION = 300
"""Characters of a message that was too long to be read which are shown back."""

_ALARMS = (NoticeName.URGENT, NoticeName.CRISIS)

_SHARED = (Decision.ANSWER, Decision.RELATED, Decision.ABSTAIN)


@dataclass(frozen=True, slots=True)
class Asides:
    """What stands around an answer in a conversation."""

    question: str
    turn: int
    """Number of the turn, from 0: a yes or no to it names it."""
    follow_ups: tuple[str, ...] = ()
    kept_days: int = 0
    """Days that a question is kept for which the patient shares; 0 where none can be shared."""


def render_question(text: str, longest: int) -> str:
    """What the patient asked, without the characters that could disturb the page.

    A text of more than `longest` characters is cut to the first SHOWN_OF_QUESTION, and says so.
    """
    words, note = clean(text), ""
    if len(text) > longest:
        words = clean(text[:SHOWN_OF_QUESTION])
        note = f' <span class="note">(the first {SHOWN_OF_QUESTION} of {len(text):,} characters)</span>'
    elif not words:
        note = '<span class="note">(an empty message)</span>'
    return f'<div class="asked"><h2>You asked</h2><p><bdi dir="auto">{escaped(words)}</bdi>{note}</p></div>'


def render_pending(ahead: int) -> str:
    """What stands in the place of an answer that is being looked for; `ahead` questions are before it."""
    wait = ""
    if ahead:
        before = "1 question is" if ahead == 1 else f"{ahead} questions are"
        wait = f" Many people are asking now: {before} before yours. You need not do anything."
    return f'<p class="pending">Looking in the monograph…{wait}</p>'


def render_answer(
    answer: Answer,
    documents: Mapping[str, Document],
    glossary: Glossary = Glossary(),  # noqa: B008 - it cannot be changed
    asides: Asides | None = None,
    public_url: str = "",
) -> str:
    """An answer: notices, the first passage in full, further ones folded, and last the disclaimer.

    With `asides` also what it was taken to follow up on, a yes or no, and what could be asked next.
    `public_url` is the page's address for everybody, if it has one.
    """
    parts = [_context(answer.context, asides.question)] if asides and answer.context else []
    parts += [render_notice(notice) for notice in answer.notices]
    if answer.citations:
        parts.append(_cards(answer, documents, glossary, public_url))
    if asides and answer.choices:
        parts.append(_choices(answer.choices, asides.question))
    if answer.see_also:
        links = "".join(f"<li>{section_link(section)}</li>" for section in answer.see_also)
        parts.append(f'<div class="nearest"><h3>You can look in</h3><ul>{links}</ul></div>')
    if asides and answer.citations and answer.decision == Decision.ANSWER:
        parts.append(_yes_or_no(asides.turn) + _after_no(answer, documents))
    if asides and asides.kept_days and answer.decision in _SHARED and not answer.choices:
        parts.append(_share(asides.turn, asides.kept_days, answer.decision == Decision.ANSWER))
    if asides and asides.follow_ups:
        parts.append(_follow_ups(asides.follow_ups, answer))
    # Several monographs may have the library's: it stands once.
    parts += [render_disclaimer(d) for d in {disclaimer.text: disclaimer for disclaimer in answer.disclaimers}.values()]
    return _article(answer.decision.value, "".join(parts))


def render_failed(notices: Notices) -> str:
    """What stands in the place of an answer when the assistant broke."""
    return _article("failed", render_notice(notices[NoticeName.EMERGENCY]) + render_notice(notices[NoticeName.FAILED]))


def render_busy(notices: Notices) -> str:
    """What stands in the place of an answer when more patients wait than can be served."""
    text = "Too many people are asking just now. Your question is still in the box. Please try again in a minute."
    return _unanswered(notices, text)


def render_too_many(notices: Notices, seconds: int) -> str:
    """What stands in the place of an answer when too many questions came from one network."""
    return _unanswered(notices, f"{too_many(seconds)} Your question is still in the box.")


def _unanswered(notices: Notices, text: str) -> str:
    return _article("failed", render_notice(notices[NoticeName.EMERGENCY]) + f'<div class="notice"><p>{text}</p></div>')


def render_notice(notice: Notice) -> str:
    paragraphs = [f"<p>{_with_calls(text.strip(), notice)}</p>" for text in notice.text.split("\n\n")]
    if notice.name in _ALARMS and notice.contacts:
        paragraphs.insert(1, _call_buttons(notice))
    # An alarm breaks in on what a screen reader is saying; all else waits its turn in the log.
    role = ' role="alert"' if notice.name in _ALARMS else ""
    written = f'lang="{escaped(notice.language)}" dir="{notice.direction.value}"'
    name = notice.name.value
    return f'<div class="notice {name}" data-notice="{name}" {written}{role}>{"".join(paragraphs)}</div>'


def _call_buttons(notice: Notice) -> str:
    """What the text says to call, as buttons that a shaking hand can hit; the text itself is read out already."""
    verb = "Call " if notice.language == "en" else ""
    calls = "".join(
        f'<a class="call-now" href="{escaped(contact.tel)}">{verb}{escaped(contact.number)}'
        f'<span class="whose">{escaped(contact.label)}</span></a>'
        for contact in notice.contacts
    )
    return f'<div class="calls">{calls}</div>'


def _with_calls(text: str, notice: Notice) -> str:
    """The text, with each approved number in it as a link that calls."""
    calls = {contact.number: contact.tel for contact in notice.contacts}
    if not calls:
        return escaped(text)
    # Longest first: a short number may be the beginning of a long one.
    numbers = "|".join(re.escape(number) for number in sorted(calls, key=len, reverse=True))
    parts = re.split(rf"(?<!\d)({numbers})(?!\d)", text)
    return "".join(
        f'<a class="call" href="{escaped(calls[part])}">{part}</a>' if part in calls else escaped(part)
        for part in parts
    )


def _article(kind: str, body: str) -> str:
    # The log would read an alarm's card once more after the alert has.
    off = ' aria-live="off"' if kind in ALARM_DECISIONS else ""
    return f'<article class="answer {kind}"{off}><h2 class="unseen">Answer</h2>{body}</article>'


def _context(context: Context, question: str) -> str:
    subject = context.section or "your question before"
    return (
        f'<p class="follows">Read as a follow-up to: <strong>{escaped(subject)}</strong> '
        f'<button type="button" class="say" data-ask="{escaped(question)}">Ask it on its own</button></p>'
    )


def _cards(answer: Answer, documents: Mapping[str, Document], glossary: Glossary, public_url: str) -> str:
    is_answer = answer.decision != Decision.RELATED

    def card(citation: Citation) -> str:
        document = documents[citation.quote.monograph.id]
        return render_card(citation, document, is_answer, glossary, bool(answer.about), public_url)

    cards = [card(citation) for citation in answer.citations]
    # The best of each medicine comes first, and none is folded away.
    open_ones = len({citation.quote.monograph.id for citation in answer.citations})
    first, more = "".join(cards[:open_ones]), cards[open_ones:]
    label = "From the monograph" if is_answer else "Not an answer: something close to it in the monograph"
    return f'<div class="cards"><p class="from">{label}</p>{first}{_folded(more)}</div>'


def _folded(cards: Sequence[str]) -> str:
    if not cards:
        return ""
    label = "1 more passage" if len(cards) == 1 else f"{len(cards)} more passages"
    return f'<details class="more"><summary>{label}</summary>{"".join(cards)}</details>'


def _yes_or_no(turn: int) -> str:
    buttons = "".join(
        f'<button type="button" class="tell" data-tell="{turn} {value}">{word}</button>'
        for value, word in (("yes", "Yes"), ("no", "No"))
    )
    label = "Was this what you asked?"
    return f'<div class="tell-us" role="group" aria-label="{label}"><span>{label}</span> {buttons}</div>'


def _after_no(answer: Answer, documents: Mapping[str, Document]) -> str:
    """Where else to look, for who says that this was not what they asked; shown after a no."""
    document = documents[answer.citations[0].quote.monograph.id]
    links = "".join(f"<li>{section_link(section)}</li>" for section in sections(document))
    label = "You can look in, or ask your care team"
    return f'<div class="nearest after-no" hidden><h3>{label}</h3><ul>{links}</ul></div>'


def _share(turn: int, days: int, after_no: bool) -> str:
    """The choice to share a question that was not answered; of one that was, after a no."""
    words = (
        "You can share this question with the people who look after the text, so that it can be answered. Names, dates "
        f"and numbers are taken out as far as they are recognised, and it is deleted after {days} days."
    )
    button = f'<button type="button" class="tell" data-tell="{turn} share">Share this question</button>'
    return f'<div class="share"{" hidden" if after_no else ""}><p>{words}</p> {button}</div>'


def _choices(choices: Sequence[Choice], question: str) -> str:
    """A button for each medicine, which asks the question again about it."""
    buttons = "".join(
        f'<li><button type="button" {_asks_about(choice.monograph.id, question)} dir="auto">'
        f"{escaped(choice.monograph.title)}</button></li>"
        for choice in choices
    )
    return f'<div class="choices" role="group" aria-label="Medicines to choose from"><ul>{buttons}</ul></div>'


def _asks_about(document: str, question: str) -> str:
    """What makes a button ask a question about a medicine, whatever the conversation has come to since."""
    return f'class="choose" data-choose="{escaped(f"{document} {question}")}"'


def _follow_ups(questions: Sequence[str], answer: Answer) -> str:
    def asks(question: str) -> str:
        if answer.about:
            return _asks_about(answer.citations[0].passage.document, question)
        return f'class="say" data-ask="{escaped(question)}"'

    buttons = "".join(
        f'<li><button type="button" {asks(question)}>{escaped(question)}</button></li>' for question in questions
    )
    return f'<div class="next"><h3>You could ask next</h3><ul>{buttons}</ul></div>'
