"""The kinds of change, and what each says.

kind         content
phrasing     passage, q                     attach a question to the passage that answers it
detach       passage, q                     take such a question away
gap          document, topic, q             mark a question as not covered ('any': by no monograph)
ungap        document, topic, q             take such a mark away; of a gap of 'any', for this monograph alone
example      label, subtype, q              an example for the triage
glossary     document, term, forms, explanation, owner, version, effective, review_by
notice       name, text, version, effective, review_by
             `name` is its place among the notices: urgent, locales/us/urgent, languages/crisis/es. `contacts` (a list
             of 'whose it is: number') and `topic_text` are given where they change
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
from typing import Any

from staff.errors import StaffError
from staff.medicines import FIELDS

__all__ = [
    "CONTACTS",
    "DATES",
    "KEYS",
    "LISTS",
    "OPTIONAL",
    "ORIGINAL",
    "SAME",
    "TOPIC_TEXT",
    "Content",
    "Kind",
    "unexplained",
    "versions_of",
]

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


DATES = ("version", "effective", "review_by")
KEYS: Mapping[Kind, tuple[str, ...]] = {
    Kind.PHRASING: ("passage", "q"),
    Kind.DETACH: ("passage", "q"),
    Kind.GAP: ("document", "topic", "q"),
    Kind.UNGAP: ("document", "topic", "q"),
    Kind.EXAMPLE: ("label", "subtype", "q"),
    Kind.GLOSSARY: ("document", "term", "forms", "explanation", "owner", *DATES),
    Kind.NOTICE: ("name", "text", *DATES),
    Kind.SUITE: ("name", "text"),
    Kind.TEST: ("name", "turns"),
    Kind.MANY: ("phrasings", "uncovered"),
    Kind.MONOGRAPH: ("document", "text", *DATES, "reattach", "instructions", "suites"),
    Kind.ONBOARDING: ("document", "decided"),
    Kind.MEDICINE: (*FIELDS, "text", "suite"),
}
ORIGINAL, SAME = "original", "same_medicine"
CONTACTS, TOPIC_TEXT = "contacts", "topic_text"
OPTIONAL: Mapping[Kind, tuple[str, ...]] = {
    Kind.NOTICE: (CONTACTS, TOPIC_TEXT),
    Kind.MONOGRAPH: (ORIGINAL, SAME, "gaps", "not_covered"),
    Kind.MEDICINE: (ORIGINAL,),
}
LISTS = frozenset("forms aliases contacts reattach instructions suites turns phrasings uncovered decided".split())


def unexplained(content: Content) -> tuple[str, ...]:
    """What a monograph's new text says otherwise, in numbers and tables, than the file that it was made of."""
    return tuple(content.get(ORIGINAL, {}).get("differences", ()))


def versions_of(content: Content) -> tuple[str, date, date]:
    """Its version, from when it holds, and by when it is reviewed. Raises StaffError for a date that is none."""
    try:
        return content["version"], date.fromisoformat(content["effective"]), date.fromisoformat(content["review_by"])
    except ValueError:
        raise StaffError("Dates are written year-month-day, as in 2026-12-31.") from None
