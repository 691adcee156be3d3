"""The outline: the sections of a spec, what each is asked, and what each needs."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from specdraft.spec import Alternatives, Headline, Problem, Questions, Risks, Rollout, Solution, Success


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """One row of the outline."""

    name: str
    model: type[BaseModel]
    """What an answer is; its docstring and field descriptions are what a model is asked."""
    prompt: str
    """The template in `prompts/` that asks for it."""
    needs: tuple[str, ...] = ()
    """Sections that must be there first."""

    @property
    def asks(self) -> str:
        """The question, in a line."""
        return (self.model.__doc__ or "").strip().splitlines()[0]


OUTLINE: tuple[SectionPlan, ...] = (
    SectionPlan("problem", Problem, "sections/problem.md.j2"),
    SectionPlan("solution", Solution, "sections/solution.md.j2", ("problem",)),
    SectionPlan("alternatives", Alternatives, "sections/alternatives.md.j2", ("problem", "solution")),
    SectionPlan("risks", Risks, "sections/risks.md.j2", ("problem", "solution")),
    SectionPlan("rollout", Rollout, "sections/rollout.md.j2", ("solution", "risks")),
    SectionPlan("success", Success, "sections/success.md.j2", ("problem", "risks", "rollout")),
    SectionPlan(
        "questions",
        Questions,
        "sections/questions.md.j2",
        ("problem", "solution", "alternatives", "risks", "rollout", "success"),
    ),
    SectionPlan("headline", Headline, "sections/headline.md.j2", ("problem", "solution", "risks", "questions")),
)
"""In an order in which each section comes after those that it needs."""
