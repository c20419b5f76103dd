from __future__ import annotations

import torch

from training.compress import low_rank, mean


def test_a_matrix_of_low_rank_is_kept_whole() -> None:
    matrix = torch.outer(torch.tensor([1.0, 2.0, 4.0]), torch.tensor([0.5, 0.25]))
    stored = low_rank({"w": matrix}, rank=1)
    assert {name: tuple(value.shape) for name, value in stored.items()} == {"w.up": (3, 1), "w.down": (1, 2)}
    assert torch.allclose(stored["w.up"].float() @ stored["w.down"].float(), matrix, atol=2e-3)


def test_the_largest_part_is_kept() -> None:
    stored = low_rank({"w": torch.diag(torch.tensor([1.0, 4.0, 2.0]))}, rank=2)
    assert torch.allclose(
        stored["w.up"].float() @ stored["w.down"].float(), torch.diag(torch.tensor([0.0, 4.0, 2.0])), atol=1e-3
    )


def test_a_share_of_the_change_and_vectors_as_they_are() -> None:
    stored = low_rank({"b": torch.tensor([2.0, -4.0])}, rank=1, share=0.5)
    assert stored["b"].dtype == torch.float16
    assert stored["b"].tolist() == [1.0, -2.0]


def test_the_mean_of_two_trainings() -> None:
    found = mean([{"b": torch.tensor([2.0, -4.0])}, {"b": torch.tensor([1.0, 4.0])}])
    assert {name: value.tolist() for name, value in found.items()} == {"b": [1.5, 0.0]}
