"""How a benchmark tells what it measured: tables, and a file that names its command and its machine."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["load_average", "table", "write_report"]


def load_average() -> float:
    """Processes that ran or waited in the last minute: a benchmark's own load is not yet in it when it begins."""
    return round(os.getloadavg()[0], 1)


def write_report(folder: Path, name: str, load_before: float, **parts: Any) -> None:
    """Write `<name>.json`: the command, the machine, how busy it was before and is now, and `parts`."""
    report = {
        "command": " ".join([f"python -m benchmarks.performance.{name}", *sys.argv[1:]]),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "load_average_before_and_after": [load_before, load_average()],
        **parts,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows of the same columns, as Markdown."""
    heads = list(rows[0])
    lines = [heads, ["---"] * len(heads), *([str(row[head]) for head in heads] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
