"""Long work runs in the service: it goes on when nobody looks, and is found again."""

from __future__ import annotations

from threading import Event

import pytest

from retrieval.encoder import Progress
from staff.errors import StaffError
from staff.jobs import Job, Jobs, ToldEncoder, doing
from tests.hashing import HashingEncoder
from web.staff.running import followed, progress_markup


def test_the_same_work_is_begun_once_and_found_again() -> None:
    jobs, go, began = Jobs(), Event(), []

    def work(progress: Progress) -> str:
        began.append(1)
        progress(3, 4)
        go.wait(10)
        return "done"

    first = jobs.start("trial", "1", "Trying change 1", work)
    assert jobs.start("trial", "1", "Trying change 1", work) is first
    # Whoever looks sees how far it is, and may go away: nothing of it is lost.
    assert "Trying change 1: 75%" in next(followed(first, str, str))
    assert (first.ended, jobs.latest("trial"), jobs.latest("release")) == (False, first, None)
    go.set()
    assert first.wait(10)
    assert list(followed(first, str.upper, str)) == ["DONE"]
    assert began == [1]
    assert jobs.start("trial", "1", "Trying change 1", work) is not first


def test_what_work_raises_is_raised_where_it_is_followed() -> None:
    def refuse(_: Progress) -> None:
        raise StaffError("It cannot be done.")

    job = Jobs().start("trial", "1", "Trying change 1", refuse)
    with pytest.raises(StaffError, match="cannot be done"):
        list(followed(job, str, str))


def test_an_encoder_that_is_told_of_shows_how_far_it_is() -> None:
    def work(progress: Progress) -> int:
        doing(progress, "embedding")
        return len(ToldEncoder(HashingEncoder(), progress).encode(["one", "two"]))

    job = Job("compare", "1", "Comparing")
    job.run(work)
    assert (job.result, job.fraction, job.doing) == (2, 1.0, "embedding")


def test_a_bar_without_a_fraction_says_what_and_how_long() -> None:
    ticks = iter([0.0, 2.0])
    job = Job("trial", "1", "Trying <change> 1", lambda: next(ticks))
    assert progress_markup(job) == (
        '<p class="said" role="status"><progress></progress> Trying &lt;change&gt; 1: after 2 s.'
        " It goes on if you close the page.</p>"
    )
