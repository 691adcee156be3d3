"""The command line: flags to calls, errors to exit codes. Nothing is decided here.

Exit status: 0 done; 1 the draft is partial; 2 the command or its input is wrong; 3 the model could
not be used at all; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from specdraft import eval_cli, output
from specdraft.errors import ModelError, SpecdraftError
from specdraft.flags import (
    BudgetTokens,
    BudgetUsd,
    Concurrency,
    Context,
    Critic,
    JsonProgress,
    LensNames,
    Mode,
    Name,
    Out,
    Prd,
    Redact,
    Resume,
    Timeout,
)

if TYPE_CHECKING:
    from specdraft.document import Spec
    from specdraft.source import Source
    from specdraft.spec import Critique

app = typer.Typer(
    help="Turn a PRD or a ticket into a technical-spec draft: cited, typed, honest about what is missing.",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)


app.add_typer(eval_cli.app, name="eval")


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
    context: Context = None,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", help="Answers to open questions: the file of `specdraft ask`, filled in."),
    ] = None,
    critique: Critic = True,
    lens: LensNames = None,
    show_revision: Annotated[
        bool, typer.Option("--show-revision", help="List on standard error what the critique changed in the draft.")
    ] = False,
    concurrency: Concurrency = 8,
    budget_usd: BudgetUsd = None,
    budget_tokens: BudgetTokens = None,
    resume: Resume = True,
    json_progress: JsonProgress = False,
    mode: Mode = None,
    timeout: Timeout = 600.0,
    redact: Redact = False,
) -> None:
    """Draft a spec from a PRD or a ticket."""
    from specdraft import display, pipeline

    output.check(out, (".md", ".markdown", ".json"))
    source = _source(prd, out)
    with display.shown(sys.stderr, as_events=json_progress, quiet=model == "offline") as watcher:
        spec = pipeline.draft(
            source,
            model=model,
            context=context or [],
            answers=answers,
            critique=critique,
            lens=lens or (),
            concurrency=concurrency,
            budget_usd=budget_usd,
            budget_tokens=budget_tokens,
            resume=resume,
            mode=mode,
            timeout=timeout,
            redact=redact,
            progress=watcher,
        )
    output.write(output.text_of(spec, out), out)
    for notice in spec.meta.notices:
        _say(f"note: {notice}")
    if show_revision:
        display.print_revisions(spec.critique, sys.stderr)
    counts = f"{len(spec.open_questions)} open questions, {len(spec.risks.items)} risks, "
    counts += f"{len(spec.critique.findings)} findings, {len(spec.unplaced)} not placed"
    _say(f"drafted from {source.name} by {model}: {counts}" + _cost(spec) + (f" -> {out}" if out else ""))
    if model == "offline" and os.environ.get("OPENAI_API_KEY"):
        _say("hint: drafted offline, nothing was sent anywhere, although OPENAI_API_KEY is set")
    for failure in spec.meta.failures:
        _say(f"not drafted: {failure.section}: {failure.reason}")
    _say_unread(spec.critique)
    if spec.meta.failures or spec.critique.failures:
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

    output.check(out, (".md", ".markdown"))
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
    output.write(write(questions, source.name), out)
    _say(f"{len(questions)} open questions in {source.name}" + (f" -> {out}" if out else ""))


@app.command()
def critique(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="A spec as .md or .json, drafted or hand-written.")],
    source: Annotated[Path | None, typer.Option("--source", metavar="PRD", help="What it was drafted from.")] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Write the spec there with the findings, accepted ones carried out."),
    ] = None,
    model: Name = "offline",
    lens: LensNames = None,
    context: Context = None,
    concurrency: Concurrency = 8,
    budget_usd: BudgetUsd = None,
    budget_tokens: BudgetTokens = None,
    resume: Resume = True,
    json_progress: JsonProgress = False,
    mode: Mode = None,
    timeout: Timeout = 600.0,
    redact: Redact = False,
) -> None:
    """Read a spec as a critic: what may fail, what is missing, what else could be done."""
    from specdraft import display, pipeline
    from specdraft.document import load_spec

    output.check(out, (".md", ".markdown", ".json"))
    loaded = load_spec(spec)
    with display.shown(sys.stderr, as_events=json_progress, quiet=model == "offline") as watcher:
        found = pipeline.critique(
            loaded,
            source,
            model=model,
            lens=lens or (),
            context=context or [],
            concurrency=concurrency,
            budget_usd=budget_usd,
            budget_tokens=budget_tokens,
            resume=resume,
            mode=mode,
            timeout=timeout,
            redact=redact,
            progress=watcher,
        )
    display.print_findings(found, spec.read_text(encoding="utf-8-sig"), sys.stdout)
    if out is not None:
        revised = pipeline.revise(loaded, found)
        output.write(output.text_of(revised, out), out)
        landed = len(revised.critique.revisions) - len(loaded.critique.revisions)
        _say(f"{len(found.findings)} findings, {landed} changes to the spec -> {out}")
    _say_unread(found)
    if found.failures:
        raise typer.Exit(1)


@app.command()
def render(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="A spec as .md or .json, drafted or hand-written.")],
    out: Out = None,
) -> None:
    """Convert a spec between .md and .json."""
    from specdraft.document import load_spec

    output.check(out, (".md", ".markdown", ".json"))
    loaded = load_spec(spec)
    output.write(output.text_of(loaded, out), out)
    for fault in loaded.link_faults():
        _say(f"note: {fault.at}: {fault.kind} id {fault.id}")


@app.command()
def outline(
    lenses: Annotated[bool, typer.Option("--lenses", help="The critic's lenses instead: what each asks.")] = False,
) -> None:
    """The sections of a spec: what each asks, what each needs."""
    from specdraft.outline import OUTLINE

    if lenses:
        from specdraft.lenses import table

        for lens in table():
            typer.echo(f"{lens.name:<13}  {lens.asks}  [{lens.when}]")
        return

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


def _source(prd: str, out: Path | None) -> Source:
    from specdraft.source import Source

    source = Source.from_bytes(sys.stdin.buffer.read(), name="standard input") if prd == "-" else Source.from_path(prd)
    if out is not None and prd != "-" and out.exists() and out.samefile(prd):
        raise SpecdraftError(f"{out} is the PRD itself", hint="Choose another name for the spec.")
    return source


def _say_unread(critique: Critique) -> None:
    for failure in critique.failures:
        _say(f"not read: {failure.section}: {failure.reason}")


def _cost(spec: Spec) -> str:
    usage = spec.meta.usage
    if not usage.calls:
        return ""
    cost = f", ${usage.cost_usd:.4f}" if usage.cost_usd else ""
    read = f"{usage.input_tokens:,} tokens in ({usage.cached_tokens:,} cached)"
    return f"; {usage.calls} calls, {read}, {usage.output_tokens:,} out{cost}"


def _say(message: str) -> None:
    typer.echo(message, err=True)
