from __future__ import annotations

import math

import pytest
import torch

from training.contrast import apart_loss, class_loss, pair_loss, ranking_loss, together


def test_class_loss_of_two_classes_on_two_axes() -> None:
    vectors = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    # Each text sees its twin at 1/0.05 = 20 and two others at 0.
    expected = -math.log(math.exp(20) / (math.exp(20) + 2))
    assert class_loss(vectors, torch.tensor([0, 0, 1, 1])).item() == pytest.approx(expected, abs=1e-6)


def test_class_loss_of_classes_that_lie_across() -> None:
    vectors = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    # The twin is at 0, one other at 20 and one at 0.
    expected = -math.log(1 / (math.exp(20) + 2))
    assert class_loss(vectors, torch.tensor([0, 0, 1, 1])).item() == pytest.approx(expected, rel=1e-5)


def test_a_text_alone_in_its_class_pulls_nothing() -> None:
    vectors = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    assert class_loss(vectors, torch.tensor([0, 1])).item() == 0


def test_pair_loss_by_hand() -> None:
    questions = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    right = -math.log(math.exp(20) / (math.exp(20) + 1))
    wrong = -math.log(1 / (math.exp(20) + 1))
    assert pair_loss(questions, questions).item() == pytest.approx(right, abs=1e-6)
    assert pair_loss(questions, questions.flip(0)).item() == pytest.approx(wrong, rel=1e-5)


def test_ranking_loss_by_hand() -> None:
    scores = torch.tensor([[0.5, 0.4, 0.3, 0.9]])
    right = torch.tensor([[True, True, False, False]])
    neutral = torch.tensor([[False, False, False, True]])
    shares = [math.exp(value / 0.05) for value in (0.5, 0.4, 0.3)]
    expected = -math.log(sum(shares[:2]) / sum(shares))
    assert ranking_loss(scores, right, neutral).item() == pytest.approx(expected, abs=1e-5)
    # Without the neutral view set aside, it would be the nearest.
    assert ranking_loss(scores, right, torch.zeros_like(neutral)).item() > 7


def test_apart_loss_by_hand() -> None:
    right, wrong = torch.tensor([0.6, 0.5]), torch.tensor([[0.4]])
    expected = sum(math.log(1 + math.exp((0.4 + 0.1 - r) / 0.1)) for r in (0.6, 0.5)) / 2
    assert apart_loss(right, wrong, 0.1).item() == pytest.approx(expected, abs=1e-5)
    assert apart_loss(right, wrong, 0.3) > apart_loss(right, wrong, 0.1)


def test_half_of_a_query_is_the_question_alone() -> None:
    vectors = torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0], [-1.0, 0.0]])
    alone, three = together(vectors, [1, 3]).tolist()
    assert alone == [0.0, 1.0]
    assert three == [1.0, 0.0]
    [two] = together(torch.tensor([[0.0, 1.0], [1.0, 0.0]]), [2]).tolist()
    assert two == pytest.approx([math.sqrt(0.5)] * 2)
