"""What the draft shows on the Ask tab, kept as a test of a suite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from evaluation.answers import DECISIONS
from evaluation.conversations import KINDS
from staff.change_kinds import Kind
from staff.errors import StaffError
from staff.suites import read_suites
from web.staff.fix import passage_choices
from web.staff.page_context import QUIET, PageContext, markup, readable
from web.staff.tables import said

__all__ = ["SaveTest"]


class SaveTest:
    """The controls that are filled with what was asked, and the event that proposes the test."""

    def __init__(self, context: PageContext, asked: Any) -> None:
        """`asked` is a gr.State of the turns on the screen (asked_tests.asked_turns)."""
        with gr.Accordion("Save what the draft shows as a test", open=False, elem_id="save-test"):
            markup(
                '<p class="quiet">Filled with what the draft has shown. Correct it to what is right. Messages before '
                "the last are kept as its context and not judged.</p>"
            )
            with gr.Row(equal_height=False):
                self.kind = gr.Dropdown(list(KINDS), label="Kind of the last message", elem_id="test-kind")
                self.decision = gr.Dropdown(list(DECISIONS), label="Expected decision", elem_id="test-decision")
                self.suite = gr.Dropdown([], label="Suite", elem_id="test-suite", allow_custom_value=True)
                must = gr.Checkbox(label="Must pass", elem_id="test-must")
            self.passages = gr.Dropdown(
                [], label="Expected passages, the best first", multiselect=True, elem_id="test-passages"
            )
            reason = gr.Textbox(label="Reason", elem_id="test-reason")
            button = gr.Button("Propose this test", elem_id="propose-test")
            answer = markup(elem_id="test-said")

        @readable
        def propose(
            turns: Sequence[Mapping[str, Any]], kind: str, decision: str, suite: str, must: bool,
            passages: list[str], reason: str, request: gr.Request,
        ) -> str:  # fmt: skip
            account = context.account(request)
            if not turns:
                raise StaffError("Ask first: what the draft shows is what is saved.")
            last = with_expectation(turns[-1], kind, decision, passages, must)
            content = {"name": (suite or "").strip(), "turns": [*turns[:-1], last]}
            change = context.bench.changes.propose(account, Kind.TEST, content, reason, context.bench.read())
            return said(f"Change {change.id} is pending: a test more in {content['name']}.")

        given = [asked, self.kind, self.decision, self.suite, must, self.passages, reason]
        self.proposing = button.click(propose, given, answer, **QUIET)

    @property
    def filled(self) -> list[Any]:
        return [self.kind, self.decision, self.suite, self.passages]

    @staticmethod
    def fill(context: PageContext, turns: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Updates for `filled`."""
        corpus = context.bench.read()
        last = turns[-1]
        named = dict.fromkeys([*corpus.documents, *(s.name for s in read_suites(context.bench.corpus / "suites"))])
        gold = [*last["gold"], *last["also"]]
        first = gold[0].partition(":")[0] if gold else next(iter(named))
        choices = passage_choices(corpus)
        known = {value for _, value in choices}
        return [
            last["kind"],
            last["decisions"][0],
            gr.update(choices=list(named), value=first),
            gr.update(choices=choices, value=[label for label in gold if label in known]),
        ]


def with_expectation(
    turn: Mapping[str, Any], kind: str, decision: str | None, passages: Sequence[str], must: bool
) -> dict[str, Any]:
    """A turn with what is right for it: the first passage is expected, the others may stand beside it."""
    made: dict[str, Any] = {
        "text": turn["text"], "kind": kind, "gold": list(passages[:1]), "also": list(passages[1:]),
        "decisions": [decision] if decision else [],
    }  # fmt: skip
    return {**made, "must_pass": True} if must else made
