"""Templates: found, strict, and blind to what a source says; and what is sent of a run's sections."""

from __future__ import annotations

from pathlib import Path

import pytest

import specdraft as sd
from specdraft import prompts
from specdraft.material import Material
from specdraft.models.base import Ask, Prompt, Reply
from specdraft.outline import OUTLINE, SectionPlan
from specdraft.passages import Passage
from specdraft.spec import Goal, Problem, Question, Questions
from specdraft.wording import ask, length, system

HOSTILE = "{{ 7*6 }} {% if %} ${{ secrets.X }} {# gone? #}"
MATERIAL = Material(sd.Source.from_text("# Gift cards\n\nSell them.", name="prd.md"))
ASKED = Questions(
    open_questions=[
        Question(id="Q1", question="Who may buy one?", blocks=["risks"], default="Nobody yet."),
        Question(id="Q2", question="In which currency?"),
    ]
)
plans = pytest.mark.parametrize("plan", OUTLINE, ids=lambda plan: plan.name)


class Listener:
    """A model that has nothing to say."""

    name = "test/listener"

    def __init__(self) -> None:
        self.sent: list[Prompt] = []

    async def ask(self, ask: Ask) -> Reply:
        self.sent.append(ask.prompt())
        return Reply(ask.plan.model())


def answer(number: int) -> Passage:
    return Passage(f"A{number}", "Everybody.", 0, 1, 1, ("Who may buy one?",), "other")


def test_braces_of_a_source_come_out_as_they_went_in() -> None:
    material = Material(sd.Source.from_text(HOSTILE))
    assert f"[P1] {HOSTILE}" in system(material)


@plans
def test_every_section_is_asked_its_question_below_the_open_questions(plan: SectionPlan) -> None:
    asked = ask(plan, MATERIAL, {"questions": ASKED})
    assert asked.startswith("Open questions")
    assert f"Section to draft: {plan.name}. {plan.asks}" in asked


def test_every_ask_of_a_run_begins_with_the_same_words() -> None:
    model = Listener()
    sd.draft(MATERIAL.source, model=model, critique=False)
    assert len(model.sent) == len(OUTLINE) and len({each.system for each in model.sent}) == 1
    assert len({each.user for each in model.sent}) == len(OUTLINE)


@plans
def test_an_answer_is_shown_to_the_sections_that_it_touches(plan: SectionPlan) -> None:
    material = Material(MATERIAL.source, answers=(answer(1), answer(2)))
    asked = ask(plan, material, {"questions": ASKED})
    assert ("[A1]" in asked) == (plan.name in ("risks", "agreement"))
    assert "[A2]" in asked, "a question that blocks nothing in particular touches all"
    assert "Everybody." not in system(material)


def test_sections_done_are_shown_with_their_ids_and_without_what_is_empty() -> None:
    done = {"questions": ASKED, "problem": Problem(goals=[Goal(id="G1", text="Sell")])}
    asked = ask(OUTLINE[2], MATERIAL, done)
    assert 'problem: {"goals": [{"text": "Sell", "id": "G1"}]}' in asked
    assert "Q1. Who may buy one? (default: Nobody yet.)\nQ2. In which currency?\n" in asked


def test_a_section_drafted_before_is_shown_with_what_to_mend() -> None:
    before = Problem(goals=[Goal(id="G1", text="Sell")])
    asked = ask(OUTLINE[1], MATERIAL, {}, remarks=["G1 says too little"], previous=before)
    assert asked.rstrip().endswith("- G1 says too little")
    assert '"text": "Sell"' in asked


def test_a_longer_source_may_have_a_longer_spec_though_not_in_proportion() -> None:
    short, long, longest = (length(Material(sd.Source.from_text("word " * n))) for n in (100, 1000, 10_000))
    assert short < long < longest < 4 * long
    assert long <= 1500


def test_the_version_is_that_of_the_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = prompts.version()
    monkeypatch.setattr(prompts, "folder", lambda: tmp_path)
    (tmp_path / "system.md.j2").write_text("Draft.", encoding="utf-8")
    changed = prompts.version()
    (tmp_path / "system.md.j2").write_text("Draft!", encoding="utf-8")
    assert len({before, changed, prompts.version()}) == 3


def test_a_value_that_was_not_given_is_an_error() -> None:
    with pytest.raises(sd.PromptError, match="material"):
        prompts.render("system.md.j2")


@pytest.mark.parametrize("name", ["sections/nothing.md.j2", "../pyproject.toml", "sections"])
def test_a_template_that_is_not_there_is_an_error_that_lists_them(name: str) -> None:
    with pytest.raises(sd.PromptError) as caught:
        prompts.render(name)
    assert "system.md.j2" in caught.value.hint
