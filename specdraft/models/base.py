"""The one thing that the pipeline knows of a model: it is asked for a section, and answers it typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import BaseModel

from specdraft.outline import SectionPlan
from specdraft.source import Source
from specdraft.spec import Usage


@dataclass(frozen=True, slots=True)
class Ask:
    """A section to draft: its plan, what to draft it from, and the sections that it needs."""

    plan: SectionPlan
    source: Source
    done: Mapping[str, BaseModel]


@dataclass(frozen=True, slots=True)
class Reply:
    """The section, an instance of `ask.plan.model`, and what it took."""

    section: BaseModel
    usage: Usage = field(default_factory=Usage)


class Model(Protocol):
    """Drafts one section at a time. It holds no state that one answer leaves for the next."""

    name: str
    """As `--model` takes it."""

    async def ask(self, ask: Ask) -> Reply:
        """Draft the section.

        Raises:
            ModelError: no answer could be had.
        """
        ...
