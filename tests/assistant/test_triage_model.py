"""The learned part on disk: the same inputs give the same file, and no other file is ever used."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import HashingVectorizer

from assistant.triage.examples import APPROVED, Bank, Example, Ordinary, read_bank, read_examples, read_ordinary
from assistant.triage.features import RULE_FEATURES, WORD_FEATURES, feature_rows, features, terms_known_to_others
from assistant.triage.guards import Label
from assistant.triage.model import UnusableModelError, load_model, open_model, row_weights, train_model
from assistant.triage.rules import Rules
from retrieval.errors import CorpusError
from tests.hashing import HashingEncoder

BANK = Bank(
    (
        Example("my tongue is swelling", Label.URGENT, "airway"),
        Example("her lips are swelling", Label.URGENT, "airway"),
        Example("I want to die", Label.CRISIS, "wish"),
        Example("a rash for three days", Label.SOON, "rash"),
        Example("what is anaphylaxis", None, "definition"),
    ),
    (Ordinary("how long is the drip", APPROVED), Ordinary("what does it cost", APPROVED)),
)
ENCODER = HashingEncoder()


def test_training_is_repeatable(tmp_path: Path, rules: Rules) -> None:
    train_model(tmp_path / "a", BANK, rules, ENCODER)
    train_model(tmp_path / "b", BANK, rules, ENCODER)
    (a,), (b,) = list((tmp_path / "a").iterdir()), list((tmp_path / "b").iterdir())
    assert a.name == b.name
    assert a.read_bytes() == b.read_bytes()


def test_a_model_is_loaded_as_it_was_trained(tmp_path: Path, rules: Rules) -> None:
    trained = train_model(tmp_path, BANK, rules, ENCODER)
    loaded = load_model(tmp_path, BANK, rules, ENCODER)
    assert np.array_equal(loaded.weights, trained.weights)
    assert loaded.weights.shape == (4, ENCODER.dimension + WORD_FEATURES + RULE_FEATURES)
    assert loaded.labelled == BANK.examples[:4]
    found, vector = rules.find("my tongue is swelling"), ENCODER.encode(["my tongue is swelling"])
    [likely] = loaded.likelihoods(vector, found)
    assert likely.tolist() == trained.likelihoods(vector, found)[0].tolist()
    assert likely[1] > 0.5 > likely[2]
    near = loaded.nearest(vector)
    assert near.example == BANK.examples[0]
    assert near.similarity == near.similar[Label.URGENT] == pytest.approx(1.0)
    crisis = ENCODER.encode(["I want to die"]) @ vector[0]
    assert near.similar[Label.CRISIS] == pytest.approx(float(crisis[0]))
    assert near.plain == pytest.approx(float((ENCODER.encode(BANK.texts[4:]) @ vector[0]).max()))


def test_every_flipped_byte_is_noticed_and_trained_anew(tmp_path: Path, rules: Rules) -> None:
    train_model(tmp_path, BANK, rules, ENCODER)
    (path,) = tmp_path.iterdir()
    sound = path.read_bytes()
    for at in [*range(0, 1200, 37), *range(1200, len(sound), 9001), len(sound) - 1]:
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 0x20]) + sound[at + 1 :])
        with pytest.raises(UnusableModelError):
            load_model(tmp_path, BANK, rules, ENCODER)
    lines: list[str] = []
    open_model(tmp_path, BANK, rules, ENCODER, report=lines.append)
    assert path.read_bytes() == sound
    assert len(lines) == 1
    assert lines[0].endswith("Training the triage.")


@pytest.mark.parametrize("kept", [0, 5, 400, 5000])
def test_a_file_cut_short_is_refused(tmp_path: Path, rules: Rules, kept: int) -> None:
    train_model(tmp_path, BANK, rules, ENCODER)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(UnusableModelError, match="cannot be read"):
        load_model(tmp_path, BANK, rules, ENCODER)


def test_another_corpus_or_encoder_has_no_model(tmp_path: Path, rules: Rules) -> None:
    train_model(tmp_path, BANK, rules, ENCODER)
    more = Bank(BANK.examples, (*BANK.ordinary, Ordinary("is it a tablet", APPROVED)))
    with pytest.raises(UnusableModelError, match="holds no triage"):
        load_model(tmp_path, more, rules, ENCODER)
    with pytest.raises(UnusableModelError, match="holds no triage"):
        load_model(tmp_path, BANK, rules, HashingEncoder("1" * 64))


def test_a_model_under_another_name_is_refused(tmp_path: Path, rules: Rules) -> None:
    other = Bank(BANK.examples, (Ordinary("is it a tablet", APPROVED),))
    train_model(tmp_path / "other", other, rules, ENCODER)
    train_model(tmp_path / "own", BANK, rules, ENCODER)
    (foreign,), (own,) = list((tmp_path / "other").iterdir()), list((tmp_path / "own").iterdir())
    own.write_bytes(foreign.read_bytes())
    with pytest.raises(UnusableModelError, match="is damaged"):
        load_model(tmp_path / "own", BANK, rules, ENCODER)


def test_a_failed_write_leaves_nothing(tmp_path: Path, rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UnusableModelError, match="no space left"):
        train_model(tmp_path, BANK, rules, ENCODER)
    assert list(tmp_path.iterdir()) == []


def test_only_the_latest_models_are_kept(tmp_path: Path, rules: Rules) -> None:
    for n in range(5):
        train_model(tmp_path, Bank(BANK.examples, (Ordinary(f"question {n}", APPROVED),)), rules, ENCODER)
        for path in tmp_path.iterdir():
            os.utime(path, (path.stat().st_mtime - 10,) * 2)
    assert len(list(tmp_path.iterdir())) == 3
    load_model(tmp_path, Bank(BANK.examples, (Ordinary("question 4", APPROVED),)), rules, ENCODER)


def test_a_term_that_fires_on_one_alarm_alone_does_not_count_for_it(rules: Rules) -> None:
    texts = ["my tongue is swelling", "my lips are swelling", "I want to die", "what is in the drip"]
    findings = [rules.find(text) for text in texts]
    known = terms_known_to_others(findings, [True, True, True, False])
    assert findings[2].fired()
    assert [bool(terms) for terms in known] == [True, True, False, False]
    vectors = ENCODER.encode(texts)
    rows = feature_rows(vectors, findings, known).toarray()
    assert rows.shape == (4, ENCODER.dimension + WORD_FEATURES + RULE_FEATURES)
    words = rows[:, ENCODER.dimension : -RULE_FEATURES]
    assert np.linalg.norm(words, axis=1) == pytest.approx([1, 1, 1, 1])
    assert np.array_equal(rows[:, : ENCODER.dimension], vectors)


def test_words_are_seen_in_runs_with_the_ends_of_the_message(rules: Rules) -> None:
    texts = ["is it bad", "bad is it", "it is bad"]
    findings = [rules.find(text) for text in texts]
    none = np.zeros(0, dtype=np.float32)
    rows = np.array([features(none, found, []) for found in findings])[:, :-RULE_FEATURES]
    # ^ is it bad $: five words, four pairs, three runs of three, each once in a unit vector.
    assert [int((row > 0).sum()) for row in rows] == [12, 12, 12]
    assert rows.max(axis=1) == pytest.approx([12**-0.5] * 3)
    hashing = HashingVectorizer(
        n_features=WORD_FEATURES,
        tokenizer=lambda text: ["^", *text.split(), "$"],
        token_pattern=None,
        ngram_range=(1, 3),
        alternate_sign=False,
        binary=True,
    )
    assert rows == pytest.approx(hashing.transform([found.context.message for found in findings]).toarray())
    # The words are the same; of the runs 'is it bad' and 'bad is it' share only 'is it'.
    assert rows[0] @ rows[1] == pytest.approx(6 / 12)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"label": "dire", "subtype": "x", "q": "help"}', "'dire' is none of urgent, crisis, soon, information"),
        ('{"label": "urgent", "subtype": "x", "q": "a"}', "the same message as line 1"),
        ('{"label": "urgent", "subtype": "x"}', "not an object with the keys expected"),
    ],
)
def test_bad_examples_are_named(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "examples.jsonl"
    path.write_text('{"label": "urgent", "subtype": "x", "q": "a"}\n' + line + "\n", "utf-8")
    with pytest.raises(CorpusError, match=problem) as caught:
        read_examples(path)
    assert caught.value.line == 2


def test_the_bank_has_each_text_once(tmp_path: Path) -> None:
    (tmp_path / "examples.jsonl").write_text('{"label": "information", "subtype": "x", "q": "a"}\n', "utf-8")
    ordinary = [{"source": "s", "about": "else", "q": "c"}, {"source": "s", "about": "health", "q": "d"}]
    (tmp_path / "ordinary.jsonl").write_text("\n".join(map(json.dumps, ordinary)), "utf-8")
    bank = read_bank(tmp_path, ["a", "b", "c", "b"])
    assert bank == Bank(
        (Example("a", None, "x"),), (Ordinary("b", APPROVED), Ordinary("c", "s", False), Ordinary("d", "s"))
    )
    assert bank.texts == ["a", "b", "c", "d"]
    assert bank.health == (None, True, False, True)
    assert BANK.health == (True, True, True, None, None, True, True)
    assert bank.classes.tolist() == [0, 0, 0, 0]
    assert bank.sources == ("", APPROVED, "s", "s")
    assert row_weights(bank).tolist() == [3, 1, 3, 3]
    assert BANK.classes.tolist() == [1, 1, 2, 3, 0, 0, 0]
    assert row_weights(BANK).tolist() == [9, 9, 9, 3, 3, 1, 1]


def test_an_ordinary_message_stands_once(tmp_path: Path) -> None:
    path = tmp_path / "ordinary.jsonl"
    line = '{"source": "s", "about": "else", "q": "c"}\n'
    path.write_text(line + line.replace('"s"', '"t"'), "utf-8")
    with pytest.raises(CorpusError, match="the same message as line 1") as caught:
        read_ordinary(path)
    assert caught.value.line == 2
    path.write_text(line.replace("else", "cars"), "utf-8")
    with pytest.raises(CorpusError, match="'cars' is none of health, else"):
        read_ordinary(path)
