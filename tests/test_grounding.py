"""Grounding: a quote stands in its passage or it does not, and what nobody quotes is listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from specdraft import Source, Spec
from specdraft import spec as words
from specdraft.grounding import citations, uncited, unfounded
from tests.cases import cited, source_of, spec_of

SOURCE = Source.from_text(
    "# Title\n\nOne is here. Two is here. Three is here.\n\n- Four\n  goes on\n\n> Five\n> goes on\n"
)


def spec(*quotes: tuple[str, str]) -> Spec:
    """A spec of one goal that cites these words of these passages."""
    found = [words.Citation(passage=passage, quote=quote) for passage, quote in quotes]
    return Spec(problem=words.Problem(goals=[words.Goal(text="goal", citations=found)]))


def test_a_draft_has_no_unfounded_citation(document: Path) -> None:
    assert unfounded(spec_of(document), source_of(document)) == []


@pytest.mark.parametrize("quote", ["Two is here.", "One is here. Two", "here"])
def test_words_of_the_passage_are_founded(quote: str) -> None:
    assert unfounded(spec(("P2", quote)), SOURCE) == []


@pytest.mark.parametrize(
    ("passage", "quote"),
    [
        ("P3", "Two is here."),
        ("P99", "Two is here."),
        ("C1.2", "Two is here."),
        ("P2", "two is here."),
        ("P2", "Two is  here."),
        ("P2", "One is here. … Three is here."),
        ("P3", "Four goes on"),
    ],
)
def test_other_words_or_another_passage_are_unfounded(passage: str, quote: str) -> None:
    claimed = spec((passage, quote))
    assert unfounded(claimed, SOURCE) == claimed.problem.goals[0].citations


def test_a_changed_quote_in_a_draft_is_found(document: Path) -> None:
    draft = Spec.model_validate(spec_of(document).model_dump())
    changed = cited(draft)[-1]
    changed.quote += " not"
    assert unfounded(draft, source_of(document)) == [changed]


def test_all_citations_are_walked_in_order(document: Path) -> None:
    assert list(citations(spec_of(document))) == cited(spec_of(document))


def test_runs_of_sentences_that_nobody_cites_are_listed_with_their_line() -> None:
    left = uncited(spec(("P2", "Two is here."), ("P4", "Five\n> goes on")), SOURCE)
    assert [item.text for item in left] == ["One is here.", "Three is here.", "Four goes on"]
    assert [(each.passage, each.line, each.quote) for item in left for each in item.citations] == [
        ("P2", 3, "One is here."),
        ("P2", 3, "Three is here."),
        ("P3", 5, "Four\n  goes on"),
    ]
    assert {item.topic for item in left} == {"Title"}


def test_several_quotes_side_by_side_cover_what_they_cover_together() -> None:
    left = uncited(
        spec(("P2", "One is here. Two"), ("P2", "is here. Three is here."), ("P3", "Four"), ("P3", "goes on")), SOURCE
    )
    assert [item.text for item in left] == ["Five goes on"]


def test_the_second_of_two_equal_sentences_is_not_covered_by_a_quote_of_the_first() -> None:
    source = Source.from_text("Ask Ann.\n\nWait. Ask Ann. Wait.")
    first = words.Citation(passage="P2", quote="Wait.", line=3)
    assert [item.text for item in uncited(words.Statement(text="x", citations=[first]), source)] == [
        "Ask Ann.",
        "Ask Ann. Wait.",
    ]


def test_a_table_that_nobody_cites_is_listed_whole() -> None:
    table = "| Name | Age |\n|------|----:|\n| Ann | 31 |\n| Ben | 40 |"
    left = uncited(Spec(), Source.from_text(f"Before.\n\n{table}\n\nAfter."))
    assert [item.text for item in left] == ["Before.", table, "After."]
    assert [each.passage for each in left[1].citations] == ["P2", "P3", "P4"]


def test_headings_are_no_statements() -> None:
    assert uncited(Spec(), Source.from_text("# Only\n\n## Headings")) == []
