"""Suites and results for the tests of suites."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from staff.suite_run import Result
from staff.suite_tables import write_suite
from staff.suites import Suite, read_suite

TIME, RASH, SKIN = (
    "istiratumab:infusion-time-cefb456807",
    "istiratumab:dermatological-effects-skin-b524f3d0a3",
    "istiratumab:for-skin-rash-a7fcf68a76",
)


def turn(text: str, kind: str, *gold: str | int, **more: Any) -> dict[str, Any]:
    return {"text": text, "kind": kind, "gold": list(gold), **more}


def suite(folder: Path, *conversations: list[dict[str, Any]], name: str = "small") -> Suite:
    path = folder / f"{name}.jsonl"
    write_suite(path, [{"id": f"s{n}", "turns": turns} for n, turns in enumerate(conversations, 1)])
    return read_suite(path)


def result(key: str, problem: str = "", **changes: Any) -> Result:
    values = {
        "suite": "small", "key": key, "text": key, "kind": "answerable", "must_pass": False, "problem": problem,
        "decision": "answer", "cited": ("a",), "score": 0.5, "hit1": True, "hit3": True,
        "answered": True, "hedged": False, "alarm": False, "ms": 1.0,
    }  # fmt: skip
    return Result(**{**values, **changes})
