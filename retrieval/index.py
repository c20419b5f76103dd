"""The index on disk: one folder for each content, verified before use, published by a rename.

    <folder>/<key>/manifest.json   what it was made of and the SHA-256 of every artifact
    <folder>/<key>/views.faiss     one vector for each view; of a large store, more files beside it
    <folder>/vectors/              every vector ever made, by its text (retrieval/cached_encoder.py), there or elsewhere

`key` hashes everything that decides the vectors: the texts of the views, the encoder, the settings of ranking, the
format, the learned decision. An index that belongs to the corpus at
hand is found by its name; any other is built anew beside it, so a kill at any point leaves an old
index or a new one, never a mix.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import Corpus
from retrieval.decision import DECISION, DecisionModel, read_decision
from retrieval.encoder import Encoder, Progress, file_sha256
from retrieval.errors import StoreError, UnusableIndexError
from retrieval.files import alone, flush
from retrieval.garbage_collection import without_garbage_collection
from retrieval.large import fitting_store, load_store
from retrieval.lexical import LEXICAL_WEIGHT
from retrieval.milvus import MilvusStore, fill_milvus
from retrieval.multilingual import load_multilingual
from retrieval.ranking import BEST, DEPTH, TEXT_WEIGHT
from retrieval.store import FileStore, VectorStore
from retrieval.view_vectors import view_vectors
from retrieval.views import View, corpus_views, views_sha256

__all__ = ["FORMAT", "Index", "build_index", "load_index", "open_index"]

FORMAT = 4
_MANIFEST = "manifest.json"
_VECTORS = "views.faiss"
_KEPT = 3
_STALE_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Index:
    """Views and their vectors: view number n has the vector with id n."""

    folder: Path
    views: tuple[View, ...]
    store: VectorStore
    decision: DecisionModel
    manifest: Mapping[str, Any]


def open_index(
    folder: Path,
    corpus: Corpus,
    encoder: Encoder,
    progress: Progress | None = None,
    report: Callable[[str], None] = lambda _: None,
    milvus: str = "",
    vectors: Path | None = None,
    also: Callable[[], Sequence[str]] = tuple,
) -> Index:
    """Load the index of this corpus and encoder if it is there and sound, else build it.

    Its vectors are in files, or in the Milvus database at the URI `milvus`. What is embedded is kept for the next
    build in the folder `vectors`, by default the same one. `also` gives texts that whoever calls needs next: they
    are embedded in the same go.

    `report` gets a line for staff when an index has to be built or a damaged one is replaced. Of several processes
    that find none, one builds it and the others wait.
    """
    views = corpus_views(corpus)
    expected = _description(views, corpus, encoder)
    with suppress(UnusableIndexError):
        return _load(folder, views, expected, milvus)
    try:
        with alone(folder):
            try:
                return _load(folder, views, expected, milvus)  # somebody else may have built it meanwhile
            except UnusableIndexError as error:
                report(f"{error} Building the index.")
            return _build(folder, views, expected, corpus, encoder, progress, milvus, vectors, also)
    except OSError as error:
        raise UnusableIndexError(f"The index cannot be written to {folder}: {error}.") from error


def load_index(folder: Path, corpus: Corpus, encoder: Encoder, milvus: str = "") -> Index:
    """Load and verify the index of this corpus and encoder.

    Raises UnusableIndexError if there is none, or if a file, a count or a hash is not what it must be.
    """
    views = corpus_views(corpus)
    return _load(folder, views, _description(views, corpus, encoder), milvus)


def _load(folder: Path, views: tuple[View, ...], expected: Mapping[str, Any], milvus: str) -> Index:
    """The index that `_description` says, verified."""
    home, dimension = folder / str(expected["key"]), int(expected["encoder"]["dimension"])
    if not home.is_dir():
        raise UnusableIndexError(f"{folder} holds no index of this corpus and encoder.")
    manifest = _read_manifest(home)
    for field, value in expected.items():
        # The same views can come from other bytes (a changed owner, say): inputs are for the record.
        if field != "inputs" and manifest.get(field) != value:
            raise UnusableIndexError(f"{home} is damaged: its manifest's '{field}' is not what it must be.")
    for name, digest in manifest["artifacts"].items():
        path = home / name
        if not path.is_file() or file_sha256(path) != digest:
            raise UnusableIndexError(f"{path} is missing or damaged.")
    try:
        store = _load_store(home, manifest["store"], dimension, milvus)
    except StoreError as error:
        raise UnusableIndexError(str(error)) from error
    if len(store) != len(views) or store.dimension != dimension:
        raise UnusableIndexError(f"{home} holds {len(store)} vectors of {store.dimension} for {len(views)} views.")
    return Index(home, views, store, read_decision(), manifest)


@without_garbage_collection()
def build_index(
    folder: Path,
    corpus: Corpus,
    encoder: Encoder,
    progress: Progress | None = None,
    milvus: str = "",
    vectors: Path | None = None,
) -> Index:
    """Embed every new view and publish the index, replacing a damaged one of the same key.

    Raises UnusableIndexError if the folder cannot be written.
    """
    views = corpus_views(corpus)
    expected = _description(views, corpus, encoder)
    return _build(folder, views, expected, corpus, encoder, progress, milvus, vectors)


def _build(
    folder: Path,
    views: tuple[View, ...],
    expected: Mapping[str, Any],
    corpus: Corpus,
    encoder: Encoder,
    progress: Progress | None,
    milvus: str,
    vectors: Path | None,
    also: Callable[[], Sequence[str]] = tuple,
) -> Index:
    embedded = view_vectors(views, corpus, CachedEncoder(encoder, vectors or folder), progress, also())
    manifest = dict(expected)
    store, description = fill_milvus(milvus, manifest["key"], embedded) if milvus else fitting_store(embedded)
    manifest["store"] = description
    try:
        _publish(folder, manifest, store)
    except OSError as error:
        raise UnusableIndexError(f"The index cannot be written to {folder}: {error}.") from error
    return _load(folder, views, expected, milvus)


def _key(views: str, encoder: Encoder) -> str:
    """The name of an index, from the hash of its views and all else that decides what it finds."""
    other = load_multilingual(encoder.fingerprint)
    fingerprints = f"{encoder.fingerprint}\0{other.fingerprint if other else ''}"
    text = f"{FORMAT}\0{views}\0{fingerprints}\0{json.dumps(_settings())}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _settings() -> dict[str, float | str]:
    return {
        "decision_sha256": file_sha256(DECISION),
        "depth": DEPTH,
        "best": BEST,
        "text_weight": TEXT_WEIGHT,
        "lexical_weight": LEXICAL_WEIGHT,
    }


def _description(views: tuple[View, ...], corpus: Corpus, encoder: Encoder) -> dict[str, Any]:
    """What the manifest says of the inputs; the artifacts come after the build."""
    kinds = Counter(view.kind.value for view in views)
    digest = views_sha256(views)
    return {
        "format": FORMAT,
        "key": _key(digest, encoder),
        "encoder": {"name": encoder.name, "fingerprint": encoder.fingerprint, "dimension": encoder.dimension},
        "counts": {"documents": len(corpus.documents), "views": len(views), **dict(sorted(kinds.items()))},
        "views_sha256": digest,
        "settings": _settings(),
        "inputs": dict(corpus.inputs),
    }


def _publish(folder: Path, manifest: dict[str, Any], store: FileStore | MilvusStore) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    home = folder / str(manifest["key"])
    work = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
    try:
        if not isinstance(store, MilvusStore):
            store.save(work / _VECTORS)
        artifacts = sorted(work.iterdir())
        manifest["artifacts"] = {path.name: file_sha256(path) for path in artifacts}
        manifest["sha256"] = _manifest_sha256(manifest)
        (work / _MANIFEST).write_bytes(_written(manifest))
        for path in (*artifacts, work / _MANIFEST, work):
            flush(path)
        if home.exists():
            # A folder cannot be renamed onto a full one: move the damaged one out of the way first.
            home.rename(work.with_name(work.name.replace("building", "damaged")))
        work.rename(home)
        flush(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _load_store(home: Path, described: Mapping[str, Any], dimension: int, milvus: str) -> VectorStore:
    if bool(milvus) != (described["kind"] == "milvus"):
        raise UnusableIndexError(f"{home} has its vectors {'in files' if milvus else 'in Milvus'}.")
    if milvus:
        return MilvusStore(dimension, milvus, described["collection"])
    return load_store(home / _VECTORS, described["kind"])


def _sweep(folder: Path) -> None:
    """Remove what killed builds left behind long ago, and all but the latest indexes."""
    now = time.time()
    leftovers = [p for p in folder.glob(".*-*") if p.is_dir() and now - p.stat().st_mtime > _STALE_SECONDS]
    indexes = sorted(folder.glob(f"*/{_MANIFEST}"), key=lambda p: p.stat().st_mtime, reverse=True)
    for path in [*leftovers, *(p.parent for p in indexes[_KEPT - 1 :] if not p.parent.name.startswith("."))]:
        shutil.rmtree(path, ignore_errors=True)


def _read_manifest(home: Path) -> dict[str, Any]:
    try:
        raw = (home / _MANIFEST).read_bytes()
        manifest = json.loads(raw)
    except (OSError, ValueError) as error:
        raise UnusableIndexError(f"{home / _MANIFEST} cannot be read ({error}).") from error
    # Byte for byte as it was written: some changes of JSON's text leave its meaning.
    sound = isinstance(manifest, dict) and manifest.get("sha256") == _manifest_sha256(manifest)
    if not sound or raw != _written(manifest):
        raise UnusableIndexError(f"{home / _MANIFEST} is damaged.")
    return dict(manifest)


def _written(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps(manifest, indent=1, sort_keys=True).encode()


def _manifest_sha256(manifest: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in manifest.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
