"""A state and a small corpus of its own for each test, and a clock that the test turns."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from retrieval.corpus import Corpus, read_corpus
from retrieval.monograph import text_sha256
from staff.accounts import Account, Accounts, Role
from staff.state import State, open_state
from staff.vectors import KeptVectors
from tests.conftest import CORPUS
from tests.hashing import HashingEncoder

PASSWORD = "correct horse battery"  # noqa: S105


@dataclass
class Clock:
    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(tmp_path: Path, clock: Callable[[], float]) -> State:
    return open_state(tmp_path / "state", clock)


@pytest.fixture
def accounts(state: State) -> Accounts:
    """Hashed with the least work, which no production setting can reach."""
    return Accounts(state, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def rita(accounts: Accounts) -> Account:
    """A reviewer."""
    accounts.add("rita", Role.REVIEWER, PASSWORD, "tests")
    return Account("rita", Role.REVIEWER)


@pytest.fixture
def anna(accounts: Accounts) -> Account:
    """An approver."""
    accounts.add("anna", Role.APPROVER, PASSWORD, "tests")
    return Account("anna", Role.APPROVER)


BODY = """## How it is given

- Infusion: It is given slowly through a drip over 60 minutes.
- Schedule: It is given once every two weeks.

## Side effects

- Rash: A mild skin rash can appear on the arms.
- Nausea: You may feel sick after the drip.

## Storage

Keep the vials in a cold place away from light.

## Legal Disclaimer

Ask your doctor.
"""
QUESTIONS = (
    ("Infusion", "how many minutes does the drip run"),
    ("Schedule", "how many weeks until the next one"),
    ("Rash", "does the skin go red"),
)

OF_A_MEDICINE = ("monographs", "questions", "not_covered", "instructions", "suites")


@dataclass(frozen=True)
class Small:
    """A corpus of one made-up medicine, quick to start with an encoder that hashes words."""

    folder: Path
    encoder: KeptVectors

    @property
    def corpus(self) -> Corpus:
        return read_corpus(self.folder)

    def passage(self, start: str) -> str:
        """The id of the passage whose words start so."""
        (document,) = self.corpus.documents.values()
        return next(p.id for p in document.passages.showable() if p.text.removeprefix("- ").startswith(start))

    def text(self, path: str) -> str:
        return (self.folder / path).read_bytes().decode()


def monograph(body: str, version: str = "1", review_by: str = "2030-01-01") -> str:
    fields = {
        "id": "made-up", "title": "Made up", "generic_name": "madeupimab", "version": f'"{version}"',
        "effective": "2026-01-01", "review_by": review_by, "owner": "Tests", "status": "approved",
        "source": "made up", "licence": "none", "sha256": text_sha256(body),
    }  # fmt: skip
    return "\n".join(["---", *(f"{key}: {value}" for key, value in fields.items()), "---", body])


@pytest.fixture
def small(tmp_path: Path) -> Small:
    folder = tmp_path / "corpus"
    for part in CORPUS.iterdir():
        if part.is_dir() and part.name not in OF_A_MEDICINE:
            shutil.copytree(part, folder / part.name)
    for name in ("terms", "guards"):
        path = folder / "triage" / f"{name}.jsonl"
        path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[::20]), "utf-8")
    alarms = (("crisis", "suicide", "I want to die"), ("information", "about", "what is a fever"),
              ("urgent", "airway", "my throat is closing"))  # fmt: skip
    write_lines(folder / "triage" / "examples.jsonl", *({"label": a, "subtype": b, "q": q} for a, b, q in alarms))
    for name in OF_A_MEDICINE:
        (folder / name).mkdir()
    (folder / "monographs" / "made-up.md").write_bytes(monograph(BODY).encode())
    encoder = HashingEncoder()
    encoder.dimension = 256  # few words share a place
    made = Small(folder, KeptVectors(encoder))
    write_lines(folder / "questions" / "made-up.jsonl", *({"passage": made.passage(p), "q": q} for p, q in QUESTIONS))
    write_lines(folder / "not_covered" / "made-up.jsonl", {"topic": "cost", "q": "what does it cost"})
    write_lines(folder / "not_covered" / "any.jsonl", {"topic": "weather", "q": "will it rain tomorrow"})
    suite = [
        ("s1", QUESTIONS[0][1], "answerable", [made.passage("Infusion")], True),
        ("s2", "is it sunny outside today", "off_topic", [], True),
        ("s3", "fridge or freezer", "answerable", [made.passage("Keep the vials")], False),
    ]
    write_lines(
        folder / "suites" / "made-up.jsonl",
        *(
            {"id": i, "turns": [{"text": t, "kind": k, "gold": g, "also": [], "must_pass": m}]}
            for i, t, k, g, m in suite
        ),
    )
    return made


def write_lines(path: Path, *records: dict[str, Any]) -> None:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
