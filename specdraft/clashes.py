"""The same thing with two figures: found by code, where code can tell, before a person has to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from specdraft import facts
from specdraft.sentences import spans
from specdraft.spec import Criterion, Grounded, Question
from specdraft.walk import walk

_FIGURE = re.compile(r"(?<![\w.])(\d[\d,. ]*\d|\d)\s?(%|[a-zµ]+)?(?!\w)", re.IGNORECASE)
_ALIKE = 0.6
"""Share of their words that two sentences have in common if they speak of the same thing."""
_FEWEST = 3
_TEXTS = ("text", "title", "description", "mitigation", "rollback", "exit_criteria", "reason")


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure and what is said of it."""

    at: str
    """The id of the item, or where it stands: `solution.overview[2]`."""
    figure: str
    """As it is written."""
    values: frozenset[str]
    unit: str
    words: frozenset[str]


class Clashes:
    """Compares the figures of one section with those of the others; what it has read it need not read again."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[Any, list[Mention]]] = {}

    def of(self, section: Any, done: Mapping[str, Any]) -> Iterator[str]:
        """Figures of the section that other sections give differently for the same thing, one line each."""
        mine = list(_mentions(section))
        for name, part in done.items() if mine else ():
            if name not in self._read or self._read[name][0] is not part:
                self._read[name] = part, list(_mentions(part, f"{name}."))
            yield from _compared(mine, self._read[name][1])
        yield from _two_thresholds(section)


def pairs(sections: Mapping[str, Any]) -> Iterator[tuple[Mention, Mention]]:
    """Two figures for the same thing, wherever they stand in these sections."""
    mentions = [each for name, part in sections.items() for each in _mentions(part, f"{name}.")]
    by_unit: dict[str, dict[str, list[tuple[int, Mention]]]] = {}
    for number, each in enumerate(mentions):
        by_unit.setdefault(each.unit, {}).setdefault(each.at, []).append((number, each))
    for number, one in enumerate(mentions):
        for at, others in by_unit[one.unit].items():
            if at != one.at:
                yield from ((one, other) for later, other in others if later > number and _clash(one, other))


def _compared(ours: list[Mention], theirs: list[Mention]) -> Iterator[str]:
    for mine in ours:
        for other in theirs:
            if _clash(mine, other):
                yield (
                    f"{mine.at} says {mine.figure!r} where {other.at} says {other.figure!r} of the same thing: use one "
                    "figure, or name the open question that asks which one holds"
                )


def _clash(one: Mention, other: Mention) -> bool:
    return one.unit == other.unit and one.values.isdisjoint(other.values) and _same_thing(one, other)


def _two_thresholds(section: Any) -> Iterator[str]:
    """Criteria of one metric that cannot both be meant."""
    seen: dict[tuple[str, str | None], Criterion] = {}
    for criterion in getattr(section, "criteria", []):
        if not isinstance(criterion, Criterion) or not criterion.metric or not criterion.threshold:
            continue
        key = criterion.metric.casefold() + criterion.window.casefold(), criterion.comparator
        first = seen.setdefault(key, criterion)
        if (first.threshold, first.unit) != (criterion.threshold, criterion.unit):
            yield (
                f"criteria: {criterion.metric!r} has two thresholds, {first.threshold} {first.unit} and "
                f"{criterion.threshold} {criterion.unit}"
            )


def _same_thing(one: Mention, other: Mention) -> bool:
    shared = one.words & other.words
    return len(shared) >= _FEWEST and len(shared) / min(len(one.words), len(other.words)) >= _ALIKE


def _mentions(section: Any, prefix: str = "") -> Iterator[Mention]:
    for at, part in walk(section):
        if not isinstance(part, Grounded) or isinstance(part, Question):
            continue
        name = getattr(part, "id", "") or prefix + at
        measured = f"{part.metric} {part.threshold} {part.unit}" if isinstance(part, Criterion) else ""
        for text in (*(getattr(part, field, "") for field in _TEXTS), measured):
            has_figure = isinstance(text, str) and _FIGURE.search(text)
            for start, end in spans(text) if has_figure else ():
                yield from _in_sentence(name, text[start:end])


def figures(text: str) -> list[Mention]:
    """The figures with a unit in a text."""
    return [each for start, end in spans(text) or [(0, len(text))] for each in _in_sentence("", text[start:end])]


def _in_sentence(at: str, sentence: str) -> Iterator[Mention]:
    figures = list(_FIGURE.finditer(sentence))
    words = facts.stems(_FIGURE.sub(" ", sentence))
    for unit in {(found[2] or "").lower().removesuffix("s") for found in figures}:
        same = [found for found in figures if (found[2] or "").lower().removesuffix("s") == unit]
        values = frozenset(value for found in same for value in facts.numbers(found[1]))
        if unit and values and not facts.is_empty(unit):
            yield Mention(at, same[0][0].strip(), values, unit, words)
