"""The outline: the sections of a spec, what each is asked, and what each needs.

The questions come first: whoever has listed what the source leaves open does not decide it in passing.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from specdraft.spec import (
    Agreement,
    Alternatives,
    Findings,
    Headline,
    Problem,
    Questions,
    Risks,
    Rollout,
    Rulings,
    Solution,
    Success,
    Verdicts,
)  # fmt: skip


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
    share: float = 0.0
    """Its part of the spec's words, the questions apart."""

    @property
    def asks(self) -> str:
        """The question, in a line."""
        return (self.model.__doc__ or "").strip().splitlines()[0]


_PARTS = ("problem", "solution", "alternatives", "risks", "rollout", "success")

OUTLINE: tuple[SectionPlan, ...] = (
    SectionPlan("questions", Questions, "sections/questions.md.j2"),
    SectionPlan("problem", Problem, "sections/problem.md.j2", ("questions",), 0.15),
    SectionPlan("solution", Solution, "sections/solution.md.j2", ("questions", "problem"), 0.25),
    SectionPlan(
        "alternatives", Alternatives, "sections/alternatives.md.j2", ("questions", "problem", "solution"), 0.22
    ),
    SectionPlan("risks", Risks, "sections/risks.md.j2", ("questions", "problem", "solution"), 0.17),
    SectionPlan("rollout", Rollout, "sections/rollout.md.j2", ("questions", "problem", "solution", "risks"), 0.12),
    SectionPlan(
        "success", Success, "sections/success.md.j2", ("questions", "problem", "solution", "risks", "rollout"), 0.09
    ),
    SectionPlan("agreement", Agreement, "sections/agreement.md.j2", ("questions", *_PARTS)),
    SectionPlan("headline", Headline, "sections/headline.md.j2", ("questions", *_PARTS, "agreement")),
)
"""In an order in which each section comes after those that it needs."""

CRITIC = "critic:"
"""What the names of the critic's asks begin with."""
REFEREE = SectionPlan(f"{CRITIC}referee", Rulings, "referee.md.j2")
JUDGE = SectionPlan("judge", Verdicts, "judge.md.j2")
"""What a judge of evals is asked; it is no part of a draft."""


def read_through(lens: str) -> SectionPlan:
    """The critic's ask for the lens of that name."""
    return SectionPlan(f"{CRITIC}{lens}", Findings, "lens.md.j2")


ANSWERS: tuple[type[BaseModel], ...] = (*(plan.model for plan in OUTLINE), Findings, Rulings)
"""What a model may be asked to fill in."""
