"""Propose a change, try it, approve it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import gradio as gr

from assistant.notices import NoticeName
from retrieval.corpus import read_corpus
from staff.changes import Status
from staff.errors import StaffError
from staff.kinds import KEYS, Kind
from web.staff.desk import QUIET, Desk, readable, shown
from web.staff.tables import changes_markup, differences_markup

__all__ = ["fix_tab"]

_KINDS = (Kind.PHRASING, Kind.DETACH, Kind.GAP, Kind.EXAMPLE, Kind.GLOSSARY, Kind.NOTICE)
_WAITING = (Status.PENDING, Status.APPROVED)


def fix_tab(desk: Desk) -> None:
    corpus = read_corpus(desk.bench.corpus)
    passages = [
        (f"{p.section}: {' '.join(p.text.split())[:90]}", p.id)
        for d in corpus.documents.values()
        for p in d.passages.showable()
    ]
    documents = list(corpus.documents)

    @readable
    def propose(kind: str, reason: str, *values: Any) -> tuple[str, str]:
        *texts, request = values
        account = desk.account(request)
        given = dict(zip(fields, texts, strict=True)) | {"forms": [], "owner": account.name}
        given["effective"] = datetime.now(UTC).date().isoformat()
        content = {key: given[key] for key in KEYS[Kind(kind)]}
        if Kind(kind) == Kind.GAP and not content["document"]:
            raise StaffError("Say of which monograph, or 'any'.")
        corpus = read_corpus(desk.bench.corpus)
        change = desk.bench.changes.propose(account, Kind(kind), content, reason, corpus)
        return f"<p>Change {change.id} is pending. Try it.</p>", listing()

    @readable
    def attempt(number: float, request: gr.Request, progress: gr.Progress = gr.Progress()) -> tuple[str, str]:  # noqa: B008
        desk.account(request)
        trial, differences = desk.bench.trials.run(int(number), shown(progress, "Asking"))
        head = f"<p>{trial.questions} questions asked in draft {trial.draft}.</p>"
        return head + differences_markup(differences), listing()

    @readable
    def approve(number: float, request: gr.Request) -> tuple[str, str]:
        desk.bench.changes.approve(desk.account(request), int(number))
        desk.bench.changes.write_approved(desk.bench.corpus)
        return f"<p>Change {int(number)} is approved and written to the corpus.</p>", listing()

    @readable
    def reject(number: float, request: gr.Request) -> tuple[str, str]:
        desk.bench.changes.reject(desk.account(request), int(number))
        return f"<p>Change {int(number)} is rejected.</p>", listing()

    @readable
    def withdraw(number: float, request: gr.Request) -> tuple[str, str]:
        desk.bench.changes.withdraw(desk.account(request), int(number))
        return f"<p>Change {int(number)} is withdrawn.</p>", listing()

    @readable
    def look(request: gr.Request) -> str:
        desk.account(request)
        return listing()

    def listing() -> str:
        return changes_markup(desk.bench.changes.listed(*_WAITING))

    kind = gr.Radio([k.value for k in _KINDS], value=Kind.PHRASING.value, label="Kind of change", elem_id="kind")
    fields: dict[str, Any] = {
        "q": gr.Textbox(label="Question", elem_id="fix-q"),
        "passage": gr.Dropdown(passages, label="Passage", elem_id="fix-passage", allow_custom_value=True),
        "document": gr.Dropdown([*documents, "any"], label="Monograph", value=documents[0], visible=False),
        "topic": gr.Textbox(label="Topic", visible=False, elem_id="fix-topic"),
        "label": gr.Radio(["urgent", "crisis", "information"], label="What it is", visible=False),
        "subtype": gr.Textbox(label="Subtype", visible=False),
        "term": gr.Textbox(label="Term", visible=False),
        "explanation": gr.Textbox(label="Explanation", visible=False),
        "name": gr.Dropdown([n.value for n in NoticeName], label="Notice", visible=False),
        "text": gr.Textbox(label="New wording", lines=4, visible=False),
        "version": gr.Textbox(label="Version", visible=False),
        "review_by": gr.Textbox(label="Review by (year-month-day)", visible=False),
    }
    reason = gr.Textbox(label="Reason", elem_id="fix-reason")
    proposing = gr.Button("Propose", variant="primary", elem_id="propose")
    kind.change(
        lambda chosen: [gr.update(visible=name in KEYS[Kind(chosen)]) for name in fields],
        kind, list(fields.values()), show_progress="hidden", **QUIET,
    )  # fmt: skip
    waiting = gr.HTML(elem_id="changes")
    number = gr.Number(label="Number of the change", precision=0, elem_id="change-number")
    with gr.Row():
        buttons = [
            (gr.Button(label, elem_id=label.lower()), event)
            for label, event in (("Try", attempt), ("Approve", approve), ("Reject", reject), ("Withdraw", withdraw))
        ]
    said = gr.HTML(elem_id="fix-said")
    proposing.click(with_request(propose), [kind, reason, *fields.values()], [said, waiting], **QUIET)
    for button, event in buttons:
        button.click(event, number, [said, waiting], **QUIET)
    gr.Button("Show what waits", elem_id="show-changes").click(look, None, waiting, **QUIET)


def with_request(event: Any) -> Any:
    """An event of many values: Gradio finds its request by an annotation, which *values cannot carry."""

    def run(
        kind: str, reason: str, q: str, passage: str, document: str, topic: str, label: str, subtype: str, term: str,
        explanation: str, name: str, text: str, version: str, review_by: str, request: gr.Request,
    ) -> Any:  # fmt: skip
        values = (q, passage, document, topic, label, subtype, term, explanation, name, text, version, review_by)
        return event(kind, reason, *values, request)

    return run
