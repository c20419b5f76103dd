"""A new version of a monograph: converted beside its original, compared, re-attached, proposed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import gradio as gr

from assistant.instructions import read_instructions
from retrieval.convert import SUFFIXES
from retrieval.encoder import Progress
from staff.another_medicine import another_medicine
from staff.change_kinds import Kind
from staff.drafts import corpus_sha256
from staff.jobs import Job, ToldEncoder, doing
from staff.suites import read_suites
from staff.updates import Update, update_of
from web.staff.moves import COLUMNS, NOT_COVERED, PROPOSED, WIDTHS, dangling_rows, moves, update_markup
from web.staff.originals import EMPTY, Original, read_original
from web.staff.page_context import QUIET, PageContext, markup, readable
from web.staff.running import Follower, awaited
from web.staff.tables import differing, said

__all__ = ["monograph_tab"]

_COMPARING = "compare"


def monograph_tab(context: PageContext, opened: Sequence[Any]) -> Any:
    """`opened` are the events with which it comes into view. Returns the event of proposing."""
    corpus = context.bench.read()
    documents = list(corpus.documents)

    @readable
    def read(file: str | None, request: gr.Request) -> tuple[str, str, str, Original]:
        context.account(request)
        kept = read_original(file)
        return kept.converted.markdown, kept.markup, kept.told, kept

    def comparing_of(document: str, text: str) -> Job:
        """The comparison of this text with the corpus as it is; one that was made is not made again."""
        key = "\0".join([document, text, corpus_sha256(context.bench.corpus)])
        about = hashlib.sha256(key.encode()).hexdigest()
        job = context.bench.jobs.latest(_COMPARING)
        if job is not None and job.about == about and job.error is None:
            return job
        return context.bench.jobs.start(
            _COMPARING, about, "Comparing the version", lambda progress: compared(document, text, progress)
        )

    def compared(document: str, text: str, progress: Progress) -> Update:
        corpus = context.bench.read()
        instructions = read_instructions(context.bench.corpus / "instructions", corpus.passages)
        suites = read_suites(context.bench.corpus / "suites")
        doing(progress, "its passages, phrasings and known gaps")
        encoder = ToldEncoder(context.bench.drafts.cached, progress)
        return update_of(corpus, document, text, encoder, suites, instructions)

    @readable
    def compare(document: str, text: str, kept: Original | None, request: gr.Request) -> Iterator[tuple[str, Any]]:
        context.account(request)
        update = yield from awaited(comparing_of(document, text), lambda bar: (bar, gr.skip()))
        rows = dangling_rows(update)
        warning = another_medicine(document, text, context.bench.read())
        differs = said(warning, bad=True) if warning else ""
        differs += differing(kept.converted.against(text)) if kept else ""
        yield differs + update_markup(update), gr.update(value=rows, visible=bool(rows))

    @readable
    def propose(
        document: str, text: str, rows: list[list[str]], version: str, effective: str, review_by: str, reason: str,
        same: str, follow: bool, kept: Original | None, request: gr.Request,
    ) -> str:  # fmt: skip
        account = context.account(request)
        job = comparing_of(document, text)
        job.wait()
        if job.error is not None:
            raise job.error
        update: Update = job.result
        content: dict[str, Any] = {
            "document": document, "text": text, "version": version.strip(), "effective": effective.strip(),
            "review_by": review_by.strip(), **moves(update, rows, follow),
        }  # fmt: skip
        if same.strip():
            content["same_medicine"] = same.strip()
        if kept:
            content["original"] = kept.as_content(text)
        change = context.bench.changes.propose(account, Kind.MONOGRAPH, content, reason, context.bench.read())
        return said(f"Change {change.id} is pending, under Fix.")

    def medicines(request: gr.Request) -> Any:
        context.account(request)
        return gr.update(choices=list(context.bench.read().documents))

    kept = gr.State(None)
    with gr.Row(equal_height=False):
        file = gr.File(label=f"New version: {', '.join(SUFFIXES)}", file_types=list(SUFFIXES), type="filepath",
                       elem_id="monograph-file", height=120)  # fmt: skip
        document = gr.Dropdown(documents, value=documents[0], label="Of the monograph", elem_id="monograph")
    remarks = markup(elem_id="remarks")
    with gr.Row(equal_height=False):
        original = markup(EMPTY, elem_id="original")
        text = gr.Textbox(
            label="As Markdown: mend it here until it says the same", lines=24, max_lines=24, elem_id="markdown"
        )
    comparing = gr.Button("Compare with the version in use", elem_id="compare")
    differences = markup(elem_id="update")
    rows = gr.Dataframe(
        headers=COLUMNS, datatype="str", type="array", interactive=True, wrap=True, visible=False, elem_id="dangling",
        static_columns=[0, 1, 2, 3, 5, 6], column_widths=WIDTHS, buttons=[],
        label=f"What dangles: 'goes to' takes a passage, '{PROPOSED}', '{NOT_COVERED}', or nothing to drop it",
    )  # fmt: skip
    follow = gr.Checkbox(
        False, label="Labels of suites go along with passages that were only changed", elem_id="labels-follow"
    )
    with gr.Row(equal_height=False):
        version = gr.Textbox(label="Version", elem_id="new-version")
        effective = gr.Textbox(date.today().isoformat(), label="Effective (year-month-day)", elem_id="new-effective")
        review_by = gr.Textbox(label="Review by (year-month-day)", elem_id="new-review")
        reason = gr.Textbox(label="Reason", elem_id="new-reason")
    same = gr.Textbox(label="If it seems to be of another medicine: why it is the same", elem_id="new-same")
    proposing = gr.Button("Propose this version", variant="primary", elem_id="propose-monograph")
    answer = markup(elem_id="monograph-said")
    gr.on(opened, medicines, None, document, show_progress="hidden", **QUIET)
    # A file that is dropped in while another is read is the one that is meant.
    file.upload(read, file, [text, original, remarks, kept], trigger_mode="always_last", **QUIET)
    Follower([differences, rows]).on(comparing.click, compare, [document, text, kept])
    given = [document, text, rows, version, effective, review_by, reason, same, follow, kept]
    return proposing.click(propose, given, answer, **QUIET)
