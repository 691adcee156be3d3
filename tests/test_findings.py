"""Findings: proof is looked up, what could be said of any project falls, and what people decided stays decided."""

from __future__ import annotations

from typing import Any

import pytest

import specdraft as sd
from specdraft import spec as words
from specdraft.findings import FindingJudge, merged, renewed, same
from specdraft.material import Material

PRD = sd.Source.from_text(
    "# Vendor sync\n\nA nightly job reads the vendors' feed.\n\n- Vendors that are no longer listed are removed.\n",
    name="prd.md",
)
SPEC = sd.Spec(
    problem=words.Problem(goals=[words.Goal(text="The vendor list is at most one night old")]),
    solution=words.Solution(overview=[words.Statement(text="The sync job removes vendors that are no longer listed.")]),
    risks=words.Risks(items=[words.Risk(title="The feed arrives late and the vendor list is a day old")]),
    alternatives=words.Alternatives(
        criteria=[words.ChoiceCriterion(text="Effort")], options=[words.Option(name="Sync nightly", chosen=True)]
    ),
    rollout=words.Rollout(steps=[words.Step(text="Run the sync job for one region")]),
    open_questions=[words.Question(question="Who owns the feed?")],
)
GOOD: dict[str, Any] = {
    "title": "An empty feed removes every vendor",
    "kind": "risk",
    "mechanism": "An empty feed makes the sync job remove all vendors, and nothing notices.",
    "evidence": [words.Evidence(text="removes vendors that are no longer listed", at="solution.overview")],
    "suggestion": "Refuse runs that would remove more than 5 % of the vendors",
    "lands_in": "step",
}


def finding(**changes: Any) -> words.Finding:
    return words.Finding(**(GOOD | changes))


def judge(material: Material | None = Material(PRD)) -> FindingJudge:  # noqa: B008 - never changed
    return FindingJudge(SPEC, material)


def quote(passage: str, text: str) -> words.Citation:
    return words.Citation(passage=passage, quote=text)


def test_a_finding_with_its_proof_has_no_fault() -> None:
    for each in (
        finding(),
        finding(evidence=[], citations=[quote("P3", "Vendors that are no longer listed are removed")]),
        finding(evidence=[words.Evidence(text="no way back", at="rollout", absent="rollback, undo, revert")]),
        finding(evidence=[words.Evidence(text="nothing on it", at="rollout.migration", absent="rollback")]),
    ):
        assert judge().faults([each]) == []
        assert judge().settle([each]) == [each]


def test_quotes_are_put_as_they_stand_and_where_they_stand() -> None:
    (kept,) = judge().settle(
        [
            finding(
                evidence=[words.Evidence(text="removes vendors  that are no longer listed", at="S1")],
                citations=[quote("P1", "“A nightly job reads the vendors’ feed.”".strip("“”"))],
            )
        ]
    )
    assert kept.evidence == [words.Evidence(text="removes vendors that are no longer listed", at="solution.overview")]
    assert kept.citations == [words.Citation(passage="P2", quote="A nightly job reads the vendors' feed.", line=3)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"evidence": []}, "has no proof"),
        ({"evidence": [words.Evidence(text="removes all vendors", at="S1")]}, "does not stand in S1 of the spec. Copy"),
        ({"citations": [quote("P3", "Vendors are deleted")]}, "does not stand in P3 of the source. Copy"),
        (
            {"evidence": [words.Evidence(text="not said", at="problem", absent="one night, stale")]},
            "takes problem to be silent, but it says “…The vendor list is at most one night old…”",
        ),
        (
            {"evidence": [words.Evidence(text="not said", at="rollout.feast", absent="cake")]},
            "names the place rollout.feast",
        ),
        (
            {"title": "Performance may suffer", "mechanism": "Load leads to slow responses."},
            "could be said of any project",
        ),
        ({"mechanism": ""}, "could be said of any project"),
        ({"title": "The feed arrives late, so the vendor list is a day old"}, "says what R1 says"),
        ({"title": "Who owns the feed"}, "says what Q1 says"),
        ({"suggestion": "Monitor the sync job closely"}, "name one act"),
        ({"suggestion": "Follow best practices for feeds"}, "name one act"),
        ({"suggestion": ""}, "suggests nothing"),
        ({"kind": "contradiction"}, "quote both places"),
        ({"kind": "alternative"}, "one score for each criterion, K1"),
        ({"targets": ["S9"]}, "targets S9, which the spec does not have"),
    ],
)
def test_what_is_wrong_with_a_finding_is_told_in_words_to_mend_it_by(changes: dict[str, Any], said: str) -> None:
    (fault, *_) = judge().faults([finding(**changes)])
    assert fault.startswith("findings[0] ")
    assert said in fault


