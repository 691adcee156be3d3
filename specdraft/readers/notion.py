"""Notion's Markdown export: a single page, or the zip of a page and its sub-pages.

The Markdown is kept as Notion wrote it. Read from a zip, the page at the top comes first and the
others follow in the order of their paths; a large export wraps its parts in one more zip.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

from specdraft.errors import SourceError
from specdraft.readers import foreign, plain
from specdraft.readers.archive import Entry, Unpacking, shown
from specdraft.readers.document import Document, one_line, tidy
from specdraft.readers.joined import joined

_ID = re.compile(r"[0-9a-f]{32}")
_TITLE = re.compile(r"\s*# +(\S[^\n]*)")
_IMAGES = frozenset(
    {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".heic", ".avif", ".bmp", ".tif", ".tiff", ".ico"}
)
_EXPORT_AGAIN = "In Notion, export the page as 'Markdown & CSV' and pass that file."


@dataclass(frozen=True, slots=True)
class _Page:
    path: str
    text: str
    remarks: tuple[str, ...]


def is_zip(data: bytes) -> bool:
    """True for the bytes of a zip, also of an empty or a split one."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"))


def page_title(text: str, name: str) -> str:
    """The title of a page whose file name ends in Notion's id; "" for any other file."""
    stem = PurePosixPath(unquote(name)).stem
    named = _without_id(stem)
    return _heading(text) or named if named != stem else ""


def read_zip(data: bytes, name: str) -> Document:
    """The pages of an export as one text, and a notice that says what was left out."""
    unpacking = Unpacking()
    entries = _files(unpacking.entries(data))
    foreign.refuse_packed([entry.path for entry in entries], name)
    if not any(map(_is_page, entries)):
        entries = [
            entry
            for wrapped in entries
            if _suffix(wrapped) == ".zip"
            for entry in _files(unpacking.entries(unpacking.content(wrapped)))
        ] or entries
    pages = [_page(unpacking, entry) for entry in entries if _is_page(entry)]
    if not pages:
        raise SourceError("there is no Markdown page (.md) in the zip", _EXPORT_AGAIN)
    pages = [page for page in _in_order(pages) if page.text.strip()]
    title = next((_heading(page.text) or _without_id(PurePosixPath(page.path).stem) for page in pages), "")
    remarks = [f"{shown(page.path)}: {remark}" for page in pages for remark in page.remarks]
    return Document(joined([page.text for page in pages]), title, (*_left_out(entries), *remarks))


def _page(unpacking: Unpacking, entry: Entry) -> _Page:
    data = unpacking.content(entry)
    try:
        foreign.refuse_binary(data, entry.path)
        text, remarks = plain.decode(data)
    except SourceError as error:
        raise SourceError(f"'{shown(entry.path)}' in the zip: {error}", error.hint) from error
    return _Page(entry.path, tidy(text).lstrip("\ufeff"), remarks)


def _files(entries: list[Entry]) -> list[Entry]:
    """Without what macOS and Windows add to a zip."""
    return [
        entry
        for entry in entries
        if not entry.path.startswith("__MACOSX/") and not PurePosixPath(entry.path).name.startswith(".")
    ]


def _suffix(entry: Entry) -> str:
    return PurePosixPath(entry.path).suffix.lower()


def _is_page(entry: Entry) -> bool:
    return _suffix(entry) in (".md", ".markdown")


def _in_order(pages: list[_Page]) -> list[_Page]:
    """The root page, other pages beside it, then the sub-pages; a page before those in its folder."""
    top = min(page.path.count("/") for page in pages)
    root = max((page for page in pages if page.path.count("/") == top), key=lambda page: len(page.text))

    def place(page: _Page) -> tuple[bool, bool, list[str], str]:
        # Without the ids: a folder is called like its page, with or without the page's id.
        path = PurePosixPath(page.path).with_suffix("")
        return page is not root, page.path.count("/") > top, [_without_id(part) for part in path.parts], page.path

    return sorted(pages, key=place)


def _left_out(entries: list[Entry]) -> list[str]:
    """One notice that counts what is not Markdown, or none."""
    counts = Counter(
        "image" if _suffix(entry) in _IMAGES else "CSV file" if _suffix(entry) == ".csv" else "other file"
        for entry in entries
        if not _is_page(entry)
    )
    named = [
        f"{counts[kind]:,} {kind}{'s' if counts[kind] > 1 else ''}"
        for kind in ("image", "CSV file", "other file")
        if counts[kind]
    ]
    return [f"left out of the zip: {', '.join(named)}"] if named else []


def _without_id(called: str) -> str:
    """A name of Notion's without the id that it puts at the end."""
    return called[:-32].rstrip(" _-") if _ID.fullmatch(called[-32:]) else called


def _heading(text: str) -> str:
    """The title that the text begins with, or ""."""
    found = _TITLE.match(text)
    return one_line(found[1]) if found else ""
