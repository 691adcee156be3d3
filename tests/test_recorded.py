"""Real answers of a language model, replayed: whole drafts, without a key, a network or a call."""

from __future__ import annotations

from pathlib import Path

import pytest

import specdraft as sd
from specdraft.grounding import unfounded
from tests.recorded import DAY, PRDS, cassette, spec_path

names = pytest.mark.parametrize("name", sorted(PRDS))


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("SPECDRAFT_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", DAY)


@names
def test_a_recorded_draft_comes_out_as_it_did(name: str) -> None:
    with cassette(name, "none") as tape:
        spec = sd.draft(PRDS[name], model="openai/relay")
    assert tape.all_played, "an answer was recorded that nobody asks for any more"
    assert spec.meta.failures == []
    assert spec.to_markdown() == spec_path(name).read_text(encoding="utf-8")


@names
def test_a_recorded_draft_states_nothing_that_is_not_there(name: str) -> None:
    spec = sd.load_spec(spec_path(name))
    assert unfounded(spec, sd.Source.from_path(PRDS[name])) == []
    assert spec.link_faults() == []
    assert not {goal.id for goal in spec.problem.goals} - {g for each in spec.success.criteria for g in each.goals}
    assert all(risk.mitigated_by for risk in spec.risks.items)
    assert len(spec.open_questions) >= 8


@names
def test_what_was_recorded_is_not_asked_again(name: str) -> None:
    with cassette(name, "none"):
        first = sd.draft(PRDS[name], model="openai/relay")
    with cassette(name, "none") as tape:
        assert sd.draft(PRDS[name], model="openai/relay") == first
    assert tape.play_count == 0
