"""What a command writes: to standard output or to a file, which is there whole or not at all."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from specdraft.errors import SpecdraftError

if TYPE_CHECKING:
    from specdraft.document import Spec


def check(out: Path | None, suffixes: tuple[str, ...]) -> None:
    """Before anything is drafted: can it be written there?

    Raises:
        SpecdraftError: it cannot.
    """
    if out is None:
        return
    if out.suffix.lower() not in suffixes:
        raise SpecdraftError(
            f"cannot write {out}: what is written is a {' or '.join(suffixes)} file",
            hint="Give -o a name that ends so.",
        )
    if out.is_dir() or not out.absolute().parent.is_dir():
        raise SpecdraftError(
            f"cannot write {out}: its folder does not exist, or it is one", hint="Create the folder first."
        )


def text_of(spec: Spec, out: Path | None) -> str:
    """The spec in the form that the suffix names."""
    as_json = out is not None and out.suffix.lower() == ".json"
    return spec.model_dump_json(indent=2) + "\n" if as_json else spec.to_markdown()


def write(text: str, out: Path | None) -> None:
    """To standard output, or to the file, which is there whole or not at all.

    Raises:
        SpecdraftError: it cannot be written.
    """
    if out is None:
        try:
            sys.stdout.buffer.write(text.encode())
            sys.stdout.buffer.flush()
        except BrokenPipeError:  # whoever reads has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    aside = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        aside.write_bytes(text.encode())
        aside.replace(out)
    except OSError as error:
        raise SpecdraftError(
            f"cannot write {out}: {error.strerror}", hint="Check the folder and its permissions."
        ) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
