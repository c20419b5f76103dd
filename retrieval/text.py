"""Words of a text without what only looks different: characters folded, controls left out."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["clean", "plain_words"]

# Controls, private use, lone surrogates and unassigned code points; format characters such as
# bidirectional overrides, which can make a text look like another.
_DROPPED = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


_APOSTROPHES = re.compile("['’]")
_MARKS = re.compile(r"[\W_]+")


def clean(text: str) -> str:
    """The message on one line, in compatibility form (NFKC: full-width letters become plain ones)."""
    # Plain ASCII, as most texts are, has nothing to fold or to leave out.
    if not (text.isascii() and text.isprintable()):
        folded = unicodedata.normalize("NFKC", text)
        kept = (" " if c.isspace() else c for c in folded if c.isspace() or unicodedata.category(c) not in _DROPPED)
        text = "".join(kept)
    return " ".join(text.split())


def plain_words(text: str) -> str:
    """The words of a message in small letters, without punctuation, for matching word for word."""
    return _MARKS.sub(" ", _APOSTROPHES.sub("", clean(text).casefold())).strip()
