"""A corpus of one made-up medicine: small enough to start in a second, whole enough to serve."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.triage.thresholds import Bar, Thresholds, thresholds_json
from retrieval.corpus import Corpus, read_corpus
from retrieval.encoder import Encoder
from retrieval.monograph import text_sha256
from tests.hashing import HashingEncoder
from tests.paths import CORPUS

BODY = """## How it is given

- Infusion: It is given slowly through a drip over 60 minutes.
- Schedule: It is given once every two weeks.

## Side effects

- Rash: A mild skin rash can appear on the arms.
- Nausea: You may feel sick after the drip.

## Storage

Keep the vials in a cold place away from light.

## Legal Disclaimer

Ask your doctor how many you will get, what it does, and how to go on until the next one.
"""
QUESTIONS = (
    ("Infusion", "how many minutes does the drip run"),
    ("Schedule", "how many weeks until the next one"),
    ("Rash", "does the skin go red"),
)

DATES = {"version": "2", "effective": "2026-11-01", "review_by": "2027-11-01"}

OF_A_MEDICINE = ("monographs", "questions", "not_covered", "instructions", "suites")


@dataclass(frozen=True)
class Small:
    """A corpus of one made-up medicine, quick to start with an encoder that hashes words."""

    folder: Path
    encoder: Encoder

    @property
    def corpus(self) -> Corpus:
        return read_corpus(self.folder)

    def passage(self, start: str) -> str:
        """The id of the passage whose words start so."""
        (document,) = self.corpus.documents.values()
        return next(p.id for p in document.passages.showable() if p.text.removeprefix("- ").startswith(start))

    def text(self, path: str) -> str:
        return (self.folder / path).read_bytes().decode()


def monograph(body: str, version: str = "1", review_by: str = "2030-01-01") -> str:
    fields = {
        "id": "made-up", "title": "Made up", "generic_name": "madeupimab", "version": f'"{version}"',
        "effective": "2026-01-01", "review_by": review_by, "owner": "Tests", "status": "approved",
        "source": "made up", "licence": "none", "sha256": text_sha256(body),
    }  # fmt: skip
    return "\n".join(["---", *(f"{key}: {value}" for key, value in fields.items()), "---", body])


def write_corpus(folder: Path, encoder: Encoder | None = None) -> Small:
    """Write the corpus; `encoder` defaults to one that hashes words."""
    for part in CORPUS.iterdir():
        if part.is_dir() and part.name not in (*OF_A_MEDICINE, "intents"):
            shutil.copytree(part, folder / part.name)
    for name in ("terms", "guards"):
        path = folder / "triage" / f"{name}.jsonl"
        path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[::20]), "utf-8")
    alarms = (("crisis", "suicide", "I want to die"), ("information", "about", "what is a fever"),
              ("urgent", "airway", "my throat is closing"))  # fmt: skip
    write_lines(folder / "triage" / "ordinary.jsonl", {"source": "tests", "about": "else", "q": "good morning to you"})
    # The learned part knows three examples: it raises what is one of them, word for word.
    known = Bar(
        -1.99, 0.0, 0.0, 0.0, 1.0
    )  # nearer by so much than an example of `soon`: there is none, it counts as -1
    thresholds = Thresholds(known, known, replace(known, constant=-0.99), (encoder or hashing()).fingerprint)
    (folder / "triage" / "thresholds.json").write_text(thresholds_json(thresholds), "utf-8")
    write_lines(folder / "triage" / "examples.jsonl", *({"label": a, "subtype": b, "q": q} for a, b, q in alarms))
    for name in OF_A_MEDICINE:
        (folder / name).mkdir()
    (folder / "monographs" / "made-up.md").write_bytes(monograph(BODY).encode())
    made = Small(folder, encoder or hashing())
    write_lines(folder / "questions" / "made-up.jsonl", *({"passage": made.passage(p), "q": q} for p, q in QUESTIONS))
    write_lines(folder / "not_covered" / "made-up.jsonl", {"topic": "cost", "q": "what does it cost"})
    write_lines(folder / "not_covered" / "any.jsonl", {"topic": "weather", "q": "will it rain tomorrow"})
    suite = [
        ("s1", QUESTIONS[0][1], "answerable", [made.passage("Infusion")], True),
        ("s2", "will it rain tomorrow", "off_topic", [], True),
        ("s3", "fridge or freezer", "answerable", [made.passage("Keep the vials")], False),
    ]
    write_lines(
        folder / "suites" / "made-up.jsonl",
        *(
            {"id": i, "turns": [{"text": t, "kind": k, "gold": g, "also": [], "must_pass": m}]}
            for i, t, k, g, m in suite
        ),
    )
    return made


def hashing() -> HashingEncoder:
    encoder = HashingEncoder()
    encoder.dimension = 256  # few words share a place
    return encoder


def write_lines(path: Path, *records: dict[str, Any]) -> None:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
