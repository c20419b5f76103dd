"""A heading that its own text takes back is never read without the sentence that does."""

from __future__ import annotations

import pytest

from retrieval.passages import Level, Role, cut

DENIED = "It is not approved for any use."


def corrections(source: str) -> list[tuple[str, str]]:
    """The text of each block that is read with a correction, and the correction."""
    return [
        (passage.text, source[context.start : context.end])
        for passage in cut("drug", source).level(Level.BLOCK)
        for context in passage.context
        if context.role == Role.CORRECTION
    ]


def test_what_stands_below_a_denied_heading_is_read_with_the_denial() -> None:
    source = (
        f"## Approved Uses\n\nSee below. {DENIED} Ask.\n\nIt is studied:\n\n- in mice\n\n### In people\n\nNone yet."
    )
    below = ["It is studied:", "- in mice", "### In people", "None yet."]
    assert corrections(source) == [(text, DENIED) for text in below]
    section = cut("drug", source).level(Level.SECTION)[0]
    found = cut("drug", source).correction(section)
    assert found is not None
    assert source[found.start : found.end] == DENIED


def test_it_stands_right_after_its_heading() -> None:
    source = f"## Approved Uses\n\n{DENIED}\n\n### In people\n\nNone yet."
    [roles] = [[c.role for c in p.context] for p in cut("drug", source).level(Level.BLOCK) if p.text == "None yet."]
    assert roles == [Role.HEADING, Role.CORRECTION, Role.HEADING]


@pytest.mark.parametrize(
    "source",
    [
        "## Approved Uses\n\nIt is approved for gout.\n\nTake it daily.",
        "## Approved Uses\n\nDo not take it at night.\n\nTake it daily.",
        "## Uses that are not approved\n\nIt is not approved for gout.\n\nTake it daily.",
        "## Pregnancy\n\nDo not take it in pregnancy.\n\nTake it daily.",
        "## Approved Uses\n\n### Gout\n\nIt is not approved for gout.",
    ],
)
def test_other_headings_stand_alone(source: str) -> None:
    assert corrections(source) == []
    assert cut("drug", source).correction(cut("drug", source).level(Level.SECTION)[0]) is None
