"""From where on the learned part says something: three numbers, chosen by a command and kept as data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from retrieval.errors import CorpusError

__all__ = ["THRESHOLDS", "Thresholds", "read_thresholds", "thresholds_json"]

THRESHOLDS = "thresholds.json"
"""The file in the folder `corpus/triage`; `python -m assistant tune-triage` writes it."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The learned part raises an alarm, or `soon`, from its score on: how likely the message is one or worse.

    And only if it knows such messages: an example with a label is as near as `like` (cosine similarity), and no
    message that is to raise nothing is nearer by more than `beyond`.
    """

    alarm: float
    soon: float
    like: float
    beyond: float
    encoder: str = ""
    """Fingerprint of the encoder that they were chosen for: another one's vectors lie elsewhere."""

    def knows(self, similarity: float, plain: float) -> bool:
        """Whether a message is near enough to the examples, by its two similarities."""
        return similarity >= self.like and similarity >= plain - self.beyond


def read_thresholds(folder: Path) -> Thresholds:
    """Read `thresholds.json` of corpus/triage. Raises CorpusError if it is missing or not what it must be."""
    path = folder / THRESHOLDS
    remedy = "Choose them anew: python -m assistant tune-triage."
    try:
        values = json.loads(path.read_text("utf-8"))
        numbers = {name: float(values.pop(name)) for name in ("alarm", "soon", "like", "beyond")}
        thresholds = Thresholds(**numbers, encoder=str(values.pop("encoder")))
    except OSError:
        raise CorpusError(path, 1, "the file is missing.", remedy) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorpusError(path, 1, f"the thresholds cannot be used ({error!r}).", remedy) from None
    if values or not all(0 <= number <= 1 for number in numbers.values()):
        raise CorpusError(path, 1, "the thresholds are not four numbers from 0 to 1 and an encoder.", remedy)
    return thresholds


def thresholds_json(thresholds: Thresholds) -> str:
    """The text of the file."""
    return json.dumps(asdict(thresholds), indent=2) + "\n"
