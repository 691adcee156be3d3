"""The critic without a model: it is quiet on clean specs, sees what is broken in them, and can prove what it says."""

# ruff: noqa: E501 - the tables read better in long lines

from __future__ import annotations

import re

import pytest

import specdraft as sd
from specdraft import checklist
from specdraft import spec as words
from specdraft.evals.mutations import OPERATORS, Flaw, mutants, seeded
from specdraft.findings import FindingJudge
from tests.cases import ROOT, spec_of

CLEAN = sorted((ROOT / "evals" / "clean").glob("*.md"))
SPECS = {path.stem: sd.load_spec(path) for path in CLEAN}
MUTANTS = [(name, broken, flaw) for name, spec in SPECS.items() for broken, flaw in mutants(spec)]
SEES = ("rollback dropped", "mitigation dropped", "goal not measured", "monitor asleep", "choice overturned",
        "section lost", "dangling reference", "scope grown", "id renamed", "threshold impossible")  # fmt: skip
"""Operators whose flaw the rules find wherever it is seeded."""


def test_clean_specs_are_left_alone() -> None:
    alarms = {name: len(sd.critique(spec).findings) for name, spec in SPECS.items()}
    assert sum(alarms.values()) / len(alarms) <= 0.5
    assert max(alarms.values()) <= 2


@pytest.mark.parametrize(("name", "broken", "flaw"), MUTANTS, ids=[f"{n}-{f.operator}" for n, _, f in MUTANTS])
def test_what_the_rules_should_see_they_see_at_its_place(name: str, broken: sd.Spec, flaw: Flaw) -> None:
    clean = {finding.title for finding in sd.critique(SPECS[name]).findings}
    new = [each for each in sd.critique(broken).findings if each.title not in clean]
    judge = FindingJudge(broken, None)
    assert judge.faults(new) == [], "what a rule says can be looked up"
    if flaw.operator in SEES:
        places = [{each.at for each in finding.evidence} | set(finding.targets) for finding in new]
        assert any(at & set(flaw.at) for at in places), flaw.what


def test_an_operator_breaks_something_somewhere_and_the_spec_is_still_one() -> None:
    broken = {flaw.operator for _, _, flaw in MUTANTS}
    assert broken == {operator.name for operator in OPERATORS}
    for name, spec, flaw in MUTANTS:
        assert spec != SPECS[name], flaw
        assert sd.Spec.from_markdown(spec.to_markdown()) == spec
        assert flaw.what and flaw.at and re.compile(flaw.signs)


def test_several_flaws_are_seeded_apart_from_each_other() -> None:
    _, flaws = seeded(SPECS["address-split"], OPERATORS)
    places = [place for flaw in flaws for place in flaw.at]
    assert len(flaws) > 8
    assert len(places) == len(set(places))


def test_what_an_open_question_asks_already_is_not_raised() -> None:
    spec = sd.Spec(rollout=words.Rollout(migration=words.Migration(required="yes")))
    assert "The migration has no way back" in {each.title for each in checklist.broken(spec)}
    spec.open_questions.append(words.Question(question="How?", slot="rollout.migration.rollback"))
    assert "The migration has no way back" not in {each.title for each in checklist.broken(spec)}


def hit(spec: sd.Spec, rule: str) -> bool:
    return rule in {each.placed_by.rule for each in checklist.broken(spec) if each.placed_by}


