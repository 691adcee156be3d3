"""A spec as places: what a critic is shown, and what it may quote. Items go by their ids, other parts by path."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from operator import attrgetter
from typing import Any

from pydantic import BaseModel

from specdraft.passages import Passage
from specdraft.spec import Grounded, SpecFields
from specdraft.spec.ids import ITEMS
from specdraft.spec.statement import defaults

PARTS: tuple[str, ...] = (
    "problem.statements",
    "problem.links",
    "problem.goals",
    "problem.non_goals",
    "solution.overview",
    "solution.architecture",
    "solution.data_model",
    "solution.ui",
    "risks.answers.backwards_incompatible",
    "risks.answers.security_privacy",
    "risks.answers.load",
    "risks.answers.dependencies",
    "risks.items",
    "alternatives.criteria",
    "alternatives.options",
    "rollout.steps",
    "rollout.migration",
    "rollout.migration.rollback",
    "rollout.release",
    "success.criteria",
    "success.validation",
    "success.test_plan",
    "success.monitors",
    "open_questions",
    "unplaced",
)
"""The parts of a spec that a critic reads, in its order."""
_UNSEEN = ("id", "citations", "placed_by", "topic", "slot", "status")
_MAIN = ("text", "title", "name", "question", "answer", "required", "kind", "reason")
"""The field that an item begins with: the first of these that it has."""
_APART = {"rollout.migration": ("rollback",)}
"""Fields that are a part of their own."""


SECTIONS: dict[str, str] = {letter: path.partition(".")[0] for path, letter in ITEMS.items()}
"""The section that the items of each letter stand in."""


def section_of(address: str) -> str:
    """The section of a place: `rollout` of S3 and of `rollout.migration`."""
    return SECTIONS[address[0]] if address[1:].isdigit() else address.partition(".")[0]


class Places:
    """The places of one spec."""

    def __init__(self, spec: SpecFields) -> None:
        self.spec = spec

    @cached_property
    def passages(self) -> list[Passage]:
        """Each place that can be quoted, as a passage whose id is its address; empty ones left out."""
        return [
            Passage(address, text, 0, 1, 1, (path,), "item")
            for path, listed in self.listed.items()
            for address, text in listed
            if text
        ]

    @cached_property
    def listed(self) -> dict[str, list[tuple[str, str]]]:
        """For each part its places: an item's id, or the part's own path, with what stands there."""
        return {path: list(self._of(path, attrgetter(path)(self.spec))) for path in PARTS}

    @cached_property
    def texts(self) -> dict[str, str]:
        """What stands at each address: ids, paths of parts and of whole sections, and `spec`."""
        texts: dict[str, list[str]] = {"spec": [self.spec.title, self.spec.summary]}
        for path, listed in self.listed.items():
            above = [path.rsplit(".", cut)[0] for cut in range(path.count(".") + 1)]
            for address, text in listed:
                for each in dict.fromkeys((address, *above, "spec")):
                    texts.setdefault(each, []).append(text)
        return {address: "\n".join(filter(None, lines)) for address, lines in texts.items()}

    def shown(self) -> str:
        """The spec for a model to read: the path of each part, below it what stands there, items behind their ids."""
        lines = [f"title: {self.spec.title}"]
        for path, listed in self.listed.items():
            said = [text if address == path else f"[{address}] {text}" for address, text in listed if text]
            if said or path not in ("problem.links", "success.test_plan", "unplaced"):
                lines += ["", f"{path}:" + ("" if said else " (nothing)"), *said]
        return "\n".join(lines)

    def _of(self, path: str, value: Any) -> Iterator[tuple[str, str]]:
        if path == "unplaced":  # what is not in the source: words of a hand-written spec under no known heading
            value = [each for each in value if each.is_assumption]
        if isinstance(value, list) and value and hasattr(value[0], "id"):
            yield from ((item.id, said_of(item)) for item in value)
        elif isinstance(value, list):
            yield path, "\n".join(map(said_of, value))
        elif isinstance(value, BaseModel):
            empty = value.model_copy(update={name: [] for name in _APART.get(path, ())})
            yield path, "" if empty == type(value)() else said_of(empty)
        else:
            yield path, str(value)


def said_of(item: BaseModel) -> str:
    """What an item says: its main field, then the others with their names, a line each."""
    fields = type(item).model_fields
    main = next(name for name in _MAIN if name in fields)
    lines = [str(getattr(item, main) or "")]
    for name, default in defaults(type(item)).items():
        value = getattr(item, name)
        if name not in (main, *_UNSEEN) and value and (value != default or fields[name].is_required()):
            lines.append(f"  {name}: {_shown(value)}")
    if isinstance(item, Grounded) and item.citations:
        lines.append(f"  cites: {', '.join(dict.fromkeys(each.passage for each in item.citations))}")
    return "\n".join(lines).strip()


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(map(_shown, value))
    if isinstance(value, BaseModel):
        said = [f"{getattr(value, name)}" for name in type(value).model_fields if name not in _UNSEEN]
        return ", ".join(filter(None, said))
    return "yes" if value is True else str(value)
