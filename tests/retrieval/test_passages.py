"""Passages are exact slices that cover the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.blocks import Kind, parse_blocks
from retrieval.corpus import Corpus
from retrieval.passages import Level, Passage, Passages, Role, cut
from tests.retrieval.monographs import monographs

GOLDEN = Path(__file__).parent / "golden" / "istiratumab.txt"
UPPER = (Level.SECTION, Level.GROUP, Level.BLOCK)


def test_golden_passages_of_istiratumab(corpus: Corpus, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN, picture(corpus.documents["istiratumab"].passages))


def picture(passages: Passages) -> str:
    """The tree of passages, a line each; blocks with their context and full text."""
    lines = []
    for passage in passages.all:
        depth = list(Level).index(passage.level)
        lines.append(f"{'    ' * depth}{passage.kind} {passage.start}–{passage.end} {passage.id}")
        if passage.level == Level.BLOCK:
            roles = " ".join(f"{c.role}:{c.start}–{c.end}" for c in passage.context)
            lines.append(f"{'    ' * depth}  read with: {roles or 'nothing'}")
        if passage.level == Level.SENTENCE:
            lines.append(f"{'    ' * depth}  {passage.text!r}")
    return "\n".join(lines) + "\n"


@given(st.one_of(monographs(), st.text(st.characters(blacklist_categories=["Cs"]))))
def test_levels_cover_the_text_without_gaps_or_overlaps(source: str) -> None:
    passages = cut("made-up", source)
    for level in UPPER:
        covered = passages.level(level)
        edges = [0, *(edge for p in covered for edge in (p.start, p.end)), len(source)]
        assert edges == sorted(edges)
        gaps = [source[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
        assert not "".join(gaps).strip()
        assert all(p.start < p.end and p.text == source[p.start : p.end] for p in covered)
        assert all(p.text == p.text.strip() for p in covered)


@given(monographs())
def test_sentences_hold_every_word_of_every_block_once(source: str) -> None:
    passages = cut("made-up", source)
    for block in passages.level(Level.BLOCK):
        sentences = passages.inside(Level.SENTENCE, block)
        assert all(a.end <= b.start for a, b in pairwise(sentences))
        assert all(s.text == source[s.start : s.end] for s in sentences)
        assert squeezed(s.text for s in sentences) == squeezed(source[c.start : c.end] for c in block.content)


def squeezed(texts: Iterable[str]) -> str:
    return "".join("".join(texts).split())


@given(monographs())
def test_what_lies_outside_of_the_words_is_marks(source: str) -> None:
    for block in parse_blocks(source):
        edges = [block.start, *(edge for s in block.content for edge in (s.start, s.end)), block.end]
        assert edges == sorted(edges)
        marks = "".join(source[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))
        if block.kind == Kind.PARAGRAPH:
            assert not marks
        else:
            assert not set(marks) - set("#-*+|:.)0123456789\\") - {c for c in marks if c.isspace()}


@given(monographs())
def test_nested_passages_know_their_parent(source: str) -> None:
    passages = cut("made-up", source)
    assert len(passages.by_id) == len(passages.all)
    levels = list(Level)
    for passage in passages.all:
        if passage.level == Level.SECTION:
            assert passage.parent is None
            continue
        parent = passages.by_id[str(passage.parent)]
        assert levels.index(parent.level) == levels.index(passage.level) - 1
        assert parent.start <= passage.start
        assert passage.end <= parent.end
        assert passage in passages.inside(passage.level, parent)


@given(monographs(), st.sampled_from(["New words.", "- one\n- two", "| a | b |\n|---|---|\n| 1 | 2 |"]))
def test_ids_survive_edits_elsewhere(source: str, added: str) -> None:
    before = "## First\n\n" + source
    after = f"## Zero\n\n{added}\n\n{before}\n\n## Last\n\n{added}\n"
    old, new = cut("made-up", before), cut("made-up", after)
    assert {p.id: p.text for p in old.all}.items() <= {p.id: p.text for p in new.all}.items()


def test_ids_change_with_the_words_and_with_the_heading() -> None:
    first = bullet("## Common\n\n- Rash: mild.\n")
    assert first.id == bullet("Before.\n\n## Common\n\n- Rash: mild.\n").id
    assert first.id != bullet("## Common\n\n- Rash: severe.\n").id
    assert first.id != bullet("## Serious\n\n- Rash: mild.\n").id


def bullet(source: str) -> Passage:
    (only,) = (p for p in cut("made-up", source).level(Level.BLOCK) if p.kind == Kind.BULLET)
    return only


def test_repeated_sentences_are_cited_each_at_its_own_place() -> None:
    passages = cut("made-up", "## A\n\nCall us.\n\nCall us.\n\n## B\n\nCall us.\n")
    paragraphs = [p for p in passages.level(Level.BLOCK) if p.kind == Kind.PARAGRAPH]
    assert [(p.start, p.end) for p in paragraphs] == [(6, 14), (16, 24), (32, 40)]
    assert len({p.id for p in paragraphs}) == 3


def test_a_row_knows_its_column_heads_and_a_bullet_its_heading_and_lead_in() -> None:
    source = (
        "## Dose\n\n### Adults\n\nTwo things:\n\n- One\n  - Half\n- Two\n\n| What | How |\n|---|---|\n| Time | 60 |\n"
    )
    passages = cut("made-up", source)

    def context(text: str) -> list[tuple[Role, str]]:
        (found,) = (p for p in passages.level(Level.BLOCK) if p.text == text)
        return [(c.role, source[c.start : c.end]) for c in found.context]

    headings = [(Role.HEADING, "## Dose"), (Role.HEADING, "### Adults")]
    assert context("- Two") == [*headings, (Role.LEAD_IN, "Two things:")]
    assert context("- Half") == [*headings, (Role.LEAD_IN, "Two things:"), (Role.ITEM, "- One")]
    assert context("| Time | 60 |") == [*headings, (Role.COLUMNS, "| What | How |\n|---|---|")]


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("", []),
        ("\n\n", []),
        ("## Empty\n\n## Also empty", ["heading", "heading"]),
        ("| a | b |\n| c | d |", ["table_row", "table_row"]),
        ("| a | b |\n|---|---|", ["table_head"]),
        ("no newline at the end", ["paragraph"]),
        ("- a\n-\n- b", ["bullet", "paragraph", "bullet"]),
        ("- a\r\n\r\n  more of a\r\n- b", ["bullet", "bullet"]),
        ("    four spaces are no code", ["paragraph"]),
        ("<b>markup</b> stays text\n===", ["paragraph"]),
    ],
)
def test_odd_layouts(source: str, kinds: list[str]) -> None:
    assert [p.kind.value for p in cut("made-up", source).level(Level.BLOCK)] == kinds


def test_deep_lists_keep_every_item_and_what_follows() -> None:
    items = ["  " * depth + f"- level {depth}" for depth in range(60)]
    passages = cut("made-up", "\n".join([*items, "", "## After", "", "Words."]))
    bullets = [p for p in passages.level(Level.BLOCK) if p.kind == Kind.BULLET]
    assert [p.text for p in bullets] == [f"- level {depth}" for depth in range(60)]
    assert [len(p.context) for p in bullets] == list(range(60))
    assert [p.section for p in passages.level(Level.SECTION)] == ["", "After"]


def test_a_list_deeper_than_any_monograph_loses_no_word() -> None:
    passages = cut("made-up", "- " * 400 + "deep\n\n## After\n")
    assert squeezed(p.text for p in passages.level(Level.BLOCK)).endswith("deep##After")


def test_huge_table_keeps_every_row_with_its_heads() -> None:
    rows = [f"| row {n} | {n} mg |" for n in range(2000)]
    passages = cut("made-up", "\n".join(["| Name | Dose |", "| --- | --- |", *rows]))
    blocks = [p for p in passages.level(Level.BLOCK) if p.kind == Kind.TABLE_ROW]
    assert [p.text for p in blocks] == rows
    assert {(c.role, c.start, c.end) for p in blocks for c in p.context} == {(Role.COLUMNS, 0, 29)}


def test_what_can_be_shown_stands_alone(corpus: Corpus) -> None:
    passages = corpus.documents["istiratumab"].passages
    shown = passages.showable()
    assert len(shown) == 62
    assert {p.kind for p in shown} == {Kind.PARAGRAPH, Kind.BULLET, Kind.LIST, Kind.TABLE, Kind.TABLE_ROW}
    texts = [p.text for p in shown]
    assert not [t for t in texts if t.endswith("two distinct arms designed to do two jobs at once:")]
    assert any(t.startswith("### Common Side Effects (>10%)\n\n- Infusion-Related") for t in texts)
