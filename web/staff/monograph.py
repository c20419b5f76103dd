"""A new version of a monograph: converted beside its original, compared, re-attached, proposed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import gradio as gr

from assistant.instructions import read_instructions
from retrieval.convert import SUFFIXES
from retrieval.corpus import read_corpus
from retrieval.passages import Passage
from staff.another_medicine import another_medicine
from staff.errors import StaffError
from staff.kinds import Kind
from staff.suites import read_suites
from staff.updates import Dangling, Update, update_of
from web.staff.desk import QUIET, Desk, markup, readable
from web.staff.originals import EMPTY, Original, read_original
from web.staff.tables import Markup, differing, mark, said, table

__all__ = ["monograph_tab"]

_COLUMNS = ["what", "passage that is gone", "question", "goes to", "its words", "or"]
_WIDTHS = ["8%", "17%", "21%", "17%", "20%", "17%"]
_WHAT = ("phrasing", "instruction", "suites")
_KINDS = {"added": "good", "removed": "bad"}


def monograph_tab(desk: Desk, opened: Sequence[Any]) -> Any:
    """`opened` are the events with which it comes into view. Returns the event of proposing."""
    corpus = read_corpus(desk.bench.corpus)
    documents = list(corpus.documents)

    @readable
    def read(file: str | None, request: gr.Request) -> tuple[str, str, str, Original]:
        desk.account(request)
        kept = read_original(file)
        return kept.converted.markdown, kept.markup, kept.told, kept

    def compared(document: str, text: str) -> Update:
        corpus = read_corpus(desk.bench.corpus)
        instructions = read_instructions(desk.bench.corpus / "instructions", corpus.passages)
        suites = read_suites(desk.bench.corpus / "suites")
        return update_of(corpus.documents[document], text, desk.bench.drafts.encoder, suites, instructions)

    @readable
    def compare(document: str, text: str, kept: Original | None, request: gr.Request) -> tuple[str, Any]:
        desk.account(request)
        update = compared(document, text)
        rows = dangling_rows(update)
        warning = another_medicine(document, text, read_corpus(desk.bench.corpus))
        differs = said(warning, bad=True) if warning else ""
        differs += differing(kept.converted.against(text)) if kept else ""
        return differs + update_markup(update), gr.update(value=rows, visible=bool(rows))

    @readable
    def propose(
        document: str, text: str, rows: list[list[str]], version: str, effective: str, review_by: str, reason: str,
        same: str, kept: Original | None, request: gr.Request,
    ) -> str:  # fmt: skip
        account = desk.account(request)
        update = compared(document, text)
        content: dict[str, Any] = {
            "document": document, "text": text, "version": version.strip(), "effective": effective.strip(),
            "review_by": review_by.strip(), **moves(update, rows),
        }  # fmt: skip
        if same.strip():
            content["same_medicine"] = same.strip()
        if kept:
            content["original"] = kept.as_content(text)
        change = desk.bench.changes.propose(account, Kind.MONOGRAPH, content, reason, read_corpus(desk.bench.corpus))
        return said(f"Change {change.id} is pending, under Fix.")

    def medicines(request: gr.Request) -> Any:
        desk.account(request)
        return gr.update(choices=list(read_corpus(desk.bench.corpus).documents))

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
        headers=_COLUMNS, datatype="str", type="array", interactive=True, wrap=True, visible=False, elem_id="dangling",
        static_columns=[0, 1, 2, 4, 5], column_widths=_WIDTHS, buttons=[],
        label="What dangles; change 'goes to' where you know better, empty it to drop",
    )  # fmt: skip
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
    comparing.click(compare, [document, text, kept], [differences, rows], **QUIET)
    given = [document, text, rows, version, effective, review_by, reason, same, kept]
    return proposing.click(propose, given, answer, **QUIET)


def update_markup(update: Update) -> str:
    """What a new version touches: passages, questions of suites, gaps that may be answered now."""
    passages = [
        [Markup(mark(c.fate, _KINDS.get(c.fate, ""))), _words(c.before), _words(c.after)] for c in update.changes
    ]
    asked = [[f"{suite}/{question.key}", question.text] for suite, question in update.questions]
    gaps = [[gap.question, gap.topic, _words(passage)] for gap, passage in update.gaps]
    return (
        table("Passages", ["", "in use", "new"], passages)
        + table("Questions of suites that expect a passage that is gone", ["suite, id", "question"], asked)
        + table("Marked as not covered, and may be answered now", ["question", "topic", "by"], gaps)
    )


def dangling_rows(update: Update) -> list[list[str]]:
    """What dangles, each with the best place for it; the columns are _COLUMNS."""
    parts = zip(_WHAT, (update.phrasings, update.instructions, update.expected), strict=True)
    return [_row(what, dangling) for what, part in parts for dangling in part]


def moves(update: Update, rows: Sequence[Sequence[str]]) -> dict[str, list[dict[str, str]]]:
    """Where everything goes, as the table says. Raises StaffError if the table is of another text."""
    to = {(row[0], row[1], row[2]): str(row[3] or "").strip() for row in rows}
    if set(to) - {("", "", "")} != {tuple(row[:3]) for row in dangling_rows(update)}:
        raise StaffError("The text was changed since it was compared. Compare it again.")
    phrasing, instruction, suites = _WHAT
    return {
        "reattach": [
            {"passage": d.passage, "q": d.question, "to": to[phrasing, d.passage, d.question]} for d in update.phrasings
        ],
        "instructions": [{"passage": d.passage, "to": to[instruction, d.passage, ""]} for d in update.instructions],
        "suites": [{"passage": d.passage, "to": to[suites, d.passage, ""]} for d in update.expected],
    }


def _row(what: str, dangling: Dangling) -> list[str]:
    places = [suggestion.passage for suggestion in dangling.suggestions]
    best, words = (places[0].id, _words(places[0])) if places else ("", "")
    return [what, dangling.passage, dangling.question, best, words, "; ".join(place.id for place in places[1:])]


def _words(passage: Passage | None) -> str:
    return "" if passage is None else " ".join(passage.text.split())[:160]
