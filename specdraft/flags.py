"""The flags of the command line that more than one command takes, each with its words of help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
LensNames = Annotated[
    list[str] | None,
    typer.Option("--lens", help="Read through this lens: a name (outline --lenses) or a .md file; may be repeated."),
]
Concurrency = Annotated[int, typer.Option("--concurrency", min=1, help="Requests at the same time.")]
BudgetUsd = Annotated[float | None, typer.Option("--budget-usd", min=0, help="Stop before it costs more.")]
BudgetTokens = Annotated[int | None, typer.Option("--budget-tokens", min=0, help="Stop before it takes more.")]
Context = Annotated[
    list[Path] | None, typer.Option("--context", help="A file or folder that tells what exists; may be repeated.")
]
Out = Annotated[Path | None, typer.Option("-o", "--out", help="Where to write it; the suffix says how: .md or .json.")]
Critic = Annotated[
    bool, typer.Option("--critique/--no-critique", help="Read the draft as a critic and revise it, or not.")
]
