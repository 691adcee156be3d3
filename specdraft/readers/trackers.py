"""JSON to a ticket: which tracker it is from, and what to say if it is from none."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from specdraft.errors import SourceError
from specdraft.readers import github, jira, linear
from specdraft.readers.document import one_line
from specdraft.readers.loose import items, record
from specdraft.readers.ticket import Ticket

_TRACKERS: tuple[tuple[str, Callable[[dict[str, Any]], Ticket | None]], ...] = (
    (jira.SHAPE, jira.ticket),
    (linear.SHAPE, linear.ticket),
    (github.SHAPE, github.ticket),
)
_KNOWN = "Known are: " + "; ".join(shape for shape, _ in _TRACKERS) + "."
_OBJECT = re.compile(r'\s*\{\s*"')


def ticket(text: str, *, must_be: bool) -> tuple[Ticket | None, tuple[str, ...]]:
    """The ticket in the text, or None and perhaps a notice if the text is not JSON but Markdown.

    `must_be` is true where the name promises JSON: then whatever is wrong with it is a `SourceError`.
    """
    try:
        # Numbers are never text here; as floats they cannot be too long to read either.
        data = json.loads(text, parse_int=float)
    except RecursionError as error:
        raise SourceError("the JSON is nested too deep for a ticket", _KNOWN) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        if must_be:
            raise SourceError(f"broken JSON at {where}: {error.msg}", "Export the ticket again.") from error
        looks_like = _OBJECT.match(text)
        return None, (f"begins like JSON, but is not ({where}): read as Markdown",) if looks_like else ()
    if isinstance(data, list) and not must_be and not (data and all(isinstance(item, dict) for item in data)):
        return None, ()  # "[1]" is a fine first line of a text
    return _only(data), ()


def _only(data: object) -> Ticket:
    """The one ticket in the JSON, alone or as the only item of a list or of a search."""
    found = data if isinstance(data, list) else _searched(record(data))
    if found is not None and len(found) != 1 and all(isinstance(item, dict) for item in found):
        count = f"{len(found):,} tickets" if found else "no ticket"
        raise SourceError(f"it holds {count}", "Pass exactly one.")
    one = record(found[0] if found is not None and len(found) == 1 else data)
    for _, ticket_of in _TRACKERS:
        known = ticket_of(one)
        if known is not None:
            return known
    said = _complaint(one)
    if said:
        raise SourceError(f"this is no ticket but an error of the tracker: {said}", "Check its number and your access.")
    raise SourceError("this JSON is no ticket of a known shape", _KNOWN)


def _searched(data: dict[str, Any]) -> list[Any] | None:
    """What a search found: Jira's `issues`, Linear's `data.issues.nodes`; None if it is none."""
    for holder in (data, record(data.get("data"))):
        found = holder.get("issues")
        if isinstance(found, list) or isinstance(record(found).get("nodes"), list):
            return items(found)
    return None


def _complaint(data: dict[str, Any]) -> str:
    """What the tracker said instead of a ticket: GraphQL `errors`, Jira `errorMessages`, GitHub `message`."""
    messages = [record(error).get("message") for error in items(data.get("errors"))]
    messages += items(data.get("errorMessages"))
    if "documentation_url" in data:
        messages.append(data.get("message"))
    return "; ".join(filter(None, map(one_line, messages)))[:300]
