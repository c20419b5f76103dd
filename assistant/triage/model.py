"""Half of the learned part: multinomial logistic regression over the features of a message, and its file.

    <folder>/<key>.safetensors   the weights; in its metadata what they were trained from and their SHA-256

`key` hashes all that decides the weights: encoder, examples, rules, ordinary questions, recipe, settings.
A model is found by its name, so one that does not belong to the corpus at hand is never loaded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assistant.triage.examples import APPROVED, CLASSES, Bank, Example
from assistant.triage.features import RULE_FEATURES, WORD_FEATURES, feature_rows, features, terms_known_to_others
from assistant.triage.guards import ALARMS, Label
from assistant.triage.rules import Findings, Rules
from retrieval.encoder import Encoder, Progress, Vectors
from retrieval.errors import VerbatimError
from retrieval.files import alone, write_atomically

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = [
    "Model",
    "Nearest",
    "UnusableModelError",
    "fit",
    "likelihoods",
    "load_model",
    "open_model",
    "row_weights",
    "train_model",
]

_RECIPE = "7"
"""Part of the key: to be changed whenever the code of the features, the guards or the training changes."""
_STRENGTH = 10.0
_WEIGHT = 3.0
_STEPS = 300
_NEVER = -50.0
"""Log odds of what cannot be known."""
_UNLIKE = -1.0
"""Similarity to what is not there."""
_KEPT = 3


class UnusableModelError(VerbatimError):
    """The trained model on disk is missing, damaged or of another corpus."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The example with a label that is most like a message, the cosine similarity of the most alike of each label (-1
    where there is none), and that of the message which is to raise nothing and is most like it."""

    example: Example
    similar: Mapping[Label, float]
    plain: float

    @property
    def similarity(self) -> float:
        """Of the example."""
        return max(self.similar.values())


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of shape (4, features), intercepts of shape (4,), the examples with a label, and vectors of the bank.

    `vectors` has a row for each of `labelled`; `plain` one for each message that is to raise nothing.
    """

    weights: NDArray[np.float32]
    intercepts: NDArray[np.float32]
    labelled: tuple[Example, ...]
    classes: NDArray[np.int64]
    """Of each of `labelled` the place of its label in CLASSES."""
    vectors: Vectors
    plain: Vectors

    def likelihoods(self, vector: Vectors, found: Findings) -> NDArray[np.float64]:
        """How likely a message has each class, no label first, shape (1, 4); `vector` has the shape (1, dimension)."""
        row = features(vector[0], found, found.fired())
        return likelihoods(row[None], self.weights, self.intercepts)

    def nearest(self, vector: Vectors) -> Nearest:
        """What of the bank is most like a message."""
        similar = self.vectors @ vector[0]
        by_label = {
            label: float(similar[self.classes == number].max(initial=_UNLIKE)) for number, label in enumerate(Label, 1)
        }
        plain = float((self.plain @ vector[0]).max(initial=_UNLIKE))
        return Nearest(self.labelled[int(similar.argmax())], by_label, plain)


