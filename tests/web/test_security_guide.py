"""docs/security.md names a test for each control, and each of them exists."""

from __future__ import annotations

import ast
import re

from tests.conftest import ROOT

GUIDE = (ROOT / "docs" / "security.md").read_text("utf-8")


def test_every_test_it_names_exists() -> None:
    named = set(re.findall(r"`(?:tests/(\w+)/)?(test_\w+\.py)::(test_\w+)`", GUIDE))
    assert len(named) > 30
    for folder, file, test in named:
        tree = ast.parse((ROOT / "tests" / (folder or "web") / file).read_text("utf-8"))
        defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert test in defined, f"{file} has no {test}"
    for path in re.findall(r"`(tests/[\w/]+\.py)`", GUIDE):
        assert (ROOT / path).is_file()


def test_every_control_has_a_test() -> None:
    rows = [line for line in GUIDE.splitlines() if line.startswith("| ") and not line.startswith("| threat")]
    assert len(rows) > 25
    assert [row for row in rows if "test_" not in row] == []


def test_every_attack_is_in_the_guide() -> None:
    tree = ast.parse((ROOT / "tests" / "web" / "test_security.py").read_text("utf-8"))
    attacks = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}
    named = set(re.findall(r"test_security\.py::(test_\w+)", GUIDE))
    assert attacks - named <= {
        "test_no_address_reads_a_long_body",
        "test_the_page_reads_the_longest_message_and_no_more",
    }
