"""The reviewed rules: words, patterns, numbers, guards, and the errors of their files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.triage.guards import Label
from assistant.triage.rules import Rules, read_rules
from retrieval.errors import CorpusError
from tests.conftest import CORPUS


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("my temperature is 38.0", ["temperature 38.0 °C"]),
        ("temp 37.9", []),
        ("temp is 100.4", ["temperature 100.4 °F"]),
        ("temp is 100.3", []),
        ("40.1", ["temperature 40.1 °C"]),
        ("39", []),
        ("38,7 degrees since noon", ["temperature 38,7 °C"]),
        ("thermometer said thirty nine point two", ["temperature 39.2 °C"]),
        ("I'm 39 years old, is fever common?", []),
        ("no fever, he is 40 years old", []),
        ("sugar 24", ["blood sugar 24 mmol/L", "blood sugar 24 mg/dL"]),
        ("glucose 310 mg/dL", ["blood sugar 310 mg/dL"]),
        ("glucose 299 mg/dL", []),
        ("my glucose is 2.9", ["blood sugar 2.9 mmol/L"]),
        ("my glucose is 8.2", []),
        ("IGF-1 is 312, is that high?", []),
        ("they gave me 40 mg and my sugar is fine", []),
        ("blood pressure 84/52", ["blood pressure 84 mmHg, upper value"]),
        ("bp 118/76", []),
        ("pulse 141", ["pulse 141 beats a minute"]),
        ("oxygen says 87", ["oxygen 87 %"]),
        ("sats 98, pulse 72, temp 36.6", []),
        ("体温39.2", ["temperature 39.2 °C"]),
        ("fiebre de 39", ["temperature 39 °C"]),
        ("39,4 Fieber", ["temperature 39,4 °C"]),
        ("39.6 ateşim var", ["temperature 39.6 °C"]),
        ("sugar 2", ["blood sugar 2 mmol/L"]),
        ("is type 2 the one with high sugar", []),
        ("can I just sleep off 39.2", ["temperature 39.2 °C"]),
        ("glucosa y diabetes tipo 2", []),
        ("сахарный диабет 2 типа", []),
        ("2型糖尿病，血糖正常", []),
        ("my sugar is fine, the pharmacy closes at 3", []),
        ("Scaffolder, 41, up high most days. What feelings warn me that my sugar is dropping?", []),
        ("my son (34) is diabetic, what does it do to his sugars", []),
        ("I have rather low blood pressure and am 79", []),
        ("My mum is 58 with sleep apnoea and high blood pressure", []),
        ("he is 88 with the oximeter", ["oxygen 88 %"]),
        ("36, milk upsets me, can't take certain sugars", []),
        ("85, his oximeter says", ["oxygen 85 %"]),
        ("the weather there is more than 40 degrees, can the bottle go bad", []),
        ("in this hot weather I have 40 degrees", ["temperature 40 °C"]),
        ("told three years ago and she now has 39.2", ["temperature 39.2 °C"]),
        ("sugar: 41, shaking", ["blood sugar 41 mg/dL"]),
        ("38, shivering, is that a fever?", ["temperature 38 °C"]),
        ("is 100.6 considered high on this drug", ["temperature 100.6 °F"]),
        ("should I still come in if I have 102.1 and the chills?", ["temperature 102.1 °F"]),
        ("what if my temp is 38.7", ["temperature 38.7 °C"]),
        ("what if my temp is 38.5", []),
        ("I had a temp of 38.7 in 2019", []),
        ("does a pulse of 141 mean anything", ["pulse 141 beats a minute"]),
        ("does a pulse of 140 mean anything", []),
        ("sats probe says 86 percent, faulty?", ["oxygen 86 %"]),
        ("pulse ox says 84", ["oxygen 84 %"]),
        ("sugar problems in 50 percent of patients", []),
    ],
)
def test_readings(rules: Rules, text: str, readings: list[str]) -> None:
    found = [n for n in rules.find(text).measured if n.held_by is None and n.reading.label == Label.URGENT]
    assert [f"{n.reading.name} {n.number} {n.reading.unit}" for n in found] == readings


@pytest.mark.parametrize("text", ["what is 39 c in fahrenheit", "what if my temp is 39", "I had a fever of 39 in 2019"])
def test_readings_that_are_held_back(rules: Rules, text: str) -> None:
    measured = rules.find(text).measured
    assert measured
    assert all(number.held_by for number in measured)


NOISE = st.sampled_from(["{}", "{}!!", "  {}  ", "{}...", "\t{}?"])


@settings(max_examples=60)
@given(text=st.sampled_from(["My throat's closing", "no fever, just tired", "I want to die", "temp 39,2"]), noise=NOISE)
def test_capitals_and_marks_at_the_end_change_nothing(rules: Rules, text: str, noise: str) -> None:
    plain = rules.find(text)
    for noisy in (noise.format(text), noise.format(text.upper()), noise.format(text.replace("'", "’"))):
        assert rules.find(noisy).evidence() == plain.evidence()


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=300))
@example(text="\ud800")
@example(text="38.5" * 80)
@example(text="no " * 100 + "fever")
@example(text="½²①٣ 1/2/3 1,2,3.4.5")
def test_rules_never_raise(rules: Rules, text: str) -> None:
    found = rules.find(text)
    assert found == rules.find(text)


@pytest.mark.parametrize(
    ("name", "line", "problem"),
    [
        ("terms.jsonl", {"term": "x"}, "not an object with the keys expected"),
        (
            "terms.jsonl",
            {"term": "<nose>", "label": "urgent", "subtype": "s", "form": "topic", "language": "en"},
            "no set is called 'nose'",
        ),
        (
            "terms.jsonl",
            {"term": "x", "label": "dire", "subtype": "s", "form": "topic", "language": "en"},
            "'dire' is none of urgent, crisis, soon",
        ),
        ("guards.jsonl", {"guard": "x", "kind": "odd", "language": "en"}, "'odd' is none of"),
        ("guards.jsonl", {"guard": "x & y", "kind": "past", "language": "en"}, "a guard has one part, without '&'"),
        (
            "readings.jsonl",
            {
                "reading": "x",
                "label": "urgent",
                "unit": "u",
                "words": "x",
                "units": "u",
                "unlike": "y",
                "plausible": "9 1",
                "alarm": "1 2",
                "alone": "no",
            },
            "9 1 runs backwards",
        ),
    ],
)
def test_a_bad_line_stops_the_start(tmp_path: Path, name: str, line: dict[str, str], problem: str) -> None:
    folder = tmp_path / "triage"
    shutil.copytree(CORPUS / "triage", folder)
    lines = (folder / name).read_text("utf-8").count("\n")
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    with pytest.raises(CorpusError, match=problem) as caught:
        read_rules(folder)
    assert (caught.value.path, caught.value.line) == (folder / name, lines + 1)


@pytest.mark.parametrize("name", ["sets.jsonl", "guards.jsonl", "terms.jsonl", "readings.jsonl"])
def test_a_missing_file_stops_the_start(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "triage"
    shutil.copytree(CORPUS / "triage", folder)
    (folder / name).unlink()
    with pytest.raises(CorpusError, match="the file is missing"):
        read_rules(folder)
