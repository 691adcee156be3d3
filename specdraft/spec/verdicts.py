"""What a judge answers: yes or no to each of a list of questions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from specdraft.spec.statement import Line, Model


class Verdict(Model):
    """The answer to one question."""

    question: Annotated[str, Field(pattern=r"^J[1-9][0-9]*$")] = Field(description="Its id.")
    answer: Literal["yes", "no"] = Field(description="Yes or no; where it is in doubt, no.")
    by: int = Field(default=0, ge=0, description="The number of the thing that answers it; 0 if none does.")
    reason: Line = Field(default="", description="Why, in a few words.")


class Verdicts(Model):
    """Which of these questions are answered with yes?"""

    verdicts: list[Verdict] = Field(default_factory=list, description="One for each question, in their order.")
