"""Questions that the page offers: phrasings that have an approved wording of their own for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from assistant.answer import ALARM_DECISIONS, Answer
from retrieval.corpus import Document
from retrieval.passages import Level, Passage
from retrieval.text import plain_words

__all__ = ["example_questions", "follow_ups"]

_EXAMPLES = 3
_FOLLOW_UPS = 3


def example_questions(document: Document) -> tuple[str, ...]:
    """One of each of the three sections that patients ask about most.

    Of a section, the one that leads to a whole list, if there is one; in reading order.
    """
    by_id = document.passages.by_id
    asked = Counter(by_id[phrasing.passage].section for phrasing in document.phrasings)
    by_section: dict[str, list[tuple[Passage, str]]] = {}
    for name, question in document.suggestions.items():
        by_section.setdefault(by_id[name].section, []).append((by_id[name], question))
    most = sorted(by_section, key=lambda section: -asked[section])[:_EXAMPLES]
    sections = [sorted(by_section[name], key=lambda item: item[0].start) for name in most]
    chosen = [next((one for one in section if one[0].level == Level.GROUP), section[0]) for section in sections]
    return tuple(question for _, question in sorted(chosen, key=lambda asked: asked[0].start))


def follow_ups(answer: Answer, documents: Mapping[str, Document], asked: Collection[str]) -> tuple[str, ...]:
    """Those of the passages that stand nearest to the first one shown; none of those already asked.

    A passage that is shown already, in whole or in part, has none.
    Beside an alarm there is nothing to ask next: it must be read, and done.
    """
    if not answer.citations or answer.decision in ALARM_DECISIONS:
        return ()
    first = answer.citations[0].passage
    document = documents[first.document]
    before = {plain_words(question) for question in asked}
    taken = [citation.passage for citation in answer.citations if citation.passage.document == first.document]
    found: list[str] = []
    phrased = [(document.passages.by_id[passage], asked) for passage, asked in document.suggestions.items()]
    for passage, question in sorted(phrased, key=lambda item: abs(item[0].start - first.start)):
        overlaps = any(passage.start < other.end and other.start < passage.end for other in taken)
        if not overlaps and plain_words(question) not in before:
            found.append(question)
            taken.append(passage)
        if len(found) == _FOLLOW_UPS:
            break
    return tuple(found)
