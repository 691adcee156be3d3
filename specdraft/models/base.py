"""The one thing that the pipeline knows of a model: it is asked for a section, and answers it typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import BaseModel

from specdraft.material import Material
from specdraft.outline import SectionPlan
from specdraft.progress import State
from specdraft.source import Source
from specdraft.spec import Usage


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is sent: `system` is the same for every section of a run, `user` ends with the ask."""

    system: str
    user: str


class Run:
    """What a model asks and tells of the run that it works for. This one has no limits and no memory."""

    def recall(self, request: str) -> str | None:
        """The answer that this very request, by its digest, was given before."""
        del request
        return None

    def keep(self, request: str, answer: str) -> None:
        """An answer, to be safe on disk before anything else happens."""

    def forget(self) -> None:
        """The answers were of no use: another run is to ask again."""

    def admit(self, tokens: int) -> None:
        """About to send so many tokens, estimated.

        Raises:
            BudgetError: what the run may spend does not cover it.
        """

    def spent(self, usage: Usage, *, before: bool = False) -> None:
        """What one answered request took; `before`: in an earlier run."""

    def tell(self, state: State, detail: str = "") -> None:
        """Something that a person who waits wants to know."""


def _no_faults(section: BaseModel) -> list[str]:
    del section
    return []


def _no_prompt() -> Prompt:
    return Prompt("", "")


@dataclass(frozen=True, slots=True)
class Ask:
    """A section to draft: its plan, what to draft it from, and the sections that it needs."""

    plan: SectionPlan
    material: Material
    done: Mapping[str, BaseModel]
    prompt: Callable[[], Prompt] = _no_prompt
    """The words to send; rendered when first wanted."""
    faults: Callable[[BaseModel], list[str]] = _no_faults
    """What is wrong with an answer, in words that the model can mend it by. What it then still gets wrong
    is taken out by the drafter, whatever the model does."""
    run: Run = field(default_factory=Run)

    @property
    def source(self) -> Source:
        """The PRD or ticket."""
        return self.material.source


@dataclass(frozen=True, slots=True)
class Reply:
    """The section, an instance of `ask.plan.model`, and what it took that the run was not told of."""

    section: BaseModel
    usage: Usage = field(default_factory=Usage)


class Model(Protocol):
    """Drafts one section at a time. It holds no state that one answer leaves for the next.

    One that has an attribute `verbatim` that is true only ever puts the source's own words in place: its
    answers are not judged, and not kept for another run.
    """

    name: str
    """As `--model` takes it."""

    async def ask(self, ask: Ask) -> Reply:
        """Draft the section.

        Raises:
            AnswerError: there is no usable answer to this ask; the other sections can do without it.
            ModelError: the model cannot be used at all.
        """
        ...


def is_verbatim(model: object) -> bool:
    """Does the model only ever put the source's own words in place?"""
    return bool(getattr(model, "verbatim", False))
