"""The form to sign in with, and the way out. Made on the server, without scripts."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from staff.accounts import Accounts
from staff.errors import SignInError
from web.layout import escaped
from web.staff.guard import COOKIE, PREFIX, SIGN_IN, token_of

__all__ = ["sign_in_routes"]

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in</title>
<link rel="stylesheet" href="../web/verbatim.css">
<link rel="stylesheet" href="../web/staff.css">
<script src="../web/display.js"></script>
</head>
<body id="page" class="sign-in">
<main>
<h1>Staff bench</h1>
<p>Try answers, mend them and release them.</p>
{problem}
<form method="post" action="sign-in">
<label for="name">Name</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Sign in</button>
</form>
</main>
</body>
</html>
"""

_AT_ONCE = 2
"""Hashes of passwords at a time: each takes 64 MiB."""


def sign_in_routes(accounts: Accounts, root_path: str = "") -> APIRouter:
    """`GET` and `POST /staff/sign-in`, `POST /staff/sign-out`; `root_path` is what all of it stands below."""
    options: dict[str, Any] = {
        "path": f"{root_path}{PREFIX}",
        "secure": True,
        "httponly": True,
        "samesite": "strict",
    }
    router = APIRouter(include_in_schema=False)
    hashing = asyncio.Semaphore(_AT_ONCE)

    @router.get(SIGN_IN)
    def form() -> HTMLResponse:
        return _page()

    @router.post(SIGN_IN)
    async def sign_in(request: Request) -> Response:
        """A sign-in always opens a new session and ends the one the browser came with."""
        fields = await request.form()
        name, password = (str(fields.get(key, "")) for key in ("name", "password"))
        try:
            async with hashing:
                token = await run_in_threadpool(accounts.sign_in, name, password)
        except SignInError as error:
            return _page(str(error), 401)
        if before := token_of(request):
            await run_in_threadpool(accounts.sign_out, before)
        response = RedirectResponse("./", 303)
        response.set_cookie(COOKIE, token, **options)
        return response

    @router.post(f"{PREFIX}/sign-out")
    def sign_out(request: Request) -> Response:
        accounts.sign_out(token_of(request))
        response = RedirectResponse("sign-in", 303)
        response.delete_cookie(COOKIE, **options)
        return response

    return router


def _page(problem: str = "", status: int = 200) -> HTMLResponse:
    shown = f'<p role="alert">{escaped(problem)}</p>' if problem else ""
    return HTMLResponse(_PAGE.format(problem=shown), status, {"cache-control": "no-store"})
