"""The gate in other languages: what is made of the terms and of what their network finds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.triage.gate import Label, Triage
from retrieval.encoder import Encoder, Progress

URGENT = Label.URGENT


class Fixed:
    """A classifier that finds the same in everything."""

    def __init__(self, likely: tuple[float, ...]) -> None:
        self._likely = likely

    def likelihoods(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float64]:
        if progress:
            progress(len(texts), len(texts))
        return np.tile(self._likely, (len(texts), 1))


NO_VECTOR = np.zeros((1, 384), np.float32)
"""Of a message in another language none is read."""


class NeverAsked:
    """In place of the network that reads English."""

    def likelihoods(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float64]:
        raise AssertionError((texts, progress))


@pytest.mark.parametrize(
    ("text", "likely", "expected"),
    [
        ("das ist eine Nachricht", (0.41, 0.59, 0.0, 0.0), None),
        ("das ist eine Nachricht", (0.39, 0.61, 0.0, 0.0), URGENT),
        ("das ist eine Nachricht", (0.61, 0.0, 0.39, 0.0), None),
        ("das ist eine Nachricht", (0.59, 0.0, 0.41, 0.0), Label.CRISIS),
        ("das ist eine Nachricht", (0.09, 0.31, 0.0, 0.6), URGENT),  # something surely is the matter
        ("das ist eine Nachricht", (0.09, 0.29, 0.0, 0.62), Label.SOON),
        ("das ist eine Nachricht", (0.11, 0.41, 0.0, 0.48), Label.SOON),
        ("das ist eine Nachricht", (0.41, 0.0, 0.0, 0.59), None),
        ("das ist eine Nachricht", (0.39, 0.0, 0.0, 0.61), Label.SOON),
        ("Temperatur 37,8 heute morgen", (0.1, 0.9, 0.0, 0.0), Label.SOON),  # it does not tell it from 38,8
        ("Temperatur 38,8 heute morgen", (0.999, 0.001, 0.0, 0.0), URGENT),
        ("ich bekomme keine Luft", (0.985, 0.015, 0.0, 0.0), Label.SOON),  # a term alone, doubted
        ("ich bekomme keine Luft", (0.975, 0.025, 0.0, 0.0), URGENT),
        ("ich lache mich tot", (0.0, 0.0, 1.0, 0.0), Label.SOON),  # a figure of speech, and little else
        ("ich lache mich tot und dann nehme ich die Tabletten", (0.0, 0.0, 1.0, 0.0), Label.CRISIS),
    ],
)
def test_of_another_language_the_terms_and_its_network_are_heard(
    triage: Triage, text: str, likely: tuple[float, ...], expected: Label | None
) -> None:
    reading = Triage(triage._rules, triage._model, NeverAsked(), Fixed(likely), triage._thresholds)
    alarm = reading.read(text, NO_VECTOR, english=False)
    assert (alarm and alarm.label) == expected


@pytest.mark.parametrize(
    ("likely", "expected"),
    [((0.1, 0.8, 0.1, 0.0), URGENT), ((0.2, 0.0, 0.0, 0.8), Label.SOON), ((0.9, 0.0, 0.0, 0.1), None)],
)
def test_what_may_be_in_another_language_is_read_by_both_networks(
    triage: Triage, encoder: Encoder, likely: tuple[float, ...], expected: Label | None
) -> None:
    reading = Triage(triage._rules, triage._model, triage._classifier, Fixed(likely), triage._thresholds)
    vector = encoder.encode(["mera beta"])
    assert reading.read("mera beta", vector) is None
    alarm = reading.read("mera beta", vector, doubtful=True)
    assert (alarm and alarm.label) == expected
    english = reading.read("my tongue is swelling up", vector, doubtful=True)
    assert english
    assert english.label == URGENT


def test_staff_see_what_the_network_says_of_another_language(triage: Triage) -> None:
    fixed = Fixed((0.6, 0.3, 0.06, 0.04))
    reading = Triage(triage._rules, triage._model, triage._classifier, fixed, triage._thresholds)
    assert reading.learned("pozor", NO_VECTOR, english=False) == "learned, urgent 0.30, crisis 0.06, soon 0.04"
