"""Documents made of any text, for what the one real monograph does not have."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from retrieval.blocks import Span
from retrieval.corpus import Document
from retrieval.monograph import Monograph, text_sha256
from retrieval.passages import cut


def document_of(source: str) -> Document:
    monograph = Monograph(
        id="made-up",
        title="Made up",
        generic_name="made-up",
        aliases=(),
        version="2.1 β",
        effective=date(2026, 1, 9),
        review_by=date(2027, 1, 9),
        owner="Tests",
        source=source,
        sha256=text_sha256(source),
        path=Path("made-up.md"),
        first_line=1,
    )
    return Document(monograph, cut(monograph.id, source), phrasings=(), gaps=(), disclaimer=Span(0, len(source)))
