"""The kinds of change: what each says, whether it can be made in a corpus, and which files it changes.

kind         content
phrasing     passage, q                     attach a question to the passage that answers it
detach       passage, q                     take such a question away
gap          document, topic, q             mark a question as not covered ('any': by no monograph)
ungap        document, topic, q             take such a mark away; of a gap of 'any', for this monograph alone
example      label, subtype, q              an example for the triage
glossary     document, term, forms, explanation, owner, version, effective, review_by
notice       name, text, version, effective, review_by
suite        name, text                     a suite, as its lines of JSON
test         name, turns                    a conversation more in a suite, as its turns
many         phrasings, uncovered           lists of {passage, q} and {document, topic, q} (many.py)
monograph    document, text, version, effective, review_by, reattach, instructions, suites
             `reattach` lists {passage, q, to}, `instructions` and `suites` {passage, to}; `to` is a passage of the
             new text, or '' to take the line away (of a suite: to leave the question as it is, and failing)
             Where new text may answer known gaps, `gaps` says what becomes of each (gap_decisions.py); `not_covered`
             lists {topic, q}, questions that nothing answers any more
             Where it was converted from a file, `original` has its {name, sha256, differences}: what the text says
             otherwise in numbers and tables, a line each, for the approver to answer for
onboarding   document, decided              {intent, asks, version, passages}: which passages answer an intent; none do
             A text that seems to be of another medicine needs `same_medicine`, why it is not (another_medicine.py)
medicine     document (its id), title, generic_name, aliases, version, effective, review_by, owner, source, licence,
             text, suite (as lines of JSON); `original` as above (medicines.py)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from assistant.notices import NoticeName
from assistant.question import MAX_CHARACTERS
from assistant.triage.examples import INFORMATION
from assistant.triage.gate import Label
from retrieval.corpus import ANY_MEDICINE, Corpus
from retrieval.questions import Gap
from staff.another_medicine import another_medicine
from staff.asked_tests import check_turns, with_test
from staff.edits import with_line, with_notice, without_line
from staff.errors import StaffError
from staff.gap_decisions import check_not_covered, take_away
from staff.many import check_many, many_files
from staff.masking import is_masked
from staff.medicines import FIELDS, check_medicine, medicine_files
from staff.new_versions import check_moves, check_original, edited_monograph
from staff.onboarded import check_decided, with_decided
from staff.suites import check_suite

__all__ = ["KEYS", "LISTS", "OPTIONAL", "Content", "Kind", "check", "edited_files", "unexplained"]

Content = Mapping[str, Any]


class Kind(StrEnum):
    PHRASING = "phrasing"
    DETACH = "detach"
    GAP = "gap"
    UNGAP = "ungap"
    EXAMPLE = "example"
    GLOSSARY = "glossary"
    SYNONYMS = "synonyms"
    """Of older states: it is shown, and can no longer be proposed. Nothing read such words."""
    NOTICE = "notice"
    SUITE = "suite"
    TEST = "test"
    MANY = "many"
    MONOGRAPH = "monograph"
    ONBOARDING = "onboarding"
    MEDICINE = "medicine"


_DATES = ("version", "effective", "review_by")
KEYS: Mapping[Kind, tuple[str, ...]] = {
    Kind.PHRASING: ("passage", "q"),
    Kind.DETACH: ("passage", "q"),
    Kind.GAP: ("document", "topic", "q"),
    Kind.UNGAP: ("document", "topic", "q"),
    Kind.EXAMPLE: ("label", "subtype", "q"),
    Kind.GLOSSARY: ("document", "term", "forms", "explanation", "owner", *_DATES),
    Kind.NOTICE: ("name", "text", *_DATES),
    Kind.SUITE: ("name", "text"),
    Kind.TEST: ("name", "turns"),
    Kind.MANY: ("phrasings", "uncovered"),
    Kind.MONOGRAPH: ("document", "text", *_DATES, "reattach", "instructions", "suites"),
    Kind.ONBOARDING: ("document", "decided"),
    Kind.MEDICINE: (*FIELDS, "text", "suite"),
}
_ORIGINAL, _SAME = "original", "same_medicine"
OPTIONAL: Mapping[Kind, tuple[str, ...]] = {
    Kind.MONOGRAPH: (_ORIGINAL, _SAME, "gaps", "not_covered"),
    Kind.MEDICINE: (_ORIGINAL,),
}
LISTS = frozenset("forms aliases reattach instructions suites turns phrasings uncovered decided".split())
_ONE_LINE = frozenset(["q", "name", "topic", "subtype", "term", "version", "owner"])


def check(kind: Kind, content: Content, corpus: Corpus) -> None:
    """Raises StaffError for content that cannot be made a change of this corpus, saying why."""
    if kind not in KEYS:
        raise StaffError(f"'{kind}' can no longer be proposed.")
    if set(content) - set(OPTIONAL.get(kind, ())) != set(KEYS[kind]):
        raise StaffError(f"A change of the kind '{kind}' has {', '.join(KEYS[kind])}.")
    if kind == Kind.MEDICINE:
        check_medicine(content, corpus)  # all that is wrong at once
        check_original(content.get(_ORIGINAL))
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
            if content["name"] not in set(NoticeName) - {NoticeName.DISCLAIMER}:
                raise StaffError(f"'{content['name']}' is no notice that can be edited.")
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
            check_original(content.get(_ORIGINAL))
            check_not_covered(content.get("not_covered", []))
        case Kind.ONBOARDING:
            _check_document(content["document"], corpus, ())
            check_decided(content["document"], content["decided"], corpus)


def unexplained(content: Content) -> tuple[str, ...]:
    """What a monograph's new text says otherwise, in numbers and tables, than the file that it was made of."""
    return tuple(content.get(_ORIGINAL, {}).get("differences", ()))


