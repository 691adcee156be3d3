"""Alternative solutions: what else was considered, and by which criteria the choice was made."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from specdraft.spec.ranking import Flip, Ranked, flips, ranked
from specdraft.spec.statement import Item, Line, Model, OwnId, Said, Statement, Text

Approach = Literal["do nothing", "buy or reuse", "smaller first step", "other design"]
EXPECTED: tuple[Approach, ...] = ("do nothing", "buy or reuse", "smaller first step")
"""What is to be considered beside the proposed solution, whatever the project."""


class ChoiceCriterion(Statement):
    """Something that the options are judged by."""

    id: OwnId = ""
    weight: float | None = Field(default=None, ge=0, allow_inf_nan=False, description="How much it counts.")


class Score(Model):
    """How one option does on one criterion."""

    criterion: Annotated[str, Field(pattern=r"^K[1-9][0-9]*$")] = Field(description="Id of the criterion.")
    score: int = Field(
        ge=1,
        le=5,
        description="1 is poor, 5 is excellent.",
        json_schema_extra={"enum": [1, 2, 3, 4, 5]},  # some grammars know no bounds
    )
    reason: Said = Field(description="Why, in one sentence.")


class Option(Item):
    """A way to solve the problem, the chosen one included."""

    id: OwnId = ""
    name: Said = Field(description="What to call it.")
    description: Text = Field(default="", description="What it would mean, as its friend would put it.")
    chosen: bool = Field(default=False, description="Is this the proposed solution?")
    approach: Approach | None = Field(
        default=None, description="What kind of option it is; none for the proposed solution."
    )
    why_not: Text = Field(default="", description="Why it was not chosen.")
    scores: list[Score] = Field(default_factory=list, description="One score for each criterion.")
    raised_by: Line = Field(
        default="",
        description="Who raised it: empty for the source, else critic:<lens>.",
        json_schema_extra={"readOnly": True},
    )


class Alternatives(Model):
    """What alternatives were considered, and how was the proposed solution chosen?"""

    criteria: list[ChoiceCriterion] = Field(default_factory=list, description="What the options are judged by.")
    options: list[Option] = Field(default_factory=list, description="The options, the chosen one included.")

    def ranking(self) -> list[Ranked]:
        """The options that are scored on every criterion, best first: `option`, `place`, `total` (1 to 5), `tied`."""
        return ranked(self.criteria, self.options)

    def flips(self) -> list[Flip]:
        """Which change of one weight would flip the choice, the smallest change first."""
        return flips(self.criteria, self.options)
