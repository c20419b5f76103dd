from __future__ import annotations

import math

import pytest
import torch

from training.contrast import class_loss, pair_loss


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
