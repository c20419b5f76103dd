"""A state and a small corpus of its own for each test, and a clock that the test turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Page

from staff.accounts import Account, Accounts, Role
from staff.bench import Bench, open_bench
from staff.change_kinds import Kind
from staff.changes import Change, Changes
from staff.releases import Release
from staff.state import State, open_state
from tests.conftest import ROOT
from tests.staff.made_up import Small, write_corpus

PASSWORD = "correct horse battery"  # noqa: S105
RITA = Account("rita", Role.REVIEWER)
"""Measures what another person signs."""


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


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def changes(state: State) -> Changes:
    return Changes(state)


Shot = Callable[..., None]


@pytest.fixture
def shot(request: pytest.FixtureRequest) -> Shot:
    """Take a picture of docs/staff-guide.md, of a page as it is; only with --update-golden."""
    taking = request.config.getoption("--update-golden")

    def take(page: Page, name: str, whole: bool = True) -> None:
        if taking:
            page.mouse.move(0, 0)
            page.wait_for_timeout(300)  # what the mouse was on fades
            whole = whole and page.locator("#page.staff").count() > 0
            page.screenshot(path=ROOT / "docs" / "screenshots" / f"staff-{name}.png", full_page=whole)

    return take


GATES = "at_least: {Hit@3: 0.5}\nat_most: {off_topic answered: 0}\n"


@pytest.fixture
def bench(tmp_path: Path, small: Small, clock: Callable[[], float], rita: Account, anna: Account) -> Bench:
    assert rita
    assert anna
    (small.folder / "suites" / "gates.yaml").write_text(GATES, "utf-8")
    return open_bench(tmp_path / "state", small.folder, small.encoder, clock)


def released(bench: Bench, anna: Account) -> Release:
    candidate = bench.releases.prepare(RITA)
    return bench.releases.publish(candidate, anna, candidate.sha256)


def proposed(changes: Changes, author: Account, small: Small, kind: Kind, **content: Any) -> Change:
    return changes.propose(author, kind, content, "patients ask it", small.corpus)


def applied(changes: Changes, rita: Account, anna: Account, small: Small, kind: Kind, **content: Any) -> Change:
    """Proposed, approved and written, without a trial of its own."""
    change = proposed(changes, rita, small, kind, **content)
    changes.keep_trial(change.id, {})
    changes.approve(anna, change.id)
    assert changes.write_approved(small.folder) == (change.id,)
    return changes.get(change.id)
