"""Cues: what sentences tell on their own, and where they tell too little."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specdraft.models.offline import cues, tables


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("As a store owner, I want to export orders so that I can file taxes.", "requirements"),
        ("Should we keep what was deleted for a year?", "open_questions"),
        ("How do we bill customers who leave halfway?", "open_questions"),
        ("We considered a nightly job, but rejected it because of the delay.", "alternatives"),
        ("Alternatively, we could poll the service.", "alternatives"),
        ("Migrating old invoices is out of scope for this release.", "non_goals"),
        ("An attacker could read sensitive data of other tenants.", "risk_security"),
        ("Unit tests will cover the parser.", "testing"),
        ("Currently there is no way to see past orders, which makes it hard to find mistakes.", "problem"),
        ("- **Allow users to undo a deletion**", "goals"),
        ("G1: Reduce the time to the first order", "goals"),
        ("The new column user_id is nullable and has a foreign key.", "data_model"),
        ("The new user interface shows a sidebar; tapping an icon scrolls the list.", "ui"),
        ("The change is backwards compatible: older versions continue to work.", "risk_compat"),
    ],
)
def test_a_clear_sentence_is_placed(sentence: str, label: str) -> None:
    found = cues.best(sentence)
    assert found and found.label == label


@pytest.mark.parametrize(
    "sentence",
    ["", "> \n> ", "???x", "The list is sorted by date.", "It was a Tuesday.", "Orders have lines."],
)
def test_a_sentence_that_tells_little_is_not(sentence: str) -> None:
    assert cues.best(sentence) is None


def test_sentences_tell_more_together() -> None:
    block = ["The import is tested.", "Test data is made up.", "CI runs it.", "It has unit tests."]
    found = cues.best_block(block)
    assert found and found.label == "testing"
    assert all(one is None or one.label == "testing" for one in map(cues.best, block))


def test_nothing_is_placed_without_sentences() -> None:
    assert cues.best_block([]) is None
    assert cues.best_block(["Orders have lines.", "Lines have prices."]) is None


def test_the_strongest_cue_is_told() -> None:
    found = cues.best("As a clerk, I want to print labels.")
    assert found
    scored, rule = cues.scores("As a clerk, I want to print labels.")["requirements"]
    assert rule == found.rule
    assert rule.startswith("requirements.")
    assert scored >= found.margin >= cues.SENTENCE_MARGIN


def test_a_lead_is_over_the_second_best_label() -> None:
    assert cues.leader({}) is None
    assert cues.leader({"goals": (3.0, "goals.1")}) == ("goals", 3.0, "goals.1")
    assert cues.leader({"goals": (3.0, "goals.1"), "plan": (5.0, "plan.2")}) == ("plan", 2.0, "plan.2")
    assert cues.leader({"plan": (3.0, "plan.1"), "goals": (3.0, "goals.1")}) == ("goals", 0.0, "goals.1")


@pytest.mark.parametrize("prefix", ["", "- ", "* [ ] ", "1. ", "**", "G2: ", "**FR-3:** ", "> ", "(a) "])
def test_what_precedes_the_first_word_does_not_hide_it(prefix: str) -> None:
    assert "goals" in cues.scores(f"{prefix}Reduce the number of clicks")


@pytest.mark.parametrize("sentence", ["REDUCE\nthe\n> number of clicks", "reduce the\u00a0number of clicks"])
def test_case_and_line_ends_do_not_count(sentence: str) -> None:
    assert cues.scores(sentence) == cues.scores("Reduce the number of clicks")


@pytest.mark.parametrize(
    ("sentence", "open_", "ruled_out"),
    [
        ("Who pays for this?", True, False),
        ("**Who pays for this?**", True, False),
        ("Is it free (and for whom?)", True, False),
        ("The price is TBD.", True, False),
        ("The limit is to be decided.", True, False),
        ("See https://example.org/?page=2 for details.", False, False),
        ("A todo list is shown.", False, False),
        ("Mobile is out of scope.", False, True),
        ("Out of scope: mobile", False, True),
        ("This is not a goal of the first release.", False, True),
        ("Sharing is deferred to a later release.", False, True),
        ("The scope is small.", False, False),
        ("Is mobile out of scope?", True, False),
        ("Users can export orders.", False, False),
    ],
)
def test_what_is_open_or_ruled_out_is_so_under_any_heading(sentence: str, open_: bool, ruled_out: bool) -> None:
    assert cues.is_question(sentence) is open_
    assert cues.is_out_of_scope(sentence) is ruled_out


@given(st.text(), st.lists(st.text(), max_size=5))
def test_any_text_can_be_asked_about(sentence: str, block: list[str]) -> None:
    scored = cues.scores(sentence)
    assert all(math.isfinite(score) and score > 0 for score, _ in scored.values())
    assert all(rule.startswith(f"{label}.") for label, (_, rule) in scored.items())
    assert cues.block_scores([sentence]) == scored
    for found, margin in ((cues.best(sentence), cues.SENTENCE_MARGIN), (cues.best_block(block), cues.SECTION_MARGIN)):
        assert found is None or found.margin >= margin


@given(st.permutations(["We could instead poll.", "Is it safe?", "Unit tests run in CI.", "It is fast.", "Done."]))
def test_the_order_of_sentences_does_not_count(block: list[str]) -> None:
    expected = cues.block_scores(sorted(block))
    assert {label: pytest.approx(score) for label, (score, _) in cues.block_scores(block).items()} == {
        label: score for label, (score, _) in expected.items()
    }


@pytest.mark.parametrize("piece", ["a ", "-", "*-", "1.", "as an ", "would ", "((", "?", "a_", "existing ", "1 "])
def test_only_so_much_of_a_sentence_is_read(piece: str) -> None:
    assert cues.scores(piece * 500_000) == cues.scores((piece * 2000)[:2000])


def test_the_tables_hold_what_they_promise() -> None:
    table = tables.load("cues.toml")
    synonyms = tables.load("synonyms.toml")["labels"]
    rows = [row for rows in table["labels"].values() for row in rows]
    assert set(table["labels"]) == set(synonyms) - {"summary", "meta"}
    assert {row["tier"] for row in rows} == {"A", "B"}
    assert all(0 < row["weight"] < 10 for row in rows)
    assert len({row["regex"] for row in rows}) == len(rows)
    assert {label for label, rows in table["labels"].items() for row in rows if row.get("override")} == {
        "open_questions",
        "non_goals",
    }
