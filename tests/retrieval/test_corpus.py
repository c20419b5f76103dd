"""The corpus: the real one word for word, and every way a file can be wrong."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from retrieval.corpus import Corpus, read_corpus
from retrieval.errors import ContractError, CorpusError
from retrieval.monograph import Monograph, text_sha256
from retrieval.passages import Level

WORDS_SHA256 = "2401a3c4cfceb611396c05e30c1bf78788f3dab819e61516436f7da28a25cfff"
"""SHA-256 of the words of the monograph as it was received: marks and white space folded."""

BODY = "## What\n\nA medicine.\n\n## Legal Disclaimer\n\nAsk your doctor.\n"
FIELDS = {
    "id": "made-up",
    "title": "Made up",
    "generic_name": "madeupimab",
    "aliases": "[MU-1]",
    "version": '"1"',
    "effective": "2026-01-01",
    "review_by": "2027-01-01",
    "owner": "Tests",
    "status": "approved",
    "source": "made up",
}


def write(folder: Path, name: str = "made-up.md", *, body: str = BODY, **changes: str | None) -> Path:
    """Write a monograph, with some front matter changed (None: left out)."""
    fields = {**FIELDS, "sha256": text_sha256(body), **changes}
    path = folder / "monographs" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{key}: {value}" for key, value in fields.items() if value is not None]
    path.write_bytes("\n".join(["---", *lines, "---", body]).encode())
    return path


def questions(folder: Path, *lines: str, name: str = "made-up.jsonl") -> Path:
    path = folder / "questions" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_the_words_are_those_of_the_original(corpus: Corpus) -> None:
    source = corpus.documents["istiratumab"].monograph.source
    without_rules = re.sub(r"^\|( --- \|)+$", "", source, flags=re.MULTILINE)
    words = " ".join(re.sub(r"[#|]|^- ", "", without_rules, flags=re.MULTILINE).split())
    assert hashlib.sha256(words.encode()).hexdigest() == WORDS_SHA256


def test_the_real_corpus_has_no_problems(corpus: Corpus) -> None:
    assert corpus.problems == ()
    assert list(corpus.documents) == ["istiratumab"]
    document = corpus.documents["istiratumab"]
    assert document.monograph.aliases == ("MM-141",)
    assert len(document.phrasings) == 14508
    assert (len(document.gaps), len(corpus.gaps)) == (8595, 884)
    assert document.disclaimer
    disclaimer = document.monograph.source[document.disclaimer.start : document.disclaimer.end]
    assert disclaimer.startswith("The information provided in this guide is for educational")
    assert disclaimer.endswith("eligibility for clinical trials.")


def test_crlf_text_is_kept_byte_for_byte(tmp_path: Path) -> None:
    body = BODY.replace("\n", "\r\n").removesuffix("\r\n")
    write(tmp_path, body=body)
    document = read_corpus(tmp_path).documents["made-up"]
    assert document.monograph.source == body
    assert [p.text for p in document.passages.level(Level.SECTION)] == [
        "## What\r\n\r\nA medicine.",
        "## Legal Disclaimer\r\n\r\nAsk your doctor.",
    ]


@pytest.mark.parametrize(
    ("changes", "line", "problem"),
    [
        ({"title": None}, 1, "front matter lacks 'title'"),
        ({"title": "3"}, 3, "'title' must be text, not 3"),
        ({"titel": "x"}, 13, "unknown key 'titel'"),
        ({"id": "Made Up"}, 2, "'Made Up' cannot be an id"),
        ({"aliases": "MU-1"}, 5, "'aliases' must be a list"),
        ({"effective": "soon"}, 7, "'effective' must be a date"),
        ({"effective": "2026-13-40"}, 2, "not YAML"),
        ({"review_by": "2025-01-01"}, 8, "'review_by' is not after 'effective'"),
        ({"status": "draft"}, 10, "status is 'draft'"),
        ({"sha256": "00ff"}, 12, "the text has SHA-256"),
        ({"owner": "[unclosed"}, 10, "not YAML"),
        ({"owner": "A\ntitle: B"}, 10, "'title' stands twice"),
    ],
)
def test_bad_front_matter_names_file_line_and_problem(
    tmp_path: Path, changes: dict[str, str | None], line: int, problem: str
) -> None:
    bad = write(tmp_path, "bad.md", body=BODY, **changes)
    write(tmp_path, "good.md", id="good")
    corpus = read_corpus(tmp_path)
    assert list(corpus.documents) == ["good"]
    (error,) = corpus.problems
    assert (error.path, error.line) == (bad, line)
    assert problem in error.problem
    assert str(error) == f"{bad}:{line}: {error.problem} {error.remedy}"


@pytest.mark.parametrize(
    ("raw", "line", "problem"),
    [
        (b"", 1, "no front matter"),
        (b"## Heading\n\nText.\n", 1, "no front matter"),
        (b"---\nid: x\n", 1, "the front matter has no end"),
        (b"---\nid: x\n---\n\xff\xfe\n", 4, "not UTF-8"),
        (b"\xef\xbb\xbf---\nid: x\n---\n", 1, "byte order mark"),
        (b"---\n- a list\n---\nText.\n", 2, "not 'key: value' lines"),
        (b"---\nid: x\n---\n  \n", 4, "the monograph has no text"),
        (b"---\nid: x\n---\none\ntwo\x00\n", 5, "the character U+0000"),
    ],
)
def test_malformed_files(tmp_path: Path, raw: bytes, line: int, problem: str) -> None:
    write(tmp_path, "good.md")
    bad = tmp_path / "monographs" / "bad.md"
    bad.write_bytes(raw)
    corpus = read_corpus(tmp_path)
    assert list(corpus.documents) == ["made-up"]
    (error,) = corpus.problems
    assert (error.path, error.line) == (bad, line)
    assert problem in error.problem


def test_of_two_files_with_one_id_neither_is_served(tmp_path: Path) -> None:
    first, second = write(tmp_path, "a.md"), write(tmp_path, "b.md")
    write(tmp_path, "c.md", id="other")
    corpus = read_corpus(tmp_path)
    assert list(corpus.documents) == ["other"]
    assert [(e.path, e.problem) for e in corpus.problems] == [
        (first, "the id 'made-up' is also in b.md."),
        (second, "the id 'made-up' is also in a.md."),
    ]


def test_a_monograph_needs_no_disclaimer_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, "bare.md", id="bare", body="## What\n\nText.\n\n## Legal Disclaimer\n")
    write(tmp_path, "none.md", id="none", body="## What\n\nText.\n")
    corpus = read_corpus(tmp_path)
    assert {name: document.disclaimer for name, document in corpus.documents.items()} == {"bare": None, "none": None}
    assert not corpus.problems


def test_nothing_to_serve_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="there is no monograph to serve"):
        read_corpus(tmp_path)
    write(tmp_path, status="draft")
    with pytest.raises(CorpusError, match="The first problem: .*made-up.md:10: status is 'draft'"):
        read_corpus(tmp_path)


def test_bad_lines_of_questions_cost_only_themselves(tmp_path: Path) -> None:
    write(tmp_path)
    passage = next(p for p in read_corpus(tmp_path).documents["made-up"].passages.showable()).id
    good = f'{{"passage": "{passage}", "q": "what\u2028is it"}}'
    path = questions(
        tmp_path,
        good,
        "not json",
        '{"passage": "made-up:gone-1234567890", "q": "where is it"}',
        good,
        "",
        f'{{"passage": "{passage}", "q": "  "}}',
        f'{{"passage": "{passage}"}}',
    )
    corpus = read_corpus(tmp_path)
    assert [(p.passage, p.question) for p in corpus.documents["made-up"].phrasings] == [(passage, "what\u2028is it")]
    assert [(e.path, e.line) for e in corpus.problems] == [(path, line) for line in (2, 6, 7, 3, 4)]
    assert "“where is it” is attached to 'made-up:gone-1234567890', which is no passage" in str(corpus.problems[3])
    assert corpus.problems[4].problem == "the same as line 1."


def test_gaps_are_read_for_one_medicine_and_for_any(tmp_path: Path) -> None:
    write(tmp_path)
    folder = tmp_path / "not_covered"
    folder.mkdir()
    cost, rhyme = '{"topic": "cost", "q": "what does it cost"}', '{"topic": "off topic", "q": "write me a rhyme"}'
    (folder / "made-up.jsonl").write_text(f"{cost}\n{cost}\n", "utf-8")
    (folder / "any.jsonl").write_text(rhyme, "utf-8")
    (folder / "other.jsonl").write_text(cost, "utf-8")
    corpus = read_corpus(tmp_path)
    assert [(g.topic, g.question) for g in corpus.documents["made-up"].gaps] == [("cost", "what does it cost")]
    assert [(g.topic, g.question) for g in corpus.gaps] == [("off topic", "write me a rhyme")]
    assert [(e.path.name, e.line, e.problem) for e in corpus.problems] == [
        ("made-up.jsonl", 2, "the same as line 1."),
        ("other.jsonl", 1, "no monograph served has the id 'other'."),
    ]


def test_questions_of_no_monograph_are_named(tmp_path: Path) -> None:
    write(tmp_path)
    path = questions(tmp_path, name="other.jsonl")
    assert [(e.path, e.problem) for e in read_corpus(tmp_path).problems] == [
        (path, "no monograph served has the id 'other'.")
    ]


def test_a_monograph_cannot_hold_a_text_that_was_not_approved(corpus: Corpus) -> None:
    real = corpus.documents["istiratumab"].monograph
    fields = {name: getattr(real, name) for name in Monograph.__dataclass_fields__}
    with pytest.raises(ContractError, match="does not have the SHA-256"):
        Monograph(**{**fields, "source": real.source.replace("not yet approved", "approved")})
