"""The staff page on a server: sign-in, guard, downloads, the page."""

from __future__ import annotations

import gradio as gr
from fastapi import FastAPI, Request
from starlette.responses import Response

from assistant.assistant import Assistant
from staff.bench import Bench
from staff.changes import Status
from staff.suite_tables import results_rows, table_bytes
from web.page import theme
from web.staff.desk import Desk
from web.staff.guard import PREFIX, StaffGuard, Who, from_session
from web.staff.page import CSS, build_staff_page
from web.staff.sign_in import sign_in_routes

__all__ = ["add_staff"]


def add_staff(app: FastAPI, bench: Bench, live: Assistant, who: Who | None = None) -> None:
    """Serve the staff page at /staff. To be called before anything is mounted at '/'.

    `who` takes the place of our own sign-in: see guard.from_proxy for single sign-on.
    """
    desk = Desk(bench, live, who or from_session(bench.accounts))
    app.add_middleware(StaffGuard, who=desk.who)
    app.include_router(sign_in_routes(bench.accounts))

    @app.get(f"{PREFIX}/results.csv", include_in_schema=False)
    def results() -> Response:
        """The suites run in the draft, as a table."""
        rows = results_rows(bench.trials.results(bench.changes.listed(Status.PENDING)))
        headers = {"content-disposition": 'attachment; filename="results.csv"', "cache-control": "no-store"}
        return Response(table_bytes(rows, ".csv"), media_type="text/csv", headers=headers)

    def name(request: Request) -> str | None:
        account = desk.who(request)
        return account.name if account else None

    gr.mount_gradio_app(
        app,
        build_staff_page(desk),
        path=PREFIX,
        auth_dependency=name,
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        theme=theme(),
        css=CSS,
    )
