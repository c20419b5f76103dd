"""Serve the chat: settings -> encoder -> assistant -> pages -> server."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING
from urllib.request import urlopen

import uvicorn

from assistant.assistant import Assistant
from assistant.start import start_assistant
from retrieval.encoder import Encoder, load_encoder
from retrieval.errors import SettingsError, VerbatimError
from retrieval.progress import progress_bar
from retrieval.shared import SharedEncoder
from settings import Settings, add_settings, read_settings
from staff.bench import live_assistant, open_bench
from staff.live import Served
from web.glossary import Glossary, read_glossary
from web.lifecycle import GracefulServer, Lifecycle
from web.logs import log_event, start_logging
from web.metrics import Metrics, release, serving_metrics
from web.staff.guard import from_proxy, from_session

if TYPE_CHECKING:
    from web.staff.mount import Staff

__all__ = ["listen", "main"]

_PROXIES = frozenset(["all_proxy", "http_proxy", "https_proxy", "ftp_proxy", "ws_proxy", "wss_proxy"])

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
        _forget_proxies()
        from web.app import Service, create_app

        with ExitStack() as stack:
            listening = stack.enter_context(listen(settings.host, settings.port))
            encoder = SharedEncoder(load_encoder(settings.encoder, settings.threads))
            start_logging()
            staff = _staff(settings, encoder) if settings.staff else None
            assistant = staff.live if staff else _assistant(settings, encoder)
            lifecycle, metrics = Lifecycle(assistant, settings.drain), Metrics(assistant.corpus)
            if settings.metrics:
                log_event("metrics", address=stack.enter_context(serving_metrics(metrics, *settings.metrics)))
            service = Service(
                settings.origins,
                settings.trusted_proxies,
                settings.questions,
                settings.mcp,
                settings.root_path,
                settings.public_url,
            )
            application = create_app(assistant, service, lifecycle, metrics, _glossary(settings, staff), staff)
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
            # A release that another process has made live is loaded before anybody asks.
            follow = [staff.live.current] if staff else []
            GracefulServer(config, lifecycle, *follow).run(sockets=[listening])
            log_event("stopped")
    except VerbatimError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def _forget_proxies() -> None:
    """Take proxies out of this process's environment, before Gradio is imported.

    Nothing here calls another host. Gradio opens a client when it is imported, which fails for a proxy of a kind that
    it does not know (`ALL_PROXY=socks5://…`), and calls to this machine would go astray.
    """
    for name in [name for name in os.environ if name.lower() in _PROXIES]:
        del os.environ[name]


def _staff(settings: Settings, encoder: Encoder) -> Staff:
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
        bench, lambda: _assistant(settings, encoder), lambda problem: log_event("release not loaded", problem=problem)
    )
    live.at_switch(lambda served: log_event("release", release=release(served.assistant.corpus)))
    from web.staff.mount import Staff

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


def _assistant(settings: Settings, encoder: Encoder) -> Assistant:
    with progress_bar("Embedding") as progress:
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


def listen(host: str, port: int) -> socket.socket:
    """Take the port first: whoever finds it in use should not wait for an index."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family)
        # Connections inherit it. asyncio sets it on sockets that say they are TCP's, and one made so does not say: the
        # body of each answer then waited 40 ms for the client's acknowledgement of its headers.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
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
