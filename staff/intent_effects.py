"""What a change does to what patients ask of any medicine: intents, asked again of each medicine that it touches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from assistant.assistant import Assistant
from retrieval.corpus import Corpus
from retrieval.encoder import Encoder, Progress
from staff.drafts import corpus_files
from staff.intent_suite import INTENTS, intent_questions
from staff.suite_run import Result, run_suites
from staff.suites import Suite

__all__ = ["MOST", "intents_asked", "touched_medicines"]

MOST = 5
"""Medicines whose intents are asked at most: what touches all of a library would take minutes."""

_OF_ONE = frozenset(["covered", "instructions", "not_covered", "onboarding", "questions"])
"""Folders with a file for each medicine, named after it."""
_SILENT = frozenset(["glossary", "notices", "suites"])
"""Folders of which no decision comes."""


def touched_medicines(before: Path, after: Path, corpus: Corpus) -> tuple[str, ...]:
    """Ids of the medicines whose answers may not be the same in two corpus folders; `corpus` is the first one's. A
    medicine that is new has nothing to compare with, and is not among them."""
    old, new = corpus_files(before), corpus_files(after)
    changed = [path for path in {*old, *new} if old.get(path) != new.get(path)]
    found = {name for path in changed for name in _medicines(PurePosixPath(path), corpus)}
    return tuple(name for name in corpus.documents if name in found)


def intents_asked(
    assistant: Assistant, document: str, encoder: Encoder, progress: Progress | None = None
) -> tuple[Result, ...]:
    """One wording of each intent, asked of one medicine. A result's suite is INTENTS, its key 'MEDICINE/INTENT'.

    `encoder` may keep what it embeds: wordings are words of the corpus, and the same in every trial.
    """
    corpus = assistant.corpus
    questions = intent_questions(corpus.documents[document], corpus.intents)
    encoder.encode([question.text for question in questions])  # all at once, where none is kept yet
    asked = Suite(document, questions)
    results: Sequence[Result] = run_suites([asked], assistant.encoding_with(encoder), progress=progress)
    return tuple(replace(r, suite=INTENTS, key=f"{document}/{r.key.partition('/')[0]}") for r in results)


def _medicines(path: PurePosixPath, corpus: Corpus) -> Iterator[str]:
    """The medicines whose answers a file may change."""
    folder = path.parts[0]
    if folder == "monographs":
        yield from (name for name, d in corpus.documents.items() if d.monograph.path.name == path.name)
    elif folder in _OF_ONE and path.stem in corpus.documents:
        yield path.stem
    elif folder not in _SILENT and not (folder in _OF_ONE and path.stem != "any"):
        yield from corpus.documents
