"""The staff page, in Gradio Blocks: one tab for each thing that staff do."""

from __future__ import annotations

import gradio as gr

from web.layout import escaped
from web.staff.ask import ask_tab
from web.staff.desk import QUIET, Desk
from web.staff.fix import fix_tab
from web.staff.guard import PREFIX
from web.staff.missing import missing_tab
from web.staff.release import release_tab
from web.staff.suites import suites_tab

__all__ = ["CSS", "build_staff_page"]

CSS = """
.gradio-container table { border-collapse: collapse; border: 0; width: 100%; }
.gradio-container caption { text-align: left; font-weight: 600; padding: .75rem 0 .25rem; }
.gradio-container :is(th, td) { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border: 0;
  border-bottom: 1px solid #8886; }
.gradio-container button { flex-grow: 0; min-width: 8rem; }
.html-container { overflow-x: auto; }
"""

_AT_ONCE = 2
_WAITING = 50


def build_staff_page(desk: Desk) -> gr.Blocks:
    """The Blocks of the staff page. Every event asks anew who sends it."""

    def greet(request: gr.Request) -> str:
        account = desk.account(request)
        out = f'<form method="post" action="{PREFIX}/sign-out"><button>Sign out</button></form>'
        return f"<p>{escaped(account.name)}, {escaped(account.role)}</p>{out}"

    with gr.Blocks(analytics_enabled=False, title="Staff") as blocks:
        with gr.Row():
            gr.HTML("<h1>Staff</h1>")
            name = gr.HTML(elem_id="account")
        with gr.Tab("Ask and inspect"):
            ask_tab(desk)
        with gr.Tab("Suites"):
            suites_tab(desk)
        with gr.Tab("Fix"):
            fix_tab(desk)
        with gr.Tab("Releases"):
            release_tab(desk)
        with gr.Tab("Not found"):
            missing_tab(desk)
        blocks.load(greet, None, name, show_progress="hidden", **QUIET)
    return blocks.queue(max_size=_WAITING, default_concurrency_limit=_AT_ONCE)
