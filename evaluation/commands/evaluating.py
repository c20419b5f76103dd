"""One command after a change: every built-in set, one page, and what is otherwise than committed."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from evaluation.asked import LEAFLETS, Asked, read_asked
from evaluation.builtin import BUILT_IN
from evaluation.catalogue import CONVERSATIONS, Files, open_dataset
from evaluation.changes import changes, changes_markdown, figures
from evaluation.commands.answering import read_score, write_answers
from evaluation.commands.product import Product, complain, say
from evaluation.everyday import EVERYDAY
from evaluation.jsonl import read_objects, write_objects
from evaluation.leaflets import leaflet_dataset
from evaluation.preflight import writable_file, writable_files
from evaluation.published import answer_rows, difference_markdown, run_rows
from evaluation.report import run_markdown, score_markdown
from evaluation.reproduce import FIGURES, FRESH, OWN, TEXT_SYSTEMS, read_rows, write_committed, write_index
from evaluation.run import Plan
from evaluation.side_by_side import run_systems

__all__ = ["evaluate"]

_ANSWERS = "answers.jsonl"
_EVERYDAY = 1000
"""Everyday requests that are asked: a sample tells a share of 0.01 from one of 0.03 within half a minute."""
_KEPT = ("id", "turn", "decision", "notices", "probability")
_CITED = ("document", "start", "end", "text", "score")


def evaluate(arguments: argparse.Namespace, product: Product) -> int:
    out = writable_files(arguments.out, FIGURES, "README.md")
    if arguments.commit:
        writable_files(arguments.committed, FIGURES, _ANSWERS, f"{OWN.name}.json", "README.md")
    parts = ["# Every built-in set\n\nWritten by `make evaluate`.\n"]
    rows: list[Mapping[str, Any]] = []
    committed = arguments.committed / FIGURES
    old = read_rows(committed)
    # All are read before the first is asked: a file that cannot be used is told at once.
    sets = dict(_sets(arguments.everyday, arguments.split, arguments.leaflets))
    files = {name: writable_file(out / f"{name}.answers.jsonl") for name in sets}
    for name, asked in sets.items():
        answers = files[name]
        write_answers(asked, answers, product)
        score = read_score(asked, answers)
        rows += answer_rows(name, score)
        parts.append(f"## {name}: answers\n\n{score_markdown(score)}")
        if name == BUILT_IN:
            parts.append(_changed(asked, answers, arguments.committed))
        folders, systems = product.folders(arguments.cache), OWN.systems
        if name == LEAFLETS:
            dataset, systems = leaflet_dataset(asked), TEXT_SYSTEMS
        elif name == BUILT_IN:
            dataset = open_dataset(name, Files(), "test", folders)
        else:
            continue
        plan = Plan(OWN.plan.measures, threads=product.threads)
        summaries = run_systems(dataset, systems, plan, out / name, folders, product.loader)
        rows += run_rows(name, summaries)
        if arguments.commit and name == BUILT_IN:
            write_committed(arguments.committed, OWN.name, summaries)
        parts.append(f"## {name}: retrieval\n\n{run_markdown(summaries)}")
    if old:
        parts.insert(1, difference_markdown(old, rows))
    (out / FIGURES).write_text(json.dumps(rows, indent=0, ensure_ascii=False) + "\n", "utf-8")
    (out / "README.md").write_text("\n".join(parts), "utf-8")
    if arguments.commit:
        made = {row["set"] for row in rows}
        kept = [*rows, *(row for row in old if row["set"] not in made)]  # of sets whose folder was not given
        committed.write_text(json.dumps(kept, indent=0, ensure_ascii=False) + "\n", "utf-8")
        write_objects(arguments.committed / _ANSWERS, _slim(out / f"{BUILT_IN}.answers.jsonl"))
        write_index(arguments.committed)
    say("\n".join(parts[:2]) if old else parts[0])
    say(f"wrote {out / 'README.md'} and {out / FIGURES}")
    return 0


def _sets(everyday: Path | None, split: str | None, leaflets: Path | None) -> Iterable[tuple[str, Asked]]:
    yield BUILT_IN, read_asked(BUILT_IN)
    for name in FRESH:
        yield name, read_asked(BUILT_IN, labels=CONVERSATIONS.with_name(f"{name}.jsonl"))
    if everyday:
        yield EVERYDAY, read_asked(EVERYDAY, everyday, split=split, limit=_EVERYDAY)
    if leaflets:
        yield LEAFLETS, read_asked(LEAFLETS, leaflets)
    for name, folder in ((EVERYDAY, everyday), (LEAFLETS, leaflets)):
        if folder is None:
            complain(f"left out: {name}, whose folder is not given (--{name} FOLDER).")


def _changed(asked: Asked, answers: Path, committed: Path) -> str:
    """What changed turn by turn against the committed answers, if there are any."""
    before = committed / _ANSWERS
    if not before.is_file():
        return f"There are no committed answers in {committed}.\n"
    paths = before, answers
    old, new = (read_score(asked, path) for path in paths)
    text = changes_markdown(figures(old, new, paths), changes(old, new, paths), len(new.turns))
    return f"## Against the committed answers\n\n{text.replace('## ', '### ')}"


def _slim(path: Path) -> Iterable[dict[str, Any]]:
    """Answers without what no figure needs: a committed file is read by people, as a difference."""
    for _, record in read_objects(path, "id"):
        cited = [{key: c[key] for key in _CITED if key in c} for c in record.get("citations", ())]
        yield {key: record[key] for key in _KEPT if record.get(key) is not None} | {"citations": cited}
