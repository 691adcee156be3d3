"""Risks: the template's four questions, and each risk with what is done about it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from specdraft.spec.statement import Grounded, Item, Level, Line, Model, OwnId, Said, Statement, Text, YesNo

Category = Literal[
    "compatibility", "security_privacy", "load", "dependencies", "data", "rollout", "product", "people", "other"
]


class Answer(Grounded):
    """Yes, no or unknown, with the reason."""

    answer: YesNo = Field(default="unknown", description="Unknown unless the source settles it.")
    reason: Text = Field(default="", description="Why, in one sentence.")
    statements: list[Statement] = Field(default_factory=list, description="What else the source says about it.")


class Answers(Model):
    """The questions that every spec answers."""

    backwards_incompatible: Answer = Field(
        default_factory=Answer, description="Are there any backwards-incompatible changes?"
    )
    security_privacy: Answer = Field(
        default_factory=Answer,
        description="Does this project have special implications for security and data privacy?",
    )
    load: Answer = Field(
        default_factory=Answer,
        description="Could this change significantly increase load on any of our backend systems?",
    )
    dependencies: Answer = Field(default_factory=Answer, description="Does this project have any dependencies?")


class Risk(Item):
    """Something that may go wrong, and what is done about it."""

    id: OwnId = ""
    title: Said = Field(description="The failure, not the topic: 'Export starves the primary database'.")
    description: Text = Field(default="", description="Cause, event, consequence.")
    category: Category = Field(default="other", description="Which question of the template it belongs to.")
    likelihood: Level | None = Field(default=None, description="How likely it is.")
    impact: Level | None = Field(default=None, description="How bad it is.")
    mitigation: Text = Field(default="", description="How it is prevented, limited, noticed or recovered from.")
    mitigated_by: list[Annotated[str, Field(pattern=r"^[STM][1-9][0-9]*$")]] = Field(
        default_factory=list,
        description="Ids of the steps, tests and monitors that carry the mitigation out; they name the risk first.",
        json_schema_extra={"readOnly": True},
    )
    raised_by: Line = Field(
        default="",
        description="Who raised it: empty for the source, else checklist:<lens> or critic:<lens>.",
        json_schema_extra={"readOnly": True},
    )


class Risks(Model):
    """What might go wrong because of these changes?"""

    answers: Answers = Field(default_factory=Answers, description="The questions that every spec answers.")
    items: list[Risk] = Field(default_factory=list, description="The risks, worst first.")
