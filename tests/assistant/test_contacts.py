"""Numbers to call, as data beside the text that says them."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.contacts import Contact, read_contacts
from retrieval.errors import CorpusError
from retrieval.frontmatter import read_front_matter


def contacts(tmp_path: Path, line: str, text: str) -> tuple[Contact, ...]:
    path = tmp_path / "notice.md"
    path.write_text(f"---\nowner: x\n{line}\n---\n{text}\n", "utf-8")
    fields, body, _ = read_front_matter(path)
    return read_contacts(fields, body)


def test_a_contact_is_a_label_and_a_number(tmp_path: Path) -> None:
    found = contacts(tmp_path, 'contacts: ["Samaritans: 116 123", "Trial line: +44 20 7946"]', "116 123 or +44 20 7946")
    assert found == (Contact("Samaritans", "116 123"), Contact("Trial line", "+44 20 7946"))
    assert [contact.tel for contact in found] == ["tel:116123", "tel:+44207946"]
    assert contacts(tmp_path, "version: x", "text") == ()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('contacts: ["Samaritans"]', "'Samaritans' is no contact"),
        ('contacts: ["Samaritans: none"]', "'Samaritans: none' is no contact"),
        ('contacts: ["Emergency services: 999"]', "the text does not say 999"),
        ("contacts: 999", "'contacts' must be a list of texts"),
    ],
)
def test_what_the_text_does_not_say_is_refused(tmp_path: Path, line: str, problem: str) -> None:
    with pytest.raises(CorpusError, match=problem) as caught:
        contacts(tmp_path, line, "Call 911 now.")
    assert caught.value.line == 3
