"""Files as they come: plain or compressed, told by their first bytes, since a name may say anything."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import zstandard

from evaluation.errors import DataError

__all__ = ["SUFFIXES", "open_plain", "plain_name", "there"]

SUFFIXES = (".gz", ".zst", ".bz2", ".xz")
"""Ends of names of compressed files, in the order in which they are looked for."""

_ZSTD = b"\x28\xb5\x2f\xfd"
_SKIPPED = tuple(bytes((0x50 + kind,)) + b"\x2a\x4d\x18" for kind in range(16))
"""Frames of Zstandard that hold no data; files that were packed in parallel begin with one."""
_WINDOW = 1 << 31
"""As far back as any Zstandard file looks (`zstd --long=31`)."""
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", _ZSTD, *_SKIPPED)
_ARCHIVES = {
    b"PK\x03\x04": "a ZIP archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x04\x22\x4d\x18": "packed by LZ4",
    b"\x1f\x9d": "packed by compress",
}
"""What must be unpacked by hand, by its first bytes."""
_TAR_AT, _TAR = 257, b"ustar"
_DAMAGE = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, zstandard.ZstdError)


def open_plain(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked if it is compressed by gzip, bzip2, xz or Zstandard, twice if it is so twice.

    A compressed file is unpacked in memory: what is measured is held there anyway. Raises OSError if the file
    cannot be read, and DataError if it is compressed and damaged, or an archive of files.
    """
    file: BinaryIO = path.open("rb")
    while (head := _head(file)).startswith(_PACKED):
        with file:
            packed = file.read()
        try:
            file = io.BytesIO(_unpacked(packed))
        except _DAMAGE as error:
            problem = f"the compressed file is damaged ({error or type(error).__name__})."
            raise DataError(path, None, problem, "Copy or compress it anew.") from error
    kind = next((name for mark, name in _ARCHIVES.items() if head.startswith(mark)), "")
    if kind or head[_TAR_AT:].startswith(_TAR):
        file.close()
        raise DataError(path, None, f"this is {kind or 'a tar archive'}.", "Unpack it, and give the file in it.")
    return file


def plain_name(path: Path) -> Path:
    """The path without the end that says how it is compressed."""
    return path.with_suffix("") if path.suffix.lower() in SUFFIXES else path


def there(path: Path) -> Path:
    """The file, or the same name with the end of a compressed one, in capitals or not, whichever is there; itself if
    none is."""
    names = (path, *(path.with_name(path.name + suffix) for suffix in SUFFIXES))
    if found := next((name for name in names if name.is_file()), None):
        return found
    present = {name.name.lower(): name for name in sorted(path.parent.glob("*")) if name.is_file()}
    return next((present[name.name.lower()] for name in names if name.name.lower() in present), path)


def _head(file: BinaryIO) -> bytes:
    """The first bytes, which tell what the file is."""
    head = file.read(_TAR_AT + len(_TAR))
    file.seek(0)
    return head


def _unpacked(packed: bytes) -> bytes:
    """All parts of the file: a packed file may be joined of several, and padded with zeros.

    The ready-made functions take what is damaged after the first part for the end, and so would lose it in silence.
    """
    if packed.startswith(b"\x1f\x8b"):
        return gzip.decompress(packed)
    parts = []
    while packed := packed.lstrip(b"\0"):
        part = _unpacker(packed)
        parts.append(part.decompress(packed))
        if not part.eof:
            raise EOFError("the file ends too early")
        packed = part.unused_data
    return b"".join(parts)


def _unpacker(packed: bytes) -> Any:
    """What unpacks one part. Raises ValueError if this is the start of none."""
    if packed.startswith((_ZSTD, *_SKIPPED)):
        return zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
    if packed.startswith(b"BZh"):
        return bz2.BZ2Decompressor()
    if packed.startswith(b"\xfd7zXZ\x00"):
        return lzma.LZMADecompressor()
    raise ValueError("something else stands behind it")
