"""Jira issues: REST v3, where rich text is Atlassian's document format, and v2, where it is a string.

What a team really asks for often stands in custom fields ("Acceptance criteria"); the same place
holds ranks, avatars and the state of plug-ins, which say nothing and are left out.
"""

from __future__ import annotations

import re
from typing import Any

from specdraft.readers import adf
from specdraft.readers.document import one_line, tidy
from specdraft.readers.loose import day, items, name, names, record
from specdraft.readers.ticket import Comment, Ticket

SHAPE = "a Jira issue (GET /rest/api/3/issue/KEY-12?expand=names)"

_CUSTOM = re.compile(r"customfield_\d+$")
_OWN = {"environment": "Environment"}
_MACHINE = re.compile(
    r"[\d\s.,:;|/-]*$"  # numbers only
    r"|\d+\|[0-9a-z]+:[0-9a-z]*$"  # a rank
    r"|\{(?:\}$|\w+=\{.*\bjson=\{)"  # what the development panel caches
    r"|[^\n]*_\*:\*_"  # how long it was in which status
    r"|com\.atlassian\.",  # a Java object, printed
    re.DOTALL,
)
_CHART = "[CHART]"
"""What Jira's statistics call their fields."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WIKI = re.compile(r"^(?:h[1-6]\. |\|\|.*\|\|\s*$|\{(?:code|panel|noformat|quote)\b)", re.MULTILINE)
_OF_MACHINES = ("avatar", "boardId", "_links", "errorMessage", "hasEpicLinkFieldDependency")
"""Fields of people and teams, sprints, service levels, and of what failed to load."""


def ticket(data: dict[str, Any]) -> Ticket | None:
    """The ticket, or None if this is no issue of Jira."""
    fields = record(data.get("fields"))
    if "summary" not in fields and "description" not in fields:
        return None
    body = _rich(fields.get("description"))
    comments = items(record(fields.get("comment")).get("comments"))
    is_wiki = isinstance(fields.get("description"), str) and _WIKI.search(body)
    return Ticket(
        one_line(fields.get("summary")),
        body,
        names(fields.get("labels")),
        tuple(
            Comment(_rich(comment.get("body")), name(comment.get("author")), day(comment.get("created")))
            for comment in map(record, comments)
        ),
        _custom(fields, record(data.get("names"))),
        ("Jira wiki markup is kept as it is; /rest/api/3 gives text that is read better",) if is_wiki else (),
    )


def _custom(fields: dict[str, Any], called: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The texts of the custom fields, and of those of Jira's own that are alike, in the order given."""
    found = ((key, _text(value)) for key, value in fields.items() if key in _OWN or _CUSTOM.match(key))
    return tuple(
        (one_line(called.get(key)) or _OWN.get(key, key), text)
        for key, text in found
        if text.strip() and not one_line(called.get(key)).startswith(_CHART)
    )


def _text(value: object) -> str:
    """A field's value as Markdown; "" if it is nothing that a person wrote or chose."""
    if not isinstance(value, list):
        return _one(value)
    texts = [one_line(_one(item)) for item in value if not isinstance(item, list)]
    return "\n".join(f"- {text}" for text in texts if text)


def _one(value: object) -> str:
    if isinstance(value, str):
        text = tidy(value)
        return text if _DATE.match(text) or not _MACHINE.match(text) else ""
    fields = record(value)
    if fields.get("type") == "doc":
        return _rich(fields)
    if any(key.startswith(_OF_MACHINES) for key in fields):
        return ""
    chosen = _label(fields)
    child = _label(record(fields.get("child")))  # of a cascading select
    return f"{chosen}: {child}" if chosen and child else chosen


def _label(fields: dict[str, Any]) -> str:
    return one_line(fields.get("value")) or one_line(fields.get("name"))


def _rich(value: object) -> str:
    return adf.markdown(value) if isinstance(value, dict) else tidy(value)
