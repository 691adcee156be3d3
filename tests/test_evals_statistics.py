"""The statistics of evals, against simulations and against SciPy."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from scipy import stats

from specdraft.evals import statistics
from specdraft.evals.statistics import Calibration, calibration, corrected, difference, estimate, wilson

Values = dict[str, list[float]]


@pytest.fixture(autouse=True)
def _fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer resamples, so that a thousand datasets take seconds."""
    monkeypatch.setattr(statistics, "RESAMPLES", 499)


def dataset(draw: random.Random, documents: int, shift: float = 0.0) -> tuple[Values, Values]:
    """Two runs of three samples a document: documents differ, and respond differently to what changed."""
    first: Values = {}
    second: Values = {}
    for number in range(documents):
        level, response = draw.gauss(0.6, 0.15), draw.gauss(shift, 0.08)
        first[str(number)] = [level + draw.gauss(0, 0.05) for _ in range(3)]
        second[str(number)] = [level + response + draw.gauss(0, 0.05) for _ in range(3)]
    return first, second


@pytest.mark.parametrize("documents", [8, 18])
def test_where_nothing_changed_it_seldom_cries_wolf(documents: int) -> None:
    draw = random.Random(documents)
    told = sum(difference(*dataset(draw, documents), seed=seed).is_told for seed in range(1000))
    assert told / 1000 <= 0.06


def test_a_plain_bootstrap_over_samples_would_cry_wolf() -> None:
    """What resampling samples as if they were independent does with the same data."""
    draw, told = random.Random(8), 0
    for _ in range(200):
        first, second = dataset(draw, 8)
        changes = np.concatenate([np.array(second[name]) - np.array(first[name]) for name in first])
        half = stats.t.ppf(0.975, changes.size - 1) * changes.std(ddof=1) / math.sqrt(changes.size)
        told += abs(changes.mean()) > half
    assert told / 200 > 0.15


@pytest.mark.parametrize("documents", [8, 18])
def test_the_interval_covers_as_often_as_it_says(documents: int) -> None:
    draw, covered = random.Random(documents + 1), 0
    for seed in range(1000):
        found = difference(*dataset(draw, documents, 0.1), seed=seed).estimate
        covered += found.low <= 0.1 <= found.high
    assert 0.93 <= covered / 1000 <= 0.985


def test_what_is_said_to_be_detectable_mostly_is() -> None:
    draw = random.Random(4)
    limits = sorted(difference(*dataset(draw, 12), seed=seed).detectable for seed in range(200))
    shift = limits[len(limits) // 2]
    told = sum(difference(*dataset(draw, 12, shift), seed=seed).is_told for seed in range(300))
    assert 0.65 <= told / 300 <= 0.9


def test_the_interval_is_near_that_of_student_where_the_data_are_normal() -> None:
    draw = np.random.default_rng(1)
    means = draw.normal(0.5, 0.1, 25)
    found = estimate({str(number): [value] for number, value in enumerate(means)})
    low, high = stats.t.interval(0.95, 24, means.mean(), stats.sem(means))
    assert found.mean == pytest.approx(means.mean())
    assert found.low == pytest.approx(low, abs=0.01)
    assert found.high == pytest.approx(high, abs=0.01)


def test_documents_count_alike_whatever_their_samples() -> None:
    assert estimate({"a": [0.0] * 9, "b": [1.0], "c": [1.0]}).mean == pytest.approx(2 / 3)


def test_runs_are_compared_by_the_documents_that_both_have() -> None:
    found = difference({"a": [1], "b": [2], "c": [3], "d": [9]}, {"a": [2], "b": [3], "c": [4], "e": [0]})
    assert (found.estimate.mean, found.estimate.low, found.estimate.high) == (1, 1, 1)
    assert found.is_told
    assert found.estimate.documents == 3


def test_too_few_documents_have_no_interval_and_no_verdict() -> None:
    found = difference({"a": [0.0], "b": [0.0]}, {"a": [1.0], "b": [1.0]})
    assert not found.is_told
    assert str(found.estimate) == "1 (no interval: 2 documents)"
    assert math.isnan(difference({}, {}).estimate.mean)


def test_one_document_of_many_that_moved_tells_nothing() -> None:
    before = {str(number): [0.5] for number in range(12)}
    assert not difference(before, before | {"3": [0.9]}).is_told


def test_the_same_data_give_the_same_interval() -> None:
    first, second = dataset(random.Random(2), 9)
    assert difference(first, second) == difference(first, second)


@pytest.mark.parametrize(("hits", "of"), [(0, 10), (3, 10), (10, 10), (50, 200)])
def test_wilson_is_scipys(hits: int, of: int) -> None:
    theirs = stats.binomtest(hits, of).proportion_ci(method="wilson")
    assert wilson(hits, of) == pytest.approx((theirs.low, theirs.high))
    assert wilson(0, 0) == (0, 1)


def judge(sensitivity: float, specificity: float, labels: int) -> Calibration:
    yes, no = round(sensitivity * labels), round(specificity * labels)
    pairs = [(True, number < yes) for number in range(labels)] + [(False, number >= no) for number in range(labels)]
    return calibration(pairs)


def test_a_judge_is_measured_on_labels() -> None:
    found = judge(0.9, 0.8, 50)
    assert (found.sensitivity, found.specificity) == pytest.approx((0.9, 0.8))
    assert found.sensitivity_interval == pytest.approx(wilson(45, 50))
    assert math.isnan(calibration([(True, True)]).specificity)


def test_a_share_is_corrected_for_what_the_judge_gets_wrong_and_the_interval_covers() -> None:
    draw, covered = random.Random(3), 0
    for seed in range(300):
        known = calibration([(label, _judged(draw, label)) for label in [True] * 60 + [False] * 60])
        hits = sum(_judged(draw, draw.random() < 0.3) for _ in range(200))
        found = corrected(hits, 200, known, seed=seed)
        covered += found.low <= 0.3 <= found.high
    assert covered / 300 >= 0.92


def _judged(draw: random.Random, truth: bool) -> bool:
    return draw.random() < (0.85 if truth else 0.1)


def test_a_judge_that_guesses_corrects_nothing() -> None:
    found = corrected(50, 100, judge(0.5, 0.5, 20))
    assert math.isnan(found.mean)
    assert (found.low, found.high) == (0, 1)
