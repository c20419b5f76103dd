"""Many lines at once: phrasings and gaps of a table, or those suggested, as one change that is tried once.

A table has the columns question, passage, topic and medicine. A row with a passage attaches its question there; one
with a topic marks it as not covered by that medicine ('any': by none; it may be left out where there is one only).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.question import MAX_CHARACTERS
from retrieval.corpus import ANY_MEDICINE, Corpus
from staff.corpus_edits import with_lines
from staff.errors import StaffError
from staff.masking import is_masked
from staff.table_files import read_table

__all__ = [
    "GAP",
    "PHRASING",
    "Line",
    "Preview",
    "as_content",
    "check_many",
    "many_files",
    "preview",
    "read_lines",
    "taken",
]

PHRASING, GAP = "phrasing", "gap"
_COLUMNS = ("question", "passage", "topic", "medicine")
_SHOWN = 20
"""Problems in one message; a table of thousands may have as many."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line more: `place` is the passage that answers, or of a gap the medicine. `remark` says where it comes from,
    and `problem` why it cannot be taken."""

    what: str
    place: str
    topic: str
    question: str
    remark: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """The lines of a table with what is wrong with each, and the columns that were left out."""

    lines: tuple[Line, ...]
    remarks: tuple[str, ...]


def read_lines(path: Path, corpus: Corpus) -> Preview:
    """The lines of a CSV, TSV or XLSX file. Raises TableError for a file that is no such table."""
    table = read_table(path, _COLUMNS, ["question"])
    only = next(iter(corpus.documents)) if len(corpus.documents) == 1 else ""
    lines = []
    for row in table.rows:
        what = PHRASING if row["passage"] or not row["topic"] else GAP
        place = row["passage"] if what == PHRASING else row["medicine"] or only
        line = Line(what, place, row["topic"] if what == GAP else "", row["question"], f"row {row.number}")
        both = row["passage"] and row["topic"]
        lines.append(replace(line, problem="it has a passage and a topic: which is meant?") if both else line)
    return Preview(preview(lines, corpus), table.remarks)


def preview(lines: Iterable[Line], corpus: Corpus) -> tuple[Line, ...]:
    """The lines, each with what is wrong with it, and with what to look at."""
    judge = _Judge(corpus)
    return tuple(map(judge.judged, lines))


def as_content(lines: Iterable[Line]) -> dict[str, Any]:
    """A change of the kind `many` that takes all of these lines."""
    lines = list(lines)
    return {
        "phrasings": [{"passage": line.place, "q": line.question} for line in lines if line.what == PHRASING],
        "uncovered": [
            {"document": line.place, "topic": line.topic, "q": line.question} for line in lines if line.what == GAP
        ],
    }


def check_many(content: Mapping[str, Any], corpus: Corpus) -> None:
    """Raises StaffError for lists that cannot be taken, with all that is wrong."""
    lines = [_phrasing(p) for p in content["phrasings"]] + [_gap(g) for g in content["uncovered"]]
    if not lines:
        raise StaffError("There is no line to take.")
    wrong = [f"“{line.question}”: {line.problem}." for line in preview(lines, corpus) if line.problem]
    if wrong:
        more = [f"and {len(wrong) - _SHOWN} more."] if len(wrong) > _SHOWN else []
        raise StaffError("\n".join([*wrong[:_SHOWN], *more]))


def many_files(content: Mapping[str, Any], read: Callable[[str], str]) -> dict[str, str]:
    """The new text of each file, which `read` gives as it is."""
    files: dict[str, list[Mapping[str, Any]]] = {}
    for phrasing in content["phrasings"]:
        attached = {"passage": phrasing["passage"], "q": phrasing["q"]}
        files.setdefault(f"questions/{_medicine(phrasing['passage'])}.jsonl", []).append(attached)
    for gap in content["uncovered"]:
        record = {"topic": gap["topic"], "q": gap["q"]}
        files.setdefault(f"not_covered/{gap['document']}.jsonl", []).append(record)
    groups = {"questions": ["passage"], "not_covered": ["topic"]}
    return {path: with_lines(read(path), records, groups[path.partition("/")[0]]) for path, records in files.items()}


class _Judge:
    """Says what is wrong with lines one after the other: a line that stood before is not taken twice."""

    def __init__(self, corpus: Corpus) -> None:
        documents = corpus.documents.values()
        self._documents = (*corpus.documents, ANY_MEDICINE)
        self._passages = {p.id for document in documents for p in document.passages.showable()}
        self._attached: dict[str, list[str]] = {}
        for phrasing in (p for document in documents for p in document.phrasings):
            self._attached.setdefault(_folded(phrasing.question), []).append(phrasing.passage)
        self._gaps = {
            (where, _folded(gap.question))
            for where, gaps in ((ANY_MEDICINE, corpus.gaps), *((d.monograph.id, d.gaps) for d in documents))
            for gap in gaps
        }

    def judged(self, line: Line) -> Line:
        problem = line.problem or _unreadable(line.question) or self._misplaced(line)
        remark = line.remark
        asked = _folded(line.question)
        if not problem and line.what == PHRASING:
            others = [p for p in self._attached.get(asked, []) if _medicine(p) == _medicine(line.place)]
            remark = _joined(remark, f"attached to {others[0]} too" if others else "")
            if self._is_gap(_medicine(line.place), asked):
                remark = _joined(remark, "marked as not covered")
            self._attached.setdefault(asked, []).append(line.place)
        elif not problem:
            others = [p for p in self._attached.get(asked, []) if line.place in (ANY_MEDICINE, _medicine(p))]
            remark = _joined(remark, f"attached to {others[0]}" if others else "")
            self._gaps.add((line.place, asked))
        return replace(line, remark=remark, problem=problem)

    def _misplaced(self, line: Line) -> str:
        asked = _folded(line.question)
        if line.what == PHRASING:
            if not line.place:
                return "it has neither a passage nor a topic"
            if line.place not in self._passages:
                return f"'{line.place}' is no passage that can be shown"
            return "it is attached there already" if line.place in self._attached.get(asked, []) else ""
        if line.place not in self._documents:
            return f"'{line.place}' is no medicine; use one of {', '.join(self._documents)}"
        if not line.topic.strip() or "\n" in line.topic:
            return "its topic is not one line of words"
        return "it is marked as not covered already" if self._is_gap(line.place, asked) else ""

    def _is_gap(self, document: str, asked: str) -> bool:
        return (document, asked) in self._gaps or (ANY_MEDICINE, asked) in self._gaps


def _unreadable(question: str) -> str:
    if not question.strip():
        return "the question is empty"
    if "\n" in question or "\r" in question or "\0" in question:
        return "the question is not one line"
    if len(question) > MAX_CHARACTERS:
        return f"the question has more than {MAX_CHARACTERS} characters"
    return "it has a mask: write it as a patient would" if is_masked(question) else ""


def _phrasing(record: Any) -> Line:
    return Line(PHRASING, _value(record, "passage"), "", _value(record, "q"))


def _gap(record: Any) -> Line:
    return Line(GAP, _value(record, "document"), _value(record, "topic"), _value(record, "q"))


def _value(record: Any, key: str) -> str:
    value = record.get(key) if isinstance(record, Mapping) else None
    return value if isinstance(value, str) else ""


def _folded(question: str) -> str:
    return " ".join(question.casefold().split())


def _medicine(passage: str) -> str:
    return passage.partition(":")[0]


def _joined(*remarks: str) -> str:
    return "; ".join(filter(None, remarks))


def taken(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Those that nothing is wrong with."""
    return tuple(line for line in lines if not line.problem)
