"""Terms and guards in twenty languages, without the learned part: three in four messages are emergencies or crises."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from assistant.triage.rules import Rules, read_rules
from tests.conftest import CORPUS

_LINES = (Path(__file__).parent / "data" / "red-flags-languages.jsonl").read_text("utf-8").splitlines()
MESSAGES: dict[str, list[tuple[str | None, str]]] = defaultdict(list)
for _line in map(json.loads, _LINES):
    MESSAGES[_line["language"]].append((_line["label"], _line["text"]))


@pytest.fixture(scope="module")
def rules() -> Rules:
    return read_rules(CORPUS / "triage")


@pytest.mark.parametrize("language", MESSAGES)
def test_what_is_plainly_said_is_found_and_nothing_else(rules: Rules, language: str) -> None:
    assert len(MESSAGES[language]) >= 44
    found = {text: rules.find(text).labels() for _, text in MESSAGES[language]}
    missed = [text for label, text in MESSAGES[language] if label and label not in found[text]]
    false = [text for label, text in MESSAGES[language] if not label and found[text]]
    assert (missed, false) == ([], [])


def test_a_guard_counts_where_a_red_flag_of_its_language_stands(rules: Rules) -> None:
    """ "dan" is 'and' in Indonesian, and makes a question in Spanish."""
    assert rules.find("suami saya jatuh dan nggak nyaut dipanggil").labels() == {"urgent"}
    assert rules.find("¿dan convulsiones con esto?").labels() == frozenset()
    # Hours ago is now; years ago is not.
    assert rules.find("no puedo respirar bien, me pusieron el suero hace dos horas").labels() == {"urgent"}
    assert rules.find("tuve convulsiones hace dos años").labels() == frozenset()
