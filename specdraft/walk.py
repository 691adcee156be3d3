"""A walk over every model in a section, each with where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel


def walk(part: Any, at: str = "") -> Iterator[tuple[str, BaseModel]]:
    """Every model in a section, itself first, with where it stands: `goals[0]`."""
    if isinstance(part, BaseModel):
        yield at or type(part).__name__, part
        for name in type(part).model_fields:
            yield from walk(getattr(part, name), f"{at}.{name}" if at else name)
    elif isinstance(part, list):
        for number, each in enumerate(part):
            yield from walk(each, f"{at}[{number}]")
