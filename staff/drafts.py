"""Drafts: a copy of the corpus with changes made in it, and an assistant of its own that answers from it.

<folder>/<key>/    the copy; `key` hashes the files of the corpus and the changes
<folder>/index/    the indexes of drafts, kept apart from the live one's
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from assistant.assistant import Assistant
from assistant.notices import DEFAULT_LOCALE, locales, read_notices
from assistant.start import start_assistant
from assistant.triage.gate import Triage
from retrieval.batching import BatchingEncoder
from retrieval.cached_encoder import CachedEncoder
from retrieval.encoder import Encoder, Progress, file_sha256
from retrieval.files import write_atomically
from staff.changes import Change
from staff.errors import StaffError
from staff.kind_files import edited_files

__all__ = ["Draft", "Drafts", "corpus_files", "corpus_sha256", "started"]

_KEPT = 4


@dataclass(frozen=True, slots=True)
class Draft:
    """An assistant over the corpus with some changes made."""

    key: str
    folder: Path
    assistant: Assistant


class Drafts:
    """Makes drafts of a corpus and keeps the latest. Safe for threads: one is made at a time."""

    def __init__(
        self,
        corpus: Path,
        folder: Path,
        encoder: Encoder,
        vectors: Path,
        locale: str = DEFAULT_LOCALE,
        medicine: str = "",
    ) -> None:
        """`vectors` keeps what is embedded: a draft embeds only what nothing before it had."""
        self._corpus, self._folder, self._vectors = corpus, folder, vectors
        self._locale, self._medicine = locale, medicine
        self._served: tuple[str, Assistant] | None = None
        """The hash of the corpus that patients are answered from, and what answers them."""
        self._triage: dict[str, Triage] = {}
        self.encoder = encoder
        self.cached: Encoder = BatchingEncoder(CachedEncoder(encoder, vectors))
        """For texts and questions of the corpus alone: what was embedded once is not again."""
        self._made: dict[str, Draft] = {}
        self._lock = Lock()

    def open(self, changes: Sequence[Change] = (), progress: Progress | None = None) -> Draft:
        """The draft with these changes made, in their order; without any, of the corpus as it stands.

        Raises StaffError if the corpus with the changes has a problem, VerbatimError if nothing can be started.
        """
        with self._lock:
            key = _key(self._corpus, changes)
            if key not in self._made:
                self._made[key] = self._make(key, changes, progress)
                for old in list(self._made)[:-_KEPT]:
                    shutil.rmtree(self._made.pop(old).folder, ignore_errors=True)
            return self._made[key]

    def take(self, assistant: Assistant, corpus: Path) -> None:
        """Let the assistant of this corpus folder answer for a draft that has no change of it, and drafts whose triage
        is as there take its triage."""
        self._served = corpus_sha256(corpus), assistant
        self._take_triage(assistant, corpus)

    def _take_triage(self, assistant: Assistant, corpus: Path) -> None:
        self._triage = {**dict(list(self._triage.items())[-1:]), self._triage_key(corpus): assistant.triage}

    def _triage_key(self, corpus: Path) -> str:
        return _digest(corpus_files(corpus / "triage")) + self._locale

    def _make(self, key: str, changes: Sequence[Change], progress: Progress | None) -> Draft:
        home = self._folder / key
        if not home.is_dir():
            self._folder.mkdir(parents=True, exist_ok=True)
            work = Path(tempfile.mkdtemp(prefix=".drafting-", dir=self._folder))
            try:
                copy = shutil.copytree(self._corpus, work / "corpus")
                for change in changes:
                    for path, text in edited_files(change.kind, change.content, copy).items():
                        write_atomically(copy / path, text.encode())
                copy.rename(home)
            finally:
                shutil.rmtree(work, ignore_errors=True)
        if self._served and self._served[0] == corpus_sha256(home):
            return Draft(key, home, self._served[1])
        index = self._folder / "index"
        # The triage learns from all questions that are no alarm too, but a few more of these move it little and cost
        # most of a trial: a draft whose triage has no change of its own takes the one there is. A release trains anew.
        assistant = started(
            home, index, self.encoder, self._vectors, progress, locale=self._locale, medicine=self._medicine,
            triage=self._triage.get(self._triage_key(home)),
        )  # fmt: skip
        self._take_triage(assistant, home)
        return Draft(key, home, assistant)


def started(
    corpus: Path,
    index: Path,
    encoder: Encoder,
    vectors: Path,
    progress: Progress | None = None,
    report: Callable[[str], None] = lambda _: None,
    locale: str = DEFAULT_LOCALE,
    medicine: str = "",
    triage: Triage | None = None,
) -> Assistant:
    """Start an assistant over a corpus in which everything can be used. Raises StaffError for the first problem."""
    for other in locales(corpus / "notices"):
        read_notices(corpus / "notices", other)  # another service may have that locale
    assistant = start_assistant(
        corpus, index, encoder, report, progress, locale, vectors=vectors, medicine=medicine, triage=triage
    )
    if assistant.corpus.problems:
        raise StaffError(f"The corpus has a problem: {assistant.corpus.problems[0]}")
    return assistant


def corpus_files(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a corpus by its path, in order; hidden files do not count."""
    paths = (p for p in folder.rglob("*") if p.is_file())
    relative = sorted(p.relative_to(folder).as_posix() for p in paths)
    return {path: file_sha256(folder / path) for path in relative if not any(s[0] == "." for s in path.split("/"))}


def corpus_sha256(folder: Path) -> str:
    """One hash over the names and bytes of a corpus."""
    return _digest(corpus_files(folder))


def _key(corpus: Path, changes: Sequence[Change]) -> str:
    text = "\0".join([corpus_sha256(corpus), *(change.sha256 for change in changes)])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _digest(files: dict[str, str]) -> str:
    return hashlib.sha256("".join(f"{path}\0{digest}\0" for path, digest in files.items()).encode()).hexdigest()
