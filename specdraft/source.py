"""A source: a PRD or a ticket as numbered passages, with what its reader should know about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from specdraft.errors import SourceError
from specdraft.passages import Passage, parse
from specdraft.readers import MAX_BYTES, read
from specdraft.spec.statement import normal


@dataclass(frozen=True, slots=True)
class Source:
    """A document to draft from. Its text never leaves the machine unless you name a model elsewhere.

    `text` has newlines as line ends; a ticket is shown as Markdown: title, body, comments. `sha256` is
    the digest of the bytes as they were read.
    """

    name: str
    text: str
    sha256: str
    passages: tuple[Passage, ...]
    title: str = ""
    """Empty where the document has none."""
    notices: tuple[str, ...] = ()
    """Remarks on the reading, e.g. that it was not UTF-8."""

    @classmethod
    def from_path(cls, path: str | Path) -> Source:
        """Read a file: Markdown, plain text, a Notion export (.md, .zip), a ticket as JSON.

        Raises:
            SourceError: it is missing, a directory, empty, binary, too large or of no known shape.
        """
        path = Path(path)
        try:
            if path.stat().st_size > MAX_BYTES:
                raise SourceError(
                    f"{path} is {path.stat().st_size:,} bytes; specdraft reads up to {MAX_BYTES:,}",
                    hint="Pass the part of it that describes one project.",
                )
            data = path.read_bytes()
        except (OSError, ValueError) as error:
            raise SourceError(
                f"cannot read {path}: {getattr(error, 'strerror', None) or error}",
                hint="Pass the path of a PRD or ticket.",
            ) from error
        return cls.from_bytes(data, name=path.name)

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Source:
        """The same for bytes at hand; the suffix of `name` is a hint to their format.

        Raises:
            SourceError: as `from_path`.
        """
        document = read(data, name)
        return cls._parsed(name, document.text, hashlib.sha256(data).hexdigest(), document.title, document.notices)

    @classmethod
    def from_text(cls, text: str, *, name: str = "text") -> Source:
        """Markdown or plain text held in a string.

        Raises:
            SourceError: there is nothing in it.
        """
        text = str(normal(text))
        if not text.strip():
            raise SourceError(f"{name} is empty", hint="Pass the text of a PRD or ticket.")
        return cls._parsed(name, text, hashlib.sha256(text.encode()).hexdigest())

    @classmethod
    def _parsed(cls, name: str, text: str, sha256: str, title: str = "", notices: tuple[str, ...] = ()) -> Source:
        return cls(" ".join(name.split()) or "text", text, sha256, parse(text), title, notices)
