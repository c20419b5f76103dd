"""Every setting in one place: its name, its default and what it is for.

`app.py` and the `__main__` files read settings, from flags first and then from the environment, and
pass plain values down. No other module knows that an environment exists.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from retrieval.errors import SettingsError

__all__ = ["Settings", "add_settings", "read_settings", "variable"]

_ROOT = Path(__file__).resolve().parent


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError
    return port


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise ValueError
    return count


def _set(default: Any, read: Callable[[str], Any], meaning: str) -> Any:
    return field(default=default, metadata={"read": read, "meaning": meaning})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a process. Each is read from `VERBATIM_NAME` or `--name`."""

    host: str = _set("127.0.0.1", str, "address to serve on")
    port: int = _set(7860, _port, "port to serve on; 0 takes a free one")
    corpus: Path = _set(_ROOT / "corpus", Path, "folder of monographs, questions and notices")
    index: Path = _set(_ROOT / "build" / "index", Path, "folder the index is kept in")
    encoder: str = _set("default", str, "'default', a folder, or a model name in the local cache")
    threads: int = _set(1, _count, "compute threads for the encoder")


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"VERBATIM_{name.upper()}"


def add_settings(parser: argparse.ArgumentParser, *names: str) -> None:
    """Add the flags of the settings named; of all if none is."""
    for setting in fields(Settings):
        if not names or setting.name in names:
            meaning = f"{setting.metadata['meaning']} ({variable(setting.name)}; default {setting.default})"
            parser.add_argument(f"--{setting.name}", help=meaning)


def read_settings(environ: Mapping[str, str], arguments: argparse.Namespace | None = None) -> Settings:
    """Flags first, then the environment, then defaults.

    Raises SettingsError naming the flag or variable whose value cannot be read.
    """
    values: dict[str, Any] = {}
    for setting in fields(Settings):
        flag = getattr(arguments, setting.name, None)
        text = flag if flag is not None else environ.get(variable(setting.name))
        if text is None:
            continue
        try:
            values[setting.name] = setting.metadata["read"](text)
        except ValueError:
            source = f"--{setting.name}" if flag is not None else variable(setting.name)
            meaning = setting.metadata["meaning"]
            raise SettingsError(f"{source} is '{text}', which is no {meaning}.") from None
    return Settings(**values)
