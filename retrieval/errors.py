"""Every error the project raises on purpose.

VerbatimError
├── CorpusError          a file that staff write: names the file, the line and what to do
├── ConversionError      a DOCX, PDF or HTML file that cannot be made into Markdown
├── DecisionError        the learned decision is missing, damaged or made for other figures
├── EncoderError         the model is missing, changed, or gave vectors that cannot be used
├── StoreError           a vector store was asked for something it cannot do
├── UnusableIndexError   the index on disk is missing, damaged or of another corpus
├── UnusableModelError   the triage's trained weights are missing, damaged or of another corpus
├── DataError            a file that is measured, or measured against: names the file and the line
├── ContractError        an answer that would break the product's promise
└── SettingsError        a setting that cannot be read
"""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "ContractError",
    "ConversionError",
    "CorpusError",
    "DecisionError",
    "EncoderError",
    "SettingsError",
    "StoreError",
    "UnusableIndexError",
    "VerbatimError",
]


class VerbatimError(Exception):
    """Base of all errors raised on purpose; the message is fit for the terminal."""


class CorpusError(VerbatimError):
    """Something in the corpus cannot be used.

    `path` and `line` (from 1) say where, `problem` what is wrong, `remedy` what to do about it.
    """

    def __init__(self, path: Path, line: int, problem: str, remedy: str) -> None:
        self.path, self.line, self.problem, self.remedy = path, line, problem, remedy
        super().__init__(f"{path}:{line}: {problem} {remedy}")


class ConversionError(VerbatimError):
    """A file that cannot be made into Markdown."""


class DecisionError(VerbatimError):
    """The learned decision cannot be used."""


class EncoderError(VerbatimError):
    """The encoder cannot be loaded, or its weights are not the ones expected."""


class StoreError(VerbatimError):
    """A vector store got vectors or ids that it must refuse."""


class UnusableIndexError(VerbatimError):
    """The index on disk cannot be used as it is."""


class ContractError(VerbatimError):
    """A value that the answer contract forbids, such as a quote that is not its slice."""


class SettingsError(VerbatimError):
    """A setting has a value that cannot be read."""
