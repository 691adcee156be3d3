"""Rules on proof: criteria that can fail, risks that something meets, monitors that wake somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from specdraft.checklist.rule import Hit, Read, Rule, quoted, says

_CHANGES = "reduc|increas|fall|fell|drop|improv|fewer|less|more|faster|grow|rise|lower|higher"
_NEVER = r"100(?:\.0+)? ?%|zero (?:downtime|errors?|loss)|0 ?ms|no (?:downtime|errors at all)"
_LOAD = "load|stress|soak|per second|requests/s|concurren"
_SEVERE = ("high",)


def _unmeasured(read: Read) -> Iterator[Hit]:
    measured = {goal for criterion in read.spec.success.criteria for goal in criterion.goals}
    loose = [goal for goal in read.spec.problem.goals if goal.id not in measured]
    if loose and measured and "success.criteria" not in read.asked:
        yield Hit(
            f"Nobody will know whether {loose[0].id} was reached",
            f"No criterion measures “{loose[0].text}”" + (f", nor {len(loose) - 1} other goals." if loose[1:] else "."),
            [quoted(goal) for goal in loose],
            f"Add a criterion for {', '.join(goal.id for goal in loose)} with metric, threshold and window.",
            targets=[goal.id for goal in loose],
        )


def _cannot_fail(read: Read) -> Iterator[Hit]:
    for each in read.spec.success.criteria:
        if not each.threshold and not re.search(r"\d", each.text + each.metric) and not read.says("Q[0-9]", each.id):
            yield Hit(
                f"{each.id} cannot fail",
                f"“{each.text}” has no threshold: whatever is measured, it is met.",
                [quoted(each)],
                f"Give {each.id} a threshold with a unit, or name who decides it and until when.",
                targets=[each.id],
            )


def _impossible(read: Read) -> Iterator[Hit]:
    for each in read.spec.success.criteria:
        said = f"{each.text} {each.threshold} {each.unit} {each.threshold}{each.unit}"
        perfect = each.comparator in ("=", ">=", ">", None) and says(said, _NEVER)
        if perfect or (
            each.comparator in ("<", "<=") and each.threshold in ("0", "0.0") and each.unit in ("ms", "s", "%")
        ):
            yield Hit(
                f"{each.id} can never be met",
                f"“{each.text}” asks for perfection ({each.threshold or 'as it says'} {each.unit}), which one lost "
                "request breaks for good.",
                [quoted(each)],
                f"Give {each.id} a value that can be reached and kept, over a window.",
                targets=[each.id],
            )


def _without_baseline(read: Read) -> Iterator[Hit]:
    for each in read.spec.success.criteria:
        if each.threshold and not each.baseline and says(f"{each.text} {each.metric}", _CHANGES):
            yield Hit(
                f"{each.id} compares with nothing",
                f"“{each.text}” speaks of a change to {each.threshold} {each.unit}, and nothing says what it is today.",
                [quoted(each)],
                f"Measure {each.metric or each.text} before the release and put it down as the baseline of {each.id}.",
                targets=[each.id],
            )


def _sleeping_monitor(read: Read) -> Iterator[Hit]:
    for each in read.spec.success.monitors:
        typed = each.threshold or each.alert
        if not typed and not re.search(r"\d", each.text) and any(m.threshold for m in read.spec.success.monitors):
            yield Hit(
                f"{each.id} wakes nobody",
                f"“{each.text}” is watched without a value at which somebody must look.",
                [quoted(each)],
                f"Give {each.id} the value and the time at which somebody is called, and say who.",
                targets=[each.id],
            )


def _unmet_risk(read: Read) -> Iterator[Hit]:
    risks = read.spec.risks.items
    linked = any(risk.mitigated_by for risk in risks)
    for risk in risks:
        accepted = risk.mitigation.startswith("Accepted")
        if not risk.mitigation and not risk.mitigated_by and not risk.description and linked:
            yield Hit(
                f"Nothing is done about {risk.id}",
                f"“{risk.title}” has no mitigation, and no step, test or monitor names it.",
                [quoted(risk)],
                f"Meet {risk.id} with a step, a test or a monitor, or say who accepts it and why.",
                targets=[risk.id],
            )
        elif not risk.mitigated_by and linked and not accepted:
            yield Hit(
                f"The mitigation of {risk.id} is in no plan",
                f"“{risk.title}” is to be met by “{risk.mitigation or 'what its description says'}”, and no step, test "
                "or monitor carries that out.",
                [quoted(risk)],
                f"Add a step, a test or a monitor that carries out what {risk.id} promises.",
                targets=[risk.id],
            )


def _untested_load(read: Read) -> Iterator[Hit]:
    spec = read.spec
    risks = [risk for risk in spec.risks.items if risk.category == "load" and risk.impact in _SEVERE]
    if not spec.success.validation or not (risks or spec.risks.answers.load.answer == "yes"):
        return
    if any(test.kind in ("load", "stress") for test in spec.success.validation) or read.says(
        _LOAD, "success.validation"
    ):
        return
    what = risks[0].title if risks else spec.risks.answers.load.reason or "the answer on load is yes"
    yield Hit(
        "No test carries the load",
        f"“{what}”, and none of the tests puts the system under the load that is expected.",
        [read.silent("success.validation", "no load test", "load, stress, soak, per second, concurren")],
        "Add a load test with a rate, the data it runs on, and the percentile at which it passes.",
        targets=[risk.id for risk in risks],
    )


def _untested(read: Read) -> Iterator[Hit]:
    spec = read.spec
    if spec.success.validation or spec.success.test_plan or "success.validation" in read.asked:
        return
    if spec.rollout.steps and spec.problem.goals:
        yield Hit(
            "Nothing is tested",
            f"No test says how “{spec.problem.goals[0].text}” or what “{spec.rollout.steps[0].text}” brings is proven "
            "before people rely on it.",
            [read.silent("success.validation", "no test", "test")],
            f"Name a test for each goal and each risk, {spec.problem.goals[0].id} first.",
        )


RULES = (
    Rule("nothing tested", "measurement", "S2", "L3", "test", _untested),
    Rule("goal not measured", "measurement", "S3", "L4", "test", _unmeasured),
    Rule("criterion cannot fail", "measurement", "S3", "L3", "question", _cannot_fail),
    Rule("criterion cannot be met", "measurement", "S3", "L4", "question", _impossible),
    Rule("no baseline", "measurement", "S4", "L3", "before build", _without_baseline),
    Rule("monitor without a value", "measurement", "S3", "L3", "monitor", _sleeping_monitor),
    Rule("risk not met", "pre-mortem", "S2", "L3", "step", _unmet_risk),
    Rule("load not tested", "load", "S2", "L2", "test", _untested_load),
)
