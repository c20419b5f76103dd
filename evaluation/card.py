"""A labelled set as a folder that Hugging Face's `datasets` loads from the disk, with a data card.

    datasets.load_dataset(FOLDER, "corpus" | "queries" | "qrels" | "conversations", split="test")

Nothing is sent anywhere, and the package is not needed to write it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.builtin import query_records
from evaluation.conversations import LabelledTurn
from evaluation.datasets import Dataset
from evaluation.jsonl import write_objects
from evaluation.report import table

__all__ = ["CARD_FILES", "write_datasets_folder"]

_CONFIGS = ("corpus", "queries", "qrels", "conversations")
CARD_FILES = (*(f"{name}.jsonl" for name in _CONFIGS), "README.md")
"""What write_datasets_folder writes."""


def write_datasets_folder(
    folder: Path, dataset: Dataset, labels: Sequence[LabelledTurn], about: Path | None, licence: str
) -> None:
    """Write one JSON-lines file for each part, and README.md, the card. `about` is a text to end the card with."""
    write_objects(
        folder / "corpus.jsonl", ({"_id": d.id, "title": d.title, "text": d.text} for d in dataset.documents.values())
    )
    write_objects(folder / "queries.jsonl", _queries(dataset, labels))
    write_objects(folder / "qrels.jsonl", _qrels(dataset))
    write_objects(folder / "conversations.jsonl", map(_turn, labels))
    (folder / "README.md").write_text(_card(dataset, labels, about, licence), "utf-8")


def _queries(dataset: Dataset, labels: Sequence[LabelledTurn]) -> Iterator[dict[str, Any]]:
    """The judged queries, in columns of one type: a table has no objects of their own shape."""
    for record in query_records(labels):
        if record["_id"] in dataset.queries:
            yield {"_id": record["_id"], "text": record["text"], **record["metadata"]}


def _qrels(dataset: Dataset) -> Iterator[dict[str, Any]]:
    for query, grades in dataset.qrels.items():
        for document, grade in grades.items():
            yield {"query-id": query, "corpus-id": document, "score": grade}


def _turn(turn: LabelledTurn) -> Mapping[str, Any]:
    return {
        "id": turn.id,
        "turn": turn.turn,
        "text": turn.text,
        "kind": turn.kind,
        "gold": sorted(turn.gold),
        "also": sorted(turn.also),
        "follow_up": turn.follow_up,
        "unsure": turn.unsure,
        "alarm_ok": turn.alarm_ok,
        "document": turn.document,
    }


_ALONE = (
    "Each turn is about the `document` of its conversation, and is to be searched in the passages of that document "
    "alone; over all passages figures are lower.\n\n"
)


def _card(dataset: Dataset, labels: Sequence[LabelledTurn], about: Path | None, licence: str) -> str:
    kinds = Counter(turn.kind for turn in labels)
    head = ["---", f"pretty_name: {dataset.name}", f"license: {licence}", "language: [en]", "task_categories:"]
    head += ["- text-retrieval", "configs:"]
    for name in _CONFIGS:
        head += [f"- config_name: {name}", "  data_files:", "  - split: test", f"    path: {name}.jsonl"]
    counts = table(["kind of turn", "turns"], sorted(kinds.items()))
    notes = f"\n## Where it comes from\n\n{about.read_text('utf-8').strip()}\n" if about and about.is_file() else ""
    return (
        "\n".join([*head, "---", ""])
        + f"# {dataset.name}\n\nLabelled turns of conversations with patients about a medicine, and the passages of "
        f"its document: {len(labels)} turns, {len(dataset.queries)} of them judged queries, {len(dataset.documents)} "
        "passages. A passage is relevant (score 1) if it covers a line of which showing any one answers the turn.\n\n"
        f"{counts}\n{_ALONE if len({turn.document for turn in labels}) > 1 else ''}"
        "`corpus`, `queries` and `qrels` are as in BEIR; `conversations` has every turn with its labels. Use it to "
        "test, never to train: it holds no training split. It is no medical advice.\n"
        f"{notes}"
    )
