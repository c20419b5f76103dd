"""The corpus as it stands is read once, and anew as soon as a file of it is another."""

from __future__ import annotations

from staff.bench import Bench
from staff.change_kinds import Kind
from staff.corpus_now import CorpusNow
from staff.diffs import Diffs
from tests.staff.conftest import RITA
from tests.staff.made_up import Small, monograph


def test_it_is_read_anew_when_a_file_is_written_comes_or_goes(small: Small) -> None:
    now = CorpusNow(small.folder)
    first = now.read()
    assert now.read() is first
    path = small.folder / "monographs" / "made-up.md"
    body = first.documents["made-up"].monograph.source
    path.write_bytes(monograph(body, version="2").encode())
    second = now.read()
    assert second.documents["made-up"].monograph.version == "2"
    gaps = small.folder / "not_covered" / "any.jsonl"
    gaps.rename(gaps.with_suffix(".away"))
    assert (len(second.gaps), now.read().gaps) == (1, ())
    gaps.with_suffix(".away").rename(gaps)
    assert now.read().gaps == second.gaps


def test_a_diff_is_made_once_while_the_corpus_stays(bench: Bench, small: Small) -> None:
    content = {"passage": small.passage("Rash"), "q": "is it itchy"}
    change = bench.changes.propose(RITA, Kind.PHRASING, content, "asked often", small.corpus)
    diffs = Diffs(bench.now, small.folder)
    first = diffs.of(change)
    assert '+{"passage": "' in first
    assert diffs.of(change) is first
    questions = small.folder / "questions" / "made-up.jsonl"
    questions.write_text(questions.read_text("utf-8") + f'{{"passage": "{content["passage"]}", "q": "is it itchy"}}\n')
    assert diffs.of(change) == ""
