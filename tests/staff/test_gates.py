"""Gates: what a release must fulfil before it can go live."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from evaluation.errors import DataError
from staff.accounts import Account
from staff.bench import Bench
from staff.errors import StaffError
from staff.gates import Thresholds, check_gates, read_thresholds
from staff.suite_run import Result
from tests.staff.conftest import RITA, Clock, released
from tests.staff.made_up import BODY, Small, monograph


def failing(bench: Bench, anna: Account) -> dict[str, str]:
    """The gates that are not passed; the candidate cannot be published."""
    candidate = bench.releases.prepare(RITA)
    with pytest.raises(StaffError, match="does not pass its gates"):
        bench.releases.publish(candidate, anna, candidate.sha256)
    assert bench.releases.live_id() is None
    return {gate.name: gate.detail for gate in candidate.failing}


def test_figures_under_their_thresholds_stop_a_release(bench: Bench, small: Small, anna: Account) -> None:
    (small.folder / "suites" / "gates.yaml").write_text("at_least: {Hit@3: 0.6, alarm: 1}\nat_most: {Hit@1: 0.4}\n")
    assert failing(bench, anna) == {
        "Hit@3": "1 of 2 = 0.500 (0.01–0.99), at least 0.6",
        "alarm": "no question measures it",
        "Hit@1": "1 of 2 = 0.500 (0.01–0.99), at most 0.4",
    }


def test_a_must_pass_question_that_fails_stops_a_release(bench: Bench, small: Small, anna: Account) -> None:
    suite = small.folder / "suites" / "made-up.jsonl"
    suite.write_text(suite.read_text("utf-8").replace('"must_pass": false', '"must_pass": true'))
    assert failing(bench, anna) == {"must pass": "newly failing: made-up/s3/0"}


def test_a_must_pass_question_that_failed_before_does_not_stop_the_next(
    bench: Bench, small: Small, anna: Account
) -> None:
    released(bench, anna)
    suite = small.folder / "suites" / "made-up.jsonl"
    suite.write_text(suite.read_text("utf-8").replace('"must_pass": false', '"must_pass": true'))
    assert released(bench, anna).manifest["newly_failing"] == []


def test_a_text_past_its_review_stops_a_release(bench: Bench, small: Small, anna: Account, clock: Clock) -> None:
    (small.folder / "monographs" / "made-up.md").write_bytes(monograph(BODY, review_by="2026-09-20").encode())
    assert failing(bench, anna) == {"review dates": "past review: made-up (2026-09-20)"}
    clock.now -= 2 * 24 * 3600
    assert released(bench, anna).id.startswith("0001-")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("at_least: {Hit@9: 1}", "'Hit@9' is no figure"),
        ("at_least: {Hit@1: 90}", "'Hit@1' is 90, no share"),
        ("at_least: {Hit@1: high}", "'Hit@1' is 'high', no share"),
        ("least: {Hit@1: 1}", "it is not 'at_least' and 'at_most'"),
        ("[1", "not YAML"),
        ("", "it is not 'at_least' and 'at_most'"),
    ],
)
def test_thresholds_that_cannot_be_read_are_named(tmp_path: Path, text: str, found: str) -> None:
    (tmp_path / "gates.yaml").write_text(text, "utf-8")
    with pytest.raises(DataError, match=rf"gates\.yaml: {found}"):
        read_thresholds(tmp_path)
    with pytest.raises(DataError, match="the file is missing"):
        read_thresholds(tmp_path / "nowhere")


def figures_of(document: str, *passed: bool) -> list[Result]:
    """Questions about a medicine whose passage is the first, or is not found."""
    return [
        Result(document, f"{n}/0", f"question {n}", "answerable", False, "" if hit else "not answered",
               "answer" if hit else "abstain", ("a",) if hit else (), None, hit, hit, hit, False, False, 0.0,
               document=document)
        for n, hit in enumerate(passed)
    ]  # fmt: skip


def test_each_medicine_reaches_the_gates_by_its_own_questions(library_assistant: Assistant) -> None:
    limits = Thresholds({"Hit@3": 0.6}, {})
    good, bad = figures_of("tresolimab", True, True, True), figures_of("carvexol", True, False)

    def failing(results: list[Result], live: list[Result] | None) -> dict[str, str]:
        gates = check_gates(library_assistant, results, live, limits, date(2026, 1, 2))
        return {gate.name: gate.detail for gate in gates if not gate.passed}

    # Together they would reach it: 4 of 5.
    assert failing([*good, *bad], None) == {
        "carvexol: Hit@3": "1 of 2 = 0.500 (0.01–0.99), at least 0.6",
        "bentrine: suite": "no question is about it: it needs a suite",
    }
    # What is as in the live release holds up nobody …
    third = figures_of("bentrine", True)
    assert failing([*good, *bad, *third], bad) == {}
    # … until something of it is otherwise.
    worse = figures_of("carvexol", False, False)
    assert list(failing([*good, *worse, *third], bad)) == ["carvexol: Hit@3"]
