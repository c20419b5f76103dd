"""Do BEIR's and MTEB's own evaluators give the figures of this bench? Run in an environment that has all three.

    python -m venv build/interop
    build/interop/bin/pip install -r requirements.txt -r benchmarks/interop/requirements.txt
    build/interop/bin/python -m benchmarks.interop.agree DATA/scifact --system bm25 dense hybrid verbatim

Prints five measures by each, and exits with 1 if two differ by more than 0.0001.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import mteb
from beir.datasets.data_loader import GenericDataLoader
from beir.retrieval.evaluation import EvaluateRetrieval
from datasets import Dataset as Rows
from mteb._evaluators.retrieval_evaluator import RetrievalEvaluator
from mteb.timing import TimingStack

from evaluation.catalogue import Files, Folders, open_dataset, open_system
from evaluation.datasets import Dataset
from evaluation.interop import BeirRetriever, MtebRetriever
from evaluation.measures import measure
from evaluation.systems import System
from evaluation.trec import trec_order
from retrieval.encoder import load_encoder

_ROOT = Path(__file__).resolve().parents[2]
_MEASURES = {"nDCG@10": "NDCG@10", "RR@10": "MRR@10", "R@10": "Recall@10", "AP@10": "MAP@10", "P@10": "P@10"}
"""What this bench calls a measure, and what the two others do."""
_CUT = 10
_DEPTH = 100
_NEAR = 1e-4

Figures = dict[str, float]
"""Value by this bench's name of the measure."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure systems on one folder in the BEIR layout by all three."""
    parser = argparse.ArgumentParser(description="Compare the figures of this bench, of BEIR and of MTEB.")
    parser.add_argument("folder", type=Path, help="a data set in the BEIR layout")
    parser.add_argument("--system", nargs="+", default=["bm25"], help="bm25, bm25f, dense, hybrid or verbatim")
    parser.add_argument("--cache", type=Path, default=_ROOT / "build" / "cache", help="folder of embeddings")
    arguments = parser.parse_args(argv)
    folders = Folders(_ROOT / "corpus", _ROOT / "build" / "index", arguments.cache)
    dataset = open_dataset(str(arguments.folder), Files(), "test", folders)
    sys.stdout.write(f"{'':32}{''.join(f'{name:>10}' for name in _MEASURES)}\n")
    furthest = 0.0
    for spec in arguments.system:
        system = open_system(spec, folders, load_encoder)
        rows = {
            "this bench": _ours(system, dataset),
            f"BEIR {version('beir')}": _beir(system, arguments.folder),
            f"MTEB {version('mteb')}": _mteb(system, dataset),
        }
        for name, row in rows.items():
            sys.stdout.write(f"{f'{spec}, {name}':32}{''.join(f'{row[m]:>10.6f}' for m in _MEASURES)}\n")
        for measured in _MEASURES:
            values = [row[measured] for row in rows.values()]
            furthest = max(furthest, max(values) - min(values))
    sys.stdout.write(f"furthest apart: {furthest:.6f}\n")
    return int(furthest > _NEAR)


def _ours(system: System, dataset: Dataset) -> Figures:
    searcher = system.index(dataset)
    run = {
        name: trec_order((f.document, f.score) for f in searcher.search(query, _DEPTH))
        for name, query in dataset.queries.items()
    }
    values = measure(list(_MEASURES), dataset.qrels, run).values()
    return {name: sum(row[name] for row in values) / len(values) for name in _MEASURES}


def _beir(system: System, folder: Path) -> Figures:
    corpus, queries, qrels = GenericDataLoader(str(folder)).load(split="test")
    beir = EvaluateRetrieval(BeirRetriever(system), k_values=[_CUT, _DEPTH])
    found = beir.retrieve(corpus, queries)
    parts = *beir.evaluate(qrels, found, beir.k_values), beir.evaluate_custom(qrels, found, beir.k_values, "mrr")
    return _named({name: value for part in parts for name, value in part.items()})


def _mteb(system: System, dataset: Dataset) -> Figures:
    rows = Rows.from_list([{"id": d.id, "title": d.title, "text": d.text} for d in dataset.documents.values()])
    asked = Rows.from_list([{"id": q.id, "text": q.words} for q in dataset.queries.values()])
    task = mteb.get_task("SciFact").metadata
    evaluator = RetrievalEvaluator(
        rows, asked, task_metadata=task, hf_split="test", hf_subset="default", top_k=_DEPTH, timer=TimingStack()
    )
    found = evaluator(MtebRetriever(system), encode_kwargs={})
    grades = {query: dict(judged) for query, judged in dataset.qrels.items()}
    made = evaluator.evaluate(grades, found, [_CUT])
    return _named({**made.ndcg, **made.map, **made.recall, **made.precision, **made.mrr})


def _named(theirs: Mapping[str, float]) -> Figures:
    return {ours: float(theirs[name]) for ours, name in _MEASURES.items()}


if __name__ == "__main__":
    sys.exit(main())
