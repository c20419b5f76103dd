"""Logs as lines of JSON on stderr, in which no word of a patient can stand.

Our own events are fixed words with numbers and names. What a library says in its own words is not
written, for it may quote a request: only who said it, where, and the kind of an error.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

__all__ = ["JsonLines", "log_event", "start_logging"]

_OURS = ("assistant", "web")
_EVENTS = logging.getLogger("web.events")


def log_event(event: str, **fields: str | float | list[str] | dict[str, str]) -> None:
    """Write one line. A field must never hold what a patient wrote."""
    _EVENTS.info(event, extra={"fields": fields})


def start_logging() -> None:
    """Send all logs of this process through JsonLines: our events, and warnings of everybody else."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    # A library that sets a level of its own (bm25s: DEBUG) would not ask the root's.
    handler.addFilter(lambda record: record.levelno >= logging.WARNING or record.name == _EVENTS.name)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    _EVENTS.setLevel(logging.INFO)
    logging.captureWarnings(True)


class JsonLines(logging.Formatter):
    """One JSON object a record: `time`, `level`, `event`, and the fields of the event."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
        }
        if record.name.split(".")[0] in _OURS:
            line |= {"event": record.getMessage(), **getattr(record, "fields", {})}
        else:
            line |= {"event": "library", "logger": record.name, "at": f"{record.filename}:{record.lineno}"}
        if record.exc_info and record.exc_info[0]:
            frames = traceback.extract_tb(record.exc_info[2])
            line |= {
                "error": record.exc_info[0].__name__,
                "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
            }
        return json.dumps(line, ensure_ascii=False)
