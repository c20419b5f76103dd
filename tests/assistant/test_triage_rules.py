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


URGENT, CRISIS, SOON = Label.URGENT, Label.CRISIS, Label.SOON


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("my tongue is swelling up", {URGENT}),
        ("is my tongue swelling a known effect", {URGENT}),
        ("what if my tongue swells", set()),
        ("can it make my tongue swell", set()),
        ("my tongue is not swollen", set()),
        ("chest pain", {URGENT}),
        ("no chest pain", set()),
        ("how common is chest pain", set()),
        ("what about chest pain?", set()),
        ("I had chest pain ten years ago", set()),
        ("I had chest pain ten years ago and now it is back, chest pain", {URGENT}),
        ("my chest is tight, I had a heart attack in 2015", {URGENT}),
        ("no rash but my throat is closing", {URGENT}),
        ("no fever, no trouble breathing, only tired", set()),
        ("she can't breathe", {URGENT}),
        ("in the film she has a seizure", set()),
        ("I want to die", {CRISIS}),
        ("I'm dying to know if it works", set()),
        ("what if I just kill myself", {CRISIS}),
        ("how does it make cancer cells kill themselves", set()),
        ("what is anaphylaxis", set()),
        ("my husband hits me", {CRISIS}),
        ("no puedo respirar", {URGENT}),
        ("je n'arrive plus à respirer", {URGENT}),
        ("minha língua está inchando", {URGENT}),
        ("我喘不过气", {URGENT}),
        ("我喘不過氣", {URGENT}),
        ("सांस नहीं आ रही", {URGENT}),
        ("saans nahi aa rahi", {URGENT}),
        ("hindi ako makahinga", {URGENT}),
        ("لا أستطيع التنفس", {URGENT}),
        ("не могу дышать", {URGENT}),
        ("quiero morirme", {CRISIS}),
        ("me muero de ganas de empezar", set()),
        ("si me da fiebre, ¿a quién llamo?", set()),
        ("ich bekomme keine Luft", {URGENT}),
        ("non riesco a respirare", {URGENT}),
        ("nie mogę oddychać", {URGENT}),
        ("nefes alamıyorum", {URGENT}),
        ("tôi không thở được", {URGENT}),
        ("ich will sterben", {CRISIS}),
        ("voglio morire", {CRISIS}),
        ("nie chcę już żyć", {CRISIS}),
        ("kendimi öldürmek istiyorum", {CRISIS}),
        ("tôi muốn chết", {CRISIS}),
        ("non ho febbre", set()),
        ("ab welcher Temperatur soll ich anrufen?", set()),
        ("vor fünf Jahren hatte ich Schmerzen in der Brust", set()),
        ("my sister is choking", {URGENT}),
        ("is a grape a choking hazard", set()),
        ("nearly fainted when I saw the bill", set()),
        ("that bill about gave me a heart attack", set()),
        ("I'm shaking with excitement", set()),
        ("my heart is bleeding", set()),
        ("if my temperature ever goes over 38, who do I ring", set()),
        ("running 101 since lunch", {URGENT}),
        ("running 40 minutes late", set()),
        ("wife had a seizure", {URGENT}),
        ("woke up blind on one side", {URGENT}),
        ("he doesn't know his own name", {URGENT}),
        ("sugar reading HI", {URGENT}),
        ("the stoma bag is full of blood", {URGENT}),
        ("the same thoughts are back this week", {CRISIS}),
        ("my grandson pulls my hair", set()),
        ("do I need to finish all the tablets before the scan", set()),
        ("sorry for asking the same question again", set()),
        ("am I fit enough? I just had one infusion", set()),
        ("the nurse doesn't know my name", set()),
        ("the taxi didn't know our address", set()),
        ("the rash went without trace", set()),
        ("use the heat pad every hour", set()),
        ("the neighbours say he had a seizure and he isn't waking", {URGENT}),
        ("not sure if it's serious but his temp hit 39", {URGENT}),
        ("we were watching the drama and he has chest pain", {URGENT}),
        ("I was at the hospital for my infusion and I have chest pain", {URGENT}),
        ("the card says ring for a fever and I have a fever", {URGENT}),
        ("PICC line a bit red", set()),
        ("PICC line is red and a temperature", {URGENT}),
        ("nearly fainted when I stood up", {URGENT, SOON}),
        ("my uncle took his own life", set()),
        ("I am going to take my own life", {CRISIS}),
        ("at my second infusion I went hot and red", set()),
        ("on the infusion, I went hot and red", {URGENT}),
        ("does the skin peel", set()),
        ("my skin is peeling off", {URGENT}),
        ("goodbye, forgive me", {CRISIS}),
        ("goodbye, thank you", set()),
        ("she drank antifreeze", {URGENT}),
        ("can it give you chest pain?", set()),
        ("can it give you chest pain? asking because I have chest pain", {URGENT}),
        ("just asking if it affects the heart, because mine has crushing chest pain", {URGENT}),
        ("can I take paracetamol and wait with chest pain", {URGENT}),
        ("what can I do for chest pain", {URGENT}),
        ("since my treatment chest pain", {URGENT}),
        ("is there a test for chest pain", set()),
        ("if dad ever gets chest pain who do we ring", set()),
        ("I don't want to die", set()),
        ("isso ajuda?", set()),
        ("a rash on my arms for three days", {SOON}),
        ("I've been itching since the last cycle", {SOON}),
        ("her temp is 37.9", {SOON}),
        ("her temp is 38.0", {URGENT}),
        ("what does a rash look like", set()),
        ("no rash for three days", set()),
        ("what is 37.9 c in fahrenheit", set()),
        # What lasts or comes and goes is for today; what is now is an emergency whatever else is said.
        ("wheezing most nights since I changed inhaler", {SOON}),
        ("wheezing most nights and right now I can't breathe", {URGENT}),
        ("I think about it for months, I want to die", {CRISIS}),
        # Others, long ago or on a screen.
        ("My uncle died of a bee sting years back, throat closed up. Can this do that?", set()),
        ("my late husband's cousin coughed blood and passed out on a train", set()),
        ("saw on facebook a bloke in texas had a heart attack, arm and jaw", set()),
        ("a man in my street died of it and now my chest is tight", {URGENT}),
        # Initials are words, and a woman of 79 who sat is no reading.
        ("M.R.I. scan", set()),
        ("I.V. antibiotics", set()),
        ("I'm the wife, 79. How long will Reg be sat in the big chair?", set()),
        ("please help me find my phone", set()),
        ("please help him, he can't breathe", {URGENT}),
        ("boiler temperature is 80 degrees", set()),
        ("emergency savings account", set()),
        ("I take insulin twice a day", set()),
        ("she took her insulin twice today", {URGENT}),
        ("you are talking nonsense", set()),
        ("dad is talking nonsense since lunch", {URGENT}),
        ("going blind reading this small print", set()),
        ("they manage fine without me at work", set()),
        ("they would manage fine without me", {CRISIS}),
        ("they brought up some blood results in clinic", set()),
        ("hes after bringing up fresh blood", {URGENT}),
        ("my left arm has stopped doing what i tell it", {URGENT}),
        ("it feels like i did when i had my last heart attack", {URGENT}),
        ("is my windpipe closing up", {URGENT}),
        ("i snapped and shook the baby", {CRISIS}),
        ("my ex says hes coming round with petrol", {CRISIS}),
        ("the port is squirting blood", {URGENT}),
        ("he turned up with a knife", {CRISIS}),
        ("he came back with petrol for the mower", set()),
        ("on the other hand it is not doing what we hoped", set()),
        ("my first heart attack was in 2001 and I would like to know", set()),
        ("I take insulin twice a day but gave myself double by mistake", {URGENT}),
        ("did i take my tablets twice", {URGENT}),
        ("bye then", set()),
        ("can you tell me if i may keep on with my tablets", set()),
        ("my grandson wants to know what happens when you die", set()),
    ],
)
def test_terms_and_guards(rules: Rules, text: str, labels: set[Label]) -> None:
    assert rules.find(text).labels() == labels


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
