"""A library of three made-up medicines: one with phrasings and a gap, two without, which share a name."""

from __future__ import annotations

from pathlib import Path

from retrieval.corpus import read_corpus
from retrieval.encoder import Encoder
from retrieval.monograph import text_sha256
from tests.staff.made_up import write_corpus, write_lines

__all__ = ["BENTRINE", "CARVEXOL", "TRESOLIMAB", "write_library"]

_END = "\n\n## Legal Disclaimer\n\nAsk your doctor about {}.\n"

TRESOLIMAB = """## How it is given

- Infusion: It is given slowly through a drip over 40 minutes.
- Schedule: It is given once every three weeks.

## Side effects

- Rash: A red skin rash can appear on the arms.
- Fatigue: Many patients feel very tired for two days.

## Storage

Keep the vials in a refrigerator away from light."""

CARVEXOL = """## How to take it

Swallow one tablet with water each morning.

## Side effects

Headache and a dry mouth are common. Some people get a red skin rash.

## Storage

Keep the tablets in a dry place below 25 degrees."""

BENTRINE = """## How to use it

Put two drops into each ear at night.

## Side effects

The ear canal can itch or burn. Carvexol tablets and metformin do not make it worse.

## Storage

Throw the bottle away four weeks after you open it."""


_QUESTIONS = (
    ("Infusion", "how many minutes does the drip run"),
    ("Schedule", "how many weeks until the next one"),
    ("Rash", "does the skin go red"),
    ("Fatigue", "will I be worn out"),
)


def write_library(folder: Path, encoder: Encoder, *only: str) -> Path:
    """Write a corpus of the three, or of those named. Returns its folder."""
    write_corpus(folder, encoder)
    for path in (*(folder / "monographs").iterdir(), *(folder / "suites").iterdir()):
        path.unlink()
    for path in (folder / "questions" / "made-up.jsonl", folder / "not_covered" / "made-up.jsonl"):
        path.unlink()
    medicines = {
        "tresolimab": ("Tresolimab", TRESOLIMAB, '["TR-20", Tresavo]'),
        "carvexol": ("Carvexol", CARVEXOL, "[Nordasil]"),
        "bentrine": ("Bentrine", BENTRINE, "[Nordasil]"),
    }
    for identifier, (title, text, aliases) in medicines.items():
        if not only or identifier in only:
            body = text + _END.format(title)
            (folder / "monographs" / f"{identifier}.md").write_text(
                _monograph(identifier, title, body, aliases), "utf-8"
            )
    if not only or "tresolimab" in only:
        write_lines(folder / "not_covered" / "tresolimab.jsonl", {"topic": "cost", "q": "what does it cost"})
        passages = read_corpus(folder).documents["tresolimab"].passages.showable()
        by_start = {start: next(p.id for p in passages if p.text.startswith(f"- {start}")) for start, _ in _QUESTIONS}
        lines = [{"passage": by_start[start], "q": question} for start, question in _QUESTIONS]
        for line in (lines[0], lines[2]):  # two that the page offers
            line["suggestion"] = f"{line['q'].capitalize()}?"
        write_lines(folder / "questions" / "tresolimab.jsonl", *lines)
    return folder


def _monograph(identifier: str, title: str, body: str, aliases: str) -> str:
    fields = {
        "id": identifier, "title": title, "generic_name": identifier, "aliases": aliases, "version": '"1"',
        "effective": "2026-01-01", "review_by": "2030-01-01", "owner": "Tests", "status": "approved",
        "source": "made up", "licence": "none", "sha256": text_sha256(body),
    }  # fmt: skip
    return "\n".join(["---", *(f"{key}: {value}" for key, value in fields.items()), "---", body])
