"""DOCX, PDF and HTML into the Markdown of a monograph, for staff to check beside the original.

A converter guesses: nothing that comes out of here is approved text. It becomes a change like any other, read by
two people. Each file is read twice, by two programs: once to be converted, and once more to compare (decision 0026).

file -> html, docx or pdf -> pieces -> Markdown -> reading ─┐
file -> reread (code of its own) ────────────────> reading ─┴> compare -> differences
"""

from __future__ import annotations

from retrieval.convert.compare import Difference, compare
from retrieval.convert.files import LARGEST, SUFFIXES, Converted, convert
from retrieval.convert.reading import Reading, read_markdown

__all__ = ["LARGEST", "SUFFIXES", "Converted", "Difference", "Reading", "compare", "convert", "read_markdown"]
