"""A phrasing that the page may offer, in a file that staff change: found by its record, it keeps its wording."""

from __future__ import annotations

from staff.corpus_edits import with_line, with_moved, without_line

LINE = '{"passage": "a:b", "q": "iv or pill", "suggestion": "Is it a drip or a tablet?"}\n'
OTHER = '{"passage": "a:c", "q": "how often"}\n'
NAMED = {"passage": "a:b", "q": "iv or pill"}


def test_it_is_detached_and_not_attached_twice() -> None:
    assert without_line(LINE + OTHER, NAMED) == OTHER
    assert with_line(LINE + OTHER, NAMED, ["passage"]) == LINE + OTHER


def test_attached_to_another_passage_it_keeps_its_approved_wording() -> None:
    moved = with_moved(LINE + OTHER, [(NAMED, {"passage": "a:d", "q": "iv or pill"})])
    assert moved == LINE.replace("a:b", "a:d") + OTHER
    assert with_moved(LINE + OTHER, [(NAMED, {"passage": "a:c", "q": "how often"})]) == OTHER
