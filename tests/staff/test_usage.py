"""Rates and their trend: counts of all answers by day and medicine, without a word of anybody."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from assistant.answer import Decision
from staff.bench import Bench
from staff.schema import MIGRATIONS
from staff.state import State, open_state
from staff.table_files import FORMATS
from staff.unanswered import Count, Signal, Unanswered
from staff.usage import Rates, Usage, document_of, usage_rows
from tests.staff.conftest import Clock
from tests.staff.serving import serving
from tests.staff.test_main import run
from web.feedback import Feedback
from web.missed import Missed
from web.staff.tables import rates_markup

DAY = 24 * 3600


def counted(state: State, document: str, *decisions: Decision) -> None:
    Usage(state).add(Counter((document, decision) for decision in decisions))


def test_rates_are_shares_of_the_answers_of_each_medicine(state: State, clock: Clock) -> None:
    counted(state, "a", Decision.ANSWER)
    clock.now += 40 * DAY
    counted(state, "a", Decision.ANSWER, Decision.ANSWER, Decision.RELATED, Decision.URGENT)
    counted(state, "b", Decision.ABSTAIN, Decision.CRISIS)
    counted(state, "", Decision.GREETING)
    Unanswered(state).count(Signal.THUMBS_DOWN, Decision.ANSWER, document="a")
    a, b, none = Usage(state).rates(30)
    assert (a.document, a.answers) == ("a", 4)
    assert a.counts == {"answered": 2, "related": 1, "abstained": 0, "alarms": 1, "no": 1}
    assert (a.share("answered"), a.share("no")) == (0.5, 0.25)
    assert (b.counts["abstained"], b.counts["alarms"]) == (1, 1)
    assert (none.document, none.answers, sum(none.counts.values())) == ("", 1, 0)
    assert Usage(state).rates(41)[0].answers == 5


def test_weeks_begin_on_monday_and_those_without_answers_stand_there_too(state: State, clock: Clock) -> None:
    # The clock starts on Monday, 21 September 2026.
    counted(state, "a", Decision.ANSWER)
    clock.now += 6 * DAY
    counted(state, "b", Decision.ABSTAIN)
    clock.now += 8 * DAY
    counted(state, "a", Decision.RELATED)
    weeks = Usage(state).weeks(4)
    assert [(w.since, w.answers) for w in weeks] == [
        ("2026-10-05", 1),
        ("2026-09-28", 0),
        ("2026-09-21", 2),
        ("2026-09-14", 0),
    ]
    assert weeks[1].share("answered") is None
    assert [w.answers for w in Usage(state).weeks(3, "a")] == [1, 0, 1]
    heads, latest, *_ = usage_rows(weeks)
    told = dict(zip(heads, latest, strict=True))
    assert (told["week from"], told["related"], told["related, share"]) == ("2026-10-05", "1", "1.000")
    shown = rates_markup("By week", weeks, "week from")
    assert '1 (100.0%)<span class="track" aria-hidden="true"><span class="range" style="left:0;width:100.0%">' in shown
    assert "<td>–</td>" in shown


def test_each_answer_is_counted_for_its_medicine(bench: Bench) -> None:
    with serving(bench) as served:
        missed = Missed(bench.state, served.staff.live)
        answer = served.staff.live.ask("how many minutes does the drip run")
        missed.answered(answer)
        missed.told(Feedback.on(answer, helpful=False))
        missed.answered(served.staff.live.ask("fridge or freezer"))
        missed.answered(served.staff.live.ask("I want to die"))
        missed.settle()
    assert document_of(answer) == "made-up"
    found = {r.document: r for r in Usage(bench.state).rates(1)}
    assert found["made-up"].counts["answered"] == 1
    assert found["made-up"].counts["abstained"] + found["made-up"].counts["related"] == 1
    assert (found["made-up"].counts["no"], found[""].counts["alarms"]) == (1, 1)
    assert {c.document for c in Unanswered(bench.state).counts()} == {"made-up"}


def test_counts_of_an_older_state_keep_their_medicine(tmp_path: Path) -> None:
    before = next(n for n, migration in enumerate(MIGRATIONS) if "answer_counts" in migration[0])
    (tmp_path / "state").mkdir()
    with closing(sqlite3.connect(tmp_path / "state" / "staff.sqlite3")) as old:
        for statement in (s for migration in MIGRATIONS[:before] for s in migration):
            old.execute(statement)
        for passages in ("made-up:a made-up:b", ""):
            old.execute(
                "INSERT INTO unanswered_counts VALUES ('2026-09-21', 'not answered', 'related', '', ?, 2)", [passages]
            )
        old.execute(f"PRAGMA user_version = {before}")
        old.commit()
    state = open_state(tmp_path / "state", lambda: 1_790_000_000.0)
    assert [(c.document, c.count) for c in Unanswered(state).counts()] == [("", 2), ("made-up", 2)]
    assert isinstance(Unanswered(state).counts()[0], Count)


@pytest.mark.parametrize("suffix", FORMATS)
def test_counts_are_taken_away_as_tables(bench: Bench, suffix: str) -> None:
    counted(bench.state, "made-up", Decision.ANSWER)
    with serving(bench) as served, served.client(served.token("rita")) as client:
        for name in ("rates", "weeks", "not-found"):
            got = client.get(f"/staff/tables/counts/30/{name}{suffix}")
            assert got.status_code == 200
            assert got.headers["content-disposition"] == f'attachment; filename="{name}{suffix}"'
            assert suffix == ".xlsx" or b"medicine" in got.content
        assert client.get(f"/staff/tables/counts/0/rates{suffix}").status_code == 404
        assert client.get(f"/staff/tables/counts/30/other{suffix}").status_code == 404


def test_the_command_line_says_rates_and_writes_them(state: State, tmp_path: Path) -> None:
    counted(state, "a", Decision.ANSWER, Decision.ABSTAIN)
    out = tmp_path / "weeks.csv"
    days = str(4 * 366)  # the clock of the command is the machine's
    done = run("unanswered", "--days", days, "--out", out, "--staff", state.folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "a: 2 answers, answered 1, related 0, abstained 1, alarms 0, no 0\n"
    assert out.read_text("utf-8-sig").startswith("medicine,week from,answers,answered,")
    assert Rates("a").share("no") is None
