"""API keys: each keeps a client to its medicine, whatever other medicines there are, until it is removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from staff.__main__ import main
from staff.bench import Bench, open_bench
from staff.errors import StaffError
from staff.keys import Key, Keys
from staff.state import State
from tests.library import write_library
from tests.staff.made_up import hashing
from tests.staff.serving import Served, serving

KNOWN = ("carvexol", "tresolimab")


def test_a_key_is_told_once_and_kept_as_its_hash(state: State) -> None:
    keys = Keys(state)
    key = keys.add("ward-3", "carvexol", KNOWN, "tests")
    assert (keys.document_of(key), keys.document_of(f"{key}x"), keys.document_of("")) == ("carvexol", None, None)
    assert keys.listed() == (Key("ward-3", "carvexol"),)
    assert key not in str(state.query("SELECT * FROM api_keys"))
    with pytest.raises(StaffError, match="'ward-3' has a key already"):
        keys.add("ward-3", "tresolimab", KNOWN, "tests")
    with pytest.raises(StaffError, match="no monograph 'gone'"):
        keys.add("ward-4", "gone", KNOWN, "tests")
    with pytest.raises(StaffError, match="The name of a key"):
        keys.add("Ward 4", "carvexol", KNOWN, "tests")
    keys.remove("ward-3", "tests")
    assert (keys.document_of(key), keys.listed()) == (None, ())
    with pytest.raises(StaffError, match="'ward-3' has no key"):
        keys.remove("ward-3", "tests")
    told = [(r.action, r.subject) for r in state.audit_records()]
    assert told == [("key added", "key ward-3"), ("key removed", "key ward-3")]


def test_keys_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = write_library(tmp_path / "corpus", hashing())
    home = ["--staff", str(tmp_path / "state"), "--corpus", str(corpus)]
    assert main(["key", "add", "ward-3", "carvexol", *home]) == 0
    key = capsys.readouterr().out.strip()
    assert main(["key", "list", *home]) == 0
    assert capsys.readouterr().out == "ward-3 carvexol\n"
    assert main(["key", "add", "ward-4", "gone", *home]) == 2
    assert main(["key", "remove", "ward-3", *home]) == 0
    assert len(key) == 32


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    corpus = write_library(tmp_path / "corpus", hashing())
    return open_bench(tmp_path / "state", corpus, hashing())


@pytest.fixture
def served(bench: Bench) -> Iterator[Served]:
    with serving(bench) as running:
        yield running


def test_a_client_with_a_key_keeps_to_its_medicine(served: Served, bench: Bench) -> None:
    key = Keys(bench.state).add("ward-3", "tresolimab", bench.drafts.open().assistant.corpus.documents, "tests")

    def asked(text: str, **headers: str) -> tuple[int, list[str], list[str]]:
        with served.client(**headers) as client:
            answer = client.post("/api/ask", json={"text": text, "document": "carvexol"})
        body = answer.json()
        return answer.status_code, body.get("notices", []), [c["document"] for c in body.get("citations", [])]

    drip = "how many minutes does the drip run"
    assert asked(drip, **{"x-api-key": key})[2] == ["tresolimab"]
    assert "tresolimab" not in asked(drip)[2]
    # A name of another medicine is another medicine's, even where its monograph is there.
    status, notices, cited = asked("what are the side effects of carvexol", **{"x-api-key": key})
    assert (status, notices[:1], cited) == (200, ["other-medicine"], [])
    assert "other-medicine" not in asked("what are the side effects of carvexol")[1]
    # A proxy's own header says nothing; a key that is none, or no longer, is refused.
    assert asked(drip, authorization="Basic eDp5")[0] == 200
    assert asked(drip, **{"x-api-key": "guessed"})[0] == 401
    Keys(bench.state).remove("ward-3", "tests")
    assert asked(drip, **{"x-api-key": key})[0] == 401


def test_a_key_whose_medicine_is_gone_says_so(served: Served, bench: Bench) -> None:
    key = Keys(bench.state).add("ward-3", "gone", ["gone"], "tests")
    with served.client(**{"x-api-key": key}) as client:
        answer = client.post("/api/ask", json={"text": "how many minutes does the drip run"})
    assert (answer.status_code, answer.json()["error"]) == (404, "The medicine of this key, 'gone', is not served.")
