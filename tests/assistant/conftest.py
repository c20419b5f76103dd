"""The reviewed rules of the triage, read once."""

from __future__ import annotations

import pytest

from assistant.triage.rules import Rules, read_rules
from tests.conftest import CORPUS


@pytest.fixture(scope="session")
def rules() -> Rules:
    return read_rules(CORPUS / "triage")
