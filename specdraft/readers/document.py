"""What every reader returns, and the one form that its text has."""

from __future__ import annotations

from dataclasses import dataclass

from specdraft.spec.statement import normal

MAX_BYTES = 5_000_000
"""No source is larger, packed or unpacked: a longer PRD would not be read by its reviewers either."""

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Document:
    """A source as Markdown: newlines as line ends, no NUL, no lone surrogates, no byte order mark."""

    text: str
    title: str = ""
    """Known only where the format says it (a ticket, a Notion page)."""
    notices: tuple[str, ...] = ()
    """One-line remarks that the user should see, e.g. that the text was not UTF-8."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", tidy(self.text).lstrip(_BOM))
        object.__setattr__(self, "title", one_line(self.title))
        object.__setattr__(self, "notices", tuple(one_line(notice) for notice in self.notices))


def tidy(value: object) -> str:
    """A string in normal form; the empty string for anything that is not a string."""
    return str(normal(value)) if isinstance(value, str) else ""


def one_line(value: object) -> str:
    """The same on one line, runs of white space folded."""
    return " ".join(tidy(value).split())
