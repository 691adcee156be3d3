"""Agreement: where the finished sections contradict each other or the source, and what they take for granted."""

from __future__ import annotations

from pydantic import Field

from specdraft.spec.questions import Question
from specdraft.spec.statement import Model, Said, SectionName, Text


class Disagreement(Model):
    """Two statements that cannot both hold, or a sentence of the source that no section reflects."""

    section: SectionName = Field(description="The section that must change.")
    what: Said = Field(description="What disagrees with what: both places by id, with the words or figures of each.")
    remedy: Text = Field(default="", description="What the section must say instead.")


class Agreement(Model):
    """Do the sections agree with each other and with the source, and what do they still take for granted?"""

    disagreements: list[Disagreement] = Field(
        default_factory=list, description="What must be mended before the spec is read; empty if nothing."
    )
    open_questions: list[Question] = Field(
        default_factory=list,
        description="What the sections take for granted, the source does not say, and nobody has asked yet.",
    )
