"""Every setting in one place: its name, its default and what it is for.

`app.py` and the `__main__` files read settings, from flags first and then from the environment, and
pass plain values down. No other module knows that an environment exists.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

from retrieval.errors import SettingsError

__all__ = ["Settings", "add_settings", "read_settings", "variable"]

_ROOT = Path(__file__).resolve().parent
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")
_URL = re.compile(_ORIGIN.pattern + f"({_PREFIX.pattern})?")


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError
    return port


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise ValueError
    return count


def _seconds(text: str) -> int:
    seconds = int(text)
    if seconds < 0:
        raise ValueError
    return seconds


def _folder(text: str) -> Path | None:
    return Path(text) if text else None


def _header(text: str) -> str:
    if text and not _HEADER.fullmatch(text):
        raise ValueError
    return text.lower()


def _prefix(text: str) -> str:
    """A path such as '/verbatim', with or without a slash at its end."""
    prefix = text.rstrip("/")
    if prefix and not _PREFIX.fullmatch(prefix):
        raise ValueError
    return prefix


def _url(text: str) -> str:
    """An address such as 'https://verbatim.hospital.example', with or without a slash at its end."""
    url = text.rstrip("/")
    if url and not _URL.fullmatch(url):
        raise ValueError
    return url


def _store(text: str) -> str:
    return {"files": "files", "milvus": "milvus"}[text]


def _yes(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def _origins(text: str) -> tuple[str, ...]:
    """Each `scheme://host[:port]`, as a browser writes it: what is not cannot match, or breaks a header."""
    origins = tuple(text.split())
    if not all(_ORIGIN.fullmatch(origin) for origin in origins):
        raise ValueError
    return origins


def _policies(text: str) -> tuple[str, ...]:
    """What staff may not do alone. Raises ValueError for an unknown word."""
    words = tuple(text.split())
    if words != ("none",) and not set(words) <= {"change", "release"}:
        raise ValueError
    return () if words == ("none",) else words


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part) for part in text.split())


def _listening(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    host, _, port = text.rpartition(":")
    return (host or "127.0.0.1").strip("[]"), _port(port)


def _set(default: Any, read: Callable[[str], Any], meaning: str) -> Any:
    return field(default=default, metadata={"read": read, "meaning": meaning})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a process. Each is read from `VERBATIM_NAME` or `--name`."""

    host: str = _set("127.0.0.1", str, "address to serve on")
    port: int = _set(7860, _port, "port to serve on; 0 takes a free one")
    corpus: Path = _set(_ROOT / "corpus", Path, "folder of monographs, questions and notices")
    index: Path = _set(_ROOT / "build" / "index", Path, "folder the index is kept in")
    encoder: str = _set("default", str, "'default', 'plain', a folder, or a model name in the local cache")
    store: str = _set("files", _store, "'files' of the index, or 'milvus' for a database")
    uri: str = _set("", str, "address of Milvus (http://host:19530), or a path that ends in .db for Milvus Lite")
    locale: str = _set("default", str, "name of the folder of notices whose emergency numbers are shown (us, uk, eu)")
    medicine: str = _set("", str, "id of the monograph that messages are about where nothing says otherwise")
    threads: int = _set(1, _count, "compute threads for the encoder")
    origins: tuple[str, ...] = _set((), _origins, "list of sites, apart by spaces, that may embed the page")
    root_path: str = _set("", _prefix, "path below the host that a proxy serves the page at (/verbatim)")
    public_url: str = _set("", _url, "address of the page for everybody (https://…), for links on paper")
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = _set(
        (), _networks, "list of addresses or networks, apart by spaces, whose X-Forwarded-For is believed"
    )
    questions: int = _set(120, _count, "number of questions a minute that one client address may ask")
    mcp: bool = _set(False, _yes, "'yes' or 'no' to serving the MCP tool at /mcp")
    metrics: tuple[str, int] | None = _set(None, _listening, "host:port to serve /metrics on, apart from the page")
    drain: int = _set(0, _seconds, "number of seconds to answer on, as not ready, after SIGTERM")
    staff: Path | None = _set(None, _folder, "folder of the staff's state; without one the staff bench is off")
    two_people: tuple[str, ...] = _set(
        ("change", "release"),
        _policies,
        "list of what takes two people: 'change', 'release', both, or 'none'",
    )
    staff_header: str = _set("", _header, "header in which a trusted proxy names the member of staff who has signed in")

    @property
    def milvus(self) -> str:
        """Where the vectors are if they are in Milvus, else empty."""
        return self.uri if self.store == "milvus" else ""


def _checked(settings: Settings) -> Settings:
    if settings.store == "milvus" and not settings.uri:
        raise SettingsError("--store is 'milvus', which needs the database's --uri.")
    if settings.staff_header and not settings.trusted_proxies:
        raise SettingsError("--staff_header needs --trusted_proxies: from anybody else the header is not believed.")
    return settings


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"VERBATIM_{name.upper()}"


def add_settings(parser: argparse.ArgumentParser, *names: str) -> None:
    """Add the flags of the settings named; of all if none is."""
    for setting in fields(Settings):
        if not names or setting.name in names:
            meaning = f"{setting.metadata['meaning']} ({variable(setting.name)}; default {setting.default or 'none'})"
            parser.add_argument(f"--{setting.name}", help=meaning)


def read_settings(environ: Mapping[str, str], arguments: argparse.Namespace | None = None) -> Settings:
    """Flags first, then the environment, then defaults.

    Raises SettingsError naming the flag or variable whose value cannot be read, or that lacks another.
    """
    values: dict[str, Any] = {}
    for setting in fields(Settings):
        flag = getattr(arguments, setting.name, None)
        text = flag if flag is not None else environ.get(variable(setting.name))
        if text is None:
            continue
        try:
            values[setting.name] = setting.metadata["read"](text)
        except (ValueError, KeyError):
            source = f"--{setting.name}" if flag is not None else variable(setting.name)
            meaning = setting.metadata["meaning"]
            raise SettingsError(f"{source} is '{text}', which is no {meaning}.") from None
    return _checked(Settings(**values))
