"""Whom a notice tells to call: numbers that stand in its text, as data, so that a page can make links."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.frontmatter import Fields

__all__ = ["Contact", "read_contacts"]

_CONTACT = re.compile(r"(?P<label>[^:]*\S) *: *(?P<number>\+?\d[\d ]*)")


@dataclass(frozen=True, slots=True)
class Contact:
    """A number as it stands in the text of its notice, and whose it is."""

    label: str
    number: str

    @property
    def tel(self) -> str:
        """The address for a link (RFC 3966).

        >>> Contact("Samaritans", "116 123").tel
        'tel:116123'
        """
        return f"tel:{self.number.replace(' ', '')}"


def read_contacts(fields: Fields, text: str) -> tuple[Contact, ...]:
    """The contacts of a notice's front matter (`contacts: ["Samaritans: 116 123"]`).

    Raises CorpusError for one that is malformed or whose number is not in `text`: a page must link the
    number that staff have approved, and no other.
    """
    contacts = []
    for line in fields.texts("contacts"):
        match = _CONTACT.fullmatch(line.strip())
        if match is None:
            raise fields.error("contacts", f"'{line}' is no contact.", "Write 'whose it is: number'.")
        if match["number"] not in text:
            raise fields.error("contacts", f"the text does not say {match['number']}.", "Write the number there too.")
        contacts.append(Contact(match["label"], match["number"]))
    return tuple(contacts)
