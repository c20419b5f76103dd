"""One visitor's conversation as the page keeps it, on the server."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from assistant.answer import Answer, Conversation, Turn
from web.conversations import MAX_TURNS, continued
from web.feedback import Feedback

__all__ = ["END", "Talk", "Visit"]

END = "<div></div>"
"""The block that the conversation's markup always ends with: see Talk.markup."""


@dataclass(frozen=True, slots=True)
class Talk:
    """The turns, and their markup."""

    conversation: Conversation = ()
    shown: tuple[str, ...] = ()
    turns: int = 0
    """How many turns there were, with those that are forgotten."""
    told: frozenset[int] = frozenset()
    """Turns that the patient has said yes or no to."""
    given: frozenset[int] = frozenset()
    """Turns whose question the patient has chosen to share."""

    def answered(self, text: str, answer: Answer, question: str, markup: str) -> Talk:
        """With one more turn."""
        conversation = continued(self.conversation, text, answer)
        return replace(self._with(question, markup), conversation=conversation, turns=self.turns + 1)

    def failed(self, question: str, markup: str) -> Talk:
        """With a question that was not answered: it is shown, and no part of the conversation."""
        return self._with(question, markup)

    def feedback(self, message: str) -> tuple[Feedback | None, Talk]:
        """What a message such as '3 yes' says of the turn it names; None if it says nothing, or nothing new."""
        number, turn, word = self._named(message)
        if turn is None or word not in ("yes", "no") or number in self.told:
            return None, self
        return Feedback.on(turn.answer, word == "yes"), replace(self, told=self.told | {number})

    def shared(self, message: str) -> tuple[Turn | None, Talk]:
        """The turn whose question a message such as '3 share' shares; None if it shares none, or one again."""
        number, turn, word = self._named(message)
        if turn is None or word != "share" or number in self.given:
            return None, self
        return turn, replace(self, given=self.given | {number})

    def markup(self, *more: str) -> str:
        """Blocks apart by an empty line: Gradio then leaves those alone that it shows already.

        The last one is always the same. Without it the last answer would be drawn anew when a question
        follows it: folded passages would close, and a screen reader would hear it twice.
        """
        return "\n\n".join([*self.shown, *more, END])

    def _named(self, message: str) -> tuple[int, Turn | None, str]:
        """Number, turn and word of a message such as '3 yes'; no turn if it names none that is remembered."""
        number, _, word = message.partition(" ")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            return -1, None, word
        place = int(number) - self.turns + len(self.conversation)
        return int(number), self.conversation[place] if 0 <= place < len(self.conversation) else None, word

    def _with(self, question: str, markup: str) -> Talk:
        return replace(self, shown=(*self.shown, question, markup)[-2 * MAX_TURNS :])


@dataclass
class Visit:
    """What the events of one visitor share. They run at the same time, so each changes what is there when it ends.

    Only the event loop's own thread may use it: between reading `talk` and setting it nothing else runs.
    """

    talk: Talk = field(default_factory=Talk)
    begun: int = 0
    """How often the visitor has started over."""
    document: str | None = None
    """Id of the monograph that the page was opened for, in a library."""

    def start_over(self) -> None:
        """Forget the conversation. What is being looked up for it is not shown any more."""
        self.talk, self.begun = Talk(), self.begun + 1
