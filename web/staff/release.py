"""Measure the corpus, sign it as a release, go back to an earlier one; and check the log."""

from __future__ import annotations

from threading import Lock

import gradio as gr

from staff.errors import StaffError
from staff.releases import Candidate, release_anchors
from staff.suite_run import figures
from web.staff.desk import QUIET, Desk, readable, shown
from web.staff.tables import figures_markup, gates_markup, releases_markup

__all__ = ["release_tab"]


def release_tab(desk: Desk) -> None:
    releases = desk.bench.releases
    measured: dict[str, Candidate] = {}
    lock = Lock()

    @readable
    def measure(request: gr.Request, progress: gr.Progress = gr.Progress()) -> tuple[str, str]:  # noqa: B008
        account = desk.account(request)
        with lock:
            candidate = releases.prepare(account, shown(progress, "Measuring"))
            measured["latest"] = candidate
        verdict = "does not pass its gates" if candidate.failing else "waits for a signature"
        head = f"<p>{candidate.manifest['id']} {verdict}.</p>"
        return head + gates_markup(candidate.gates) + figures_markup(figures(candidate.results)), listing()

    @readable
    def sign(request: gr.Request) -> tuple[str, str]:
        account = desk.account(request)
        with lock:
            if "latest" not in measured:
                raise StaffError("Measure first.")
            release = releases.publish(measured["latest"], account)
            del measured["latest"]
        return f"<p>{release.id} is live.</p>", listing()

    @readable
    def roll_back(identifier: str, request: gr.Request) -> tuple[str, str]:
        release = releases.rollback(identifier.strip(), desk.account(request))
        return f"<p>{release.id} is live again.</p>", listing()

    @readable
    def look(request: gr.Request) -> str:
        desk.account(request)
        return listing()

    @readable
    def verify(request: gr.Request) -> str:
        desk.account(request)
        head = desk.bench.state.verify_audit(*release_anchors(desk.bench.state.folder))
        return f"<p>The log is sound: {head.n} records.</p>"

    def listing() -> str:
        return releases_markup(map(releases.get, releases.listed()), releases.live_id())

    with gr.Row():
        measuring = gr.Button("Measure", variant="primary", elem_id="measure")
        signing = gr.Button("Sign and go live", elem_id="sign")
    said = gr.HTML(elem_id="release-said")
    listed = gr.HTML(elem_id="releases")
    gr.Button("Show releases", elem_id="show-releases").click(look, None, listed, **QUIET)
    identifier = gr.Textbox(label="Release to go back to", elem_id="rollback-id")
    gr.Button("Roll back", elem_id="rollback").click(roll_back, identifier, [said, listed], **QUIET)
    gr.Button("Verify the log", elem_id="verify").click(verify, None, said, **QUIET)
    measuring.click(measure, None, [said, listed], **QUIET)
    signing.click(sign, None, [said, listed], **QUIET)
