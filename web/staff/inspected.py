"""One side of 'Ask and inspect': what is shown, what was found, and why. Pure functions to escaped markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer import ALARM_DECISIONS, Answer, Conversation, Decision, Turn
from assistant.assistant import Assistant
from assistant.notices import NoticeName
from retrieval.results import Hit, Results
from web.layout import escaped
from web.staff.tables import mark

__all__ = ["Inspected", "inspect", "inspected_markup"]

_VIEWS = 3


@dataclass(frozen=True, slots=True)
class Inspected:
    """An answer with what was found before it was decided; nothing is looked up for a message that alarms.

    `triage` says whether it alarms; if not, how near it came.
    """

    answer: Answer
    results: Results | None
    conversation: Conversation
    triage: str


def inspect(assistant: Assistant, messages: Sequence[str]) -> Inspected:
    """Ask messages one after the other, and look into the answer to the last one."""
    conversation: Conversation = ()
    for text in messages[:-1]:
        conversation = (*conversation, Turn(text, assistant.ask(text, conversation)))
    answer = assistant.ask(messages[-1], conversation)
    if answer.decision in ALARM_DECISIONS:
        return Inspected(answer, None, conversation, "an alarm, see below")
    if answer.decision not in (Decision.ANSWER, Decision.RELATED, Decision.ABSTAIN):
        return Inspected(answer, None, conversation, "no alarm")
    soon = any(notice.name == NoticeName.SOON for notice in answer.notices)
    said = "to be reported today, see below" if soon else "no alarm"
    triage = f"{said} ({assistant.triage_score(messages[-1])})"
    return Inspected(answer, assistant.search(messages[-1], conversation), conversation, triage)


def inspected_markup(title: str, seen: Inspected) -> str:
    answer = seen.answer
    notices = ", ".join(notice.name for notice in answer.notices) or "none"
    kind = {Decision.ANSWER: "good", Decision.RELATED: ""}.get(answer.decision, "bad")
    lines = [f"Notices: {notices}", f"Triage: {seen.triage}", *_context(seen)]
    said = "".join(f'<p class="quiet">{escaped(line)}</p>' for line in lines)
    why = "".join(f"<li>{escaped(line)}</li>" for line in answer.evidence)
    return (
        f'<section class="side"><h2>{escaped(title)} {mark(answer.decision, kind)}</h2>{said}'
        f'{_found(seen)}<h3>Why</h3><ul class="why">{why}</ul></section>'
    )


def _context(seen: Inspected) -> list[str]:
    turns = [f"Turn {n}, {turn.answer.decision}: {turn.question}" for n, turn in enumerate(seen.conversation, 1)]
    if context := seen.answer.context:
        about = f": {context.section}" if context.section else ""
        turns.append(f"Read as a follow-up to turn {context.turn + 1}{about}")
    elif turns:
        turns.append("Read on its own")
    return turns


def _found(seen: Inspected) -> str:
    shown = {citation.passage.id for citation in seen.answer.citations}
    if seen.results is None:
        texts = "".join(f'<li><div class="quoted">{escaped(c.quote.text)}</div></li>' for c in seen.answer.citations)
        return f'<ol class="found">{texts}</ol>' if texts else ""
    return f'<ol class="found">{"".join(_hit(hit, hit.passage.id in shown) for hit in seen.results.hits)}</ol>'


def _hit(hit: Hit, shown: bool) -> str:
    passage, evidence = hit.passage, hit.evidence
    parts = [
        ("score", hit.score),
        ("phrasings", evidence.phrasing),
        ("text", evidence.text),
        ("words", evidence.lexical),
    ]
    named = "".join(f"<div><dt>{n}</dt><dd>{'–' if v is None else f'{v:.3f}'}</dd></div>" for n, v in parts)
    views = "".join(
        f"<li>{escaped(view.kind)} “{escaped(' '.join(view.text.split())[:120])}” {score:.3f}</li>"
        for view, score in evidence.views[:_VIEWS]
    )
    marked, kind = (mark("shown", "good"), "shown") if shown else (mark("found, not shown"), "unshown")
    return (
        f'<li class="{kind}"><h3>{escaped(passage.section or passage.document)} {marked}</h3>'
        f'<div class="quoted">{escaped(passage.text)}</div><p class="id">{escaped(passage.id)}</p>'
        f'<dl class="parts">{named}</dl><ul class="views quiet">{views}</ul></li>'
    )
