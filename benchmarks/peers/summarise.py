"""Score what the peers answered, tune their chunking, and write one table.

    python -m benchmarks.peers.summarise --answers runs/peers --conversations FILE.jsonl --out FOLDER

What is not measured this time, systems or sets, stays in FOLDER as it stands, if it is of the same questions. Needs
the project's own environment: the scorer is that of `evaluation`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.table import summary_markdown
from benchmarks.peers.tune import choose_chunkings, fold_of, merge_answers, share
from evaluation.answers import read_answers
from evaluation.asked import LEAFLETS, read_asked
from evaluation.beir import read_files
from evaluation.conversations import LabelledTurn, read_labels
from evaluation.errors import DataError
from evaluation.measures import measure
from evaluation.scoring import SPAN_MEASURES, Score, score_answers
from evaluation.spans import Line, read_source_lines
from evaluation.trec import read_run
from retrieval.errors import VerbatimError

__all__ = ["Labels", "main", "summarise_beir", "summarise_leaflets", "summarise_peer", "summarise_score"]

_LINES = Path(__file__).resolve().parents[1] / "istiratumab" / "lines.jsonl"
PUBLIC_MEASURES = ("nDCG@10", "RR@10", "R@10")


@dataclass(frozen=True, slots=True)
class Labels:
    """Labelled turns, the lines that they name, and their file."""

    path: Path
    turns: Sequence[LabelledTurn]
    lines: Sequence[Line]


def main(argv: Sequence[str] | None = None) -> int:
    """Write summary.json and summary.md. Returns 0; 2 if something cannot be read."""
    arguments = _parser().parse_args(argv)
    try:
        summary = _summarise(arguments, _stands(arguments.out / "summary.json"))
    except VerbatimError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", "utf-8")
    (arguments.out / "summary.md").write_text(summary_markdown(summary), "utf-8")
    sys.stderr.write(f"{arguments.out / 'summary.md'}\n")
    return 0


def summarise_peer(folder: Path, labels: Labels) -> dict[str, Any]:
    """The figures of one peer: by default, tuned, and of every chunking of the grid if it answered with them."""
    made = json.loads((folder / "made.json").read_text("utf-8"))
    tried = {name: folder / "grid" / f"{name}.jsonl" for name in made["grid"]}
    files = {"default": folder / "default.jsonl"} | {name: file for name, file in tried.items() if file.exists()}
    scores = {name: _score(file, labels) for name, file in files.items()}
    chunkings = {"default": made["default"], **made["grid"]}
    peer = {key: made[key] for key in ("python", "packages", "model_sha256")}
    peer["default"] = {"chunking": made["default"], **summarise_score(scores["default"])}
    if len(files) > 1:
        folds = fold_of(turn.id for turn in labels.turns)
        chosen = choose_chunkings(scores, folds)
        merge_answers(files, chosen, folds, folder / "tuned.jsonl")
        tuned = _score(folder / "tuned.jsonl", labels)
        peer["tuned"] = {"chunkings": [chunkings[name] for name in chosen], **summarise_score(tuned)}
        peer["grid"] = [
            {"chunking": chunkings[name], "characters": _characters(score)}
            | {m: round(share(score, m), 3) for m in SPAN_MEASURES}
            for name, score in scores.items()
        ]
    return peer


def summarise_score(score: Score) -> dict[str, Any]:
    """Shares of each kind of turn, the 95% intervals of the answerable ones, and how much text is shown."""
    figures = {name.removeprefix("all "): row for name, row in score.as_json().items() if name.startswith("all ")}
    intervals = score.intervals()["all answerable"]
    return {
        "kinds": figures,
        "intervals": {m: [round(bound, 3) for bound in intervals[m]] for m in SPAN_MEASURES},
        "characters": _characters(score),
    }


def summarise_leaflets(answers: Path, folder: Path, also: Sequence[str], before: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of every system on the labelled leaflets of a folder: those of `also` (NAME=FILE), then the peers,
    whose answers by default are in ANSWERS/leaflets/PEER; what else `before` has of the same leaflets stays."""
    asked = read_asked(LEAFLETS, folder)
    labels = Labels(asked.path, asked.labels, asked.lines)
    files = {name: Path(file) for name, _, file in (pair.partition("=") for pair in also)}
    files |= {
        made.parent.name: made.with_name("default.jsonl") for made in sorted(answers.glob("leaflets/*/made.json"))
    }
    digest = hashlib.sha256(asked.path.read_bytes()).hexdigest()
    stood = before.get("systems", {}) if before.get("sha256") == digest else {}
    return {
        "sha256": digest,
        "turns": sum(not turn.unsure for turn in labels.turns),
        "systems": {**stood, **{name: summarise_score(_score(file, labels)) for name, file in files.items()}},
    }


