"""A draft beside its original: what is missing, new, moved or joined, with its place."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from retrieval.convert.reading import Line, Reading, Triple, words_of
from retrieval.convert.remarks import Notes

__all__ = ["Difference", "Fate", "Number", "What", "compare", "numbers"]

_UNITS = (
    "mcg|[µμ]g|[mnpk]?g|[mdcµμ]?[lL]|[mµμnp]?mol|[mµμn]M|MIU|IU|[mk]?U|units?|[MkG]?Bq|m?Gy|k?J|k?cal|mmHg|[kcmnµμ]?m"
    "|hours?|hrs?|h|days?|d|weeks?|months?|years?|yrs?|minutes?|mins?|min|seconds?|secs?|sec|ms|s|times?|tablets?"
    "|capsules?|vials?|bags?|doses?|drops?|puffs?|sachets?|injections?|infusions?|patients?|people|cells?|copies|mEq|ppm"
    "|bpm|k?Hz|kPa"
)
_ONE = rf"(?:{_UNITS})(?:[²³]|\^\d|[⁻⁺]?[¹²³⁴-⁹])?"
_UNIT = rf"\s?(?:%|‰|°\s?[CF]?|{_ONE}(?:\s?[/·]\s?(?:{_ONE}|[a-z]+))*)(?![^\W\d_ᵃ-ᵿʰ-ʸⁱⁿₐ-ₜ])"
_NUMBER = re.compile(
    r"(?P<sign>[<>≤≥±] ?|(?<![\w.,)])[-−] ?)?"
    r"(?P<number>\d+(?:[.,]\d+)*(?:[⁺⁻]?[⁰¹²³⁴-⁹]+|\^\(?[-−]?\d+\)?)?[½¼¾⅓⅔⅛]?|[½¼¾⅓⅔⅛])"
    rf"(?P<unit>{_UNIT})?"
)
_LETTERS = re.compile(r"[^\W\d_⁰-₟¹²³]+(?:['’][^\W\d_⁰-₟¹²³]+)*")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-‐‑](?=[^\W\d_])")
_NOTE = re.compile(r"\s*\[Note: .*?\](?=\s|$|[.,;:)])")
_LABEL = re.compile(r"\(?[^\W_]+(?:[.)−-]+[^\W_]*)*[.)]\s")
_MARKER = re.compile(r"\s*(?:\[\w{1,3}\]|[⁰¹²³⁴-⁹*†‡§ᵃ-ᶻ]+)\s*$")
_MOST_ORDERED = 20_000
"""Numbers. The order of more is not compared: it takes their product in memory."""
_LISTED = 200
"""Words that are listed; of a draft that has lost more, nobody reads on."""
_AROUND = 40
_TELLING = 12
"""Characters of a text that was left out or moved, from which a line is known by it."""


class What(StrEnum):
    NUMBER = "number"
    TABLE = "table"
    BULLET = "bullet"
    HEADING = "heading"
    WORD = "word"


class Fate(StrEnum):
    MISSING = "missing"
    NEW = "new"
    MOVED = "moved"
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class Difference:
    """`place` is the original's for what is missing, else the draft's; `around` are the words that it stands in."""

    what: What
    fate: Fate
    text: str
    place: str
    around: str = ""

    @property
    def is_of_numbers(self) -> bool:
        """Whether it must be explained before the draft can be approved: a dose may hang on it."""
        return self.what in (What.NUMBER, What.TABLE)

    def __str__(self) -> str:
        around = f" (“{self.around}”)" if self.around and self.around != self.text else ""
        return f"{self.what} {self.fate}, {self.place}: {self.text}{around}"


@dataclass(frozen=True, slots=True)
class Number:
    """An amount as it is written, and the key by which two are the same."""

    key: str
    text: str
    line: Line
    at: int

    @property
    def around(self) -> str:
        start, end = max(0, self.at - _AROUND), self.at + _AROUND
        return (
            ("…" if start else "")
            + " ".join(self.line.text[start:end].split())
            + ("…" if end < len(self.line.text) else "")
        )


def numbers(lines: Iterable[Line]) -> Iterator[Number]:
    """Each number with its sign and unit, in order."""
    for line in lines:
        for match in _NUMBER.finditer(line.text):
            key = re.sub(r"\s", "", match.group()).replace("−", "-").replace("μ", "µ")
            yield Number(key, match.group().strip(), line, match.start())


def compare(original: Reading, draft: Reading, notes: Notes | None = None) -> tuple[Difference, ...]:
    """What is not the same and was not explained: `notes` has what the converter left out, put in or moved."""
    told = notes or Notes()
    return (
        *_numbers(original, draft, told),
        *_tables(original, draft),
        *_lines("item", What.BULLET, original, draft, told),
        *_lines("heading", What.HEADING, original, draft, told),
        *_words(original, draft, told),
    )


def _numbers(original: Reading, draft: Reading, told: Notes) -> Iterator[Difference]:
    olds, news = list(numbers(original.figures or original.lines)), list(numbers(draft.lines))
    left, put, moved = (Counter(n.key for n in numbers(_as_lines(t))) for t in (told.left_out, told.put_in, told.moved))
    old_keys, new_keys = [n.key for n in olds], [n.key for n in news]
    if old_keys == new_keys:
        return
    missing = Counter(old_keys) - Counter(new_keys) - left
    new = Counter(new_keys) - Counter(old_keys) - put
    if not original.in_order:  # a line's end may stand between a number and its unit
        for number in olds:
            at_end = number.line.text.endswith(number.text)
            fuller = next(
                (key for key in new if at_end and new[key] > 0 and re.fullmatch(rf"{re.escape(number.key)}\D+", key)),
                None,
            )
            if fuller and missing[number.key] > 0:
                missing[number.key] -= 1
                new[fuller] -= 1
    gone, come = _unaligned(old_keys, new_keys)
    for number in _chosen(olds, gone, missing):
        yield Difference(What.NUMBER, Fate.MISSING, number.text, number.line.place, number.around)
    for number in _chosen(news, come, new):
        yield Difference(What.NUMBER, Fate.NEW, number.text, number.line.place, number.around)
    if original.in_order:
        # What was moved and said is taken out first: else what stood still beside it would count as moved.
        still_old, still_new = ([i for i, key in enumerate(keys) if not moved[key]] for keys in (old_keys, new_keys))
        gone, come = _unaligned([old_keys[i] for i in still_old], [new_keys[i] for i in still_new])
        both = Counter(old_keys[still_old[i]] for i in gone) - left
        both &= Counter(new_keys[still_new[i]] for i in come) - put
        for number in _chosen(news, [still_new[i] for i in come], both - missing - new):
            yield Difference(What.NUMBER, Fate.MOVED, number.text, number.line.place, number.around)


def _unaligned(old: Sequence[str], new: Sequence[str]) -> tuple[list[int], list[int]]:
    """The places of the fewest entries to take out of both so that the rest is the same."""
    from rapidfuzz.distance import Indel

    if max(len(old), len(new)) > _MOST_ORDERED:
        return list(range(len(old))), list(range(len(new)))
    gone: list[int] = []
    come: list[int] = []
    for step in Indel.editops(old, new):
        if step.tag == "delete":
            gone.append(step.src_pos)
        else:
            come.append(step.dest_pos)
    return gone, come


def _chosen(of: Sequence[Number], places: Sequence[int], counts: Mapping[str, int]) -> Iterator[Number]:
    """As many of each key as is counted, first among those places, in order."""
    left = Counter(counts)
    found: set[int] = set()
    for place in (*places, *range(len(of) - 1, -1, -1)) if left.total() else ():
        if left[of[place].key] > 0 and place not in found:
            left[of[place].key] -= 1
            found.add(place)
    return (of[place] for place in sorted(found))


def _tables(original: Reading, draft: Reading) -> Iterator[Difference]:
    """Of a PDF, whose tables may have no lines, only what a table with lines has and the draft has not."""
    olds, news = original.triples, draft.triples
    if not original.in_order:
        there = Counter(map(_letters, news))
        there.subtract(map(_letters, olds))
        for triple in olds:
            if there[_letters(triple)] < 0:
                there[_letters(triple)] += 1
                yield Difference(What.TABLE, Fate.MISSING, _told(triple), triple.place)
        return
    missing, new = Counter(t.key for t in olds), Counter(t.key for t in news)
    missing, new = missing - new, new - missing
    if not missing and not new:
        return
    # A note that was brought into a cell stands in the place of its mark.
    bare = Counter(_without_notes(t) for t in news if t.key in new)
    lost = [t for t in olds if missing[t.key] > 0 and _spend(missing, t.key)]
    still = [t for t in lost if not _spend(bare, _without_notes(t))]
    matched = Counter(_without_notes(t) for t in lost) - Counter(_without_notes(t) for t in still)
    for triple in still:
        yield Difference(What.TABLE, Fate.MISSING, _told(triple), triple.place)
    for triple in news:
        if new[triple.key] > 0 and _spend(new, triple.key) and not _spend(matched, _without_notes(triple)):
            yield Difference(What.TABLE, Fate.NEW, _told(triple), triple.place)


def _letters(triple: Triple) -> str:
    """Letters and figures, raised or not: a PDF has neither words nor spaces for certain."""
    texts = (unicodedata.normalize("NFKC", part).replace("^", "").replace("_", "") for part in triple.key)
    return "|".join(re.sub(r"\W", "", text) for text in texts)


def _spend(counts: Counter[tuple[str, str, str]], key: tuple[str, str, str]) -> bool:
    if counts[key] <= 0:
        return False
    counts[key] -= 1
    return True


def _without_notes(triple: Triple) -> tuple[str, str, str]:
    def bare(text: str) -> str:
        return words_of(_MARKER.sub("", _NOTE.sub("", text)))

    return bare(triple.row), bare(triple.column), bare(triple.value)


def _told(triple: Triple) -> str:
    return f"{triple.row} | {triple.column} | {triple.value}"


def _lines(kind: str, what: What, original: Reading, draft: Reading, told: Notes) -> Iterator[Difference]:
    """Items and headings of the original that are none in the draft."""
    there = Counter(_start(line.text) for line in draft.lines if line.kind == kind)
    # What Word counts, and the letter of an item, stand in the words.
    there += Counter(_start(_LABEL.sub("", x.text)) for x in draft.lines if x.kind == kind and _LABEL.match(x.text))
    elsewhere = [words for text in (*told.moved, *told.left_out) if len(words := words_of(text)) > _TELLING]
    for line in original.lines:
        if (
            line.kind == kind
            and (start := _start(line.text))
            and not any(start.endswith(words[:40]) for words in elsewhere)
        ):
            if there[start]:
                there[start] -= 1
            elif not any(other.startswith(start) for other in there):
                yield Difference(what, Fate.MISSING, line.text[:80], line.place)


def _start(text: str) -> str:
    return words_of(_MARKER.sub("", _NOTE.sub("", text)))[:60]


def _words(original: Reading, draft: Reading, told: Notes) -> Iterator[Difference]:
    olds, news = (_counted(line.text for line in reading.lines) for reading in (original, draft))
    left = _counted(told.left_out)
    missing = olds - news - left
    new = news - olds - _counted(told.put_in)
    for word in list(missing):  # what was struck inside a word
        for cut in range(1, len(word)):
            for kept, gone in ((word[:cut], word[cut:]), (word[cut:], word[:cut])):
                if missing[word] > 0 and new[kept] > 0 and left[gone] > 0:
                    missing[word] -= 1
                    new[kept] -= 1
    for word in list(+new):
        for cut in range(1, len(word)):
            first, second = word[:cut], word[cut:]
            if missing[first] > 0 and missing[second] > 0 and (first != second or missing[first] > 1):
                for part in (first, second):
                    missing[part] -= 1
                del new[word]
                yield _word(Fate.JOINED, word, f"{first} {second}: {word}", draft)
                break
    for word in list(+missing)[:_LISTED]:
        yield _word(Fate.MISSING, word, word, original)
    for word in list(+new)[:_LISTED]:
        yield _word(Fate.NEW, word, word, draft)


def _word(fate: Fate, word: str, text: str, reading: Reading) -> Difference:
    line = next((line for line in reading.lines if word in _counted([line.text])), None)
    return Difference(What.WORD, fate, text, line.place if line else "", line.text[: 2 * _AROUND] if line else "")


def _counted(texts: Iterable[str]) -> Counter[str]:
    return Counter(_LETTERS.findall(_HYPHEN.sub("", "\n".join(texts)).casefold()))


def _as_lines(texts: Iterable[str]) -> Iterator[Line]:
    return (Line("text", text, "") for text in texts)
