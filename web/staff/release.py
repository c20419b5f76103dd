"""Measure the corpus, sign it as a release, go back to an earlier one."""

from __future__ import annotations

from threading import Lock
from typing import Any

import gradio as gr

from staff.errors import StaffError
from staff.releases import Candidate, Release
from staff.suite_run import figures
from web.layout import escaped
from web.staff.desk import QUIET, Desk, markup, readable, shown
from web.staff.tables import Markup, figures_plot, gates_markup, mark, releases_markup, said, table

__all__ = ["release_tab"]

Listing = tuple[str, Any]


def release_tab(desk: Desk, blocks: gr.Blocks) -> None:
    releases = desk.bench.releases
    measured: dict[str, Candidate] = {}
    lock = Lock()

    @readable
    def measure(request: gr.Request, progress: gr.Progress = gr.Progress()) -> str:  # noqa: B008
        account = desk.account(request)
        with lock:
            candidate = releases.prepare(account, shown(progress, "Measuring"))
            measured["latest"] = candidate
        failing = bool(candidate.failing)
        head = said(
            f"{candidate.manifest['id']} {'does not pass its gates' if failing else 'waits for a signature'}.", failing
        )
        live = releases.live()
        plot = figures_plot(figures(candidate.results), figures(live.results) if live else ())
        return head + gates_markup(candidate.gates) + plot + _manifest_markup(candidate.manifest)

    @readable
    def sign(request: gr.Request) -> str:
        account = desk.account(request)
        with lock:
            if "latest" not in measured:
                raise StaffError("Measure first.")
            release = releases.publish(measured["latest"], account)
            del measured["latest"]
        return taken_up(release, "is live.")

    @readable
    def roll_back(identifier: str | None, request: gr.Request) -> str:
        return taken_up(releases.rollback(_chosen(identifier), desk.account(request)), "is live again.")

    def taken_up(release: Release, words: str) -> str:
        """Said when the next question is answered from it."""
        desk.live.settle()
        if desk.live.folder != release.corpus:
            raise StaffError(f"{release.id} was signed, but cannot be loaded: the one before goes on. Roll back.")
        return said(f"{release.id} {words}")

    @readable
    def details(identifier: str | None, request: gr.Request) -> str:
        desk.account(request)
        release = releases.get(_chosen(identifier))
        return f"<h2>Release {escaped(release.id)}</h2>" + _manifest_markup(release.manifest)

    @readable
    def look(request: gr.Request) -> Listing:
        desk.account(request)
        listed: list[Release] = list(map(releases.get, releases.listed()))
        live = releases.live_id()
        others = [release.id for release in reversed(listed) if release.id != live]
        choice = gr.update(choices=[r.id for r in listed], value=others[0] if others else live)
        return releases_markup(reversed(listed), live), choice

    markup(
        '<p class="quiet">Measure builds a release of the approved corpus, asks the suites of it and checks its gates. '
        "An approver signs; patients get its answers from their next question on.</p>"
    )
    with gr.Row():
        measuring = gr.Button("Measure", variant="primary", elem_id="measure")
        signing = gr.Button("Sign and go live", elem_id="sign")
    answer = markup(elem_id="release-said")
    listed = markup(elem_id="releases")
    with gr.Row(equal_height=False):
        identifier = gr.Dropdown([], label="A release", elem_id="release-id", interactive=True, scale=2)
        showing = gr.Button("What is in it", elem_id="release-details", scale=0, min_width=140)
        back = gr.Button("Roll back to it", elem_id="rollback", scale=0, min_width=140)
    outputs = [listed, identifier]
    measuring.click(measure, None, answer, **QUIET)
    showing.click(details, identifier, answer, **QUIET)
    for button, event, given in ((signing, sign, None), (back, roll_back, identifier)):
        button.click(event, given, answer, **QUIET).success(look, None, outputs, show_progress="hidden", **QUIET)
    blocks.load(look, None, outputs, show_progress="hidden", **QUIET)


def _chosen(identifier: str | None) -> str:
    if not identifier:
        raise StaffError("Choose a release first.")
    return identifier


def _manifest_markup(manifest: Any) -> str:
    """Who, when, and what changed against the release before."""
    facts = [
        ["before it", manifest["before"] or "none"],
        ["measured by", f"{manifest['prepared_by']}, {manifest['prepared'].replace('T', ' ')[:16]} UTC"],
        ["signed by", manifest.get("signed_by", "nobody yet")],
        ["monographs", ", ".join(f"{name} {version}" for name, version in manifest["documents"].items())],
        ["corpus, SHA-256", manifest["corpus_sha256"]],
        ["changes", ", ".join(map(str, manifest["changes"])) or "none"],
        *([name, ", ".join(manifest[key]) or "none"] for name, key in _MOVED),
    ]
    passages = manifest["passages"]
    rows = [] if isinstance(passages, str) else [_passage(change) for change in passages]
    return table("This release", ["", ""], facts) + table("Passages against the one before", ["", "was", "is"], rows)


_MOVED = (
    ("citations that moved", "citations_moved"),
    ("newly failing", "newly_failing"),
    ("newly passing", "newly_passing"),
)


def _passage(change: Any) -> list[object]:
    kind = {"added": "good", "removed": "bad"}.get(change["fate"], "")
    return [Markup(mark(change["fate"], kind)), change["before"] or "", change["after"] or ""]
