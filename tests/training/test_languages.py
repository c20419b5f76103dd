"""The map to the default encoder's vectors: what questions in other languages are to become, and how it is learned."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.multilingual import mapped_by
from training.languages import learned_map, shared_part, translated

CHANCE = np.random.default_rng(0)


def unit(*shape: int) -> np.ndarray:
    rows = CHANCE.normal(size=shape).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def test_a_question_is_to_lie_where_the_nearest_of_its_group_lie() -> None:
    english, ours = unit(4, 384), unit(4, 384)
    groups = ["a", "a", "b", None]
    wanted, found = translated(english[[1, 2, 0]], ["a", "b", "c"], english, ours, groups)
    assert found.tolist() == [True, True, False]  # nothing in English asks of c
    near = np.exp(50 * (english[:2] @ english[1] - 1))
    mean = near @ ours[:2]
    assert wanted[0] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)
    assert wanted[1] == pytest.approx(ours[2], abs=1e-5)


def test_the_map_is_learned_and_the_same_each_time() -> None:
    own, turned = unit(1024, 384), np.linalg.qr(CHANCE.normal(size=(384, 384)))[0].astype(np.float32)
    wanted = own @ turned
    layer = learned_map(own, wanted, epochs=40)
    assert {name: tensor.shape for name, tensor in layer.items()} == {
        "map": (384, 384), "bias": (384,), "inner": (384, 1024), "inner.bias": (1024,), "outer": (1024, 384),
    }  # fmt: skip
    cosines = (mapped_by({name: one.astype(np.float32) for name, one in layer.items()}, own) * wanted).sum(axis=1)
    assert cosines.mean() > 0.9
    again = learned_map(own[:512], wanted[:512], epochs=1)
    assert all(
        np.array_equal(tensor, again[name]) for name, tensor in learned_map(own[:512], wanted[:512], epochs=1).items()
    )


def test_what_is_mapped_is_made_no_nearer_to_the_mean_than_what_it_is_mapped_to() -> None:
    ours = unit(500, 384) + 0.05
    ours /= np.linalg.norm(ours, axis=1, keepdims=True)
    mapped = ours + 0.05
    mapped /= np.linalg.norm(mapped, axis=1, keepdims=True)
    mean = ours.mean(axis=0) / np.linalg.norm(ours.mean(axis=0))
    less = mapped - shared_part(mapped, ours)
    less /= np.linalg.norm(less, axis=1, keepdims=True)
    assert (mapped @ mean).mean() > (ours @ mean).mean() + 0.1
    assert (less @ mean).mean() == pytest.approx((ours @ mean).mean(), abs=1e-4)
    assert shared_part(ours, ours) == pytest.approx(np.zeros(384), abs=1e-5)
