"""`python -m documentation`: make tables of figures and the picture anew; `--check` only says what is out of date."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from documentation.blocks import filled
from documentation.figures import tables
from documentation.imports import in_layers, read_packages
from documentation.picture import layers_svg
from retrieval.errors import VerbatimError

__all__ = ["main", "out_of_date"]

_ROOT = Path(__file__).resolve().parent.parent
_PICTURE = "docs/architecture.svg"


def out_of_date(root: Path) -> Iterator[tuple[Path, str]]:
    """Each file that is not as the command makes it, and what it is to hold.

    Raises DataError at a mark that cannot be read.
    """
    made = tables(root)
    pages = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    fresh = {page: filled(page.relative_to(root), page.read_text("utf-8"), made) for page in pages}
    fresh[root / _PICTURE] = layers_svg(in_layers(read_packages(root)))
    for path, text in fresh.items():
        if not path.is_file() or path.read_text("utf-8") != text:
            yield path, text


def main(argv: Sequence[str] | None = None, root: Path = _ROOT) -> int:
    """Returns 0; 1 if `--check` found something out of date; 2 if a page cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m documentation", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if something is out of date")
    arguments = parser.parse_args(argv)
    try:
        stale = list(out_of_date(root))
    except VerbatimError as error:
        print(error, file=sys.stderr)
        return 2
    for path, text in stale:
        if not arguments.check:
            path.write_text(text, "utf-8")
        print(f"{'out of date' if arguments.check else 'wrote'}: {path.relative_to(root)}")
    return 1 if stale and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
