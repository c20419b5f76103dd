"""Imports run one way: app -> web -> staff -> evaluation -> assistant -> retrieval; settings are read at the edge.

A `__main__` is an entry point and stands in no layer's way: it may hand a command over to the staff bench, which it
imports when that command is given and not before.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from documentation.imports import imported_names
from tests.conftest import ROOT

LAYERS = ["retrieval", "assistant", "evaluation", "staff", "web"]
MODULES = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))


HANDED_OVER = {"assistant/__main__.py": ["staff.__main__"], "evaluation/__main__.py": ["staff.__main__"]}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_layer_imports_only_layers_below(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0]
    above = {*LAYERS[LAYERS.index(layer) + 1 :], "app", "composition", "tests", "benchmarks"}
    names = list(imported_names(path))
    assert [name for name in names if name.split(".")[0] in above] == HANDED_OVER.get(str(path.relative_to(ROOT)), [])
    if path.name != "__main__.py":
        assert "settings" not in names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_only_the_edge_reads_the_environment(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    read = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr in ("environ", "getenv")]
    assert not read or path.name == "__main__.py"


def test_there_is_no_circle_of_imports() -> None:
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in MODULES}
    edges = {names[path]: set(imported_names(path)) & set(names.values()) for path in MODULES}
    while leaves := {name for name, needs in edges.items() if not needs}:
        edges = {name: needs - leaves for name, needs in edges.items() if name not in leaves}
    assert edges == {}


def test_corpus_is_data_only() -> None:
    assert not list((ROOT / "corpus").rglob("*.py"))


def test_an_entry_point_loads_the_staff_bench_for_its_commands_alone() -> None:
    code = "import sys, assistant.__main__, evaluation.__main__; print([m for m in sys.modules if 'staff' in m])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_importing_a_package_loads_no_model() -> None:
    code = "import sys, retrieval.retriever, assistant.assistant; print('torch' in sys.modules, 'faiss' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


def test_no_entry_point_loads_at_its_start_what_few_commands_need() -> None:
    slow = ("scipy.stats", "torch", "sklearn", "gradio", "faiss", "onnxruntime", "sentence_transformers", "matplotlib")
    code = f"import sys, staff.__main__, evaluation.__main__, app; print([m for m in {slow} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
