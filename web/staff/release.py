"""Measure the corpus, sign it as a release, go back to an earlier one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from threading import Lock
from typing import Any

import gradio as gr

from staff.errors import StaffError
from staff.releases import Candidate, Release
from web.layout import escaped
from web.staff.manifest import manifest_markup
from web.staff.page_context import QUIET, PageContext, markup, readable
from web.staff.running import Follower, followed
from web.staff.tables import gates_markup, releases_markup, said

__all__ = ["release_tab"]

Listing = tuple[str, dict[str, object]]
Seen = tuple[str, str]
"""What is shown of a candidate, and its hash."""

_MEASURING = "release"


def release_tab(context: PageContext, opened: Any) -> None:
    """`opened` is the event with which it comes into view: a page that looks elsewhere does not read releases."""
    releases = context.bench.releases
    lock = Lock()

    @readable
    def measure(request: gr.Request) -> Iterator[Seen]:
        account = context.account(request)
        job = context.bench.jobs.start(
            _MEASURING, account.name, "Measuring the release", lambda progress: releases.prepare(account, progress)
        )
        yield from followed(job, seen, lambda bar: (bar, ""))

    @readable
    def resume(request: gr.Request) -> Iterator[Seen]:
        """What is being measured, or waits for a signature, when the page is opened."""
        context.account(request)
        job = context.bench.jobs.latest(_MEASURING)
        if job is not None and not job.ended:
            yield from followed(job, seen, lambda bar: (bar, ""))
        elif (candidate := releases.candidate()) is not None:
            yield seen(candidate)

    def seen(candidate: Candidate) -> Seen:
        """All that is signed, and its hash: the signature is for the one that was shown."""
        failing = bool(candidate.failing)
        words = "does not pass its gates" if failing else "waits for a signature"
        head = said(f"{candidate.manifest['id']} {words}. Its hash: {candidate.sha256}", failing)
        shown = manifest_markup(context.bench, candidate.manifest, candidate.results, candidate.folder / "corpus")
        return head + gates_markup(candidate.gates) + shown, candidate.sha256

    @readable
    def sign(looked_at: str, request: gr.Request) -> str:
        account = context.account(request)
        with lock:
            if (candidate := releases.candidate()) is None:
                raise StaffError("Measure first.")
            release = releases.publish(candidate, account, looked_at)
        return taken_up(release, "is live.")

    @readable
    def roll_back(identifier: str | None, reason: str, request: gr.Request) -> str:
        account = context.account(request)
        return taken_up(releases.rollback(_chosen(identifier), account, reason), "is live again.")

    def taken_up(release: Release, words: str) -> str:
        """Said when the next question is answered from it."""
        context.live.settle()
        if context.live.folder != release.corpus:
            raise StaffError(f"{release.id} was signed, but cannot be loaded: the one before goes on. Roll back.")
        return said(f"{release.id} {words}")

    @readable
    def details(identifier: str | None, request: gr.Request) -> str:
        context.account(request)
        release = releases.get(_chosen(identifier))
        shown = manifest_markup(context.bench, release.manifest, release.results, release.corpus)
        return f"<h2>Release {escaped(release.id)}</h2>{shown}"

    @readable
    def look(request: gr.Request) -> Listing:
        context.account(request)
        listed: list[Release] = list(map(releases.glance, releases.listed()))
        live = releases.live_id()
        others = [release.id for release in reversed(listed) if release.id != live]
        choice = gr.update(choices=[r.id for r in listed], value=others[0] if others else live)
        return releases_markup(reversed(listed), live), choice

    markup(
        '<p class="quiet">Measure builds a release of the approved corpus, asks the suites of it and checks its gates. '
        "Another person, an approver, looks at it and signs; patients get its answers from their next question on.</p>"
    )
    with gr.Row():
        measuring = gr.Button("Measure", variant="primary", elem_id="measure")
        looking = gr.Button("Look at what waits", elem_id="release-look")
        signing = gr.Button("Sign and go live", elem_id="sign")
    answer = markup(elem_id="release-said")
    listed = markup(elem_id="releases")
    with gr.Row(equal_height=False):
        identifier = gr.Dropdown([], label="A release", elem_id="release-id", interactive=True, scale=2)
        showing = gr.Button("What is in it", elem_id="release-details", scale=0, min_width=140)
        back = gr.Button("Roll back to it", elem_id="rollback", scale=0, min_width=140)
        why = gr.Textbox(label="Reason to roll back", elem_id="rollback-reason", scale=2)
    outputs = [listed, identifier]
    looked_at = gr.State("")
    measured = Follower([answer, looked_at])
    measured.on(measuring.click, measure, None)
    measured.on(partial(gr.on, [opened, looking.click]), resume, None, show_progress="hidden")
    showing.click(details, identifier, answer, **QUIET)
    for button, event, given in ((signing, sign, looked_at), (back, roll_back, [identifier, why])):
        button.click(event, given, answer, **QUIET).success(look, None, outputs, show_progress="hidden", **QUIET)
    opened(look, None, outputs, show_progress="hidden", **QUIET)


def _chosen(identifier: str | None) -> str:
    if not identifier:
        raise StaffError("Choose a release first.")
    return identifier
