"""The staff bench as a whole: its parts over one state and one corpus, put right after a kill."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from assistant.assistant import Assistant
from assistant.notices import DEFAULT_LOCALE
from retrieval.corpus import Corpus
from retrieval.encoder import Encoder
from staff.accounts import Accounts
from staff.answerable import Answerable, asked_of
from staff.change_kinds import Kind
from staff.changes import Change, Changes, Status
from staff.corpus_now import CorpusNow
from staff.drafts import Drafts
from staff.errors import StaffError
from staff.jobs import Jobs
from staff.live import LiveAssistant, Served
from staff.onboarding import Onboarding
from staff.releases import Releases
from staff.state import State, open_state
from staff.trials import Trials
from staff.unanswered import Unanswered

__all__ = ["Bench", "asked_by", "live_assistant", "open_bench"]


TWO_PEOPLE = ("change", "release")


@dataclass(frozen=True, slots=True)
class Bench:
    """What the page and the command line of the staff work with."""

    state: State
    corpus: Path
    accounts: Accounts
    changes: Changes
    drafts: Drafts
    trials: Trials
    releases: Releases
    onboarding: Onboarding
    jobs: Jobs
    now: CorpusNow

    def read(self) -> Corpus:
        """The corpus as it stands, with the changes that are written."""
        return self.now.read()


def open_bench(
    folder: Path,
    corpus: Path,
    encoder: Encoder,
    clock: Callable[[], float] = time.time,
    index: Path | None = None,
    locale: str = DEFAULT_LOCALE,
    medicine: str = "",
    two_people: Collection[str] = TWO_PEOPLE,
) -> Bench:
    """Open the state in a folder and finish what a kill has left: approved changes, the pointer.

    `index` is the folder of indexes that the service uses: what was embedded there is not embedded again. `two_people`
    names what one person may not do alone: approve a change that they proposed, sign a release that they measured.
    Raises StaffError if the state cannot be used.
    """
    state = open_state(folder, clock)
    vectors = index or folder
    changes = Changes(state, "change" in two_people)
    drafts = Drafts(corpus, folder / "drafts", encoder, vectors, locale, medicine)
    releases = Releases(state, changes, corpus, encoder, vectors, locale, medicine, "release" in two_people)
    changes.write_approved(corpus)
    releases.recover()
    trials = Trials(changes, drafts, Unanswered(state))
    now = CorpusNow(corpus)
    onboarding = Onboarding(state, changes, now, corpus, encoder, vectors)
    return Bench(state, corpus, Accounts(state), changes, drafts, trials, releases, onboarding, Jobs(), now)


def asked_by(bench: Bench, number: int) -> tuple[Change, tuple[Answerable, ...]]:
    """A pending version, and every known gap that its text may answer. Raises StaffError if it is no such change."""
    change = bench.changes.get(number)
    if change.kind != Kind.MONOGRAPH or change.status != Status.PENDING:
        raise StaffError(f"Change {number} is no new version that waits.")
    return change, asked_of(change.content, bench.read(), bench.drafts.cached)


def live_assistant(
    bench: Bench, otherwise: Callable[[], Assistant], report: Callable[[str], None] = lambda _: None
) -> LiveAssistant:
    """What patients ask: the live release, now and after each switch; `otherwise` until there is a first one.

    If the live release is damaged at the start, the last one before it that is sound. Raises StaffError if none is.
    """

    def load() -> Served:
        release = bench.releases.live()
        served = Served(bench.releases.start(release), release.corpus) if release else Served(otherwise(), bench.corpus)
        bench.drafts.take(served.assistant, served.corpus)
        return served

    def last_good() -> Served:
        try:
            return load()
        except StaffError as error:
            report(f"The release cannot be loaded; the last good one is served. StaffError: {error}")
            for identifier in bench.releases.before_live():
                try:
                    release = bench.releases.get(identifier)
                    return Served(bench.releases.start(release), release.corpus)
                except StaffError as other:
                    report(f"Nor can this one. StaffError: {other}")
            raise

    return LiveAssistant(bench.releases.pointer, load, report, last_good)
