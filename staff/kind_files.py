"""Which files of a corpus a change touches, and their new text: pure functions of the content and of what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.notices import notice_files
from staff.asked_tests import with_test
from staff.change_kinds import CONTACTS, DATES, TOPIC_TEXT, Content, Kind, versions_of
from staff.corpus_edits import with_line, with_notice, without_line
from staff.errors import StaffError
from staff.gap_decisions import take_away
from staff.many import many_files
from staff.medicines import medicine_files
from staff.new_versions import edited_monograph
from staff.onboarded import with_decided

__all__ = ["edited_files"]


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
            record = _only(content, "term", "forms", "explanation", "owner", *DATES) | {"status": "approved"}
            return {path: with_line(read(path), record, ["term"])}
        case Kind.SYNONYMS:
            return {}
        case Kind.NOTICE:
            return _notice(content, corpus)
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
            return edited_monograph(content, versions_of(content), corpus, read)


def _notice(content: Content, corpus: Path) -> dict[str, str]:
    """A locale's own file is made of the default's where it has none. Raises StaffError for a notice that is none."""
    name = content["name"]
    file = notice_files(corpus / "notices").get(name)
    if file is None or not file.is_file():
        raise StaffError(f"'{name}' is no notice that can be edited.")
    more = content.get(CONTACTS), content.get(TOPIC_TEXT)
    text = with_notice(file.read_bytes().decode(), content["text"], *versions_of(content), *more)
    return {f"notices/{name}.md": text}


def _questions(passage: str) -> str:
    return f"questions/{passage.partition(':')[0]}.jsonl"


def _only(content: Content, *keys: str) -> dict[str, Any]:
    """In the order in which the files have them."""
    return {key: content[key] for key in keys}
