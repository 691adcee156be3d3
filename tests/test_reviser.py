"""What follows from a critique: each accepted finding lands in the plan by code, and nothing else is touched."""

# ruff: noqa: E501 - the tables read better in long lines

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import specdraft as sd
from specdraft import spec as words
from specdraft.reviser import land, to_mend
from specdraft.spec.ids import items
from tests.specs import specs

SPEC = sd.Spec(
    problem=words.Problem(goals=[words.Goal(text="The list is one night old at most")]),
    risks=words.Risks(items=[words.Risk(title="The feed is late")]),
    alternatives=words.Alternatives(criteria=[words.ChoiceCriterion(text="Effort")]),
    rollout=words.Rollout(steps=[words.Step(text="Build the sync"), words.Step(text="Run it for one region")]),
    success=words.Success(criteria=[words.Criterion(text="Age of the list", goals=["G1"])]),
)


def finding(**changes: Any) -> words.Finding:
    given: dict[str, Any] = {
        "title": "An empty feed removes every vendor",
        "lens": "data",
        "kind": "risk",
        "mechanism": "An empty feed removes all.",
        "evidence": [words.Evidence(text="Build the sync", at="S1")],
        "severity": "S1",
        "likelihood": "L3",
        "suggestion": "Refuse runs that remove more than 5 %",
        "lands_in": "step",
        "status": "accepted",
        "citations": [words.Citation(passage="P1", quote="removed")],
    }
    return words.Finding(**(given | changes))


def revised(*findings: words.Finding) -> sd.Spec:
    return sd.revise(SPEC, words.Critique(findings=list(findings)).model_copy(deep=True))


def test_a_risk_enters_with_the_step_that_meets_it() -> None:
    spec = revised(finding())
    risk, step = spec.risks.items[-1], spec.rollout.steps[-1]
    assert (risk.id, risk.title, risk.category, risk.likelihood, risk.impact) == (
        "R2", "An empty feed removes every vendor", "data", "high", "high",
    )  # fmt: skip
    assert (risk.raised_by, risk.mitigated_by) == ("critic:data", ["S3"])
    assert risk.citations == finding().citations
    assert (step.text, step.mitigates) == ("Refuse runs that remove more than 5 %", ["R2"])
    assert spec.critique.findings[0].resolution == "→ R2, S3."
    assert SPEC.critique == words.Critique(), "the spec itself is not changed"
    assert len(SPEC.risks.items) == 1


def test_what_has_to_be_there_before_comes_first_and_what_belongs_to_a_step_stands_before_it() -> None:
    spec = revised(
        finding(lands_in="before build"),
        finding(title="Nobody can stop it", targets=["S2"]),
        finding(title="Nobody knows the size", lands_in="before build"),
    )
    assert [step.id for step in spec.rollout.steps] == ["S3", "S5", "S1", "S4", "S2"]


@pytest.mark.parametrize(
    ("changes", "part", "said"),
    [
        ({"lands_in": "test"}, "success.validation", {"verifies": ["R2"]}),
        ({"lands_in": "test", "kind": "gap", "targets": ["V1"]}, "success.validation", {"verifies": ["V1"]}),
        ({"lands_in": "monitor"}, "success.monitors", {"watches": ["R2"]}),
        ({"lands_in": "monitor", "targets": ["R1"]}, "success.monitors", {"watches": ["R1"]}),
        ({"targets": ["R1"]}, "rollout.steps", {"mitigates": ["R1"]}),
        ({"kind": "gap"}, "rollout.steps", {"mitigates": []}),
        ({"lands_in": "question"}, "open_questions", {"blocks": ["rollout"]}),
        ({"kind": "gap", "suggestion": "", "question": "Who owns the feed?"}, "open_questions", {"question": "Who owns the feed?"}),
        ({"kind": "contradiction", "targets": ["G1", "V1"]}, "open_questions", {"blocks": ["problem", "rollout", "success"]}),
        ({"kind": "gap", "lands_in": "alternatives"}, "open_questions", {"blocks": ["rollout"]}),
        (
            {"kind": "alternative", "approach": "do nothing", "scores": [words.Score(criterion="K1", score=4, reason="None")]},
            "alternatives.options",
            {"name": "An empty feed removes every vendor", "approach": "do nothing", "raised_by": "critic:data",
             "why_not": "Refuse runs that remove more than 5 %"},
        ),
    ],
)  # fmt: skip
def test_a_finding_lands_where_it_says(changes: dict[str, Any], part: str, said: dict[str, Any]) -> None:
    spec = revised(finding(**changes))
    *parents, name = part.split(".")
    owner = spec if not parents else getattr(spec, parents[0])
    item = getattr(owner, name)[-1]
    assert {field: getattr(item, field) for field in said} == said
    assert item.id in spec.critique.findings[0].resolution
    assert spec.link_faults() == []


