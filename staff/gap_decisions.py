"""What becomes of the known gaps that a new text may answer: taken away, kept, or attached to a passage that answers.

Each is {document, topic, q, intent, do, to}: `document` is the monograph or 'any', whose gap it is; `intent` the intent
that it is a wording of, '' if it is a line of its own; `do` a Deed; `to` the passage that it is attached to, else ''. A
gap of 'any' that is taken away stays one for all other medicines: a line in `covered/ID.jsonl` says that this one
answers it. With a gap of an intent the decision that it is not covered goes: the intent stands open again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from retrieval.corpus import ANY_MEDICINE
from staff.corpus_edits import has_line, with_lines, with_moved
from staff.errors import StaffError
from staff.onboarded import without_intents

__all__ = ["Deed", "check_decisions", "check_not_covered", "edit_gaps", "kept_gaps", "take_away"]

_KEYS = frozenset(["document", "topic", "q", "intent", "do", "to"])


class Deed(StrEnum):
    TAKE_AWAY = "take away"
    KEEP = "keep"
    ATTACH = "attach"


def check_decisions(decisions: Any, document: str, passages: Sequence[str] | frozenset[str]) -> None:
    """Raises StaffError for what is no decision, or attaches to what is no passage of the new text."""
    if not isinstance(decisions, list):
        raise StaffError("'gaps' is no list.")
    for one in decisions:
        if not isinstance(one, dict) or set(one) != _KEYS or not all(isinstance(v, str) for v in one.values()):
            raise StaffError(f"Each of 'gaps' has {', '.join(sorted(_KEYS))}.")
        if one["document"] not in (document, ANY_MEDICINE) or one["do"] not in set(Deed) or not one["q"].strip():
            raise StaffError(f"'{one['do']}' of '{one['document']}' is no decision on a gap of '{document}'.")
        if (one["do"] == Deed.ATTACH) != bool(one["to"]) or (one["to"] and one["to"] not in passages):
            raise StaffError(f"“{one['q']}” is attached to '{one['to']}', which is no passage of the new text.")


def edit_gaps(document: str, decisions: Sequence[Mapping[str, str]], read: Callable[[str], str]) -> dict[str, str]:
    """The new text of each file that the decisions touch. `read` gives a file's text, '' if it is not there."""
    done = [one for one in decisions if one["do"] != Deed.KEEP]
    lines = [one for one in done if not one["intent"]]
    records = {name: [_gap(one) for one in lines if one["document"] == name] for name in (document, ANY_MEDICINE)}
    attached = [{"passage": one["to"], "q": one["q"]} for one in done if one["do"] == Deed.ATTACH]
    files = {}
    if own := records[document]:
        path = f"not_covered/{document}.jsonl"
        files[path] = with_moved(read(path), [(record, None) for record in own])
    if opened := {one["intent"] for one in done} - {""}:
        path = f"onboarding/{document}.jsonl"
        files[path] = without_intents(read(path), opened)
    if shared := records[ANY_MEDICINE]:
        path = f"covered/{document}.jsonl"
        files[path] = with_lines(read(path), shared, ["topic"])
    if attached:
        path = f"questions/{document}.jsonl"
        files[path] = with_lines(read(path), attached, ["passage"])
    return files


def take_away(document: str, gap: Mapping[str, str], read: Callable[[str], str]) -> dict[str, str]:
    """The files without a gap {topic, q} of the monograph, or else with the word that it answers one of 'any'."""
    names = [name for name in (document, ANY_MEDICINE) if has_line(read(f"not_covered/{name}.jsonl"), gap)]
    return edit_gaps(
        document, [{**gap, "document": name, "intent": "", "do": Deed.TAKE_AWAY, "to": ""} for name in names[:1]], read
    )


def check_not_covered(missing: Any) -> None:
    """Raises StaffError for what is no list of questions with their topics."""
    known = isinstance(missing, list) and all(isinstance(m, dict) and set(m) == {"topic", "q"} for m in missing)
    if not known or not all(isinstance(v, str) and v.strip() and "\n" not in v for m in missing for v in m.values()):
        raise StaffError("'not_covered' lists questions, each with topic and q in one line.")


def kept_gaps(contents: Sequence[Mapping[str, Any]]) -> frozenset[tuple[str, str, str]]:
    """Gaps that staff decided to keep, by the monograph that was changed, whose gap it is, and the question."""
    return frozenset(
        (content["document"], one["document"], one["q"])
        for content in contents
        for one in content.get("gaps", ())
        if one["do"] == Deed.KEEP
    )


def _gap(decision: Mapping[str, str]) -> dict[str, str]:
    return {"topic": decision["topic"], "q": decision["q"]}
