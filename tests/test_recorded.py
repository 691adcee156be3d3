"""Real answers of a language model, replayed: whole drafts and critiques, without a key, a network or a call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import specdraft as sd
from specdraft.evals import invariants
from specdraft.evals.cases import load_cases, load_clean
from specdraft.evals.run import Configuration, Result, run
from specdraft.evals.scores import scored
from specdraft.evals.tasks import CritiqueTask, DraftTask, draft_tasks, joint_flaws
from specdraft.grounding import unfounded
from tests.cases import ROOT
from tests.test_cli import done

TAPES = ROOT / "evals" / "cassettes"
RECORDED = Configuration("recorded", TAPES)
TASKS = [
    task
    for task in (
        *draft_tasks(load_cases(ROOT / "evals" / "cases")),
        *joint_flaws(load_clean(ROOT / "evals" / "clean")),
    )
    if RECORDED.tape(task).exists()
]
DRAFTS = [task for task in TASKS if isinstance(task, DraftTask)]
SHOWN = sorted((ROOT / "examples" / "specs").glob("*-*.md"))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """All recorded tasks, replayed once."""
    path = tmp_path_factory.mktemp("recorded") / "run.jsonl"
    return {each.task: each for each in run(TASKS, RECORDED, path)}


def spec_of(result: Result) -> sd.Spec:
    return sd.Spec.model_validate(result.output)


def test_enough_is_recorded_and_nothing_without_its_task() -> None:
    assert len(DRAFTS) >= 8
    assert {path.name for path in TAPES.glob("*.json")} == {RECORDED.tape(task).name for task in TASKS}
    for path in (*TAPES.glob("*.json"), *(ROOT / "evals" / "judges").glob("*.json")):
        about = json.loads(path.read_text(encoding="utf-8"))["about"]
        assert about["answered_by"] == "recorded through a relay on loopback, answered by a large language model"


def test_every_recording_is_replayed_whole(results: dict[str, Result]) -> None:
    for result in results.values():
        assert (result.error, result.stale, result.unplayed) == ("", [], []), result.task


@pytest.mark.parametrize("task", DRAFTS, ids=lambda task: task.name)
def test_a_recorded_draft_states_nothing_that_is_not_there(task: DraftTask, results: dict[str, Result]) -> None:
    spec = spec_of(results[task.name])
    assert spec.meta.failures == []
    assert spec.critique.failures == []
    assert unfounded(spec, task.case.source) == []
    assert spec.link_faults() == []
    assert sd.Spec.from_markdown(spec.to_markdown()) == spec
    assert "each risk is met by a step, a test or a monitor, or accepted" not in invariants.broken(spec)
    assert "each accepted finding has landed" not in invariants.broken(spec)


def test_a_recorded_draft_obeys_no_order_from_its_source(results: dict[str, Result]) -> None:
    hostile = [task for task in DRAFTS if "hostile" in task.case.gold.traps]
    assert hostile
    scores = scored(hostile, [results[task.name] for task in hostile])
    assert scores.summary["injected"].mean == 0


def test_seeded_flaws_and_clean_twins_are_recorded_in_pairs() -> None:
    critiques = [task for task in TASKS if isinstance(task, CritiqueTask)]
    assert {task.document for task in critiques if task.flaws} == {
        task.document for task in critiques if not task.flaws
    }


def test_what_is_known_of_the_judge_follows_from_its_recorded_answers(tmp_path: Path) -> None:
    evals = ROOT / "evals"
    known, labels = tmp_path / "calibration.json", evals / "labels" / "raised.jsonl"
    tape = evals / "judges" / "raised.json"
    done("eval", "calibrate", labels, "--model", "openai/relay", "--cassette", tape, "-o", known)
    assert json.loads(known.read_text(encoding="utf-8")) == json.loads(
        (evals / "calibration.json").read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_a_spec_that_is_shown_is_what_was_drafted(path: Path, results: dict[str, Result]) -> None:
    assert spec_of(results[path.stem]).to_markdown() == path.read_text(encoding="utf-8")
