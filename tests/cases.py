"""The documents that are cases: PRDs, tickets and specs under `tests/documents` and `examples`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from specdraft import Source, Spec, draft
from specdraft.spec import Citation

ROOT = Path(__file__).parent.parent
WRITTEN = ROOT / "tests" / "documents"
EXAMPLES = ROOT / "examples"
DOCUMENTS = sorted(path for folder in (WRITTEN, EXAMPLES) for path in folder.iterdir() if path.is_file())


@cache
def source_of(path: Path) -> Source:
    """The document as passages, read once."""
    return Source.from_path(path)


@cache
def spec_of(path: Path) -> Spec:
    """The offline draft of the document, made once: not to be changed."""
    return draft(source_of(path))


def written(name: str) -> Spec:
    """The offline draft of `tests/documents/<name>.md`."""
    return spec_of(WRITTEN / f"{name}.md")


def example(name: str) -> Spec:
    """The offline draft of `examples/<name>`."""
    return spec_of(EXAMPLES / name)


def parts(value: Any) -> Iterator[BaseModel]:
    """Every model in a spec, itself included."""
    if isinstance(value, BaseModel):
        yield value
        for name in type(value).model_fields:
            yield from parts(getattr(value, name))
    elif isinstance(value, list):
        for each in value:
            yield from parts(each)


def cited(value: Any) -> list[Citation]:
    """Every citation in a spec."""
    return [part for part in parts(value) if isinstance(part, Citation)]


def texts(items: list[Any]) -> list[str]:
    """The main words of items."""
    return [
        next(getattr(item, name) for name in ("text", "title", "name", "question") if hasattr(item, name))
        for item in items
    ]