def test_a_risk_accepted_for_a_reason_gets_no_step() -> None:
    spec = revised(finding(resolution="Ten vendors, mended by hand"))
    assert spec.risks.items[-1].mitigation == "Accepted: Ten vendors, mended by hand"
    assert len(spec.rollout.steps) == 2
    assert spec.critique.findings[0].resolution == "→ R2. Ten vendors, mended by hand"


def test_what_is_open_or_rejected_changes_nothing() -> None:
    spec = revised(finding(status="open"), finding(status="rejected", title="x"))
    assert spec.critique.revisions == []
    assert (spec.risks, spec.rollout) == (SPEC.risks, SPEC.rollout)


def test_what_has_landed_lands_once() -> None:
    once = revised(finding())
    assert sd.revise(once, once.critique) == once


def test_the_difference_names_what_came_of_which_finding() -> None:
    spec = revised(finding(targets=["R1"]))
    assert [(each.change, each.at, each.finding) for each in spec.critique.revisions] == [
        ("changed", "R1", "F1"),
        ("added", "S3", "F1"),
    ]
    assert "mitigated_by: S3" in spec.critique.revisions[0].text


def test_a_model_mends_contradictions_and_gaps_in_what_is_there_and_code_does_the_rest() -> None:
    remarks = to_mend(
        [
            finding(kind="contradiction", targets=["V1"]),
            finding(kind="contradiction", targets=[], evidence=[words.Evidence(text="x", at="rollout.release")]),
            finding(kind="gap", targets=["S2"]),
            finding(kind="gap"),
            finding(kind="gap", targets=["Q1", "R1"]),
            finding(),
            finding(kind="contradiction", status="open", targets=["G1"]),
        ]
    )
    assert {name: len(told) for name, told in remarks.items()} == {"success": 1, "rollout": 2}
    assert remarks["success"] == [
        "An empty feed removes every vendor: An empty feed removes all. -> Refuse runs that remove more than 5 %"
    ]


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(specs)
def test_whatever_was_accepted_lands_and_every_risk_of_it_is_met(spec: sd.Spec) -> None:
    before = {item.id for _, item in items(spec)}
    after = spec.model_copy(deep=True)
    land(after)
    for old, new in zip(spec.critique.findings, after.critique.findings, strict=True):
        assert new.status == old.status
        if old.status == "accepted":
            assert new.resolution.startswith("→ ")
        else:
            assert new.resolution == old.resolution
    for risk in after.risks.items:
        if risk.id not in before and not risk.mitigation.startswith("Accepted: "):
            asked = [each for each in after.open_questions if risk.id in each.why]
            assert risk.mitigated_by or asked, "met by a step, a test, a monitor, or asked about"
    assert sd.Spec.from_markdown(after.to_markdown()) == after
    assert {item.id for _, item in items(after)} >= before
    again = after.model_copy(deep=True)
    assert land(again) == []
    assert again == after
