"""The command line, as its users call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.triage.gate import Triage
from retrieval.index import Index
from staff.accounts import Account
from staff.change_kinds import Kind
from staff.changes import Changes
from staff.state import State
from tests import command_line
from tests.conftest import CORPUS
from tests.staff.conftest import PASSWORD
from tests.staff.made_up import BODY, QUESTIONS, Small, monograph

OFF = "The staff bench is off. Set --staff or VERBATIM_STAFF to a folder for its state.\n"


OF_OTHERS = {
    "assistant": ("release", "rollback", "status", "audit"),
    "evaluation": ("suite", "suite-import", "suite-export"),
}
"""Commands that another package's entry point has too. Here they are called by it."""


def run(*arguments: str | Path, typed: str = "", package: str = "") -> command_line.Done:
    package = package or next((name for name, commands in OF_OTHERS.items() if arguments[0] in commands), "staff")
    return command_line.run(package, *arguments, typed=typed)


@pytest.mark.parametrize(("package", "command"), [(name, each) for name, all_ in OF_OTHERS.items() for each in all_])
def test_a_command_that_is_handed_over_is_the_staffs_own(package: str, command: str) -> None:
    theirs, own = (run(command, "--help", package=name) for name in (package, "staff"))
    assert (theirs.returncode, theirs.stderr) == (own.returncode, own.stderr) == (0, "")
    words = theirs.stdout.replace(f"python -m {package}", "python -m staff").split()
    assert words == own.stdout.split()
    assert command in "".join(run("--help", package=package).stdout.split())


def test_the_bench_is_off_unless_a_folder_is_set() -> None:
    done = command_line.spawn("staff", "user", "list")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", OFF)


def test_accounts_with_the_password_from_standard_input(tmp_path: Path) -> None:
    home: list[str | Path] = ["--staff", tmp_path / "state"]
    adding = ("user", "add", "anna", "--role", "approver", *home)
    assert command_line.spawn("staff", *adding, typed=f"{PASSWORD}\n").stdout == "added anna, approver\n"
    assert run("user", "add", "rita", *home, typed=f"{PASSWORD}\n").stdout == "added rita, reviewer\n"
    short = run("user", "add", "carl", *home, typed="short\n")
    assert (short.returncode, short.stderr) == (2, "The password must have 12 to 200 characters.\n")
    assert run("user", "disable", "rita", *home).returncode == 0
    assert run("user", "list", *home).stdout == "anna approver\nrita reviewer disabled\n"
    verified = run("audit", "verify", *home)
    assert verified.stdout.startswith("sound: 3 records, head 3:")
    head = verified.stdout.split()[-1]
    assert run("audit", "verify", "--head", head, *home).returncode == 0
    assert run("audit", "verify", "--head", f"3:{'0' * 64}", *home).returncode == 1
    shown = [json.loads(line) for line in run("audit", "show", *home).stdout.splitlines()]
    assert [(r["n"], r["action"], r["subject"]) for r in shown] == [
        (1, "account added", "anna"),
        (2, "account added", "rita"),
        (3, "account disabled", "rita"),
    ]
    assert run("backup", tmp_path / "copy.sqlite3", *home).returncode == 0
    again = run("backup", tmp_path / "copy.sqlite3", *home)
    assert (again.returncode, again.stderr) == (
        2,
        f"{tmp_path / 'copy.sqlite3'} is there already. Give a file that is not.\n",
    )


def test_a_password_cannot_be_an_argument(tmp_path: Path) -> None:
    for command in (["user", "add", "anna"], ["release", "--as", "anna"]):
        done = run(*command, "--password", PASSWORD, "--staff", tmp_path)
        assert done.returncode == 2
        assert "unrecognized arguments: --password" in done.stderr


def test_the_log_with_its_tail_cut_off_fails_the_check(state: State, anna: Account) -> None:
    assert anna
    (state.folder / "audit.head").write_text(f"2:{'0' * 64}\n", "utf-8")
    done = run("audit", "verify", "--staff", state.folder)
    assert done.returncode == 1
    assert done.stderr == "Audit record 2 is missing: the log ends before it, but the anchor knows 2 records.\n"


def test_a_suite_goes_through_a_table_and_fails_for_ci(tmp_path: Path, index: Index, triage: Triage) -> None:
    assert triage  # trained beside the index, where the command finds it
    table, suite = tmp_path / "t.xlsx", tmp_path / "small.jsonl"
    exported = run("suite-export", CORPUS / "suites" / "istiratumab.jsonl", table)
    assert exported.returncode == 0, exported.stderr
    assert run("suite-import", table, suite).returncode == 0
    rows = suite.read_text("utf-8").splitlines()
    suite.write_text("\n".join(rows[:3]) + "\n", "utf-8")
    done = run("suite", suite, "--index", index.folder.parent, "--out", tmp_path / "results.jsonl")
    assert done.returncode == 0, done.stderr
    assert "passed                   1.000 (0.29–1.00)  3 of 3" in done.stdout
    assert len((tmp_path / "results.jsonl").read_text("utf-8").splitlines()) == 3
    wrong = json.loads(rows[0])
    wrong["turns"][0] |= {"kind": "unanswerable", "gold": [], "also": [], "must_pass": True}
    suite.write_text(json.dumps(wrong) + "\n", "utf-8")
    done = run("suite", suite, "--index", index.folder.parent)
    assert done.returncode == 1
    assert "fail  small/s001/0  MUST PASS  answered, though nothing answers it" in done.stdout


