"""Flaws seeded into clean specs: each operator breaks one thing, and knows where and by which words it can be found.

An operator works on the typed spec, or on its Markdown as a person would edit it. Those that are `held_out` are not
looked at while rules and prompts are tuned; their figures are reported apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from specdraft.document import Spec
from specdraft.spec import Change, Statement, Step
from specdraft.spec.critique import Severity

Places = tuple[str, ...]
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One seeded flaw."""

    operator: str
    severity: Severity
    held_out: bool
    at: Places
    """Where it can be found: ids and paths of parts."""
    signs: str
    """A regular expression: a finding that speaks of the flaw matches it."""
    what: str
    """What was done, in a line."""


@dataclass(frozen=True, slots=True)
class Operator:
    """A way to break a clean spec."""

    name: str
    severity: Severity
    signs: str
    seed: Callable[[Spec], tuple[Places, str] | None]
    """Breaks the spec in place and says where and what; None where there is nothing of the kind to break."""
    held_out: bool = False


def seeded(spec: Spec, operators: Iterable[Operator]) -> tuple[Spec, list[Flaw]]:
    """A copy with the flaws of these operators, one after another, and the flaws that could be seeded."""
    broken = spec.model_copy(deep=True)
    flaws: list[Flaw] = []
    for operator in operators:
        attempt = broken.model_copy(deep=True)
        done = operator.seed(attempt)
        if done and not {at for flaw in flaws for at in flaw.at} & set(done[0]):
            broken = Spec.model_validate(attempt.model_dump())
            flaws.append(Flaw(operator.name, operator.severity, operator.held_out, done[0], operator.signs, done[1]))
    return broken, flaws


def _without(items: list[Any], words: str) -> list[Any]:
    """Take out the items that speak of this, in place; what was taken out."""
    pattern = re.compile(rf"\b(?:{words})", re.IGNORECASE)
    gone = [each for each in items if pattern.search(each.text)]
    items[:] = [each for each in items if each not in gone]
    return gone


def _sentences_out(items: list[Any], words: str) -> list[str]:
    """Take out the sentences that speak of this, in place; an item that is left with nothing goes as a whole."""
    pattern = re.compile(rf"\b(?:{words})", re.IGNORECASE)
    gone: list[str] = []
    kept = []
    for each in items:
        parts = re.split(r"(?<=[.;:]) ", each.text)
        left = [part for part in parts if not pattern.search(part)]
        gone += [part for part in parts if pattern.search(part)]
        if left:
            each.text = " ".join(left)
            kept.append(each)
    items[:] = kept
    return gone


def _drop_rollback(spec: Spec) -> tuple[Places, str] | None:
    migration = spec.rollout.migration
    if not migration.rollback:
        return None
    gone = migration.rollback[0].text
    migration.rollback = []
    return ("rollout.migration.rollback", "rollout.migration"), f"no rollback any more: {gone}"


def _contradict_number(spec: Spec) -> tuple[Places, str] | None:
    """A threshold that a goal or the solution also names becomes three times as large."""
    told = " ".join(each.text for each in (*spec.problem.goals, *spec.solution.overview))
    for criterion in spec.success.criteria:
        figure = criterion.threshold
        if _NUMBER.fullmatch(figure) and float(figure.replace(',', '')) and re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d.,]*\d)", told):
            criterion.threshold = f"{float(figure.replace(',', '')) * 3:g}"
            return (criterion.id, *criterion.goals), f"{criterion.id}: {figure} became {criterion.threshold}"
    return None


_ACCESS = (
    "only .{0,80}(?:may|can)|may (?:create|see|read|request|use|download|change|call|edit)|permission|author|roles?"
)


def _drop_authorisation(spec: Spec) -> tuple[Places, str] | None:
    gone = _sentences_out(spec.solution.overview, _ACCESS)
    return (("solution.overview", "solution.architecture"), f"nobody says any more: {gone[0]}") if gone else None


def _unbound(spec: Spec) -> tuple[Places, str] | None:
    gone = _sentences_out(spec.solution.overview, r"at most \d|max|limit|up to \d|pages? of|per page|quota")
    return (("solution.overview", "solution.data_model"), f"without its limit: {gone[0]}") if gone else None