ORDER = [words.Step(text="Drop the old column `name`"), words.Step(text="Switch readers to the new columns")]
ANSWER = words.Answer(answer="yes", reason="Two partners read the old field.")
TWICE = words.Solution(overview=[words.Statement(text="A background job sends each invoice by e-mail.")])
PEOPLE = words.Solution(data_model=[words.DataChange(text="The table visitors gets the phone number.")])
BREAKS: dict[str, sd.Spec] = {
    "destroyed before the switch": sd.Spec(rollout=words.Rollout(steps=ORDER)),
    "breaking change unannounced": sd.Spec(
        risks=words.Risks(answers=words.Answers(backwards_incompatible=ANSWER)), rollout=words.Rollout(steps=ORDER)
    ),
    "flag without an end": sd.Spec(rollout=words.Rollout(release=words.Release(kind="flag"))),
    "stage without a gate": sd.Spec(
        rollout=words.Rollout(release=words.Release(stages=[words.Stage(text="Beta"), words.Stage(text="All")]))
    ),
    "all at once": sd.Spec(
        rollout=words.Rollout(release=words.Release(kind="all at once")),
        risks=words.Risks(answers=words.Answers(load=words.Answer(answer="yes", reason="Every seat polls."))),
    ),
    "migration not verified": sd.Spec(rollout=words.Rollout(migration=words.Migration(steps=[ORDER[1]]))),
    "migration too large": sd.Spec(rollout=words.Rollout(migration=words.Migration(steps=[ORDER[1]] * 6))),
    "step without a way back": sd.Spec(
        rollout=words.Rollout(steps=[words.Step(text="Deploy the job", rollback="Stop it"), words.Step(text="Enable it for all")])
    ),
    "no way back": sd.Spec(rollout=words.Rollout(steps=[words.Step(text="Start the letters to all households")])),
    "criterion cannot fail": sd.Spec(success=words.Success(criteria=[words.Criterion(text="Export is fast")])),
    "no baseline": sd.Spec(
        success=words.Success(criteria=[words.Criterion(text="Fewer tickets", metric="Tickets a week", threshold="10")])
    ),
    "load not tested": sd.Spec(
        risks=words.Risks(items=[words.Risk(title="Exports starve the database", category="load", impact="high")]),
        success=words.Success(validation=[words.Test(text="A merchant gets the file")]),
    ),
    "rejected without a reason": sd.Spec(
        alternatives=words.Alternatives(options=[words.Option(name="Wait", why_not="Late"), words.Option(name="Buy it")])
    ),
    "option not scored": sd.Spec(
        alternatives=words.Alternatives(
            criteria=[words.ChoiceCriterion(text="Effort")], options=[words.Option(name="Wait for the new platform")]
        )
    ),
    "not considered": sd.Spec(alternatives=words.Alternatives(options=[words.Option(name="Send a courier")])),
    "two figures": sd.Spec(
        problem=words.Problem(goals=[words.Goal(text="A finished export file is kept for 7 days")]),
        solution=words.Solution(overview=[words.Statement(text="The finished export file is kept for 30 days")]),
    ),
    "criterion against its goal": sd.Spec(
        problem=words.Problem(goals=[words.Goal(text="An export of the orders is ready within 10 minutes")]),
        success=words.Success(
            criteria=[words.Criterion(text="Export of orders ready", goals=["G1"], threshold="30", unit="minutes")]
        ),
    ),
    "against a non-goal": sd.Spec(
        problem=words.Problem(non_goals=[words.NonGoal(text="Scheduled or recurring exports")]),
        rollout=words.Rollout(steps=[words.Step(text="Build scheduled and recurring exports")]),
    ),
    "who may": sd.Spec(solution=words.Solution(overview=[words.Statement(text="A page lists the invoices of a customer.")])),
    "no retention": sd.Spec(solution=PEOPLE),
    "privacy denied": sd.Spec(
        solution=PEOPLE,
        risks=words.Risks(answers=words.Answers(security_privacy=words.Answer(answer="no", reason="Internal only."))),
    ),
    "no bound": sd.Spec(solution=words.Solution(data_model=[words.DataChange(text="A table of messages to the shop")])),
    "done twice": sd.Spec(solution=TWICE),
    "dependency down": sd.Spec(
        risks=words.Risks(answers=words.Answers(dependencies=words.Answer(answer="yes", reason="The tax service.")))
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", BREAKS)
def test_a_rule_sees_what_it_is_for(rule: str) -> None:
    spec = BREAKS[rule]
    assert hit(spec, rule)
    found = [each for each in checklist.broken(spec) if each.placed_by and each.placed_by.rule == rule]
    assert FindingJudge(spec, None).settle(found), "and its proof stands"


def test_every_rule_is_tried_and_has_a_name_of_its_own() -> None:
    names = [rule.name for rule in checklist.RULES]
    assert len(names) == len(set(names))
    seen = {each.placed_by.rule for _, spec, _ in MUTANTS for each in checklist.broken(spec) if each.placed_by}
    assert set(names) - set(BREAKS) - seen == set()


def test_the_order_of_a_sound_plan_is_left_alone() -> None:
    assert not hit(sd.Spec(rollout=words.Rollout(steps=ORDER[::-1])), "destroyed before the switch")


def test_a_draft_is_read_with_its_source_at_hand() -> None:
    spec = spec_of(ROOT / "examples" / "csv-export.md")
    texts = sd.Source.from_path(ROOT / "examples" / "csv-export.md").text
    cited = [each.quote for finding in spec.critique.findings for each in finding.citations]
    assert cited and all(quote in texts for quote in cited)
