"""A new version of a monograph: converted beside its original, compared, re-attached, proposed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.instructions import read_instructions
from retrieval.convert import SUFFIXES, Converted, convert
from retrieval.corpus import read_corpus
from staff.drafts import corpus_sha256
from staff.errors import StaffError
from staff.jobs import Job
from staff.kinds import Kind
from staff.suites import read_suites
from staff.updates import Update, update_of
from web.layout import escaped
from web.staff.desk import QUIET, Desk, markup, readable
from web.staff.moves import COLUMNS, NOT_COVERED, PROPOSED, WIDTHS, dangling_rows, moves, update_markup
from web.staff.running import awaited
from web.staff.tables import differing, said

__all__ = ["monograph_tab"]

_ORIGINAL = (
    '<h3>The original’s words</h3><p class="quiet">They come here, beside what the converter made of them. A converter '
    "guesses: read the two side by side.</p>"
)


_COMPARING = "compare"


@dataclass(frozen=True)
class Original:
    """The file that was dropped in last: kept on the server, so that what is proposed is compared with it."""

    name: str
    sha256: str
    converted: Converted

    def as_content(self, text: str) -> dict[str, Any]:
        """What a change says of it: where the text differs in numbers, an approver must give a reason."""
        differences = [str(d) for d in self.converted.against(text) if d.is_of_numbers]
        return {"name": self.name, "sha256": self.sha256, "differences": differences}


def monograph_tab(desk: Desk) -> Any:
    """Returns the event of proposing."""
    corpus = read_corpus(desk.bench.corpus)
    documents = list(corpus.documents)

    @readable
    def read(file: str | None, request: gr.Request) -> tuple[str, str, str, Original]:
        desk.account(request)
        if not file:
            raise StaffError("Choose a file first.")
        data = Path(file).read_bytes()
        converted = convert(Path(file).name, data)
        remarks = "".join(f"<li>{escaped(remark)}</li>" for remark in converted.remarks)
        told = f"<h3>To check</h3><ul>{remarks}</ul>" if remarks else ""
        original = (
            f'<h3>The original’s words</h3><div class="original" tabindex="0">{escaped(converted.original)}</div>'
        )
        kept = Original(Path(file).name, hashlib.sha256(data).hexdigest(), converted)
        return converted.markdown, original, told + differing(converted.differences), kept

    def comparing_of(document: str, text: str) -> Job:
        """The comparison of this text with the corpus as it is; one that was made is not made again."""
        key = "\0".join([document, text, corpus_sha256(desk.bench.corpus)])
        about = hashlib.sha256(key.encode()).hexdigest()
        job = desk.bench.jobs.latest(_COMPARING)
        if job is not None and job.about == about and job.error is None:
            return job
        return desk.bench.jobs.start(_COMPARING, about, "Comparing the version", lambda _: compared(document, text))

    def compared(document: str, text: str) -> Update:
        corpus = read_corpus(desk.bench.corpus)
        instructions = read_instructions(desk.bench.corpus / "instructions", corpus.passages)
        suites = read_suites(desk.bench.corpus / "suites")
        return update_of(corpus, document, text, desk.bench.drafts.remembering, suites, instructions)

    @readable
    def compare(document: str, text: str, kept: Original | None, request: gr.Request) -> Iterator[tuple[str, Any]]:
        desk.account(request)
        update = yield from awaited(comparing_of(document, text), lambda bar: (bar, gr.skip()))
        rows = dangling_rows(update)
        differs = differing(kept.converted.against(text)) if kept else ""
        yield differs + update_markup(update), gr.update(value=rows, visible=bool(rows))

    @readable
    def propose(
        document: str, text: str, rows: list[list[str]], version: str, effective: str, review_by: str, reason: str,
        follow: bool, kept: Original | None, request: gr.Request,
    ) -> str:  # fmt: skip
        account = desk.account(request)
        job = comparing_of(document, text)
        job.wait()
        if job.error is not None:
            raise job.error
        update: Update = job.result
        content: dict[str, Any] = {
            "document": document, "text": text, "version": version.strip(), "effective": effective.strip(),
            "review_by": review_by.strip(), **moves(update, rows, follow),
        }  # fmt: skip
        if kept:
            content["original"] = kept.as_content(text)
        change = desk.bench.changes.propose(account, Kind.MONOGRAPH, content, reason, read_corpus(desk.bench.corpus))
        return said(f"Change {change.id} is pending, under Fix.")

    kept = gr.State(None)
    with gr.Row(equal_height=False):
        file = gr.File(label=f"New version: {', '.join(SUFFIXES)}", file_types=list(SUFFIXES), type="filepath",
                       elem_id="monograph-file", height=120)  # fmt: skip
        document = gr.Dropdown(documents, value=documents[0], label="Of the monograph", elem_id="monograph")
    remarks = markup(elem_id="remarks")
    with gr.Row(equal_height=False):
        original = markup(_ORIGINAL, elem_id="original")
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
    proposing = gr.Button("Propose this version", variant="primary", elem_id="propose-monograph")
    answer = markup(elem_id="monograph-said")
    # A file that is dropped in while another is read is the one that is meant.
    file.upload(read, file, [text, original, remarks, kept], trigger_mode="always_last", **QUIET)
    comparing.click(compare, [document, text, kept], [differences, rows], **QUIET)
    given = [document, text, rows, version, effective, review_by, reason, follow, kept]
    return proposing.click(propose, given, answer, **QUIET)
