"""A zip from a stranger, read in memory: never extracted, never trusted, limited in what comes out.

What an entry says of its own size is not believed: bytes are counted as they come. Entries that
share their packed bytes (the way a small file unpacks to petabytes) give themselves away, since
together they are longer than the archive.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

from specdraft.errors import SourceError
from specdraft.readers.document import MAX_BYTES

MAX_ENTRIES = 2_000

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1 | 0x40
_SMALLER = "Export less: one page with its sub-pages, 'No files or images'."
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    LookupError,
    OverflowError,
)
"""All that zipfile is known to raise for damaged input."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive, safe to name and not yet read."""

    path: str
    info: zipfile.ZipInfo
    archive: zipfile.ZipFile


class Unpacking:
    """One archive and the archives inside of it, which share the limits."""

    def __init__(self) -> None:
        self._entries_left = MAX_ENTRIES
        self._bytes_left = MAX_BYTES

    def entries(self, data: bytes) -> list[Entry]:
        """The files of an archive (folders left out), or a `SourceError` if any of them is not to be trusted."""
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise SourceError("the zip is broken", "Export or download it again.") from error
        infos = archive.infolist()
        self._entries_left -= len(infos)
        if self._entries_left < 0:
            raise SourceError(f"more than {MAX_ENTRIES:,} entries are in the zip", _SMALLER)
        for info in infos:
            _check(info)
        if sum(info.compress_size for info in infos) > len(data):
            raise SourceError(
                "entries of the zip overlap, as in a zip bomb", "Pass the archive that Notion made, unchanged."
            )
        return [Entry(info.orig_filename, info, archive) for info in infos if not info.orig_filename.endswith("/")]

    def content(self, entry: Entry) -> bytes:
        """The bytes of one entry."""
        try:
            with entry.archive.open(entry.info) as stream:
                data = stream.read(self._bytes_left + 1)
        except _BROKEN as error:
            raise SourceError(f"the zip is broken at '{shown(entry.path)}'", "Export or download it again.") from error
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            raise SourceError(f"the zip unpacks to more than {MAX_BYTES:,} bytes", _SMALLER)
        return data


def _check(info: zipfile.ZipInfo) -> None:
    path = info.orig_filename
    climbs = path.startswith("/") or ".." in path.split("/") or path[1:2] == ":" or "\\" in path or "\x00" in path
    if climbs:
        raise SourceError(
            f"the zip has an entry that leads out of it: '{shown(path)}'",
            "Pass the archive that Notion made, unchanged.",
        )
    if info.flag_bits & _ENCRYPTED:
        raise SourceError("the zip is encrypted", "Unpack it with its password and pass the .md file.")
    if info.compress_type not in _METHODS:
        raise SourceError(
            f"'{shown(path)}' in the zip is packed in a way that is not read (method {info.compress_type})",
            "Unpack it and pass the .md file, or zip it again with the usual method.",
        )


def shown(path: str) -> str:
    """A path as it can be shown in a message: one line, no control characters, its end if it is long."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in path)
    return clean if len(clean) <= 80 else f"...{clean[-77:]}"