def open_model(
    folder: Path,
    bank: Bank,
    rules: Rules,
    encoder: Encoder,
    progress: Progress | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Model:
    """Load the model of this bank, these rules and this encoder if it is there and sound, else train it.

    Of several processes that find none, one trains it and the others wait.
    """
    with suppress(UnusableModelError):
        return load_model(folder, bank, rules, encoder)
    try:
        with alone(folder):
            try:
                return load_model(folder, bank, rules, encoder)  # somebody else may have trained it meanwhile
            except UnusableModelError as error:
                report(f"{error} Training the triage.")
            return train_model(folder, bank, rules, encoder, progress)
    except OSError as error:
        raise UnusableModelError(f"The triage cannot be written to {folder}: {error}.") from error


def load_model(folder: Path, bank: Bank, rules: Rules, encoder: Encoder) -> Model:
    """Load and verify a model. Raises UnusableModelError if it is not there or not what it must be."""
    from safetensors import SafetensorError, safe_open

    expected = _description(bank, rules, encoder)
    path = folder / f"{expected['key']}.safetensors"
    if not path.is_file():
        raise UnusableModelError(f"{folder} holds no triage of this corpus and encoder.")
    try:
        with safe_open(path, framework="np") as file:
            metadata = dict(file.metadata() or {})
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    except (SafetensorError, OSError, ValueError) as error:
        raise UnusableModelError(f"{path} cannot be read ({error}).") from error
    if metadata != _metadata(expected, tensors):
        raise UnusableModelError(f"{path} is damaged.")
    return _model(bank, tensors)


def train_model(folder: Path, bank: Bank, rules: Rules, encoder: Encoder, progress: Progress | None = None) -> Model:
    """Embed the bank, train and publish the model; the same inputs give the same file.

    Raises UnusableModelError if the folder cannot be written.
    """
    from safetensors.numpy import save

    vectors = encoder.encode(bank.texts, progress)
    findings = [rules.find(text) for text in bank.texts]
    weights, intercepts = fit(vectors, findings, bank.classes, row_weights(bank))
    labelled, plain = vectors[np.flatnonzero(bank.classes)], vectors[np.flatnonzero(bank.classes == 0)]
    tensors = {"labelled": labelled, "plain": plain, "intercepts": intercepts, "weights": weights}
    description = _description(bank, rules, encoder)
    try:
        _publish(folder, description["key"], save(tensors, _metadata(description, tensors)))
    except OSError as error:
        raise UnusableModelError(f"The triage cannot be written to {folder}: {error}.") from error
    return load_model(folder, bank, rules, encoder)


def row_weights(bank: Bank) -> NDArray[np.float64]:
    """How much each message of a bank weighs in the training; shape (examples + ordinary,).

    The approved questions are many and mostly easy; all else weighs three times as much, and an alarm three times
    as much again: recall comes first.
    """
    alarm = np.isin(bank.classes, [CLASSES.index(label) for label in ALARMS])
    easy = np.array([source == APPROVED for source in bank.sources])
    return np.where(easy, 1.0, _WEIGHT) * np.where(alarm, _WEIGHT, 1.0)


def fit(
    vectors: Vectors, findings: Sequence[Findings], classes: NDArray[np.int64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights of shape (4, features) and intercepts of shape (4,), of rows that weigh as `row_weights` says."""
    from sklearn.linear_model import LogisticRegression

    rows = feature_rows(vectors, findings, terms_known_to_others(findings, [bool(c) for c in classes]))
    model = LogisticRegression(C=_STRENGTH, max_iter=_STEPS).fit(rows, classes, sample_weight=weights)
    coefficients, intercepts = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # of two classes it keeps the odds of the second over the first
        coefficients, intercepts = (np.stack([np.zeros_like(one[0]), one[0]]) for one in (coefficients, intercepts))
    # A class that a small bank has no example of is never likely.
    every = np.zeros((len(CLASSES), rows.shape[1]), np.float32), np.full(len(CLASSES), _NEVER, np.float32)
    for whole, some in zip(every, (coefficients, intercepts), strict=True):
        whole[model.classes_] = some
    return every


def likelihoods(
    rows: csr_array | Vectors, weights: NDArray[np.float32], intercepts: NDArray[np.float32]
) -> NDArray[np.float64]:
    """How likely each class is for each row of features; shape (n, 4), no label first."""
    odds = (rows @ weights.T + intercepts).astype(np.float64)
    likely = np.exp(odds - odds.max(axis=1, keepdims=True))
    return np.asarray(likely / likely.sum(axis=1, keepdims=True))


def _model(bank: Bank, tensors: dict[str, NDArray[np.float32]]) -> Model:
    labelled = tuple(example for example in bank.examples if example.label)
    classes = np.array([CLASSES.index(example.label) for example in labelled], dtype=np.int64)
    return Model(
        tensors["weights"],
        tensors["intercepts"],
        labelled,
        classes,
        tensors["labelled"],
        tensors["plain"],
    )


def _description(bank: Bank, rules: Rules, encoder: Encoder) -> dict[str, str]:
    parts = {
        "recipe": _RECIPE,
        "settings": f"strength {_STRENGTH}, weight {_WEIGHT}, steps {_STEPS}",
        "encoder": encoder.fingerprint,
        "bank_sha256": bank.sha256,
        "rules_sha256": rules.sha256,
        "features": f"{encoder.dimension} {WORD_FEATURES} {RULE_FEATURES}",
    }
    text = "".join(f"{name}\0{value}\n" for name, value in parts.items())
    return {**parts, "key": hashlib.sha256(text.encode()).hexdigest()[:32]}


def _metadata(description: Mapping[str, str], tensors: Mapping[str, NDArray[np.float32]]) -> dict[str, str]:
    """One entry, because safetensors writes several in no fixed order."""
    return {"manifest": json.dumps({**description, "weights_sha256": _digest(tensors)}, sort_keys=True)}


def _digest(tensors: Mapping[str, NDArray[np.float32]]) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name}\0{tensor.dtype}\0{tensor.shape}\0".encode() + np.ascontiguousarray(tensor).tobytes())
    return digest.hexdigest()


def _publish(folder: Path, key: str, content: bytes) -> None:
    """Write the model, and remove all but the last few."""
    write_atomically(folder / f"{key}.safetensors", content)
    models = sorted(folder.glob("*.safetensors"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in models[_KEPT:]:
        old.unlink(missing_ok=True)
