"""The harness: real environments and real processes, with peers that need nothing installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from benchmarks.peers.run import Peer, child_environment, find_peers

ROOT = Path(__file__).resolve().parents[2]
MONOGRAPH = "---\nid: m\n---\nThe drip takes an hour.\nDo not drive.\n"
CONVERSATIONS = '{"id": "p1", "turns": [{"text": "how long is the drip"}, {"text": "may i drive"}]}\n'

FAKE = """
import os
from benchmarks.peers.command import run_peer
from benchmarks.peers.peer_io import Hit

def load(model):
    assert os.environ["HF_HUB_OFFLINE"] == os.environ["TRANSFORMERS_OFFLINE"] == os.environ["OMP_NUM_THREADS"] == "1"
    assert os.environ["HAYSTACK_TELEMETRY_ENABLED"] == "False"

    def index(documents, chunking):
        size = chunking["lines"] if chunking else 10**6
        chunks = []
        for document in documents:
            lines = document.text.splitlines(keepends=True)
            for at in range(0, len(lines), size):
                chunks.append((document.id, "".join(lines[at:at + size]), len("".join(lines[:at]))))

        def search(question, k):
            words = set(question.split())
            hits = []
            for document, text, start in chunks:
                shared = words & set(text.lower().rstrip(".\\n").split())
                hits.append(Hit(document, text, float(len(shared)), start))
            return sorted(hits, key=lambda hit: -hit.score)[:k]

        return search

    return index

if __name__ == "__main__":
    run_peer("fake", [], load, {"lines": 2}, [{"lines": 1}, {"lines": 2}])
"""


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a peer that answers and one that breaks, and what they need to run."""
    folder = tmp_path_factory.mktemp("peers")
    (folder / "peer_fake.py").write_text(FAKE, "utf-8")
    (folder / "peer_broken.py").write_text("raise RuntimeError('no luck')\n", "utf-8")
    (folder / "peer_notes.py").write_text("a script without requirements is no peer\n", "utf-8")
    for name in ("fake", "broken"):
        (folder / f"requirements-{name}.txt").write_text("# nothing\n", "utf-8")
    (folder / "model").mkdir()
    (folder / "model" / "model.safetensors").write_bytes(b"weights")
    (folder / "monograph.md").write_text(MONOGRAPH, "utf-8")
    (folder / "conversations.jsonl").write_text(CONVERSATIONS, "utf-8")
    (folder / "tiny").mkdir()
    corpus = [{"_id": "d1", "title": "Drip", "text": "an hour"}, {"_id": "d2", "text": "drive\nthe drip"}]
    (folder / "tiny" / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in corpus), "utf-8")
    (folder / "tiny" / "queries.jsonl").write_text('{"_id": "q1", "text": "the drip"}\n', "utf-8")
    return folder


def run(peers: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [sys.executable, ROOT / "benchmarks" / "peers" / "run.py", "--peers", peers]
    command += ["--out", peers / "out", "--environments", peers / "environments"]
    command += ["--model", peers / "model", "--monograph", peers / "monograph.md"]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)


def answers(file: Path) -> list[tuple[str, int, list[tuple[str, int, int]]]]:
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [(r["id"], r["turn"], [(c["text"], c["start"], c["end"]) for c in r["citations"]]) for r in rows]


def test_one_peer_answers_though_another_fails(peers: Path) -> None:
    told = run(
        peers,
        "--conversations",
        peers / "conversations.jsonl",
        "--grid",
        "--beir",
        peers / "tiny",
        "--cut",
        "whole",
        "default",
    )
    assert told.returncode == 1
    assert "RuntimeError: no luck" in told.stderr
    assert told.stderr.endswith(f"1 of 2 peers answered, in {peers / 'out'}\nfailed: broken\n")
    assert not (peers / "out" / "broken").exists()

    drip, drive = "The drip takes an hour.\n", "Do not drive.\n"
    out = peers / "out" / "fake"
    assert answers(out / "default.jsonl") == [
        ("p1", 0, [(drip + drive, 0, 38)]),
        ("p1", 1, [(drip + drive, 0, 38)]),
    ]
    assert answers(out / "grid" / "lines-1.jsonl") == [
        ("p1", 0, [(drip, 0, 24), (drive, 24, 38)]),
        ("p1", 1, [(drive, 24, 38), (drip, 0, 24)]),
    ]
    assert sorted(file.name for file in (out / "grid").iterdir()) == ["lines-1.jsonl"]
    assert (out / "beir" / "tiny-whole.trec").read_text("utf-8") == "q1 Q0 d2 1 2.0 fake\nq1 Q0 d1 2 1.0 fake\n"
    assert (out / "beir" / "tiny-default.trec").read_text("utf-8") == "q1 Q0 d2 1 2.0 fake\nq1 Q0 d1 2 1.0 fake\n"
    made = json.loads((out / "made.json").read_text("utf-8"))
    assert made.pop("python").startswith("3.")
    assert made == {
        "peer": "fake",
        "packages": {},
        "model_sha256": sha256(b"weights").hexdigest(),
        "default": {"lines": 2},
        "grid": {"lines-1": {"lines": 1}},
    }


def test_an_environment_is_kept_until_its_requirements_change(peers: Path) -> None:
    asked = ("--peer", "fake", "--conversations", peers / "conversations.jsonl")
    assert run(peers, *asked).returncode == 0
    marker = peers / "environments" / "fake" / "marker"
    marker.touch()
    assert "making" not in run(peers, *asked).stderr
    assert marker.exists()
    (peers / "requirements-fake.txt").write_text("# still nothing\n", "utf-8")
    told = run(peers, *asked)
    assert told.returncode == 0
    assert f"fake: making {peers / 'environments' / 'fake'}" in told.stderr
    assert not marker.exists()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "Name --conversations FILE.jsonl, --beir FOLDER, or both."),
        (("--peer", "nobody", "--beir", "x"), "No peer nobody in {peers}; there are: broken, fake."),
    ],
)
def test_a_command_that_asks_for_nothing_says_so(peers: Path, arguments: tuple[str, ...], problem: str) -> None:
    told = run(peers, *arguments)
    assert (told.returncode, told.stderr) == (2, problem.format(peers=peers) + "\n")


def test_a_peer_is_a_script_with_requirements(peers: Path) -> None:
    assert find_peers(peers) == {
        name: Peer(name, peers / f"peer_{name}.py", peers / f"requirements-{name}.txt") for name in ("broken", "fake")
    }


def test_a_peer_answers_offline_with_one_thread() -> None:
    child = child_environment({**os.environ, "OMP_NUM_THREADS": "8", "HF_HUB_OFFLINE": "0", "PYTHONPATH": "elsewhere"})
    assert child["OMP_NUM_THREADS"] == child["HF_HUB_OFFLINE"] == child["TRANSFORMERS_OFFLINE"] == "1"
    assert child["PYTHONPATH"] == str(ROOT)
    assert child["PATH"] == os.environ["PATH"]
