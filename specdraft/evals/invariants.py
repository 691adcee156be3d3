"""What must hold across the sections of a finished spec: each invariant, with where it could hold and where it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from specdraft.spec import SpecFields
from specdraft.spec.alternatives import EXPECTED
from specdraft.spec.ids import LINKS, items

Held = Iterator[tuple[str, bool]]
"""Each place where it could hold, and whether it does."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that is true of every item of a kind."""

    name: str
    check: Callable[[SpecFields], Held]


def _goals_measured(spec: SpecFields) -> Held:
    measured = {goal for criterion in spec.success.criteria for goal in criterion.goals}
    yield from ((goal.id, goal.id in measured) for goal in spec.problem.goals)


def _criteria_serve(spec: SpecFields) -> Held:
    yield from ((criterion.id, bool(criterion.goals)) for criterion in spec.success.criteria)


def _risks_met(spec: SpecFields) -> Held:
    for risk in spec.risks.items:
        yield risk.id, bool(risk.mitigated_by) or risk.mitigation.startswith("Accepted: ")


def _high_risks_planned(spec: SpecFields) -> Held:
    steps = {risk for step in spec.rollout.steps for risk in step.mitigates}
    for risk in spec.risks.items:
        if risk.likelihood == risk.impact == "high":
            yield risk.id, risk.id in steps or risk.mitigation.startswith("Accepted: ")


def _way_back(spec: SpecFields) -> Held:
    if spec.rollout.migration.required == "yes":
        yield "rollout.migration", bool(spec.rollout.migration.rollback)


def _flag_ends(spec: SpecFields) -> Held:
    if spec.rollout.release.kind in ("flag", "experiment"):
        yield "rollout.release", bool(spec.rollout.release.flag_removal)


def _links_lead(spec: SpecFields) -> Held:
    broken = {fault.at for fault in spec.link_faults()}
    for path, item in items(spec):
        if path in LINKS and not path.startswith("critique"):
            yield item.id, item.id not in broken


def _one_chosen(spec: SpecFields) -> Held:
    if spec.alternatives.options:
        yield "alternatives.options", sum(option.chosen for option in spec.alternatives.options) == 1


def _all_scored(spec: SpecFields) -> Held:
    wanted = {criterion.id for criterion in spec.alternatives.criteria}
    for option in spec.alternatives.options:
        yield option.id, {score.criterion for score in option.scores} == wanted


def _all_considered(spec: SpecFields) -> Held:
    if spec.alternatives.options:
        considered = {option.approach for option in spec.alternatives.options}
        yield from ((approach, approach in considered) for approach in EXPECTED)


def _reasons_given(spec: SpecFields) -> Held:
    for option in spec.alternatives.options:
        if not option.chosen:
            yield option.id, bool(option.why_not)


def _choice_borne_out(spec: SpecFields) -> Held:
    places = {each.option: each.place for each in spec.alternatives.ranking()}
    for option in spec.alternatives.options:
        if option.chosen and option.id in places:
            yield option.id, places[option.id] == 1


def _findings_landed(spec: SpecFields) -> Held:
    for finding in spec.critique.findings:
        if finding.status == "accepted":
            yield finding.id, bool(finding.resolution)


INVARIANTS: tuple[Invariant, ...] = (
    Invariant("each goal is measured", _goals_measured),
    Invariant("each criterion serves a goal", _criteria_serve),
    Invariant("each risk is met by a step, a test or a monitor, or accepted", _risks_met),
    Invariant("each likely and bad risk is met by a step", _high_risks_planned),
    Invariant("a migration has a way back", _way_back),
    Invariant("a flag has an end", _flag_ends),
    Invariant("each link leads somewhere", _links_lead),
    Invariant("one option is chosen", _one_chosen),
    Invariant("each option has a score on each criterion", _all_scored),
    Invariant("nothing, what exists and less are considered", _all_considered),
    Invariant("each option not chosen has a reason", _reasons_given),
    Invariant("the scores bear out the choice", _choice_borne_out),
    Invariant("each accepted finding has landed", _findings_landed),
)


def broken(spec: SpecFields) -> dict[str, list[str]]:
    """The invariants that do not hold everywhere, each with the places."""
    found = {each.name: [at for at, holds in each.check(spec) if not holds] for each in INVARIANTS}
    return {name: places for name, places in found.items() if places}


def share(spec: SpecFields) -> float | None:
    """Of the invariants that could be broken in this spec, the mean share of places where they hold."""
    places = ([holds for _, holds in invariant.check(spec)] for invariant in INVARIANTS)
    shares = [sum(held) / len(held) for held in places if held]
    return sum(shares) / len(shares) if shares else None
