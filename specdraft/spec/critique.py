"""The critique: what a second reader found, and what became of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from specdraft.spec.statement import Id, Item, Line, Model, OwnId, Said, Text


class Finding(Item):
    """One thing that a lens found. Its citations are the evidence."""

    id: OwnId = ""
    title: Said = Field(description="The failure, not the topic.")
    lens: Line = Field(default="", description="Name of the lens that found it.")
    kind: Literal["risk", "alternative", "gap", "contradiction"] = Field(default="gap", description="What it is.")
    severity: Literal["S1", "S2", "S3", "S4"] = Field(
        default="S3",
        description="S1 loss of data, money or safety; S2 outage or broken contract; S3 degraded; S4 annoyance.",
    )
    targets: list[Id] = Field(default_factory=list, description="Ids of the items that it is about.")
    mechanism: Text = Field(default="", description="Cause, event, consequence.")
    suggestion: Text = Field(default="", description="What to do about it.")
    status: Literal["open", "accepted", "rejected"] = Field(default="open", description="What was decided.")
    resolution: Text = Field(default="", description="What was done, or why not.")


class Critique(Model):
    """What a second reader found."""

    findings: list[Finding] = Field(default_factory=list, description="The findings, worst first.")
