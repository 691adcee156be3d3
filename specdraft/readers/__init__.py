"""The door of the readers: bytes in, Markdown out, a format a module.

| format | known by | module |
|---|---|---|
| Markdown, plain text | anything that is none of the below | `plain` |
| Notion page (`.md`) | a file name that ends in Notion's 32-hex id | `notion` |
| Notion export (`.zip`) | zip magic | `notion`, through `archive` |
| GitHub issue or pull request | JSON with `title` and `body` | `github` |
| Jira issue, v2 or v3 | JSON with `fields` | `jira`, `adf` |
| Linear issue | JSON with `identifier`, or `data.issue` | `linear` |
| PDF, Office, image, HTML, ... | magic, first tag | `foreign` refuses it and says how to convert it |

A reader says what is wrong; where it is wrong (the name) is put in front here, once.
"""

from __future__ import annotations

from pathlib import PurePath

from specdraft.errors import SourceError
from specdraft.readers import foreign, notion, plain, trackers
from specdraft.readers.document import MAX_BYTES, Document

__all__ = ["MAX_BYTES", "Document", "read"]


def read(data: bytes, name: str) -> Document:
    """The document in `data`; `name` is shown in errors, and only its suffix is a hint to the format.

    Raises `SourceError`, and nothing else, for whatever cannot be read.
    """
    try:
        document = _read(data, name)
    except SourceError as error:
        raise SourceError(f"{name}: {error}", error.hint) from error
    if not document.text.strip():
        raise SourceError(f"{name}: there is no text in it", "Pass a PRD or a ticket that says something.")
    return document


def _read(data: bytes, name: str) -> Document:
    if len(data) > MAX_BYTES:
        raise SourceError(
            f"{len(data):,} bytes are more than the {MAX_BYTES:,} that are read",
            "Of a Notion export, export again with 'No files or images'; of anything else, pass the part that matters.",
        )
    if notion.is_zip(data):
        return notion.read_zip(data, name)
    foreign.refuse_binary(data, name)
    text, notices = plain.decode(data)
    foreign.refuse_page(text, name)
    suffix = PurePath(name).suffix.lower()
    if suffix == ".json" or text.lstrip()[:1] in ("{", "["):
        ticket, why_not = trackers.ticket(text, must_be=suffix == ".json")
        if ticket is not None:
            document = ticket.document()
            return Document(document.text, document.title, notices + document.notices)
        notices += why_not
    return Document(text, notion.page_title(text, name), notices)
