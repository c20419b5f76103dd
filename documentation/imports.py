"""Which package imports which, read from the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Package", "imported_names", "in_layers", "read_packages"]

_APP = "app.py"
_APART = {"tests", "documentation"}
"""Packages that stand beside the product: they may import all of it."""


@dataclass(frozen=True, slots=True)
class Package:
    """A folder of modules that is one layer, or the module that starts the service."""

    name: str
    purpose: str
    """First line of its docstring."""
    parts: Mapping[str, str]
    """Packages within it, with their purpose."""
    imports: frozenset[str]
    """Names of the other packages that its modules import; entry points (`__main__`) do not count."""


def imported_names(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, anywhere in it. Raises ValueError at a relative import."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(f"{path}:{node.lineno}: a relative import. Write the module's whole name.")
            yield str(node.module)


def read_packages(root: Path) -> list[Package]:
    """The packages below `root` and app.py, in order of name."""
    folders = sorted(path.parent for path in root.glob("*/__init__.py") if path.parent.name not in _APART)
    known = {folder.name for folder in folders}
    found = [_package(folder, known) for folder in folders]
    app = root / _APP
    return [Package(_APP, _purpose(app), {}, frozenset(_tops([app]) & known)), *found]


def in_layers(packages: list[Package]) -> list[Package]:
    """From the top, which nothing imports, to the bottom. Raises ValueError if imports go round in a circle."""
    left, order = {package.name: package for package in packages}, list[Package]()
    while left:
        free = [name for name, package in left.items() if not package.imports & set(left)]
        if not free:
            raise ValueError(f"These packages import each other: {', '.join(sorted(left))}.")
        # Of those that stand on what is placed, the one that most others need comes first.
        needed = min(free, key=lambda name: (-sum(name in p.imports for p in left.values()), name == _APP, name))
        order.append(left.pop(needed))
    return order[::-1]


def _package(folder: Path, known: set[str]) -> Package:
    modules = [path for path in folder.rglob("*.py") if path.name != "__main__.py"]
    parts = {path.parent.name: _purpose(path) for path in sorted(folder.glob("*/__init__.py"))}
    imports = frozenset((_tops(modules) & known) - {folder.name})
    return Package(folder.name, _purpose(folder / "__init__.py"), parts, imports)


def _tops(paths: list[Path]) -> set[str]:
    return {name.split(".")[0] for path in paths for name in imported_names(path)}


def _purpose(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    return text.splitlines()[0] if text else ""
