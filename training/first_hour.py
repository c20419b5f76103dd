"""What a new medicine gets on its first day: before any review, and after the first hour of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.answer import Decision
from assistant.answerability import decide
from evaluation.asked import LEAFLETS, read_asked
from evaluation.spans import Line, covered_by_spans
from evaluation.texts import find_text
from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import Corpus, Document, read_corpus
from retrieval.decision import DecisionModel, read_decision
from retrieval.encoder import Encoder
from retrieval.intents import NOT_COVERED, Reviewed, expanded, read_section_kinds
from retrieval.retriever import Retriever
from retrieval.text import clean
from staff.proposals import Proposal, propose, read_model
from training.judged import searching
from training.leaflets import QUESTIONS, document_lines, read_questions
from training.onboarded import ONBOARDING, answering, leaflet_document, read_answers, reviewed

__all__ = ["Question", "first_hour", "held_out_questions", "questions_of"]

_SHOWN = 3
_ACCEPTED, _DROPPED = 0.5, 0.1
_HEAD = """| | answerable / not | Hit@1 | Hit@3 | plainly answered | of those first right | unanswerable: answered |
|---|---|---:|---:|---:|---:|---:|"""


@dataclass(frozen=True, slots=True)
class Question:
    """A question on a leaflet, and the lines that answer it; none: the leaflet does not."""

    document: str
    text: str
    gold: frozenset[int]


def held_out_questions(answers: Path = ONBOARDING) -> list[Question]:
    """The project's own questions on the leaflets that were read through."""
    names = sorted(path.stem for path in answers.glob("*.jsonl"))
    return [Question(name, q.text, q.gold) for name in names for q in read_questions(QUESTIONS / f"{name}.jsonl")]


def questions_of(folder: Path) -> tuple[list[Question], dict[str, Path]]:
    """The questions of a folder of labelled leaflets (evaluation/leaflets.py), and where each leaflet is."""
    asked = read_asked(LEAFLETS, folder)
    kinds = ("answerable", "unanswerable")
    turns = [t for t in asked.labels if t.document and not t.unsure and (t.gold or t.kind in kinds)]
    found = [Question(turn.document or "", turn.text, frozenset(turn.gold)) for turn in turns]
    return found, {name: find_text(asked.texts, name) for name in asked.documents}


def first_hour(
    corpus: Path, questions: Sequence[Question], texts: dict[str, Path], answers: Path, work: Path, encoder: Encoder
) -> str:
    """A table: without review; with what is proposed taken as it is; after what a reviewer accepted (`answers`)."""
    read, kept = read_corpus(corpus), CachedEncoder(encoder, work)
    documents = {name: leaflet_document(path) for name, path in texts.items()}
    kinds = read_section_kinds(corpus / "section_kinds" / "en.jsonl")
    library = Corpus(documents, read.gaps, (), {}, read.names, read.intents)
    proposed, accepted = {}, {}
    for name, document in documents.items():
        found = answering(document, read_answers(answers / f"{name}.jsonl"), _lines(document))
        accepted[name] = _with(document, reviewed(found, read.intents), read)
        proposals = propose(library, document, kinds, kept, read_model())
        proposed[name] = _with(document, [line for p in proposals for line in _unread(p)], read)
    rows = [_HEAD]
    states = (("day zero", documents), ("proposals unread", proposed), ("hour one", accepted))
    for name, state in states:
        retriever = searching(replace(library, documents=state), kept)
        rows.append(f"| {name} {_measured(retriever, read_decision(), questions)}")
    return "\n".join(rows)


def _unread(proposal: Proposal) -> Iterator[Reviewed]:
    intent, likely = proposal.intent, proposal.likely
    if likely >= _ACCEPTED:
        yield Reviewed(intent.id, intent.asks, intent.version, proposal.passages[0][0])
    elif likely < _DROPPED:
        yield Reviewed(intent.id, intent.asks, intent.version, NOT_COVERED)


def _with(document: Document, decided: Iterable[Reviewed], corpus: Corpus) -> Document:
    decided = tuple(decided)
    phrasings, gaps = expanded(decided, corpus.intents)
    return replace(document, phrasings=phrasings, gaps=gaps, reviewed=decided)


def _lines(document: Document) -> list[Line]:
    return document_lines(document.monograph.id, document.monograph.source)


def _measured(retriever: Retriever, model: DecisionModel, questions: Sequence[Question]) -> str:
    right, plain, through = [], [], []
    for question in questions:
        document = retriever.corpus.documents[question.document]
        readings = retriever.readings(clean(question.text))
        results = retriever.find(readings, _SHOWN, question.document)
        answered = decide(model, readings, results).decision == Decision.ANSWER
        if not question.gold:
            through.append(answered)
            continue
        lines = _lines(document)
        spans = [[(hit.passage.start, hit.passage.end)] for hit in results.hits]
        right.append([bool(covered_by_spans({question.document: s}, lines) & question.gold) for s in spans])
        plain.append(answered)
    first, among = [some[0] for some in right], [any(some) for some in right]
    sure = [hit for hit, answered in zip(first, plain, strict=True) if answered]
    shares = (_share(first), _share(among), _share(plain), _share(sure), _share(through))
    return f"| {len(right)} / {len(through)} | {' | '.join(shares)} |"


def _share(some: Sequence[bool]) -> str:
    return f"{sum(some) / max(1, len(some)):.3f}"
