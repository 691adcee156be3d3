"""Success criteria: how we will know, by numbers, tests and monitors."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from specdraft.spec.statement import Line, Model, OwnId, Statement

Comparator = Literal["<", "<=", "=", ">=", ">"]
TestKind = Literal["unit", "integration", "end-to-end", "load", "stress", "manual"]


class Criterion(Statement):
    """What will be measured, and from which value on it counts as success."""

    id: OwnId = ""
    goals: list[Annotated[str, Field(pattern=r"^G[1-9][0-9]*$")]] = Field(
        default_factory=list, description="Ids of the goals that it measures."
    )
    metric: Line = Field(default="", description="What is measured.")
    comparator: Comparator | None = Field(default=None, description="How it compares with the threshold.")
    threshold: Line = Field(default="", description="The number, as the source writes it.")
    unit: Line = Field(default="", description="%, ms, requests per second, ...")
    baseline: Line = Field(default="", description="The value today.")
    window: Line = Field(default="", description="Over which time it is measured.")


class Test(Statement):
    """One way to find out that it works."""

    id: OwnId = ""
    kind: TestKind | None = Field(default=None, description="What kind of test it is.")
    verifies: list[Annotated[str, Field(pattern=r"^[GRSV][1-9][0-9]*$")]] = Field(
        default_factory=list, description="Ids of the goals, criteria, risks and steps that it verifies."
    )


class Monitor(Statement):
    """One signal that is watched after release."""

    id: OwnId = ""
    signal: Line = Field(default="", description="What is watched: requests, latency, error rate, ...")
    threshold: Line = Field(default="", description="The value at which somebody must look.")
    alert: Line = Field(default="", description="What the alert does.")
    owner: Line = Field(default="", description="Who is told.")
    watches: list[Annotated[str, Field(pattern=r"^[GRSV][1-9][0-9]*$")]] = Field(
        default_factory=list, description="Ids of the risks, steps, goals and criteria that it watches."
    )


class Success(Model):
    """How will we know that it works, and that nothing else got worse?"""

    criteria: list[Criterion] = Field(default_factory=list, description="What is measured, and what counts.")
    validation: list[Test] = Field(
        default_factory=list, description="How will you validate the solution is working correctly?"
    )
    test_plan: Line = Field(default="", description="Link to a separate testing plan.")
    monitors: list[Monitor] = Field(
        default_factory=list,
        description="What monitoring and alerting will you do to ensure this project doesn't decrease "
        "performance and reliability?",
    )
