"""Facts about hosted models: whose they are, by which names, and what an answer costs."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specdraft.models.facts import ModelFacts, facts

TABLE = tomllib.loads((files("specdraft.models") / "data" / "models.toml").read_text(encoding="utf-8"))
LISTED = [(vendor["providers"][0], name, row) for vendor in TABLE.values() for name, row in vendor["models"].items()]


@pytest.mark.parametrize(("provider", "name", "row"), LISTED, ids=[name for _, name, _ in LISTED])
def test_a_listed_model_is_known_by_its_own_name_and_by_its_providers(
    provider: str, name: str, row: dict[str, float]
) -> None:
    found = facts(name)
    assert found is not None
    assert (found.window, found.input, found.output) == (row["window"], row["input"], row["output"])
    assert facts(f"{provider}/{name}") == facts(f"openrouter/{provider}/{name}") == found


@pytest.mark.parametrize(("provider", "name", "row"), LISTED, ids=[name for _, name, _ in LISTED])
def test_figures_are_plausible(provider: str, name: str, row: dict[str, float]) -> None:
    found = facts(f"{provider}/{name}")
    assert found is not None
    assert set(row) <= {"window", "input", "cached", "output"}
    assert 100_000 <= found.window <= 2_100_000
    assert 0 < found.cached <= found.input < found.output <= 200


@pytest.mark.parametrize("vendor", TABLE.values(), ids=list(TABLE))
def test_every_list_has_its_day_and_the_pages_that_it_was_read_on(vendor: dict[str, object]) -> None:
    assert str(vendor["checked"]) <= str(datetime.now(UTC).date())
    assert vendor["sources"]
    assert all(str(page).startswith("https://") for page in vendor["sources"])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("openai/gpt-5-mini-2025-08-07", "gpt-5-mini"),
        ("gpt-5-2025-08-07", "gpt-5"),
        ("OpenAI/GPT-5.4-mini", "gpt-5.4-mini"),
        ("openai/gpt-4o-2024-08-06", "gpt-4o"),
        ("openai/gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
        ("openrouter/openai/gpt-5-mini", "gpt-5-mini"),
        ("anthropic/claude-sonnet-4-5-20250929", "claude-sonnet-4.5"),
        ("anthropic/claude-opus-4-6", "claude-opus-4.6"),
        ("openrouter/anthropic/claude-opus-4.6", "claude-opus-4.6"),
        ("claude-haiku-4-5@20251001", "claude-haiku-4.5"),
        ("google/gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash"),
        ("google/gemini-2.5-flash-lite", "gemini-2.5-flash-lite"),
        ("gemini/gemini-2.5-pro-preview-06-05", "gemini-2.5-pro"),
        ("google/gemini-3-pro-preview", "gemini-3-pro"),
        ("openrouter/mistralai/mistral-medium-3.5", "mistral-medium-3.5"),
    ],
)
def test_a_version_of_a_listed_model_is_that_model(model: str, name: str) -> None:
    assert facts(model) == facts(name) is not None


@pytest.mark.parametrize(
    "model",
    [
        *("", "/", "offline", "openai/", "gpt", "openrouter/auto", "unknown/model"),
        *("gpt-5-minimal-x", "gpt-5-minis", "gpt-5-chat-latest", "gpt-5-pro", "gpt-5.10", "gpt-50", "openai/gpt-5.3"),
        *("o3-mini", "o3-pro", "gpt-4o-audio-preview", "gpt-4o-mini:free", "claude-opus-4", "gemini-2.5-flash-image"),
        *("anthropic/gpt-5", "ollama/gpt-5", "azure/openai/gpt-5", "together/deepseek-flash"),
    ],
)
def test_another_model_and_another_seller_are_unknown(model: str) -> None:
    assert facts(model) is None


@given(st.text(), st.sampled_from([name for _, name, _ in LISTED]))
def test_any_name_has_facts_or_none(text: str, name: str) -> None:
    assert isinstance(facts(text + name), ModelFacts | None)
    assert isinstance(facts(name + text), ModelFacts | None)


def test_cached_tokens_are_part_of_the_input_and_cost_less() -> None:
    mini = facts("openai/gpt-5-mini")
    assert mini is not None
    assert mini.cost(1_000_000, 0, 0) == pytest.approx(0.25)
    assert mini.cost(1_000_000, 1_000_000, 0) == pytest.approx(0.025)
    assert mini.cost(1_000_000, 800_000, 100_000) == pytest.approx(0.05 + 0.02 + 0.20)
    assert mini.cost(0, 0, 0) == 0


def test_more_cached_tokens_than_input_never_give_money_back() -> None:
    mini = facts("openai/gpt-5-mini")
    assert mini is not None
    assert mini.cost(10, 1_000, 0) == mini.cost(10, 10, 0) > 0


def test_without_a_price_for_cached_input_it_costs_as_much_as_any() -> None:
    medium = facts("mistral/mistral-medium-3.5")
    assert medium is not None
    assert medium.cached == medium.input
