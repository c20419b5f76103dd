"""From a corpus folder to a ready assistant: read, load or build the index, put the parts together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.assistant import Assistant
from assistant.cues import read_cues
from assistant.failures import log_failure
from assistant.instructions import read_instructions
from assistant.notices import DEFAULT_LOCALE, read_notices
from assistant.triage.examples import read_bank
from assistant.triage.gate import Triage
from assistant.triage.start import ordinary_questions, start_triage
from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import read_corpus
from retrieval.encoder import Encoder, Progress
from retrieval.garbage_collection import without_garbage_collection
from retrieval.index import open_index
from retrieval.retriever import Retriever

__all__ = ["start_assistant", "triage_folder"]


def triage_folder(index: Path) -> Path:
    """Where the triage's trained weights are kept, beside the indexes."""
    return index / "triage"


@without_garbage_collection()
def start_assistant(
    corpus: Path,
    index: Path,
    encoder: Encoder,
    report: Callable[[str], None],
    progress: Progress | None = None,
    locale: str = DEFAULT_LOCALE,
    failed: Callable[[Exception], None] = log_failure,
    milvus: str = "",
    vectors: Path | None = None,
    medicine: str = "",
    triage: Triage | None = None,
) -> Assistant:
    """Start an assistant. `report` gets a line for staff for each thing left out or built anew, `failed`
    each exception of a stage (see Assistant). `milvus` is where the vectors are if not in the index's files,
    `vectors` the folder that keeps what is cut and embedded for the next time, by default `index`. `medicine` is the id
    of the monograph that messages are about where nothing says otherwise. `triage` is one that is ready.

    Raises CorpusError if a notice, a rule of the triage, a cue, an instruction or every monograph is
    unusable, SettingsError for an unknown locale, UnusableIndexError or UnusableModelError if no index or
    no triage can be had.
    """
    notices = read_notices(corpus / "notices", locale)
    read = read_corpus(corpus, vectors or index)
    for problem in read.problems:
        report(f"left out: {problem}")
    instructions = read_instructions(corpus / "instructions", read.passages)
    ordinary = ordinary_questions(read)

    def of_triage() -> Sequence[str]:
        return read_bank(corpus / "triage", ordinary).texts if triage is None else ()

    opened = open_index(index, read, encoder, progress, report, milvus, vectors, of_triage)
    cached = CachedEncoder(encoder, vectors or index)
    if triage is None:
        triage = start_triage(corpus / "triage", triage_folder(index), ordinary, cached, progress, report)
    retriever = Retriever(read, opened, encoder)
    return Assistant(retriever, triage, notices, instructions, read_cues(corpus, read, medicine), failed=failed)
