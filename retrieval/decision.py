"""The learned decision: from the figures of one search to how likely the monograph answers, and each passage does.

    retrieval/decision.safetensors    made by `python -m training decision`; each index's manifest has its SHA-256

Three small models (docs/decisions/0008-the-decision.md). The domain part is a plane through the vectors: is a message
about a medicine, an illness or a treatment at all? Its log odds are one of the figures of which two forests make
probabilities. A fourth, the order of what is found for a follow-up (0006), is learned from the same messages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Vectors, file_sha256
from retrieval.errors import DecisionError
from retrieval.figures import MESSAGE, PASSAGE
from retrieval.follow_up import HIDDEN, READINGS, Order
from retrieval.forest import LEAVES, NODES, Forest, sigmoid

__all__ = ["DECISION", "DecisionModel", "Judged", "WorkingPoint", "read_decision", "write_decision"]

DECISION = Path(__file__).parent / "decision.safetensors"
"""The decision that ships."""

_FORESTS = {"answered": len(MESSAGE), "passage": len(MESSAGE) + len(PASSAGE)}
_MANIFEST = "decision"


@dataclass(frozen=True, slots=True)
class WorkingPoint:
    """Probabilities from which something is shown, chosen on the curves of what is lost and what is let through."""

    answer: float
    """The first passage answers plainly."""
    related: float
    """The monograph may answer: its nearest passages are shown with the notice that they may not …"""
    unsure: float
    """… and so much is asked where the message may not be about medicine at all."""
    behind: float
    """A second or third passage answers too: so much less likely it may be than the first."""
    medical: float
    """The message is about a medicine, an illness or a treatment; with one less this, about something else."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the decision makes of one search."""

    domain: float
    """Probability that the message is about a medicine, an illness or a treatment."""
    answered: float
    """Probability that the monograph answers it."""
    passages: tuple[float, ...]
    """For each hit the probability that it answers."""


@dataclass(frozen=True, eq=False)
class DecisionModel:
    """The models, and the point to work at."""

    plane: NDArray[np.float64]
    """Shape (dimension + 1,): weights of a unit vector, then the intercept."""
    answered: Forest
    passage: Forest
    point: WorkingPoint
    encoder: str
    """Fingerprint of the encoder whose vectors it learned from."""
    order: Order | None = None
    """Of what is found for a message that leans on others; without it that is as it is read together."""
    languages: Mapping[str, float] = field(default_factory=dict)
    """By the code of each language but English the share of held-out questions whose right passage is first."""

    @cached_property
    def _width(self) -> int:
        return len(self.plane) - 1

    def at(self, point: WorkingPoint) -> DecisionModel:
        """The same models at another point."""
        return replace(self, point=point)

    def domain(self, vector: Vectors) -> float:
        """Log odds that a message with this vector, shape (1, dimension), is about medicine at all; 0 for vectors of
        another width, which the plane does not know."""
        return float(vector[0] @ self.plane[:-1] + self.plane[-1]) if vector.shape[1] == self._width else 0.0

    def medical(self, vector: Vectors) -> float:
        """Probability that a message with this vector, shape (1, dimension), is about health or somebody in need."""
        return float(sigmoid(np.array(self.domain(vector))))

    def judge(self, vector: Vectors, message: NDArray[np.float64], passages: NDArray[np.float64]) -> Judged:
        """What to make of a message with this vector, shape (1, dimension), and these figures (retrieval/figures.py),
        of shapes (len(MESSAGE) - 1,) and (hits, len(PASSAGE))."""
        domain = self.domain(vector)
        figures = np.concatenate([message, [domain]])
        answered = sigmoid(self.answered.log_odds(figures[None]))[0]
        rows = np.concatenate([np.broadcast_to(figures, (len(passages), len(figures))), passages], axis=1)
        likely = sigmoid(self.passage.log_odds(rows))
        return Judged(self.medical(vector), float(answered), tuple(map(float, likely)))


def read_decision(path: Path = DECISION) -> DecisionModel:
    """Read and check a decision. Raises DecisionError if the file cannot be read or has other figures."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as file:
            stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
            manifest = json.loads((file.metadata() or {})[_MANIFEST])
        if (manifest["message"], manifest["passage"]) != (list(MESSAGE), list(PASSAGE)):
            raise DecisionError(f"{path} was made for other figures: make it anew (python -m training decision).")
        forests = {name: _forest(stored, name, width) for name, width in _FORESTS.items()}
        return DecisionModel(
            stored["plane"].astype(np.float64),
            forests["answered"],
            forests["passage"],
            WorkingPoint(**manifest["point"]),
            manifest["encoder"],
            _order(stored),
            manifest["languages"],
        )
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise DecisionError(f"{path} cannot be read ({error}): restore it from the repository.") from error


def write_decision(model: DecisionModel, path: Path) -> str:
    """Write a decision; returns the file's SHA-256. Equal models give equal bytes."""
    from safetensors.numpy import save

    tensors: dict[str, NDArray[np.float32]] = {"plane": model.plane.astype(np.float32)}
    for name in _FORESTS:
        forest: Forest = getattr(model, name)
        tensors |= {
            f"{name}.features": forest.features.astype(np.float32),
            f"{name}.thresholds": forest.thresholds.astype(np.float32),
            f"{name}.values": forest.values.astype(np.float32),
            f"{name}.bias": np.array([forest.bias], dtype=np.float32),
        }
    if model.order:
        tensors |= {f"order.{part}": getattr(model.order, part).astype(np.float32) for part in ("inner", "outer")}
    manifest = {
        "encoder": model.encoder,
        "languages": dict(model.languages),
        "message": MESSAGE,
        "passage": PASSAGE,
        "point": asdict(model.point),
    }
    # safetensors writes an array's memory as it lies: one in another order would be read as other numbers.
    tensors = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    path.write_bytes(save(tensors, {_MANIFEST: json.dumps(manifest, sort_keys=True)}))
    return file_sha256(path)


def _order(stored: Mapping[str, NDArray[np.float32]]) -> Order | None:
    if "order.inner" not in stored:
        return None
    inner, outer = (stored[f"order.{part}"].astype(np.float64) for part in ("inner", "outer"))
    if (inner.shape, outer.shape) != ((len(READINGS) + 1, HIDDEN), (HIDDEN,)):
        raise ValueError("the order of follow-ups has not the shape it must have")
    return Order(inner, outer)


def _forest(stored: Mapping[str, NDArray[np.float32]], name: str, width: int) -> Forest:
    features, thresholds, values = (stored[f"{name}.{part}"] for part in ("features", "thresholds", "values"))
    trees = len(features)
    shapes = (features.shape, thresholds.shape, values.shape)
    if shapes != ((trees, NODES), (trees, NODES), (trees, LEAVES)) or not 0 <= features.min() <= features.max() < width:
        raise ValueError(f"the forest '{name}' has not the shape it must have")
    return Forest(
        features.astype(np.int32),
        thresholds.astype(np.float64),
        values.astype(np.float64),
        float(stored[f"{name}.bias"][0]),
    )
