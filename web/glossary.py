"""The glossary: approved explanations of medical terms, and where the terms stand in a text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from retrieval.blocks import Span
from retrieval.errors import CorpusError

__all__ = ["Glossary", "Term", "TermPlace", "read_glossary"]

_TEXTS = ("term", "explanation", "owner", "version", "status")
_DATES = ("effective", "review_by")
_KEYS = frozenset((*_TEXTS, *_DATES, "forms"))


@dataclass(frozen=True, slots=True)
class Term:
    """A word of medicine, as it may be written, and what it means in plain words."""

    term: str
    forms: tuple[str, ...]
    """Other ways to write it. A form with a capital letter is looked for as it is, others in any case."""
    explanation: str
    owner: str
    version: str
    effective: date
    review_by: date


@dataclass(frozen=True, slots=True)
class TermPlace:
    """`source[span.start:span.end]` is a form of the term."""

    span: Span
    term: Term


@dataclass(frozen=True)
class Glossary:
    terms: tuple[Term, ...] = ()

    def places(self, source: str, spans: Iterable[Span]) -> tuple[TermPlace, ...]:
        """Where each term stands first in the stretches of `source`; of two that overlap the longer."""
        if not self.terms:
            return ()
        found: dict[str, TermPlace] = {}
        for span in spans:
            for match in self._pattern.finditer(source, span.start, span.end):
                term = self._by_form[match.group().casefold()]
                found.setdefault(term.term, TermPlace(Span(*match.span()), term))
        return tuple(sorted(found.values(), key=lambda place: place.span))

    @cached_property
    def _by_form(self) -> dict[str, Term]:
        return {form.casefold(): term for term in self.terms for form in _forms(term)}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        forms = sorted((form for term in self.terms for form in _forms(term)), key=len, reverse=True)
        any_case = (re.escape(form) if form != form.lower() else f"(?i:{re.escape(form)})" for form in forms)
        return re.compile(rf"(?<!\w)(?:{'|'.join(any_case)})(?!\w)")


def read_glossary(folder: Path) -> Glossary:
    """Every term of `corpus/glossary/*.jsonl`, one JSON object a line; none if there is no such folder.

    Raises CorpusError for a line that is malformed or not approved, and for a form that two terms claim.
    """
    terms: list[Term] = []
    claimed: dict[str, tuple[Path, int]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line, term in _read(path):
            for form in _forms(term):
                if (other := claimed.setdefault(form.casefold(), (path, line))) != (path, line):
                    problem = f"'{form}' is explained in {other[0].name}:{other[1]} too."
                    raise CorpusError(path, line, problem, "Explain it once.")
            terms.append(term)
    return Glossary(tuple(terms))


def _forms(term: Term) -> Sequence[str]:
    return (term.term, *term.forms)


def _read(path: Path) -> Iterator[tuple[int, Term]]:
    for number, text in enumerate(path.read_bytes().decode("utf-8", "replace").split("\n"), 1):
        if text.strip():
            try:
                yield number, _term(json.loads(text))
            except ValueError as error:
                remedy = f"Write an object with the keys {', '.join(sorted(_KEYS))} (corpus/README.md)."
                raise CorpusError(path, number, f"{error}.", remedy) from None


def _term(record: Any) -> Term:
    """Raises ValueError saying what is wrong."""
    if not isinstance(record, dict) or set(record) != _KEYS:
        raise ValueError("not an object with the keys expected")
    for key in _TEXTS:
        if not isinstance(record[key], str) or not record[key].strip():
            raise ValueError(f"'{key}' is not a text with words")
    forms = record["forms"]
    if not isinstance(forms, list) or not all(isinstance(form, str) and form.strip() for form in forms):
        raise ValueError("'forms' is not a list of texts")
    if record["status"] != "approved":
        raise ValueError(f"status is '{record['status']}', and only 'approved' explanations are shown")
    effective, review_by = (date.fromisoformat(str(record[key])) for key in _DATES)
    return Term(
        record["term"], tuple(forms), record["explanation"], record["owner"], record["version"], effective, review_by
    )
