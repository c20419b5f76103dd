"""The corpus folder: every monograph with its passages and phrasings, and what could not be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from retrieval.blocks import Kind, Span
from retrieval.collector import uncollected
from retrieval.encoder import file_sha256
from retrieval.errors import CorpusError
from retrieval.monograph import DISCLAIMER, Monograph, read_monograph
from retrieval.names import read_names
from retrieval.passages import Level, Passage, Passages, cut
from retrieval.questions import Gap, Phrasing, read_gaps, read_phrasings

__all__ = ["Corpus", "Document", "read_corpus"]

ANY_MEDICINE = "any"
"""Name of the file of gaps that hold for every monograph."""


@dataclass(frozen=True)
class Document:
    """A monograph, cut, with the phrasings attached to its passages."""

    monograph: Monograph
    passages: Passages
    phrasings: tuple[Phrasing, ...]
    gaps: tuple[Gap, ...]
    """Questions about this medicine that the monograph is known not to answer."""
    disclaimer: Span
    """The text under the heading Legal Disclaimer, shown with every answer."""

    @cached_property
    def suggestions(self) -> Mapping[str, str]:
        """The approved wording of the first phrasing of each passage that has one, by the passage's id."""
        return {phrasing.passage: phrasing.suggestion for phrasing in reversed(self.phrasings) if phrasing.suggestion}


@dataclass(frozen=True)
class Corpus:
    """All documents by id, in order of id. `problems` are the files and lines left out."""

    documents: Mapping[str, Document]
    gaps: tuple[Gap, ...]
    """Messages that no monograph answers: off topic, small talk, attempts to misuse the page."""
    problems: tuple[CorpusError, ...]
    inputs: Mapping[str, str]
    """SHA-256 of each file read, by its path inside the corpus folder."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What kind of thing a name is that patients use, in plain words."""

    @cached_property
    def passages(self) -> Mapping[str, Passage]:
        """Every passage of every document by id."""
        return {p.id: p for d in self.documents.values() for p in d.passages.all}


@uncollected()
def read_corpus(folder: Path) -> Corpus:
    """Read `monographs/*.md`, `questions/*.jsonl`, `not_covered/*.jsonl` and `names/*.jsonl`.

    A bad monograph is left out whole, and so are all files that claim the same id; a bad line of
    questions or names costs only itself. Raises CorpusError if no monograph is left to serve.
    """
    problems: list[CorpusError] = []
    monographs = _read_monographs(folder / "monographs", problems)
    documents: dict[str, Document] = {}
    inputs: dict[str, str] = {}
    for identifier, monograph in sorted(monographs.items()):
        passages = cut(identifier, monograph.source)
        disclaimer = _disclaimer(passages)
        if disclaimer is None:
            problems.append(
                CorpusError(
                    monograph.path, monograph.first_line,
                    f"the monograph has no section '{DISCLAIMER}' with text.",
                    "Add it: it is shown with every answer.",
                )
            )  # fmt: skip
            continue
        phrasings: tuple[Phrasing, ...] = ()
        if (path := folder / "questions" / f"{identifier}.jsonl").is_file():
            shown = {p.id for p in passages.showable()}
            phrasings, bad = read_phrasings(path, shown)
            problems.extend(bad)
            inputs[path.relative_to(folder).as_posix()] = file_sha256(path)
        gaps = _gaps(folder, identifier, problems, inputs)
        inputs[monograph.path.relative_to(folder).as_posix()] = file_sha256(monograph.path)
        documents[identifier] = Document(monograph, passages, phrasings, gaps, disclaimer)
    for orphaned in ("questions", "not_covered"):
        problems.extend(
            _orphans(folder / orphaned, {*documents, ANY_MEDICINE} if orphaned == "not_covered" else documents)
        )
    common = _gaps(folder, ANY_MEDICINE, problems, inputs)
    names: dict[str, str] = {}
    for path in sorted((folder / "names").glob("*.jsonl")):
        found, bad = read_names(path)
        names |= found
        problems.extend(bad)
        inputs[path.relative_to(folder).as_posix()] = file_sha256(path)
    if not documents:
        where = folder / "monographs"
        first = f" The first problem: {problems[0]}" if problems else ""
        raise CorpusError(where, 1, f"there is no monograph to serve.{first}", "See corpus/README.md.")
    return Corpus(documents, common, tuple(problems), dict(sorted(inputs.items())), names)


def _read_monographs(folder: Path, problems: list[CorpusError]) -> dict[str, Monograph]:
    found: dict[str, list[Monograph]] = defaultdict(list)
    for path in sorted(folder.glob("*.md")):
        try:
            monograph = read_monograph(path)
        except CorpusError as error:
            problems.append(error)
        else:
            found[monograph.id].append(monograph)
    for identifier, same in found.items():
        # Which of them is right cannot be known, so none is served.
        problems.extend(
            CorpusError(m.path, 1, f"the id '{identifier}' is also in {_others(m, same)}.", "Give each file its own.")
            for m in same
            if len(same) > 1
        )
    return {identifier: same[0] for identifier, same in found.items() if len(same) == 1}


def _others(monograph: Monograph, same: list[Monograph]) -> str:
    return ", ".join(m.path.name for m in same if m is not monograph)


def _disclaimer(passages: Passages) -> Span | None:
    blocks = [p for p in passages.level(Level.BLOCK) if p.section == DISCLAIMER and p.kind != Kind.HEADING]
    return Span(blocks[0].start, blocks[-1].end) if blocks else None


def _gaps(folder: Path, name: str, problems: list[CorpusError], inputs: dict[str, str]) -> tuple[Gap, ...]:
    path = folder / "not_covered" / f"{name}.jsonl"
    if not path.is_file():
        return ()
    gaps, bad = read_gaps(path)
    problems.extend(bad)
    inputs[path.relative_to(folder).as_posix()] = file_sha256(path)
    return gaps


def _orphans(folder: Path, documents: Container[str]) -> list[CorpusError]:
    return [
        CorpusError(path, 1, f"no monograph served has the id '{path.stem}'.", "Name the file after its monograph.")
        for path in sorted(folder.glob("*.jsonl"))
        if path.stem not in documents
    ]
