"""Figures for Prometheus: how many, how long, how much memory, which release. No text, and no address.

They are served apart from the page, on an address that only the operator's network reaches.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector, start_http_server

from retrieval.corpus import Corpus
from retrieval.errors import SettingsError

__all__ = ["Metrics", "release", "serving_metrics"]

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The figures of one process. Safe for threads."""

    def __init__(self, corpus: Corpus) -> None:
        registry = self.registry = CollectorRegistry()
        self.answers = Counter(
            "verbatim_answers", "Answers by decision; 'urgent' and 'crisis' are alarms.", ["through", "decision"],
            registry=registry,
        )  # fmt: skip
        self.soon = Counter(
            "verbatim_soon", "Answers below the notice 'soon': what is to be reported today.", ["through"],
            registry=registry,
        )  # fmt: skip
        self.failures = Counter(
            "verbatim_failures", "Questions that broke the assistant.", ["through"], registry=registry
        )
        self.seconds = Histogram(
            "verbatim_answer_seconds", "Time in the assistant, without waiting.", buckets=_BUCKETS, registry=registry
        )
        self.answering = Gauge("verbatim_answering", "Questions in the assistant now.", registry=registry)
        self.in_hand = Gauge(
            "verbatim_in_hand", "Requests not yet answered: the queue and all else.", registry=registry
        )
        self.conversations = Gauge("verbatim_conversations", "Conversations of API clients kept.", registry=registry)
        self.responses = Counter("verbatim_responses", "Responses by HTTP status.", ["status"], registry=registry)
        self._release = Info("verbatim_release", "The content that is served.", registry=registry)
        self.serve(corpus)
        ProcessCollector(registry=registry)

    def serve(self, corpus: Corpus) -> None:
        """Say that this content is served from now on."""
        self._release.info({"release": release(corpus), "documents": str(len(corpus.documents))})

    def watch(self, in_hand: Callable[[], int], conversations: Callable[[], int]) -> None:
        """Read these when they are asked for."""
        self.in_hand.set_function(in_hand)
        self.conversations.set_function(conversations)


def release(corpus: Corpus) -> str:
    """The first 12 digits of a SHA-256 over every file of the corpus that was read."""
    return hashlib.sha256(json.dumps(dict(corpus.inputs), sort_keys=True).encode()).hexdigest()[:12]


@contextmanager
def serving_metrics(metrics: Metrics, host: str, port: int) -> Iterator[str]:
    """Serve `/metrics` while the block runs. Gives its address.

    Raises SettingsError if the port cannot be had.
    """
    try:
        server, thread = start_http_server(port, host, metrics.registry)
    except OSError as error:
        reason = f"{host} port {port} cannot serve metrics: {error.strerror}."
        raise SettingsError(f"{reason} Choose another with --metrics.") from None
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
