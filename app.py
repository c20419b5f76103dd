"""Serve the chat: settings -> a page that says what is prepared -> what composition.py puts together -> server."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import webbrowser
from collections.abc import Sequence
from contextlib import ExitStack
from threading import Thread
from typing import TYPE_CHECKING
from urllib.request import urlopen

import uvicorn

from assistant.notices import NoticeName, read_notices
from retrieval.errors import CorpusError, SettingsError, VerbatimError
from settings import Settings, add_settings, read_settings
from web.gradio_import import without_stubs
from web.lifecycle import GracefulServer
from web.logs import log_event, start_logging
from web.metrics import serving_metrics
from web.preparing import Preparation, preparing_app, serving_meanwhile
from web.refusals import IN_AN_EMERGENCY
from web.render import render_notice

if TYPE_CHECKING:
    from composition import Composed

__all__ = ["listen", "main", "parser"]

_PROXIES = frozenset(["all_proxy", "http_proxy", "https_proxy", "ftp_proxy", "ws_proxy", "wss_proxy"])

_SECONDS_TO_CLOSE = 1
"""For the connections that open pages hold; questions are answered before."""


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until stopped. Returns 0, or 2 if it could not start."""
    arguments = parser().parse_args(argv)
    try:
        settings = read_settings(os.environ, arguments)
        _forget_proxies()
        with ExitStack() as stack:
            listening = stack.enter_context(listen(settings.host, settings.port))
            address = _address(listening)
            start_logging()
            composed = _prepared(settings, listening, address, arguments.open)
            if settings.metrics:
                serving = serving_metrics(composed.metrics, *settings.metrics)
                log_event("metrics", address=stack.enter_context(serving))
            print(f"Verbatim answers at {address}", flush=True)
            config = uvicorn.Config(
                composed.application,
                log_config=None,
                access_log=False,
                proxy_headers=False,  # web/clients.py reads them, from the proxies named only
                server_header=False,
                timeout_graceful_shutdown=_SECONDS_TO_CLOSE,
            )
            GracefulServer(config, composed.lifecycle, composed.follow).run(sockets=[listening])
            log_event("stopped")
    except VerbatimError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def parser() -> argparse.ArgumentParser:
    """Of the command line."""
    parser = argparse.ArgumentParser(prog="python app.py", description="Serve the chat page and the API.")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    add_settings(parser)
    return parser


def _prepared(settings: Settings, listening: socket.socket, address: str, opened: bool) -> Composed:
    """Everything put together, while the port answers with how far that is."""
    preparation = Preparation()
    app = preparing_app(preparation, _emergency(settings), settings.origins, settings.root_path)
    with serving_meanwhile(app, listening):
        print(f"Getting ready. How far it is: {address}", file=sys.stderr, flush=True)
        if opened:
            Thread(target=_open, args=[address], daemon=True).start()
        with without_stubs():
            from composition import compose  # here, because importing it takes seconds

        return compose(settings, preparation)


def _emergency(settings: Settings) -> str:
    """The emergency line's markup. Raises CorpusError without it, but where releases of the staff have their own."""
    try:
        return render_notice(read_notices(settings.corpus / "notices", settings.locale)[NoticeName.EMERGENCY])
    except CorpusError:
        if not settings.staff:
            raise
        return IN_AN_EMERGENCY


def _forget_proxies() -> None:
    """Take proxies out of this process's environment, before Gradio is imported.

    Nothing here calls another host. Gradio opens a client when it is imported, which fails for a proxy of a kind that
    it does not know (`ALL_PROXY=socks5://…`), and calls to this machine would go astray.
    """
    for name in [name for name in os.environ if name.lower() in _PROXIES]:
        del os.environ[name]


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
