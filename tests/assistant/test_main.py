"""The command line of the assistant."""

from __future__ import annotations

import json

from assistant.__main__ import readable
from assistant.assistant import Assistant
from retrieval.index import Index
from tests import command_line
from tests.contract import expected


def run(index: Index, *arguments: str) -> command_line.Done:
    return command_line.run("assistant", "ask", *arguments, "--index", index.folder.parent)


def test_json_is_the_answer_contract(index: Index, assistant: Assistant) -> None:
    question = "can my mom take turmeric pills"
    done = command_line.spawn("assistant", "ask", question, "--json", "--index", index.folder.parent)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == expected(assistant.ask(question).as_json())


def test_the_readable_form_has_passages_places_and_disclaimer(index: Index) -> None:
    done = run(index, "how long will the drip take")
    assert done.returncode == 0
    assert done.stdout.startswith("(answer)\n\nDosage and Administration Protocols  [istiratumab 1.0, 4176–4300]\n")
    assert "  | Treatment Detail | Protocol Specification |\n" in done.stdout
    assert "  │ | Infusion Time | Usually administered slowly over 60 to 90 minutes" in done.stdout
    assert "does not constitute medical advice" in done.stdout


def test_explain_says_why(index: Index) -> None:
    done = run(index, "MM-121 side effects", "--explain")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("(abstain)\n\nYou seem to ask about a medicine that this page does not know.")
    assert done.stdout.endswith(
        "\nWhy:\n  another medicine: mm 121 (code), “<medicine> <fact>”\n  notice: other-medicine\n"
    )


def test_an_unknown_locale_is_named(index: Index) -> None:
    done = run(index, "how is it given", "--locale", "mars")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("No locale is called 'mars'. Use one of: default, eu, uk, us.\n")


def test_a_document_that_is_not_there_is_named(index: Index) -> None:
    done = run(index, "how is it given", "--document", "gone")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("There is no monograph 'gone' (python -m retrieval list).\n")


def test_choices_say_how_to_choose(library_assistant: Assistant) -> None:
    shown = readable(library_assistant.ask("nordasil storage"))
    assert shown.startswith("(abstain)\n\nWhich medicine is your question about?")
    assert "Choose one:\n  Carvexol  (--document carvexol)\n  Bentrine  (--document bentrine)\n" in shown
