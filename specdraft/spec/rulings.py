"""What a critic answers: the findings of one lens, and the referee's rulings on those of all."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from specdraft.spec.critique import Finding
from specdraft.spec.statement import Line, Model

FindingId = Annotated[str, Field(pattern=r"^F[1-9][0-9]*$")]


class Findings(Model):
    """What does this lens show? An empty list is a good answer."""

    findings: list[Finding] = Field(default_factory=list, description="The findings, worst first.")


class Ruling(Model):
    """What becomes of one finding."""

    finding: FindingId = Field(description="Its id.")
    verdict: Literal["accept", "keep", "merge", "drop"] = Field(description="What becomes of it.")
    into: FindingId | None = Field(default=None, description="Of a merge: the finding that stays.")
    reason: Line = Field(default="", description="Why, in a few words.")


class Rulings(Model):
    """Which findings are right, which are one and the same, and which are to be carried out?"""

    rulings: list[Ruling] = Field(default_factory=list, description="One for each finding, in their order.")
