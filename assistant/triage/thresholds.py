"""From where on the learned part says something: a few numbers, chosen by a command and kept as data."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.triage.guards import Label
from retrieval.errors import CorpusError

__all__ = ["THRESHOLDS", "Bar", "Thresholds", "log_odds", "read_thresholds", "thresholds_json"]

THRESHOLDS = "thresholds.json"
"""The file in the folder `corpus/triage`; `python -m assistant tune-triage` writes it."""

_BAR = ("constant", "odds", "now", "beyond", "nearer")
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Bar:
    """What the learned part must know to say one label: a weighted sum of four figures, which must not be below 0.

    `odds` weighs the log odds of the label over nothing, `now` those over `soon`; `beyond` by how much the nearest
    example of the label is nearer (cosine similarity) than the nearest message which is to raise nothing, `nearer` by
    how much than the nearest example of `soon`. In the bar of `soon` itself `nearer` weighs the similarity.
    """

    constant: float
    odds: float
    now: float
    beyond: float
    nearer: float

    def passed(self, odds: float, now: float, similarity: float, plain: float, soon: float) -> bool:
        known = self.beyond * (similarity - plain) + self.nearer * (similarity - soon)
        return self.constant + self.odds * odds + self.now * now + known >= 0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The bar of each alarm, and that of `soon`, over which any label is taken together."""

    urgent: Bar
    crisis: Bar
    soon: Bar
    encoder: str = ""
    """Fingerprint of the encoder that they were chosen for: another one's vectors lie elsewhere."""

    def bar(self, label: Label) -> Bar:
        return {Label.URGENT: self.urgent, Label.CRISIS: self.crisis, Label.SOON: self.soon}[label]


def log_odds(likely: float, nothing: float) -> float:
    """Of one probability over another, neither taken to be below one in a million."""
    return math.log(max(likely, _LEAST) / max(nothing, _LEAST))


def read_thresholds(folder: Path) -> Thresholds:
    """Read `thresholds.json` of corpus/triage. Raises CorpusError if it is missing or not what it must be."""
    path = folder / THRESHOLDS
    remedy = "Choose them anew: python -m assistant tune-triage."
    try:
        values = json.loads(path.read_text("utf-8"))
        bars = {str(label): _bar(values.pop(label)) for label in Label}
        thresholds = Thresholds(**bars, encoder=str(values.pop("encoder")))
    except OSError:
        raise CorpusError(path, 1, "the file is missing.", remedy) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorpusError(path, 1, f"the thresholds cannot be used ({error!r}).", remedy) from None
    numbers = [number for label in Label for number in asdict(thresholds.bar(label)).values()]
    if values or not all(map(math.isfinite, numbers)):
        raise CorpusError(path, 1, "the thresholds are not three bars of numbers and an encoder.", remedy)
    return thresholds


def _bar(values: Mapping[str, object]) -> Bar:
    if set(values) != set(_BAR):
        raise KeyError(f"a bar has {', '.join(_BAR)}")
    return Bar(**{name: float(str(values[name])) for name in _BAR})


def thresholds_json(thresholds: Thresholds) -> str:
    """The text of the file."""
    return json.dumps(asdict(thresholds), indent=2) + "\n"
