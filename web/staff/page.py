"""The staff page, in Gradio Blocks: one tab for each thing that staff do."""

from __future__ import annotations

import gradio as gr

from web.layout import escaped
from web.staff.ask import ask_tab
from web.staff.fix import fix_form, miss_filler
from web.staff.log import log_tab
from web.staff.many import many_form
from web.staff.medicine import medicine_tab
from web.staff.missing import missing_tab
from web.staff.monograph import monograph_tab
from web.staff.onboard import onboard_tab
from web.staff.page_context import QUIET, PageContext, markup
from web.staff.release import release_tab
from web.staff.suites import suites_tab
from web.staff.waiting import waiting_list

__all__ = ["HEAD", "build_staff_page"]

HEAD = (
    '<link rel="stylesheet" href="../web/verbatim.css"><link rel="stylesheet" href="../web/staff.css">'
    '<script src="../web/display.js"></script><script src="../web/staff.js"></script>'
)


def build_staff_page(context: PageContext) -> gr.Blocks:
    """The Blocks of the staff page. Every event asks anew who sends it."""

    def greet(request: gr.Request) -> str:
        account = context.account(request)
        out = '<form method="post" action="sign-out"><button>Sign out</button></form>'
        return _masthead(f"<span>{escaped(account.name)}, {escaped(account.role)}</span>{out}")

    with (
        gr.Blocks(analytics_enabled=False, title="Staff bench") as blocks,
        gr.Column(elem_id="page", elem_classes="staff"),
    ):
        head = markup(_masthead(""), elem_id="account")
        with gr.Tabs() as tabs:
            with gr.Tab("Ask", id="ask"):
                test = ask_tab(context, blocks)
            with gr.Tab("Suites", id="suites") as measured:
                suites = suites_tab(context, [blocks.load, measured.select])
            with gr.Tab("Fix", id="fix") as fixing:
                opened = [blocks.load, fixing.select]
                form = fix_form(context, opened, tabs)
                many = many_form(context, opened)
                follow = waiting_list(context, blocks, tabs)
            with gr.Tab("Monograph", id="monograph") as versions:
                new_version = monograph_tab(context, [blocks.load, versions.select])
            with gr.Tab("New medicine", id="medicine"):
                new_medicine = medicine_tab(context)
            with gr.Tab("Onboard", id="onboard") as hours:
                onboarded = onboard_tab(context, [blocks.load, hours.select])
            with gr.Tab("Releases", id="releases") as releases:
                release_tab(context, releases.select)
            with gr.Tab("Not found", id="missing") as missing:
                missing_tab(context, form, [blocks.load, missing.select])
            with gr.Tab("Log", id="log"):
                log_tab(context)
        suites.button.click(miss_filler(), suites.chosen, list(form.filled), show_progress="hidden", **QUIET)
        for proposing in (test, many, form.propose, suites.proposing, new_version, new_medicine, *onboarded):
            follow(proposing)
        blocks.load(greet, None, head, show_progress="hidden", **QUIET)
    return blocks


def _masthead(who: str) -> str:
    return f'<div class="masthead"><h1>Staff bench</h1>{who}</div>'
