"""Two runs over the same documents: what changed, whether that can be told from chance, and which documents moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from specdraft.evals.scores import MEASURES, Scored
from specdraft.evals.statistics import Difference, difference

Values = Mapping[str, Mapping[str, list[float]]]
"""By measure, by document, one a sample."""
_DIGITS = 6
"""Digits of a value that are kept."""
_NOISE = 10.0 ** (1 - _DIGITS)
Verdict = Literal["better", "worse", "the same", "cannot be told"]


@dataclass(frozen=True, slots=True)
class Change:
    """How one measure differs between two runs."""

    measure: str
    first: float
    second: float
    difference: Difference
    moved: tuple[tuple[str, float], ...]
    """The documents that moved, by how much, the largest first."""

    @property
    def verdict(self) -> Verdict:
        """In a word."""
        _, better = MEASURES.get(self.measure, ("", ""))
        if not self.moved:
            return "the same"
        if not self.difference.is_told or not better:
            return "cannot be told"
        return "better" if (self.difference.estimate.mean > 0) == (better == "higher") else "worse"


def compared(first: Values, second: Values, measures: Iterable[str] | None = None) -> list[Change]:
    """Each measure that both runs have, over the documents that both have.

    Args:
        first: the values of the earlier run.
        second: those of the later one.
        measures: which to compare; all.
    """
    found = []
    for name in measures or [each for each in MEASURES if each in first and each in second]:
        before, after = first[name], second[name]
        shared = [document for document in before if document in after]
        changes = {each: fmean(after[each]) - fmean(before[each]) for each in shared}
        moved = sorted(((each, by) for each, by in changes.items() if abs(by) > _NOISE), key=lambda pair: -abs(pair[1]))
        means = [fmean(fmean(values[each]) for each in shared) if shared else 0.0 for values in (before, after)]
        found.append(Change(name, means[0], means[1], difference(before, after), tuple(moved)))
    return found


def verdict(changes: Iterable[Change]) -> str:
    """The comparison in a sentence."""
    by: dict[str, list[str]] = {}
    for change in changes:
        by.setdefault(change.verdict, []).append(change.measure)
    told = [f"{word}: {', '.join(by[word])}" for word in ("worse", "better") if word in by]
    if told:
        return "; ".join(told)
    if "cannot be told" in by:
        return f"no difference that can be told from chance ({', '.join(by['cannot be told'])} moved)"
    return "the same"


def regressions(changes: Iterable[Change]) -> list[Change]:
    """What has got worse, as far as can be told."""
    return [change for change in changes if change.verdict == "worse"]


def baseline(scores: Scored) -> dict[str, dict[str, list[float]]]:
    """The values of a run as they are kept to compare later runs with: rounded, so that no noise is kept."""
    return {
        name: {document: [round(each, _DIGITS) for each in values] for document, values in documents.items()}
        for name, documents in scores.values.items()
    }
