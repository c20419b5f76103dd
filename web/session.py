"""One visitor's conversation as the page keeps it, on the server."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.answer import Answer, Conversation, Turn
from web.conversations import MAX_TURNS, continued
from web.feedback import Feedback
from web.render import render_pending

__all__ = ["SECONDS_TO_UNDO", "TWICE", "LookedUp", "Session", "Visit"]

TWICE = 1.0
"""Seconds in which the same question is a second tap, not a second question."""

SECONDS_TO_UNDO = 15.0
"""After a start over; the page offers it for ten, and a network takes its time."""

_LONGEST_LOOK = 20.0
"""Seconds after which a page that waits is told that all is as it was, before a proxy takes the request for dead."""


@dataclass(frozen=True, slots=True)
class Session:
    """The turns, and their markup."""

    conversation: Conversation = ()
    shown: tuple[str, ...] = ()
    turns: int = 0
    """How many turns there were, with those that are forgotten."""
    told: frozenset[int] = frozenset()
    """Turns that the patient has said yes or no to."""
    given: frozenset[int] = frozenset()
    """Turns whose question the patient has chosen to share."""

    def answered(self, text: str, answer: Answer, question: str, markup: str) -> Session:
        """With one more turn."""
        conversation = continued(self.conversation, text, answer)
        return replace(self._with(question, markup), conversation=conversation, turns=self.turns + 1)

    def failed(self, question: str, markup: str) -> Session:
        """With a question that was not answered: it is shown, and no part of the conversation."""
        return self._with(question, markup)

    def feedback(self, message: str) -> tuple[Feedback | None, Session]:
        """What a message such as '3 yes' says of the turn it names; None if it says nothing, or nothing new."""
        number, turn, word = self._named(message)
        if turn is None or word not in ("yes", "no") or number in self.told:
            return None, self
        return Feedback.on(turn.answer, word == "yes"), replace(self, told=self.told | {number})

    def shared(self, message: str) -> tuple[Turn | None, Session]:
        """The turn whose question a message such as '3 share' shares; None if it shares none, or one again."""
        number, turn, word = self._named(message)
        if turn is None or word != "share" or number in self.given:
            return None, self
        return turn, replace(self, given=self.given | {number})

    def _named(self, message: str) -> tuple[int, Turn | None, str]:
        """Number, turn and word of a message such as '3 yes'; no turn if it names none that is remembered."""
        number, _, word = message.partition(" ")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            return -1, None, word
        place = int(number) - self.turns + len(self.conversation)
        return int(number), self.conversation[place] if 0 <= place < len(self.conversation) else None, word

    def _with(self, question: str, markup: str) -> Session:
        return replace(self, shown=(*self.shown, question, markup)[-2 * MAX_TURNS :])


@dataclass(eq=False)
class LookedUp:
    """A question that is being looked up: its markup, and how many are before it."""

    question: str
    ahead: int | None = None
    """None until somebody asks: most questions are answered by then."""
    task: asyncio.Task[None] | None = None
    """Held here, or nothing would hold it."""


@dataclass
class Visit:
    """What the events of one visitor share. They run at the same time, so each changes what is there when it ends.

    Only the event loop's own thread may use it: between reading `session` and setting it nothing else runs.
    """

    session: Session = field(default_factory=Session)
    begun: int = 0
    """How often the visitor has started over."""
    document: str | None = None
    """Id of the monograph that the page was opened for, in a library."""
    key: str = ""
    """By which the page finds it again after a reload; given at the first question."""
    events: int = 0
    """How many were ended: it is in the markup, so that the page sees each of them."""
    before: Session | None = None
    """The conversation before the last start over, as long as that can be undone."""
    asked: tuple[object, float] | None = None
    """What was asked last, and when."""
    looked_up: list[LookedUp] = field(default_factory=list, compare=False)
    """What is being looked up, in the order in which it was asked."""
    changed: asyncio.Event = field(default_factory=asyncio.Event, compare=False)
    """Set when there is something that no event has told the page."""

    def begin(self, looked_up: LookedUp, work: Coroutine[Any, Any, None]) -> None:
        """Have a question looked up; `work` ends with `end`."""
        if not self.looked_up:
            self.changed.clear()
        self.looked_up.append(looked_up)
        looked_up.task = asyncio.create_task(work)

    def wait_on(self, looked_up: LookedUp, ahead: int) -> None:
        """So many are before a question."""
        looked_up.ahead = ahead
        self.changed.set()

    def end(self, looked_up: LookedUp, session: Session) -> None:
        """A question has its answer, and the conversation is `session`; nothing of it after a start over."""
        if looked_up in self.looked_up:
            self.looked_up.remove(looked_up)
            self.session = session
            self.changed.set()

    async def changes(self) -> None:
        """Wait until there is something to tell, as long as something is looked up."""
        if self.looked_up:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), _LONGEST_LOOK)
        self.changed.clear()

    def start_over(self) -> None:
        """Forget the conversation, all but for the time to undo it. What is being looked up is not shown any more."""
        self.session, self.before, self.begun = Session(), self.session, self.begun + 1
        self.asked = None
        self.looked_up.clear()
        self.changed.set()

    def undo(self) -> None:
        """Take the last start over back, if that can be done still and nothing was asked since."""
        if self.before and not self.session.shown:
            self.session = self.before
        self.before = None

    def is_again(self, question: object, now: float) -> bool:
        """Whether a question is the one before once more, from a second tap; if not, it is remembered as the last."""
        if self.asked and self.asked[0] == question and now - self.asked[1] < TWICE:
            return True
        self.asked = (question, now)
        return False

    def markup(self) -> str:
        """Blocks apart by an empty line: Gradio then leaves those alone that it shows already.

        The last one has nothing to show. Without it the last answer would be drawn anew when a question
        follows it: folded passages would close, and a screen reader would hear it twice.
        """
        end = f'<div data-visit="{self.key}" data-events="{self.events}"></div>'
        waiting = [part for one in self.looked_up for part in (one.question, render_pending(one.ahead or 0))]
        return "\n\n".join([*self.session.shown, *waiting, end])
