"""A library of made-up medicines of any size, the same each time, and an encoder that costs next to nothing.

Each monograph has a name, a brand, a dozen words and a front matter of its own: seven sections with fifteen passages
in the words of leaflets. Every tenth has a few phrasings of its passages and a known gap beside it.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from retrieval.encoder import Progress, Vectors
from retrieval.monograph import text_sha256
from retrieval.passages import Passage, cut

__all__ = ["NAMED", "UNNAMED", "MadeUpEncoder", "medicine", "monograph", "write_library", "write_medicine"]

_OF_A_MEDICINE = ("monographs", "questions", "not_covered", "instructions", "suites")
_CONSONANTS, _VOWELS = "bcdfghjklmnprstvwxyz", "aeiou"
_SYLLABLES = [consonant + vowel for consonant in _CONSONANTS for vowel in _VOWELS]
_EXAMPLES = 20
_STEP = 611_953
"""Has no divisor with the number of names: numbers near each other get names that are far apart."""

NAMED = (
    "how should i store {name}",
    "what are the side effects of {name}",
    "can i drive while i am taking {name}",
    "i forgot my dose of {name}, what now",
)
UNNAMED = (
    "how should i store it",
    "what are the side effects",
    "can i drive while i am taking this medicine",
    "i forgot my dose this morning, what now",
)

_SECTIONS = {
    "What it is used for": (
        "{Name} is used to treat {0} in adults and in children over {n} years of age.",
        "It makes the body produce less {1}. Without treatment, {1} can build up in the joints and in the skin.",
    ),
    "Before you take it": (
        "Do not take it if you are allergic to {name} or to {2}. Tell your doctor if you ever had {3}.",
        "Your kidneys are checked with a blood test before you start. The test is repeated every {n} weeks.",
        "If you are pregnant or breast-feeding, ask your doctor for advice before you take {name}.",
    ),
    "How to take it": (
        "The usual dose is {n} mg once a day, in the {time}. Swallow the {form} whole with a glass of water.",
        "If you miss a dose, take it as soon as you remember it. Do not take two doses to make up for {4}.",
        "Do not stop taking {name} on your own, because {0} can come back within {n} days.",
    ),
    "Possible side effects": (
        "Very common: {5} and a dry mouth, mostly in the first {n} days.",
        "Uncommon: a skin rash that looks like {6}. Tell your doctor if it spreads to the face.",
        "Rare: {7}, which goes away when the treatment is stopped.",
    ),
    "Other medicines": (
        "Medicines against {8} can make {name} weaker. Wait {n} hours between the two.",
        "You may feel tired or dizzy in the first days. Do not drive until you know how {name} affects you.",
    ),
    "How to store it": (
        "Keep the {form} in the package, below {n} degrees, away from {9} and out of the reach of children.",
        "Do not use it after the date on the box. Give what you do not need to a pharmacy.",
    ),
    "Legal Disclaimer": ("This text does not replace what your doctor tells you about {name}.",),
}
_OWN_WORDS = 10
_ASKED_EVERY = 10
_TIMES, _FORMS = ("morning", "evening"), ("tablet", "capsule", "granules", "solution")
_ASKED = (
    ("once a day", "how much {name} do i take each day"),
    ("miss a dose", "what if i forget to take {name}"),
    ("drive", "is it safe to drive on {name}"),
    ("in the package", "where do i keep the {name}"),
)


class MadeUpEncoder:
    """The mean of a random direction for each word: as large as the real vectors, near where words are shared."""

    name = "made up"
    dimension = 384
    fingerprint = hashlib.sha256(b"made up").hexdigest()

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = np.sum([_direction(word.strip(".,:")) for word in text.lower().split() or [""]], axis=0)
        if progress:
            progress(len(texts), len(texts))
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


@lru_cache(maxsize=4096)
def _direction(word: str) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(word.encode(errors="replace")).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(MadeUpEncoder.dimension, dtype=np.float32)


def medicine(number: int) -> str:
    """The name of a medicine, unlike all others up to the millionth."""
    rest, name = number * _STEP % len(_SYLLABLES) ** 3, ""
    for _ in range(3):
        rest, place = divmod(rest, len(_SYLLABLES))
        name += _SYLLABLES[place]
    return f"{name}xan"


def monograph(number: int, version: int = 1) -> str:
    """The whole file; another version differs in one sentence."""
    name, body = medicine(number), _body(number, version)
    fields = {
        "id": name, "title": name.capitalize(), "generic_name": name, "aliases": f"[{_brand(number)}]",
        "version": f'"{version}"', "effective": "2026-01-01", "review_by": "2030-01-01", "owner": "Benchmark",
        "status": "approved", "source": "made up", "licence": "none", "sha256": text_sha256(body),
    }  # fmt: skip
    return "\n".join(["---", *(f"{key}: {value}" for key, value in fields.items()), "---", body])


def write_library(folder: Path, corpus: Path, count: int) -> Path:
    """Write a corpus of so many medicines. Gives its folder.

    Notices, cues and rules are those of `corpus`, and a part of the triage's examples: all of them take a minute to
    train on, however few the medicines. The triage's thresholds are said to be the made-up encoder's.
    """
    for part in corpus.iterdir():
        if part.is_dir() and part.name not in _OF_A_MEDICINE:
            shutil.copytree(part, folder / part.name)
    for name in _OF_A_MEDICINE:
        (folder / name).mkdir(parents=True)
    shutil.copy(corpus / "not_covered" / "any.jsonl", folder / "not_covered" / "any.jsonl")
    examples = folder / "triage" / "examples.jsonl"
    examples.write_text("".join(examples.read_text("utf-8").splitlines(keepends=True)[::_EXAMPLES]), "utf-8")
    thresholds = folder / "triage" / "thresholds.json"
    chosen = json.loads(thresholds.read_text("utf-8")) | {"encoder": MadeUpEncoder.fingerprint}
    thresholds.write_text(json.dumps(chosen), "utf-8")
    for number in range(count):
        write_medicine(folder, number)
    return folder


def write_medicine(folder: Path, number: int, version: int = 1) -> None:
    name, text = medicine(number), monograph(number, version)
    (folder / "monographs" / f"{name}.md").write_text(text, "utf-8")
    if number % _ASKED_EVERY:
        return
    passages = cut(name, text.split("\n---\n", 1)[1]).showable()
    asked = ({"passage": _holding(passages, words), "q": question.format(name=name)} for words, question in _ASKED)
    _write_lines(folder / "questions" / f"{name}.jsonl", asked)
    gap = {"topic": "cost", "q": f"what does a box of {name} cost"}
    _write_lines(folder / "not_covered" / f"{name}.jsonl", [gap])


def _holding(passages: Iterable[Passage], words: str) -> str:
    return next(passage.id for passage in passages if words in passage.text)


def _write_lines(path: Path, records: Iterable[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")


def _brand(number: int) -> str:
    return medicine(number + len(_SYLLABLES) ** 3 // 2).capitalize()


def _body(number: int, version: int) -> str:
    choose = random.Random(number)  # noqa: S311 - the same text each time
    own = ["".join(choose.choices(_SYLLABLES, k=4)) for _ in range(_OWN_WORDS)]
    name, time, form = medicine(number), choose.choice(_TIMES), choose.choice(_FORMS)

    def sections() -> Iterator[str]:
        for heading, paragraphs in _SECTIONS.items():
            yield f"## {heading}"
            for text in paragraphs:
                yield text.format(
                    *own, name=name, Name=name.capitalize(), n=choose.randint(2, 40), time=time, form=form
                )

    marked = (f"{text} Version {version}." if "once a day" in text else text for text in sections())
    return "\n\n".join(marked) + "\n"
