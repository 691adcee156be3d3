"""The ranking of options: computed from scores and weights, never asked of a model.

An option's total is the mean of its scores, weighted by what each criterion counts (1 where no weight is given).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Flip:
    """The smallest change of one weight that puts another option level with the chosen one."""

    option: str
    """Id of the other option."""
    criterion: str
    weight: float
    """From this weight on (`up`), or down to it, the other option is at least level."""
    up: bool


@dataclass(frozen=True, slots=True)
class Ranked:
    """One option's place. Options with the same total share a place."""

    option: str
    place: int
    total: float
    """From 1 to 5."""
    tied: bool


def ranked(criteria: Sequence[Any], options: Sequence[Any]) -> list[Ranked]:
    """The options that are scored on every criterion, best first; those with gaps in their scores have no place."""
    weights = _weights(criteria)
    scored = [(option.id, scores) for option in options if (scores := _scores(option)).keys() >= weights.keys()]
    totals = {name: _total(weights, scores) for name, scores in scored} if any(weights.values()) else {}
    order = sorted(totals, key=lambda name: -totals[name])
    return [
        Ranked(
            name,
            1 + sum(other - totals[name] > _SAME for other in totals.values()),
            totals[name],
            sum(abs(other - totals[name]) <= _SAME for other in totals.values()) > 1,
        )
        for name in order
    ]


def flips(criteria: Sequence[Any], options: Sequence[Any]) -> list[Flip]:
    """For each option that ranks below the chosen one: the smallest change of one weight that would flip the choice.

    Options that no single weight can lift are left out.
    """
    weights = _weights(criteria)
    totals = {each.option: each.total for each in ranked(criteria, options)}
    chosen = [option for option in options if option.chosen and option.id in totals]
    if len(chosen) != 1:
        return []
    ours = _scores(chosen[0])
    found = []
    for option in options:
        if option.id in totals and totals[chosen[0].id] - totals[option.id] > _SAME:
            found += _least(option.id, weights, ours, _scores(option))
    return sorted(found, key=lambda flip: abs(flip.weight - weights[flip.criterion]))


def _least(name: str, weights: Mapping[str, float], ours: Mapping[str, int], theirs: Mapping[str, int]) -> list[Flip]:
    heaviest = max(weights.values())
    lead = sum(weight / heaviest * (ours[key] - theirs[key]) for key, weight in weights.items())
    ways = []
    for key, weight in weights.items():
        gap = ours[key] - theirs[key]
        level = weight - lead / gap * heaviest if gap else -1.0
        if level >= 0:
            ways.append((abs(level - weight), Flip(name, key, level, up=gap < 0)))
    return [min(ways, key=lambda way: way[0])[1]] if ways else []


def _weights(criteria: Iterable[Any]) -> dict[str, float]:
    return {each.id: 1.0 if each.weight is None else each.weight for each in criteria}


def _scores(option: Any) -> dict[str, int]:
    return {score.criterion: score.score for score in option.scores}


def _total(weights: Mapping[str, float], scores: Mapping[str, int]) -> float:
    heaviest = max(weights.values())
    shares = {key: weight / heaviest for key, weight in weights.items()}
    return sum(share * scores[key] for key, share in shares.items()) / sum(shares.values())
