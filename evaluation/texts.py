"""Documents beside the product's own, of which labels name lines: found by their id in folders of texts.

The file is FOLDER/ID.md, with front matter or without; lines count from 1 in the text after it, blank ones too.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from evaluation.errors import DataError
from evaluation.jsonl import read_text
from evaluation.spans import Line, fold

__all__ = ["find_sets", "find_text", "library_with", "text_lines"]

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def find_text(folders: Sequence[Path], document: str) -> Path:
    """The file of a document. Raises DataError if no folder has it, or the id is no plain name."""
    known = [folder / f"{document}.md" for folder in folders]
    path = next((path for path in known if path.is_file()), None)
    if path is None or Path(document).name != document:
        where = ", ".join(map(str, folders)) or "none given"
        raise DataError(Path(document), None, f"no folder has {document}.md ({where}).", "Give --texts FOLDER.")
    return path


def text_lines(folders: Sequence[Path], document: str) -> tuple[Line, ...]:
    """The lines of a document that are not blank, with their offsets in the text after the front matter."""
    text = read_text(find_text(folders, document))
    lines, at = [], 0
    for number, line in enumerate(_FRONT_MATTER.sub("", text, count=1).split("\n"), 1):
        if fold(line):
            lines.append(Line(document, number, at, at + len(line.rstrip()), line.rstrip()))
        at += len(line) + 1
    return tuple(lines)


def find_sets(data: Path) -> tuple[list[Path], list[Path]]:
    """Of a folder of labelled leaflets: the files of conversations, and the folders of texts.

    Conversations are in `leaflets*.jsonl`, or else in every `*.jsonl`; texts in the folder and those in it.
    Raises DataError if there is none of either.
    """
    labels = sorted(data.glob("leaflets*.jsonl*")) or sorted(data.glob("*.jsonl*"))
    folders = [
        folder for folder in (data, *sorted(p for p in data.glob("*") if p.is_dir())) if any(folder.glob("*.md"))
    ]
    if not labels or not folders:
        missing = "file of conversations (*.jsonl)" if not labels else "text (*.md)"
        raise DataError(data, None, f"there is no {missing}.", "Give a folder with both.")
    return labels, folders


@contextmanager
def library_with(corpus: Path, folders: Sequence[Path], documents: Iterable[str]) -> Iterator[Path]:
    """A corpus folder that has these documents too; the corpus itself, where it has them all.

    It is a copy for as long as it is asked: what a test set names must not become part of what patients are told.
    Raises DataError for a document that no folder has.
    """
    missing = [d for d in dict.fromkeys(documents) if not (corpus / "monographs" / f"{d}.md").is_file()]
    if not missing:
        yield corpus
        return
    files = [find_text(folders, document) for document in missing]
    with tempfile.TemporaryDirectory() as work:
        copy = Path(work) / "corpus"
        shutil.copytree(corpus, copy)
        for file in files:
            shutil.copy(file, copy / "monographs" / file.name)
        yield copy
