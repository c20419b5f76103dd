"""A medicine more: its monograph with the front matter that staff filled in, and a suite of its own.

All that is wrong is told at once. The text's hash is written by itself: two people approve the text, not a number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from retrieval.corpus import ANY_MEDICINE, Corpus, Document, own_disclaimer
from retrieval.monograph import Monograph, text_sha256
from retrieval.passages import Passages, cut
from staff.errors import StaffError
from staff.suites import check_suite

__all__ = [
    "FIELDS",
    "check_medicine",
    "draft_document",
    "medicine_files",
    "medicine_problems",
    "names_of",
    "suite_of",
    "with_document",
]

FIELDS = (
    "document",
    "title",
    "generic_name",
    "aliases",
    "version",
    "effective",
    "review_by",
    "owner",
    "source",
    "licence",
)
"""Of the front matter, as it stands in the file; `document` is its id."""
_IDENTIFIER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LINES = tuple(field for field in FIELDS if field != "aliases")


def medicine_problems(content: Mapping[str, Any], corpus: Corpus) -> tuple[tuple[str, str], ...]:
    """Everything that is wrong: the field and what is wrong with it. Empty if it can be proposed."""
    return tuple(_problems(content, corpus))


def check_medicine(content: Mapping[str, Any], corpus: Corpus) -> None:
    """Raises StaffError with all that is wrong, a line each."""
    if problems := medicine_problems(content, corpus):
        raise StaffError("\n".join(f"{field}: {problem}." for field, problem in problems))


def medicine_files(content: Mapping[str, Any]) -> dict[str, str]:
    """The monograph and its suite, by their paths inside the corpus folder."""
    document = content["document"]
    files = {f"monographs/{document}.md": _monograph(content)}
    return {**files, f"suites/{document}.jsonl": content["suite"]} if content["suite"] else files


def suite_of(rows: Sequence[Sequence[Any]]) -> str:
    """A suite's text of rows of (question, passage, …, must pass); rows without a question are none."""
    turns = [
        {"text": str(row[0]).strip(), "kind": "answerable", "gold": [str(row[1])], "also": [],
         **({"must_pass": True} if row[-1] is True or str(row[-1]).lower() == "true" else {})}
        for row in rows
        if str(row[0] or "").strip()
    ]  # fmt: skip
    lines = ({"id": f"s{number:03d}", "turns": [turn]} for number, turn in enumerate(turns, 1))
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def names_of(content: Mapping[str, Any]) -> tuple[str, ...]:
    """What a medicine may be called."""
    return tuple(filter(None, (content["title"], content["generic_name"], *content["aliases"])))


def draft_document(content: Mapping[str, Any]) -> Document:
    """The document that such content will be, to be looked into before it is one. Raises StaffError without a text."""
    text = content["text"]
    passages = cut(content["document"], text)
    if not passages.showable():
        raise StaffError("The text has no passage that can be shown.")
    monograph = Monograph(
        content["document"], content["title"], content["generic_name"], tuple(content["aliases"]), content["version"],
        date.min, date.max, content["owner"], text, text_sha256(text), Path(), 1,
    )  # fmt: skip
    return Document(monograph, passages, (), (), own_disclaimer(passages))


def with_document(corpus: Corpus, document: Document) -> Corpus:
    """A corpus with a document more."""
    return replace(corpus, documents={**corpus.documents, document.monograph.id: document})


def _monograph(content: Mapping[str, Any]) -> str:
    """The file: JSON's texts and lists are YAML's too."""
    text = content["text"]
    fields = {"id" if field == "document" else field: content[field] for field in FIELDS}
    values = {
        key: value if key in ("effective", "review_by") else json.dumps(value, ensure_ascii=False)
        for key, value in fields.items()
    }
    lines = [f"{key}: {value}" for key, value in values.items()]
    return "\n".join(["---", *lines, "status: approved", f"sha256: {text_sha256(text)}", "---", text])


def _problems(content: Mapping[str, Any], corpus: Corpus) -> Iterator[tuple[str, str]]:
    for field in _LINES:
        value = content[field]
        if not isinstance(value, str) or not value.strip():
            yield field, "it is empty"
        elif "\n" in value or "\r" in value or "\0" in value:
            yield field, "it is more than one line"
    yield from _wrong_id(str(content["document"]), corpus)
    if not isinstance(content["aliases"], list) or not all(
        isinstance(a, str) and a.strip() for a in content["aliases"]
    ):
        yield "aliases", "it is no list of names"
    else:
        yield from _taken_names(content, corpus)
    yield from _wrong_dates(content)
    text = content["text"]
    if not isinstance(text, str) or not text.strip():
        yield "text", "the monograph has no text"
        return
    passages = cut(str(content["document"]), text)
    yield from _wrong_text(text, passages)
    yield from _wrong_suite(content, passages)


def _wrong_id(document: str, corpus: Corpus) -> Iterator[tuple[str, str]]:
    if document.strip() and not _IDENTIFIER.fullmatch(document):
        yield "document", f"'{document}' cannot be an id; use small letters, digits and single hyphens"
    elif document in (*corpus.documents, ANY_MEDICINE):
        yield "document", f"'{document}' is there already; a new version of it goes through Monograph"


def _taken_names(content: Mapping[str, Any], corpus: Corpus) -> Iterator[tuple[str, str]]:
    """Two medicines of one name could not be told apart."""
    asked = {name.casefold(): name for name in names_of(content)}
    for document in corpus.documents.values():
        monograph = document.monograph
        for name in (monograph.title, monograph.generic_name, *monograph.aliases):
            if name.casefold() in asked:
                yield "title", f"'{name}' is a name of '{monograph.id}' already"


def _wrong_dates(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    dates = {}
    for field in ("effective", "review_by"):
        try:
            dates[field] = date.fromisoformat(str(content[field]))
        except ValueError:
            if str(content[field]).strip():
                yield field, "a date is written year-month-day, as in 2026-12-31"
    if len(dates) == 2 and dates["review_by"] <= dates["effective"]:
        yield "review_by", "it must be after 'effective'"


def _wrong_text(text: str, passages: Passages) -> Iterator[tuple[str, str]]:
    if text.startswith("---"):
        yield "text", "front matter stands in it; take it out, the form writes it"
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        yield "text", f"line {line} holds the character U+0000, which no page can show"
    if not passages.showable():
        yield "text", "it has no passage that can be shown"


def _wrong_suite(content: Mapping[str, Any], passages: Passages) -> Iterator[tuple[str, str]]:
    suite = content["suite"]
    if not isinstance(suite, str) or not suite.strip():
        yield "suite", "write at least one question that patients ask, beside the passage that answers it"
        return
    try:
        check_suite("suite", suite)
    except StaffError as error:
        yield "suite", str(error).rstrip(".")
        return
    shown = {p.id for p in passages.showable()}
    labels = [label for line in suite.splitlines() for turn in json.loads(line)["turns"] for label in turn["gold"]]
    yield from (
        ("suite", f"'{label}' is no passage of this text") for label in dict.fromkeys(labels) if label not in shown
    )
