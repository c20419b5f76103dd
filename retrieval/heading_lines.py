"""Which words of a line are a heading, though no mark says so: rules for English leaflets.

They are careful: what might be a sentence stays one, since a heading is shown only as context of what stands below it.
"""

from __future__ import annotations

import re
from collections import Counter

from retrieval.blocks import Block, Kind

__all__ = [
    "ANEW",
    "CLOSING",
    "ENDS",
    "FREQUENCY",
    "can_be_heading",
    "forbids",
    "heading_before",
    "heading_behind",
    "names_a_topic",
    "names_in",
    "words_of",
]


_LONGEST = 90
"""Characters of a lone line that can be a heading."""
_MOST_WORDS = 14
ENDS = (".", "!", "?", ";", ",", "…")

FREQUENCY = re.compile(
    r"(?:(?:very )?(?:common|rare)|uncommon|(?:frequency )?(?:not known|unknown))"
    r"(?:\ (?:side\ effects|adverse\ (?:effects|reactions)|reactions))?"
    r"(?:\ ?\((?:(?:may\ )?(?:affect|occur)|frequency|cannot|proportion)[^()]*\)"
    r"|:?\ (?:may|can)\ (?:affect|occur)\b[^.;]{0,70}?(?:people|patients|users)\b|(?=:?$))"
    r":?",
    re.IGNORECASE,
)
"""How often a side effect comes, in the words of the European template and near to them."""

_GENERAL = re.compile(
    r"(?:(?:other|serious|possible|overall list of)\ )*(?:possible\ )?side\ effects:?|warnings\ and\ precautions:?"
    r"|reporting\ of\ side\ effects:?",
    re.IGNORECASE,
)

# The first word of a line: a question or a condition may hold a verb and be a heading; an order is no heading.
_ASKS = re.compile(r"(?:If|How|What|When|Where|Who|Why|While|Before|After|During)\b")
_ORDERS = re.compile(
    r"(?:Tell|Talk|Ask|Take|Keep|Store|Use|Swallow|Wash|Open|Close|Put|Remove|Read|Check|Call|Contact|Speak|Seek|See|Stop|"
    r"Avoid|Never|Always|Please|Inject|Insert|Turn|Push|Pull|Hold|Press|Shake|Wait|Apply|Discard|Throw|Return|The|This|These|"
    r"There|Also|Step|It|They|You|Your|He|She|We|A|An|Figure|Draft)\b"
)
_VERBS = re.compile(
    r"\b(?<!which )(?<!that )(?<!who )(?:is|are|was|were|has|have|had|should|must|may|can|could|will|"
    r"would|cannot|does|did|include|includes)\b"
)
_FORBIDS = re.compile(r"(?:Do|DO|You (?:must|should)) (?:not|NOT)\b")
_ORDERED = re.compile(r", (?:tell|talk|ask|contact|call|see|speak|seek|stop|do not|you|your|it|this|the|take|use)\b")
"""What comes after a condition in a whole sentence."""
_UNFINISHED = frozenset(
    "a an and any are as at be been before by can for from given have how if in into is its more not of on or receive "
    "receiving see stop take taking than that the to use used using what when where while with without you your".split()
)
"""A heading does not end with one of these …"""
_ASKED = frozenset("are given is receive take use used using taking".split())
"""… but a question may: "How X is given"."""

_OPENERS = (
    "If You Your Tell Talk This These The There Do Always Never Before After Contact It Like Ask Keep Store Some In "
    "When As Women Men Avoid Please Swallow Take Use Call Speak Because Although However Children Patients Treatment "
    "Only Each Depending"
).split()
"""Words that begin a sentence; one of them within a line without a stop before it shows that a heading runs into it."""
_CAPITAL = re.compile(r"(?<=[a-zß-ÿ)\]0-9] )[A-Z][\w-]*")
_TITLE = re.compile(r"^# .+$", re.MULTILINE)
_NAMED_BY = 4
"""A word with a capital that is within sentences so often is a name."""
_IS = re.compile(
    r"(?: [A-Z][\w-]*){0,2}(?: [\d.]+ ?m?g(?:/ml)?)?(?: \w+)? "
    r"(?:is|are|may|can|has|have|contains|should|will|must|works|belongs|helps|was|does|could)\b"
)
CLOSING = re.compile(
    r"If you have any (?:further|more|other) questions|Do not throw away|Keep this medicine out of|Like all medicines"
)
"""Sentences of the European template that no sub-heading above them is meant for."""
ANEW = re.compile(r"side effects|adverse|report|children|adolescents|^If |stop|how ", re.IGNORECASE)
"""A heading below a frequency that speaks of this is no part of it."""
_TAIL = re.compile(r"(?<=[.!?)] )[A-Z][^.!?:;]{3,80}$")


