"""Templates: found, strict, and blind to what a source says."""

from __future__ import annotations

import pytest

import specdraft as sd
from specdraft import prompts
from specdraft.outline import OUTLINE, SectionPlan

HOSTILE = "{{ 7*6 }} {% if %} ${{ secrets.X }} {# gone? #}"


def test_braces_of_a_source_come_out_as_they_went_in() -> None:
    assert HOSTILE in prompts.render("system.md.j2", source=sd.Source.from_text(HOSTILE))


@pytest.mark.parametrize("plan", OUTLINE, ids=lambda plan: plan.name)
def test_every_section_prompt_says_its_question(plan: SectionPlan) -> None:
    assert plan.asks in prompts.render(plan.prompt, plan=plan)


def test_a_value_that_was_not_given_is_an_error() -> None:
    with pytest.raises(sd.PromptError, match="source"):
        prompts.render("system.md.j2")


@pytest.mark.parametrize("name", ["sections/nothing.md.j2", "../pyproject.toml", "sections"])
def test_a_template_that_is_not_there_is_an_error_that_lists_them(name: str) -> None:
    with pytest.raises(sd.PromptError) as caught:
        prompts.render(name)
    assert "system.md.j2" in caught.value.hint
