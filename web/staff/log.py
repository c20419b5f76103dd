"""The log of all that staff did, checked and shown; and an answer again from its record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import gradio as gr

from staff.errors import StaffError
from staff.releases import release_anchors
from staff.replay import corpus_of, replayed
from web.layout import escaped
from web.staff.page_context import QUIET, PageContext, markup, readable
from web.staff.tables import Markup, said, table

__all__ = ["log_tab"]

_SHOWN = 50


def log_tab(context: PageContext) -> None:
    bench = context.bench

    @readable
    def verify(request: gr.Request) -> tuple[str, str]:
        context.account(request)
        head = bench.state.verify_audit(*release_anchors(bench.state.folder))
        records = bench.state.audit_records()[-_SHOWN:]
        rows = [
            [
                r.n,
                _whole(r.at.replace("T", " ")[:16]),
                r.who,
                _whole(r.action),
                _id(r.subject),
                _id(_details(r.details)),
            ]
            for r in reversed(records)
        ]
        shown = table(f"The last {len(rows)} records", ["", "when (UTC)", "who", "what", "of", "details"], rows)
        return said(f"The log is sound: {head.n} records. Note its head elsewhere: {head}"), shown

    @readable
    def replay(line: str, request: gr.Request) -> str:
        context.account(request)
        try:
            record = json.loads(line)
        except ValueError as error:
            raise StaffError(f"The record is no line of JSON ({error}).") from error
        corpus, source = corpus_of(record, bench.releases, bench.corpus)
        quotes = [
            [q.monograph.title, q.monograph.version, f"{q.start}–{q.end}", q.text] for q in replayed(record, corpus)
        ]
        head = f"<p>Decision {escaped(str(record['decision']))}, from {escaped(source)}.</p>"
        return head + table("What was shown", ["monograph", "version", "place", "text"], quotes)

    markup(
        '<p class="quiet">Each record is bound to the one before by a hash. An edit, a deletion or a reordering is '
        "found and named.</p>"
    )
    button = gr.Button("Verify the log", elem_id="verify")
    button.click(verify, None, [markup(elem_id="log-said"), markup(elem_id="log")], **QUIET)
    with gr.Accordion("Replay an answer from its record", open=False, elem_id="replaying"):
        line = gr.Textbox(label="Its line of the service's log (event 'answered')", lines=2, elem_id="record")
        again = gr.Button("Replay", elem_id="replay")
        again.click(replay, line, markup(elem_id="replayed"), **QUIET)


def _whole(text: str) -> Markup:
    """On one line."""
    return Markup(f'<span class="whole">{escaped(text)}</span>')


def _id(text: str) -> Markup:
    return Markup(f'<span class="id">{escaped(text)}</span>')


def _details(text: str) -> str:
    """Key by key: the log itself has them as JSON."""
    return ", ".join(f"{key} {value}" for key, value in _flat(json.loads(text)))


def _flat(details: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in details.items():
        yield from _flat(value) if isinstance(value, dict) else [(key, "none" if value is None else value)]
