"""JSON as it comes: what is null, missing or of another type than documented reads as empty.

Every tracker leaves out what the asker may not see, and every one of them changes its answers.
"""

from __future__ import annotations

import re
from typing import Any

from specdraft.readers.document import one_line

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def record(value: object) -> dict[str, Any]:
    """An object's fields; none for anything else."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """A list's items, or those of GraphQL's `{"nodes": [...]}`; none for anything else."""
    if isinstance(value, dict):
        value = value.get("nodes")
    return value if isinstance(value, list) else []


def name(value: object, *keys: str) -> str:
    """What a person or a label is called, given as a string or as an object; the first of `keys` that says it."""
    if isinstance(value, str):
        return one_line(value)
    fields = record(value)
    found = (one_line(fields.get(key)) for key in keys or ("login", "displayName", "name"))
    return next(filter(None, found), "")


def names(value: object) -> tuple[str, ...]:
    """The same of a list of them, without the nameless."""
    return tuple(filter(None, map(name, items(value))))


def day(value: object) -> str:
    """The day of an ISO time stamp; any other text as it is."""
    text = one_line(value)
    return text[:10] if _DAY.match(text) else text
