"""The words that a message is searched with: its own, and what came before that it may lean on."""

from __future__ import annotations

from typing import NamedTuple

from assistant.answer import Citation, Conversation
from assistant.library import Library
from retrieval.readings import question_before
from retrieval.text import unmarked
from retrieval.views import shown_words

__all__ = ["Words", "turn_before", "words_of"]


class Words(NamedTuple):
    """A message; the last question before it that got passages; and the words of the first of those."""

    message: str
    before: str = ""
    shown: str = ""

    def without_names(self, library: Library) -> Words:
        """With 'it' in the place of each medicine's name, where there is more than one."""
        return Words(*map(library.unnamed, self))


def words_of(message: str, conversation: Conversation, turn: int | None) -> Words:
    """The words of a message, read after the `turn` that turn_before gives, or alone."""
    if turn is None:
        return Words(unmarked(message))
    asked, answer = unmarked(conversation[turn].question), conversation[turn].answer
    return Words(unmarked(message), question_before(asked), _shown(answer.citations[0]))


def turn_before(conversation: Conversation) -> int | None:
    """The place of the last turn that was about the medicine."""
    turns = reversed(range(len(conversation)))
    return next((turn for turn in turns if conversation[turn].answer.citations), None)


def _shown(citation: Citation) -> str:
    return shown_words(citation.quote.monograph.source, citation.passage)
