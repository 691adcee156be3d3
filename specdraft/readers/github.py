"""GitHub issues and pull requests: `gh ... view --json`, and the REST answer for one issue."""

from __future__ import annotations

from typing import Any

from specdraft.readers.document import one_line, tidy
from specdraft.readers.loose import day, items, name, names, record
from specdraft.readers.ticket import Comment, Ticket

SHAPE = "a GitHub issue (gh issue view 12 --json number,title,body,labels,author,comments)"


def ticket(data: dict[str, Any]) -> Ticket | None:
    """The ticket, or None if this is no issue of GitHub."""
    # Without `body` it must look like GitHub otherwise: others call the text `description`.
    if "title" not in data or not ("body" in data or ("number" in data and "description" not in data)):
        return None
    # Over REST `comments` is a number, and a comment's author is its `user`.
    comments = [record(comment) for comment in items(data.get("comments"))]
    return Ticket(
        one_line(data["title"]),
        tidy(data.get("body")),
        names(data.get("labels")),
        tuple(
            Comment(
                tidy(comment.get("body")),
                name(comment.get("author")) or name(comment.get("user")),
                day(comment.get("createdAt")) or day(comment.get("created_at")),
            )
            for comment in comments
        ),
    )
