"""The whole spec as data: its sections in order, and where it came from."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from specdraft.errors import SpecVersionError
from specdraft.spec.alternatives import Alternatives
from specdraft.spec.critique import Critique
from specdraft.spec.failure import Failure, Name
from specdraft.spec.ids import ITEMS, LinkFault, items, link_faults, number
from specdraft.spec.problem import Problem
from specdraft.spec.questions import Question
from specdraft.spec.risks import Risks
from specdraft.spec.rollout import Rollout
from specdraft.spec.solution import Solution
from specdraft.spec.statement import Id, Line, Model, Statement, Text
from specdraft.spec.success import Success

SCHEMA_VERSION = 1
"""Version of the shape below. Raised when a document of the old shape can no longer be read as it is."""


UNTITLED = "Untitled spec"
Title = Annotated[Line, AfterValidator(lambda title: title or UNTITLED)]


class SourceRef(Model):
    """A document that the spec was drafted from."""

    name: Name = Field(description="Its file name, or the name it was given.")
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = Field(description="Digest of its bytes as read.")


class Usage(Model):
    """What the model's answers took."""

    calls: int = Field(default=0, ge=0, description="Requests that were answered.")
    input_tokens: int = Field(default=0, ge=0, description="Tokens sent.")
    cached_tokens: int = Field(default=0, ge=0, description="Of these, tokens read from a cache.")
    output_tokens: int = Field(default=0, ge=0, description="Tokens answered.")
    cost_usd: float = Field(default=0.0, ge=0, allow_inf_nan=False, description="In US dollars.")

    def add(self, other: Usage) -> None:
        """Count what another answer took, too."""
        for name in Usage.model_fields:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Meta(Model):
    """Where the draft came from."""

    date: Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9][0-9]-[0-9][0-9])?$")] = Field(
        default="", description="Day of the draft."
    )
    model: Line = Field(default="", description="`offline`, or provider/model.")
    prompt_version: Line = Field(default="", description="Digest of the prompts used.")
    usage: Usage = Field(default_factory=Usage, description="What it took.")
    sources: list[SourceRef] = Field(default_factory=list, description="The PRD or ticket first, then the context.")
    failures: list[Failure] = Field(default_factory=list, description="Sections that could not be drafted.")
    notices: list[Line] = Field(default_factory=list, description="What a reader of the source should know.")
    last_ids: list[Id] = Field(default_factory=list, description="The highest id of each kind ever given.")


class Headline(Model):
    """What is the project called, and what must a reviewer know first?"""

    title: Title = Field(default=UNTITLED, description="What the project is called.")
    summary: Text = Field(
        default="",
        description="What a reviewer reads first: what changes, the biggest risk, what is undecided.",
    )


class SpecFields(Headline):
    """A technical spec: the sections of the house template, every statement cited or an assumption.

    Ids that are missing are given when it is built; ids that two items share, and links that lead
    nowhere, are kept as they are and listed by `link_faults`.
    """

    schema_version: int = Field(default=SCHEMA_VERSION, ge=1, description="Version of this shape.")
    status: Literal["draft", "review", "approved"] = Field(default="draft", description="How far it is.")
    problem: Problem = Field(default_factory=Problem)
    solution: Solution = Field(default_factory=Solution)
    risks: Risks = Field(default_factory=Risks)
    alternatives: Alternatives = Field(default_factory=Alternatives)
    rollout: Rollout = Field(default_factory=Rollout)
    success: Success = Field(default_factory=Success)
    open_questions: list[Question] = Field(default_factory=list, description="What must still be decided.")
    critique: Critique = Field(default_factory=Critique)
    unplaced: list[Statement] = Field(
        default_factory=list, description="What the source says and no section cites: nothing is dropped."
    )
    meta: Meta = Field(default_factory=Meta)

    @model_validator(mode="before")
    @classmethod
    def _known_version(cls, data: Any) -> Any:
        version = data.get("schema_version") if isinstance(data, dict) else None
        if isinstance(version, int) and version > SCHEMA_VERSION:
            raise SpecVersionError(
                f"this spec follows schema version {version}; this specdraft reads up to {SCHEMA_VERSION}",
                hint="Upgrade it: pip install -U specdraft",
            )
        return data

    @model_validator(mode="after")
    def _give_ids(self) -> SpecFields:
        groups: dict[str, list[Any]] = {path: [] for path in ITEMS}
        for path, item in items(self):
            groups[path].append(item)
        self.meta.last_ids = number(((ITEMS[path], group) for path, group in groups.items()), self.meta.last_ids)
        return self

    def link_faults(self) -> list[LinkFault]:
        """Ids given twice, and links to ids that no item has; an empty list for a sound spec."""
        return link_faults(self)
