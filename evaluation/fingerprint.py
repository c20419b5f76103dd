"""What a figure depends on: code, data, model, versions and machine."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from retrieval.encoder import file_sha256

__all__ = ["environment", "key_of"]

_ROOT = Path(__file__).resolve().parent.parent
_CODE = ("retrieval", "evaluation")
_PACKAGES = (
    "bm25s",
    "faiss-cpu",
    "ir-measures",
    "numpy",
    "onnxruntime",
    "pytrec-eval-terrier",
    "scipy",
    "sentence-transformers",
    "snowballstemmer",
    "tokenizers",
    "torch",
    "transformers",
)


def environment() -> dict[str, Any]:
    """The code, versions and machine of this process."""
    return {
        "code": {"commit": _git("rev-parse", "HEAD"), "changed": bool(_git("status", "--porcelain", "--", *_CODE))},
        "code_sha256": _code_sha256(),
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in _PACKAGES}},
        "machine": {"system": platform.system(), "architecture": platform.machine(), "cores": os.cpu_count()},
    }


def key_of(fingerprint: Mapping[str, Any]) -> str:
    """One hash over what decides the figures: all but the commit (the code has its own hash) and the machine."""
    kept = {name: value for name, value in fingerprint.items() if name not in ("code", "machine")}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def _code_sha256() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for folder in _CODE for path in (_ROOT / folder).rglob("*.py")):
        digest.update(f"{path.relative_to(_ROOT).as_posix()}\0{file_sha256(path)}\n".encode())
    return digest.hexdigest()


def _git(*arguments: str) -> str | None:
    """What git says of the project, or None where there is no git or no repository."""
    try:
        done = subprocess.run(["git", "-C", str(_ROOT), *arguments], capture_output=True, text=True, check=True)  # noqa: S603, S607
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
