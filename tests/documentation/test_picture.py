"""The picture of the architecture: what imports what, in layers."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from documentation.imports import Package, imported_names, in_layers, read_packages
from documentation.picture import layers_svg
from tests.conftest import ROOT

SVG = "{http://www.w3.org/2000/svg}"


def package(name: str, *imports: str) -> Package:
    return Package(name, f"{name} <&> things.", {}, frozenset(imports))


def test_the_layers_are_those_of_the_code() -> None:
    layers = in_layers(read_packages(ROOT))
    names = [layer.name for layer in layers]
    assert names == ["app.py", "training", "web", "staff", "evaluation", "assistant", "retrieval"]
    assert all(layer.purpose for layer in layers)
    assert all(set(layer.imports) <= set(names[row + 1 :]) for row, layer in enumerate(layers))


def test_imports_are_read_from_the_modules(tmp_path: Path) -> None:
    for path, text in {
        "app.py": '"""Serve."""\nfrom top.a import b\n',
        "top/__init__.py": '"""The top.\n\nMore."""\n',
        "top/a.py": "import low.c, json\nfrom elsewhere import d\n",
        "top/part/__init__.py": '"""A part."""\n',
        "low/__init__.py": "",
        "low/__main__.py": "def run() -> None:\n    from top.a import b\n",
        "tests/__init__.py": "import top.a\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    assert in_layers(read_packages(tmp_path)) == [
        Package("app.py", "Serve.", {}, frozenset({"top"})),
        Package("top", "The top.", {"part": "A part."}, frozenset({"low"})),
        Package("low", "", {}, frozenset()),
    ]


def test_a_relative_import_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("import b\nfrom . import c\n", "utf-8")
    with pytest.raises(ValueError, match=r"a\.py:2: a relative import"):
        list(imported_names(path))


def test_packages_that_import_each_other_are_named() -> None:
    with pytest.raises(ValueError, match="These packages import each other: a, b"):
        in_layers([package("a", "b"), package("b", "a"), package("c")])


def test_the_picture_has_an_arrow_for_each_import() -> None:
    drawn = ET.fromstring(layers_svg([package("a", "b", "c"), package("b", "c"), package("c")]))  # noqa: S314
    assert drawn.get("aria-label") == "a imports b, c; b imports c; c imports none"
    assert [arrow.get("d") for arrow in drawn.findall(f"{SVG}path")] == [
        "M750 92H804V124H750",
        "M750 92H804V208H750",
        "M750 176H786V222H750",
    ]
    assert [text.text for text in drawn.findall(f"{SVG}text[@class='name']")] == ["a", "b", "c"]
    assert "b <&> things." in [text.text for text in drawn.findall(f"{SVG}text")]
