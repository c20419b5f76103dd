"""The answer contract, compared between two processes or two batches."""

from __future__ import annotations

from typing import Any

import pytest

__all__ = ["expected"]


def expected(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer as JSON that equals another with the same words, places and order, and scores within 1e-4.

    The same text encoded with another thread count, batch or processor has other last digits, and a score
    rounded to any number of digits can fall to either side: so scores have a tolerance, and nothing else has.
    """
    citations = [{**c, "score": pytest.approx(c["score"], abs=1e-4)} for c in answer["citations"]]
    return {**answer, "citations": citations}
