"""How soon a question can be written on a slow phone, by the browser's own tracing.

python -m benchmarks.performance.phone --index build/tests/HASH --out benchmarks/performance/results

A Chromium plays the phone: 390 x 844, a processor 4 times slower, 400 ms a round trip, 200 KiB a second. Each load is
of a visitor of whom nothing is kept. `--address` measures a page that is served already, such as an older version.
The question box can be used once it is drawn, nothing lies over it, and what is written in it can be sent: by the plain
form of the first HTML, or by Gradio's page once that is drawn.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from benchmarks.performance.load import serving
from benchmarks.performance.report import load_average, table, write_report

__all__ = ["Load", "read_trace"]

_SLOWER = 4
_LATENCY_MS, _BYTES_A_SECOND = 400, 200 << 10
_VIEW: ViewportSize = {"width": 390, "height": 844}
_CATEGORIES = ["loading", "devtools.timeline", "blink.user_timing"]

_MARKS = """
const look = () => {
  const box = [...document.querySelectorAll("textarea")].find((e) => e.getBoundingClientRect().height > 0);
  if (!box) return requestAnimationFrame(look);
  const { left, top, width, height } = box.getBoundingClientRect();
  if (document.elementFromPoint(left + width / 2, top + height / 2) !== box) return requestAnimationFrame(look);
  performance.mark("box-usable");
};
const drawn = () => {
  if (!document.querySelector("gradio-app textarea")) return requestAnimationFrame(drawn);
  performance.mark("page-drawn");
  document.documentElement.dataset.measured = "";
};
requestAnimationFrame(look);
requestAnimationFrame(drawn);
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What one trace tells: seconds since the navigation began, and bytes as they came over the network."""

    usable: float
    bytes_before: int
    first_words: float
    largest: float
    shift: float
    drawn: float
    bytes_drawn: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance.phone", description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("build"), help="index folder of the server that is started")
    parser.add_argument("--address", help="a page that is served already")
    parser.add_argument("--loads", type=int, default=5, help="how often it is loaded")
    parser.add_argument("--out", type=Path, help="folder for phone.json")
    arguments = parser.parse_args()
    busy = load_average()
    served = nullcontext((arguments.address, 0)) if arguments.address else serving(arguments.index)
    with served as (address, _), sync_playwright() as playwright:
        # Here, because the tests know how to find a browser.
        from tests.browser import SWITCHES, find_chromium

        browser = playwright.chromium.launch(executable_path=find_chromium(), args=SWITCHES)
        found = [traced(browser, address) for _ in range(arguments.loads)]
        version = browser.version
        browser.close()
    rows = summary(found)
    print(table(rows))  # noqa: T201 - a command
    if arguments.out:
        write_report(arguments.out, "phone", busy, browser=f"Chromium {version}", loads=arguments.loads, rows=rows)


def traced(browser: Browser, address: str) -> Load:
    """Load the page once, as a visitor of whom nothing is kept."""
    context = browser.new_context(viewport=_VIEW, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(_MARKS)
    phone = context.new_cdp_session(page)
    phone.send("Network.enable")
    conditions = {"offline": False, "latency": _LATENCY_MS}
    speed = {"downloadThroughput": _BYTES_A_SECOND, "uploadThroughput": _BYTES_A_SECOND}
    phone.send("Network.emulateNetworkConditions", conditions | speed)
    phone.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    browser.start_tracing(page=page, categories=_CATEGORIES)
    page.goto(address, wait_until="commit")
    page.locator(":root[data-measured]").wait_for()
    page.wait_for_load_state("load")
    trace = browser.stop_tracing()
    context.close()
    return read_trace(trace, address)


def read_trace(trace: bytes, address: str) -> Load:
    """What a trace of Chromium's tells of a load. Raises ValueError if the page was not drawn in it."""
    import json

    events: list[dict[str, Any]] = sorted(json.loads(trace)["traceEvents"], key=lambda event: event.get("ts", 0))

    def at(name: str, last: bool = False) -> float:
        found = [event["ts"] for event in events if event["name"] == name and event["ts"] >= began]
        if not found:
            raise ValueError(f"The trace has no event '{name}'.")
        return float(found[-1 if last else 0])

    started = next(
        e
        for e in events
        if e["name"] == "navigationStart"
        and e["args"].get("data", {}).get("documentLoaderURL", "").rstrip("/") == address.rstrip("/")
    )
    began = float(started["ts"])
    events = [e for e in events if e["pid"] == started["pid"]]  # not what the browser loads for itself
    usable, drawn = at("box-usable"), at("page-drawn")

    def received(until: float) -> int:
        return sum(
            e["args"]["data"]["encodedDataLength"]
            for e in events
            if e["name"] == "ResourceReceivedData" and began <= e["ts"] <= until
        )

    shifts = (e["args"]["data"] for e in events if e["name"] == "LayoutShift" and e["ts"] >= began)
    return Load(
        usable=(usable - began) / 1e6,
        bytes_before=received(usable),
        first_words=(at("firstContentfulPaint") - began) / 1e6,
        largest=(at("largestContentfulPaint::Candidate", last=True) - began) / 1e6,
        shift=sum(data["score"] for data in shifts if not data.get("had_recent_input")),
        drawn=(drawn - began) / 1e6,
        bytes_drawn=received(drawn),
    )


def summary(found: Sequence[Load]) -> list[dict[str, Any]]:
    """The median of the loads, and the lowest and highest."""

    def row(what: str, values: Sequence[float], digits: int) -> dict[str, Any]:
        middle, least, most = (round(f(values), digits) for f in (statistics.median, min, max))
        return {"what": what, "median": middle, "least": least, "most": most}

    return [
        row("question box can be used after, s", [load.usable for load in found], 2),
        row("KB loaded by then", [load.bytes_before / 1000 for load in found], 0),
        row("first words after, s", [load.first_words for load in found], 2),
        row("largest part of the view after, s", [load.largest for load in found], 2),
        row("cumulative layout shift", [load.shift for load in found], 3),
        row("drawn by Gradio after, s", [load.drawn for load in found], 2),
        row("KB loaded by then, drawn", [load.bytes_drawn / 1000 for load in found], 0),
    ]


if __name__ == "__main__":
    main()
