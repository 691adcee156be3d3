"""The schemas that a model is asked to fill: small, and of a kind that every grammar takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from specdraft.models.instructor_.answers import answer_type, asked
from specdraft.outline import OUTLINE, SectionPlan

plans = pytest.mark.parametrize("plan", OUTLINE, ids=lambda plan: plan.name)


def schemas(value: Any) -> Iterator[dict[str, Any]]:
    """Every schema inside of one, itself first."""
    if isinstance(value, list):
        for each in value:
            yield from schemas(each)
    elif isinstance(value, dict):
        yield value
        for each in value.values():
            yield from schemas(each)


@plans
def test_a_model_is_not_asked_for_what_code_gives(plan: SectionPlan) -> None:
    sent = json.dumps(answer_type(plan.model).model_json_schema())
    assert not any(f'"{name}"' in sent for name in ("id", "placed_by", "line", "raised_by", "slot", "readOnly"))


@plans
def test_a_pattern_is_one_that_every_grammar_takes(plan: SectionPlan) -> None:
    patterns = [each["pattern"] for each in schemas(asked(plan.model.model_json_schema())) if "pattern" in each]
    assert not any("\\" in pattern for pattern in patterns), "some servers die of escapes such as a digit's"


@plans
def test_no_definition_is_sent_that_nothing_refers_to(plan: SectionPlan) -> None:
    schema = answer_type(plan.model).model_json_schema()
    sent = json.dumps(schema)
    assert all(f'"#/$defs/{name}"' in sent for name in schema.get("$defs", {}))


def test_a_score_is_one_of_five() -> None:
    plan = next(plan for plan in OUTLINE if plan.name == "alternatives")
    score = answer_type(plan.model).model_json_schema()["$defs"]["Score"]["properties"]["score"]
    assert score["enum"] == [1, 2, 3, 4, 5]


def test_all_schemas_together_are_a_small_part_of_a_window() -> None:
    assert sum(len(json.dumps(answer_type(plan.model).model_json_schema())) for plan in OUTLINE) < 30_000


@plans
def test_a_provider_that_knows_enumerations_of_words_only_is_sent_no_others(plan: SectionPlan) -> None:
    schema = answer_type(plan.model, words_only=True).model_json_schema()
    listed = [each["enum"] for each in schemas(schema) if isinstance(each.get("enum"), list)]
    assert all(isinstance(word, str) for words in listed for word in words)


def test_a_schema_is_not_changed_by_who_uses_it() -> None:
    schema = answer_type(OUTLINE[0].model).model_json_schema()
    schema["properties"].clear()
    assert answer_type(OUTLINE[0].model).model_json_schema()["properties"]
