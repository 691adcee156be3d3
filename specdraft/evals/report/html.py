"""A run as one HTML file: the scores with their intervals, a page for each task, and what changed since another run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from specdraft.document import Spec
from specdraft.evals.compare import Change, verdict
from specdraft.evals.evaluators import score
from specdraft.evals.invariants import broken
from specdraft.evals.report.text import interval, named, number
from specdraft.evals.run import Result
from specdraft.evals.scores import MEASURES, Scored, by_operator, by_severity
from specdraft.evals.statistics import Estimate
from specdraft.evals.tasks import CritiqueTask, DraftTask, Task
from specdraft.page import page
from specdraft.spec import Critique

_WIDE = 220
"""Pixels of a plot."""


def html(
    tasks: Sequence[Task], scores: Scored, changes: Sequence[Change] = (), *, title: str = "specdraft eval"
) -> str:
    """The report. It loads nothing and runs no script; its pages are parts of it that links open.

    Args:
        tasks: what the results came of.
        scores: of the run.
        changes: since another run, if there is one to compare with.
        title: of the page.
    """
    known = {task.name: task for task in tasks}
    return str(
        _template().render(
            title=title,
            rows=[_row(name, each) for name, each in scores.summary.items()],
            operators=by_operator(scores.flaws),
            alarms=[{**row, "lenses": named(row["lenses"])} for row in by_severity(scores.alarms)],
            changes=[_changed(change) for change in changes if change.verdict != "the same"],
            verdict=verdict(changes) if changes else "",
            problems=scores.problems,
            pages=[_page(known[each.task], each, scores) for each in scores.results],
        )
    )


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    text = (files("specdraft") / "evals" / "report" / "report.html.j2").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        text
    )


def _row(name: str, each: Estimate) -> dict[str, Any]:
    what, better = MEASURES[name]
    return {"name": name, "what": what, "better": better, "mean": number(each.mean), "interval": interval(each),
            "documents": each.documents, "plot": _plot(each.mean, each.low, each.high, each.is_known)}  # fmt: skip


def _plot(mean: float, low: float, high: float, is_known: bool) -> dict[str, float]:
    """Where mean and interval lie on a line from nothing to one, or to the end of the interval."""
    most = max(1.0, mean, high if is_known else mean)
    scale = _WIDE / most
    if not is_known:
        low = high = mean
    return {"width": _WIDE, "low": max(0.0, low) * scale, "high": high * scale, "mean": max(0.0, mean) * scale}


def _changed(change: Change) -> dict[str, Any]:
    told = change.difference.estimate
    most = max(abs(told.mean), abs(told.low), abs(told.high)) if told.is_known else abs(told.mean)
    scale = _WIDE / 2 / (most or 1.0)
    middle = _WIDE / 2
    low, high = (told.low, told.high) if told.is_known else (told.mean, told.mean)
    return {
        "name": change.measure,
        "first": number(change.first),
        "second": number(change.second),
        "difference": f"{told.mean:+.3g}",
        "interval": interval(told),
        "detectable": number(change.difference.detectable) if told.is_known else "–",
        "verdict": change.verdict,
        "moved": change.moved,
        "plot": {"width": _WIDE, "zero": middle, "low": middle + low * scale, "high": middle + high * scale,
                 "mean": middle + told.mean * scale},
    }  # fmt: skip


def _page(task: Task, result: Result, scores: Scored) -> dict[str, Any]:
    """What the page of a task shows."""
    shown: dict[str, Any] = {
        "id": _id(task, result),
        "name": task.name + (f" ({result.sample})" if result.sample else ""),
        "model": result.model,
        "seconds": number(result.seconds),
        "error": result.error,
        "stale": result.stale,
        "scores": [],
        "passages": [],
        "spec": "",
        "findings": [],
        "broken": {},
        "flaws": [],
        "about": "",
    }
    if isinstance(task, DraftTask):
        shown |= _draft(task, result)
    else:
        shown |= _critique(task, result, scores)
    return shown


def _id(task: Task, result: Result) -> str:
    return "task-" + re.sub(r"[^a-z0-9]+", "-", f"{task.name}-{result.sample}".casefold()).strip("-")


def _draft(task: DraftTask, result: Result) -> dict[str, Any]:
    passages = [(passage.id, passage.text) for passage in task.case.source.passages]
    shown: dict[str, Any] = {"passages": passages, "about": task.case.gold.about}
    if result.output is not None:
        spec = Spec.model_validate(result.output)
        scores = score(task.case, spec)
        shown |= {
            "scores": [(name, number(value), MEASURES[name][0]) for name, value in scores.items()],
            "spec": page(spec.to_markdown(), _id(task, result)),
            "findings": spec.critique.findings,
            "broken": broken(spec),
        }
    return shown


def _critique(task: CritiqueTask, result: Result, scores: Scored) -> dict[str, Any]:
    found = Critique.model_validate(result.output or {}).findings
    seen = [each for each in scores.flaws if each.task == task.name]
    return {
        "about": "A clean spec with seeded flaws."
        if task.flaws
        else "A clean spec: what is found here is a false alarm.",
        "spec": "" if len(task.flaws) == 1 else page(task.spec.to_markdown(), _id(task, result)),
        "findings": found,
        "flaws": seen,
    }
