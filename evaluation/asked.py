"""A set of conversations that an assistant is asked, by name: the built-in one, everyday requests, or leaflets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.builtin import BUILT_IN
from evaluation.catalogue import CONVERSATIONS, LINES
from evaluation.conversations import FIRST_DOCUMENT, LabelledTurn, Questions, read_labels, read_questions
from evaluation.errors import DataError
from evaluation.everyday import EVERYDAY, as_labels, as_questions, read_messages
from evaluation.spans import Line, read_source_lines
from evaluation.texts import find_sets, text_lines

__all__ = ["LEAFLETS", "SETS", "Asked", "read_asked"]

LEAFLETS = "leaflets"
SETS = (BUILT_IN, EVERYDAY, LEAFLETS)


@dataclass(frozen=True)
class Asked:
    """What is asked, what is right, and the lines that the labels name. `path` is the file or folder, for errors."""

    path: Path
    questions: tuple[Questions, ...]
    labels: tuple[LabelledTurn, ...]
    lines: tuple[Line, ...]
    texts: tuple[Path, ...] = ()
    """Folders of the documents that the product's corpus may not have."""

    @property
    def documents(self) -> tuple[str, ...]:
        """Ids of the documents that the conversations name, each once."""
        return tuple(dict.fromkeys(q.document for q in self.questions if q.document))


def read_asked(
    name: str,
    data: Path | None = None,
    labels: Path | None = None,
    lines: Path = LINES,
    texts: Sequence[Path] = (),
    split: str | None = None,
    limit: int | None = None,
    labelled: bool = True,
) -> Asked:
    """The set of that name; `labels` takes the place of the file of conversations, `data` is the folder of those sets
    that are not built in. Without `labelled` no label and no line is read. Raises DataError for what cannot be used."""
    if name == EVERYDAY:
        folder = _need(name, data)
        messages = read_messages(folder, split, limit)
        return Asked(folder, as_questions(messages), as_labels(messages) if labelled else (), ())
    files, folders = ([labels or CONVERSATIONS], list(texts))
    if name == LEAFLETS:
        found, own = find_sets(_need(name, data))
        files, folders = ([labels] if labels else found), [*texts, *own]
    questions = tuple(q for file in files for q in read_questions(file))
    if not labelled:
        return Asked(files[0], questions, (), (), tuple(folders))
    turns = tuple(turn for file in files for turn in read_labels(file))
    named = dict.fromkeys(turn.document or FIRST_DOCUMENT for turn in turns)
    source: list[Line] = []
    for document in named:
        if document == FIRST_DOCUMENT:
            source += read_source_lines(lines)
        else:
            source += text_lines(folders, document)
    return Asked(files[0], questions, turns, tuple(source), tuple(folders))


def _need(name: str, data: Path | None) -> Path:
    if data is None or not data.is_dir():
        where = data or Path(name)
        raise DataError(where, None, f"the set '{name}' needs a folder.", f"Give --dataset {name} --data FOLDER.")
    return data
