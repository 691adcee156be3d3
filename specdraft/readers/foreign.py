"""What is no text, or a page for a browser: refused, with its name and the command that converts it.

Converting here would mean quoting from words that the author never saw in that form; a converted
file is one that the author can look at first.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection
from pathlib import PurePath

from specdraft.errors import SourceError

_CONVERT = "Convert it first: "
_PANDOC = _CONVERT + "pandoc {format}{file} -t gfm -o {markdown}"
_IMAGE = "Write down what it shows: specdraft reads text only."
_UNZIP = "Unpack it first: {tool} < {{file}} > {{markdown}}"
_UNPACK = "Unpack it and pass the Markdown file inside."
_OFFICE_SAVE = "Save it as .docx first, then run: pandoc {stem}.docx -t gfm -o {markdown}"

_MAGIC: tuple[tuple[bytes, str, str, str], ...] = (
    (b"%PDF-", "a PDF", ".pdf", _CONVERT + "pdftotext -layout {file} {markdown}"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (.doc, .xls, .ppt)", ".doc", _OFFICE_SAVE),
    (b"{\\rtf", "an RTF document", ".rtf", _PANDOC),
    (b"\x89PNG\r\n\x1a\n", "a PNG image", ".png", _IMAGE),
    (b"\xff\xd8\xff", "a JPEG image", ".jpg", _IMAGE),
    (b"GIF87a", "a GIF image", ".gif", _IMAGE),
    (b"GIF89a", "a GIF image", ".gif", _IMAGE),
    (b"II*\x00", "a TIFF image", ".tif", _IMAGE),
    (b"MM\x00*", "a TIFF image", ".tif", _IMAGE),
    (b"\x1f\x8b", "a gzip archive", ".gz", _UNZIP.format(tool="gunzip")),
    (b"BZh", "a bzip2 archive", ".bz2", _UNZIP.format(tool="bunzip2")),
    (b"\xfd7zXZ\x00", "an xz archive", ".xz", _UNZIP.format(tool="unxz")),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", ".7z", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", ".rar", _UNPACK),
    (b"SQLite format 3\x00", "an SQLite database", ".db", "Export what it holds as Markdown."),
)

_PACKED: tuple[tuple[str, str, str, str], ...] = (
    ("word/", "a Word document", ".docx", _PANDOC),
    ("xl/", "an Excel workbook", ".xlsx", "Export the sheet as CSV, or paste it into a Markdown table."),
    ("ppt/", "a PowerPoint presentation", ".pptx", "Export its text, or save it as .docx and run pandoc on that."),
    ("[Content_Types].xml", "an Office document", ".docx", _PANDOC),
    ("META-INF/container.xml", "an EPUB book", ".epub", _PANDOC),
    ("content.xml", "an OpenDocument file", ".odt", _PANDOC),
)

_BZIP2_BLOCK = (b"1AY&SY", b"\x17rE8P\x90")
_WEBP = re.compile(rb"RIFF.{4}WEBP", re.DOTALL)
_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)


def refuse_binary(data: bytes, name: str) -> None:
    """Raise a `SourceError` if the bytes are those of a known binary format, or hold a NUL without a BOM."""
    if _WEBP.match(data):
        raise SourceError("this is a WebP image, not text", _IMAGE)
    for magic, what, suffix, hint in _MAGIC:
        if data.startswith(magic) and (magic != b"BZh" or data[4:10] in _BZIP2_BLOCK):
            raise SourceError(f"this is {what}, not text", _filled(hint, name, suffix))
    if b"\x00" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        raise SourceError(
            "this is binary, not text: it holds NUL bytes",
            "If it is text in UTF-16 without a byte order mark, save it as UTF-8.",
        )


def refuse_packed(paths: Collection[str], name: str) -> None:
    """Raise a `SourceError` if a zip with these entries is really an office document."""
    if not {"[Content_Types].xml", "mimetype"}.intersection(paths):
        return
    for marker, what, suffix, hint in _PACKED:
        if any(path.startswith(marker) for path in paths):
            raise SourceError(f"this is {what}, not text", _filled(hint, name, suffix))


def refuse_page(text: str, name: str) -> None:
    """Raise a `SourceError` if the text is a whole HTML page; tags inside Markdown are welcome."""
    if _PAGE.match(text):
        raise SourceError("this is an HTML page, not Markdown", _filled(_PANDOC, name, ".html"))


def _filled(hint: str, name: str, suffix: str) -> str:
    """The hint with the file's own names, quoted for a shell; what was piped in gets a made-up one.

    A file that is called something else than it is would be converted as what it is called, and a
    file called `.md` onto itself.
    """
    path = PurePath(name if PurePath(name).suffix else f"prd{suffix}")
    stem = path.with_suffix("")
    markdown = stem if stem.suffix == ".md" else path.with_suffix(".md")
    names = {
        "file": path,
        "stem": stem,
        "markdown": markdown if markdown != path else path.with_suffix(".converted.md"),
    }
    is_as_called = path.suffix.lower() == suffix
    return hint.format(
        format="" if is_as_called else f"-f {suffix[1:]} ",
        **{key: shlex.quote(str(value)) for key, value in names.items()},
    )
