"""An answer again from its record: the line that the service writes for it, which holds no word of the question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from assistant.answer import Quote
from retrieval.corpus import Corpus, read_corpus
from staff.errors import StaffError
from staff.releases import Releases

__all__ = ["corpus_of", "replayed"]


def corpus_of(record: Mapping[str, Any], releases: Releases, folder: Path) -> tuple[Corpus, str]:
    """The corpus that has the very texts that were cited, and where it was found: the latest release, else `folder`.

    Raises StaffError if the record is none, or if no release has those texts any more.
    """
    texts = record.get("texts")
    if not isinstance(texts, dict) or not isinstance(record.get("passages"), list) or "decision" not in record:
        raise StaffError("This is no record of an answer: it lacks 'decision', 'passages' or 'texts'.")
    for source, corpus in _corpora(releases, folder):
        known = {name: document.monograph.sha256 for name, document in corpus.documents.items()}
        if all(known.get(name) == sha256 for name, sha256 in texts.items()):
            return corpus, source
    raise StaffError(f"No release has these texts: {', '.join(f'{name} {sha}' for name, sha in texts.items())}.")


def replayed(record: Mapping[str, Any], corpus: Corpus) -> tuple[Quote, ...]:
    """What was shown, to the character. Raises StaffError for a passage that the texts do not have."""
    quotes = []
    for identifier in record["passages"]:
        passage = corpus.passages.get(identifier)
        if passage is None:
            raise StaffError(f"The texts have no passage '{identifier}'.")
        quotes.append(Quote(corpus.documents[passage.document].monograph, passage.start, passage.end))
    return tuple(quotes)


def _corpora(releases: Releases, folder: Path) -> Iterator[tuple[str, Corpus]]:
    for name in reversed(releases.listed()):
        yield f"release {name}", read_corpus(releases.get(name).corpus)
    yield f"{folder}", read_corpus(folder)
