"""Operators on figures and proof: thresholds, units, monitors, goals, scores."""

from __future__ import annotations

import re

from specdraft.document import Spec
from specdraft.evals.mutations.operator import NUMBER, Operator, Seeded, unlink

_UNITS = {
    "ms": "s",
    "s": "ms",
    "seconds": "minutes",
    "minutes": "hours",
    "hours": "minutes",
    "days": "hours",
    "MB": "GB",
}


def _contradict_number(spec: Spec) -> Seeded:
    """A threshold that a goal or the solution also names becomes three times as large."""
    told = " ".join(each.text for each in (*spec.problem.goals, *spec.solution.overview))
    for criterion in spec.success.criteria:
        figure = criterion.threshold
        if (
            NUMBER.fullmatch(figure)
            and float(figure.replace(",", ""))
            and re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d.,]*\d)", told)
        ):
            criterion.threshold = f"{float(figure.replace(',', '')) * 3:g}"
            return (criterion.id, *criterion.goals), f"{criterion.id}: {figure} became {criterion.threshold}"
    return None


def _unmeasured(spec: Spec) -> Seeded:
    goals = [goal for goal in spec.problem.goals if any(goal.id in each.goals for each in spec.success.criteria)]
    if len(goals) < 2:
        return None
    goal = goals[-1]
    for criterion in spec.success.criteria:
        criterion.goals = [each for each in criterion.goals if each != goal.id]
    gone = [each for each in spec.success.criteria if not each.goals]
    spec.success.criteria = [each for each in spec.success.criteria if each.goals]
    unlink(spec, {each.id for each in gone})
    return (goal.id,), f"{goal.id} is measured by nothing"


def _asleep(spec: Spec) -> Seeded:
    for monitor in spec.success.monitors:
        if monitor.threshold and monitor.alert:
            gone = monitor.threshold
            monitor.threshold = monitor.alert = monitor.owner = ""
            monitor.text = NUMBER.sub("", monitor.text).strip()
            return (monitor.id,), f"{monitor.id} has no threshold and no alert: {gone}"
    return None


def _impossible(spec: Spec) -> Seeded:
    for criterion in spec.success.criteria:
        if criterion.unit == "%" and criterion.threshold != "100":
            gone = f"{criterion.comparator} {criterion.threshold} %"
            below = criterion.comparator in ("<", "<=")
            criterion.comparator, criterion.threshold = ("<=", "0") if below else (">=", "100")
            return (criterion.id,), f"{criterion.id}: {gone} became {criterion.comparator} {criterion.threshold} %"
    return None


def _overturn(spec: Spec) -> Seeded:
    chosen = [each for each in spec.alternatives.options if each.chosen]
    others = [each for each in spec.alternatives.options if not each.chosen and each.scores]
    if not chosen or not others:
        return None
    chosen[0].scores, others[-1].scores = others[-1].scores, chosen[0].scores
    return (chosen[0].id, others[-1].id), f"{others[-1].id} has the scores of the chosen {chosen[0].id}"


def _swap_units(spec: Spec) -> Seeded:
    for criterion in spec.success.criteria:
        if new := _UNITS.get(criterion.unit):
            gone, criterion.unit = criterion.unit, new
            return (criterion.id, *criterion.goals), f"{criterion.id}: {gone} became {new}"
    return None


OPERATORS: tuple[Operator, ...] = (
    Operator("number contradicted", "S2", r"\d", _contradict_number),
    Operator("goal not measured", "S3", r"measur|criteri|metric|know|success", _unmeasured),
    Operator("monitor asleep", "S3", r"threshold|alert|value|wake|page[ds]?\b|called|trigger|notice", _asleep),
    Operator(
        "threshold impossible", "S3", r"100|imposs|perfect|never|unreal|zero|\b0\b|reach|attain|single", _impossible
    ),
    Operator("choice overturned", "S3", r"scor|rank|total|weigh|chosen|better|best|beat", _overturn),
    Operator(
        "units swapped",
        "S2",
        r"unit|ms\b|second|minute|hour|day|GB|MB|differ|contradict|mismatch",
        _swap_units,
        held_out=True,
    ),
)
