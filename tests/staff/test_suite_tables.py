"""Suites as tables: they come back as they went, and all that is wrong is told at once."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from staff.errors import StaffError, TableError
from staff.suite_tables import import_suite, results_rows, suite_rows, write_suite
from staff.suites import read_suite
from staff.table_files import FORMATS, table_bytes
from tests.staff.suite_parts import RASH, TIME, result, suite, turn


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
