"""One run: what it may spend, what it was answered before, and whom it tells."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from specdraft.errors import BudgetError
from specdraft.journal import Journal
from specdraft.models.base import Run
from specdraft.models.facts import ModelFacts
from specdraft.progress import Progress, State, Watcher
from specdraft.spec import Usage

ANSWER_TOKENS = 2000
"""What an answer is reckoned at before it is there."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run may spend; None is no limit."""

    usd: float | None = None
    tokens: int | None = None


@dataclass
class Course:
    """The run as a whole; each section sees it through a `SectionRun`."""

    journal: Journal | None = None
    budget: Budget = field(default_factory=Budget)
    facts: ModelFacts | None = None
    """Prices, where they are known."""
    watcher: Watcher | None = None
    usage: dict[str, Usage] = field(default_factory=dict)
    """What each section took, this run and earlier ones together."""
    paid: Usage = field(default_factory=Usage)
    """What this run took."""
    remarks: list[str] = field(default_factory=list)
    """What went wrong beside the sections."""
    pending: dict[str, int] = field(default_factory=dict)
    """Tokens of the calls that are under way."""
    began: float = field(default_factory=time.monotonic)

    def section(self, name: str) -> SectionRun:
        """The run, as that section sees it."""
        self.usage.setdefault(name, Usage())
        return SectionRun(self, name)

    def note(self, detail: str) -> None:
        """Tell whoever watches something that concerns the whole run."""
        if self.watcher:
            self.watcher(Progress("", "noted", detail, round(time.monotonic() - self.began, 3)))

    @property
    def total(self) -> Usage:
        """What all sections took."""
        counted = Usage()
        for usage in self.usage.values():
            counted.add(usage)
        return counted

    def cost(self, input_tokens: int, cached_tokens: int, output_tokens: int) -> float:
        """In US dollars; 0 where the price is not known."""
        return self.facts.cost(input_tokens, cached_tokens, output_tokens) if self.facts else 0.0


class SectionRun(Run):
    """A section's view of the run."""

    def __init__(self, course: Course, name: str) -> None:
        self.course, self.name = course, name
        self.kept: list[str] = []

    def recall(self, request: str) -> str | None:
        """The answer of an earlier run."""
        answer = self.course.journal.recall(request) if self.course.journal else None
        if answer is not None:
            self.kept.append(request)
        return answer

    def keep(self, request: str, answer: str) -> None:
        """On disk before it is looked at; a disk that is full costs the journal, not the draft."""
        if not self.course.journal:
            return
        try:
            self.course.journal.keep(request, answer)
            self.kept.append(request)
        except OSError as error:
            self.course.remarks.append(f"answers could not be kept for another run: {error.strerror or error}")
            self.course.journal = None

    def forget(self) -> None:
        """The section came to nothing: what it was answered is not to be used again."""
        for request in self.kept if self.course.journal else ():
            self.course.journal.forget(request)  # type: ignore[union-attr]

    def admit(self, tokens: int) -> None:
        """Before a call is sent.

        Raises:
            BudgetError: what is spent, under way and about to be sent is more than the run may spend.
        """
        course, limit = self.course, self.course.budget
        ahead = sum(course.pending.values()) + tokens
        answers = ANSWER_TOKENS * (len(course.pending) + 1)
        spent = course.paid.input_tokens + course.paid.output_tokens
        if limit.tokens is not None and spent + ahead + answers > limit.tokens:
            raise BudgetError(
                f"the budget of {limit.tokens:,} tokens is spent: {spent:,} used, {ahead + answers:,} more needed",
                hint="Raise --budget-tokens and run the same command again; what was drafted is not asked again.",
            )
        cost = course.paid.cost_usd + course.cost(ahead, 0, answers)
        if limit.usd is not None and cost > limit.usd:
            raise BudgetError(
                f"the budget of ${limit.usd:g} is spent: ${course.paid.cost_usd:.4f} used, up to "
                f"${cost - course.paid.cost_usd:.4f} more needed for the next call",
                hint="Raise --budget-usd and run the same command again; what was drafted is not asked again.",
            )
        course.pending[self.name] = tokens

    def spent(self, usage: Usage, *, before: bool = False) -> None:
        """What an answer took; `before`: in an earlier run."""
        usage.cost_usd = usage.cost_usd or self.course.cost(
            usage.input_tokens, usage.cached_tokens, usage.output_tokens
        )
        self.course.pending.pop(self.name, None)
        self.course.usage[self.name].add(usage)
        if not before:
            self.course.paid.add(usage)

    def tell(self, state: State, detail: str = "") -> None:
        """Tell whoever watches."""
        if state == "failed":
            self.course.pending.pop(self.name, None)
        if self.course.watcher:
            took = self.course.usage[self.name]
            seconds = round(time.monotonic() - self.course.began, 3)
            numbers = (took.calls, took.input_tokens, took.output_tokens, round(took.cost_usd, 6))
            self.course.watcher(Progress(self.name, state, detail, seconds, *numbers))
