"""The commands as their users call them: `python -m PACKAGE …`, in a process of its own or in this one.

A process takes a second to three before it begins, so most tests call the same function in this one, with the streams
that a process would have; each command line has a test in a process too.
"""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

from tests.paths import ROOT

__all__ = ["Done", "run", "spawn"]

Done = subprocess.CompletedProcess[str]
"""The exit status, and what was written."""


def run(package: str, *arguments: str | Path, typed: str = "") -> Done:
    """`python -m PACKAGE ARGUMENTS` in this process; `typed` is its standard input."""
    words, out, err = [*map(str, arguments)], io.StringIO(), io.StringIO()
    main = import_module(f"{package}.__main__").main
    with redirect_stdout(out), redirect_stderr(err), patch("sys.stdin", io.StringIO(typed)):
        try:
            status = main(words)
        except SystemExit as stopped:  # of argparse
            status = stopped.code
    return Done(words, int(status or 0), out.getvalue(), err.getvalue())


def spawn(package: str, *arguments: str | Path, typed: str = "") -> Done:
    """The same in a process of its own."""
    command = [sys.executable, "-m", package, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, input=typed, check=False)
