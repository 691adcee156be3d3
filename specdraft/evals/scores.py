"""Scores: a run's results measured, without any model. A run can be scored again whenever an evaluator changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from specdraft.document import Spec
from specdraft.evals.evaluators import EVALUATORS, Better, score
from specdraft.evals.mutations import Flaw
from specdraft.evals.run import Result
from specdraft.evals.statistics import Estimate, estimate
from specdraft.evals.tasks import CritiqueTask, DraftTask, Task
from specdraft.spec import Critique, Finding

FIRST = 10
"""Findings of a critique that count: a reader has had enough by then."""
MEASURES: dict[str, tuple[str, Better]] = {
    **{each.name: (each.what, each.better) for each in EVALUATORS},
    "flaws_found": (f"share of seeded flaws that one of the first {FIRST} findings speaks of at their place", "higher"),
    "flaws_found_held_out": ("the same, for flaws that nothing was tuned on", "higher"),
    "flaws_spoken_of": ("share of seeded flaws that one of these findings speaks of, wherever", "higher"),
    "false_alarms": ("findings on a clean spec, alternatives apart", "lower"),
}
"""Every measure of a run, with what it is and which way is good."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one seeded flaw."""

    task: str
    document: str
    flaw: Flaw
    spoken_of: bool
    """One of the first findings says its words, and did not on the clean twin."""
    placed: bool
    """And names its place."""


@dataclass
class Scored:
    """The scores of a run."""

    values: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    """By measure, by document, one a sample."""
    flaws: list[Seen] = field(default_factory=list)
    alarms: list[Finding] = field(default_factory=list)
    """What was found in clean specs."""
    results: list[Result] = field(default_factory=list)

    @property
    def summary(self) -> dict[str, Estimate]:
        """By measure the mean over documents, with its interval."""
        return {name: estimate(values) for name, values in self.values.items()}

    @property
    def problems(self) -> list[str]:
        """Results that are none, and why; answers that nobody asks for."""
        found = [f"{each.task}: {each.error}" for each in self.results if each.error]
        found += [f"{each.task}: {miss}" for each in self.results for miss in each.stale[:1]]
        return found + [
            f"{each.task}: {len(each.unplayed)} recorded answers are not asked for any more"
            for each in self.results
            if each.unplayed and not each.stale
        ]


def scored(tasks: Iterable[Task], results: Sequence[Result]) -> Scored:
    """What the evaluators and the seeded flaws say of the results of these tasks."""
    by_task: dict[str, list[Result]] = {}
    for result in results:
        by_task.setdefault(result.task, []).append(result)
    wanted = [task for task in tasks if task.name in by_task]
    scores = Scored(results=[result for task in wanted for result in by_task[task.name]])
    clean = {
        (task.document, result.sample): _findings(result)
        for task in wanted
        if isinstance(task, CritiqueTask) and not task.flaws
        for result in by_task[task.name]
    }
    for task in wanted:
        for result in by_task[task.name]:
            if result.output is None:
                continue
            if isinstance(task, DraftTask):
                _add(scores, task.document, score(task.case, Spec.model_validate(result.output)))
            elif task.flaws:
                _seen(scores, task, _findings(result), clean.get((task.document, result.sample), []))
            else:
                alarms = _alarms(_findings(result))
                scores.alarms += alarms
                _add(scores, task.document, {"false_alarms": len(alarms)})
    _count_flaws(scores)
    return scores


def _add(scores: Scored, document: str, values: Mapping[str, float]) -> None:
    for name, value in values.items():
        scores.values.setdefault(name, {}).setdefault(document, []).append(float(value))


def _findings(result: Result) -> list[Finding]:
    return Critique.model_validate(result.output or {}).findings


def _alarms(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that say that something is wrong or missing; another way to do it says neither."""
    return [each for each in findings if each.kind != "alternative"]


def _seen(scores: Scored, task: CritiqueTask, findings: list[Finding], clean: list[Finding]) -> None:
    known = {each.title for each in clean}
    first = [each for each in _alarms(findings)[:FIRST] if each.title not in known]
    for flaw in task.flaws:
        speaking = [each for each in first if re.search(flaw.signs, f"{each.title} {each.mechanism}", re.IGNORECASE)]
        placed = any(set(flaw.at) & _places(each) for each in speaking)
        scores.flaws.append(Seen(task.name, task.document, flaw, bool(speaking), placed))


def _places(finding: Finding) -> set[str]:
    return {each.at for each in finding.evidence} | set(finding.targets)


def _count_flaws(scores: Scored) -> None:
    for seen in scores.flaws:
        name = "flaws_found_held_out" if seen.flaw.held_out else "flaws_found"
        _add(scores, seen.document, {name: seen.placed, "flaws_spoken_of": seen.spoken_of})


def by_severity(alarms: Iterable[Finding]) -> list[dict[str, Any]]:
    """A row for each severity: how much of it is found in clean specs, and by which lenses (one or more each)."""
    found: dict[str, list[str]] = {}
    for finding in alarms:
        found.setdefault(finding.severity, []).append(finding.lens)
    return [
        {
            "severity": severity,
            "alarms": len(lenses),
            "lenses": Counter(name for each in lenses for name in each.split(", ")).most_common(),
        }
        for severity, lenses in sorted(found.items())
    ]


_COUNTS = ("seeded", "spoken_of", "found")


def by_operator(flaws: Iterable[Seen]) -> list[dict[str, Any]]:
    """A row for each operator: severity, held out or not, how many were seeded, spoken of, placed."""
    rows: dict[str, dict[str, Any]] = {}
    for seen in flaws:
        flaw = seen.flaw
        row = rows.setdefault(
            flaw.operator,
            {"operator": flaw.operator, "severity": flaw.severity, "held_out": flaw.held_out}
            | dict.fromkeys(_COUNTS, 0),
        )
        row["seeded"] += 1
        row["spoken_of"] += seen.spoken_of
        row["found"] += seen.placed
    return sorted(rows.values(), key=lambda row: (row["held_out"], row["severity"], row["operator"]))
