"""Serve the chat: settings -> encoder -> assistant -> pages -> server."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import webbrowser
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from threading import Thread
from urllib.request import urlopen

import uvicorn

from assistant.assistant import Assistant
from assistant.start import start_assistant
from retrieval.encoder import load_encoder
from retrieval.errors import SettingsError, VerbatimError
from retrieval.progress import progress_bar
from settings import Settings, add_settings, read_settings
from web.app import Service, create_app
from web.glossary import read_glossary
from web.lifecycle import GracefulServer, Lifecycle
from web.logs import log_event, start_logging
from web.metrics import Metrics, release, serving_metrics

__all__ = ["main"]

_SECONDS_TO_CLOSE = 1
"""For the connections that open pages hold; questions are answered before."""


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until stopped. Returns 0, or 2 if it could not start."""
    parser = argparse.ArgumentParser(prog="python app.py", description="Serve the chat page and the API.")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    add_settings(parser)
    arguments = parser.parse_args(argv)
    try:
        settings = read_settings(os.environ, arguments)
        with ExitStack() as stack:
            listening = stack.enter_context(_listen(settings.host, settings.port))
            assistant = _assistant(settings)
            start_logging()
            lifecycle, metrics = Lifecycle(assistant, settings.drain), Metrics(assistant.corpus)
            if settings.metrics:
                log_event("metrics", address=stack.enter_context(serving_metrics(metrics, *settings.metrics)))
            service = Service(settings.origins, settings.trusted_proxies, settings.questions, settings.mcp)
            application = create_app(
                assistant, service, lifecycle, metrics, read_glossary(settings.corpus / "glossary")
            )
            log_event("started", release=release(assistant.corpus), problem=lifecycle.problem())
            address = _address(listening)
            print(f"Verbatim answers at {address}", flush=True)
            if arguments.open:
                Thread(target=_open, args=[address], daemon=True).start()
            config = uvicorn.Config(
                application,
                log_config=None,
                access_log=False,
                proxy_headers=False,  # web/clients.py reads them, from the proxies named only
                server_header=False,
                timeout_graceful_shutdown=_SECONDS_TO_CLOSE,
            )
            GracefulServer(config, lifecycle).run(sockets=[listening])
            log_event("stopped")
    except VerbatimError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def _assistant(settings: Settings) -> Assistant:
    encoder = load_encoder(settings.encoder, settings.threads)
    with progress_bar("Embedding") as progress:
        report = partial(print, file=sys.stderr)
        return start_assistant(
            settings.corpus, settings.index, encoder, report, progress, settings.locale, milvus=settings.milvus
        )


def _listen(host: str, port: int) -> socket.socket:
    """Take the port first: whoever finds it in use should not wait for an index."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        remedy = "Choose another with --port, or stop what uses it."
        raise SettingsError(f"{host} port {port} cannot be served: {reason}. {remedy}") from None


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def _open(address: str) -> None:
    """Open the browser once the server answers; its socket holds the request until then."""
    with urlopen(f"{address}livez"):  # noqa: S310 - an http address made above
        webbrowser.open(address)


if __name__ == "__main__":
    sys.exit(main())
