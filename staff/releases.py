"""Releases: immutable folders, each with all that answers, its figures and its hashes; one of them is live.

    <state>/releases/<id>/manifest.json   who, when, hashes, figures, gates, changes against the one before
    <state>/releases/<id>/corpus/         the corpus as it was
    <state>/releases/<id>/index/          the index and the triage that answer, built once
    <state>/releases/<id>/suites.json     what the suites showed, asked of this very assistant
    <state>/live                          names the release that is live: switching is one rename of this file

The table of switches in the state is the truth and is written first; the file `live` follows it, at once or,
after a kill between the two, when the bench is opened next.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from assistant.assistant import Assistant
from assistant.notices import DEFAULT_LOCALE
from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import read_corpus
from retrieval.encoder import Encoder, Progress
from retrieval.files import flush, write_atomically
from staff.accounts import Account
from staff.answerable import Answerable, answerable
from staff.change_kinds import Kind
from staff.changes import Changes, Status
from staff.drafts import corpus_sha256, started
from staff.errors import RefusedError, StaffError
from staff.gap_decisions import kept_gaps
from staff.gates import Gate, check_gates, read_thresholds
from staff.jobs import doing
from staff.manifests import Measured, manifest_of
from staff.release_files import (
    MANIFEST,
    SUITES,
    Candidate,
    Release,
    changed_files,
    manifest_bytes,
    manifest_sha256,
    release_anchors,
)  # fmt: skip
from staff.state import State
from staff.suite_run import from_json, run_suites
from staff.suites import read_suites

__all__ = ["Candidate", "Release", "Releases", "release_anchors"]

_POINTER = "live"
_CANDIDATE = ".candidate-"


class Releases:
    """The releases of a state."""

    def __init__(
        self,
        state: State,
        changes: Changes,
        corpus: Path,
        encoder: Encoder,
        vectors: Path,
        locale: str = DEFAULT_LOCALE,
        medicine: str = "",
        two_people: bool = True,
    ) -> None:
        """`vectors` keeps what is embedded, outside the releases: what is in them never changes again. `two_people`:
        nobody signs what they measured themselves."""
        self._two_people = two_people
        self._state, self._changes, self._corpus, self._encoder = state, changes, corpus, encoder
        self._vectors, self._locale, self._medicine = vectors, locale, medicine
        self.folder = state.folder / "releases"

    @property
    def pointer(self) -> Path:
        return self._state.folder / _POINTER

    def recover(self) -> None:
        """Let the pointer follow the last switch, should a kill have come between the two."""
        switches = self._state.query("SELECT release FROM switches ORDER BY n DESC LIMIT 1")
        if switches and self.live_id() != switches[0][0]:
            write_atomically(self.pointer, f"{switches[0][0]}\n".encode())

    def live_id(self) -> str | None:
        return self.pointer.read_text("utf-8").strip() if self.pointer.is_file() else None

    def live(self) -> Release | None:
        """The release that is live. Raises StaffError if it is damaged."""
        return None if (name := self.live_id()) is None else self.get(name)

    def listed(self) -> tuple[str, ...]:
        """The ids of all releases that were ever live, oldest first."""
        rows = self._state.query("SELECT release FROM switches WHERE kind = 'release' ORDER BY n")
        return tuple(row[0] for row in rows)

    def before_live(self) -> tuple[str, ...]:
        """The ids of the other releases that were live, the one that was live last first."""
        rows = self._state.query("SELECT release FROM switches GROUP BY release ORDER BY max(n) DESC")
        return tuple(row[0] for row in rows if row[0] != self.live_id())

    def get(self, identifier: str) -> Release:
        """Read and check a release, every file of it. Raises StaffError if one is missing or changed."""
        if identifier not in self.listed():
            raise StaffError(f"There is no release '{identifier}'. There are: {', '.join(self.listed()) or 'none'}.")
        return self._read(identifier)

    def glance(self, identifier: str) -> Release:
        """A release by its manifest alone, to be told of and not to be served: its files are not looked at. Raises
        StaffError if the manifest is damaged."""
        folder = self.folder / identifier
        try:
            raw = (folder / MANIFEST).read_bytes()
            manifest = json.loads(raw)
            # Byte for byte as it was written: some changes of JSON's text leave its meaning.
            sound = manifest["sha256"] == manifest_sha256(manifest) and raw == manifest_bytes(manifest)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise StaffError(f"Release {identifier} is damaged ({error}).") from error
        if not sound:
            raise StaffError(f"Release {identifier} is damaged: {MANIFEST} was changed.")
        return Release(identifier, folder, manifest)

    def start(self, release: Release) -> Assistant:
        """An assistant that answers from a release. Embeds nothing while the code that made it is the same."""
        return self._started(release.folder)

    def prepare(self, by: Account, progress: Progress | None = None) -> Candidate:
        """Build and measure what the corpus would be as a release.

        Raises VerbatimError if the corpus cannot be served at all, StaffError while approved changes are not
        written.
        """
        if waiting := self._changes.listed(Status.APPROVED):
            raise StaffError(f"Change {waiting[0].id} is approved but not written to the corpus yet.")
        self.folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=_CANDIDATE, dir=self.folder))
        try:
            corpus = shutil.copytree(self._corpus, work / "corpus", ignore=shutil.ignore_patterns(".*"))
            doing(progress, "building it, and training what notices emergencies")
            assistant = self._started(work, progress)
            doing(progress, "asking the suites")
            results = run_suites(read_suites(corpus / "suites"), assistant, progress=progress)
            (work / SUITES).write_text(json.dumps([r.as_json() for r in results], ensure_ascii=False), "utf-8")
            live = self.live()
            before = live.results if live else None
            now = datetime.fromtimestamp(self._state.now, UTC)
            undecided = self._undecided(live, assistant)
            gates = check_gates(assistant, results, before, read_thresholds(corpus / "suites"), now.date(), undecided)
            measured = Measured(work, assistant, results, gates, by.name, now, self._encoder.fingerprint)
            manifest = manifest_of(measured, live, self._number(), self._not_released(), self._state.verify_audit())
            write_atomically(work / MANIFEST, manifest_bytes(manifest))
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        for left in self._candidates():
            if left != work:
                shutil.rmtree(left, ignore_errors=True)
        return Candidate(work, manifest, gates, results)

    def candidate(self) -> Candidate | None:
        """What was measured last and waits for a signature, whoever asks; None if nothing does.

        Raises StaffError if a file of it was changed since.
        """
        for folder in self._candidates():
            if (folder / MANIFEST).is_file():
                manifest = json.loads((folder / MANIFEST).read_bytes())
                if wrong := changed_files(folder, manifest["files"]):
                    raise StaffError(f"What was measured was changed: {wrong[0]}. Measure again.")
                results = tuple(map(from_json, json.loads((folder / SUITES).read_bytes())))
                return Candidate(folder, manifest, tuple(Gate(**gate) for gate in manifest["gates"]), results)
        return None

    def _number(self) -> int:
        """Of the next release, from 1."""
        return max((int(p.name.split("-")[0]) for p in self.folder.glob("[0-9]*")), default=0) + 1

    def _not_released(self) -> tuple[int, ...]:
        """The changes that are written to the corpus and in no release yet."""
        released = {n for name in self.listed() for n in self.glance(name).manifest["changes"]}
        return tuple(c.id for c in self._changes.listed(Status.WRITTEN) if c.id not in released)

    def _candidates(self) -> list[Path]:
        """The newest first."""
        return sorted(self.folder.glob(f"{_CANDIDATE}*"), key=lambda path: path.stat().st_mtime, reverse=True)

    def _undecided(self, live: Release | None, assistant: Assistant) -> list[Answerable]:
        """Known gaps that text which is not live yet may answer, however it came into the corpus."""
        if live is None:
            return []
        written = self._changes.listed(Status.WRITTEN)
        kept = kept_gaps([change.content for change in written if change.kind == Kind.MONOGRAPH])
        encoder = CachedEncoder(self._encoder, self._vectors)
        found = answerable(read_corpus(live.corpus), assistant.corpus, encoder)
        return [one for one in found if one.key not in kept]

    def publish(self, candidate: Candidate, approver: Account, seen: str) -> Release:
        """Sign a candidate and make it live. `seen` is the hash of the one that was looked at.

        Raises RefusedError for a reviewer, and for who measured it; StaffError if it is another than was looked at, if
        a gate is not passed, or if the corpus or what is live was changed since it was built.
        """
        approver.must_approve()
        if seen != candidate.sha256:
            raise StaffError("This is not what you have looked at. Look at it, then sign.")
        if self._two_people and candidate.manifest["prepared_by"] == approver.name:
            raise RefusedError(f"'{approver.name}' measured this release: a second person must sign it.")
        with self._written_whole():
            return self._published(candidate, approver)

    def _published(self, candidate: Candidate, approver: Account) -> Release:
        if candidate.failing:
            lines = "".join(f"\n  {gate.name}: {gate.detail}" for gate in candidate.failing)
            raise StaffError(f"The release does not pass its gates:{lines}")
        manifest = dict(candidate.manifest)
        if corpus_sha256(self._corpus) != manifest["corpus_sha256"] or self.live_id() != manifest["before"]:
            raise StaffError("The corpus or the live release was changed since this was measured. Measure again.")
        manifest |= {"signed_by": approver.name, "signed": self._state.now}
        manifest["sha256"] = manifest_sha256(manifest)
        write_atomically(candidate.folder / MANIFEST, manifest_bytes(manifest))
        for path in sorted(candidate.folder.rglob("*")):
            flush(path)
            if path.is_file():
                path.chmod(0o444)
        home = self.folder / str(manifest["id"])
        candidate.folder.rename(home)
        home.chmod(0o755)
        flush(self.folder)
        release = self._read(home.name)
        self._switch(release, approver, "release", "released")
        return release

    def rollback(self, identifier: str, approver: Account, reason: str) -> Release:
        """Make an earlier release live again, just as it was.

        Raises RefusedError for a reviewer, StaffError if it is damaged, was never live, or nothing says why.
        """
        approver.must_approve()
        if not reason.strip():
            raise StaffError("Say why you roll back: it stands in the log.")
        release = self.get(identifier)
        signed = self._state.query("SELECT manifest_sha256 FROM switches WHERE release = ?", identifier)
        if (release.manifest["sha256"],) not in signed:
            raise StaffError(f"Release {identifier} was never signed as it is now.")
        with self._written_whole():
            self._switch(release, approver, "rollback", "rolled back", reason=reason.strip())
        return release

    @contextmanager
    def _written_whole(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StaffError(f"{self.folder} cannot be written: {error.strerror}.") from error

    def _started(self, folder: Path, progress: Progress | None = None) -> Assistant:
        index = folder / "index"
        return started(
            folder / "corpus", index, self._encoder, self._vectors, progress, locale=self._locale,
            medicine=self._medicine,
        )  # fmt: skip

    def _read(self, identifier: str) -> Release:
        release = self.glance(identifier)
        try:
            wrong = changed_files(release.folder, release.manifest["files"])
        except OSError as error:
            raise StaffError(f"Release {identifier} is damaged ({error}).") from error
        if wrong:
            raise StaffError(f"Release {identifier} is damaged: {wrong[0]} was changed.")
        return release

    def _switch(self, release: Release, approver: Account, kind: str, action: str, **told: str) -> None:
        before, digest = self.live_id(), release.manifest["sha256"]
        with self._state.writing() as transaction:
            transaction.execute(
                "INSERT INTO switches (release, manifest_sha256, by, at, kind) VALUES (?, ?, ?, ?, ?)",
                release.id, digest, approver.name, transaction.now, kind,
            )  # fmt: skip
            transaction.audit(
                approver.name, action, f"release {release.id}", manifest_sha256=digest, before=before, **told
            )
        write_atomically(self.pointer, f"{release.id}\n".encode())
