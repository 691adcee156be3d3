"""Prompt templates: found in the wheel or in a checkout, rendered with strict names.

The text of a source is a value given to a template, never a template itself: braces in a PRD
come out as they went in. The only module that knows Jinja, which an offline draft never waits for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specdraft.errors import PromptError

if TYPE_CHECKING:
    from jinja2 import Environment


def folder() -> Traversable:
    """Where the templates are: beside the modules in a wheel, at the top level in a checkout."""
    shipped = files("specdraft") / "prompts_data"
    return shipped if shipped.is_dir() else Path(__file__).resolve().parent.parent / "prompts"


def names() -> list[str]:
    """Every template, by its path below the folder, sorted."""
    return sorted(_walk(folder(), "", ".j2"))


def lenses() -> list[tuple[str, str]]:
    """The critic's lenses: the path of each and its Markdown, sorted by path."""
    return [(name, _read(name)) for name in sorted(_walk(folder(), "", ".md"))]


def version() -> str:
    """A digest of every template and lens: two drafts with the same one were asked in the same words."""
    digest = hashlib.sha256()
    for name, text in [*((name, _read(name)) for name in names()), *lenses()]:
        digest.update(f"{name}\0{text}\0".encode())
    return digest.hexdigest()[:12]


def render(name: str, **values: Any) -> str:
    """The text of a template.

    Raises:
        PromptError: there is no such template, or it names a value that was not given.
    """
    from jinja2 import TemplateError, UndefinedError

    try:
        return _environment().get_template(name).render(**values)
    except UndefinedError as error:
        raise PromptError(
            f"prompt {name}: {error.message}", hint="Give the value, or take it out of the template."
        ) from error
    except TemplateError as error:
        raise PromptError(
            f"prompt {name} cannot be used: {error}", hint=f"The templates are: {', '.join(names())}"
        ) from error


def _walk(at: Traversable, prefix: str, suffix: str) -> Iterator[str]:
    for entry in at.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/", suffix)
        elif entry.name.endswith(suffix):
            yield prefix + entry.name


@cache
def _environment() -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.loaders import FunctionLoader
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        loader=FunctionLoader(_load),
    )


def _load(name: str) -> str | None:
    return _read(name) if name in names() else None


def _read(name: str) -> str:
    return folder().joinpath(*name.split("/")).read_text(encoding="utf-8")
