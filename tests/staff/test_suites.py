"""Suites: the format, the rule of each kind, figures, differences, and tables that come back as they went."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from assistant.answer import Turn
from assistant.assistant import Assistant
from evaluation.catalogue import CONVERSATIONS, LINES
from evaluation.errors import DataError
from evaluation.spans import read_source_lines
from retrieval.corpus import Corpus
from staff.errors import StaffError, TableError
from staff.suite_compare import Effect, compare, effects_by_medicine
from staff.suite_run import Figure, Result, figures, from_json, passed_by_kind, run_suites
from staff.suite_tables import import_suite, results_rows, suite_rows, write_suite
from staff.suites import Suite, find_suite, read_suite, read_suites
from staff.table_files import FORMATS, table_bytes
from tests.conftest import CORPUS

TIME, RASH, SKIN = (
    "istiratumab:infusion-time-cefb456807",
    "istiratumab:dermatological-effects-skin-b524f3d0a3",
    "istiratumab:for-skin-rash-a7fcf68a76",
)


def turn(text: str, kind: str, *gold: str | int, **more: Any) -> dict[str, Any]:
    return {"text": text, "kind": kind, "gold": list(gold), **more}


def suite(folder: Path, *conversations: list[dict[str, Any]], name: str = "small") -> Suite:
    path = folder / f"{name}.jsonl"
    write_suite(path, [{"id": f"s{n}", "turns": turns} for n, turns in enumerate(conversations, 1)])
    return read_suite(path)


def result(key: str, problem: str = "", **changes: Any) -> Result:
    values = {
        "suite": "small", "key": key, "text": key, "kind": "answerable", "must_pass": False, "problem": problem,
        "decision": "answer", "cited": ("a",), "score": 0.5, "hit1": True, "hit3": True,
        "answered": True, "hedged": False, "alarm": False, "ms": 1.0,
    }  # fmt: skip
    return Result(**{**values, **changes})


def test_the_shipped_suite_is_sound_and_of_this_corpus(corpus: Corpus) -> None:
    (shipped,) = read_suites(CORPUS / "suites")
    assert shipped.name == "istiratumab"
    assert len(shipped.questions) >= 60
    showable = {p.id for p in corpus.documents["istiratumab"].passages.showable()}
    assert {label for q in shipped.questions for label in (*q.gold, *q.also)} <= showable
    assert sum(q.must_pass for q in shipped.questions) >= 15


def test_the_shipped_suites_must_pass_questions_pass(assistant: Assistant) -> None:
    results = run_suites(read_suites(CORPUS / "suites"), assistant)
    assert [(r.key, r.problem) for r in results if r.must_pass and not r.passed] == []


def test_each_kind_has_its_rule(tmp_path: Path, assistant: Assistant) -> None:
    small = suite(
        tmp_path,
        [turn("how long will the drip take", "answerable", TIME)],
        [turn("how long will the drip take", "answerable", RASH)],
        [turn("what is the weather like tomorrow", "answerable", TIME)],
        [turn("how long will the drip take", "unanswerable")],
        [turn("what is the weather like tomorrow", "off_topic")],
        [turn("I cannot breathe", "urgent")],
        [turn("how long will the drip take", "urgent")],
        [turn("I cannot breathe", "answerable", TIME)],
        [turn("I cannot breathe", "answerable", TIME, alarm_ok=True, unsure=True)],
        [turn("how long will the drip take", "adversarial")],
        [turn("", "adversarial", decisions=["abstain"])],
        [turn("how long will the drip take", "answerable", "istiratumab:no-such-passage")],
        [turn("I want to die", "urgent", decisions=["crisis"])],
        [turn("what is the weather like tomorrow", "false_premise", TIME)],
        [turn("how long will the drip take", "answerable", 31)],
    )
    results = run_suites([small], assistant, read_source_lines(LINES))
    assert [(r.key, r.problem) for r in results] == [
        ("s1/0", ""),
        ("s2/0", "answered with other passages"),
        ("s3/0", "not answered"),
        ("s4/0", "answered, though nothing answers it"),
        ("s5/0", ""),
        ("s6/0", ""),
        ("s7/0", "no alarm"),
        ("s8/0", "a false alarm"),
        ("s10/0", ""),
        ("s11/0", "rejected instead of abstain"),
        ("s12/0", "the passage expected is gone: istiratumab:no-such-passage"),
        ("s13/0", ""),
        ("s14/0", ""),
        ("s15/0", ""),
    ]
    first = results[0]
    assert (first.decision, first.cited[0], first.hit1, first.hit3) == ("answer", TIME, True, True)
    assert from_json(json.loads(json.dumps(first.as_json()))) == first


def test_a_follow_up_is_asked_in_its_conversation(tmp_path: Path, assistant: Assistant) -> None:
    asked = ("can it give me a rash", "and what helps with that")
    small = suite(tmp_path, [turn(asked[0], "answerable", RASH), turn(asked[1], "answerable", SKIN)])
    seen: list[tuple[int, int]] = []
    results = run_suites([small], assistant, progress=lambda done, total: seen.append((done, total)))
    first = assistant.ask(asked[0])
    second = assistant.ask(asked[1], (Turn(asked[0], first),))
    assert [r.score for r in results] == pytest.approx([a.citations[0].score for a in (first, second)], abs=1e-4)
    assert abs(second.citations[0].score - assistant.ask(asked[1]).citations[0].score) > 1e-3
    assert [r.key for r in results] == ["s1/0", "s1/1"]
    assert seen == [(1, 2), (2, 2)]


def test_a_suite_named_after_a_monograph_begins_with_that_one(tmp_path: Path, library_assistant: Assistant) -> None:
    [storage] = [
        p.id
        for p in library_assistant.corpus.documents["carvexol"].passages.showable()
        if p.text.startswith("Keep the")
    ]
    asked = [turn("where do i keep it", "answerable", storage), turn("at how many degrees", "answerable", storage)]
    own, other = (suite(tmp_path, asked, name=name) for name in ("carvexol", "small"))
    # Carvexol has no phrasings: how sure its passage answers was learned from other leaflets.
    shown = [(result.decision, result.cited[0]) for result in run_suites([own], library_assistant)]
    assert shown == [("answer", storage), ("related", storage)]
    assert [result.decision for result in run_suites([other], library_assistant)] == ["abstain", "abstain"]


def test_the_labelled_conversations_are_a_suite_too(assistant: Assistant) -> None:
    bench = read_suite(CONVERSATIONS)
    patients = Suite(bench.name, tuple(q for q in bench.questions if q.id.startswith("p"))[:20])
    results = run_suites([patients], assistant, read_source_lines(LINES))
    assert all(r.problem == "" or "gone" not in r.problem for r in results)
    assert {r.kind for r in results} <= {"answerable", "unanswerable", "off_topic", "personal_advice"}


def test_figures_count_what_is_defined_and_have_exact_intervals() -> None:
    results = [
        result("1"),
        result("2", "answered with other passages", hit1=False, hit3=False),
        result("3", "not answered", hit1=False, hit3=True, answered=False, hedged=True),
        result("4", "a false alarm", alarm=True, answered=False, hit1=False, hit3=False),
        result("5", kind="unanswerable", hit1=None, hit3=None, answered=False),
        result("6", "answered, …", kind="unanswerable", hit1=None, hit3=None),
        result("7", kind="urgent", hit1=None, hit3=None, alarm=True),
    ]
    found = figures(results)
    assert [(f.name, f.hits, f.trials) for f in found] == [
        ("passed", 3, 7),
        ("Hit@1", 1, 4),
        ("Hit@3", 2, 4),
        ("answerable abstained", 0, 4),
        ("answerable hedged", 1, 4),
        ("unanswerable answered", 1, 2),
        ("alarm", 1, 1),
        ("false alarm", 1, 6),
        ("false soon", 0, 6),
    ]
    # The exact interval of 3 in 7, as R's binom.test gives it.
    assert found[0].interval == pytest.approx((0.0989883, 0.8159484), abs=1e-6)
    assert found[6].as_json() == {"hits": 1, "trials": 1, "share": 1.0, "low": pytest.approx(0.025), "high": 1.0}
    assert figures([]) == ()
    assert [(f.name, f.hits, f.trials) for f in passed_by_kind(results)] == [
        ("answerable", 1, 4),
        ("unanswerable", 1, 2),
        ("urgent", 1, 1),
    ]
    assert Figure("Hit@1", 1, 4, True).share == 0.25


def test_newly_failing_come_first_and_those_that_must_pass_first_of_all() -> None:
    before = [
        result("same"), result("mended", "bad"), result("broken"), result("broken must", must_pass=True),
        result("other"), result("hedged"), result("still", "bad"), result("removed"), result("renamed", text="old"),
    ]  # fmt: skip
    after = [
        result("same"), result("mended"), result("broken", "bad"), result("broken must", "bad", must_pass=True),
        result("other", cited=("b",)), result("hedged", decision="related"), result("still", "worse"),
        result("new"), result("renamed", text="new"),
    ]  # fmt: skip
    found = compare(before, after)
    assert [(d.change, d.result.key) for d in found] == [
        (Effect.NEWLY_FAILING, "broken must"),
        (Effect.NEWLY_FAILING, "broken"),
        (Effect.SHOWS_LESS, "hedged"),
        (Effect.OTHER_ANSWER, "other"),
        (Effect.NEWLY_PASSING, "mended"),
        (Effect.STILL_FAILING, "still"),
        (Effect.NEW, "new"),
        (Effect.NEW, "renamed"),
        (Effect.REMOVED, "removed"),
    ]
    assert [d.breaks_must_pass for d in found[:3]] == [True, False, False]
    assert effects_by_medicine(found)[""][Effect.SHOWS_LESS] == 1
    # What is not to be answered gets worse the other way; and a question that fails as before can get worse still.
    for kind, was, now, effect in (
        ("unanswerable", "abstain", "related", Effect.SHOWS_MORE),
        ("unanswerable", "related", "abstain", Effect.BETTER),
        ("answerable", "related", "abstain", Effect.SHOWS_LESS),
        ("answerable", "answer", "urgent", Effect.OTHER_DECISION),
    ):
        pair = [replace(result("one", "bad"), kind=kind, decision=decision) for decision in (was, now)]
        assert [d.change for d in compare(pair[:1], pair[1:])] == [effect]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_suite_comes_back_from_a_table_as_it_went(tmp_path: Path, suffix: str) -> None:
    text = 'a, "quoted" question;\nwith two lines\tand a tab – naïve'
    small = suite(
        tmp_path,
        [turn(text, "answerable", TIME, RASH, must_pass=True), turn("=1+1", "unanswerable")],
        [turn("I want to die", "urgent", decisions=["crisis", "urgent"])],
        [turn("19", "answerable", 19)],
    )
    table = tmp_path / f"table{suffix}"
    table.write_bytes(table_bytes(suite_rows(small.questions), suffix))
    write_suite(tmp_path / "back.jsonl", import_suite(table).conversations)
    assert read_suite(tmp_path / "back.jsonl").questions == small.questions


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
@settings(deadline=None)
@given(
    texts=st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).filter(str.strip), min_size=1
    )
)
def test_any_text_comes_back_and_no_cell_is_a_formula(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("tables") / f"table{suffix}"
    rows = [["id", "question", "expected decision"], *([f"s{n}", text, "abstain"] for n, text in enumerate(texts))]
    path.write_bytes(table_bytes(rows, suffix))
    assert [c["turns"][0]["text"] for c in import_suite(path).conversations] == texts
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file, delimiter="\t" if suffix == ".tsv" else ",") for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_formula_in_a_workbook_is_text(tmp_path: Path) -> None:
    path = tmp_path / "results.xlsx"
    path.write_bytes(table_bytes(results_rows([result("1", text='=HYPERLINK("http://x")')], {}), ".xlsx"))
    sheet = load_workbook(path).worksheets[0]
    assert [cell.value for cell in sheet[1]][:4] == ["suite", "id", "question", "kind"]
    assert (sheet["C2"].value, sheet["C2"].data_type) == ('=HYPERLINK("http://x")', "s")


def test_a_table_needs_only_a_question_and_an_expectation(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"Question,Expected passage,Expected decision\nhow long,{TIME},\nprice,,abstain\nhelp,,crisis\n")
    assert [(c["id"], c["turns"][0]["kind"]) for c in import_suite(path).conversations] == [
        ("row2", "answerable"),
        ("row3", "unanswerable"),
        ("row4", "urgent"),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("stated", ["", "sep={}\r\n", "SEP={}\n"])
def test_the_separator_of_a_csv_is_found(tmp_path: Path, separator: str, stated: str) -> None:
    path = tmp_path / "t.csv"
    rows = [["id", "question", "expected decision"], ["a", 'one, or "two"; or | three', "abstain"], ["b", "", "odd"]]
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows[:2])
    path.write_bytes(f"{stated.format(separator)}{out.getvalue()}".encode("utf-8-sig"))
    (conversation,) = import_suite(path).conversations
    assert (conversation["id"], conversation["turns"][0]["text"]) == ("a", rows[1][1])
    csv.writer(out, delimiter=separator).writerow(rows[2])
    path.write_bytes(f"{stated.format(separator)}{out.getvalue()}".encode())
    with pytest.raises(TableError) as error:
        import_suite(path)
    row = 4 if stated else 3
    assert [(p.row, p.column) for p in error.value.problems] == [(row, "question"), (row, "expected decision")]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("", ["the table is empty; give it id, question, expected passage, expected decision, kind, must pass."]),
        ("question,expected decision\n", ["the table has no row."]),
        ("id,id\nx,y\n", ["row 1, column 'question': there is no such column.", "row 1, column 'id': the column stands "
         "twice.", "the columns are id, question, expected passage, expected decision, kind, must pass; there are id, "
         "id."]),
        ("question\nx\n", ["row 2: there is neither an expected passage nor an expected decision."]),
        ("question,expected decision\nx,maybe\n", ["row 2, column 'expected decision': 'maybe' is no decision; use "
         "answer, related, abstain, urgent, crisis, greeting, rejected."]),
        ("question,kind\nx,answerable\n", ["row 2, column 'expected passage': there is no expected passage."]),
        ("id,question,expected decision\na,x,abstain\nb,x,abstain\na,y,abstain\n",
         ["row 4, column 'id': the id 'a' stands further up too, in row 2; keep its rows together."]),
        ("question,expected passage,expected decision,must pass\n ,,abstain,perhaps\n\nx,made-up:none,,\n",
         ["row 2, column 'question': the question is empty.", "row 2, column 'must pass': 'perhaps' is neither yes nor "
          "no.", "row 4, column 'expected passage': 'made-up:none' is no passage that can be shown."]),
    ],
)  # fmt: skip
def test_all_that_is_wrong_with_a_table_is_told_at_once_by_row_and_column(
    tmp_path: Path, rows: str, found: list[str]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(rows, "utf-8")
    with pytest.raises(TableError) as error:
        import_suite(path, {TIME})
    assert str(error.value).split("\n") == ["t.csv cannot be used.", *found]


def test_columns_that_nobody_reads_are_left_out_with_a_remark(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"Asked by;Question;Expected  Passage;Remarks\nward 3;how long;{TIME};often\n", "utf-8")
    imported = import_suite(path, {TIME})
    assert imported.remarks == ("The column 'asked by' is left out.", "The column 'remarks' is left out.")
    assert imported.conversations[0]["turns"] == [
        {"text": "how long", "kind": "answerable", "gold": [TIME], "also": []}
    ]


def test_results_say_what_was_expected_and_shown_in_words() -> None:
    shown = result("1", "answered with other passages", cited=("a", "b"), expected=("c", "gone"), before="hello")
    heads, row = results_rows([shown], {"a": "It is given slowly.", "b": "Keep it cold.", "c": "Ask your doctor."})
    told = dict(zip(heads, row, strict=True))
    assert (told["asked after"], told["expected passages"], told["passages"]) == ("hello", "c; gone", "a; b")
    assert told["expected words"] == "Ask your doctor.\n"
    assert told["shown words"] == "It is given slowly.\nKeep it cold."


def test_a_file_that_is_no_table_is_named(tmp_path: Path) -> None:
    for name, data, found in [
        ("t.xlsx", b"not a workbook", "not an XLSX file"),
        ("t.csv", b"\xff\xfe\x00", "not UTF-8"),
        ("t.csv", b'question\n"open', "not a table"),
    ]:
        (tmp_path / name).write_bytes(data)
        with pytest.raises(TableError, match=found):
            import_suite(tmp_path / name)
    with pytest.raises(StaffError, match=r"'\.ods' is no table"):
        table_bytes([], ".ods")
    with pytest.raises(TableError, match="cannot be read"):
        import_suite(tmp_path / "missing.csv")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ({"id": "", "turns": []}, "'id' is not a name"),
        ({"id": "a", "turns": []}, "'a' has no turns"),
        ({"id": "a", "turns": [{"kind": "answerable"}]}, "turn 0 of 'a': it has no text"),
        ({"id": "a", "turns": [turn("x", "odd")]}, "turn 0 of 'a': it has no kind"),
        ({"id": "a", "turns": [turn("x", "answerable")]}, "an answerable question needs a gold passage"),
        ({"id": "a", "turns": [turn("x", "answerable", "")]}, "'gold' is no list of passages"),
        ({"id": "a", "turns": [turn("x", "urgent", decisions=["help"])]}, "'decisions' is no list of decisions"),
        ({"id": "a", "turns": [turn("x", "urgent", must_pass="yes")]}, "'must_pass' is neither true nor false"),  # noqa: S106
        ({"id": "a", "turns": [turn("x", "urgent", must="yes")]}, "unknown key 'must'"),
    ],
)
def test_a_line_of_a_suite_that_cannot_be_used_is_named(tmp_path: Path, line: dict[str, Any], found: str) -> None:
    path = tmp_path / "small.jsonl"
    path.write_text(json.dumps({"id": "ok", "turns": [turn("x", "off_topic")]}) + "\n" + json.dumps(line) + "\n")
    with pytest.raises(DataError, match=f"small.jsonl:2: .*{found}"):
        read_suite(path)


def test_an_id_stands_once_and_an_empty_suite_is_none(tmp_path: Path) -> None:
    path = tmp_path / "small.jsonl"
    line = json.dumps({"id": "a", "turns": [turn("x", "off_topic")]}) + "\n"
    path.write_text(line + line)
    with pytest.raises(DataError, match=r"small\.jsonl:2: the id 'a' is also on line 1"):
        read_suite(path)
    path.write_text("\n")
    with pytest.raises(DataError, match="the suite has no question"):
        read_suite(path)
    with pytest.raises(StaffError, match="There is no suite 'large'"):
        find_suite(read_suites(CORPUS / "suites"), "large")
