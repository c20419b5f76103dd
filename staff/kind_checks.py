"""Whether a change can be made in a corpus: what each kind must have, and what must be there already."""

from __future__ import annotations

from typing import Any

from assistant.notices import notice_files
from assistant.question import MAX_CHARACTERS
from assistant.triage.examples import INFORMATION
from assistant.triage.gate import Label
from retrieval.corpus import ANY_MEDICINE, Corpus
from retrieval.questions import Gap
from staff.another_medicine import another_medicine
from staff.asked_tests import check_turns, with_test
from staff.change_kinds import (
    CONTACTS,
    KEYS,
    LISTS,
    OPTIONAL,
    ORIGINAL,
    SAME,
    TOPIC_TEXT,
    Content,
    Kind,
    versions_of,
)
from staff.errors import StaffError
from staff.gap_decisions import check_not_covered
from staff.many import check_many
from staff.masking import is_masked
from staff.medicines import check_medicine
from staff.new_versions import check_moves, check_original
from staff.onboarded import check_decided
from staff.suites import check_suite

__all__ = ["check"]

_ONE_LINE = frozenset(["q", "name", "topic", "subtype", "term", "version", "owner"])


def check(kind: Kind, content: Content, corpus: Corpus) -> None:
    """Raises StaffError for content that cannot be made a change of this corpus, saying why."""
    if kind not in KEYS:
        raise StaffError(f"'{kind}' can no longer be proposed.")
    if set(content) - set(OPTIONAL.get(kind, ())) != set(KEYS[kind]):
        raise StaffError(f"A change of the kind '{kind}' has {', '.join(KEYS[kind])}.")
    if kind == Kind.MEDICINE:
        check_medicine(content, corpus)  # all that is wrong at once
        check_original(content.get(ORIGINAL))
        return
    for key in KEYS[kind]:
        _check_value(key, content[key])
    match kind:
        case Kind.PHRASING | Kind.DETACH:
            _check_phrasing(kind, content, corpus)
        case Kind.GAP:
            _check_document(content["document"], corpus, (ANY_MEDICINE,))
            known = (*corpus.gaps, *(g for d in corpus.documents.values() for g in d.gaps))
            if any(g.question == content["q"] for g in known):
                raise StaffError(f"“{content['q']}” is marked as not covered already.")
        case Kind.UNGAP:
            _check_ungap(content, corpus)
        case Kind.EXAMPLE:
            if content["label"] not in (*Label, INFORMATION):
                raise StaffError(f"'{content['label']}' is none of {', '.join((*Label, INFORMATION))}.")
        case Kind.GLOSSARY:
            _check_document(content["document"], corpus, (ANY_MEDICINE,))
            _check_dates(content)
        case Kind.NOTICE:
            if content["name"] not in notice_files(corpus.folder / "notices"):
                raise StaffError(f"'{content['name']}' is no notice that can be edited.")
            contacts = content.get(CONTACTS, [])
            if not isinstance(contacts, list) or not all(isinstance(contact, str) for contact in contacts):
                raise StaffError(f"'{CONTACTS}' is no list of texts.")
            if not isinstance(content.get(TOPIC_TEXT, ""), str):
                raise StaffError(f"'{TOPIC_TEXT}' is no text.")
            _check_dates(content)
        case Kind.SUITE:
            check_suite(content["name"], content["text"])
        case Kind.TEST:
            check_turns(content["turns"], {p.id for d in corpus.documents.values() for p in d.passages.showable()})
            check_suite(content["name"], with_test("", content["turns"]))
        case Kind.MANY:
            check_many(content, corpus)
        case Kind.MONOGRAPH:
            _check_document(content["document"], corpus, ())
            _check_same(content, corpus)
            _check_dates(content)
            check_moves(content)
            check_original(content.get(ORIGINAL))
            check_not_covered(content.get("not_covered", []))
        case Kind.ONBOARDING:
            _check_document(content["document"], corpus, ())
            check_decided(content["document"], content["decided"], corpus)


def _check_value(key: str, value: Any) -> None:
    if key in LISTS:
        if not isinstance(value, list):
            raise StaffError(f"'{key}' is no list.")
        return
    if not isinstance(value, str) or not value.strip():
        raise StaffError(f"'{key}' is not a text with words.")
    if "\0" in value or (key in _ONE_LINE and ("\n" in value or "\r" in value)):
        raise StaffError(f"'{key}' must be one line of text.")
    if key == "q" and len(value) > MAX_CHARACTERS:
        raise StaffError(f"A question has at most {MAX_CHARACTERS} characters.")
    if key == "q" and is_masked(value):
        raise StaffError(f"“{value}” has a mask: write it as a patient would, without.")


def _check_phrasing(kind: Kind, content: Content, corpus: Corpus) -> None:
    document = corpus.documents.get(content["passage"].partition(":")[0])
    if document is None or content["passage"] not in {p.id for p in document.passages.showable()}:
        raise StaffError(f"'{content['passage']}' is no passage that can be shown (python -m retrieval passages).")
    # A wording of an intent is not taken away by itself: what was decided of the intent is changed instead.
    attached = {(p.passage, p.question) for p in document.phrasings if not p.intent}
    there = (content["passage"], content["q"]) in attached
    if there and kind == Kind.PHRASING:
        raise StaffError(f"“{content['q']}” is attached to that passage already.")
    if not there and kind == Kind.DETACH:
        raise StaffError(f"“{content['q']}” is not attached to that passage.")


def _check_ungap(content: Content, corpus: Corpus) -> None:
    """A mark that is not there, or was taken away before, cannot be taken away."""
    _check_document(content["document"], corpus, ())
    document, gap = corpus.documents[content["document"]], Gap(content["topic"], content["q"])
    if gap not in document.gaps and (gap not in corpus.gaps or gap.question in document.covered):
        raise StaffError(f"“{content['q']}” is not marked as not covered under '{content['topic']}'.")


def _check_document(document: str, corpus: Corpus, more: tuple[str, ...]) -> None:
    known = (*corpus.documents, *more)
    if document not in known:
        raise StaffError(f"'{document}' is no monograph: use one of {', '.join(known)}.")


def _check_dates(content: Content) -> None:
    _, effective, review_by = versions_of(content)
    if review_by <= effective:
        raise StaffError("'review_by' must be after 'effective'.")


def _check_same(content: Content, corpus: Corpus) -> None:
    """A text that seems to be of another medicine needs somebody's word that it is not."""
    warning = another_medicine(content["document"], content["text"], corpus)
    if warning and not str(content.get(SAME, "")).strip():
        raise StaffError(f"{warning} Is it a medicine of its own? If it is this one, say why it is the same medicine.")
