"""Answers to open questions, offline: each goes to the part of the spec that its question stands for."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, get_args

from pydantic import BaseModel

from specdraft.passages import Passage
from specdraft.spec import Citation, Option, Question, Risk

_HOLDS = {
    "problem": "statements",
    "solution": "overview",
    "risks": "items",
    "alternatives": "options",
    "rollout": "steps",
    "rollout.migration": "steps",
    "rollout.release": "stages",
    "success": "criteria",
}
"""Parts that are no list and no answer: where in them a statement goes."""
_TEXT = {Risk: "title", Option: "name"}
"""The field that holds what is said, where it is not `text`."""


def take_up(name: str, section: BaseModel, questions: Iterable[Question], answers: Iterable[Passage]) -> None:
    """Add to the section what people answered to the questions that stand for its parts, in place."""
    slots = {f"A{question.id[1:]}": question.slot for question in questions}
    for passage in answers:
        slot = slots.get(passage.id, "")
        if slot.partition(".")[0] == name:
            _add(section, slot, passage)


def _add(section: Any, slot: str, passage: Passage) -> None:
    path = slot.split(".")[1:]
    part = attrgetter(".".join(path))(section) if path else section
    if not isinstance(part, list):
        held = _HOLDS.get(slot, "statements")
        part, path = getattr(part, held), [*path, held]
    owner = attrgetter(".".join(path[:-1]))(section) if path[:-1] else section
    kind: Any = get_args(type(owner).model_fields[path[-1]].annotation)[0]
    quote = Citation(passage=passage.id, quote=passage.text, line=passage.line_start)
    part.append(kind(**{_TEXT.get(kind, "text"): passage.text}, citations=[quote]))
