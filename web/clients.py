"""Who is asking: the client's address, which a proxy may tell and nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["ForwardedBy", "Network", "client_address"]

Network = IPv4Network | IPv6Network

# Gradio builds addresses from these, whoever sends them.
_FORWARDED = (b"forwarded", b"x-forwarded-", b"x-real-ip", b"x-gradio-server")


class ForwardedBy:
    """Believes the headers `X-Forwarded-*` of the proxies named, and takes them away from everybody else."""

    def __init__(self, app: ASGIApp, proxies: Sequence[Network]) -> None:
        self._app, self._proxies = app, proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope.get("client"):
            peer = scope["client"][0]
            if _is_in(peer, self._proxies):
                headers = Headers(scope=scope)
                told = [part for line in headers.getlist("x-forwarded-for") for part in line.split(",")]
                scheme = "https" if headers.get("x-forwarded-proto") == "https" else scope["scheme"]
                scope = {**scope, "client": (client_address(peer, told, self._proxies), 0), "scheme": scheme}
            else:
                scope = {**scope, "headers": [h for h in scope["headers"] if not h[0].startswith(_FORWARDED)]}
        await self._app(scope, receive, send)


def client_address(peer: str, told: Iterable[str], proxies: Sequence[Network]) -> str:
    """The last address in `told` that is not a proxy's; whatever stands before it anybody could have written.

    `told` are the parts of X-Forwarded-For in order, `peer` is who is connected.
    """
    address = peer
    for part in reversed([part.strip() for part in told]):
        if not _is_in(address, proxies) or _parsed(part) is None:
            break
        address = part
    return address


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in networks)


def _parsed(address: str) -> object | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
