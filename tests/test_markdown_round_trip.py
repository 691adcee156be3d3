"""A spec goes to Markdown and to JSON and comes back the same; and a person may edit the file between."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specdraft import Spec, load_spec
from specdraft import spec as words
from tests.cases import EXAMPLES, spec_of
from tests.markdown import PLACES
from tests.specs import said, specs

ORDERS = EXAMPLES / "csv-export.md"


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(specs)
def test_any_spec_survives_markdown_and_json(spec: Spec) -> None:
    assert_survives(spec)


@settings(max_examples=300)
@given(st.sampled_from(list(PLACES)), said)
def test_any_text_survives_wherever_it_stands(place: str, text: str) -> None:
    assert_survives(PLACES[place](text))


def test_a_draft_survives_markdown_and_json(document: Path) -> None:
    assert_survives(spec_of(document))


def assert_survives(spec: Spec) -> None:
    """Both forms give the spec back, and its Markdown is the same bytes when written again."""
    text = spec.to_markdown()
    back = Spec.from_markdown(text)
    for name in Spec.model_fields:
        assert getattr(back, name) == getattr(spec, name), name
    assert back.to_markdown() == text
    assert Spec.model_validate_json(spec.model_dump_json()) == spec


def edited(text: str, old: str, new: str) -> Spec:
    """The spec read after somebody replaced the one place where `old` stands."""
    assert text.count(old) == 1, old
    return Spec.from_markdown(text.replace(old, new))


def line_of(text: str, beginning: str) -> str:
    return next(line for line in text.split("\n") if line.startswith(beginning)) + "\n"


def test_a_goal_added_by_hand_gets_the_next_id() -> None:
    text = spec_of(ORDERS).to_markdown()
    third = line_of(text, "- **G3**")
    goals = edited(text, third, third + "- Support sees who exported what.\n").problem.goals
    assert [goal.id for goal in goals] == ["G1", "G2", "G3", "G4"]
    assert (goals[3].text, goals[3].is_assumption) == ("Support sees who exported what.", True)


def test_the_id_of_a_deleted_goal_is_not_given_again() -> None:
    text = spec_of(ORDERS).to_markdown()
    goals = edited(text, line_of(text, "- **G3**"), "- Support sees who exported what.\n").problem.goals
    assert [goal.id for goal in goals] == ["G1", "G2", "G4"]


def test_the_id_of_a_goal_deleted_in_one_edit_is_not_given_in_the_next() -> None:
    text = spec_of(ORDERS).to_markdown()
    shorter = edited(text, line_of(text, "- **G3**"), "").to_markdown()
    second = line_of(shorter, "- **G2**")
    assert [goal.id for goal in edited(shorter, second, second + "- Added later.\n").problem.goals] == [
        "G1",
        "G2",
        "G4",
    ]


def test_the_fields_and_links_of_a_risk_are_changed() -> None:
    text = spec_of(ORDERS).to_markdown().replace("- **R4** ", "- **R4 → S1** ")
    risk = edited(text, "  - Likelihood: medium · Impact: low\n", "  - Likelihood: High · Impact: low\n").risks.items[3]
    assert (risk.likelihood, risk.impact, risk.mitigated_by) == ("high", "low", ["S1"])
    assert risk.mitigation == 'Show "data up to" with the time in the file name'


@pytest.mark.parametrize("where", ["above", "below"])
def test_a_remark_beside_the_fields_of_a_risk_leaves_them_as_they_are(where: str) -> None:
    text = spec_of(ORDERS).to_markdown()
    field = line_of(text, "  - Mitigation: Show")
    remark = "  - Ask operations.\n"
    risk = edited(text, field, remark + field if where == "above" else field + remark).risks.items[3]
    assert "Ask operations." in risk.model_dump_json()
    assert (risk.likelihood, risk.impact) == ("medium", "low")
    assert risk.mitigation == 'Show "data up to" with the time in the file name'


def test_a_finding_is_accepted_by_hand() -> None:
    finding = words.Finding(title="Nobody is paged", lens="operations", severity="S2", targets=["M1"])
    text = Spec(critique=words.Critique(findings=[finding])).to_markdown()
    found = edited(text, "Status: open", "Status: accepted\n  - Resolution: Paged from now on.").critique.findings
    accepted = finding.model_copy(update={"id": "F1", "status": "accepted", "resolution": "Paged from now on."})
    assert found == [accepted]


def test_a_statement_is_reworded_and_keeps_its_quote() -> None:
    spec = spec_of(ORDERS)
    text = spec.to_markdown()
    goal = edited(
        text, "- **G2** An export of 100,000 orders is ready", "- **G2** 100,000 orders are there"
    ).problem.goals[1]
    assert goal.text == "100,000 orders are there within 10 minutes of being requested."
    assert goal.citations == spec.problem.goals[1].citations


@pytest.mark.parametrize("answer", ["The order list gets a button.", "- The order list gets a button."])
def test_an_answer_takes_the_place_of_a_tbd(answer: str) -> None:
    text = spec_of(ORDERS).to_markdown()
    question = next(question for question in spec_of(ORDERS).open_questions if question.slot == "solution.ui")
    spec = edited(text, f"**TBD** → {question.id}\n\n## Risks", f"{answer}\n\n## Risks")
    assert [said.text for said in spec.solution.ui] == ["The order list gets a button."]
    assert spec.solution.ui[0].is_assumption
    assert question.question in [asked.question for asked in spec.open_questions]
    assert f"**TBD** → {question.id}\n" not in spec.to_markdown()


def test_the_line_ends_of_another_system_change_nothing(tmp_path: Path, document: Path) -> None:
    path = tmp_path / "spec.md"
    path.write_bytes(b"\xef\xbb\xbf" + spec_of(document).to_markdown().replace("\n", "\r\n").encode())
    assert load_spec(path) == spec_of(document)


@pytest.mark.parametrize("below", ["Schema version: 1\n\n", "## Goals\n\n", "# Open questions\n\n"])
def test_a_footnote_may_stand_anywhere(below: str) -> None:
    text = spec_of(ORDERS).to_markdown()
    start = text.index("[^P10]: ")
    note = text[start : text.index("[^P11]: ")]
    assert edited(text.replace(note, ""), below, below + note) == spec_of(ORDERS)


def test_a_formatter_may_choose_its_own_bullets() -> None:
    lines = spec_of(ORDERS).to_markdown().split("\n")
    other = [line.replace("- ", "* ", 1) if line.lstrip().startswith("- ") else line for line in lines]
    assert Spec.from_markdown("\n".join(other)) == spec_of(ORDERS)


def test_a_spec_read_from_a_json_file_is_the_same(tmp_path: Path, document: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(json.loads(spec_of(document).model_dump_json()), indent=1), encoding="utf-8")
    assert load_spec(path) == spec_of(document)
