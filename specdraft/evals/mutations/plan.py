"""Operators on the plan: way back, order, stages, flags, announcement, links to risks."""

from __future__ import annotations

import re

from specdraft.document import Spec
from specdraft.evals.mutations.operator import Operator, Seeded, without

_DESTROYS = re.compile(r"\b(?:drop|delete|remove|revoke|stop writing)\b", re.IGNORECASE)


def _drop_rollback(spec: Spec) -> Seeded:
    migration = spec.rollout.migration
    if not migration.rollback:
        return None
    gone = migration.rollback[0].text
    migration.rollback = []
    return ("rollout.migration.rollback", "rollout.migration"), f"no rollback any more: {gone}"


def _unannounced(spec: Spec) -> Seeded:
    if spec.risks.answers.backwards_incompatible.answer != "yes":
        return None
    words = "announc|deprecat|notif|notice|sunset|migration guide|inform|warn|tell|e-?mail"
    gone = without(spec.rollout.steps, words)
    gone += without(spec.rollout.migration.steps, words)
    if not gone:
        return None
    return ("rollout.steps", "rollout", "risks.answers.backwards_incompatible"), f"told to nobody: {gone[0].text}"


def _immortal_flag(spec: Spec) -> Seeded:
    release = spec.rollout.release
    if not release.flag_removal:
        return None
    gone, release.flag_removal = release.flag_removal, ""
    for step in spec.rollout.steps:
        step.text = re.sub(r"[;,]? (?:and )?remov\w+ (?:the |its |both )?(?:\w+ )?flags?", "", step.text) or step.text
    return ("rollout.release",), f"the flag stays: {gone}"


def _dangling(spec: Spec) -> Seeded:
    if len(spec.rollout.steps) < 2:
        return None
    step = spec.rollout.steps[-1]
    step.text = f"{step.text.rstrip('.')}, once S27 has been reviewed."
    return (step.id,), f"{step.id} refers to S27"


def _drop_mitigation(spec: Spec) -> Seeded:
    risks = [risk for risk in spec.risks.items if risk.mitigated_by and risk.impact == "high"]
    if not risks:
        return None
    risk = risks[-1]
    risk.mitigated_by, risk.mitigation = [], ""
    for step in spec.rollout.steps:
        step.mitigates = [each for each in step.mitigates if each != risk.id]
    for test in spec.success.validation:
        test.verifies = [each for each in test.verifies if each != risk.id]
    for monitor in spec.success.monitors:
        monitor.watches = [each for each in monitor.watches if each != risk.id]
    return (risk.id,), f"{risk.id} is met by nothing"


def _destroy_first(spec: Spec) -> Seeded:
    steps = spec.rollout.steps
    late = [n for n, step in enumerate(steps) if n > 2 and _DESTROYS.search(step.text)]
    if not late:
        return None
    step = steps.pop(late[-1])
    steps.insert(1, step)
    return (step.id,), f"{step.id} comes first: {step.text}"


def _no_gate(spec: Spec) -> Seeded:
    stages = spec.rollout.release.stages
    if len(stages) < 2 or not stages[0].exit_criteria:
        return None
    gone, stages[0].exit_criteria = stages[0].exit_criteria, ""
    return ("rollout.release",), f"the first stage has no gate: {gone}"


OPERATORS: tuple[Operator, ...] = (
    Operator(
        "rollback dropped", "S2", r"roll(?:ed|ing|s)? ?back|undo|undone|revert|way back|restor|reversib", _drop_rollback
    ),
    Operator(
        "breaking change unannounced",
        "S2",
        r"announc|notice|deprecat|\btell|told|inform|notif|warn|communicat",
        _unannounced,
    ),
    Operator("flag never removed", "S3", r"\bflag", _immortal_flag),
    Operator("dangling reference", "S3", r"S27", _dangling),
    Operator("mitigation dropped", "S2", r"mitigat|nothing|no step|no test|unmet|plan", _drop_mitigation),
    Operator(
        "destroyed first",
        "S1",
        r"before|order|earl|still|first|too soon|sequence|prematur",
        _destroy_first,
        held_out=True,
    ),
    Operator(
        "stage without gate",
        "S3",
        r"gate|exit|criteri|go on|decid|next stage|proceed|condition",
        _no_gate,
        held_out=True,
    ),
)
