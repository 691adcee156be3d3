"""The statistics of evals: resampled by document, because the answers of one document resemble each other.

Intervals are symmetric studentised bootstrap intervals over the means of documents (Hall 1992, section 3.6): with the
ten to thirty documents of an eval the plain percentile interval is too narrow, and this one holds its level.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev

RESAMPLES = 2000
SEED = 20261128
"""Resampling draws the same documents each time: a report does not change when it is made again."""
_ENOUGH = 3
"""Documents below which no interval is given."""
_TINY = 1e-9
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over documents, with its interval."""

    mean: float
    low: float
    high: float
    documents: int

    @property
    def is_known(self) -> bool:
        """Are there enough documents for an interval?"""
        return self.documents >= _ENOUGH

    def __str__(self) -> str:
        if not self.is_known:
            return f"{self.mean:.3g} (no interval: {self.documents} documents)"
        return f"{self.mean:.3g} [{self.low:.3g}, {self.high:.3g}]"


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two runs over the same documents: second minus first."""

    estimate: Estimate
    detectable: float
    """The smallest true difference that would have been told from nothing in four of five such comparisons."""

    @property
    def is_told(self) -> bool:
        """Does the interval leave out no difference?"""
        return self.estimate.is_known and not self.estimate.low <= 0 <= self.estimate.high


def estimate(values: Mapping[str, Sequence[float]], *, level: float = 0.95, seed: int = SEED) -> Estimate:
    """The mean over documents of what was measured on each, and its interval.

    Args:
        values: by document, what was measured on each sample; documents count alike, whatever their samples.
        level: of the interval.
        seed: of the resampling.
    """
    means = [fmean(each) for each in values.values() if each]
    if not means:
        return Estimate(math.nan, math.nan, math.nan, 0)
    found = _around(means, _reach(means, level, seed))
    floor = 0.0 if min(means) >= 0 else -math.inf  # the mean of shares is a share
    ceiling = 1.0 if max(means) <= 1 and floor == 0 else math.inf
    return Estimate(found.mean, max(found.low, floor), min(found.high, ceiling), found.documents)


def difference(
    first: Mapping[str, Sequence[float]],
    second: Mapping[str, Sequence[float]],
    *,
    level: float = 0.95,
    seed: int = SEED,
) -> Difference:
    """The paired difference of two runs, by the documents that both have."""
    shared = [name for name in first if first[name] and second.get(name)]
    changes = [fmean(second[name]) - fmean(first[name]) for name in shared]
    if not changes:
        return Difference(Estimate(math.nan, math.nan, math.nan, 0), math.nan)
    reach = _reach(changes, level, seed)
    found = _around(changes, reach)
    means = [fmean(each[name]) for each in (first, second) for name in shared]
    most = 1.0 if min(means) >= 0 and max(means) <= 1 else math.inf  # shares differ by no more than 1
    bounded = Estimate(found.mean, max(found.low, -most), min(found.high, most), found.documents)
    return Difference(bounded, (reach + _NORMAL.inv_cdf(0.8)) * _error(changes))


def _error(means: Sequence[float]) -> float:
    """The standard error of the mean of documents."""
    return stdev(means) / math.sqrt(len(means)) if len(means) > 1 else math.nan


def _around(means: Sequence[float], reach: float) -> Estimate:
    centre, half = fmean(means), reach * _error(means) if reach else 0.0
    return Estimate(centre, centre - half, centre + half, len(means))


def _reach(means: Sequence[float], level: float, seed: int) -> float:
    """How many standard errors the interval reaches to either side."""
    if len(means) < _ENOUGH:
        return math.nan
    error, centre, count = _error(means), fmean(means), len(means)
    if error == 0:
        return 0.0
    off = [mean - centre for mean in means]
    draw = random.Random(seed)  # noqa: S311 - resampling is no cryptography
    ratios = []
    for _ in range(RESAMPLES):
        sample = draw.choices(off, k=count)
        mean = sum(sample) / count
        spread = sum(each * each for each in sample) / count - mean * mean
        if spread > _TINY * error * error:
            ratios.append(abs(mean) / math.sqrt(spread / (count - 1)))
    if len(ratios) < RESAMPLES // 2:  # most resamples hold one value: too few documents moved to tell
        return math.inf
    return _quantile(sorted(ratios), level)


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Linear between neighbours, as NumPy's default."""
    at = share * (len(ordered) - 1)
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def wilson(hits: int, of: int, *, level: float = 0.95) -> tuple[float, float]:
    """The Wilson score interval of a share (Wilson 1927); 0 to 1 where nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    z = _NORMAL.inv_cdf(0.5 + level / 2)
    share, scale = hits / of, 1 + z * z / of
    centre = (share + z * z / (2 * of)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a judge compares with labels made by people."""

    sensitivity: float
    specificity: float
    positives: int
    negatives: int
    """Labels of each kind."""
    sensitivity_interval: tuple[float, float]
    specificity_interval: tuple[float, float]

    @property
    def is_useful(self) -> bool:
        """Does it tell yes from no at all? If not, nothing can be corrected."""
        return self.sensitivity + self.specificity > 1


def calibration(pairs: Sequence[tuple[bool, bool]]) -> Calibration:
    """From pairs of what the label says and what the judge says."""
    yes = [judged for label, judged in pairs if label]
    no = [judged for label, judged in pairs if not label]
    return Calibration(
        sensitivity=sum(yes) / len(yes) if yes else math.nan,
        specificity=1 - sum(no) / len(no) if no else math.nan,
        positives=len(yes),
        negatives=len(no),
        sensitivity_interval=wilson(sum(yes), len(yes)),
        specificity_interval=wilson(len(no) - sum(no), len(no)),
    )


def corrected(hits: int, of: int, judge: Calibration, *, level: float = 0.95, seed: int = SEED) -> Estimate:
    """The true share behind a share that an imperfect judge counted (Rogan and Gladen 1978).

    The interval takes in that sensitivity, specificity and the share are themselves estimates: all three are drawn
    from their Beta posteriors with a Jeffreys prior.
    """
    if not judge.is_useful or of == 0:
        return Estimate(math.nan, 0.0, 1.0, of)
    draw = random.Random(seed)  # noqa: S311

    def beta(count: float, total: int) -> float:
        return draw.betavariate(count + 0.5, total - count + 0.5)

    shares = []
    for _ in range(RESAMPLES):
        sensitivity = beta(judge.sensitivity * judge.positives, judge.positives)
        specificity = beta(judge.specificity * judge.negatives, judge.negatives)
        if sensitivity + specificity > 1:
            shares.append(_unmixed(beta(hits, of), sensitivity, specificity))
    shares.sort()
    tail = (1 - level) / 2
    centre = _unmixed(hits / of, judge.sensitivity, judge.specificity)
    return Estimate(centre, _quantile(shares, tail), _quantile(shares, 1 - tail), of)


def _unmixed(share: float, sensitivity: float, specificity: float) -> float:
    return min(1.0, max(0.0, (share + specificity - 1) / (sensitivity + specificity - 1)))
