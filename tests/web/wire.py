"""Requests that no client library would send: by the byte, half, slow or without an end."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

PATIENCE = 60.0
CHUNK = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
"""64 KiB of a chunked body."""


@contextmanager
def connected(address: str) -> Iterator[socket.socket]:
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=PATIENCE) as opened:
        yield opened


def head(method: str, path: str, *lines: str) -> bytes:
    """The head of a request, with an empty line after it."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


def status(opened: socket.socket) -> int:
    """The status that the server answers with; 0 if it closed the connection without."""
    received = b""
    try:
        while b"\r\n" not in received:
            part = opened.recv(1024)
            if not part:
                return 0
            received += part
    except ConnectionError:
        return 0
    return int(received.split(b" ", 2)[1])


def push(opened: socket.socket, parts: Iterable[bytes]) -> int:
    """Send until the server stops listening. Returns how many bytes were sent."""
    sent = 0
    try:
        for part in parts:
            opened.sendall(part)
            sent += len(part)
    except OSError:
        pass
    return sent
