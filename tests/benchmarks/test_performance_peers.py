"""What the comparison with the peers makes of what it measured."""

from __future__ import annotations

import asyncio
import io
import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from benchmarks.peers.worker import answer_lines
from benchmarks.performance.load import Outcome, quantile
from benchmarks.performance.peers import compared, spread
from benchmarks.performance.served import Served, ask_chat


@pytest.mark.parametrize(("part", "value"), [(0.0, 1), (0.5, 3), (0.95, 4), (1.0, 4)])
def test_a_quantile_is_one_of_the_values(part: float, value: int) -> None:
    assert quantile([4, 1, 3, 2], part) == value


def test_the_turns_of_a_server_count_as_one() -> None:
    turns = (Outcome("a", (1.0, 2.0), 1, 2.0), Outcome("a", (3.0, 4.0), 0, 6.0))
    assert Served("a", turns, 12.34, 500).row() == {
        "through": "a", "answered": 4, "failed": 1, "median_s": 2.5, "p95_s": 4.0, "p99_s": 4.0, "slowest_s": 4.0,
        "answers_per_s": 0.5, "by_turn": "1.0 0.3", "server_cpu_ms": 12.3, "resident_mb": 500,
    }  # fmt: skip


def test_each_figure_is_compared_with_the_peer_that_is_best_in_it() -> None:
    served = [
        {"through": "verbatim", "answers_per_s": 60.0, "p99_s": 1.2, "resident_mb": 300},
        {"through": "one", "answers_per_s": 10.0, "p99_s": 6.0, "resident_mb": 600},
        {"through": "many", "answers_per_s": 12.0, "p99_s": 5.0, "resident_mb": 650},
    ]
    inside = [
        {"system": "verbatim", "p50_ms": 15.0, "start_s": 2.0, "resident_mb": 300},
        {"system": "a", "p50_ms": 10.0, "start_s": 5.0, "resident_mb": 600},
        {"system": "b", "p50_ms": 20.0, "start_s": 4.0, "resident_mb": 500},
    ]
    found = [(row["which"], row["ratio"], row["to reach"]) for row in compared(served, inside)]
    assert found == [
        ("many", 5.0, "at least 5.0"),
        ("many", 0.24, "at most 1.5"),
        ("one", 0.5, "at most 0.7"),
        ("a", 1.5, "at most 1.5"),
        ("b", 0.5, "at most 0.5"),
        ("b", 0.6, "at most 0.7"),
    ]
    assert [row["which"] for row in compared(served[:1], inside)] == ["a", "b", "b"]


def test_questions_are_spread_over_all() -> None:
    assert spread([str(n) for n in range(10)], 4) == ["0", "3", "6", "9"]
    assert spread(["0", "1"], 4) == ["0", "1"]


def test_a_worker_answers_line_by_line() -> None:
    asked: list[str] = []
    out = io.StringIO()
    answer_lines(asked.append, ["one\n", "two\n"], out)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert asked == ["one", "two"]
    assert [sorted(line) for line in told] == [["at", "ms", "resident_mb"]] * 2
    assert told[0]["at"] <= told[1]["at"]


@pytest.mark.parametrize(
    ("stream", "answered"),
    [
        ('event: heartbeat\ndata: null\n\nevent: complete\ndata: ["x"]\n\n', True),
        ("event: error\ndata: null\n\n", False),
        ("", False),
    ],
)
def test_a_chat_has_answered_when_its_event_is_complete(stream: str, answered: bool) -> None:
    def gradio(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            assert (request.url.path, json.loads(request.content)) == ("/gradio_api/call/chat", {"data": ["hello"]})
            return httpx.Response(200, json={"event_id": "e1"})
        assert request.url.path == "/gradio_api/call/chat/e1"
        return httpx.Response(200, text=stream)

    async def ask() -> bool:
        async with httpx.AsyncClient(transport=httpx.MockTransport(gradio), base_url="http://test") as client:
            return await ask_chat(client, 0, "hello")

    # In a thread of its own: Playwright, where it was used before, keeps a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, ask()).result() is answered
