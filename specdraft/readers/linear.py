"""Linear issues: the GraphQL answer, or the issue alone. Their bodies are Markdown."""

from __future__ import annotations

from typing import Any

from specdraft.readers.document import one_line, tidy
from specdraft.readers.loose import day, items, name, names, record
from specdraft.readers.ticket import Comment, Ticket

SHAPE = 'a Linear issue ({"data": {"issue": {"identifier", "title", "description", ...}}}, or the issue alone)'

_WHO = ("user", "botActor", "externalUser")
"""Who comments: an integration is no user, but a bot or somebody outside."""


def ticket(data: dict[str, Any]) -> Ticket | None:
    """The ticket, or None if this is no issue of Linear."""
    issue = record(record(data.get("data")).get("issue")) or data
    if not ("title" in issue and (issue is not data or "identifier" in issue)):
        return None
    return Ticket(
        one_line(issue["title"]),
        tidy(issue.get("description")),
        names(issue.get("labels")),
        tuple(
            Comment(
                tidy(comment.get("body")),
                next(filter(None, (name(comment.get(who), "name", "displayName") for who in _WHO)), ""),
                day(comment.get("createdAt")),
            )
            for comment in map(record, items(issue.get("comments")))
        ),
    )
