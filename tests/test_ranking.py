"""The ranking of options: totals, ties, and the change of one weight that would flip the choice."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from specdraft import Spec
from specdraft import spec as words


def alternatives(weights: list[float | None], *options: list[int], chosen: int = 0) -> words.Alternatives:
    """Options A1, A2, ... with these scores on criteria K1, K2, ..."""
    spec = Spec(
        alternatives=words.Alternatives(
            criteria=[words.ChoiceCriterion(text=f"Criterion {n}", weight=each) for n, each in enumerate(weights, 1)],
            options=[
                words.Option(
                    name=f"Option {number}",
                    chosen=number == chosen,
                    scores=[words.Score(criterion=f"K{n}", score=s, reason="So.") for n, s in enumerate(scores, 1)],
                )
                for number, scores in enumerate(options)
            ],
        )
    )
    return spec.alternatives


def test_a_total_is_the_mean_of_the_scores_by_weight() -> None:
    ranking = alternatives([3, 1], [5, 1], [3, 3], [4, 4]).ranking()
    assert [(each.option, each.place, each.total) for each in ranking] == [
        ("A1", 1, 4.0),
        ("A3", 1, 4.0),
        ("A2", 3, 3.0),
    ]
    assert [each.tied for each in ranking] == [True, True, False]


def test_a_criterion_without_a_weight_counts_once_and_one_of_weight_zero_not_at_all() -> None:
    assert [each.total for each in alternatives([None, 1], [5, 1]).ranking()] == [3.0]
    assert [each.total for each in alternatives([0, 2], [5, 1]).ranking()] == [1.0]
    assert alternatives([0, 0], [5, 1]).ranking() == []


def test_an_option_with_a_gap_in_its_scores_has_no_place() -> None:
    assert [each.option for each in alternatives([1, 1], [5], [2, 2]).ranking()] == ["A2"]


def test_the_smallest_change_that_flips_the_choice_is_named() -> None:
    (flip,) = alternatives([4, 1], [5, 1], [4, 3]).flips()
    assert (flip.option, flip.criterion, flip.weight, flip.up) == ("A2", "K2", 2.0, True)
    assert alternatives([3, 1], [5, 5], [3, 3]).flips() == [], "what is worse on every criterion wins by no weight"
    assert alternatives([3, 1], [3, 3], [5, 1]).flips() == [], "the better one needs no flip"


weights = st.lists(st.none() | st.sampled_from([0.0, 0.1, 0.5, 1.0, 2.0, 3.0, 100.0]), min_size=1, max_size=4)


@given(st.data(), weights)
def test_at_the_weight_that_flips_both_are_level(data: st.DataObject, given_weights: list[float | None]) -> None:
    scores = st.lists(st.integers(1, 5), min_size=len(given_weights), max_size=len(given_weights))
    options = data.draw(st.lists(scores, min_size=1, max_size=5))
    found = alternatives(given_weights, *options)
    for flip in found.flips():
        changed = [flip.weight if each.id == flip.criterion else each.weight for each in found.criteria]
        totals = {each.option: each.total for each in alternatives(changed, *options).ranking()}
        if totals:  # all weights may have become nothing
            assert math.isclose(totals["A1"], totals[flip.option], rel_tol=1e-6)


@given(st.data(), weights)
def test_a_spec_shows_its_ranking_and_reads_back_without_it(
    data: st.DataObject, given_weights: list[float | None]
) -> None:
    scores = st.lists(st.integers(1, 5), min_size=len(given_weights), max_size=len(given_weights))
    spec = Spec(alternatives=alternatives(given_weights, *data.draw(st.lists(scores, min_size=1, max_size=4))))
    text = spec.to_markdown()
    assert ("How do the options compare?" in text) == bool(spec.alternatives.ranking())
    assert Spec.from_markdown(text) == spec


def test_what_a_person_writes_below_the_ranking_is_kept() -> None:
    text = Spec(alternatives=alternatives([3, 1], [5, 1], [3, 3])).to_markdown()
    table = next(line for line in text.splitlines() if line.startswith("| A2"))
    spec = Spec.from_markdown(text.replace(table, f"{table}\n\n- A third way, raised in the review"))
    assert [option.name for option in spec.alternatives.options][-1] == "A third way, raised in the review"
