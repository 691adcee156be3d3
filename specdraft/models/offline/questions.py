"""A pointed question for each part of the template that the source leaves open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from specdraft.models.offline.fillers import Filler
from specdraft.models.offline.tables import load
from specdraft.spec import Answer, Citation, Question

_OFTEN = 3
_FIELD = re.compile(r"\{(\w+)\}")


@cache
def _bank() -> list[dict[str, Any]]:
    slots: list[dict[str, Any]] = load("questions.toml")["slot"]
    return slots


def open_questions(sections: dict[str, Any], fillers: dict[str, Filler], terms: list[Filler]) -> list[Question]:
    """One question for each empty part, the most specific that the document's own words can fill."""
    spec = SimpleNamespace(**sections)
    used: Counter[str] = Counter()
    open_slots = [slot for slot in _bank() if is_open(spec, slot["path"])]
    return [_question(slot, fillers | _in_turn(terms, turn), used) for turn, slot in enumerate(open_slots)]


def _in_turn(terms: list[Filler], turn: int) -> dict[str, Filler]:
    return {"term": terms[turn % len(terms)]} if terms else {}


def is_open(spec: Any, path: str) -> bool:
    """Does the spec say nothing there?"""
    value = attrgetter(path)(spec)
    if isinstance(value, list):
        return not value
    if isinstance(value, Answer):
        return value.answer == "unknown" and not value.statements
    return not any(attrgetter(name)(value) for name in _SAYING[path])


_SAYING: dict[str, tuple[str, ...]] = {
    "problem": ("statements",),
    "solution": ("overview", "architecture"),
    "risks": ("items",),
    "alternatives": ("options",),
    "rollout": ("steps",),
    "rollout.migration": ("steps",),
    "rollout.release": ("stages",),
    "success": ("criteria",),
}
"""What must be filled for an object not to be open."""


def _question(slot: dict[str, Any], fillers: dict[str, Filler], used: Counter[str]) -> Question:
    """The first question that can be asked, but that words already asked about often give way to others."""
    *specific, general = [each for each in slot["questions"] if all(need in fillers for need in each["needs"])]
    chosen = min(specific, key=lambda each: max(used[need] for need in each["needs"]) // _OFTEN, default=general)
    used.update(need for need in chosen["needs"] if need not in ("subject", "role", "term"))
    words = dict.fromkeys(_FIELD.findall(chosen["ask"]))
    citations = [fillers[word].citation for word in words if fillers[word].citation]
    return Question(
        question=_FIELD.sub(lambda match: fillers[match[1]].text, chosen["ask"]),
        why=chosen["why"],
        blocks=[slot["section"]],
        slot=slot["path"],
        citations=list(_distinct(citations)),
    )


def _distinct(citations: list[Any]) -> Iterator[Citation]:
    seen = set()
    for citation in citations:
        key = (citation.passage, citation.quote)
        if key not in seen:
            seen.add(key)
            yield citation
