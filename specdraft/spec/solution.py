"""Proposed solution: what changes in the architecture, the data and the user interface."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from specdraft.spec.statement import Line, Model, Statement, YesNo

ChangeKind = Literal["add", "modify", "remove"]
NodeKey = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,40}$")]


class Change(Statement):
    """One change to a component: a service, job, endpoint, library or flow."""

    component: Line = Field(default="", description="The component that changes, by the name the source uses.")
    change: ChangeKind | None = Field(default=None, description="Whether it is new, changed or taken away.")


class DataChange(Statement):
    """One change to stored data: a table, a column, a JSON field, an event, a file format."""

    store: Line = Field(default="", description="The database, bucket, queue or file that holds it.")
    entity: Line = Field(default="", description="The table, document or event.")
    field: Line = Field(default="", description="The column or key, where it is one.")
    type: Line = Field(default="", description="Its type and constraints.")
    change: ChangeKind | None = Field(default=None, description="Whether it is new, changed or taken away.")
    reversible: YesNo | None = Field(default=None, description="Can it be undone without losing data?")


class Node(Model):
    """A box of the diagram."""

    key: NodeKey = Field(description="A short name for edges to use, e.g. api.")
    label: Line = Field(description="What the reader sees.")
    kind: Literal["service", "store", "queue", "client", "external"] = Field(
        default="service", description="What it is; it decides the shape."
    )


class Edge(Model):
    """An arrow of the diagram."""

    source: NodeKey = Field(description="Key of the node where it starts.")
    target: NodeKey = Field(description="Key of the node where it ends.")
    label: Line = Field(default="", description="What flows.")


class Diagram(Model):
    """The parts and what flows between them; code draws it."""

    nodes: list[Node] = Field(description="The parts, in reading order.")
    edges: list[Edge] = Field(default_factory=list, description="What flows between them.")


class Solution(Model):
    """What changes are required to solve the problem and reach the goals?"""

    overview: list[Statement] = Field(
        default_factory=list, description="What will be built, as the source requires it: behaviour, rules, limits."
    )
    architecture: list[Change] = Field(
        default_factory=list, description="What are the high level architectural changes?"
    )
    diagram: Diagram | None = Field(default=None, description="A diagram, where three or more parts are involved.")
    data_model: list[DataChange] = Field(
        default_factory=list,
        description="What are the high level data model changes? Schema changes, and changes to structured "
        "fields such as a JSON column.",
    )
    ui: list[Statement] = Field(default_factory=list, description="What are the main changes to the UI?")
