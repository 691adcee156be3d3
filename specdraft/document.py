"""`Spec`: the typed spec with its doors. Markdown in and out, files, and a page in a notebook."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from specdraft.errors import SpecError
from specdraft.markdown.read import read
from specdraft.markdown.write import write
from specdraft.page import page
from specdraft.spec import SpecFields


class Spec(SpecFields):
    """A technical spec: typed sections, every statement cited or shown as an assumption.

    `to_markdown` and `from_markdown`, `model_dump_json` and `model_validate_json` are lossless
    both ways. In a notebook it shows itself as a page.
    """

    def to_markdown(self) -> str:
        """The spec in the template's headings and order; citations are footnotes at the end."""
        return write(self)

    @classmethod
    def from_markdown(cls, text: str) -> Spec:
        """Read a spec back, or a hand-written one that follows the template without any ids.

        Raises:
            SpecVersionError: it was written by a newer specdraft.
        """
        return cls.model_validate(read(text))

    def _repr_html_(self) -> str:
        return page(self.to_markdown())


def load_spec(path: str | Path) -> Spec:
    """A spec from a `.json` or a Markdown file, ours or hand-written.

    Raises:
        SpecError: the file is missing, not UTF-8, or not a spec.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SpecError(f"cannot read the spec {path}: {error.strerror}", hint="Check the path.") from error
    except UnicodeDecodeError as error:
        raise SpecError(f"{path} is not UTF-8 text", hint="A spec is a .md or a .json file.") from error
    if path.suffix.lower() != ".json":
        return Spec.from_markdown(text)
    try:
        return Spec.model_validate(json.loads(text))
    except (ValidationError, ValueError, RecursionError) as error:
        detail = str(error).splitlines()[0] if not isinstance(error, ValidationError) else _first(error)
        raise SpecError(f"{path} is not a spec: {detail}", hint="See its shape: specdraft schema") from error


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
