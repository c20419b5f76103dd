"""What is served, put together: encoder -> assistant, or the staff bench's -> the web application."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from fastapi import FastAPI

from assistant.assistant import Assistant
from assistant.start import start_assistant
from retrieval.batching import BatchingEncoder
from retrieval.encoder import Encoder, load_encoder
from retrieval.progress import progress_bar
from settings import Settings
from staff.bench import live_assistant, open_bench
from staff.live import Served
from web.app import Service, create_app
from web.glossary import Glossary, read_glossary
from web.lifecycle import Lifecycle
from web.logs import log_event
from web.metrics import Metrics, release
from web.preparing import Preparation
from web.staff.guard import from_proxy, from_session
from web.staff.mount import Staff

__all__ = ["Composed", "compose"]


@dataclass(frozen=True, slots=True)
class Composed:
    """An application that is ready to serve, and what whoever runs it needs."""

    application: FastAPI
    lifecycle: Lifecycle
    metrics: Metrics
    follow: Callable[[], object]
    """To be called some times a second: a release that another process has made live is loaded before anybody asks."""


def compose(settings: Settings, preparation: Preparation) -> Composed:
    """Put everything together that the settings say; `preparation` is told what is being done.

    Raises VerbatimError if it cannot be served.
    """
    preparation.begin("Loading the encoder")
    encoder = BatchingEncoder(load_encoder(settings.encoder, settings.threads))
    preparation.begin("Reading the texts")
    staff = _staff(settings, encoder, preparation) if settings.staff else None
    assistant = staff.live if staff else _assistant(settings, encoder, preparation)
    lifecycle, metrics = Lifecycle(assistant, settings.drain), Metrics(assistant.corpus)
    service = Service(
        settings.origins,
        settings.trusted_proxies,
        settings.questions,
        settings.mcp,
        settings.root_path,
        settings.public_url,
    )
    preparation.begin("Trying a question")
    application = create_app(assistant, service, lifecycle, metrics, _glossary(settings, staff), staff)
    log_event("started", release=release(assistant.corpus), problem=lifecycle.problem())
    return Composed(application, lifecycle, metrics, staff.live.current if staff else lambda: None)


def _staff(settings: Settings, encoder: Encoder, preparation: Preparation) -> Staff:
    """The staff bench, and with it the live release; without a release yet, the corpus folder."""
    assert settings.staff  # noqa: S101 - asked only where it is set
    bench = open_bench(
        settings.staff,
        settings.corpus,
        encoder,
        index=settings.index,
        locale=settings.locale,
        medicine=settings.medicine,
        two_people=settings.two_people,
    )
    live = live_assistant(
        bench,
        lambda: _assistant(settings, encoder, preparation),
        lambda problem: log_event("release not loaded", problem=problem),
    )
    live.at_switch(lambda served: log_event("release", release=release(served.assistant.corpus)))
    if settings.staff_header:
        return Staff(bench, live, from_proxy(settings.staff_header, settings.trusted_proxies, bench.accounts))
    return Staff(bench, live, from_session(bench.accounts))


def _glossary(settings: Settings, staff: Staff | None) -> Callable[[], Glossary]:
    """The glossary of what is served, now and after each switch."""
    glossary = read_glossary((staff.live.folder if staff else settings.corpus) / "glossary")

    def switch(served: Served) -> None:
        nonlocal glossary
        glossary = read_glossary(served.corpus / "glossary")

    if staff:
        staff.live.at_switch(switch)
    return lambda: glossary


def _assistant(settings: Settings, encoder: Encoder, preparation: Preparation) -> Assistant:
    with progress_bar("Embedding") as bar:

        def progress(done: int, total: int) -> None:
            bar(done, total)
            preparation.progress(done, total)

        report = partial(print, file=sys.stderr)
        return start_assistant(
            settings.corpus,
            settings.index,
            encoder,
            report,
            progress,
            settings.locale,
            milvus=settings.milvus,
            medicine=settings.medicine,
        )
