"""Headings and lead-ins: what they stand for, alone, in their place, and in the tables behind them."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specdraft.models.offline import tables
from specdraft.models.offline.headings import classify, classify_path, lead_in, normalise

LABELS = set(
    "problem summary goals non_goals requirements architecture data_model ui risk_general risk_compat risk_security "
    "risk_load risk_deps alternatives plan migration rollback rollout testing monitoring success_metrics "
    "open_questions meta".split()
)


@pytest.mark.parametrize(
    "heading",
    [
        "Goals",
        "GOALS",
        "  Goals\n",
        "Goals:",
        "— Goals —",
        "3.1 Goals",
        "3.1. Goals",
        "1.Goals",
        "2) Goals",
        "(2) Goals",
        "IV. Goals",
        "A. Goals",
        "§ 4 Goals",
        "10a. Goals",
        "Step 2: Goals",
        "FR3: Goals",
        "💡 1. **Goals** (optional):",
        "**Goals**",
        "`Goals`",
        "__Goals__",
        "~~Goals~~",
        "[Goals](#goals)",
        "[Goals][1]",
        "Goals {#goals}",
        "Goals <!-- why? -->",
        'Goals <a name="goals"></a>',
        "🎯 Goals",
        "✔️ Goals",
        "Goals (optional)",
        "Goals [required]",
        "Goals (v1.0)",
    ],
)
def test_what_is_not_a_word_of_the_heading_does_not_count(heading: str) -> None:
    assert normalise(heading) == "goals"


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("What we’re not doing", "what we're not doing"),
        ("Non\u2011Goals", "non-goals"),
        ("Phase 1", "phase 1"),
        ("2026 roadmap", "2026 roadmap"),
        ("3rd party services", "3rd party services"),
        ("snake_case and __init__", "snake_case and init"),
        ("Step 2", "step 2"),
        ("***", ""),
    ],
)
def test_what_is_a_word_of_the_heading_is_kept(heading: str, words: str) -> None:
    assert normalise(heading) == words


@pytest.mark.parametrize(
    ("heading", "label", "how"),
    [
        ("Non-Goals", "non_goals", "heading-exact"),
        ("Goals & Objectives", "goals", "heading-exact"),
        ("What does success look like?", "success_metrics", "heading-exact"),
        ("Summary", "summary", "heading-exact"),
        ("TL;DR", "summary", "heading-exact"),
        ("Describe alternatives you've considered", "alternatives", "heading-exact"),
        ("Security: data handling", "risk_security", "heading-split"),
        ("Rollout & Migration", "rollout", "heading-split"),
        ("Option B: a queue", "alternatives", "heading-split"),
        ("Open questions (to answer before launch)", "open_questions", "heading-split"),
        ("Story 3: see the logs", "requirements", "heading-pattern"),
        ("Pitfalls of the current solution", "problem", "heading-pattern"),
        ("Explicit exclusions in v1", "non_goals", "heading-pattern"),
        ("How we will roll back safely", "rollback", "heading-pattern"),
        ("Why not a queue?", "alternatives", "heading-pattern"),
    ],
)
def test_a_heading_stands_for_a_part_of_the_spec(heading: str, label: str, how: str) -> None:
    found = classify(heading)
    assert found and (found.label, found.how) == (label, how)


def test_the_words_that_decided_are_told() -> None:
    found = map(classify, ("2. Goals", "Security: data", "The 2026 roadmap"))
    assert [match.rule for match in found if match] == ["goals", "security", "roadmap"]


@pytest.mark.parametrize(
    "heading",
    [
        "",
        "🎯",
        "Load balancer",
        "Latest news",
        "Goalkeeper",
        "Demo and documentation",
        "Final thesis",
        "A " * 500_000,
        "All of these words together are too many for a pattern about testing to decide",
    ],
)
def test_a_heading_that_is_not_known_stands_for_nothing(heading: str) -> None:
    assert classify(heading) is None


@pytest.mark.parametrize(
    ("heading", "label", "others"),
    [
        ("Goals & Non-Goals", "goals", ("non_goals",)),
        ("Drawbacks and Alternatives", "alternatives", ("risk_general",)),
        ("Risks & Open Questions", "risk_general", ("open_questions",)),
        ("Upgrade / Downgrade Strategy", "migration", ("rollback",)),
        ("Performance, Reliability, and Security", "risk_load", ("risk_general", "risk_security")),
        ("Rationale and Alternatives", "alternatives", ()),
        ("Rationale and goals", "goals", ()),
        ("Summary and motivation", "problem", ()),
        ("Scope", "goals", ("non_goals",)),
        ("Limitations", "non_goals", ("risk_general",)),
        ("Metrics", "success_metrics", ("monitoring",)),
        ("Goals", "goals", ()),
    ],
)
def test_a_combined_heading_names_what_its_items_may_be(heading: str, label: str, others: tuple[str, ...]) -> None:
    found = classify(heading)
    assert found and (found.label, found.others) == (label, others)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ((), None),
        (("Anything",), None),
        (("Goals", "Speed", "Details"), "goals"),
        (("Requirements", "Non-functional requirements", "Performance"), "requirements"),
        (("Requirements", "Authentication flow"), "requirements"),
        (("Requirements", "Out of scope"), "non_goals"),
        (("Requirements", "References"), "meta"),
        (("Risks", "Performance"), "risk_load"),
        (("Risks", "Data migration fails"), "risk_general"),
        (("Alternatives", "Option A", "Performance"), "alternatives"),
        (("Alternatives", "Use the existing database"), "alternatives"),
        (("Design", "Database schema"), "data_model"),
        (("Design", "Authentication flow"), "architecture"),
        (("Plan", "Phase 2: migrate the users"), "plan"),
        (("Plan", "Migration"), "migration"),
        (("Test plan", "Performance"), "testing"),
        (("Open questions", "Security"), "open_questions"),
        (("Summary", "Goals"), "goals"),
        (("Overview", "Current approach"), "problem"),
        (("Goals", "Notes"), "goals"),
        (("Risks", "Examples"), "risk_general"),
        (("Notes",), "meta"),
        (("Appendix", "Risks"), "risk_general"),
        (("Appendix", "More about migrating"), "meta"),
        (("Implementation", "Phase 1"), "plan"),
        (("Implementation", "The worker"), "architecture"),
    ],
)
def test_the_nearest_known_heading_decides_unless_its_parent_does(path: tuple[str, ...], label: str | None) -> None:
    found = classify_path(path)
    assert (found and found.label) == label


def test_an_implementation_in_phases_is_a_plan() -> None:
    in_phases = classify("Implementation", children=["Week 1: the table", "Week 2: the page"])
    by_parts = classify_path(("Implementation",), children=["The table", "The page"])
    assert in_phases and in_phases.label == "plan"
    assert by_parts and by_parts.label == "architecture"


@pytest.mark.parametrize(
    ("words", "label", "field"),
    [
        ("Risk", "risk_general", ""),
        ("Risk 2", "risk_general", ""),
        ("**Mitigation:**", "risk_general", "mitigation"),
        ("Likelihood", "risk_general", "likelihood"),
        ("Option B", "alternatives", ""),
        ("Why not chosen", "alternatives", "why_not"),
        ("Pros", "alternatives", "pros"),
        ("As a", "requirements", ""),
        ("Phase 3", "plan", ""),
        ("Owner", "plan", "owner"),
        ("Target", "success_metrics", "threshold"),
        ("Non-goal", "non_goals", ""),
        ("Question", "open_questions", ""),
    ],
)
def test_a_lead_in_announces_an_item_or_a_field_of_one(words: str, label: str, field: str) -> None:
    assert lead_in(words) == (label, field)


@pytest.mark.parametrize("words", ["", "Anna", "Risky business"])
def test_other_bold_words_announce_nothing(words: str) -> None:
    assert lead_in(words) is None


@given(st.text())
def test_any_text_can_be_asked_about(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert classify(text) == classify(once)
    lead_in(text)
    found = classify_path((text, "Goals", text), [text])
    assert found and found.label in LABELS


def test_synonyms_are_written_as_they_are_looked_up_and_once() -> None:
    known = tables.load("synonyms.toml")
    synonyms = [heading for headings in known["labels"].values() for heading in headings]
    assert set(known["labels"]) == LABELS
    assert [heading for heading in synonyms if normalise(heading) != heading] == []
    assert [heading for heading, number in Counter(synonyms).items() if number > 1] == []
    ambiguous = [*known["also"], *known["inheriting"]["headings"], *known["phased"]["headings"]]
    assert set(ambiguous) - set(synonyms) - {"recommended approach"} == set()
    assert {label for labels in known["also"].values() for label in labels} <= LABELS


def test_every_synonym_stands_for_its_label() -> None:
    for label, headings in tables.load("synonyms.toml")["labels"].items():
        assert {found.label for heading in headings if (found := classify(heading))} == {label}


def test_patterns_and_lead_ins_lead_to_known_labels() -> None:
    assert {pattern.label for pattern in tables.patterns()} <= LABELS
    lead_ins = tables.load("lead_ins.toml")
    words = [word for fields in lead_ins.values() for known in fields.values() for word in known]
    assert set(lead_ins) <= LABELS
    assert [word for word in words if normalise(word) != word] == []
    assert [word for word, number in Counter(words).items() if number > 1] == []