def _unannounced(spec: Spec) -> tuple[Places, str] | None:
    if spec.risks.answers.backwards_incompatible.answer != "yes":
        return None
    words = "announc|deprecat|notif|notice|sunset|migration guide|inform|warn|tell|e-?mail"
    gone = _without(spec.rollout.steps, words)
    gone += _without(spec.rollout.migration.steps, words)
    if not gone:
        return None
    return ("rollout.steps", "rollout", "risks.answers.backwards_incompatible"), f"told to nobody: {gone[0].text}"


def _immortal_flag(spec: Spec) -> tuple[Places, str] | None:
    release = spec.rollout.release
    if not release.flag_removal:
        return None
    gone, release.flag_removal = release.flag_removal, ""
    for step in spec.rollout.steps:
        step.text = re.sub(r"[;,]? (?:and )?remov\w+ (?:the |its |both )?(?:\w+ )?flags?", "", step.text) or step.text
    return ("rollout.release",), f"the flag stays: {gone}"


def _dangling(spec: Spec) -> tuple[Places, str] | None:
    if len(spec.rollout.steps) < 2:
        return None
    step = spec.rollout.steps[-1]
    step.text = f"{step.text.rstrip('.')}, once S27 has been reviewed."
    return (step.id,), f"{step.id} refers to S27"


