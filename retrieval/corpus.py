"""The corpus folder: every monograph with its passages and phrasings, and what could not be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from retrieval.blocks import Span
from retrieval.encoder import file_sha256
from retrieval.errors import CorpusError
from retrieval.garbage_collection import without_garbage_collection
from retrieval.intents import Intent, Reviewed, expanded, read_intents, read_reviewed
from retrieval.monograph import Monograph
from retrieval.monograph_cache import MonographCache
from retrieval.names import read_names
from retrieval.passage_views import own_disclaimer, passage_views
from retrieval.passages import Passage, Passages
from retrieval.questions import Gap, Phrasing, read_gaps, read_phrasings
from retrieval.text import plain_words

__all__ = ["Corpus", "Document", "own_disclaimer", "read_corpus", "same_id"]

ANY_MEDICINE = "any"
"""Name of the file of gaps that hold for every monograph."""

_Read = tuple[Monograph, Passages, str]


@dataclass(frozen=True)
class Document:
    """A monograph, cut, with the phrasings attached to its passages."""

    monograph: Monograph
    passages: Passages
    phrasings: tuple[Phrasing, ...]
    gaps: tuple[Gap, ...]
    """Questions about this medicine that the monograph is known not to answer."""
    disclaimer: Span | None
    """The text under the heading Legal Disclaimer, shown with every answer; None if the library's notice is."""
    reviewed: tuple[Reviewed, ...] = ()
    """What was decided of the intents; those in force are among the phrasings and gaps."""
    covered: frozenset[str] = frozenset()
    """Questions that hold as gaps for every monograph, but that this one answers all the same."""

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the monograph, in plain words."""
        return frozenset(plain_words(self.monograph.source).split())

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
    intents: Mapping[str, Intent] = field(default_factory=dict)
    """What patients ask about any medicine, by id."""
    folder: Path = Path()
    """Where it was read from."""

    @cached_property
    def passages(self) -> Mapping[str, Passage]:
        """Every passage of every document by id."""
        return _ById(self.documents)


@dataclass(frozen=True, slots=True, eq=False)
class _ById(Mapping[str, Passage]):
    """The passages of documents by id. To find one, its document alone is cut.

    The id of a passage begins with its document's, or is the same where a document is one passage.
    """

    documents: Mapping[str, Document]

    def __getitem__(self, name: str) -> Passage:
        document = name if name in self.documents else name.rpartition(":")[0]
        return self.documents[document].passages.by_id[name]

    def __iter__(self) -> Iterator[str]:
        return (name for document in self.documents.values() for name in document.passages.by_id)

    def __len__(self) -> int:
        return sum(len(document.passages.by_id) for document in self.documents.values())


@without_garbage_collection()
def read_corpus(folder: Path, kept: Path | None = None) -> Corpus:
    """Read `monographs/*.md`, `questions/*.jsonl`, `not_covered/*.jsonl`, `covered/*.jsonl`, `names/*.jsonl`,
    `intents/*.jsonl` and `onboarding/*.jsonl`.

    A bad monograph is left out whole, and so are all files that claim the same id; a bad line of
    questions or names costs only itself. What is cut is kept in the folder `kept` for the next time, if one is given.
    Raises CorpusError if no monograph is left to serve.
    """
    problems: list[CorpusError] = []
    cache = MonographCache(kept)
    monographs = _read_monographs(folder / "monographs", problems, cache)
    cache.save()
    documents: dict[str, Document] = {}
    inputs: dict[str, str] = {}
    intents, bad = read_intents(folder / "intents")
    problems.extend(bad)
    for identifier, (monograph, passages, digest) in sorted(monographs.items()):
        shown = {view.passage for view in passage_views(passages)}
        phrasings: tuple[Phrasing, ...] = ()
        if (path := folder / "questions" / f"{identifier}.jsonl").is_file():
            phrasings, bad = read_phrasings(path, shown)
            problems.extend(bad)
            inputs[path.relative_to(folder).as_posix()] = file_sha256(path)
        gaps = _gaps(folder, identifier, problems, inputs)
        reviewed: tuple[Reviewed, ...] = ()
        if (path := folder / "onboarding" / f"{identifier}.jsonl").is_file():
            reviewed, bad = read_reviewed(path, shown)
            problems.extend(bad)
            inputs[path.relative_to(folder).as_posix()] = file_sha256(path)
            own = {p.question for p in phrasings} | {g.question for g in gaps}
            more, open_questions = expanded(reviewed, intents, own)
            phrasings, gaps = (*phrasings, *more), (*gaps, *open_questions)
        covered = frozenset(g.question for g in _gaps(folder, identifier, problems, inputs, "covered"))
        inputs[monograph.path.relative_to(folder).as_posix()] = digest
        documents[identifier] = Document(
            monograph, passages, phrasings, gaps, own_disclaimer(passages), reviewed, covered
        )
    if any(document.reviewed for document in documents.values()):
        inputs |= {p.relative_to(folder).as_posix(): file_sha256(p) for p in (folder / "intents").glob("*.jsonl")}
    for orphaned in ("questions", "not_covered", "onboarding", "covered"):
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
    return Corpus(documents, common, tuple(problems), dict(sorted(inputs.items())), names, intents, folder)


def _read_monographs(folder: Path, problems: list[CorpusError], cache: MonographCache) -> dict[str, _Read]:
    """By id each monograph, its passages and the SHA-256 of its file."""
    found: dict[str, list[_Read]] = defaultdict(list)
    for path in sorted(folder.glob("*.md")):
        try:
            read = cache.read(path)
        except CorpusError as error:
            problems.append(error)
        else:
            found[read[0].id].append(read)
    for identifier, same in found.items():
        # Which of them is right cannot be known, so none is served.
        paths = [monograph.path for monograph, _, _ in same]
        problems.extend(same_id(p, identifier, [o for o in paths if o is not p]) for p in paths if len(paths) > 1)
    return {identifier: same[0] for identifier, same in found.items() if len(same) == 1}


def same_id(path: Path, identifier: str, others: Iterable[Path]) -> CorpusError:
    """What is said of a monograph whose id stands in other files too."""
    names = ", ".join(other.name for other in others)
    return CorpusError(path, 1, f"the id '{identifier}' is also in {names}.", "Give each file its own.")


def _gaps(
    folder: Path, name: str, problems: list[CorpusError], inputs: dict[str, str], kind: str = "not_covered"
) -> tuple[Gap, ...]:
    path = folder / kind / f"{name}.jsonl"
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
