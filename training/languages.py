"""Learning the map from the multilingual encoder's vectors to the default encoder's (retrieval/multilingual.py).

It learns from English, of which both encoders give vectors: what is asked of the corpus, of other medicines, and of
nothing that anybody answers. And from the corpus's questions in other languages: each is to lie where the questions in
English that ask for the same passage, or share its known gap, lie; those count that the multilingual encoder puts
nearest. Held-out questions (retrieval/questions.py) are left out of both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save
from torch import nn

from assistant.triage.examples import Bank
from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import Corpus
from retrieval.encoder import Encoder, Progress, Vectors, file_sha256
from retrieval.graph import WIDTH
from retrieval.language import languages_of
from retrieval.multilingual import ABOVE, Published, mapped_by
from retrieval.questions import held_out
from retrieval.views import ViewKind, corpus_views
from training.leaflets import HELD_OUT_WRITERS, QUESTIONS, read_questions

__all__ = ["learned_map", "shared_part", "train_languages", "translated"]

_UNITS, _DROPPED = 1024, 0.1
_EPOCHS, _BATCH, _RATE, _DECAY = 15, 256, 2e-3, 0.01
_SHARPNESS = 50.0
"""How much more a question in English counts that is nearer by so much cosine: twice as much for .014."""
_ASKED = frozenset({ViewKind.PHRASING, ViewKind.GAP})


def train_languages(
    corpus: Corpus, bank: Bank, work: Path, encoder: Encoder, published: Published, out: Path, progress: Progress
) -> str:
    """Learn the map and write it to `out`; what is embedded is kept in the folder `work`. Returns its SHA-256."""
    languages, views = languages_of(corpus), corpus_views(corpus)
    asked = [view for view in views if view.kind in _ASKED and not held_out(view.text)]
    groups = {view.text: (view.kind, view.passage or view.topic) for view in asked}
    of_leaflets = (q.text for path in sorted(QUESTIONS.glob("*.jsonl")) for q in read_questions(path)
                   if q.writer not in HELD_OUT_WRITERS)  # fmt: skip
    others = [view.text for view in views if view.kind not in _ASKED]
    texts = list(dict.fromkeys([*groups, *others, *bank.texts, *of_leaflets]))
    foreign = {text for text in texts if languages.of(text) is not None}
    english = [text for text in texts if text not in foreign and not held_out(text)]
    translate = [text for text in texts if text in foreign and text in groups]
    theirs = CachedEncoder(published, work).encode([*english, *translate], progress)
    ours = CachedEncoder(encoder, work).encode(english, progress)
    places = [groups.get(text) for text in english]
    wanted, found = translated(theirs[len(english) :], [groups[text] for text in translate],
                               theirs[: len(english)], ours, places)  # fmt: skip
    mapped = theirs[len(english) :][found]
    tensors = learned_map(np.concatenate([theirs[: len(english)], mapped]), np.concatenate([ours, wanted]))
    asked_in_english = ours[[place is not None for place in places]]
    shared = shared_part(mapped_by(_single(tensors), mapped), asked_in_english)
    out.write_bytes(save({**tensors, "mean": shared.astype(np.float16)}, {ABOVE: encoder.fingerprint}))
    return file_sha256(out)


def translated(
    vectors: Vectors, groups: Sequence[object], english: Vectors, ours: Vectors, places: Sequence[object]
) -> tuple[Vectors, NDArray[np.bool_]]:
    """Where questions in other languages are to lie, and which of them have a question in English of their group.

    `vectors` are the multilingual encoder's of these questions, `english` those of the questions in English, `ours` the
    default encoder's of the same; each question has its group, or None.
    """
    beside: dict[object, list[int]] = defaultdict(list)
    for number, place in enumerate(places):
        if place is not None:
            beside[place].append(number)
    wanted = []
    for vector, group in zip(vectors, groups, strict=True):
        if some := beside.get(group):
            near = english[some] @ vector
            mean = np.exp(_SHARPNESS * (near - near.max())) @ ours[some]
            wanted.append(mean / np.linalg.norm(mean))
    found = np.array([group in beside for group in groups], dtype=bool)
    return np.array(wanted, dtype=np.float32).reshape(-1, WIDTH), found


def _single(tensors: Mapping[str, NDArray[np.float16]]) -> dict[str, Vectors]:
    return {name: tensor.astype(np.float32) for name, tensor in tensors.items()}


def shared_part(mapped: NDArray[np.floating], ours: NDArray[np.floating]) -> NDArray[np.float64]:
    """So much of the mean of `ours` as has to be taken away from `mapped` to make it point that way no more than `ours`
    does; both of unit length, shape (n, 384)."""
    from scipy.optimize import brentq

    mean = ours.mean(axis=0) / np.linalg.norm(ours.mean(axis=0))

    def too_near(part: float) -> float:
        less = mapped - part * mean
        return float((less @ mean / np.linalg.norm(less, axis=1)).mean() - (ours @ mean).mean())

    return np.asarray(brentq(too_near, -1.0, 1.0) * mean)


def learned_map(own: Vectors, wanted: Vectors, epochs: int = _EPOCHS) -> Mapping[str, NDArray[np.float16]]:
    """The map from vectors to those wanted, both shape (n, 384), by the cosine between (MultilingualEncoder.encode)."""
    torch.manual_seed(0)
    mean, scale = own.mean(axis=0), own.std()
    given, target = torch.from_numpy((own - mean) / scale), torch.from_numpy(wanted)
    plane, inner, outer = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, _UNITS), nn.Linear(_UNITS, WIDTH, bias=False)
    nn.init.zeros_(outer.weight)
    layers = nn.ModuleList([plane, inner, outer])
    dropped = nn.Dropout(_DROPPED)
    optimiser = torch.optim.AdamW(layers.parameters(), weight_decay=_DECAY)
    steps = epochs * (len(own) // _BATCH)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps)
    for _ in range(epochs):
        for some in torch.split(torch.randperm(len(own)), _BATCH)[: len(own) // _BATCH]:
            read = given[some]
            mapped = plane(read) + outer(dropped(torch.relu(inner(read))))
            loss = 1 - nn.functional.cosine_similarity(mapped, target[some]).mean()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            rate.step()
    # The mean and the scale go into the weights: what ships reads vectors as they are.
    tensors = {
        "map": plane.weight.T / scale,
        "bias": plane.bias - torch.from_numpy(mean / scale) @ plane.weight.T,
        "inner": inner.weight.T / scale,
        "inner.bias": inner.bias - torch.from_numpy(mean / scale) @ inner.weight.T,
        "outer": outer.weight.T,
    }
    return {name: np.ascontiguousarray(t.detach().numpy().astype(np.float16)) for name, t in tensors.items()}
