"""What the peers share: exact inputs, exact outputs, clear errors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.peers.peer_io import (
    Chunking,
    Document,
    Hit,
    Question,
    Search,
    answer_lines,
    chunking_name,
    each_alone,
    rank_documents,
    read_beir,
    read_conversations,
    read_monograph,
)
from retrieval.monograph import read_monograph as read_for_product

MONOGRAPH = Path(__file__).resolve().parents[2] / "corpus" / "monographs" / "istiratumab.md"


def test_turns_are_read_in_order_as_they_were_asked(tmp_path: Path) -> None:
    file = tmp_path / "conversations.jsonl"
    file.write_text(
        '{"id": "c1", "turns": [{"text": "How long?", "gold": [3]}, {"text": " a\\u2028b ", "gold": []}]}\n'
        "\n"
        '{"id": "p2", "turns": [{"text": ""}]}\n',
        "utf-8",
    )
    assert read_conversations(file) == [
        Question("c1", 0, "How long?"),
        Question("c1", 1, " a\u2028b "),
        Question("p2", 0, ""),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"id": "a", "turns": []}\nnot json\n', ":2: is not JSON. Write one JSON object a line."),
        ('{"id": "a"}\n', ":1: must be an object with id, turns."),
        ("[1]\n", ":1: must be an object with id, turns."),
        ('{"id": "a", "turns": [{"kind": "urgent"}]}\n', ":1: 'turns' must be a list of objects with text."),
    ],
)
def test_conversations_that_cannot_be_read_say_where(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "conversations.jsonl"
    file.write_text(text, "utf-8")
    with pytest.raises(SystemExit) as stopped:
        read_conversations(file)
    assert str(stopped.value) == f"{file}{problem}"


def test_the_peers_read_the_same_text_as_the_product() -> None:
    assert read_monograph(MONOGRAPH) == Document("istiratumab", read_for_product(MONOGRAPH).source)


def test_a_monograph_without_front_matter_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bare.md"
    file.write_text("## Uses\n\n---\nText.\n", "utf-8")
    with pytest.raises(SystemExit, match=r"bare\.md:1: has no front matter\. Name a monograph of the corpus\."):
        read_monograph(file)


def test_beir_documents_are_title_and_text(tmp_path: Path) -> None:
    rows = [
        {"_id": "d1", "title": "T", "text": "x y"},
        {"_id": "d2", "title": "", "text": "z"},
        {"_id": "d3", "text": "w"},
    ]
    (tmp_path / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (tmp_path / "queries.jsonl").write_text('{"_id": "q1", "text": "x?", "metadata": {}}\n', "utf-8")
    documents, queries = read_beir(tmp_path)
    assert documents == [Document("d1", "T x y"), Document("d2", "z"), Document("d3", "w")]
    assert queries == [Question("q1", 0, "x?")]


def test_an_answer_has_offsets_only_where_they_are_exact() -> None:
    document = Document("m", "aé bc aé")
    hits = [Hit("m", "aé", 0.12345678, 6), Hit("m", "bc", 0.5, 2), Hit("m", "b c", 0.4), Hit("m", "aé", 0.1, -1)]
    (line,) = answer_lines(
        [document], [Question("c1", 2, "?")], lambda question, k: hits if (question, k) == ("?", 3) else []
    )
    answer = json.loads(line)
    assert answer.pop("latency_ms") >= 0
    assert answer == {
        "id": "c1",
        "turn": 2,
        "decision": "answer",
        "notices": [],
        "citations": [
            {"document": "m", "text": "aé", "score": 0.123457, "start": 6, "end": 8},
            {"document": "m", "text": "bc", "score": 0.5},
            {"document": "m", "text": "b c", "score": 0.4},
            {"document": "m", "text": "aé", "score": 0.1},
        ],
    }


@given(st.text(), st.integers(-3, 30), st.text(max_size=4))
def test_offsets_that_are_written_are_the_slice(source: str, start: int, text: str) -> None:
    (line,) = answer_lines([Document("m", source)], [Question("c", 0, "?")], lambda _, __: [Hit("m", text, 1.0, start)])
    (citation,) = json.loads(line)["citations"]
    exact = 0 <= start <= len(source) and source[start : start + len(text)] == text
    assert ("start" in citation) == exact
    if exact:
        assert source[citation["start"] : citation["end"]] == text


def test_a_document_ranks_by_its_best_chunk_and_ties_go_down_by_id() -> None:
    chunks = [
        Hit("a", "", 0.9),
        Hit("a", "", 0.8),
        Hit("b", "", 0.7),
        Hit("d", "", 0.5),
        Hit("c", "", 0.5),
        Hit("b", "", 0.4),
    ]
    asked: list[int] = []

    def search(_: str, k: int) -> list[Hit]:
        asked.append(k)
        return chunks[:k]

    assert rank_documents(search, "?", 3) == [("a", 0.9), ("b", 0.7), ("d", 0.5)]
    assert asked == [3, 6]
    assert rank_documents(search, "?", 100) == [("a", 0.9), ("b", 0.7), ("d", 0.5), ("c", 0.5)]
    assert rank_documents(lambda _, __: [], "?") == []


def test_a_chunking_names_its_file() -> None:
    assert chunking_name({"chunk_size": 300, "chunk_overlap": 60}) == "chunk_size-300_chunk_overlap-60"


def test_a_question_that_names_a_monograph_is_asked_of_that_one_alone(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    rows = [{"id": "l1", "document": "b", "turns": [{"text": "x"}]}, {"id": "p1", "turns": [{"text": "y"}]}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    documents = [Document("a", "Of a."), Document("b", "Of b.")]
    asked: list[list[str]] = []

    def index(alone: Sequence[Document], chunking: Chunking | None) -> Search:
        assert chunking is None
        asked.append([document.id for document in alone])
        return lambda _, k: [Hit(alone[0].id, alone[0].text, 0.5)][:k]

    answers = [json.loads(line) for line in each_alone(documents, read_conversations(path), index, None)]
    assert [(a["id"], a["citations"][0]["document"]) for a in answers] == [("p1", "a"), ("l1", "b")]
    assert asked == [["a"], ["b"]]
    with pytest.raises(SystemExit, match="Conversations are about b, which is not given"):
        list(each_alone(documents[:1], read_conversations(path), index, None))