def test_a_finding_may_say_why_a_risk_is_not_met_if_it_names_it() -> None:
    title = "The feed arrives late, so the vendor list is a day old"
    assert judge().faults([finding(title=title, targets=["R1"])]) == []


def test_what_does_not_hold_is_dropped_and_what_leads_nowhere_taken_out() -> None:
    made_up = finding(evidence=[words.Evidence(text="removes all vendors", at="S1")])
    loose = finding(targets=["S1", "S9"], scores=[words.Score(criterion="K7", score=1, reason="x")])
    assert judge().settle([made_up, loose]) == [loose]
    assert (loose.targets, loose.scores) == (["S1"], [])


def test_without_its_source_a_spec_is_judged_by_its_own_words() -> None:
    cited = finding(citations=[quote("P3", "Vendors that are no longer listed are removed")])
    (kept,) = judge(None).settle([cited])
    assert kept.citations == []
    assert judge(None).settle([finding(evidence=[], citations=[quote("P3", "Vendors")])]) == []


def test_findings_of_one_mechanism_are_one_with_both_lenses_and_the_worse_marks() -> None:
    one = finding(lens="pre-mortem", severity="S2", likelihood="L2")
    other = finding(
        lens="data", title="Every vendor is removed by an empty feed", severity="S1", likelihood="L3", targets=["S1"]
    )
    apart = finding(
        lens="people", title="Nobody can read the log", mechanism="Support cannot tell why a vendor is gone."
    )
    found = merged([one, apart, other])
    assert [each.lens for each in found] == ["data, pre-mortem", "people"]
    assert (found[0].severity, found[0].likelihood, found[0].targets) == ("S1", "L3", ["S1"])


def test_the_worst_comes_first_and_what_cannot_be_undone_before_what_can() -> None:
    mild, bad, final = (
        finding(title="Mild", mechanism="a", severity="S4"),
        finding(title="Bad", mechanism="b", severity="S1", likelihood="L3"),
        finding(title="Final", mechanism="c", severity="S1", likelihood="L3", reversible="no"),
    )
    assert [each.title for each in merged([mild, bad, final])] == ["Final", "Bad", "Mild"]


def test_what_people_decided_stays_and_is_not_raised_anew() -> None:
    rejected = finding(id="F1", status="rejected", resolution="The feed is signed.")
    again = finding(title="All vendors are removed when the feed is empty")
    assert same(again, rejected)
    assert renewed([rejected], [again], judge()) == [rejected]


def test_what_is_still_open_keeps_its_id_and_goes_when_its_ground_is_gone() -> None:
    before = finding(id="F4")
    lost = finding(
        id="F5", title="x", mechanism="y", evidence=[words.Evidence(text="a sentence since deleted", at="S1")]
    )
    other = finding(id="F6", title="Support cannot see why", mechanism="The log of the sync job says nothing.")
    found = renewed([before, lost, other], [finding(title="Every vendor is removed by an empty feed")], judge())
    assert [each.id for each in found] == ["F4", "F6"]


def test_what_a_finding_aims_at_is_let_go_once_it_is_gone() -> None:
    (old,) = renewed([finding(id="F4", status="rejected", targets=["S1", "S9"])], [], judge())
    assert (old.id, old.targets) == ("F4", ["S1"])
