"""Fixtures of the real parts: the corpus, the encoder and one index on disk for the whole run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

from assistant.assistant import Assistant
from assistant.cues import Cues, read_cues
from assistant.instructions import read_instructions
from assistant.notices import Notices, read_notices
from assistant.start import start_assistant, triage_folder
from assistant.triage.gate import Triage
from assistant.triage.start import ordinary_questions, start_triage
from retrieval.cached_encoder import CachedEncoder
from retrieval.corpus import Corpus, read_corpus
from retrieval.encoder import Encoder, load_encoder
from retrieval.index import Index, open_index
from retrieval.retriever import Retriever
from tests.browser import PREFERENCES, SWITCHES, find_chromium, find_firefox
from tests.paths import CORPUS as CORPUS
from tests.paths import ROOT as ROOT
from tests.ready import shared_folder

Parts = tuple[Retriever, Triage, Notices, frozenset[str], Cues]
"""What an Assistant is made of."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")
    parser.addoption("--firefox", action="store_true", help="drive a Firefox in place of a Chromium")


def pytest_configure() -> None:
    """By default Hypothesis fails a test that takes 0.2 s, which a busy machine does to any."""
    settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("steady")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of few tests first: those are the long ones. At the end there are short ones left for every worker."""
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (tests[item.path], item.path))


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Close what a test has opened before its server stops: pages left open would ask for it beside all later tests."""
    opened = getattr(item, "funcargs", {}).get("browser")
    for context in opened.contexts if opened else ():
        context.close()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with a committed file; `pytest --update-golden` writes the file instead."""

    def check(path: Path, text: str) -> None:
        if request.config.getoption("--update-golden"):
            path.write_text(text, "utf-8", newline="")
        assert path.read_bytes().decode() == text

    return check


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return read_corpus(CORPUS)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """With one compute thread, as the product has it: two cores then carry two workers of tests."""
    torch.set_num_threads(1)
    return load_encoder()


@pytest.fixture(scope="session")
def index_folder() -> Path:
    """An index folder shared by all runs. `make test` fills it, or else `index`; servers of tests use it too."""
    return shared_folder()


@pytest.fixture(scope="session")
def index(index_folder: Path, corpus: Corpus, encoder: Encoder) -> Index:
    return open_index(index_folder, corpus, encoder)


@pytest.fixture(scope="session")
def retriever(corpus: Corpus, index: Index, encoder: Encoder) -> Retriever:
    return Retriever(corpus, index, encoder)


@pytest.fixture(scope="session")
def triage(index: Index, corpus: Corpus, encoder: Encoder) -> Triage:
    """Trained beside the index, where servers started by tests find it."""
    return start_triage(
        CORPUS / "triage",
        triage_folder(index.folder.parent),
        ordinary_questions(corpus),
        CachedEncoder(encoder, index.folder.parent),
    )


@pytest.fixture(scope="session")
def instructions(corpus: Corpus) -> frozenset[str]:
    return read_instructions(CORPUS / "instructions", corpus.passages)


@pytest.fixture(scope="session")
def parts(retriever: Retriever, triage: Triage, instructions: frozenset[str]) -> Parts:
    return retriever, triage, read_notices(CORPUS / "notices"), instructions, read_cues(CORPUS, retriever.corpus)


@pytest.fixture(scope="session")
def assistant(parts: Parts) -> Assistant:
    return Assistant(*parts)


@pytest.fixture(scope="session")
def library_assistant(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Of three made-up medicines, with the real encoder."""
    from tests.library import write_library  # it needs this module

    folder = tmp_path_factory.mktemp("library")
    return start_assistant(write_library(folder / "corpus", encoder), folder / "index", encoder, lambda _: None)


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """One browser for all tests of a process: Playwright runs once in each."""
    with sync_playwright() as playwright:
        if request.config.getoption("--firefox"):
            executable = find_firefox()
            assert executable, "No Firefox: run `make firefox`."
            opened = playwright.firefox.launch(
                channel="moz-firefox", executable_path=executable, firefox_user_prefs=PREFERENCES
            )
        else:
            executable = find_chromium()
            assert executable, "No Chromium: run `make browser`."
            opened = playwright.chromium.launch(executable_path=executable, args=SWITCHES)
        yield opened
        opened.close()
