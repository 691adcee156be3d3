"""Markdown and plain text: bytes to characters, and nothing else changed.

A byte order mark decides; without one it is UTF-8 if that fits; else it is a guess, and the user is
told which.
"""

from __future__ import annotations

import codecs

from specdraft.errors import SourceError

_MARKS: tuple[tuple[bytes, str, str], ...] = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
"""UTF-32 stands before UTF-16, whose mark its own begins with."""

_GUESSES = [
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "koi8_r",
    "mac_roman",
    "shift_jis",
    "euc_jp",
    "gb18030",
    "big5",
    "euc_kr",
]
"""What editors and mail programs still write. Of all that Python knows, a short text fits too many."""

_TYPOGRAPHY = frozenset(
    b"\x80\x82\x84\x85\x91\x92\x93\x94\x95\x96\x97\x99\xa0\xa3\xa7\xa9\xab\xae\xb0\xb1\xb7\xbb\xbc\xbd\xbe\xd7"
)
"""Curly quotes, dashes, the euro and the like in cp1252: often all that is not ASCII in an English text."""

_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))

_SAVE = "Save it as UTF-8."


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text, and a notice if its encoding had to be guessed; `SourceError` if nothing fits."""
    for mark, codec, called in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(codec), ()
            except UnicodeDecodeError as error:
                where = error.start + len(mark)
                raise SourceError(
                    f"it is marked as {called}, but byte {where:,} is not: {error.reason}", _SAVE
                ) from error
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        encoding = _guess(data)
        if encoding is None:
            raise SourceError(
                f"it is in no known text encoding; byte {error.start:,} is not UTF-8: {error.reason}", _SAVE
            ) from error
        return data.decode(encoding), (f"not UTF-8: read as {encoding}; save it as UTF-8 if letters look wrong",)


def _guess(data: bytes) -> str | None:
    """The most plausible encoding. Of equals cp1252, what an English PRD that is not UTF-8 nearly always is."""
    if len(data) - len(data.translate(None, _CONTROLS)) > len(data) // 100:
        return None  # a program, an archive: a guess would find some encoding for it
    if _TYPOGRAPHY.issuperset(byte for byte in set(data) if byte > 0x7F):
        return "cp1252"
    from charset_normalizer import from_bytes  # noqa: PLC0415 - slow to import, and hardly ever needed

    matches = from_bytes(data, cp_isolation=_GUESSES)
    best = matches.best()
    if best is None:
        return None
    equals = [
        encoding
        for match in matches
        if (match.chaos, match.coherence) == (best.chaos, best.coherence)
        for encoding in match.could_be_from_charset
    ]
    encoding = "cp1252" if "cp1252" in equals else best.encoding
    try:
        data.decode(encoding)
    except UnicodeDecodeError:  # the guess looks at samples only
        return None
    return encoding
