"""What patients ask and the monographs do not answer, as staff see it."""

from __future__ import annotations

import json

from assistant.coverage import Coverage, coverage, coverage_table
from retrieval.corpus import Corpus
from tests import command_line


def test_every_gap_is_counted_once(corpus: Corpus) -> None:
    topics = coverage(corpus)
    gaps = corpus.documents["istiratumab"].gaps
    own = [topic for topic in topics if topic.document == "istiratumab"]
    assert sum(topic.questions for topic in own) == len(gaps)
    assert [t.questions for t in own] == sorted((t.questions for t in own), reverse=True)
    cost = next(topic for topic in own if topic.topic == "price of drug")
    asked = [gap.question for gap in gaps if gap.topic == "price of drug"]
    assert (cost.questions, cost.example) == (len(asked), asked[0])
    assert {topic.document for topic in topics} == {"istiratumab", "any"}


def test_the_table_is_markdown() -> None:
    topics = (Coverage("made-up", "price of drug", 2, "what | does it cost"), Coverage("any", "off topic", 1, "hello"))
    assert coverage_table(topics) == (
        "| document | topic | questions | example |\n| --- | --- | ---: | --- |\n"
        "| made-up | price of drug | 2 | what / does it cost |\n| any | off topic | 1 | hello |\n\n"
        "3 questions on 2 topics that the monographs do not answer."
    )


def test_the_command_prints_both_shapes(corpus: Corpus) -> None:
    def run(*arguments: str) -> str:
        return command_line.run("assistant", "coverage", *arguments).stdout

    assert run() == f"{coverage_table(coverage(corpus))}\n"
    assert json.loads(run("--json")) == [topic.as_json() for topic in coverage(corpus)]
