"""Implementation and rollout plan: steps, migration with a way back, and how it is released."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from specdraft.spec.statement import Grounded, Line, Model, OwnId, Statement, Text, YesNo


class Step(Statement):
    """One step of the plan."""

    id: OwnId = ""
    mitigates: list[Annotated[str, Field(pattern=r"^R[1-9][0-9]*$")]] = Field(
        default_factory=list, description="Ids of the risks that this step mitigates."
    )
    rollback: Text = Field(default="", description="How this step is undone.")


class Migration(Grounded):
    """Moving existing data or clients, and the way back."""

    required: YesNo = Field(default="unknown", description="Does this project require a migration?")
    separate_spec: Line = Field(default="", description="Link to its own spec, where it is extensive.")
    steps: list[Statement] = Field(default_factory=list, description="What is moved, in order.")
    rollback: list[Statement] = Field(
        default_factory=list, description="How to roll back in the event of an unsuccessful migration or release."
    )


class Stage(Statement):
    """One stage of the release: who gets it, and what must hold before the next."""

    exit_criteria: Text = Field(default="", description="What must hold before going on, as a number.")


class Release(Grounded):
    """How the change reaches its users."""

    kind: Literal["flag", "experiment", "phased", "all at once"] | None = Field(
        default=None, description="Is it flagged, an experiment, phased, or released all at once?"
    )
    stages: list[Stage] = Field(default_factory=list, description="Who gets it, in order.")
    flag_removal: Text = Field(default="", description="When the flag goes, and who removes it.")


class Rollout(Model):
    """How is it built, migrated, released and, if need be, undone? May be filled in over time."""

    status: Literal["drafted", "tbd"] = Field(default="tbd", description="Is there a plan yet?")
    steps: list[Step] = Field(default_factory=list, description="The plan, in order.")
    migration: Migration = Field(
        default_factory=Migration, description="Does this project require a migration? How is it rolled back?"
    )
    release: Release = Field(
        default_factory=Release, description="Is this project in an experiment or feature flagged?"
    )
