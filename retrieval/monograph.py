"""A monograph: its front matter and its text, verified against the hash that staff approved."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from retrieval.errors import ContractError, CorpusError
from retrieval.frontmatter import Fields, read_front_matter

__all__ = ["DISCLAIMER", "Monograph", "read_monograph", "text_sha256"]

DISCLAIMER = "Legal Disclaimer"
"""Heading of the section that is shown with every answer; where a monograph has none, the library's notice is."""

_KEYS = frozenset(
    "id title generic_name aliases standing version effective review_by owner status source licence sha256".split()
)


@dataclass(frozen=True, slots=True)
class Monograph:
    """One approved document. `source` is the body of its file; every quote is a slice of it.

    Offsets anywhere in the project count Unicode code points of `source`.
    """

    id: str
    title: str
    generic_name: str
    aliases: tuple[str, ...]
    version: str
    effective: date
    review_by: date
    owner: str
    source: str
    sha256: str
    path: Path
    first_line: int
    """Line of the file (from 1) on which `source` starts."""
    standing: str = ""
    """What patients must know of the medicine before all else, in a few approved words; empty for most."""

    def __post_init__(self) -> None:
        # Every quote is a slice of `source`: a text nobody approved must not get this far.
        if text_sha256(self.source) != self.sha256:
            raise ContractError(f"The text of '{self.id}' does not have the SHA-256 {self.sha256}.")


def text_sha256(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_monograph(path: Path, raw: bytes | None = None) -> Monograph:
    """Read and verify one monograph file; `raw` are its bytes, where they have been read.

    Raises CorpusError if the file is malformed, empty, not approved, or its text does not have the
    SHA-256 that its front matter states.
    """
    fields, source, first_line = read_front_matter(path, raw)
    fields.only(_KEYS)
    if not source.strip():
        raise CorpusError(path, first_line, "the monograph has no text.", "Put the text after the second '---'.")
    if (null := source.find("\0")) >= 0:
        line = first_line + source.count("\n", 0, null)
        raise CorpusError(path, line, "the text holds the character U+0000, which no page can show.", "Remove it.")
    if (status := fields.text("status")) != "approved":
        raise fields.error("status", f"status is '{status}'.", "Only 'approved' monographs are served.")
    _check_hash(fields, source)
    effective, review_by = fields.date("effective"), fields.date("review_by")
    if review_by <= effective:
        raise fields.error("review_by", "'review_by' is not after 'effective'.", "Set the date of the next review.")
    return Monograph(
        id=_identifier(fields),
        title=fields.text("title"),
        generic_name=fields.text("generic_name"),
        aliases=fields.texts("aliases"),
        version=fields.text("version"),
        effective=effective,
        review_by=review_by,
        owner=fields.text("owner"),
        source=source,
        sha256=fields.text("sha256"),
        path=path,
        first_line=first_line,
        standing=fields.text("standing") if "standing" in fields.values else "",
    )


def _identifier(fields: Fields) -> str:
    """The id, which stands in addresses: small letters, digits and single hyphens."""
    identifier = fields.text("id")
    parts = identifier.split("-")
    if not all(part.isascii() and part.isalnum() and part == part.lower() for part in parts):
        raise fields.error("id", f"'{identifier}' cannot be an id.", "Use small letters, digits and hyphens.")
    return identifier


def _check_hash(fields: Fields, source: str) -> None:
    stated, actual = fields.text("sha256"), text_sha256(source)
    if stated != actual:
        raise fields.error(
            "sha256",
            f"the text has SHA-256 {actual}, but the front matter states {stated}.",
            "If the change was approved, write the first of the two there.",
        )
