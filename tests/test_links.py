"""Links: each names an item that is there, and follows it when a section is drafted again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specdraft import spec as words
from specdraft.links import known, landed, link_faults, rename, unlink, wanting
from specdraft.spec.alternatives import EXPECTED
from specdraft.spec.ids import carry, number, own


def problem(*goals: str) -> words.Problem:
    """A problem with these goals, numbered."""
    section = words.Problem(goals=[words.Goal(text=text) for text in goals])
    number(own("problem", section))
    return section


def risks(*titles: str) -> words.Risks:
    """These risks, numbered."""
    section = words.Risks(items=[words.Risk(title=title) for title in titles])
    number(own("risks", section))
    return section


def alternatives(criteria: int, *scored: str) -> words.Alternatives:
    """One option, scored on these criteria."""
    return words.Alternatives(
        criteria=[words.ChoiceCriterion(text=f"Criterion {n}") for n in range(1, criteria + 1)],
        options=[
            words.Option(
                name="One", chosen=True, scores=[words.Score(criterion=each, score=3, reason="So.") for each in scored]
            )
        ],
    )


def test_ids_are_those_of_the_sections_done_and_the_own_ones_by_order() -> None:
    section = words.Success(criteria=[words.Criterion(text="a"), words.Criterion(text="b")])
    assert known("success", section, {"problem": problem("x"), "risks": risks("y")}) == {"G1", "R1", "V1", "V2"}


def test_a_link_that_leads_nowhere_is_told_with_the_ids_that_there_are() -> None:
    section = words.Success(
        criteria=[words.Criterion(text="a", goals=["G1", "G3"])],
        validation=[words.Test(text="t", verifies=["V1", "V2", "R1"])],
        monitors=[words.Monitor(text="m", watches=["S1"])],
    )
    assert link_faults("success", section, {"problem": problem("x", "y")}) == [
        "criteria[0].goals: there is no G3; the ids are G1, G2, M1, T1, V1",
        "validation[0].verifies: there is no V2; the ids are G1, G2, M1, T1, V1",
        "validation[0].verifies: there is no R1; the ids are G1, G2, M1, T1, V1",
        "monitors[0].watches: there is no S1; the ids are G1, G2, M1, T1, V1",
    ]


def test_items_that_have_no_id_yet_cannot_be_linked_to() -> None:
    section = words.Rollout(steps=[words.Step(text="s", mitigates=["R1"])])
    done = {"risks": words.Risks(items=[words.Risk(title="x")])}
    assert link_faults("rollout", section, done) == ["steps[0].mitigates: there is no R1; the ids are S1"]


def test_scores_name_the_criteria_of_their_own_section() -> None:
    section = alternatives(2, "K1", "K2", "K3")
    assert link_faults("alternatives", section, {}) == ["options[0].scores: there is no K3; the ids are A1, K1, K2"]


def test_links_that_lead_nowhere_are_taken_out_and_counted_once() -> None:
    section = alternatives(1, "K1", "K2", "K3")
    assert unlink("alternatives", section, {}) == 2
    assert [each.criterion for each in section.options[0].scores] == ["K1"]
    success = words.Success(criteria=[words.Criterion(text="a", goals=["G2", "G1", "G2"])])
    assert unlink("success", success, {"problem": problem("x")}) == 2
    assert success.criteria[0].goals == ["G1"]


@given(st.lists(st.sampled_from(["G1", "G2", "R1", "R9", "S1", "V1", "V4"]), max_size=5), st.integers(0, 3))
def test_after_taking_out_no_link_is_at_fault(linked: list[str], goals: int) -> None:
    section = words.Success(
        criteria=[words.Criterion(text="a", goals=[each for each in linked if each[0] == "G"])],
        validation=[words.Test(text="t", verifies=linked)],
    )
    done = {"problem": problem(*"xyz"[:goals])}
    faulty = len(link_faults("success", section, done))
    assert unlink("success", section, done) == faulty
    assert link_faults("success", section, done) == []
    assert unlink("success", section, done) == 0


def test_at_the_end_links_to_items_that_are_gone_are_taken_out_of_all_sections() -> None:
    sections: dict[str, Any] = {
        "risks": risks("x"),
        "alternatives": alternatives(1, "K1", "K7"),
        "rollout": words.Rollout(steps=[words.Step(text="s", mitigates=["R1", "R2"])]),
    }
    for name, section in sections.items():
        number(own(name, section))
    assert landed(sections) == ["2 links to items that are gone were taken out"]
    assert sections["rollout"].steps[0].mitigates == ["R1"]
    assert [each.criterion for each in sections["alternatives"].options[0].scores] == ["K1"]
    assert sections["risks"].items[0].mitigated_by == ["S1"]
    assert landed(sections) == []
    assert sections["risks"].items[0].mitigated_by == ["S1"]


def test_a_risk_names_all_that_carries_its_mitigation_out_once() -> None:
    sections: dict[str, Any] = {
        "risks": risks("x", "y"),
        "rollout": words.Rollout(steps=[words.Step(text="s", mitigates=["R1"])]),
        "success": words.Success(
            validation=[words.Test(text="t", verifies=["R1", "R2"])],
            monitors=[words.Monitor(text="m", watches=["R2", "R2"])],
        ),
    }
    for name, section in sections.items():
        number(own(name, section))
    assert landed(sections) == []
    assert [each.mitigated_by for each in sections["risks"].items] == [["S1", "T1"], ["T1", "M1"]]


def test_items_whose_words_stay_keep_their_ids_and_links_follow() -> None:
    before = words.Success(
        criteria=[words.Criterion(text="Exports end within a minute"), words.Criterion(text="No support tickets")],
        validation=[words.Test(text="Load test with many rows", verifies=["V1"])],
    )
    number(own("success", before))
    after = words.Success(
        criteria=[
            words.Criterion(text="No support tickets"),
            words.Criterion(text="Nobody waits"),
            words.Criterion(text="Exports end within one minute"),
        ],
        validation=[words.Test(text="Load test with many rows", verifies=["V1", "V2", "V3", "G1"])],
    )
    rename("success", after, carry("success", before, after))
    assert [each.id for each in after.criteria] == ["V2", "V3", "V1"]
    assert after.validation[0].verifies == ["V2", "V3", "V1", "G1"]
    assert after.validation[0].id == "T1"


def test_scores_follow_their_criteria() -> None:
    before, after = alternatives(3, "K1", "K2", "K3"), alternatives(3, "K1", "K2", "K3")
    number(own("alternatives", before))
    after.criteria.reverse()
    rename("alternatives", after, carry("alternatives", before, after))
    assert [each.id for each in after.criteria] == ["K3", "K2", "K1"]
    assert [each.criterion for each in after.options[0].scores] == ["K3", "K2", "K1"]


@given(st.permutations(["wait", "lost", "slow", "cost", "risk"]), st.integers(0, 5))
def test_a_shuffled_section_keeps_every_id(order: list[str], count: int) -> None:
    before = problem("wait", "lost", "slow", "cost", "risk")
    kept = {goal.text: goal.id for goal in before.goals}
    after = words.Problem(goals=[words.Goal(text=text) for text in order[:count]])
    carry("problem", before, after)
    assert {goal.text: goal.id for goal in after.goals} == {text: kept[text] for text in order[:count]}


@given(st.lists(st.sampled_from(["a b c", "a b d", "x y z", "x y", "q"]), max_size=5), st.data())
def test_no_two_items_get_one_id_when_a_section_is_drafted_again(old: list[str], data: st.DataObject) -> None:
    new = data.draw(st.lists(st.sampled_from(["a b c", "a b d", "x y z", "x y", "q", "new"]), max_size=6))
    before, after = problem(*old), words.Problem(goals=[words.Goal(text=text) for text in new])
    carry("problem", before, after)
    ids = [goal.id for goal in after.goals]
    assert len(set(ids)) == len(ids)
    assert all(ids)
    gone = {goal.id: (order, goal.text) for order, goal in enumerate(before.goals)}
    for order, goal in enumerate(after.goals):
        place, text = gone.get(goal.id, (order, goal.text))
        assert set(goal.text.split()) & set(text.split()) or (place == order and len(old) == len(new))


def test_an_item_reworded_altogether_keeps_the_id_of_its_place() -> None:
    before = problem("exports end within a minute", "nobody waits")
    after = words.Problem(
        goals=[words.Goal(text="files are there at once"), words.Goal(text="nobody waits")],
    )
    carry("problem", before, after)
    assert [goal.id for goal in after.goals] == ["G1", "G2"]


def test_an_item_that_is_new_takes_no_id_from_one_that_stayed() -> None:
    before = problem("exports end within a minute")
    after = words.Problem(
        goals=[words.Goal(text="exports are cheap"), words.Goal(text="exports end within a minute")],
    )
    carry("problem", before, after)
    assert [goal.id for goal in after.goals] == ["G2", "G1"]


def test_an_item_that_is_alike_takes_no_id_from_one_that_is_the_same() -> None:
    before = problem("exports end within a minute")
    after = words.Problem(
        goals=[words.Goal(text="exports end within an hour"), words.Goal(text="exports end within a minute")],
    )
    carry("problem", before, after)
    assert [goal.id for goal in after.goals] == ["G2", "G1"]


@pytest.mark.parametrize(
    ("name", "section", "done", "fault"),
    [
        ("success", words.Success(), {"problem": problem("x")}, "criteria: none measures G1"),
        ("success", words.Success(), {"risks": risks("x")}, "no step mitigates R1"),
        ("rollout", words.Rollout(migration=words.Migration(required="yes")), {}, "migration.rollback"),
        ("alternatives", alternatives(2, "K1"), {}, "options[0].scores"),
        ("alternatives", words.Alternatives(options=[words.Option(name="x")]), {}, "exactly one"),
        ("alternatives", alternatives(2, "K1", "K2"), {}, "none is to do nothing, none is to buy or reuse"),
    ],
)
def test_what_should_be_linked_to_and_is_not_is_told(name: str, section: Any, done: Any, fault: str) -> None:
    assert any(fault in each for each in wanting(name, section, done))


def test_a_section_that_links_to_all_wants_nothing() -> None:
    done = {"problem": problem("x"), "risks": risks("y")}
    section = words.Success(
        criteria=[words.Criterion(text="a", goals=["G1"])], monitors=[words.Monitor(text="m", watches=["R1"])]
    )
    assert wanting("success", section, done) == []
    options = alternatives(2, "K2", "K1")
    scores = options.options[0].scores
    options.options += [words.Option(name=each, approach=each, scores=scores) for each in EXPECTED]
    assert wanting("alternatives", options, {}) == []
    assert wanting("problem", problem("x"), {}) == []