def _grow(spec: Spec) -> tuple[Places, str] | None:
    text = "A recommendation engine ranks third-party offers by what each person clicked."
    spec.solution.architecture.append(Change(text=text, component="recommendation engine", change="add"))
    step = Step(text="Train and launch the recommendation engine.", rollback="Switch the engine off.")
    spec.rollout.steps.insert(len(spec.rollout.steps) // 2, step)
    return ("solution.architecture", f"S{_next(spec, 'S')}"), "a recommendation engine that nobody asked for"


def _next(spec: Spec, letter: str) -> int:
    return max((int(each[1:]) for each in spec.meta.last_ids if each[0] == letter), default=0) + 1


def _drop_mitigation(spec: Spec) -> tuple[Places, str] | None:
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


def _unmeasured(spec: Spec) -> tuple[Places, str] | None:
    goals = [goal for goal in spec.problem.goals if any(goal.id in each.goals for each in spec.success.criteria)]
    if len(goals) < 2:
        return None
    goal = goals[-1]
    for criterion in spec.success.criteria:
        criterion.goals = [each for each in criterion.goals if each != goal.id]
    gone = [each for each in spec.success.criteria if not each.goals]
    spec.success.criteria = [each for each in spec.success.criteria if each.goals]
    _unlink(spec, {each.id for each in gone})
    return (goal.id,), f"{goal.id} is measured by nothing"


def _unlink(spec: Spec, ids: set[str]) -> None:
    for test in spec.success.validation:
        test.verifies = [each for each in test.verifies if each not in ids]
    for monitor in spec.success.monitors:
        monitor.watches = [each for each in monitor.watches if each not in ids]
    for step in spec.rollout.steps:
        step.mitigates = [each for each in step.mitigates if each not in ids]
    for risk in spec.risks.items:
        risk.mitigated_by = [each for each in risk.mitigated_by if each not in ids]


def _asleep(spec: Spec) -> tuple[Places, str] | None:
    for monitor in spec.success.monitors:
        if monitor.threshold and monitor.alert:
            gone = monitor.threshold
            monitor.threshold = monitor.alert = monitor.owner = ""
            monitor.text = _NUMBER.sub("", monitor.text).strip()
            return (monitor.id,), f"{monitor.id} has no threshold and no alert: {gone}"
    return None


def _drop_idempotency(spec: Spec) -> tuple[Places, str] | None:
    words = "idempot|twice|duplicat|repeat|dedup|same key|again|exactly once|at most once"
    gone = _sentences_out(spec.solution.overview, words)
    gone += [each.text for each in _without(spec.success.validation, words)]
    return (("solution.overview", "solution.architecture"), f"nothing on repeats: {gone[0]}") if gone else None


def _impossible(spec: Spec) -> tuple[Places, str] | None:
    for criterion in spec.success.criteria:
        if criterion.unit == "%" and criterion.threshold != "100":
            gone = f"{criterion.comparator} {criterion.threshold} %"
            below = criterion.comparator in ("<", "<=")
            criterion.comparator, criterion.threshold = ("<=", "0") if below else (">=", "100")
            return (criterion.id,), f"{criterion.id}: {gone} became {criterion.comparator} {criterion.threshold} %"
    return None


def _overturn(spec: Spec) -> tuple[Places, str] | None:
    chosen = [each for each in spec.alternatives.options if each.chosen]
    others = [each for each in spec.alternatives.options if not each.chosen and each.scores]
    if not chosen or not others:
        return None
    chosen[0].scores, others[-1].scores = others[-1].scores, chosen[0].scores
    return (chosen[0].id, others[-1].id), f"{others[-1].id} has the scores of the chosen {chosen[0].id}"


_UNITS = {
    "ms": "s",
    "s": "ms",
    "seconds": "minutes",
    "minutes": "hours",
    "hours": "minutes",
    "days": "hours",
    "MB": "GB",
}


def _swap_units(spec: Spec) -> tuple[Places, str] | None:
    for criterion in spec.success.criteria:
        if new := _UNITS.get(criterion.unit):
            gone, criterion.unit = criterion.unit, new
            return (criterion.id, *criterion.goals), f"{criterion.id}: {gone} became {new}"
    return None


_DESTROYS = re.compile(r"\b(?:drop|delete|remove|revoke|stop writing)\b", re.IGNORECASE)


def _destroy_first(spec: Spec) -> tuple[Places, str] | None:
    steps = spec.rollout.steps
    late = [n for n, step in enumerate(steps) if n > 2 and _DESTROYS.search(step.text)]
    if not late:
        return None
    step = steps.pop(late[-1])
    steps.insert(1, step)
    return (step.id,), f"{step.id} comes first: {step.text}"


def _no_gate(spec: Spec) -> tuple[Places, str] | None:
    stages = spec.rollout.release.stages
    if len(stages) < 2 or not stages[0].exit_criteria:
        return None
    gone, stages[0].exit_criteria = stages[0].exit_criteria, ""
    return ("rollout.release",), f"the first stage has no gate: {gone}"


def _drop_retention(spec: Spec) -> tuple[Places, str] | None:
    words = r"retention|retain|kept (?:for )?\d|keeps? .{0,40}\d|delet\w* after|expir|purg|erase|erasure|days? after|ages? out"
    gone = _sentences_out(spec.solution.overview, words)
    return (("solution.overview", "solution.data_model"), f"kept without end: {gone[0]}") if gone else None


def _build_non_goal(spec: Spec) -> tuple[Places, str] | None:
    if not spec.problem.non_goals:
        return None
    ruled_out = spec.problem.non_goals[0]
    text = ruled_out.text.rstrip(".")
    spec.rollout.steps.append(Step(text=f"Build {text[:1].lower()}{text[1:]}.", rollback="Hide it."))
    spec.solution.overview.append(Statement(text=f"{text} are part of the first release."))
    return (ruled_out.id, f"S{_next(spec, 'S')}", "solution.overview"), f"{ruled_out.id} is built: {text}"


def _silent_dependency(spec: Spec) -> tuple[Places, str] | None:
    words = "down|unavailable|time ?outs?|falls? back|degrad|outage|unreachable|fails?"
    answer = spec.risks.answers.dependencies
    parts = [answer.statements, spec.solution.overview]
    gone = [each for part in parts for each in _sentences_out(part, words)]
    if answer.answer != "yes" or not gone:
        return None
    answer.reason = (
        "; ".join(each for each in answer.reason.split("; ") if not re.search(rf"\b(?:{words})", each)) or "See above."
    )
    return ("risks.answers.dependencies", "solution.overview"), f"nothing on failure: {gone[0]}"


def _edited(edit: Callable[[str, Spec], tuple[str, Places, str] | None]) -> Callable[[Spec], tuple[Places, str] | None]:
    """An operator on the Markdown of a spec, as one on the spec."""

    def seed(spec: Spec) -> tuple[Places, str] | None:
        done = edit(spec.to_markdown(), spec)
        if done is None:
            return None
        text, at, what = done
        after = Spec.from_markdown(text)
        for name in type(spec).model_fields:
            setattr(spec, name, getattr(after, name))
        return at, what

    return seed


def _lose_section(text: str, spec: Spec) -> tuple[str, Places, str] | None:
    """The whole part on validation goes, heading and all."""
    if not spec.success.validation:
        return None
    start = text.index("**How will you validate")
    end = text.index("**What monitoring and alerting")
    return text[:start] + text[end:], ("success.validation", "success"), "the part on validation is gone"


def _rename_id(text: str, spec: Spec) -> tuple[str, Places, str] | None:
    """A risk gets another number where it stands, and keeps the old one wherever it is named."""
    if not spec.risks.items:
        return None
    risk = spec.risks.items[0]
    naming = [step.id for step in spec.rollout.steps if risk.id in step.mitigates]
    if not naming:
        return None
    return text.replace(f"- **{risk.id} →", "- **R41 →", 1), (*naming, "R41", risk.id), f"{risk.id} became R41"


def _lose_bullet(text: str, spec: Spec) -> tuple[str, Places, str] | None:
    """The test that covers the first high risk is deleted with what stands below it."""
    high = [risk.id for risk in spec.risks.items if risk.impact == "high"]
    for test in spec.success.validation:
        met = [each for each in test.verifies if each in high]
        if met:
            cut = re.sub(rf"(?m)^- \*\*{test.id}\b.*\n(?:  .*\n)*", "", text)
            named = [risk.id for risk in spec.risks.items if test.id in risk.mitigated_by]
            return cut, (test.id, *named), f"{test.id} is gone: {test.text}"
    return None


OPERATORS: tuple[Operator, ...] = (
    Operator("rollback dropped", "S2", r"roll(?:ed|ing|s)? ?back|undo|undone|revert|way back|restor|reversib", _drop_rollback),
    Operator("number contradicted", "S2", r"\d", _contradict_number),
    Operator("authorisation removed", "S1", r"\bwho\b|authori|permission|roles?\b|access|allowed|\bmay\b", _drop_authorisation),
    Operator("list unbounded", "S3", r"limit|bound|how many|\bmax|page|size|grow|at most|cap\b|quota|exhaust", _unbound),
    Operator("breaking change unannounced", "S2", r"announc|notice|deprecat|\btell|told|inform|notif|warn|communicat", _unannounced),
    Operator("flag never removed", "S3", r"\bflag", _immortal_flag),
    Operator("dangling reference", "S3", r"S27", _dangling),
    Operator("scope grown", "S3", r"recommend", _grow),
    Operator("mitigation dropped", "S2", r"mitigat|nothing|no step|no test|unmet|plan", _drop_mitigation),
    Operator("goal not measured", "S3", r"measur|criteri|metric|know|success", _unmeasured),
    Operator("monitor asleep", "S3", r"threshold|alert|value|wake|page[ds]?\b|called|trigger|notice", _asleep),
    Operator("idempotency removed", "S2", r"idempot|twice|duplicat|repeat|again|retr|second time|redeliver", _drop_idempotency),
    Operator("threshold impossible", "S3", r"100|imposs|perfect|never|unreal|zero|\b0\b|reach|attain|single", _impossible),
    Operator("choice overturned", "S3", r"scor|rank|total|weigh|chosen|better|best|beat", _overturn),
    Operator("section lost", "S2", r"\btest|validat|verif|prove|proof", _edited(_lose_section)),
    Operator("id renamed", "S3", r"R1\b|R41|exist|not there|no such|dangl|nothing|mitigat", _edited(_rename_id)),
    Operator("units swapped", "S2", r"unit|ms\b|second|minute|hour|day|GB|MB|differ|contradict|mismatch", _swap_units, held_out=True),
    Operator("destroyed first", "S1", r"before|order|earl|still|first|too soon|sequence|prematur", _destroy_first, held_out=True),
    Operator("stage without gate", "S3", r"gate|exit|criteri|go on|decid|next stage|proceed|condition", _no_gate, held_out=True),
    Operator("retention removed", "S2", r"retention|kept|keep|delet|how long|expir|eras|purg|forever|end\b", _drop_retention, held_out=True),
    Operator("non-goal built", "S3", r"non-goal|\bN1\b|rules? out|ruled out|out of scope|scope|exclud|contradict", _build_non_goal, held_out=True),
    Operator("dependency silent", "S2", r"down|fail|outage|unavailable|time ?out|slow|unreachable|degrad", _silent_dependency, held_out=True),
    Operator("test deleted", "S3", r"\btest|verif|prove|rehears|T\d", _edited(_lose_bullet), held_out=True),
)  # fmt: skip
"""Every operator. The words that a finding must say are broad: where it must say them (`Flaw.at`) is what tells."""


def mutants(spec: Spec, operators: Iterable[Operator] = OPERATORS) -> Iterator[tuple[Spec, Flaw]]:
    """The spec with one flaw, for each operator that finds something to break."""
    for operator in operators:
        broken, flaws = seeded(spec, [operator])
        if flaws:
            yield broken, flaws[0]
