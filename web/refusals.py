"""What is said to who is refused: a page to people, JSON to programs."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Scope

from web.layout import escaped

__all__ = ["IN_AN_EMERGENCY", "refusal"]

IN_AN_EMERGENCY = "<p>In an emergency do not wait: call.</p>"

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{text}</title>
<link rel="stylesheet" href="{root}web/verbatim.css">
<script src="{root}web/display.js"></script>
</head>
<body id="page" class="source">
<main><h1>{text}</h1>{emergency}<p><a href="{root}">Ask a question</a></p></main>
</body>
</html>
"""


def refusal(scope: Scope, text: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """An answer without what was asked for. Browsers ask for HTML when they go to an address, programs do not."""
    if "text/html" in Headers(scope=scope).get("accept", ""):
        root = "../" * (scope["path"].count("/") - 1) or "./"
        return HTMLResponse(
            _PAGE.format(text=escaped(text), root=root, emergency=IN_AN_EMERGENCY), status, dict(headers or {})
        )
    return JSONResponse({"error": text}, status, dict(headers or {}))
