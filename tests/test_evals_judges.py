"""Judges: yes or no by a model, replayed, held against labels, and advisory where they were not."""

# ruff: noqa: E501 - the tables read better in long lines

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

import specdraft as sd
from specdraft.errors import EvalError
from specdraft.evals.cases import Case, Gold, Point
from specdraft.evals.evaluators import Drafted
from specdraft.evals.judges import MOST, Question, asked_of, calibrated, judged, load_labels
from specdraft.models.base import Ask, Reply
from specdraft.spec import Verdict, Verdicts
from tests.cases import ROOT, example
from tests.test_cli import run as cli
from tests.wire import ChatServer, Fault

RAISED = Question("raised", ("The export slows the database", "Nobody owns it"), ("Exports starve the database",))


class Judge:
    """Says yes to what has `database` in it."""

    name = "test/judge"

    def __init__(self, *, forgets: bool = False) -> None:
        self.asked: list[str] = []
        self.forgets = forgets

    async def ask(self, ask: Ask) -> Reply:
        text = ask.prompt().user
        self.asked.append(text)
        points = [line for line in text.splitlines() if line.startswith("[J")]
        verdicts = [
            Verdict(question=line[1 : line.index("]")], answer="yes" if "database" in line else "no") for line in points
        ]
        answer = Verdicts(verdicts=verdicts[1:] if self.forgets else verdicts)
        self.faults = ask.faults(answer)
        return Reply(answer)


def test_a_verdict_comes_for_each_point_in_order_whoever_raised_them() -> None:
    judge = Judge()
    assert [each.answer for each in asyncio.run(judged(RAISED, judge))] == ["yes", "no"]
    assert "Exports starve the database" in judge.asked[0]


def test_many_points_are_asked_in_parts() -> None:
    judge = Judge()
    points = tuple(f"Point {number}" + (" database" if number == MOST else "") for number in range(MOST + 5))
    verdicts = asyncio.run(judged(Question("raised", points), judge))
    assert len(judge.asked) == 2
    assert [number for number, each in enumerate(verdicts) if each.answer == "yes"] == [MOST]
    assert verdicts[-1].question == f"J{MOST + 5}"


def test_what_a_judge_leaves_out_is_asked_again_and_then_a_no() -> None:
    judge = Judge(forgets=True)
    verdicts = asyncio.run(judged(RAISED, judge))
    assert judge.faults == ["there is no verdict on J1"]
    assert [each.answer for each in verdicts] == ["no", "no"]


def test_a_judge_is_asked_what_the_check_is_about() -> None:
    spec = example("csv-export.md")
    source = sd.Source.from_path(ROOT / "examples" / "csv-export.md")
    gold = Gold(
        about="x", risks=(Point(text="Slow"),), alternatives=(Point(text="Mail"),), open=(Point(text="How long?"),)
    )
    draft = Drafted(Case("csv", gold, None, source.text), spec)
    assert [name for name, _ in asked_of(draft, "raised")] == [
        "risks_judged",
        "alternatives_judged",
        "open_points_judged",
    ]
    ((_, supported),) = asked_of(draft, "supported")
    assert any("An export of 100,000 orders is ready" in point and "cites: “" in point for point in supported.points)
    ((_, useful),) = asked_of(draft, "useful")
    assert useful.document == source.text
    assert len(useful.points) == len(spec.critique.findings)


def labels(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def label(point: str, answer: bool, check: str = "raised") -> dict[str, Any]:
    return {"check": check, "point": point, "items": ["Exports starve the database"], "label": answer}


def test_a_judge_is_held_against_labels(tmp_path: Path) -> None:
    rows = [label("database", True), label("the database again", True), label("nothing", True), label("database?", False),
            label("else", False)]  # fmt: skip
    found = asyncio.run(calibrated(load_labels(labels(tmp_path / "l.jsonl", *rows)), Judge()))
    assert (found.sensitivity, found.specificity) == (pytest.approx(2 / 3), 0.5)
    assert (found.positives, found.negatives) == (3, 2)


def test_a_file_without_labels_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="holds no labels"):
        load_labels(labels(tmp_path / "l.jsonl", {"check": "raised"}))
    with pytest.raises(EvalError, match="holds no labels"):
        load_labels(tmp_path / "none.jsonl")


def test_judging_is_recorded_replayed_and_advisory_until_calibrated(tmp_path: Path) -> None:
    where = ("--cases", ROOT / "evals" / "cases", "--clean", ROOT / "evals" / "clean")
    out, tape, known = tmp_path / "run.jsonl", tmp_path / "judge.json", tmp_path / "calibration.json"
    assert cli("eval", "run", "--model", "offline", "-o", out, "--only", "gift-cards", *where).returncode == 0
    yes = Fault(
        section=lambda _: {
            "verdicts": [{"question": f"J{n}", "answer": "yes" if n < 3 else "no"} for n in range(1, 30)]
        }
    )
    args = ("eval", "judge", out, "--model", "openai/test", "--cassette", tape, "--calibration", known, *where[:2])
    told = labels(tmp_path / "l.jsonl", *[label(f"point {n}", n < 2) for n in range(4)])
    with ChatServer({"verdicts": [yes] * 9}) as server:
        env = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "none"}
        ran = cli(*args, "--record", "--answered-by", "a server of the tests", **env)
        assert ran.returncode == 0, ran.stderr.decode()
        found = cli("eval", "calibrate", told, "--model", "openai/test", "-o", known, **env)
        assert found.returncode == 0, found.stderr.decode()
    assert b"advisory: the judge is not calibrated" in ran.stdout
    about = json.loads(tape.read_text(encoding="utf-8"))["about"]
    assert about == {"model": "openai/test", "answered_by": "a server of the tests"}
    assert b"| raised | 1.00 [0.34, 1.00] | 2 | 1.00 [0.34, 1.00] | 2 |" in found.stdout
    again = cli(*args)
    assert again.returncode == 0, again.stderr.decode()
    assert b"risks_judged | 2 | 7 |" in again.stdout
    assert b"advisory" not in again.stdout
    stale = cli("eval", "judge", out, "--model", "openai/other", "--cassette", tape, *where[:2])
    assert stale.returncode == 2
    assert b"stale cassette: the request for Verdicts changed" in stale.stderr
    assert cli(*args[:3], "--model", "openai/test", "--check", "pretty").returncode == 2


def test_what_was_found_in_a_clean_spec_is_judged_by_the_spec(tmp_path: Path) -> None:
    where = ("--cases", ROOT / "evals" / "cases", "--clean", ROOT / "evals" / "clean")
    out = tmp_path / "run.jsonl"
    assert (
        cli("eval", "run", "--model", "offline", "-o", out, "--only", "clean/push-notifications", *where).returncode
        == 0
    )
    no = Fault(section=lambda _: {"verdicts": [{"question": f"J{n}", "answer": "no"} for n in range(1, 30)]})
    with ChatServer({"verdicts": [no]}) as server:
        env = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "none"}
        ran = cli("eval", "judge", out, "--model", "openai/test", "--check", "useful", *where, **env)
    assert b"| useful_on_clean | 0 | 2 |" in ran.stdout, ran.stderr.decode()
    assert "push" in server.calls[0].body["messages"][1]["content"].lower()


def test_the_labels_of_the_project_are_labels() -> None:
    for path in sorted((ROOT / "evals" / "labels").glob("*.jsonl")):
        every = load_labels(path)
        assert {each.answer for each in every} == {True, False}
