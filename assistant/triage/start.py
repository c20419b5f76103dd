"""From the corpus to a ready triage: read, load or train, put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.triage.classifier import Classifier, open_classifier, open_multilingual
from assistant.triage.examples import read_bank
from assistant.triage.gate import Triage
from assistant.triage.model import open_model, train_model
from assistant.triage.rules import read_rules
from assistant.triage.thresholds import read_thresholds
from retrieval.corpus import Corpus
from retrieval.encoder import Encoder, Progress

__all__ = ["ordinary_questions", "start_triage", "train_triage"]


def start_triage(
    folder: Path,
    models: Path,
    ordinary: Sequence[str],
    encoder: Encoder,
    progress: Progress | None = None,
    report: Callable[[str], None] = lambda _: None,
    classifier: Classifier | None = None,
    multilingual: Classifier | None = None,
) -> Triage:
    """Start the triage of `corpus/triage` with its model in the folder `models`.

    `ordinary` are questions that are no alarm; `classifier` and `multilingual` are by default those that ship.

    Raises CorpusError for a line that cannot be used, UnusableModelError if no model can be had, EncoderError if no
    classifier.
    """
    rules, bank, thresholds = read_rules(folder), read_bank(folder, ordinary), read_thresholds(folder)
    if thresholds.encoder != encoder.fingerprint:
        report("The triage's thresholds were chosen for another encoder: python -m assistant tune-triage.")
    model = open_model(models, bank, rules, encoder, progress, report)
    return Triage(rules, model, classifier or open_classifier(), multilingual or open_multilingual(), thresholds)


def train_triage(
    folder: Path, models: Path, ordinary: Sequence[str], encoder: Encoder, progress: Progress | None = None
) -> None:
    """Train the model anew, whatever is there. Raises as `start_triage` does."""
    train_model(models, read_bank(folder, ordinary), read_rules(folder), encoder, progress)


def ordinary_questions(corpus: Corpus) -> tuple[str, ...]:
    """Every approved phrasing and every question that is known not to be answered."""
    phrasings = (p.question for document in corpus.documents.values() for p in document.phrasings)
    return (*phrasings, *(gap.question for gap in corpus.gaps))
