"""Files as they come: plain or compressed, told by their first bytes, since a name may say anything."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from pathlib import Path
from typing import BinaryIO

import zstandard

from evaluation.errors import DataError

__all__ = ["SUFFIXES", "open_plain", "plain_name", "there"]

SUFFIXES = (".gz", ".zst", ".bz2", ".xz")
"""Ends of names of compressed files, in the order in which they are looked for."""

_ZSTD = b"\x28\xb5\x2f\xfd"
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", _ZSTD)
_DAMAGE = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, zstandard.ZstdError)


def open_plain(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked if it is compressed by gzip, bzip2, xz or Zstandard.

    A compressed file is unpacked in memory: what is measured is held there anyway. Raises OSError if the file
    cannot be read, and DataError if it is compressed and damaged.
    """
    file = path.open("rb")
    head = file.read(6)
    file.seek(0)
    if not head.startswith(_PACKED):
        return file
    with file:
        packed = file.read()
    try:
        return io.BytesIO(_unpacked(packed))
    except _DAMAGE as error:
        problem = f"the compressed file is damaged ({error or type(error).__name__})."
        raise DataError(path, None, problem, "Copy or compress it anew.") from error


def plain_name(path: Path) -> Path:
    """The path without the end that says how it is compressed."""
    return path.with_suffix("") if path.suffix.lower() in SUFFIXES else path


def there(path: Path) -> Path:
    """The file, or the same name with the end of a compressed one, whichever is there; itself if none is."""
    names = (path, *(path.with_name(path.name + suffix) for suffix in SUFFIXES))
    return next((name for name in names if name.is_file()), path)


def _unpacked(packed: bytes) -> bytes:
    if packed.startswith(_ZSTD):
        return _unzstd(packed)
    if packed.startswith(b"BZh"):
        return bz2.decompress(packed)
    return gzip.decompress(packed) if packed.startswith(b"\x1f\x8b") else lzma.decompress(packed)


def _unzstd(packed: bytes) -> bytes:
    """All frames of the file. One that ends too early is an error here; zstandard's own reader takes it for the end."""
    parts = []
    while packed:
        frame = zstandard.ZstdDecompressor().decompressobj()
        parts.append(frame.decompress(packed))
        if not frame.eof:
            raise EOFError("the file ends inside a frame")
        packed = frame.unused_data
    return b"".join(parts)
