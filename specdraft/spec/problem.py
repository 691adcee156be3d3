"""Problem statement: what is wrong today, for whom, and what should be true afterwards."""

from __future__ import annotations

from pydantic import Field

from specdraft.spec.statement import Line, Model, OwnId, Statement, Text


class Link(Statement):
    """A document that a reader needs for background."""

    url: Line = Field(default="", description="Where it is, if the source says.")


class Goal(Statement):
    """Something that should be true after this project, as an outcome rather than a solution."""

    id: OwnId = ""


class NonGoal(Statement):
    """Something explicitly not in scope, and why."""

    id: OwnId = ""
    reason: Text = Field(default="", description="Why it is left out, or where it will be done instead.")


class Problem(Model):
    """What problem is being solved? What should be true afterwards, and what is not in scope?"""

    statements: list[Statement] = Field(
        default_factory=list,
        description="The problem as the source tells it: who has it, how often, what it costs, what happens today.",
    )
    links: list[Link] = Field(default_factory=list, description="Documents that are relevant for background.")
    goals: list[Goal] = Field(
        default_factory=list, description="What should be true after this project is implemented?"
    )
    non_goals: list[NonGoal] = Field(
        default_factory=list, description="What is explicitly not in scope, and why? Only what the source rules out."
    )
