"""A rule of the checklist, what it reads, and what it finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Literal

from specdraft.places import Places
from specdraft.spec import Evidence, SpecFields
from specdraft.spec.critique import Landing, Likelihood, Reversible, Severity


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule does not hold."""

    title: str
    mechanism: str
    evidence: list[Evidence]
    suggestion: str = ""
    question: str = ""
    targets: list[str] = field(default_factory=list)


class Read:
    """A spec, read for rules."""

    def __init__(self, spec: SpecFields) -> None:
        self.spec = spec

    @cached_property
    def texts(self) -> dict[str, str]:
        """What stands at each address (`Places.texts`)."""
        return Places(self.spec).texts

    @cached_property
    def leaves(self) -> dict[str, str]:
        """What stands at each item, and at each part whose items have no ids."""
        return {each.id: each.text for each in Places(self.spec).passages}

    @cached_property
    def asked(self) -> set[str]:
        """The parts of the spec that an open question stands for: their gap is known."""
        return {question.slot for question in self.spec.open_questions if question.slot}

    def says(self, words: str, *at: str) -> re.Match[str] | None:
        """Where one of these words (a regular expression, whole words) first stands at one of these addresses."""
        return next((hit for each in at if (hit := _pattern(words).search(self.texts.get(each, "")))), None)

    def silent(self, at: str, what: str, absent: str) -> Evidence:
        """The proof of a silence."""
        return Evidence(text=what, at=at, absent=absent)


def says(text: str, words: str) -> bool:
    """Does one of these words begin somewhere in the text?"""
    return bool(_pattern(words).search(text))


def sentence(text: str, words: str) -> str:
    """The line of a text in which one of these words stands; empty if none does."""
    return next((line.strip() for line in text.splitlines() if _pattern(words).search(line)), "")


def brief(text: str, most: int = 80) -> str:
    """The beginning of a text, on one line, no longer than that."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: line.rfind(" ", 0, most)] + " …"


def quoted(item: Any, at: str = "") -> Evidence:
    """An item as proof: its main words."""
    name = next(each for each in ("text", "title", "name", "question") if hasattr(item, each))
    return Evidence(text=getattr(item, name), at=at or item.id)


@cache
def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that holds in a good spec, and what it means where it does not."""

    name: str
    lens: str
    severity: Severity
    likelihood: Likelihood
    lands_in: Landing
    find: Callable[[Read], Iterator[Hit]]
    kind: Literal["risk", "gap", "contradiction", "alternative"] = "gap"
    reversible: Reversible = "with effort"
