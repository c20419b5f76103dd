"""Suggesting questions, as work that runs in the service: the first time thousands of wordings are embedded."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.corpus import Corpus
from retrieval.encoder import Progress
from staff.bench import Bench
from staff.jobs import Job
from staff.rejected import Rejected
from staff.unanswered import Unanswered
from staff.wordings import Suggested, all_wordings, suggested

__all__ = ["suggesting_job"]


def suggesting_job(
    bench: Bench,
    corpus: Corpus,
    document: str,
    passages: Sequence[str],
    unanswered: Unanswered,
    rejected: Rejected | None = None,
) -> Job:
    """Begin to look for wordings of these passages of a document; its result is what is offered (staff/wordings.py).
    What was `rejected` for the first of them is left out."""
    drafts = bench.drafts
    offered = all_wordings(corpus, document, unanswered.shared())
    wordings = rejected.without(passages[0], offered) if rejected else offered

    def work(progress: Progress) -> tuple[Suggested, ...]:
        return suggested(corpus, document, passages, wordings, drafts.encoder, drafts.cached, progress)

    return bench.jobs.start("suggestions", "\0".join(passages), "Looking through what patients ask", work)
