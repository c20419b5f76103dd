"""The same ask as an MCP tool, so that other assistants quote approved text instead of making it up.

It needs the package `mcp` (requirements-mcp.txt) and is off unless set.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import FastAPI
from pydantic import Field

from retrieval.errors import SettingsError
from web.gateway import Gateway

__all__ = ["MCP_PATH", "add_mcp_tool"]

MCP_PATH = "/mcp"

_INSTRUCTIONS = (
    "Answers questions about a medicine with passages of its approved monograph, word for word. Quote the `text` of "
    "a citation as it is, with its section and version, and always show the texts in `notice_texts`. If `citations` "
    "is empty the monograph does not answer: say so, and add nothing. If `decision` is 'urgent' or 'crisis', show "
    "its notice first and before anything of your own, and nothing else but its `citations`. If `notices` has 'soon', "
    "show that text above the rest. If there are `choices`, have the patient choose one, and ask "
    "the same text again with its `document`."
)


def add_mcp_tool(app: FastAPI, gateway: Gateway) -> None:
    """Serve the tool `ask` at MCP_PATH (Streamable HTTP, without sessions: any replica can answer any call).

    Raises SettingsError if the package is not there.
    """
    try:
        from mcp.server.mcpserver import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
        from mcp.server.transport_security import TransportSecuritySettings
    except ImportError:
        remedy = "Install it with: pip install -r requirements-mcp.txt"
        raise SettingsError(f"--mcp yes needs the package mcp, which is not installed. {remedy}") from None
    server = MCPServer("verbatim", instructions=_INSTRUCTIONS, log_level="WARNING")

    @server.tool()
    async def ask(
        text: Annotated[str, Field(description="The patient's message, in the patient's own words.")],
        conversation: Annotated[str | None, Field(description="The id from the answer before, to follow up.")] = None,
        context: Annotated[bool, Field(description="False reads the message without the turns before.")] = True,
        document: Annotated[str | None, Field(description="The document chosen of the choices before.")] = None,
    ) -> dict[str, Any]:
        """Ask about a medicine: decision, notices, citations (exact text, place and version), conversation."""
        reply = await gateway.ask(text, conversation, context, document)
        if "decision" not in reply.body:
            raise ToolError(json.dumps(reply.body, ensure_ascii=False))
        return reply.body

    # Host and Origin are looked at before it comes here: web/security.py.
    checks = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    served = server.streamable_http_app(
        streamable_http_path=MCP_PATH, stateless_http=True, json_response=True, transport_security=checks
    )
    app.router.routes.extend(served.routes)

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        async with server.session_manager.run():
            yield

    app.router.lifespan_context = running
