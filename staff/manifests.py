"""What a release says of itself: who measured it and when, its hashes, figures, and what is not as it was before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from retrieval.corpus import read_corpus
from staff.audit import Head
from staff.differences import corpus_difference
from staff.drafts import corpus_files, corpus_sha256
from staff.gates import Gate
from staff.release_files import Release
from staff.suite_compare import PASSAGES_MOVED, WORSE, Effect, compare
from staff.suite_run import Result, figures

__all__ = ["Measured", "manifest_of"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was built in a folder, and what came of measuring it."""

    folder: Path
    assistant: Assistant
    results: Sequence[Result]
    gates: Sequence[Gate]
    by: str
    at: datetime
    encoder: str
    """The encoder's fingerprint."""


def manifest_of(
    measured: Measured, live: Release | None, number: int, changes: Sequence[int], audit: Head
) -> dict[str, Any]:
    """The manifest before it is signed, against the release that is live, if one is. `changes` are those that no
    release has yet, `audit` is the head of the log by now."""
    files = corpus_files(measured.folder)
    corpus = measured.assistant.corpus
    moved = compare(live.results, measured.results) if live else ()
    passages = corpus_difference(read_corpus(live.corpus) if live else None, corpus)

    def named(*effects: Effect) -> list[str]:
        return ["/".join(d.result.name) for d in moved if d.change in effects]

    return {
        "id": f"{number:04}-{hashlib.sha256(json.dumps(files).encode()).hexdigest()[:8]}",
        "before": live.manifest["id"] if live else None,
        "prepared_by": measured.by,
        "prepared": measured.at.isoformat(timespec="seconds"),
        "corpus_sha256": corpus_sha256(measured.folder / "corpus"),
        "encoder": measured.encoder,
        "files": files,
        "documents": {d.monograph.id: d.monograph.version for d in corpus.documents.values()},
        "figures": {figure.name: figure.as_json() for figure in figures(measured.results)},
        "gates": [gate.as_json() for gate in measured.gates],
        "changes": list(changes),
        "passages": [change.as_json() for change in passages] if live else "all are new",
        "citations_moved": named(*PASSAGES_MOVED),
        "newly_failing": named(Effect.NEWLY_FAILING),
        "worse": named(*WORSE[1:]),
        "newly_passing": named(Effect.NEWLY_PASSING),
        "audit": str(audit),
    }