def summarise_beir(run: Path, dataset: Path) -> dict[str, float]:
    """nDCG@10, reciprocal rank and recall at 10 of a run on a set in the BEIR layout, to four digits."""
    judged = read_files(dataset.name, None, dataset / "queries.jsonl", dataset / "qrels" / "test.tsv")
    queries = measure(PUBLIC_MEASURES, judged.qrels, read_run(run)).values()
    return {name: round(sum(values[name] for values in queries) / len(queries), 4) for name in PUBLIC_MEASURES}


def _stands(path: Path) -> dict[str, Any]:
    """The summary that is there; nothing if there is none, or it is damaged."""
    parts: dict[str, Any] = {"conversations": {}, "peers": {}, "others": {}, "leaflets": {}, "public": {}}
    with suppress(OSError, ValueError):
        parts |= json.loads(path.read_bytes())
    return parts


def _summarise(arguments: argparse.Namespace, before: dict[str, Any]) -> dict[str, Any]:
    peers = sorted(file.parent for file in arguments.answers.glob("*/made.json"))
    summary = dict(before)
    if arguments.conversations:
        path = arguments.conversations
        labels = Labels(path, read_labels(path), read_source_lines(arguments.lines))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        stood = before if before["conversations"].get("sha256") == digest else {}
        summary["conversations"] = {"sha256": digest, "turns": sum(not turn.unsure for turn in labels.turns)}
        answered = {folder.name: summarise_peer(folder, labels) for folder in peers}
        summary["peers"] = dict(sorted({**stood.get("peers", {}), **answered}.items()))
        also = (pair.partition("=") for pair in arguments.also)
        others = {name: summarise_score(_score(Path(file), labels)) for name, _, file in also}
        summary["others"] = {**stood.get("others", {}), **others}
    if arguments.leaflets:
        given = arguments.answers, arguments.leaflets, arguments.also_leaflets
        summary["leaflets"] = summarise_leaflets(*given, before["leaflets"])
    for dataset in arguments.beir:
        runs = {
            folder.name: {
                cut: summarise_beir(run, dataset)
                for cut in ("whole", "default")
                if (run := folder / "beir" / f"{dataset.name}-{cut}.trec").exists()
            }
            for folder in peers
        }
        summary["public"] = {**summary["public"], dataset.name: {**summary["public"].get(dataset.name, {}), **runs}}
    return summary


def _score(file: Path, labels: Labels) -> Score:
    score = score_answers(labels.turns, read_answers(file), labels.lines, labels.path, file)
    if score.missing:
        raise DataError(file, None, f"{len(score.missing)} labelled turns have no answer.", "Answer them all.")
    return score


def _characters(score: Score) -> int:
    """Mean number of characters shown for an answerable turn."""
    shown = [sum(len(c.text) for c in answer.citations) for turn, answer, _ in score.turns if turn.kind == "answerable"]
    return round(sum(shown) / len(shown)) if shown else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers.summarise", description="Score the peers.")
    parser.add_argument("--answers", type=Path, required=True, help="the folder that run.py wrote")
    parser.add_argument("--conversations", type=Path, help="the labelled conversations that they answered")
    parser.add_argument("--lines", type=Path, default=_LINES, help="where the labelled lines stand in the document")
    parser.add_argument("--also", nargs="*", default=[], metavar="NAME=FILE", help="answers of other systems")
    parser.add_argument("--leaflets", type=Path, help="folder of labelled leaflets, answered in ANSWERS/leaflets")
    parser.add_argument("--also-leaflets", nargs="*", default=[], metavar="NAME=FILE", help="answers to those")
    parser.add_argument("--beir", type=Path, nargs="*", default=[], help="the public sets that they ran on")
    parser.add_argument("--out", type=Path, required=True, help="folder for summary.json and summary.md")
    return parser


if __name__ == "__main__":
    sys.exit(main())
