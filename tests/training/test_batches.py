from __future__ import annotations

from training.batches import BESIDE_LEAFLETS, Sampler
from training.examples import Classes, Kind, Pair

CLASSES = Classes(
    passages={f"p{n}": [f"first way to ask {n}", f"second way to ask {n}"] for n in range(30)},
    texts={f"p{n}": f"the words of passage {n}" for n in range(30)},
    gaps={f"g{n}": [f"first gap of {n}", f"second gap of {n}"] for n in range(20)},
    names=("first",),
    others=("aspirin", "timolol", "insulin"),
    messages={
        Kind.URGENT: [f"urgent {n}" for n in range(20)],
        Kind.CRISIS: [f"crisis {n}" for n in range(20)],
        Kind.LOOK_ALIKE: [f"look-alike {n}" for n in range(20)],
    },
)
ANSWERS = [Pair(f"what is {s} {n}", f"{s} is {n}", s) for s in "abcdefgh" for n in range(4)]
SUMMARIES = [Pair(f"a long story {n}", f"short {n}", str(n)) for n in range(10)]


def test_the_same_seed_draws_the_same() -> None:
    one, other = (Sampler(CLASSES, ANSWERS, SUMMARIES, seed=7) for _ in range(2))
    assert [one.draw() for _ in range(3)] == [other.draw() for _ in range(3)]
    assert one.draw() != Sampler(CLASSES, ANSWERS, SUMMARIES, seed=8).draw()


def test_a_batch_holds_two_questions_of_each_class() -> None:
    sampler = Sampler(CLASSES, ANSWERS, SUMMARIES, seed=1)
    batch = sampler.draw()
    assert len(batch.questions) == len(batch.classes) == 2 * (20 + 2 * 5 + 12)
    assert batch.classes == tuple(n // 2 for n in range(84))
    assert (len(batch.answers), len(batch.summaries)) == (12, 6)
    subjects = [pair.subject for pair in batch.answers]
    assert {subjects.count(s) for s in subjects} == {3}


def test_kinds_stand_beside_their_texts() -> None:
    batch = Sampler(CLASSES, ANSWERS, SUMMARIES, seed=1).draw()
    counts = [(Kind.ANSWERED, 40), (Kind.NOT_COVERED, 44), (Kind.URGENT, 10), (Kind.CRISIS, 6), (Kind.LOOK_ALIKE, 12)]
    assert batch.kinds == tuple(kind for kind, count in counts for _ in range(count))
    assert len(batch.kinds) == len(batch.questions) + len(batch.messages)
    assert [text[0] for text in batch.messages] == ["u"] * 10 + ["c"] * 6 + ["l"] * 12


def test_questions_of_a_class_stand_together() -> None:
    batch = Sampler(CLASSES, (), (), seed=1).draw()
    numbers = ["".join(c for c in text if c.isdigit()) for text in batch.questions]
    # A typo can cost or double a digit; it hits one text in seven.
    alike = sum(a == b for a, b in zip(numbers[::2], numbers[1::2], strict=True))
    assert alike >= 36
    assert batch.answers == batch.summaries == ()


def test_asked_of_another_medicine_it_is_another_class() -> None:
    batch = Sampler(CLASSES, (), (), seed=1).draw()
    named = batch.questions[40:60]
    for at in range(0, 20, 4):
        passage = {"".join(c for c in text if c.isdigit()) for text in named[at : at + 4]}
        assert len(passage) == 1
        of = [{name for name in CLASSES.others if name in text} for text in named[at : at + 4]]
        assert of[0] == of[1] != of[2] == of[3]
        assert all(len(names) == 1 for names in of)
    # Where the text names the corpus' medicine, the other takes its place.
    assert not any("first" in text for text in named)


def test_a_long_answer_is_cut_to_a_window() -> None:
    long = Pair("q", " ".join(str(n) for n in range(500)), "s")
    sampler = Sampler(Classes({}, {}, {}, (), (), {}), [long], (), seed=3)
    starts = set()
    for _ in range(20):
        words = [sampler.draw() for _ in range(3)][-1].answers[0].answer.split()
        assert 42 <= len(words) <= 64
        assert [int(w) for w in words] == list(range(int(words[0]), int(words[0]) + len(words)))
        starts.add(words[0])
    assert "0" in starts
    assert len(starts) > 3


def test_beside_leaflets_batches_are_smaller_and_hold_everyday_messages() -> None:
    messages = {**CLASSES.messages, Kind.EVERYDAY: [f"everyday {n}" for n in range(20)]}
    classes = Classes(CLASSES.passages, CLASSES.texts, CLASSES.gaps, CLASSES.names, CLASSES.others, messages)
    batch = Sampler(classes, ANSWERS, SUMMARIES, 1, BESIDE_LEAFLETS).draw()
    assert len(batch.questions) == 2 * (12 + 2 * 2 + 8)
    assert [kind for kind in batch.kinds if kind > Kind.NOT_COVERED] == (
        [Kind.URGENT] * 3 + [Kind.CRISIS] * 2 + [Kind.LOOK_ALIKE] * 4 + [Kind.EVERYDAY] * 6
    )
    assert (len(batch.answers), len(batch.summaries)) == (6, 3)
