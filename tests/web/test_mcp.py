"""The MCP tool of a real server process, asked by the official client."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import httpx
import pytest
from mcp.client import Client

from assistant.assistant import Assistant
from tests.conftest import ROOT
from tests.contract import expected
from tests.web.conftest import Server
from tests.web.test_waiting import run


def call(server: Server, *calls: dict[str, Any], mode: str = "auto") -> list[Any]:
    """The results of calls of `ask`, one after the other; {"before": n} follows up on the n-th."""

    async def calling() -> list[Any]:
        results: list[Any] = []
        async with Client(f"{server.address}mcp", mode=mode) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == ["ask"]
            for arguments in calls:
                if (before := arguments.pop("before", None)) is not None:
                    arguments["conversation"] = results[before].structured_content["conversation"]
                results.append(await client.call_tool("ask", arguments))
        return results

    return run(calling())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_it_gives_the_answer_of_the_api(guarded: Server, assistant: Assistant, mode: str) -> None:
    first, follow_up = call(
        guarded, {"text": "will i get a skin rash"}, {"text": "how do they treat it", "before": 0}, mode=mode
    )
    shown = dict(first.structured_content)
    assert json.loads(first.content[0].text) == shown
    conversation = shown.pop("conversation")
    assert shown == expected(assistant.ask("will i get a skin rash").as_json())
    assert follow_up.structured_content["conversation"] == conversation
    assert follow_up.structured_content["context"]["turn"] == 0


def test_what_is_wrong_is_an_error_in_words(guarded: Server) -> None:
    (unknown, empty, alarm) = call(
        guarded,
        {"text": "hello", "conversation": "nobody's"},
        {"text": ""},
        {"text": "the drip is running and my throat feels tight"},
    )
    (gone, chosen) = call(guarded, *({"text": "how is it given", "document": name} for name in ("gone", "istiratumab")))
    assert gone.is_error
    assert "There is no such document." in gone.content[0].text
    assert chosen.structured_content["choices"] == []
    assert chosen.structured_content["decision"] == "answer"
    assert unknown.is_error
    assert "There is no such conversation, or it has expired." in unknown.content[0].text
    assert not empty.is_error
    assert empty.structured_content["decision"] == "rejected"
    assert alarm.structured_content["decision"] == "urgent"
    assert alarm.structured_content["notices"][0] == "urgent"


def test_another_sites_page_cannot_call_it(guarded: Server) -> None:
    headers = {"origin": "https://evil.example", "x-forwarded-for": "203.0.113.30"}
    response = httpx.post(f"{guarded.address}mcp", json={}, headers=headers)
    assert response.status_code == 403


def test_without_its_package_the_start_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['mcp.server.mcpserver'] = None\n"
        "from fastapi import FastAPI; from web.mcp_tool import add_mcp_tool; add_mcp_tool(FastAPI(), None)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == (
        "retrieval.errors.SettingsError: --mcp yes needs the package mcp, which is not installed. "
        "Install it with: pip install -r requirements-mcp.txt"
    )
