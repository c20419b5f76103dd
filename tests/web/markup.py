"""Read markup as a browser does, as far as these tests need it: the text inside marked elements."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = frozenset(["meta", "link", "br", "hr", "img", "input"])


class _Reader(HTMLParser):
    def __init__(self, attribute: str) -> None:
        super().__init__(convert_charrefs=True)
        self.attribute = attribute
        self.open: list[tuple[str, int | None]] = []
        self.texts: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        values = dict(attrs)
        place = None
        if self.attribute in values:
            place = len(self.texts)
            self.texts.append((values[self.attribute] or "", ""))
        self.open.append((tag, place))

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self.open.pop()
        assert opened == tag, f"<{opened}> is closed by </{tag}>"

    def handle_data(self, data: str) -> None:
        for _, place in self.open:
            if place is not None:
                value, text = self.texts[place]
                self.texts[place] = (value, text + data)


def marked_texts(markup: str, attribute: str) -> list[tuple[str, str]]:
    """(value of the attribute, text content) of each element that has it, in order.

    Fails for markup whose tags do not match.
    """
    reader = _Reader(attribute)
    reader.feed(markup)
    reader.close()
    assert reader.open == []
    return reader.texts


def text_content(markup: str) -> str:
    return marked_texts(f"<div all>{markup}</div>", "all")[0][1]
