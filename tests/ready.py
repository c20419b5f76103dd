"""The index and the triage that all tests share; run as a script, make them where they are not there.

They are kept from run to run, and two workers find them there, in a folder named after the code that
makes them: what the product itself would take for its own may have been made by code that has changed since.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from functools import partial
from pathlib import Path

from assistant.start import start_assistant
from retrieval.encoder import load_encoder
from retrieval.progress import progress_bar

__all__ = ["shared_folder"]

_ROOT = Path(__file__).resolve().parent.parent
_KEPT = _ROOT / "build" / "tests"
_MAKERS = ("retrieval/*.py", "assistant/triage/*.py")


def shared_folder() -> Path:
    """Where they are; corpus, encoder and settings are in the names of the files themselves."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _MAKERS for path in _ROOT.glob(pattern)):
        digest.update(f"{path.relative_to(_ROOT).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return _KEPT / digest.hexdigest()[:16]


def main() -> None:
    folder = shared_folder()
    for old in _KEPT.glob("*"):
        if old != folder:
            shutil.rmtree(old, ignore_errors=True)
    with progress_bar("Embedding") as progress:
        start_assistant(_ROOT / "corpus", folder, load_encoder(), partial(print, file=sys.stderr), progress)


if __name__ == "__main__":
    main()
