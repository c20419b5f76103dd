"""What patients ask follows the live release, whole and at once, or stays with the last good one."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

from assistant.answer import Answer, Decision
from assistant.assistant import Assistant
from staff.accounts import Account
from staff.bench import Bench, live_assistant
from staff.errors import StaffError
from staff.live import Served
from tests.staff.conftest import released
from tests.staff.made_up import BODY, QUESTIONS, Small, monograph


def test_a_running_assistant_follows_the_pointer_and_no_question_is_dropped_or_mixed(
    bench: Bench, small: Small, anna: Account
) -> None:
    ids = []
    for version in ("1", "2"):
        body = BODY.replace("over 60 minutes", f"over 60 minutes in version {version}")
        (small.folder / "monographs" / "made-up.md").write_bytes(monograph(body, version).encode())
        notice = small.folder / "notices" / "abstain.md"
        notice.write_text(notice.read_text("utf-8").rpartition("---\n")[0] + f"---\nVersion {version}\n", "utf-8")
        passage = small.passage("Infusion")
        lines = small.text("questions/made-up.jsonl").splitlines()[1:]
        path = small.folder / "questions" / "made-up.jsonl"
        path.write_text("\n".join([json.dumps({"passage": passage, "q": QUESTIONS[0][1]}), *lines]) + "\n", "utf-8")
        suite = small.folder / "suites" / "made-up.jsonl"
        turn = {"text": QUESTIONS[0][1], "kind": "answerable", "gold": [passage], "also": []}
        (suite).write_text(json.dumps({"id": "s1", "turns": [turn]}) + "\n", "utf-8")
        (small.folder / "suites" / "gates.yaml").write_text("at_least: {Hit@3: 1}\n", "utf-8")
        ids.append(released(bench, anna).id)
    said: list[str] = []
    live = live_assistant(bench, no_other, said.append)
    stop, failures, seen = Event(), list[BaseException](), [set[str]() for _ in range(2)]

    def ask(versions: set[str]) -> None:
        try:
            while not stop.is_set():
                assistant = live.current()
                versions.add(version_of(assistant.ask(QUESTIONS[0][1]), assistant.ask("will it rain tomorrow")))
        except BaseException as error:
            failures.append(error)

    threads = [Thread(target=ask, args=[versions]) for versions in seen]
    for thread in threads:
        thread.start()
    for identifier in ids:
        bench.releases.rollback(identifier, anna, "it was better before")
        live.settle()
        wanted = bench.releases.get(identifier).manifest["documents"]["made-up"]
        assert version_of(live.ask(QUESTIONS[0][1]), live.ask("will it rain tomorrow")) == wanted
        assert live.corpus.documents["made-up"].monograph.version == wanted
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert set.union(*seen) == {"1", "2"}
    assert said == []


def no_other() -> Assistant:
    raise AssertionError("there is a release")


def test_before_the_first_release_the_corpus_itself_is_served(bench: Bench, anna: Account) -> None:
    corpus = bench.drafts.open().assistant
    live = live_assistant(bench, lambda: corpus)
    assert live.current() is corpus
    assert live.ask(QUESTIONS[0][1]).citations == corpus.ask(QUESTIONS[0][1]).citations
    assert live.notices is corpus.notices
    released(bench, anna)
    live.settle()
    assert live.current() is not corpus


def version_of(answer: Answer, refusal: Answer) -> str:
    """The version that everything in an answer is of: the citation, its text, its disclaimer, the notice."""
    versions: set[str] = {
        answer.citations[0].quote.monograph.version,
        *re.findall(r"in version (\d)", answer.citations[0].quote.text),
        answer.disclaimers[0].document.monograph.version,
        *re.findall(r"Version (\d)", refusal.notices[0].text),
    }
    (version,) = versions
    return version


def test_a_release_that_cannot_be_loaded_leaves_the_last_good_one_in_place(bench: Bench, anna: Account) -> None:
    first = released(bench, anna)
    said: list[str] = []
    live = live_assistant(bench, no_other, said.append)
    second = released(bench, anna)
    path = second.folder / "suites.json"
    path.chmod(0o644)
    path.write_text("[]", "utf-8")
    before = live._served.assistant
    live.settle()
    assert live.current() is before
    assert said == [
        "The release cannot be loaded; the one before goes on. "
        f"StaffError: Release {second.id} is damaged: suites.json was changed."
    ]
    bench.releases.rollback(first.id, anna, "it was better before")
    live.settle()
    assert live.current() is not before


def test_a_release_is_made_ready_before_it_is_asked_or_it_is_not_taken_into_use(bench: Bench, anna: Account) -> None:
    said: list[str] = []
    first = released(bench, anna)
    live = live_assistant(bench, no_other, said.append)
    assert live.folder == first.corpus
    seen: list[tuple[Path, Path]] = []
    live.at_switch(lambda served: seen.append((served.corpus, live.folder)))
    second = released(bench, anna)
    live.settle()
    assert seen == [(second.corpus, first.corpus)]
    assert live.folder == second.corpus

    def spoilt(_: Served) -> None:
        raise StaffError("no glossary")

    live.at_switch(spoilt)
    bench.releases.rollback(first.id, anna, "it was better before")
    live.settle()
    assert live.folder == second.corpus
    assert said == ["The release cannot be loaded; the one before goes on. StaffError: no glossary"]


def test_other_thresholds_show_other_answers_and_leave_the_live_ones_alone(bench: Bench) -> None:
    assistant = bench.drafts.open().assistant
    before, question = assistant.ask(QUESTIONS[0][1]), QUESTIONS[0][1]
    strict = assistant.at(replace(assistant.point, answer=1.1, related=1.1, unsure=1.1))
    assert before.decision == Decision.ANSWER
    assert strict.ask(question).decision == Decision.ABSTAIN
    assert assistant.ask(question) == before
    assert assistant.point.answer < 1 < strict.point.answer
    found = assistant.search(question).hits
    assert [hit.passage for hit in found][: len(before.citations)] == [c.passage for c in before.citations]
    assert found[0].evidence.views
