"""The command line: flags to calls, errors to exit codes. Nothing is decided here.

Exit status: 0 done; 1 the draft is partial; 2 the command or its input is wrong; 3 the model could
not be used at all; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from specdraft.errors import ModelError, SpecdraftError

if TYPE_CHECKING:
    from specdraft.document import Spec

app = typer.Typer(
    help="Turn a PRD or a ticket into a technical-spec draft: cited, typed, honest about what is missing.",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)
Out = Annotated[Path | None, typer.Option("-o", "--out", help="Where to write it; the suffix says how: .md or .json.")]


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", help="Show the version.", is_eager=True)] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """What holds for every command. `--debug` is taken in `main`, wherever it stands."""
    del debug
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"specdraft {installed('specdraft')}")
        raise typer.Exit


@app.command()
def draft(
    prd: Annotated[
        str,
        typer.Argument(metavar="PRD", help="A PRD or ticket (.md, .txt, .json, Notion .zip), or -."),
    ],
    out: Out = None,
    model: Annotated[
        str, typer.Option("--model", envvar="SPECDRAFT_MODEL", help="What drafts. offline needs no key and no network.")
    ] = "offline",
) -> None:
    """Draft a spec from a PRD or a ticket."""
    from specdraft import pipeline
    from specdraft.source import Source

    _check_suffix(out)
    source = Source.from_bytes(sys.stdin.buffer.read(), name="standard input") if prd == "-" else Source.from_path(prd)
    if out is not None and prd != "-" and out.exists() and out.samefile(prd):
        raise SpecdraftError(f"{out} is the PRD itself", hint="Choose another name for the spec.")
    spec = pipeline.draft(source, model=model)
    _write(spec, out)
    for notice in spec.meta.notices:
        _say(f"note: {notice}")
    counts = (
        f"{len(spec.open_questions)} open questions, {len(spec.risks.items)} risks, {len(spec.unplaced)} not placed"
    )
    _say(f"drafted from {source.name} by {model}: {counts}" + (f" -> {out}" if out else ""))
    if model == "offline" and os.environ.get("OPENAI_API_KEY"):
        _say("hint: drafted offline, nothing was sent anywhere, although OPENAI_API_KEY is set")
    if spec.meta.failures:
        raise typer.Exit(1)


@app.command()
def render(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="A spec as .md or .json, drafted or hand-written.")],
    out: Out = None,
) -> None:
    """Convert a spec between .md and .json."""
    from specdraft.document import load_spec

    _check_suffix(out)
    loaded = load_spec(spec)
    _write(loaded, out)
    for fault in loaded.link_faults():
        _say(f"note: {fault.at}: {fault.kind} id {fault.id}")


@app.command()
def outline() -> None:
    """The sections of a spec: what each asks, what each needs."""
    from specdraft.outline import OUTLINE

    width = max(len(plan.name) for plan in OUTLINE)
    for plan in OUTLINE:
        needs = f"  [needs {', '.join(plan.needs)}]" if plan.needs else ""
        typer.echo(f"{plan.name:<{width}}  {plan.asks}{needs}")


@app.command()
def schema() -> None:
    """The JSON schema of a spec."""
    import json

    from specdraft.document import Spec

    typer.echo(json.dumps(Spec.model_json_schema(), indent=2))


def main() -> None:
    """Run the command; an error is one message with what to do next."""
    debug = "--debug" in sys.argv
    try:
        app([word for word in sys.argv[1:] if word != "--debug"])
    except SpecdraftError as error:
        if debug:
            traceback.print_exc()
        _say(f"error: {error}" + (f"\n  {error.hint}" if error.hint else ""))
        sys.exit(3 if isinstance(error, ModelError) else 2)
    except KeyboardInterrupt:
        sys.exit(130)


def _check_suffix(out: Path | None) -> None:
    """Before anything is drafted: can it be written there?"""
    if out is None:
        return
    if out.suffix.lower() not in (".md", ".markdown", ".json"):
        raise SpecdraftError(
            f"cannot write {out}: a spec is a .md or a .json file", hint="Give -o a name that ends so."
        )
    if out.is_dir() or not out.absolute().parent.is_dir():
        raise SpecdraftError(
            f"cannot write {out}: its folder does not exist, or it is one", hint="Create the folder first."
        )


def _write(spec: Spec, out: Path | None) -> None:
    """To standard output as Markdown, or to the file, which is there whole or not at all."""
    if out is None:
        try:
            sys.stdout.buffer.write(spec.to_markdown().encode())
            sys.stdout.buffer.flush()
        except BrokenPipeError:  # whoever reads has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    text = spec.model_dump_json(indent=2) + "\n" if out.suffix.lower() == ".json" else spec.to_markdown()
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


def _say(message: str) -> None:
    typer.echo(message, err=True)
