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
    from specdraft.source import Source

app = typer.Typer(
    help="Turn a PRD or a ticket into a technical-spec draft: cited, typed, honest about what is missing.",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)
Prd = Annotated[str, typer.Argument(metavar="PRD", help="A PRD or ticket (.md, .txt, .json, Notion .zip), or -.")]
Name = Annotated[
    str,
    typer.Option(
        "--model",
        envvar="SPECDRAFT_MODEL",
        help="What drafts: offline, which needs no key and no network, or provider/model, e.g. openai/gpt-5-mini.",
    ),
]
Resume = Annotated[
    bool,
    typer.Option("--resume/--no-resume", help="Use what earlier runs on the same input were answered, or ask anew."),
]
JsonProgress = Annotated[bool, typer.Option("--json-progress", help="Progress as JSON, a line an event.")]
Mode = Annotated[str | None, typer.Option("--mode", help="How to ask for structure, e.g. json_schema, tools, md_json.")]
Timeout = Annotated[float, typer.Option("--timeout", min=0.001, help="Seconds to wait for one answer.")]
Redact = Annotated[
    bool, typer.Option("--redact", help="Mask addresses, numbers and secrets in what is sent, and put them back.")
]
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
    prd: Prd,
    out: Out = None,
    model: Name = "offline",
    context: Annotated[
        list[Path] | None, typer.Option("--context", help="A file or folder that tells what exists; may be repeated.")
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", help="Answers to open questions: the file of `specdraft ask`, filled in."),
    ] = None,
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, help="Requests at the same time.")] = 8,
    budget_usd: Annotated[float | None, typer.Option("--budget-usd", min=0, help="Stop before it costs more.")] = None,
    budget_tokens: Annotated[
        int | None, typer.Option("--budget-tokens", min=0, help="Stop before it takes more.")
    ] = None,
    resume: Resume = True,
    json_progress: JsonProgress = False,
    mode: Mode = None,
    timeout: Timeout = 600.0,
    redact: Redact = False,
) -> None:
    """Draft a spec from a PRD or a ticket."""
    from specdraft import display, pipeline

    _check_suffix(out, (".md", ".markdown", ".json"))
    source = _source(prd, out)
    with display.shown(sys.stderr, as_events=json_progress, quiet=model == "offline") as watcher:
        spec = pipeline.draft(
            source,
            model=model,
            context=context or [],
            answers=answers,
            concurrency=concurrency,
            budget_usd=budget_usd,
            budget_tokens=budget_tokens,
            resume=resume,
            mode=mode,
            timeout=timeout,
            redact=redact,
            progress=watcher,
        )
    _write(_text(spec, out), out)
    for notice in spec.meta.notices:
        _say(f"note: {notice}")
    counts = (
        f"{len(spec.open_questions)} open questions, {len(spec.risks.items)} risks, {len(spec.unplaced)} not placed"
    )
    _say(f"drafted from {source.name} by {model}: {counts}" + _cost(spec) + (f" -> {out}" if out else ""))
    if model == "offline" and os.environ.get("OPENAI_API_KEY"):
        _say("hint: drafted offline, nothing was sent anywhere, although OPENAI_API_KEY is set")
    for failure in spec.meta.failures:
        _say(f"not drafted: {failure.section}: {failure.reason}")
    if spec.meta.failures:
        raise typer.Exit(1)


@app.command()
def ask(
    prd: Prd,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Where to write the questions: a .md file.")] = None,
    model: Name = "offline",
    resume: Resume = True,
    json_progress: JsonProgress = False,
    mode: Mode = None,
    timeout: Timeout = 600.0,
    redact: Redact = False,
) -> None:
    """Only what the source leaves open, with room for answers; give them back with draft --answers."""
    from specdraft import display, pipeline
    from specdraft.questionnaire import write

    _check_suffix(out, (".md", ".markdown"))
    source = _source(prd, out)
    with display.shown(sys.stderr, as_events=json_progress, quiet=model == "offline") as watcher:
        questions = pipeline.ask(
            source,
            model=model,
            resume=resume,
            mode=mode,
            timeout=timeout,
            redact=redact,
            progress=watcher,
        )
    _write(write(questions, source.name), out)
    _say(f"{len(questions)} open questions in {source.name}" + (f" -> {out}" if out else ""))


@app.command()
def render(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="A spec as .md or .json, drafted or hand-written.")],
    out: Out = None,
) -> None:
    """Convert a spec between .md and .json."""
    from specdraft.document import load_spec

    _check_suffix(out, (".md", ".markdown", ".json"))
    loaded = load_spec(spec)
    _write(_text(loaded, out), out)
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
        _say("interrupted; what was answered is kept, and the same command goes on from there")
        sys.exit(130)


def _check_suffix(out: Path | None, suffixes: tuple[str, ...]) -> None:
    """Before anything is drafted: can it be written there?"""
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


def _source(prd: str, out: Path | None) -> Source:
    from specdraft.source import Source

    source = Source.from_bytes(sys.stdin.buffer.read(), name="standard input") if prd == "-" else Source.from_path(prd)
    if out is not None and prd != "-" and out.exists() and out.samefile(prd):
        raise SpecdraftError(f"{out} is the PRD itself", hint="Choose another name for the spec.")
    return source


def _cost(spec: Spec) -> str:
    usage = spec.meta.usage
    if not usage.calls:
        return ""
    cost = f", ${usage.cost_usd:.4f}" if usage.cost_usd else ""
    read = f"{usage.input_tokens:,} tokens in ({usage.cached_tokens:,} cached)"
    return f"; {usage.calls} calls, {read}, {usage.output_tokens:,} out{cost}"


def _text(spec: Spec, out: Path | None) -> str:
    """The spec in the form that the suffix names."""
    as_json = out is not None and out.suffix.lower() == ".json"
    return spec.model_dump_json(indent=2) + "\n" if as_json else spec.to_markdown()


def _write(text: str, out: Path | None) -> None:
    """To standard output, or to the file, which is there whole or not at all."""
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


def _say(message: str) -> None:
    typer.echo(message, err=True)
