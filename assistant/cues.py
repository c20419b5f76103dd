"""What a message's own words say about how to answer it: its language, its asking for advice, its medicine."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.medicines import Medicines, Other, read_medicines
from assistant.notices import IN_ENGLISH, Notice, NoticeName, read_languages
from assistant.patterns import Patterns, read_patterns, read_sets
from assistant.topics import Topic, read_topics
from assistant.triage.words import SENTENCE, spaced
from retrieval.corpus import Corpus
from retrieval.language import Languages, languages_of

__all__ = ["Cues", "Reading", "read_cues"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a message. `language` is None for English; `personal`, `outcome` and `small_talk` are the
    patterns that it was found by."""

    language: str | None
    personal: str | None = None
    outcome: str | None = None
    small_talk: str | None = None
    other: Other | None = None

    def evidence(self) -> tuple[str, ...]:
        """For staff, a line for each thing found."""
        found = [
            self.language and f"language: {self.language}",
            self.personal and f"asks for a personal decision: “{self.personal}”",
            self.outcome and f"asks what will come of it: “{self.outcome}”",
            self.small_talk and f"small talk: “{self.small_talk}”",
            self.other and f"another medicine: {self.other.name} ({self.other.known_by}), “{self.other.pattern}”",
        ]
        return tuple(line for line in found if line)


@dataclass(frozen=True, slots=True)
class Cues:
    """The reviewed data of corpus/cues, ready to read messages with."""

    languages: Languages
    personal: Patterns
    outcome: Patterns
    small_talk: Patterns
    medicines: Medicines
    topics: Mapping[str, Topic]
    in_language: Mapping[str, Notice]
    """The notice english-only by the code of a language."""
    cards: Mapping[NoticeName, Mapping[str, Notice]]
    """The card of each alarm by the code of a language."""

    def read(self, text: str, documents: Collection[str] | None = None) -> Reading:
        """What a message says; another medicine is one that the monographs `documents` do not speak of."""
        message = f" {SENTENCE}{spaced(text)}{SENTENCE} "
        return Reading(
            self.languages.of(text),
            self.personal.find(message),
            self.outcome.find(message),
            self.small_talk.find(message),
            self.medicines.find(text, documents),
        )

    def only(self, corpus: Corpus, document: str) -> Cues:
        """Of one monograph alone, as if the corpus had no other."""
        return replace(self, medicines=self.medicines.only(corpus, document))


def read_cues(home: Path, corpus: Corpus, medicine: str = "") -> Cues:
    """Read `cues/` and `notices/languages/` of a corpus folder; `corpus` was read from there too. `medicine` is the id
    of the monograph that messages are about where nothing says otherwise.

    Raises CorpusError for the first file or line that cannot be used.
    """
    folder = home / "cues"
    sets = read_sets(folder / "sets.jsonl")
    return Cues(
        languages_of(corpus),
        read_patterns(folder / "personal.jsonl", sets),
        read_patterns(folder / "outcome.jsonl", sets),
        read_patterns(folder / "small-talk.jsonl", sets),
        read_medicines(folder, corpus, medicine),
        read_topics(folder / "topics.jsonl"),
        read_languages(home / "notices"),
        {name: read_languages(home / "notices", name) for name in IN_ENGLISH},
    )
