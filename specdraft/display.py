"""Showing a run to whoever waits: a table that changes in a terminal, lines elsewhere, a bar in a notebook."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from html import escape
from typing import Any, TextIO

from specdraft.outline import OUTLINE
from specdraft.progress import Progress, State, Watcher
from specdraft.spec import Critique, Finding
from specdraft.spec.critique import SEVERITIES

_SIGNS: dict[State, str] = {
    "noted": "!",
    "asked": "…",
    "reused": "=",
    "retried": "↻",
    "reasked": "?",
    "drafted": "✓",
    "failed": "✗",
}
_COLUMNS = ("", "section", "", "tokens in", "out", "cost", "time")
_ENDS = ("drafted", "failed")
_SHOWN = 120
"""Characters of a quote in a terminal."""


def as_json(event: Progress) -> str:
    """The event as one line of JSON."""
    return json.dumps(asdict(event), ensure_ascii=False)


def as_line(event: Progress) -> str:
    """The event as a line for a log."""
    if event.state == "noted":
        return event.detail
    calls = f"{event.calls} call{'s' if event.calls > 1 else ''}"
    took = f"{calls}, {event.input_tokens:,} + {event.output_tokens:,} tokens, " if event.calls else ""
    cost = f"${event.cost_usd:.4f}, " if event.cost_usd else ""
    return f"{event.seconds:6.1f} s  {event.section:<12} {event.state:<8} {took}{cost}{event.detail}".rstrip(" ,")


@contextmanager
def shown(out: TextIO, *, as_events: bool = False, quiet: bool = False) -> Iterator[Watcher | None]:
    """A watcher that writes to a stream: events as JSON, a live table in a terminal, else lines.

    `quiet` is for a draft that is there at once. What is in a section that is there is printed above the table.
    """
    if quiet and not as_events:
        yield None
        return
    if as_events or not out.isatty():
        write = as_json if as_events else as_line
        yield lambda event: print(write(event), file=out, flush=True)
        return
    from rich.console import Console
    from rich.live import Live

    latest: dict[str, Progress] = {}
    with Live(console=Console(file=out), transient=True, refresh_per_second=8) as live:

        def watch(event: Progress) -> None:
            latest[event.section] = event
            if event.state in ("noted", *_ENDS):
                live.console.print(as_line(event), markup=False, highlight=False, soft_wrap=True)
            live.update(_table(latest))

        yield watch


def _table(latest: dict[str, Progress]) -> Any:
    from rich.table import Table

    table = Table(*_COLUMNS, box=None, pad_edge=False)
    for row in _rows(latest):
        table.add_row(*row)
    return table


def _rows(latest: dict[str, Progress]) -> Iterator[tuple[str, ...]]:
    """A row for each section of the outline, whether it has begun or not, and for each of the critic's asks so far."""
    sections = [plan.name for plan in OUTLINE]
    for name in (*sections, *(each for each in latest if each and each not in sections)):
        event = latest.get(name)
        if event is None:
            yield (" ", name, *[""] * (len(_COLUMNS) - 2))
        else:
            cost = f"${event.cost_usd:.4f}" if event.cost_usd else ""
            tokens = (f"{event.input_tokens:,}", f"{event.output_tokens:,}")
            yield (_SIGNS[event.state], name, event.detail[:60], *tokens, cost, f"{event.seconds:.0f} s")


def print_findings(critique: Critique, text: str, out: TextIO) -> None:
    """The findings by severity, each with its place: ids and parts, and the line of the text where its words stand.

    Args:
        critique: what was found.
        text: the file of the spec, in whatever form; to tell lines by.
        out: where to print; a terminal gets colours.
    """
    from rich.console import Console
    from rich.markup import escape as plain

    console = Console(file=out, highlight=False, soft_wrap=not out.isatty())
    for severity, meaning in SEVERITIES.items():
        found = [each for each in critique.findings if each.severity == severity]
        if found:
            console.print(f"[bold]{severity}[/] {meaning}")
        for each in found:
            marks = f"{each.likelihood}, {each.lens}, {each.kind}" + (
                f", {each.status}" if each.status != "open" else ""
            )
            console.print(f"  [bold]{each.id}[/] {plain(each.title)} [dim]({plain(marks)})[/]")
            for line in (*_places(each, text), each.mechanism, _advice(each)):
                if line:
                    console.print(f"     {plain(' '.join(line.split()))}")
    if not critique.findings:
        console.print("nothing found")
    if critique.set_aside:
        console.print(f"[dim]{len(critique.set_aside)} more set aside by the referee; -o writes them down[/]")


def _places(finding: Finding, text: str) -> Iterator[str]:
    for proof in finding.evidence:
        if proof.absent:
            yield f"{proof.at}: nothing on {proof.absent}"
        else:
            at = text.find(proof.text.partition("\n")[0])
            line = f", line {text.count(chr(10), 0, at) + 1}" if at >= 0 else ""
            yield f"{proof.at}{line}: “{proof.text[:_SHOWN]}{'…' if len(proof.text) > _SHOWN else ''}”"
    for citation in finding.citations[:1] if not finding.evidence else ():
        line = f", line {citation.line}" if citation.line else ""
        yield f"source, {citation.passage}{line}: “{citation.quote[:_SHOWN]}”"


def _advice(finding: Finding) -> str:
    lands = f" ({finding.lands_in})" if finding.lands_in else ""
    return finding.resolution or (f"→ {finding.suggestion}{lands}" if finding.suggestion else f"? {finding.question}")


def print_revisions(critique: Critique, out: TextIO) -> None:
    """What the critique changed in the draft, a line each."""
    signs = {"added": "+", "changed": "~", "removed": "-"}
    for each in critique.revisions:
        print(f"{signs[each.change]} {each.at} ({each.finding}): {' '.join(each.text.split())}", file=out)


def in_notebook() -> Watcher | None:
    """A watcher that shows a bar in the cell that runs; None outside of a notebook."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None or not getattr(shell, "kernel", None):
        return None
    from IPython import display as cell  # type: ignore[import-untyped,unused-ignore]

    latest: dict[str, Progress] = {}
    page: Any = cell.HTML
    handle: Any = cell.display(page(""), display_id=True)  # type: ignore[no-untyped-call,unused-ignore]

    def watch(event: Progress) -> None:
        if event.section:
            latest[event.section] = event
        handle.update(page(_bar(latest)))

    return watch


def _bar(latest: dict[str, Progress]) -> str:
    """Progress over the sections, and a row for each that has begun."""
    ended = sum(event.state in _ENDS for event in latest.values())
    cells = (row for row in _rows(latest) if row[0].strip())
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in cells)
    most = len({plan.name for plan in OUTLINE} | latest.keys())
    return f'<progress max="{most}" value="{ended}"></progress> {ended} of {most}<table>{rows}</table>'
