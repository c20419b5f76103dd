"""A start from folders that nobody may write: what is there is served, what is missing is said."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

from assistant.start import start_assistant
from tests.conftest import ROOT
from tests.hashing import HashingEncoder
from tests.staff.made_up import QUESTIONS, hashing, write_corpus

_CAP_DAC_OVERRIDE, _PR_CAPBSET_DROP = 1, 24  # linux/capability.h, linux/prctl.h

CHILD = """
import sys
from pathlib import Path
from assistant.start import start_assistant
from retrieval.errors import UnusableIndexError
from tests.staff.made_up import QUESTIONS, hashing

corpus, index = map(Path, sys.argv[1:])
print(start_assistant(corpus, index, hashing(), print).ask(QUESTIONS[0][1]).decision)
other = hashing()
other.fingerprint = "1" * 64
try:
    start_assistant(corpus, index, other, lambda _: None)
except UnusableIndexError as error:
    print(error)
"""


def no_root() -> None:
    """Root may write anywhere; what is started after this may not."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE, 0, 0, 0)


def test_from_folders_that_cannot_be_written_what_is_there_is_served(tmp_path: Path) -> None:
    corpus, index = write_corpus(tmp_path / "corpus").folder, tmp_path / "index"
    assert isinstance(hashing(), HashingEncoder)
    assert start_assistant(corpus, index, hashing(), print).ask(QUESTIONS[0][1]).decision == "answer"
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    for path in (tmp_path, *tmp_path.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    command = [sys.executable, "-c", CHILD, str(corpus), str(index)]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=no_root)
    finally:
        for path in (tmp_path, *tmp_path.rglob("*")):
            path.chmod(0o755)
    said = done.stdout.splitlines()
    assert said[0] == "answer", done.stdout + done.stderr
    assert said[1].startswith(f"The index cannot be written to {index}: ")
    assert len(said) == 2
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before