def test_a_release_is_made_compared_with_and_rolled_back(
    state: State, small: Small, rita: Account, anna: Account
) -> None:
    assert (rita.name, anna.name) == ("rita", "anna")
    home: list[str | Path] = ["--staff", state.folder, "--corpus", small.folder, "--index", state.folder / "index"]
    sign: list[str | Path] = ["--as", "anna", "--encoder", "plain", *home]
    measure: list[str | Path] = ["release", "--as", "rita", "--encoder", "plain", *home]
    gates = small.folder / "suites" / "gates.yaml"
    gates.write_text("at_least: {Hit@3: 1}\n", "utf-8")
    refused = run(*measure, package="assistant", typed=f"{PASSWORD}\n")
    assert (refused.returncode, "FAILED  Hit@3: 1 of 2" in refused.stdout) == (1, True)
    gates.write_text("at_least: {Hit@3: 0.5}\n", "utf-8")
    ids = []
    for _ in range(2):
        measured = run(*measure, package="assistant", typed=f"{PASSWORD}\n")
        assert measured.returncode == 0, measured.stderr
        assert "waits for a signature" in measured.stdout
        signing = ["release", "--sign", measured.stdout.split("--sign ")[1].split()[0]]
        assert run(*signing, *measure[1:], typed=f"{PASSWORD}\n").returncode == 2  # a reviewer, who measured it
        done = run(*signing, *sign, typed=f"{PASSWORD}\n")
        assert done.returncode == 0, done.stderr
        ids.append(done.stdout.split()[-1])
    assert [name[:5] for name in ids] == ["0001-", "0002-"]

    against: list[str | Path] = ["--against", ids[0], "--encoder", "plain", *home]
    same = run("suite", *against)
    assert (same.returncode, same.stdout.splitlines()[-1].split("  ")[0]) == (0, "still failing")
    (small.folder / "questions" / "made-up.jsonl").write_text("", "utf-8")
    body = BODY.replace("over 60 minutes", "over an hour or more")
    (small.folder / "monographs" / "made-up.md").write_bytes(monograph(body).encode())
    broken = run("suite", *against, "--out", state.folder / "results.csv")
    assert broken.returncode == 1
    differences = broken.stdout.split("\n\n")[1].splitlines()
    assert differences[0].startswith(f"newly failing  MUST PASS  made-up/s1/0  {QUESTIONS[0][1]}")
    assert "the passage expected is gone" in differences[0]
    assert "made-up,s1/0" in (state.folder / "results.csv").read_text("utf-8-sig")
    assert run("suite", "--against", "0009", "--encoder", "plain", *home).returncode == 2

    assert run("rollback", ids[0], *sign, typed=f"{PASSWORD}\n").returncode == 2  # nothing says why
    back = run("rollback", ids[0], "--reason", "it broke a question", *sign, typed=f"{PASSWORD}\n")
    assert back.stdout == f"live: {ids[0]}\n"
    status = run("status", "--encoder", "plain", *home).stdout.splitlines()
    assert status[0] == f"live: {ids[0]}"
    assert [line.split()[0] for line in status[1:3]] == ids
    assert run("audit", "verify", *home).stdout.startswith("sound: ")


def test_a_change_is_listed_and_rejected_with_the_password_of_an_approver(
    state: State, small: Small, rita: Account, anna: Account
) -> None:
    assert anna
    Changes(state).propose(rita, Kind.GAP, {"document": "any", "topic": "sport", "q": "who won"}, "asked", small.corpus)
    home: list[str | Path] = ["--staff", state.folder, "--corpus", small.folder]
    assert run("changes", *home).stdout == (
        "change 1  pending  gap by rita: asked\n"
        "    document: any\n    topic: sport\n    q: who won\n    not tried yet\n"
    )
    for name, password, code in (("anna", "wrong", 2), ("rita", PASSWORD, 2), ("anna", PASSWORD, 0)):
        rejecting = ["reject", "1", "--reason", "it is off topic", "--as", name]
        assert run(*rejecting, *home, typed=f"{password}\n").returncode == code
    assert run("changes", *home).stdout == ""


@pytest.mark.parametrize("name", ["new.html", "new.md"])
def test_a_document_is_converted_and_what_an_update_touches_is_said(tmp_path: Path, index: Index, name: str) -> None:
    source, out = tmp_path / name, tmp_path / "out.md"
    text = (CORPUS / "monographs" / "istiratumab.md").read_text("utf-8").rpartition("---\n")[2]
    body = text.replace("60 to 90 minutes", "30 to 60 minutes")
    source.write_text("<h2>Drug Overview</h2><p>A drug.</p>" if name == "new.html" else body, "utf-8")
    assert run("convert", source, out).returncode == 0
    if name == "new.html":
        assert out.read_text("utf-8") == "## Drug Overview\n\nA drug.\n"
        return
    done = run("update", "istiratumab", source, "--index", index.folder.parent)
    assert done.returncode == 0, done.stderr
    assert "changed  - istiratumab:infusion-time-cefb456807" in done.stdout
    assert "questions of suites expect a passage that is gone" in done.stdout


def test_what_was_not_found_is_empty_at_first_and_status_says_so(state: State, small: Small) -> None:
    home: list[str | Path] = ["--staff", state.folder, "--corpus", small.folder]
    assert run("unanswered", *home).stdout == ""
    done = run("status", *home)
    assert done.stdout == (
        "live: no release yet; the corpus folder is served\npending changes: 0\nthe corpus folder is not what is live\n"
    )
    unknown = run("rollback", "0001", "--reason", "x", "--as", "nobody", *home, typed="x\n")
    assert (unknown.returncode, unknown.stdout) == (2, "")
