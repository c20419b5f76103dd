from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retrieval.decision import (
    DECISION,
    DecisionModel,
    WorkingPoint,
    read_decision,
    write_decision,
)
from retrieval.encoder import Encoder, file_sha256
from retrieval.errors import DecisionError
from retrieval.figures import MESSAGE, PASSAGE
from retrieval.follow_up import HIDDEN, READINGS, Order
from retrieval.forest import LEAVES, NODES, Forest
from retrieval.index import Index
from retrieval.retriever import Retriever

POINT = WorkingPoint(answer=0.6, related=0.3, unsure=0.45, behind=0.2, medical=0.8)


def forest(feature: int, threshold: float, below: float, above: float) -> Forest:
    """One split."""
    values = np.array([[below] * (LEAVES // 2) + [above] * (LEAVES // 2)])
    thresholds = np.full((1, NODES), 1e9)
    thresholds[0, 0] = threshold
    features = np.zeros((1, NODES), np.int32)
    features[0, 0] = feature
    return Forest(features, thresholds, values, 0.0)


def small() -> DecisionModel:
    plane = np.array([1.0, 0.0, -0.5])
    return DecisionModel(
        plane, forest(len(MESSAGE) - 1, 0.0, -2.0, 2.0), forest(len(MESSAGE), 0.1, 3.0, -3.0), POINT, "an encoder"
    )


def test_a_search_is_judged_by_its_figures() -> None:
    message, passages = np.zeros(len(MESSAGE) - 1), np.zeros((2, len(PASSAGE)))
    passages[1, 0] = 0.2
    near, far = (np.array([[x, 1.0]], dtype=np.float32) for x in (1.5, -1.5))
    judged = small().judge(near, message, passages)
    assert judged.domain == pytest.approx(1 / (1 + np.exp(-1.0)))
    assert judged.answered == pytest.approx(1 / (1 + np.exp(-2.0)))
    assert judged.passages == pytest.approx((1 / (1 + np.exp(-3.0)), 1 / (1 + np.exp(3.0))))
    assert small().judge(far, message, passages).answered == pytest.approx(1 / (1 + np.exp(2.0)))
    assert small().judge(near, message, np.zeros((0, len(PASSAGE)))).passages == ()


def test_vectors_of_another_width_say_nothing_of_the_domain() -> None:
    assert small().domain(np.zeros((1, 5), dtype=np.float32)) == 0.0


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "decision.safetensors"
    digest = write_decision(small(), path)
    assert digest == file_sha256(path) == write_decision(small(), path)
    found = read_decision(path)
    assert (found.point, found.encoder) == (POINT, "an encoder")
    assert found.plane.tolist() == [1.0, 0.0, -0.5]
    assert found.order is None
    for name in ("answered", "passage"):
        one, other = getattr(found, name), getattr(small(), name)
        assert np.array_equal(one.features, other.features)
        assert np.array_equal(one.values, other.values)


def test_another_point_leaves_the_models() -> None:
    model = small()
    assert model.at(replace(POINT, answer=0.9)).point.answer == 0.9
    assert model.point.answer == 0.6


@pytest.mark.parametrize("spoil", ["cut", "gone", "other"])
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, spoil: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "decision.safetensors"
    write_decision(small(), path)
    if spoil == "cut":
        path.write_bytes(path.read_bytes()[:-8])
    elif spoil == "gone":
        path.unlink()
    else:
        monkeypatch.setattr("retrieval.decision.MESSAGE", (*MESSAGE, "one more"))
    with pytest.raises(DecisionError, match=r"decision\.safetensors (cannot be read|was made for other figures)"):
        read_decision(path)


def test_the_one_that_ships_is_of_the_default_encoder(encoder: Encoder, index: Index) -> None:
    model = read_decision()
    assert model.encoder == encoder.fingerprint
    assert model.order is not None
    assert index.manifest["settings"]["decision_sha256"] == file_sha256(DECISION)
    assert 0 < model.point.related <= model.point.answer < 1


def test_questions_are_told_from_gaps_and_from_something_else(retriever: Retriever) -> None:
    def judged(text: str) -> tuple[float, float]:
        readings = retriever.readings(text)
        results = retriever.find(readings, 3, "istiratumab")
        found = retriever.index.decision.judge(readings.alone, results.message, results.passages)
        return found.answered, found.domain

    point = retriever.index.decision.point
    assert judged("how long will the drip take")[0] > point.answer
    assert judged("does it make your hair fall out")[0] < point.answer
    for text in ("what is the weather", "who won the world cup", "how do i cook rice"):
        answered, domain = judged(text)
        assert answered < point.related
        assert domain < 0.5


def test_the_order_of_follow_ups_is_kept_with_it(tmp_path: Path) -> None:
    order = Order(np.arange((len(READINGS) + 1) * HIDDEN, dtype=float).reshape(-1, HIDDEN), np.ones(HIDDEN))
    path = tmp_path / "decision.safetensors"
    write_decision(replace(small(), order=order), path)
    found = read_decision(path).order
    assert found is not None
    assert np.array_equal(found.inner, order.inner)
    assert np.array_equal(found.outer, order.outer)
    columns = Order(np.asfortranarray(order.inner), order.outer)
    assert write_decision(replace(small(), order=columns), tmp_path / "columns.safetensors") == file_sha256(path)
    write_decision(replace(small(), order=Order(order.inner, np.ones(HIDDEN + 1))), path)
    with pytest.raises(DecisionError, match="order of follow-ups has not the shape"):
        read_decision(path)
