"""A medicine more: its leaflet beside the original, its front matter as a form, its suite, proposed as one change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import gradio as gr

from retrieval.convert import SUFFIXES
from retrieval.corpus import Corpus
from retrieval.library import identifier_of
from retrieval.monograph import DISCLAIMER
from retrieval.passages import Level, cut
from staff.change_kinds import Kind
from staff.medicines import FIELDS, draft_document, medicine_problems, suite_of, with_document
from staff.proposed_headings import marked, proposed_headings
from staff.unanswered import Unanswered
from web.staff.originals import EMPTY, Original, read_original
from web.staff.page_context import QUIET, PageContext, markup, readable
from web.staff.running import Follower, awaited
from web.staff.suggesting import suggesting_job
from web.staff.tables import differing, said, table

__all__ = ["medicine_tab", "own_name"]

_LABELS = {
    "document": "Id: small letters, digits, hyphens", "title": "Title", "generic_name": "Generic name",
    "aliases": "Other names, commas between", "version": "Version", "effective": "Effective (year-month-day)",
    "review_by": "Review by (year-month-day)", "owner": "Owner", "source": "Source", "licence": "Licence",
    "text": "Its text", "suite": "Its suite",
}  # fmt: skip
_HEADS = ["question, as patients ask it", "passage that answers", "its words", "must pass"]
_WIDTHS = ["34%", "20%", "38%", "8%"]
_NAME = 3
"""Words of a name at most."""


def medicine_tab(context: PageContext) -> Any:
    """Returns the event that proposes."""
    unanswered = Unanswered(context.bench.state)
    kept = gr.State(None)
    file = gr.File(
        label=f"Its leaflet: {', '.join(SUFFIXES)}", file_types=list(SUFFIXES), type="filepath",
        elem_id="medicine-file", height=120,
    )  # fmt: skip
    remarks = markup(elem_id="medicine-remarks")
    with gr.Row(equal_height=False):
        original = markup(EMPTY, elem_id="medicine-original")
        text = gr.Textbox(
            label="As Markdown: mend it here until it says the same", lines=24, max_lines=24, elem_id="medicine-text"
        )
    headings = gr.CheckboxGroup(
        [], label="Lone short lines: tick those that are sub-headings", elem_id="medicine-headings", visible=False
    )
    marking = gr.Button("Mark these as sub-headings", elem_id="mark-headings", visible=False)
    fields: dict[str, Any] = {}
    for names in (FIELDS[:4], FIELDS[4:7], FIELDS[7:]):
        with gr.Row(equal_height=False):
            fields |= {name: gr.Textbox(label=_LABELS[name], elem_id=f"medicine-{name}") for name in names}
    with gr.Row(equal_height=False):
        checking = gr.Button("Check, and list its passages", elem_id="check-medicine")
        suggesting = gr.Button("Suggest questions", elem_id="suggest-questions")
    found = markup(elem_id="medicine-found")
    rows = gr.Dataframe(
        headers=_HEADS, datatype=["str", "str", "str", "bool"], type="array", interactive=True, wrap=True,
        visible=False, elem_id="medicine-suite", static_columns=[1, 2], column_widths=_WIDTHS, buttons=[],
        max_height=420, label="Its suite: write questions beside the passages that answer them; the others stay empty",
    )  # fmt: skip
    reason = gr.Textbox(label="Reason", elem_id="medicine-reason")
    proposing = gr.Button("Propose this medicine", variant="primary", elem_id="propose-medicine")
    answer = markup(elem_id="medicine-said")
    given = {kept, text, rows, reason, *fields.values()}

    def content_of(inputs: Mapping[Any, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {name: str(inputs[box] or "").strip() for name, box in fields.items()}
        values["aliases"] = [name.strip() for name in values["aliases"].split(",") if name.strip()]
        made = {**values, "text": inputs[text], "suite": suite_of(inputs[rows])}
        source: Original | None = inputs[kept]
        return {**made, "original": source.as_content(inputs[text])} if source else made

    @readable
    def read(path: str | None, request: gr.Request) -> tuple[Any, ...]:
        account = context.account(request)
        source = read_original(path)
        draft = source.converted.markdown
        name = own_name(draft) or source.name.rpartition(".")[0]
        known = {"document": identifier_of(name), "title": name, "owner": account.name, "source": source.name}
        filled = [known.get(name, gr.skip()) for name in FIELDS]
        return source, draft, source.markup, source.told, *_proposed(draft), *filled

    @readable
    def mark(draft: str, lines: list[int], request: gr.Request) -> tuple[Any, ...]:
        context.account(request)
        after = marked(draft, set(map(int, lines)))
        return after, *_proposed(after)

    @readable
    def check(inputs: dict[Any, Any], request: gr.Request) -> tuple[str, Any]:
        context.account(request)
        content, source = content_of(inputs), inputs[kept]
        differs = differing(source.converted.against(inputs[text])) if source else ""
        fresh = suite_rows(content["document"], inputs[text], inputs[rows])
        return _wrong(content, context.bench.read()) + differs, gr.update(value=fresh, visible=bool(fresh))

    @readable
    def suggest(inputs: dict[Any, Any], request: gr.Request) -> Iterator[tuple[Any, Any]]:
        """Where no question stands yet: the best of what patients have shared and other medicines are asked."""
        context.account(request)
        content, corpus = content_of(inputs), context.bench.read()
        fresh = suite_rows(content["document"], inputs[text], inputs[rows])
        corpus = with_document(corpus, draft_document(content))
        job = suggesting_job(context.bench, corpus, content["document"], [row[1] for row in fresh], unanswered)
        best: dict[str, str] = {}
        for one in (yield from awaited(job, lambda bar: (bar, gr.skip()))):
            best.setdefault(one.passage, one.wording.text)
        value = [[row[0] or best.get(row[1], ""), *row[1:]] for row in fresh]
        yield "", gr.update(value=value, visible=bool(fresh))

    @readable
    def propose(inputs: dict[Any, Any], request: gr.Request) -> str:
        account = context.account(request)
        content = content_of(inputs)
        corpus = context.bench.read()
        change = context.bench.changes.propose(account, Kind.MEDICINE, content, inputs[reason], corpus)
        return said(f"Change {change.id} is pending: {content['title']}, {content['suite'].count(chr(10))} questions.")

    shown = [headings, marking]
    file.upload(
        read, file, [kept, text, original, remarks, *shown, *fields.values()], trigger_mode="always_last", **QUIET
    )
    marking.click(mark, [text, headings], [text, *shown], **QUIET)
    checking.click(check, given, [found, rows], **QUIET)
    Follower([found, rows]).on(suggesting.click, suggest, given)
    return proposing.click(propose, given, answer, **QUIET)


def suite_rows(document: str, text: str, before: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """A row for each passage that a question may be about; what was written beside the same words stays."""
    written = {str(row[2]): (str(row[0] or ""), row[3] is True) for row in before if len(row) == len(_HEADS)}
    passages = cut(document or "medicine", text)
    blocks = {p.id for p in passages.level(Level.BLOCK)}
    found = []
    for passage in passages.showable():
        if passage.id in blocks and passage.section != DISCLAIMER:
            words = " ".join(passage.text.split())[:200]
            question, must = written.get(words, ("", False))
            found.append([question, passage.id, words, must])
    return found


def own_name(text: str) -> str:
    """What the leaflet calls itself: its only heading of the first level, where that is no sentence."""
    headings = [line.removeprefix("# ").strip() for line in text.splitlines() if line.startswith("# ")]
    return headings[0] if len(headings) == 1 and len(headings[0].split()) <= _NAME else ""


def _proposed(text: str) -> tuple[Any, Any]:
    lines = proposed_headings(text)
    choices = [(heading.text, heading.line) for heading in lines]
    group = gr.update(choices=choices, value=[line for _, line in choices], visible=bool(lines))
    return group, gr.update(visible=bool(lines))


def _wrong(content: Mapping[str, Any], corpus: Corpus) -> str:
    problems = medicine_problems(content, corpus)
    if not problems:
        return said("Nothing is wrong. It can be proposed.")
    rows = [[_LABELS.get(field, field), problem] for field, problem in problems]
    return said(f"{len(rows)} things are to be mended.", bad=True) + table("To be mended", ["where", "what"], rows)
