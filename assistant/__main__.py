"""Command line of the assistant: ask."""

from __future__ import annotations

import argparse
import json
import os
import sys
import textwrap
from collections.abc import Sequence
from functools import partial

from assistant.answer import Answer
from assistant.start import start_assistant
from retrieval.encoder import load_encoder
from retrieval.errors import VerbatimError
from retrieval.progress import progress_bar
from settings import add_settings, read_settings

__all__ = ["main"]

_WIDTH = 88


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0, or 2 if nothing could be done."""
    arguments = _parser().parse_args(argv)
    try:
        settings = read_settings(os.environ, arguments)
        encoder = load_encoder(settings.encoder)
        with progress_bar("Embedding") as progress:
            assistant = start_assistant(
                settings.corpus, settings.index, encoder, partial(print, file=sys.stderr), progress
            )
    except VerbatimError as error:
        print(error, file=sys.stderr)
        return 2
    answer = assistant.ask(arguments.question)
    print(json.dumps(answer.as_json(), ensure_ascii=False, indent=1) if arguments.json else readable(answer))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m assistant", description="Ask the monographs.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    ask = commands.add_parser("ask", help="answer one question as the chat does")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="print the answer contract")
    add_settings(ask, "corpus", "index", "encoder")
    return parser


def readable(answer: Answer) -> str:
    """An answer for the terminal."""
    parts = [_wrapped(notice.text) for notice in answer.notices]
    for citation in answer.citations:
        quote = citation.quote
        head = (
            f"{citation.passage.section}  [{quote.monograph.id} {quote.monograph.version}, {quote.start}–{quote.end}]"
        )
        above = [_wrapped(c.quote.text, "  ") for c in citation.context[1:]]
        parts.append("\n".join([head, *above, _wrapped(quote.text, "  │ ")]))
    if answer.see_also:
        parts.append("\n".join(["See also:", *(f"  {section.name}" for section in answer.see_also)]))
    parts.extend(_wrapped(disclaimer.quote.text) for disclaimer in answer.disclaimers)
    return "\n\n".join([f"({answer.decision})", *parts])


def _wrapped(text: str, prefix: str = "") -> str:
    lines = (textwrap.wrap(line, _WIDTH - len(prefix)) or [""] for line in text.split("\n"))
    return "\n".join(prefix + line for wrapped in lines for line in wrapped)


if __name__ == "__main__":
    sys.exit(main())
