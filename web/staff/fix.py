"""The form that proposes a change, and how other parts of the page fill it in."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.notices import notice_files, notice_name, read_notice
from assistant.triage.examples import INFORMATION
from assistant.triage.gate import Label
from retrieval.corpus import ANY_MEDICINE, Corpus
from staff.change_kinds import KEYS, OPTIONAL, Kind
from staff.errors import StaffError
from web.staff.page_context import QUIET, PageContext, markup, readable
from web.staff.tables import said

__all__ = ["FixForm", "fix_form", "passage_choices"]

_KINDS = {
    "attach a phrasing to a passage": Kind.PHRASING,
    "take a phrasing away": Kind.DETACH,
    "mark as not covered": Kind.GAP,
    "take such a mark away": Kind.UNGAP,
    "add a triage example": Kind.EXAMPLE,
    "add a glossary entry": Kind.GLOSSARY,
    "edit a notice": Kind.NOTICE,
}
_LABELS = {kind: label for label, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class FixForm:
    """The controls of the form. `fill` is what an event gives back to fill `filled` in."""

    propose: Any
    answer: Any
    filled: tuple[Any, ...]

    @staticmethod
    def fill(
        kind: Kind, question: str, passage: str | None = None, topic: str = "", before: str = ""
    ) -> tuple[Any, ...]:
        """Updates for `filled`: the tab, the kind, the question, the passage, the topic; it follows `before`."""
        told = f"Asked after “{before}”, so that stands in front, as it is read; take it out if this stands alone."
        asked = gr.update(value=question, info=told if before else "")
        return gr.Tabs(selected="fix"), _LABELS[kind], asked, passage, topic


def fix_form(context: PageContext, opened: Sequence[Any], tabs: Any) -> FixForm:
    """`opened` are the events with which it comes into view: its menus are then those of the corpus as it stands."""
    corpus = context.bench.read()
    documents = list(corpus.documents)
    notices = context.bench.corpus / "notices"
    with gr.Row(equal_height=False):
        with gr.Column(scale=1, min_width=220):
            kind = gr.Radio(list(_KINDS), value=next(iter(_KINDS)), label="What to change", elem_id="kind")
        with gr.Column(scale=3, min_width=280):
            fields: dict[str, Any] = {
                "q": gr.Textbox(label="The question, as a patient asks it", elem_id="fix-q"),
                "passage": gr.Dropdown(
                    passage_choices(corpus), label="The passage that answers", elem_id="fix-passage", value=None
                ),
                "document": gr.Dropdown(
                    [*documents, ANY_MEDICINE], label="Monograph ('any': asked of every medicine)",
                    value=documents[0], visible=False, elem_id="fix-document",
                ),
                "topic": gr.Textbox(label="Topic, such as cost", visible=False, elem_id="fix-topic"),
                "label": gr.Radio(
                    [*Label, INFORMATION], value=Label.URGENT.value, label="What it is", visible=False,
                    elem_id="fix-label",
                ),
                "subtype": gr.Textbox(label="Subtype, such as airway", visible=False, elem_id="fix-subtype"),
                "term": gr.Textbox(label="Term", visible=False, elem_id="fix-term"),
                "forms": gr.Textbox(label="Other ways to write it, commas between", visible=False, elem_id="fix-forms"),
                "explanation": gr.Textbox(label="Explanation in plain words", visible=False, elem_id="fix-explanation"),
                "name": gr.Dropdown(
                    _notice_choices(notices), label="Notice", info="also of one locale or language: type to find it",
                    value=None, visible=False, elem_id="fix-name",
                ),
                "text": gr.Textbox(label="New wording", lines=4, visible=False, elem_id="fix-text"),
                "contacts": gr.Textbox(
                    label="Numbers to call in it, as 'whose it is: number', commas between", visible=False,
                    elem_id="fix-contacts",
                ),
                "topic_text": gr.Textbox(
                    label="Wording where the topic is known, {topic} in its place", visible=False,
                    elem_id="fix-topic-text",
                ),
                "version": gr.Textbox(label="New version", visible=False, elem_id="fix-version"),
                "review_by": gr.Textbox(label="Review by (year-month-day)", visible=False, elem_id="fix-review"),
            }  # fmt: skip
            reason = gr.Textbox(label="Your reason, for the second person", elem_id="fix-reason")
            propose = gr.Button("Propose", variant="primary", elem_id="propose")
    answer = markup(elem_id="propose-said")
    names = list(fields)

    kind.change(
        lambda chosen: [gr.update(visible=name in _keys(_KINDS[chosen])) for name in names],
        kind, list(fields.values()), show_progress="hidden", **QUIET,
    )  # fmt: skip

    @readable
    def wording(place: str | None, request: gr.Request) -> list[Any]:
        context.account(request)
        if not place:
            return ["", "", "", gr.update(info="")]
        notice = read_notice(notices, place)
        contacts = ", ".join(f"{contact.label}: {contact.number}" for contact in notice.contacts)
        now = f"now {notice.version}, review by {notice.review_by}"
        return [notice.wording, contacts, notice.topic_wording, gr.update(info=now)]

    def menus(request: gr.Request) -> tuple[Any, Any]:
        context.account(request)
        now = context.bench.read()
        return gr.update(choices=passage_choices(now)), gr.update(choices=[*now.documents, ANY_MEDICINE])

    gr.on(opened, menus, None, [fields["passage"], fields["document"]], show_progress="hidden", **QUIET)
    worded = [fields[name] for name in ("text", "contacts", "topic_text", "version")]
    fields["name"].change(wording, fields["name"], worded, show_progress="hidden", **QUIET)

    @readable
    def proposed(inputs: dict[Any, Any], request: gr.Request) -> str:
        account = context.account(request)
        chosen = _KINDS[inputs[kind]]
        given = {name: inputs[component] or "" for name, component in fields.items()}
        content = _content(chosen, given, account.name)
        change = context.bench.changes.propose(account, chosen, content, inputs[reason], context.bench.read())
        return said(f"Change {change.id} is pending.")

    # A set of inputs: Gradio then gives one dictionary.
    click = propose.click(proposed, {kind, reason, *fields.values()}, answer, **QUIET)
    filled = (tabs, kind, fields["q"], fields["passage"], fields["topic"])
    return FixForm(click, answer, filled)


def _notice_choices(folder: Path) -> list[tuple[str, str]]:
    """Every notice in words, and its place: those of all, of each locale, and of each language."""
    return [(_notice_label(place, path), place) for place, path in notice_files(folder).items()]


def _notice_label(place: str, path: Path) -> str:
    name, (first, *rest) = notice_name(place), place.split("/")
    if not rest:
        return name
    if first == "languages":
        return f"{name}, in {rest[-1]}"
    return f"{name}, locale {rest[0]}" + ("" if path.parent.name == rest[0] else " (worded as for all)")


def _keys(kind: Kind) -> tuple[str, ...]:
    return (*KEYS[kind], *OPTIONAL.get(kind, ()))


def passage_choices(corpus: Corpus) -> list[tuple[str, str]]:
    """Every passage that can be shown: its section and first words, and its id."""
    return [
        (f"{p.section}: {' '.join(p.text.split())[:90]}", p.id)
        for document in corpus.documents.values()
        for p in document.passages.showable()
    ]


def miss_filler() -> Callable[[str | None], tuple[Any, ...]]:
    """What fills the form with a failing question: its passage, or the mark that nothing answers it."""

    def fill(chosen: str | None) -> tuple[Any, ...]:
        if not chosen:
            raise gr.Error("Run the suites and choose a question first.", print_exception=False)
        question, passage, before = json.loads(chosen)
        return FixForm.fill(Kind.PHRASING if passage else Kind.GAP, question, passage or None, before=before)

    return fill


def _content(kind: Kind, given: dict[str, str], owner: str) -> dict[str, Any]:
    """A change's content from what was typed. Raises StaffError for what can only be a slip."""
    if kind == Kind.PHRASING and not given["passage"]:
        raise StaffError("Choose the passage that answers.")
    lists = {key: [part.strip() for part in given[key].split(",") if part.strip()] for key in ("forms", "contacts")}
    today = datetime.now(UTC).date().isoformat()
    values: dict[str, Any] = {**given, **lists, "owner": owner, "effective": today}
    return {key: values[key].strip() if isinstance(values[key], str) else values[key] for key in _keys(kind)}