def names_a_topic(heading: str) -> bool:
    """False for a heading that says how often, or only that there are side effects or warnings below."""
    return not (FREQUENCY.fullmatch(heading) or _GENERAL.fullmatch(heading))


def can_be_heading(text: str) -> bool:
    """Whether a line reads as a heading: short, with a capital, no stop, no statement and no order."""
    words = text.rstrip(":").split()
    if not words or len(text) > _LONGEST or len(words) > _MOST_WORDS or not text[0].isupper() or text.endswith(ENDS):
        return False
    if "\n" in text or max(map(len, words)) < 4:
        return False
    last = words[-1].lower()
    if _ASKS.match(text):
        return not _ORDERED.search(text) and (last not in _UNFINISHED or (last in _ASKED and text[:2] != "If"))
    orders = _ORDERS.match(text) or text.startswith(("Do ", "DO "))
    return last not in _UNFINISHED and not orders and not _VERBS.search(text)


def names_in(source: str) -> frozenset[str]:
    """Words that have a capital in the text's title or often within sentences: the medicine's name."""
    counts = Counter(_CAPITAL.findall(source))
    often = {word for word, count in counts.items() if count >= _NAMED_BY}
    title = _TITLE.search(source)
    return frozenset(often | set(re.findall(r"[A-Z][\w-]*", title.group() if title else ""))) - set(_OPENERS)


def words_of(source: str, block: Block) -> str:
    return " ".join(source[s.start : s.end] for s in block.content)


def heading_before(text: str, names: frozenset[str]) -> int:
    """Length of the heading that a paragraph starts with, 0 for none. `names` are those of names_in."""
    frequency = FREQUENCY.match(text)
    if frequency and frequency.end() < len(text) and text[frequency.end() - 1] in "):" and text[frequency.end()] == " ":
        return frequency.end()
    for capital in _CAPITAL.finditer(text, 0, _LONGEST + 20):
        head, word = text[: capital.start()].rstrip(), capital.group()
        if re.search(r"[.!?:;]", head):
            return 0
        if _begins(text, head, word, capital.start(), names) and can_be_heading(head):
            return len(head)
    return 0


def _begins(text: str, head: str, word: str, place: int, names: frozenset[str]) -> bool:
    """Whether a sentence begins with the capital at `place`, though no stop stands before it."""
    if word in _OPENERS or _ORDERS.match(word) or text.startswith(head, place):
        return True
    *_, last = head.split()
    what = head.startswith("What ") and last not in ("is", "contains", "works", "for", "pack")
    if word in names and not last[0].isupper() and not what and _IS.match(text, place + len(word)):
        return True
    return len(word) > 3 and word.lower() in head.split()[-2:]


def heading_behind(text: str, ahead: int, kind: Kind) -> int:
    """Where a heading at the end of a text starts, 0 for none."""
    for match in FREQUENCY.finditer(text, ahead) if text.endswith((")", "):")) else ():
        if (
            match.end() == len(text)
            and match.start() > ahead
            and text[match.start()].isupper()
            and ")" in match.group()
        ):
            return match.start()
    tail = _TAIL.search(text, ahead) if kind == Kind.PARAGRAPH else None
    return tail.start() if tail and tail.start() > ahead and can_be_heading(tail.group()) else 0


def forbids(line: str) -> bool:
    """Whether a line such as "Do not take X" is the heading of the list below it."""
    unfinished = line.split()[-1] in _UNFINISHED if line else True
    return bool(_FORBIDS.match(line)) and len(line) <= _LONGEST and not unfinished and not line.endswith((*ENDS, ":"))
