"""Made-up monographs for hypothesis: every block the format knows, in odd shapes and with odd characters."""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = st.text(
    st.one_of(
        st.sampled_from("abcXYZ019 .:;?!()|*#-+_%<>&“”’–é\u00a0\u200b\u2028\u202e日本語。😀"),
        st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n"),
    ),
    min_size=1,
    max_size=40,
)
NEWLINE = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def bullets(draw: st.DrawFn, depth: int = 0) -> list[str]:
    lines = []
    for _ in range(draw(st.integers(1, 4))):
        mark = draw(st.sampled_from(["- ", "* ", "1. ", "-"]))
        lines.append("  " * depth + mark + draw(WORDS))
        if depth < 12 and draw(st.integers(0, 3)) == 0:
            lines.extend(draw(bullets(depth + 1)))
    return lines


@st.composite
def table(draw: st.DrawFn) -> list[str]:
    columns = draw(st.integers(1, 4))
    rows = draw(st.integers(1, draw(st.sampled_from([3, 60]))))
    cells = st.lists(WORDS.map(lambda w: w.replace("|", "/")), min_size=columns, max_size=columns)
    lines = ["| " + " | ".join(draw(cells)) + " |" for _ in range(rows)]
    if draw(st.booleans()):
        lines.insert(1, "|" + " --- |" * columns)
    return lines


@st.composite
def monographs(draw: st.DrawFn) -> str:
    """Text of a made-up monograph."""
    block = st.one_of(
        st.tuples(st.sampled_from(["# ", "## ", "### ", "#### ", "##"]), WORDS).map(lambda t: ["".join(t)]),
        st.lists(WORDS, min_size=1, max_size=3),
        WORDS.map(lambda w: [w + ":"]),
        bullets(),
        table(),
        st.just([]),
    )
    newline = draw(NEWLINE)
    lines: list[str] = []
    for part in draw(st.lists(block, max_size=8)):
        lines.extend(part)
        lines.extend([""] * draw(st.integers(0, 2)))
    return newline.join(lines) + newline * draw(st.integers(0, 1))
