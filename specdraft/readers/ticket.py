"""A ticket of any tracker, and the Markdown that it becomes."""

from __future__ import annotations

from dataclasses import dataclass

from specdraft.errors import SourceError
from specdraft.readers.document import Document
from specdraft.readers.joined import joined


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said below a ticket. `author` and `day` are "" where the tracker does not say."""

    body: str
    author: str = ""
    day: str = ""

    @property
    def heading(self) -> str:
        """A heading of the first level, so that a comment does not stand below the last heading of the body."""
        return "# Comment" + (f" by {self.author}" if self.author else "") + (f" on {self.day}" if self.day else "")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What trackers have in common. Bodies are Markdown, byte for byte where the tracker keeps Markdown."""

    title: str
    body: str
    labels: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    """Further texts and what they are called, e.g. Jira's acceptance criteria."""
    notices: tuple[str, ...] = ()

    def document(self) -> Document:
        """The ticket as one Markdown text."""
        if not self.title and not self.body.strip():
            raise SourceError(
                "the ticket has neither a title nor a description",
                "Export it again with both, e.g. gh issue view 12 --json title,body,labels,comments",
            )
        parts = [f"# {self.title}"] if self.title else []
        parts += [f"Labels: {', '.join(self.labels)}"] if self.labels else []
        parts += [self.body] if self.body.strip() else []
        for called, text in self.fields:
            parts += [f"## {called}", text]
        for comment in self.comments:
            if comment.body.strip():
                parts += [comment.heading, comment.body]
        return Document(joined(parts).rstrip("\n") + "\n", self.title, self.notices)
