"""Questions that the page offers: approved phrasings, word for word."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from assistant.answer import ALARM_DECISIONS, Answer
from retrieval.corpus import Document
from retrieval.passages import Level, Passage
from retrieval.text import plain_words

__all__ = ["example_questions", "follow_ups"]

_EXAMPLES = 3
_FOLLOW_UPS = 3


def example_questions(document: Document) -> tuple[str, ...]:
    """An approved phrasing of each of the three sections that patients ask about most.

    Of a section, the one that leads to a whole list, if there is one; in reading order.
    """
    by_section: dict[str, list[tuple[Passage, str]]] = {}
    for phrasing in document.phrasings:
        passage = document.passages.by_id[phrasing.passage]
        by_section.setdefault(passage.section, []).append((passage, phrasing.question))
    most = sorted(by_section.values(), key=len, reverse=True)[:_EXAMPLES]
    chosen = [next((asked for asked in section if asked[0].level == Level.GROUP), section[0]) for section in most]
    return tuple(question for _, question in sorted(chosen, key=lambda asked: asked[0].start))


def follow_ups(answer: Answer, documents: Mapping[str, Document], asked: Collection[str]) -> tuple[str, ...]:
    """Phrasings of the passages that stand nearest to the first one shown; none of those already asked.

    Of each passage the first phrasing. A passage that is shown already, in whole or in part, has none.
    Beside an alarm there is nothing to ask next: it must be read, and done.
    """
    if not answer.citations or answer.decision in ALARM_DECISIONS:
        return ()
    first = answer.citations[0].passage
    document = documents[first.document]
    before = {plain_words(question) for question in asked}
    taken = [citation.passage for citation in answer.citations if citation.passage.document == first.document]
    found: list[str] = []
    phrased = [(document.passages.by_id[passage], asked) for passage, asked in document.first_phrasings.items()]
    for passage, question in sorted(phrased, key=lambda item: abs(item[0].start - first.start)):
        overlaps = any(passage.start < other.end and other.start < passage.end for other in taken)
        if not overlaps and plain_words(question) not in before:
            found.append(question)
            taken.append(passage)
        if len(found) == _FOLLOW_UPS:
            break
    return tuple(found)
