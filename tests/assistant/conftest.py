"""The reviewed rules of the triage and the cues, read once."""

from __future__ import annotations

import pytest

from assistant.cues import Cues, read_cues
from assistant.triage.rules import Rules, read_rules
from retrieval.corpus import Corpus
from tests.conftest import CORPUS


@pytest.fixture(scope="session")
def rules() -> Rules:
    return read_rules(CORPUS / "triage")


@pytest.fixture(scope="session")
def cues(corpus: Corpus) -> Cues:
    return read_cues(CORPUS, corpus)
