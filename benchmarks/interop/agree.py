"""Do BEIR's and MTEB's own evaluators give the figures of this bench? Run in an environment that has all three.

    python -m venv build/interop
    build/interop/bin/pip install -r requirements.txt -r benchmarks/interop/requirements.txt
    build/interop/bin/python -m benchmarks.interop.agree DATA/scifact --system bm25

Prints nDCG@10 by each, and exits with 1 if two differ by more than 0.0001.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import mteb
from beir.datasets.data_loader import GenericDataLoader
from beir.retrieval.evaluation import EvaluateRetrieval
from datasets import Dataset as Rows
from mteb._evaluators.retrieval_evaluator import RetrievalEvaluator
from mteb.timing import TimingStack

from evaluation.catalogue import Files, Folders, open_dataset, open_system
from evaluation.interop import BeirRetriever, MtebRetriever
from evaluation.measures import measure
from evaluation.trec import trec_order
from retrieval.encoder import load_encoder

_ROOT = Path(__file__).resolve().parents[2]
_NAME = "nDCG@10"
_DEPTH = 100
_NEAR = 1e-4


def main(argv: Sequence[str] | None = None) -> int:
    """Measure one system on one folder in the BEIR layout by all three."""
    parser = argparse.ArgumentParser(description="Compare nDCG@10 by this bench, by BEIR and by MTEB.")
    parser.add_argument("folder", type=Path, help="a data set in the BEIR layout")
    parser.add_argument("--system", default="bm25", help="bm25, dense, hybrid or verbatim")
    parser.add_argument("--cache", type=Path, default=_ROOT / "build" / "cache", help="folder of embeddings")
    arguments = parser.parse_args(argv)
    folders = Folders(_ROOT / "corpus", _ROOT / "build" / "index", arguments.cache)
    system = open_system(arguments.system, folders, load_encoder)
    dataset = open_dataset(str(arguments.folder), Files(), "test", folders)
    searcher = system.index(dataset)
    run = {
        name: trec_order((f.document, f.score) for f in searcher.search(query, _DEPTH))
        for name, query in dataset.queries.items()
    }
    values = measure([_NAME], dataset.qrels, run)
    figures = {"this bench": sum(row[_NAME] for row in values.values()) / len(values)}

    corpus, queries, qrels = GenericDataLoader(str(arguments.folder)).load(split="test")
    beir = EvaluateRetrieval(BeirRetriever(system), k_values=[10, _DEPTH])
    ndcg, *_ = beir.evaluate(qrels, beir.retrieve(corpus, queries), beir.k_values)
    figures[f"BEIR {_version('beir')}"] = ndcg["NDCG@10"]

    rows = Rows.from_list([{"id": d.id, "title": d.title, "text": d.text} for d in dataset.documents.values()])
    asked = Rows.from_list([{"id": q.id, "text": q.words} for q in dataset.queries.values()])
    task = mteb.get_task("SciFact").metadata
    evaluator = RetrievalEvaluator(
        rows, asked, task_metadata=task, hf_split="test", hf_subset="default", top_k=_DEPTH, timer=TimingStack()
    )
    found = evaluator(MtebRetriever(system), encode_kwargs={})
    grades = {query: dict(judged) for query, judged in dataset.qrels.items()}
    figures[f"MTEB {_version('mteb')}"] = evaluator.evaluate(grades, found, [10]).ndcg["NDCG@10"]

    for name, value in figures.items():
        sys.stdout.write(f"{name}: {_NAME} {value:.6f}\n")
    return int(max(figures.values()) - min(figures.values()) > _NEAR)


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


if __name__ == "__main__":
    sys.exit(main())
