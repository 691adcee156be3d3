"""The difference between two states of a spec: items by their ids, other statements by their words."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from pydantic import BaseModel

from specdraft.places import PARTS, said_of
from specdraft.spec import Revision, SpecFields


def difference(before: SpecFields, after: SpecFields) -> list[Revision]:
    """What was added, changed and removed, in the order of the spec; marks, citations and placement apart."""
    return [revision for path in PARTS for revision in _of(path, before, after)]


def _of(path: str, before: SpecFields, after: SpecFields) -> Iterator[Revision]:
    was, now = _texts(path, before), _texts(path, after)
    for address, text in now.items():
        old = was.get(address)
        if old is None:
            yield Revision(text=_line(text), at=_shown(address, path), change="added")
        elif old != text:
            yield Revision(text=_line(text), at=_shown(address, path), change="changed", before=_line(old))
    for address, text in was.items():
        if address not in now:
            yield Revision(text=_line(text), at=_shown(address, path), change="removed")


def _texts(path: str, spec: SpecFields) -> dict[str, str]:
    """What stands in a part: by id where its items have ids, by their own words where they do not."""
    value = attrgetter(path)(spec)
    if isinstance(value, list):
        texts = [(getattr(item, "id", ""), said_of(item)) for item in value]
        return {key or text: text for key, text in texts if text}
    text = said_of(value) if isinstance(value, BaseModel) else str(value)
    return {path: text} if text else {}


def _shown(address: str, path: str) -> str:
    return address if address[1:].isdigit() else path


def _line(text: str) -> str:
    return " · ".join(line.strip() for line in text.splitlines() if line.strip())
