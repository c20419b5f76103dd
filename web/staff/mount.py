"""The staff page on a server: sign-in, downloads, the page. The guard stands before all of it (web/app.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import FastAPI, Request
from starlette.routing import Mount

from staff.bench import Bench
from staff.live import LiveAssistant
from web.mounting import mount_page
from web.prefix import WithPrefix
from web.staff.downloads import download_routes
from web.staff.guard import PREFIX, UPLOAD, Who, account_of
from web.staff.page import HEAD, build_staff_page
from web.staff.page_context import PageContext
from web.staff.sign_in import sign_in_routes

__all__ = ["LONGEST_OF_STAFF", "Staff", "add_staff"]

_LARGEST = 8 << 20
LONGEST_OF_STAFF: Mapping[str, int] = {UPLOAD: _LARGEST, f"{PREFIX}/gradio_api/run/predict": _LARGEST}
"""Bytes of a body by its address: a monograph comes as a file, and goes through an event once it was read."""

_FORGOTTEN_AFTER = 3600
"""Seconds after which an uploaded file is deleted."""


@dataclass(frozen=True, slots=True)
class Staff:
    """What the staff page works with, and how it is told who works there (guard.from_session, guard.from_proxy)."""

    bench: Bench
    live: LiveAssistant
    who: Who


def add_staff(app: FastAPI, staff: Staff, root_path: str = "") -> None:
    """Serve the staff page at /staff. To be called before anything is mounted at '/'."""
    app.include_router(sign_in_routes(staff.bench.accounts, root_path))
    app.include_router(download_routes(staff.bench))

    def name(request: Request) -> str:
        return account_of(request).name

    page = build_staff_page(PageContext(staff.bench, staff.live))
    page.delete_cache = (_FORGOTTEN_AFTER, _FORGOTTEN_AFTER)
    root = f"{root_path}{PREFIX}" if root_path else None
    mount_page(app, page, PREFIX, auth_dependency=name, head=HEAD, max_file_size=_LARGEST, root_path=root)
    mounted = app.routes[-1]
    if root_path and isinstance(mounted, Mount):
        mounted.app = WithPrefix(mounted.app, root_path)
