"""The stages from the published weights to the adapter. A stage whose file is in the work folder is not done again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor
from tqdm import tqdm

from assistant.triage.examples import read_examples
from retrieval.adapter import add_adapter
from retrieval.corpus import read_corpus
from retrieval.encoder import file_sha256, open_default_model
from training.batches import BESIDE_LEAFLETS, Sampler
from training.compress import low_rank, mean
from training.everyday import ENCODER_SOURCES, for_encoder, read_everyday, read_intents
from training.examples import Classes, Kind, question_classes, read_answers, read_names, read_summaries
from training.leaflet_batches import LeafletSampler
from training.leaflets import HELD_OUT_WRITERS, Leaflet, read_leaflets, with_follow_ups
from training.losses import LeafletLosses, QuestionLosses
from training.train import Losses, Plan, train

__all__ = ["everyday_sources", "train_encoder"]

_RANK = 128
_SHARE = 0.8
_SEEDS = (1, 2)
_QUESTIONS = Plan()
_LEAFLETS = Plan(steps=320, rate=7e-5, half=True)
_FOLLOW_UPS = Plan(steps=240, rate=6e-5, seed=2, half=True)


def train_encoder(corpus: Path, data: Path, work: Path, out: Path) -> str:
    """Train in stages, write the adapter to `out`, and return its SHA-256.

    First the banks of questions, twice with other seeds, and the mean of the two; then leaflets, with the banks beside;
    then the same with what is asked after something else (docs/decisions/0010-adapted-encoder.md).
    Raises DataError or CorpusError for data that cannot be used.
    """
    work.mkdir(parents=True, exist_ok=True)
    bank = _Bank(corpus, data)
    first = work / "questions.safetensors"
    _done(first, lambda: low_rank(mean([_seeded(bank, work, seed) for seed in _SEEDS]), _RANK, _SHARE))
    second = work / "leaflets.safetensors"
    _done(second, lambda: _leaflets(bank, _known_leaflets(data), data, first, _LEAFLETS))
    change = _done(
        work / "follow-ups.safetensors", lambda: _leaflets(bank, _with_follow_ups(data), data, second, _FOLLOW_UPS)
    )
    save_file({name: value.half().contiguous() for name, value in change.items()}, out)
    return file_sha256(out)


def everyday_sources(data: Path) -> list[Sequence[str]]:
    """The messages about something else that the encoder learns from, by source."""
    written = [texts for name, texts in read_everyday().items() if name in ENCODER_SOURCES]
    intents = read_intents(data / "clinc150", "train")
    return [*written, [text for intent, texts in sorted(intents.items()) if for_encoder(intent) for text in texts]]


class _Bank:
    """What both stages learn from."""

    def __init__(self, corpus: Path, data: Path) -> None:
        self._answers = read_answers(data / "train-medquad" / "pairs.jsonl")
        self._summaries = read_summaries(data / "train-meqsum" / "pairs.jsonl")
        messages = read_examples(corpus / "triage" / "examples.jsonl")
        names = read_names(corpus / "cues" / "medicines.jsonl")
        self._classes = question_classes(read_corpus(corpus), names, messages)

    def tuned(self, seed: int) -> dict[str, Tensor]:
        losses = QuestionLosses(Sampler(self._classes, self._answers, self._summaries, seed), open_default_model())
        plan = Plan(_QUESTIONS.steps, _QUESTIONS.rate, seed=seed)
        return _train(open_default_model(), [losses], plan, f"Questions, seed {seed}")

    def beside(self, everyday: Sequence[str], seed: int) -> QuestionLosses:
        classes = Classes(
            self._classes.passages, self._classes.texts, self._classes.gaps, self._classes.names, self._classes.others,
            {**self._classes.messages, Kind.EVERYDAY: everyday},
        )  # fmt: skip
        sampler = Sampler(classes, self._answers, self._summaries, seed, BESIDE_LEAFLETS)
        return QuestionLosses(sampler, open_default_model())


def _seeded(bank: _Bank, work: Path, seed: int) -> dict[str, Tensor]:
    return _done(work / f"questions-{seed}.safetensors", lambda: bank.tuned(seed))


def _known_leaflets(data: Path) -> list[Leaflet]:
    return [leaf for leaf in read_leaflets(data / "leaflets").values() if not leaf.writers & HELD_OUT_WRITERS]


def _with_follow_ups(data: Path) -> list[Leaflet]:
    """Those that conversations were written on come round twice."""
    leaflets = _known_leaflets(data)
    longer = [with_follow_ups(leaf) for leaf in leaflets]
    return [*longer, *(leaf for leaf, known in zip(longer, leaflets, strict=True) if leaf is not known)]


def _leaflets(bank: _Bank, leaflets: Sequence[Leaflet], data: Path, before: Path, plan: Plan) -> dict[str, Tensor]:
    """What the whole training so far changed in the published weights; `before` is what the stages before did."""
    everyday = everyday_sources(data)
    sampler = LeafletSampler(leaflets, everyday, plan.seed)
    model, published = open_default_model(), open_default_model()
    add_adapter(model[0].auto_model, before)
    beside = bank.beside([text for source in everyday for text in source], plan.seed)
    changed = _train(model, [LeafletLosses(sampler), beside], plan, before.stem)
    weights, old = (dict(m[0].auto_model.named_parameters()) for m in (model, published))
    return {name: (weights[name] - old[name]).detach() for name in changed}


def _train(model: Any, losses: Sequence[Losses], plan: Plan, name: str) -> dict[str, Tensor]:
    with tqdm(total=plan.steps, desc=name, unit="step", file=sys.stderr) as bar:

        def report(_: int, loss: float) -> None:
            bar.set_postfix(loss=f"{loss:.2f}", refresh=False)
            bar.update()

        return train(model, losses, plan, report)


def _done(path: Path, stage: Callable[[], Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """What a stage left, or what it leaves now."""
    if not path.is_file():
        save_file({name: value.contiguous() for name, value in stage().items()}, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)
    return dict(load_file(path))
