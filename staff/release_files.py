"""A release on the disk: its folder, its manifest, and the hashes that tell whether it is as it was signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.encoder import file_sha256
from staff import audit
from staff.gates import Gate
from staff.suite_run import Result, from_json

__all__ = [
    "MANIFEST", "SUITES", "Candidate", "Release", "changed_files", "manifest_bytes", "manifest_sha256",
    "release_anchors",
]  # fmt: skip

MANIFEST, SUITES = "manifest.json", "suites.json"


@dataclass(frozen=True, slots=True)
class Release:
    """A folder that was checked against its manifest."""

    id: str
    folder: Path
    manifest: Mapping[str, Any]

    @property
    def corpus(self) -> Path:
        return self.folder / "corpus"

    @property
    def results(self) -> tuple[Result, ...]:
        return tuple(map(from_json, json.loads((self.folder / SUITES).read_bytes())))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A release that was built and measured and waits for its signature."""

    folder: Path
    manifest: Mapping[str, Any]
    gates: tuple[Gate, ...]
    results: tuple[Result, ...]

    @property
    def sha256(self) -> str:
        """Of all that is in it, by its manifest: what somebody has seen who signs it."""
        return manifest_sha256(self.manifest)

    @property
    def failing(self) -> tuple[Gate, ...]:
        return tuple(gate for gate in self.gates if not gate.passed)


def release_anchors(folder: Path) -> list[tuple[str, audit.Head]]:
    """What each release in a state's folder knows of the audit log, by a name to report it by."""
    manifests = sorted((folder / "releases").glob(f"[0-9]*/{MANIFEST}"))
    return [(f"release {m.parent.name}", audit.Head.read(json.loads(m.read_bytes())["audit"])) for m in manifests]


def changed_files(folder: Path, files: Mapping[str, str]) -> list[str]:
    """The files that are missing, changed or, in the corpus, where each is read, too many."""
    there = (p.relative_to(folder).as_posix() for p in (folder / "corpus").rglob("*") if p.is_file())
    wrong = [n for n, digest in files.items() if not (folder / n).is_file() or file_sha256(folder / n) != digest]
    return [*wrong, *(n for n in there if n not in files)]


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps(manifest, indent=1, sort_keys=True).encode()


def manifest_sha256(manifest: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in manifest.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