def edited_files(kind: Kind, content: Content, corpus: Path) -> dict[str, str]:
    """The new text of each file that the change touches, by its path inside the corpus folder.

    A file that is not there yet is empty. Changes nothing on the disk.
    """

    def read(path: str) -> str:
        file = corpus / path
        return file.read_bytes().decode() if file.is_file() else ""

    match kind:
        case Kind.PHRASING:
            path = _questions(content["passage"])
            return {path: with_line(read(path), _only(content, "passage", "q"), ["passage"])}
        case Kind.DETACH:
            path = _questions(content["passage"])
            return {path: without_line(read(path), _only(content, "passage", "q"))}
        case Kind.GAP:
            path = f"not_covered/{content['document']}.jsonl"
            return {path: with_line(read(path), _only(content, "topic", "q"), ["topic"])}
        case Kind.UNGAP:
            return take_away(content["document"], _only(content, "topic", "q"), read)
        case Kind.EXAMPLE:
            path = "triage/examples.jsonl"
            record = _only(content, "label", "subtype", "q")
            return {path: with_line(read(path), record, ["label", "subtype"])}
        case Kind.GLOSSARY:
            path = f"glossary/{content['document']}.jsonl"
            record = _only(content, "term", "forms", "explanation", "owner", *_DATES) | {"status": "approved"}
            return {path: with_line(read(path), record, ["term"])}
        case Kind.SYNONYMS:
            return {}
        case Kind.NOTICE:
            path = f"notices/{content['name']}.md"
            return {path: with_notice(read(path), content["text"], *_versions(content))}
        case Kind.SUITE:
            return {f"suites/{content['name']}.jsonl": content["text"]}
        case Kind.TEST:
            path = f"suites/{content['name']}.jsonl"
            return {path: with_test(read(path), content["turns"])}
        case Kind.ONBOARDING:
            path = f"onboarding/{content['document']}.jsonl"
            return {path: with_decided(read(path), content["decided"])}
        case Kind.MANY:
            return many_files(content, read)
        case Kind.MEDICINE:
            return medicine_files(content)
        case Kind.MONOGRAPH:
            return edited_monograph(content, _versions(content), corpus, read)


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
    _, effective, review_by = _versions(content)
    if review_by <= effective:
        raise StaffError("'review_by' must be after 'effective'.")


def _versions(content: Content) -> tuple[str, date, date]:
    """Raises StaffError for a date that is none."""
    try:
        return content["version"], date.fromisoformat(content["effective"]), date.fromisoformat(content["review_by"])
    except ValueError:
        raise StaffError("Dates are written year-month-day, as in 2026-12-31.") from None


def _check_same(content: Content, corpus: Corpus) -> None:
    """A text that seems to be of another medicine needs somebody's word that it is not."""
    warning = another_medicine(content["document"], content["text"], corpus)
    if warning and not str(content.get(_SAME, "")).strip():
        raise StaffError(f"{warning} Is it a medicine of its own? If it is this one, say why it is the same medicine.")


def _questions(passage: str) -> str:
    return f"questions/{passage.partition(':')[0]}.jsonl"


def _only(content: Content, *keys: str) -> dict[str, Any]:
    """In the order in which the files have them."""
    return {key: content[key] for key in keys}
