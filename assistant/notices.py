"""Notices: the short list of texts that staff have approved, the only words beside the monograph's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from retrieval.errors import CorpusError
from retrieval.frontmatter import read_front_matter
from retrieval.monograph import DISCLAIMER

__all__ = ["Notice", "NoticeName", "Notices", "read_notices"]

_KEYS = frozenset("owner version effective review_by status section examples".split())


class NoticeName(StrEnum):
    """The notices that must be there, each in `corpus/notices/NAME.md`."""

    ABOUT = "about"
    ABSTAIN = "abstain"
    CRISIS = "crisis"
    DISCLAIMER = "disclaimer"
    EMERGENCY = "emergency"
    FAILED = "failed"
    GREETING = "greeting"
    PAST_REVIEW = "past-review"
    RELATED = "related"
    REJECTED_EMPTY = "rejected-empty"
    REJECTED_LONG = "rejected-long"
    REJECTED_NOT_TEXT = "rejected-not-text"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Notice:
    """An approved wording. The disclaimer's `text` is empty: it is a section of each monograph."""

    name: NoticeName
    text: str
    owner: str
    version: str
    effective: date
    review_by: date
    examples: tuple[str, ...]
    """Messages that this notice answers, word for word (the greeting has some)."""


Notices = Mapping[NoticeName, Notice]


def read_notices(folder: Path) -> Notices:
    """Every notice of the folder `corpus/notices`.

    Raises CorpusError for one that is missing, malformed, not approved, or without owner, version or
    dates: a service without its safety texts must not start.
    """
    known = {name.value for name in NoticeName}
    for path in sorted(folder.glob("*.md")):
        if path.stem not in known:
            raise CorpusError(path, 1, f"no notice is called '{path.stem}'.", f"Known: {', '.join(sorted(known))}.")
    return {name: _read(folder / f"{name}.md", name) for name in NoticeName}


def _read(path: Path, name: NoticeName) -> Notice:
    if not path.is_file():
        raise CorpusError(path, 1, "the notice is missing.", "Restore it: the service does not start without.")
    fields, body, first_line = read_front_matter(path)
    fields.only(_KEYS)
    if (status := fields.text("status")) != "approved":
        raise fields.error("status", f"status is '{status}'.", "Only 'approved' notices are shown.")
    text = body.strip()
    if name == NoticeName.DISCLAIMER:
        if fields.text("section") != DISCLAIMER or text:
            raise fields.error("section", "the disclaimer is no text of its own.", f"Write 'section: {DISCLAIMER}'.")
    elif not text:
        raise CorpusError(path, first_line, "the notice has no text.", "Write it after the second '---'.")
    return Notice(
        name,
        text,
        owner=fields.text("owner"),
        version=fields.text("version"),
        effective=fields.date("effective"),
        review_by=fields.date("review_by"),
        examples=fields.texts("examples"),
    )
