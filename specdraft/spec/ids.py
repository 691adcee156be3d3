"""Ids: given by code, stable under edits, never used twice.

One table says which list of the spec carries which letter; everything that walks the items of
a spec walks this table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal

ITEMS: dict[str, str] = {
    "problem.goals": "G",
    "problem.non_goals": "N",
    "risks.items": "R",
    "alternatives.criteria": "K",
    "alternatives.options": "A",
    "rollout.steps": "S",
    "success.criteria": "V",
    "success.validation": "T",
    "success.monitors": "M",
    "open_questions": "Q",
    "critique.findings": "F",
}
"""Path of each list of items that have ids, and the letter of those ids."""

LINKS: dict[str, str] = {
    "risks.items": "mitigated_by",
    "rollout.steps": "mitigates",
    "success.criteria": "goals",
    "success.validation": "verifies",
    "success.monitors": "watches",
    "critique.findings": "targets",
}
"""The field of each kind of item that names other items."""


@dataclass(frozen=True, slots=True)
class LinkFault:
    """An id that two items share (`duplicate`), or that names no item (`dangling`)."""

    kind: Literal["duplicate", "dangling"]
    id: str
    at: str
    """Where: the id, or the path, of the item that holds it."""


def own(name: str, section: Any) -> list[tuple[str, list[Any]]]:
    """The lists of a section that have ids, each with its letter; `name` is that of the outline."""
    at = {path: path.removeprefix(f"{name}.") for path in ITEMS if path.startswith(f"{name}.")}
    return [(ITEMS[path], getattr(section, field)) for path, field in at.items()] or [
        (letter, getattr(section, path)) for path, letter in ITEMS.items() if hasattr(section, path)
    ]


def items(spec: Any) -> Iterator[tuple[str, Any]]:
    """Every item of the spec that has an id, with the path of its list, in the order of the table."""
    for path in ITEMS:
        for item in attrgetter(path)(spec):
            yield path, item


def number(groups: Iterable[tuple[str, list[Any]]], last_ids: Iterable[str] = ()) -> list[str]:
    """Give an id to each item that has none; return the highest id of each letter ever given.

    Args:
        groups: letter and items, e.g. `("G", spec.problem.goals)`.
        last_ids: what the last call returned, so that the id of a deleted item is not used again.
    """
    highest = {last[0]: int(last[1:]) for last in last_ids}
    groups = list(groups)
    for letter, group in groups:
        given = (int(item.id[1:]) for item in group if item.id.startswith(letter))
        highest[letter] = max(highest.get(letter, 0), *given, 0)
    for letter, group in groups:
        for item in group:
            if not item.id:
                highest[letter] += 1
                item.id = f"{letter}{highest[letter]}"
    return [f"{letter}{count}" for letter, count in sorted(highest.items()) if count]


def link_faults(spec: Any) -> list[LinkFault]:
    """Ids given twice and links that lead nowhere, in the order in which they stand."""
    seen: set[str] = set()
    faults = []
    for path, item in items(spec):
        if item.id in seen:
            faults.append(LinkFault("duplicate", item.id, path))
        seen.add(item.id)
    for path, item in items(spec):
        faults += [
            LinkFault("dangling", to, item.id or path)
            for to in getattr(item, LINKS.get(path, ""), [])
            if to not in seen
        ]
    for option in spec.alternatives.options:
        faults += [LinkFault("dangling", s.criterion, option.id) for s in option.scores if s.criterion not in seen]
    return faults


def carry(name: str, before: Any, after: Any) -> dict[str, str]:
    """Give the items of a section drafted again the ids that the same items had before.

    An item is the same if it shares a third of its words with one that stood there; one that was reworded altogether,
    if as many items stand there as before and it has the place of one that is gone. Call it before `number`, which
    gives ids to the rest.

    Returns:
        for each item its id by order (as a model names it) and the id that it has now, where these differ.
    """
    names: dict[str, str] = {}
    for (letter, old), (_, new) in zip(own(name, before), own(name, after), strict=True):
        pairs = [(_alike(_words(item), _words(was)), order, was.id) for order, item in enumerate(new) for was in old]
        for likeness, order, was in sorted(pairs, key=lambda pair: -pair[0]):
            if likeness >= _SAME and not new[order].id and was not in {item.id for item in new}:
                new[order].id = was
        if len(old) == len(new):
            stayed = {item.id for item in new}
            for item, was in zip(new, old, strict=True):
                if not item.id and was.id not in stayed:
                    item.id = was.id
        taken = max([int(item.id[1:]) for item in [*old, *new] if item.id], default=0)
        for order, item in enumerate(new, 1):
            if not item.id:
                taken += 1
                item.id = f"{letter}{taken}"
            names[f"{letter}{order}"] = item.id
    return {order: now for order, now in names.items() if order != now}


_SAME = 1 / 3


def _words(item: Any) -> set[str]:
    said = " ".join(str(getattr(item, field, "")) for field in ("text", "title", "name", "question"))
    return set(said.casefold().split())


def _alike(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0
