"""Open questions: what the source does not say, asked so that it can be answered."""

from __future__ import annotations

from pydantic import Field

from specdraft.spec.statement import Item, Line, Model, OwnId, Said, SectionName, Text


class Question(Item):
    """One thing that must be decided, and what depends on it."""

    id: OwnId = ""
    question: Said = Field(description="The question, about this project and answerable in a sentence.")
    why: Text = Field(default="", description="Which decision depends on it.")
    blocks: list[SectionName] = Field(default_factory=list, description="Sections that wait for the answer.")
    default: Text = Field(default="", description="What is taken to hold until it is answered.")
    slot: Line = Field(
        default="",
        description="The part of the spec that stays TBD until it is answered, e.g. rollout.migration.",
        json_schema_extra={"readOnly": True},
    )


class Questions(Model):
    """What does the source leave open?"""

    open_questions: list[Question] = Field(default_factory=list, description="What must still be decided.")
