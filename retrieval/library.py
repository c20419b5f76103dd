"""The monographs as a library: put one in, take one out, list them, and say what an index does not have yet."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from retrieval.convert import SUFFIXES, Converted, Difference, convert
from retrieval.corpus import Corpus, same_id
from retrieval.encoder import Progress
from retrieval.errors import CorpusError, VerbatimError
from retrieval.files import write_atomically
from retrieval.frontmatter import read_front_matter
from retrieval.monograph import read_monograph, text_sha256

__all__ = ["Taken", "add", "add_folder", "changes", "compared", "draft", "identifier_of", "listing", "remove"]

_OF_A_MEDICINE = (
    "monographs/{}.md",
    *(f"{lines}/{{}}.jsonl" for lines in ("questions", "not_covered", "covered", "onboarding")),
)
_REMOVED = "removed"
_ID = re.compile(r"""^id: *["']?([^\s"']+)""", re.MULTILINE)
_HEAD = 4096
"""Characters of a file that its front matter stands in."""

_FRONT_MATTER = """---
id: {id}
title: {title}
generic_name: {title}
aliases: []
version: "1"
effective: YYYY-MM-DD
review_by: YYYY-MM-DD
owner: …
status: draft
source: {name}
licence: …
sha256: {sha256}
---
"""


def add(corpus: Path, file: Path, replace: bool = False) -> Path:
    """Put a monograph in Markdown into the corpus folder as `monographs/<id>.md`, whole or not at all.

    Raises CorpusError if a build would leave it out, with the same words, or if its id is there and `replace` is not
    set. A new version takes the place of the old one, whatever that file is called.
    """
    return _add(corpus, file, replace, _homes(corpus))


def _add(corpus: Path, file: Path, replace: bool, homes: dict[str, list[Path]]) -> Path:
    """As `add`; `homes` are the files of the corpus by the ids in them, and learn of this one."""
    monograph = read_monograph(file)
    target = corpus / _OF_A_MEDICINE[0].format(monograph.id)
    there = homes.setdefault(monograph.id, [])
    if not replace and (target in there or target.exists()):
        raise CorpusError(file, 1, f"the id '{monograph.id}' is there already.", "Use --replace for a new version.")
    if there and (len(there) > 1 or not replace):
        raise same_id(file, monograph.id, there)
    target = there[0] if there else target
    write_atomically(target, file.read_bytes())
    homes[monograph.id] = [target]
    return target


def _homes(corpus: Path) -> dict[str, list[Path]]:
    """The monograph files by the id that each states; one that states none could not be served either."""
    homes: dict[str, list[Path]] = {}
    for path in sorted((corpus / "monographs").glob("*.md")):
        if found := _ID.search(path.read_text("utf-8", errors="replace")[:_HEAD]):
            homes.setdefault(found[1], []).append(path)
    return homes


def draft(file: Path) -> tuple[Path, Converted]:
    """Make DOCX, PDF or HTML into a Markdown file beside it, to be read by staff, completed and added.

    Returns its path and what was converted. Raises ConversionError, or CorpusError if a file of that name is there.
    """
    converted = convert(file.name, _bytes(file))
    target = file.with_suffix(".md")
    if target.exists():
        raise CorpusError(target, 1, "the file is there already.", "Rename it, so that nothing is lost.")
    head = _FRONT_MATTER.format(
        id=identifier_of(file.stem),
        title=json.dumps(file.stem, ensure_ascii=False),
        name=json.dumps(file.name, ensure_ascii=False),
        sha256=text_sha256(converted.markdown),
    )
    write_atomically(target, f"{head}{converted.markdown}".encode())
    return target, converted


def identifier_of(name: str) -> str:
    """An id made of a file's or a medicine's name: small letters, digits and single hyphens."""
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in name.lower()).split()) or "medicine"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file: where it is now, or why it is nowhere; of a draft, what was converted."""

    file: Path
    target: Path | None = None
    converted: Converted | None = None
    failed: str = ""


def add_folder(corpus: Path, folder: Path, replace: bool = False, progress: Progress | None = None) -> list[Taken]:
    """Add every Markdown file under a folder, and make a draft of each other file; one that fails stops no other.

    The files are read before any draft is written, so that no draft is taken for a monograph.
    """
    files = sorted(f for f in folder.rglob("[!.]*") if f.is_file() and f.suffix.lower() in SUFFIXES)
    taken, homes = [], _homes(corpus)
    for done, file in enumerate(files, 1):
        try:
            if file.suffix.lower() == ".md":
                taken.append(Taken(file, _add(corpus, file, replace, homes)))
            else:
                taken.append(Taken(file, *draft(file)))
        except (VerbatimError, OSError) as error:
            taken.append(Taken(file, failed=str(error)))
        if progress:
            progress(done, len(files))
    return taken


def compared(original: Path, markdown: Path) -> tuple[Difference, ...]:
    """A draft, with or without front matter, beside the file that it was made of, both read again.

    Raises ConversionError, or CorpusError for front matter that cannot be read.
    """
    data = _bytes(markdown)
    text = read_front_matter(markdown)[1] if data.startswith(b"---") else convert(markdown.name, data).markdown
    return convert(original.name, _bytes(original)).against(text)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CorpusError(
            file, 1, f"the file cannot be read ({error.strerror}).", "Name a file that is there."
        ) from error


def remove(corpus: Path, read: Corpus, identifier: str) -> Path:
    """Move a monograph and its questions to `removed/<id>-<start of its hash>`, where nothing reads them.

    Raises CorpusError if there is no such monograph, if it is the only one, or if it was removed before.
    """
    if identifier not in read.documents:
        raise CorpusError(corpus / "monographs", 1, f"no monograph has the id '{identifier}'.", "See `list`.")
    if len(read.documents) == 1:
        raise CorpusError(corpus / "monographs", 1, f"'{identifier}' is the only monograph.", "Add another one first.")
    monograph = read.documents[identifier].monograph
    target = corpus / _REMOVED / f"{identifier}-{monograph.sha256[:8]}"
    target.mkdir(parents=True, exist_ok=True)
    # Its questions first: a monograph without them is served, questions without a monograph are a problem.
    questions = [path for name in _OF_A_MEDICINE[1:] if (path := corpus / name.format(identifier)).exists()]
    for path in (*questions, monograph.path):
        kept = target / f"{path.parent.name}-{path.name}"
        if kept.exists():
            raise CorpusError(kept, 1, "this was removed before.", "Move that file elsewhere first.")
        path.rename(kept)
    return target


def listing(corpus: Corpus) -> Iterator[str]:
    """A line for each monograph: id, title, version, when to review it, passages and phrasings."""
    for identifier, document in corpus.documents.items():
        monograph = document.monograph
        yield (
            f"{identifier}  “{monograph.title}” version {monograph.version}, review by {monograph.review_by}; "
            f"{len(document.passages.showable())} passages, {len(document.phrasings)} phrasings"
        )


def changes(corpus: Corpus, index: Path) -> Iterator[str]:
    """What the files of the corpus have that the latest index in the folder was not made of."""
    indexed = _latest_inputs(index)
    for name in sorted({*indexed, *corpus.inputs}):
        if name not in indexed:
            yield f"added    {name}"
        elif name not in corpus.inputs:
            yield f"removed  {name}"
        elif indexed[name] != corpus.inputs[name]:
            yield f"changed  {name}"


def _latest_inputs(index: Path) -> Mapping[str, str]:
    manifests = sorted(index.glob("[!.]*/manifest.json"), key=lambda path: path.stat().st_mtime)
    if not manifests:
        return {}
    try:
        inputs = json.loads(manifests[-1].read_bytes())["inputs"]
    except (ValueError, KeyError, TypeError):
        return {}  # a damaged one is built anew, from everything
    return {str(name): str(digest) for name, digest in inputs.items()}
