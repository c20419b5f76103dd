"""The approved words that stand on the page before anything is asked."""

from __future__ import annotations

from assistant.answer import Disclaimer
from assistant.assistant import Assistant
from assistant.notices import Notice, NoticeName
from retrieval.corpus import Corpus
from web.cards import folded_disclaimer
from web.controls import emergency_bar
from web.first import Frame
from web.layout import escaped
from web.medicines import render_library
from web.render import render_notice
from web.suggestions import example_questions

__all__ = ["EXAMPLE", "first_frame", "fixed_parts", "page_title"]

EXAMPLE = "example-"
"""What the id of an example's place begins with."""


def fixed_parts(assistant: Assistant) -> dict[str, str]:
    """The approved words that stand on the page before anything is asked, by the id of their place."""
    notices, corpus = assistant.notices, assistant.corpus
    known = _standing(corpus)
    heading = f'<h1 dir="auto">{escaped(page_title(corpus))}</h1>'
    heading += f'<p class="standing">{escaped(known)}</p>' if known else ""
    about = f"<div>{heading}{render_notice(notices[NoticeName.ABOUT])}</div>"
    disclaimers = _disclaimers(corpus, notices[NoticeName.DISCLAIMER])
    bar = emergency_bar(notices[NoticeName.EMERGENCY])
    # Of several medicines an example would have to name one.
    only = list(corpus.documents.values()) if len(corpus.documents) == 1 else []
    questions = (question for document in only for question in example_questions(document))
    examples = {f"{EXAMPLE}{n}": question for n, question in enumerate(questions)}
    return {"emergency": bar, "about": about, "disclaimer": disclaimers, "library": render_library(corpus), **examples}


def first_frame(assistant: Assistant) -> Frame:
    """What of it stands in the first HTML: see web/first.py."""
    parts = fixed_parts(assistant)
    examples = tuple(text for name, text in parts.items() if name.startswith(EXAMPLE))
    standing = _standing(assistant.corpus)
    return Frame(
        page_title(assistant.corpus), parts["emergency"], parts["about"], parts["disclaimer"], examples, standing
    )


def page_title(corpus: Corpus) -> str:
    """Names the medicine where there is one."""
    names = [document.monograph.generic_name for document in corpus.documents.values()]
    return f"Questions about {names[0]}" if len(names) == 1 else "Questions about your medicine"


def _standing(corpus: Corpus) -> str:
    """What must be known of the medicine before all else, where there is one medicine."""
    words = [document.monograph.standing for document in corpus.documents.values()]
    return words[0] if len(words) == 1 else ""


def _disclaimers(corpus: Corpus, notice: Notice) -> str:
    """The disclaimer that all monographs have; where they differ, each answer shows its own, and here there is none."""
    disclaimers = [Disclaimer(document, notice) for document in corpus.documents.values()]
    same = len({disclaimer.text for disclaimer in disclaimers}) == 1
    return folded_disclaimer(disclaimers[0]) if same else ""
