"""The disclaimer of a document in an answer that a test makes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from assistant.answer import Disclaimer
from assistant.notices import Notice, NoticeName, read_notices
from retrieval.corpus import Document

__all__ = ["legal", "legal_notice"]


@cache
def legal_notice() -> Notice:
    """The library's own, for monographs that have none."""
    return read_notices(Path("corpus/notices"))[NoticeName.DISCLAIMER]


def legal(document: Document) -> Disclaimer:
    return Disclaimer(document, legal_notice())
