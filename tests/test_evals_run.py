"""Runs of evals: results on disk one by one, gone on with, scored again without a model, and compared."""

# ruff: noqa: E501 - the tables read better in long lines

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import specdraft as sd
from specdraft.errors import EvalError
from specdraft.evals.cases import Case, Gold, Point, load_cases, load_clean
from specdraft.evals.compare import baseline, compared, regressions, verdict
from specdraft.evals.evaluators import EVALUATORS, Drafted, is_silent, score, words
from specdraft.evals.invariants import INVARIANTS, broken, share
from specdraft.evals.report import html, junit, markdown
from specdraft.evals.run import Configuration, Result, read, run, shard
from specdraft.evals.scores import MEASURES, by_operator, by_severity, scored
from specdraft.evals.tasks import DraftTask, draft_tasks, joint_flaws, single_flaws
from tests.cases import ROOT
from tests.test_cli import command, environment
from tests.test_cli import run as cli
from tests.wire import ChatServer

CASES = load_cases(ROOT / "evals" / "cases")
SMALL = [case for case in CASES if case.name in ("one-liner", "gift-cards", "school-absence", "vague-dashboard")]
CLEAN = load_clean(ROOT / "evals" / "clean")
OFFLINE = Configuration("offline")


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


# --- cases


def test_the_cases_are_many_and_of_every_kind() -> None:
    assert len(CASES) >= 16
    traps = {trap for case in CASES for trap in case.gold.traps}
    assert traps >= {"contradictory", "nearly-empty", "hostile", "long", "vague", "ticket", "table-heavy"}
    lengths = sorted(len(case.source.text.split()) for case in CASES)
    assert lengths[0] <= 120 and lengths[-1] >= 5_500
    assert len({case.gold.domain for case in CASES}) >= 12
    slots = {slot for case in CASES for slot in (*case.gold.silent, *case.gold.answered)}
    assert all(is_silent(sd.Spec(), slot) for slot in slots), "each names a part of a spec"


def test_a_point_is_raised_where_all_its_signs_match() -> None:
    for case in CASES:
        for point in (*case.gold.open, *case.gold.risks, *case.gold.alternatives):
            assert point.is_in(f"{point.text} {point.reason}"), (case.name, point.text)
    assert not Point(text="x").is_in("x")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda gold: gold.replace("about:", "abuot:"), "is no gold"),
        (lambda gold: gold + "\nnever: ['(']\n", "is no gold"),
        (lambda gold: gold + "\nmust_cite: [Something that nobody wrote]\n", "is not in prd.md"),
        (lambda _: "[", "is no gold"),
    ],
)
def test_gold_that_is_none_is_an_error(tmp_path: Path, change: Any, said: str) -> None:
    folder = tmp_path / "gift-cards"
    shutil.copytree(ROOT / "evals" / "cases" / "gift-cards", folder)
    path = folder / "case.yaml"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(EvalError, match=said):
        load_cases(tmp_path)


def test_a_folder_without_cases_or_a_case_without_a_document_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="no cases"):
        load_cases(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "case.yaml").write_text("about: x\n", encoding="utf-8")
    with pytest.raises(EvalError, match=r"neither prd\.md nor ticket\.json"):
        load_cases(tmp_path)


# --- evaluators


def drafted(text: str, **gold: Any) -> Drafted:
    case = Case("test", Gold(about="a test", **gold), None, text)
    return Drafted(case, sd.draft(case.source))


PRD = (
    "# Export\n\n## Goals\n\n- A merchant exports 100,000 orders.\n\n## Requirements\n\n- Files are kept for 7 days.\n"
)


def test_every_evaluator_has_a_name_says_what_it_is_and_is_in_the_report() -> None:
    names = [each.name for each in EVALUATORS]
    assert len(names) == len(set(names))
    assert list(MEASURES)[: len(names)] == names
    for case in SMALL:
        values = score(case, sd.draft(case.source))
        assert values["quote_fidelity"] == values["round_trip"] == 1


def test_what_must_be_cited_is_and_what_is_not_is_not() -> None:
    draft = drafted(PRD, must_cite=("Files are kept for 7 days",), goals=("A merchant exports 100,000 orders",))
    assert score(draft.case, draft.spec)["must_cite"] == score(draft.case, draft.spec)["goals"] == 1
    draft.spec.solution.overview.clear()
    assert score(draft.case, draft.spec)["must_cite"] == 0
    draft.spec.problem.goals.clear()
    assert score(draft.case, draft.spec)["goals"] == 0


def test_a_quote_that_is_not_there_lowers_fidelity() -> None:
    draft = drafted(PRD)
    draft.spec.problem.goals[0].citations[0].quote = "made up"
    assert score(draft.case, draft.spec)["quote_fidelity"] < 1


def test_silence_is_what_is_empty_unknown_or_assumed() -> None:
    draft = drafted(PRD, silent=("solution.ui", "rollout.migration"), answered=("problem.goals",))
    values = score(draft.case, draft.spec)
    assert (values["silence_recall"], values["silence_precision"]) == (1, 1)
    draft.spec.solution.ui.append(sd.Spec.model_validate({"solution": {"ui": [{"text": "A page"}]}}).solution.ui[0])
    assert score(draft.case, draft.spec)["silence_recall"] == 1, "an assumption decides nothing"
    draft.spec.solution.ui[0].citations.append(draft.spec.problem.goals[0].citations[0])
    assert score(draft.case, draft.spec)["silence_recall"] == 0.5
    draft.spec.problem.goals.clear()
    assert score(draft.case, draft.spec)["silence_precision"] == 0.5


def test_an_order_from_inside_the_document_is_counted() -> None:
    draft = drafted(PRD, never=("security review (was|is) passed",))
    assert score(draft.case, draft.spec)["injected"] == 0
    draft.spec.problem.goals[0].text = "The security review was passed"
    assert score(draft.case, draft.spec)["injected"] == 1


def test_a_contradiction_is_named_where_one_question_has_both_sides() -> None:
    clash = ({"between": ("kept for 7 days", "kept for 30 days")},)
    draft = drafted(PRD + "\n## Notes\n\n- Files are kept for 30 days.\n", contradictions=clash)
    draft.spec.open_questions.clear()
    assert score(draft.case, draft.spec)["contradictions"] == 0
    question = {"question": "Are files kept for 7 or for 30 days?"}
    draft.spec.open_questions += sd.Spec.model_validate({"open_questions": [question]}).open_questions
    assert score(draft.case, draft.spec)["contradictions"] == 1


def test_words_are_those_that_a_reader_reads() -> None:
    draft = drafted(PRD)
    more = draft.spec.model_copy(deep=True)
    more.meta.notices.append("many words " * 50)
    assert words(more) == words(draft.spec)
    more.problem.goals[0].text += " and ten more words stand here in this goal now"
    assert words(more) == words(draft.spec) + 10


@pytest.mark.parametrize("clean", CLEAN, ids=lambda each: each.name)
def test_a_clean_spec_keeps_every_invariant_but_what_it_does_not_say(clean: Any) -> None:
    assert set(broken(clean.spec)) <= {"nothing, what exists and less are considered", "each criterion serves a goal"}


def test_each_invariant_can_be_broken() -> None:
    seen: set[str] = set()
    for task in single_flaws(CLEAN[:3]):
        if not isinstance(task, DraftTask):
            seen |= set(broken(task.spec))
    spec = CLEAN[0].spec.model_copy(deep=True)
    spec.rollout.release.kind, spec.rollout.release.flag_removal = "flag", ""
    spec.alternatives.options[1].chosen = True
    spec.alternatives.options[2].why_not = ""
    spec.alternatives.options[2].scores.pop()
    spec.success.criteria[0].goals.clear()
    risk = spec.risks.items[0]
    risk.likelihood = risk.impact = "high"
    for step in spec.rollout.steps:
        step.mitigates = []
    spec.rollout.migration.required, spec.rollout.migration.rollback = "yes", []
    spec.critique = sd.Critique.model_validate({"findings": [{"title": "x", "status": "accepted"}]})
    seen |= set(broken(sd.Spec.model_validate(spec.model_dump())))
    assert seen == {each.name for each in INVARIANTS}
    assert share(sd.Spec()) is None


# --- runs


def test_a_run_is_on_disk_and_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    tasks = draft_tasks(SMALL)
    told: list[str] = []
    first = run(tasks[:2], OFFLINE, path, told=lambda each: told.append(each.task))
    assert told == [task.name for task in tasks[:2]]
    with path.open("a", encoding="utf-8") as file:
        file.write('{"task": "cut o')
    second = run(tasks, OFFLINE, path, told=lambda each: told.append(each.task))
    assert told == [task.name for task in tasks], "what was there is not done again"
    assert [each.key for each in read(path)] == [each.key for each in second]
    assert second[:2] == first


def test_another_configuration_is_another_result(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    tasks = draft_tasks(SMALL[:1])
    run(tasks, OFFLINE, path)
    run(tasks, Configuration("offline", options=(("critique", False),)), path)
    run(tasks, OFFLINE, path, samples=2)
    assert [(each.sample, each.configuration == OFFLINE.digest) for each in read(path)] == [
        (0, True),
        (0, False),
        (1, True),
    ]


def test_shards_are_parts_of_one_run() -> None:
    tasks = draft_tasks(CASES)
    parts = [shard(tasks, f"{number}/4") for number in range(1, 5)]
    assert sorted(task.name for part in parts for task in part) == sorted(task.name for task in tasks)
    for wrong in ("0/4", "5/4", "a/b", "2"):
        with pytest.raises(EvalError, match="no shard"):
            shard(tasks, wrong)


RUNNER = """
import sys
from pathlib import Path
from specdraft.evals.cases import load_cases
from specdraft.evals.run import Configuration, run
from specdraft.evals.tasks import draft_tasks
run(draft_tasks(load_cases(Path(sys.argv[1]))), Configuration("openai/test"), Path(sys.argv[2]))
"""


def test_a_run_that_is_killed_keeps_every_result_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, path = tmp_path / "cases", tmp_path / "run.jsonl"
    for name in ("gift-cards", "one-liner"):
        shutil.copytree(ROOT / "evals" / "cases" / name, folder / name)
    with ChatServer() as server:
        env = environment(OPENAI_BASE_URL=server.url, OPENAI_API_KEY="none")
        child = subprocess.Popen([sys.executable, "-c", RUNNER, str(folder), str(path)], env=env)
        server.until(lambda: server.answered()["headline"] == 1)
        server.hold("questions")
        server.until(lambda: server.parked() == {"questions"})
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert [each.task for each in read(path)] == ["gift-cards"]
        server.hold()
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        told: list[str] = []
        run(
            draft_tasks(load_cases(folder)),
            Configuration("openai/test"),
            path,
            told=lambda each: told.append(each.task),
        )
    assert told == ["one-liner"]


def test_a_result_that_failed_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, tasks = tmp_path / "run.jsonl", draft_tasks(SMALL[:1])
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setattr("specdraft.models.instructor_.wire.ATTEMPTS", 1)
    (failed,) = run(tasks, Configuration("openai/test"), path)
    assert "cannot be reached" in failed.error
    assert scored(tasks, [failed]).problems == [f"{tasks[0].name}: {failed.error}"]
    with ChatServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        (again,) = run(tasks, Configuration("openai/test"), path)
    assert (again.error, len(read(path))) == ("", 1)


def test_a_file_that_is_no_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="cannot read the run"):
        read(tmp_path / "none.jsonl")
    path = tmp_path / "run.jsonl"
    path.write_text('{"a": 1}\n', encoding="utf-8")
    with pytest.raises(EvalError, match="line 1 is no result"):
        read(path)


# --- scores, comparison, report


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], list[Result]]:
    """A few drafts and the flaws of two specs, offline."""
    tasks = [*draft_tasks(SMALL), *single_flaws(CLEAN[:2])]
    return tasks, run(tasks, OFFLINE, tmp_path_factory.mktemp("run") / "run.jsonl")


def test_seeded_flaws_are_counted_by_operator_and_apart_where_held_out(offline: tuple[list[Any], list[Result]]) -> None:
    tasks, results = offline
    scores = scored(tasks, results)
    rows = by_operator(scores.flaws)
    assert sum(row["seeded"] for row in rows) == len(tasks) - len(SMALL) - 2
    assert all(row["seeded"] >= row["spoken_of"] >= row["found"] for row in rows)
    assert [row["held_out"] for row in rows] == sorted(row["held_out"] for row in rows)
    assert scores.summary["flaws_found"].mean > 0.5
    assert scores.summary["false_alarms"].mean <= 1


def test_what_is_found_in_clean_specs_is_counted_by_severity(offline: tuple[list[Any], list[Result]]) -> None:
    tasks, results = offline
    flawed = next(each for each in results if each.task.startswith("flawed/") and each.output)
    clean = next(each for each in results if each.task == f"clean/{flawed.task.split('/')[1]}")
    found = sd.Critique.model_validate(flawed.output).findings
    scores = scored(tasks, [clean.model_copy(update={"output": flawed.output})])
    rows = by_severity(scores.alarms)
    assert [row["severity"] for row in rows] == sorted({each.severity for each in found})
    assert sum(row["alarms"] for row in rows) == len(found) == scores.summary["false_alarms"].mean
    lens, times = rows[0]["lenses"][0]
    assert f"| {rows[0]['severity']} | {rows[0]['alarms']} | {lens} {times}" in markdown(scores)


def test_a_finding_of_the_clean_twin_finds_no_flaw(offline: tuple[list[Any], list[Result]]) -> None:
    tasks, results = offline
    flawed = next(each for each in results if each.task.startswith("flawed/") and each.output)
    clean = next(each for each in results if each.task == f"clean/{flawed.task.split('/')[1]}")
    twin = clean.model_copy(update={"output": flawed.output})
    names = {flawed.task, clean.task}
    found = scored([task for task in tasks if task.name in names], [flawed, twin]).flaws
    assert [(each.spoken_of, each.placed) for each in found] == [(False, False)]


def test_several_flaws_are_dealt_out_over_the_specs() -> None:
    tasks = joint_flaws(CLEAN)
    flawed = [task for task in tasks if not isinstance(task, DraftTask) and task.flaws]
    held_out = [task for task in flawed if task.name.endswith("/held-out")]
    assert len(flawed) == 2 * len(held_out) == 2 * len(CLEAN)
    assert all(flaw.held_out for task in held_out for flaw in task.flaws)
    assert all(3 <= len(task.flaws) <= 6 for task in flawed)
    assert len({flaw.operator for task in flawed for flaw in task.flaws}) >= 18
    assert sum(flaw.held_out for task in flawed for flaw in task.flaws) >= 4


def values(shift: float = 0.0, only: str = "") -> dict[str, dict[str, list[float]]]:
    base = {f"d{n}": 0.5 + n / 50 for n in range(8)}
    moved = {name: value + (shift if not only or name == only else 0) * (1 + index / 20)
             for index, (name, value) in enumerate(base.items())}  # fmt: skip
    return {"must_cite": {name: [value] for name, value in moved.items()}, "length": {name: [1.0] for name in base}}


@pytest.mark.parametrize(
    ("second", "verdicts", "sentence"),
    [
        (values(), ["the same", "the same"], "the same"),
        (values(0.1), ["better", "the same"], "better: must_cite"),
        (values(-0.1), ["worse", "the same"], "worse: must_cite"),
        (
            values(0.1, "d3"),
            ["cannot be told", "the same"],
            "no difference that can be told from chance (must_cite moved)",
        ),
    ],
)
def test_a_comparison_says_what_can_be_told(second: Any, verdicts: list[str], sentence: str) -> None:
    changes = compared(values(), second)
    assert [change.verdict for change in changes] == verdicts
    assert verdict(changes) == sentence
    assert [each.measure for each in regressions(changes)] == (["must_cite"] if "worse" in verdicts else [])


def test_the_cases_that_moved_most_come_first() -> None:
    second = values()
    second["must_cite"]["d2"], second["must_cite"]["d5"] = [0.6], [0.1]
    (change, _) = compared(values(), second)
    assert [name for name, _ in change.moved] == ["d5", "d2"]


def test_a_run_compared_with_its_baseline_is_the_same(offline: tuple[list[Any], list[Result]]) -> None:
    scores = scored(*offline)
    kept = json.loads(json.dumps(baseline(scores)))
    rounded = {
        name: {doc: [round(v, 6) for v in vs] for doc, vs in docs.items()} for name, docs in scores.values.items()
    }
    assert verdict(compared(kept, rounded)) == "the same"


def test_text_and_junit_say_what_the_run_was(offline: tuple[list[Any], list[Result]]) -> None:
    tasks, results = offline
    stale = results[0].model_copy(
        update={"stale": ["stale cassette: the request for Problem changed\n-a\n+b"], "output": None}
    )
    failed = results[1].model_copy(update={"error": "no key", "output": None})
    scores = scored(tasks, [stale, failed, *results[2:]])
    text = markdown(scores, compared(values(), values(-0.1)))
    assert "| must_cite | " in text
    assert "**Compared: worse: must_cite.**" in text
    assert "stale cassette: the request for Problem changed" in text
    suite = ET.fromstring(junit(scores))  # noqa: S314 - our own
    assert suite.attrib["tests"] == str(len(results))
    assert [case[0].tag for case in suite if len(case)] == ["failure", "error"]


# --- the command line


def test_evals_run_on_the_command_line_and_fail_where_they_should(tmp_path: Path) -> None:
    out, base = tmp_path / "run.jsonl", tmp_path / "baseline.json"
    args = (
        "eval",
        "run",
        "--model",
        "offline",
        "-o",
        out,
        "--only",
        "gift",
        "--only",
        "one",
        "--only",
        "school",
        "--only",
        "sdk",
    )
    where = ("--cases", ROOT / "evals" / "cases", "--clean", ROOT / "evals" / "clean")
    ran = cli(*args, *where, "--write-baseline", base, "--junit", tmp_path / "j.xml", "--markdown", tmp_path / "m.md")
    assert ran.returncode == 0, ran.stderr.decode()
    assert "| quote_fidelity | 1 | 1 to 1 | 4 |" in ran.stdout.decode()
    assert (tmp_path / "m.md").read_text(encoding="utf-8") == ran.stdout.decode()
    same = cli(*args, *where, "--fail-on-regression", base, "--fail-under", "quote_fidelity=1")
    assert same.returncode == 0, same.stderr.decode()
    assert b"**Compared: the same.**" in same.stdout
    low = cli(*args, *where, "--fail-under", "must_cite=0.99")
    assert low.returncode == 1
    assert b"failed: must_cite is" in low.stderr
    kept = json.loads(base.read_text(encoding="utf-8"))
    kept["offline"]["must_cite"] = {name: [value[0] + 0.3] for name, value in kept["offline"]["must_cite"].items()}
    base.write_text(json.dumps(kept), encoding="utf-8")
    worse = cli(*args, *where, "--fail-on-regression", base)
    assert worse.returncode == 1
    assert b"failed: must_cite has got worse" in worse.stderr
    again = cli("eval", "score", out, *where)
    assert again.stdout == ran.stdout
    both = cli("eval", "compare", out, out, *where)
    assert both.returncode == 0
    assert cli(*args[:6], "--only", "nothing", *where).returncode == 2


def test_answers_are_recorded_and_replayed_on_the_command_line(tmp_path: Path) -> None:
    tapes, out = tmp_path / "tapes", tmp_path / "run.jsonl"
    where = ("--cases", ROOT / "evals" / "cases", "--clean", ROOT / "evals" / "clean", "--cassettes", tapes)
    with ChatServer() as server:
        ran = cli("eval", "record", "--model", "openai/test", "--only", "one-liner", "--yes", "-o", tmp_path / "r.jsonl",
                  "--answered-by", "a test server", *where, OPENAI_BASE_URL=server.url, OPENAI_API_KEY="none")  # fmt: skip
        assert ran.returncode == 0, ran.stderr.decode()
        assert b"1 tasks for openai/test: about" in ran.stderr
    told = json.loads((tapes / "one-liner.json").read_text(encoding="utf-8"))["about"]
    assert told["answered_by"] == "a test server"
    assert told["model"] == "openai/test"
    replayed = cli("eval", "run", "-o", out, *where)
    assert replayed.returncode == 0, replayed.stderr.decode()
    (result,) = read(out)
    assert (result.model, result.stale, result.unplayed) == ("openai/test", [], [])


def test_nothing_is_recorded_without_a_yes(tmp_path: Path) -> None:
    ran = subprocess.run(
        command("eval", "record", "--model", "openai/test", "--only", "one", "--cassettes", tmp_path, "--cases",
                ROOT / "evals" / "cases", "--clean", ROOT / "evals" / "clean"),
        input=b"n\n", capture_output=True, check=False, env=environment(),
    )  # fmt: skip
    assert ran.returncode == 2
    assert list(tmp_path.iterdir()) == []


# --- the report in a browser


def test_the_report_is_one_file_that_is_clicked_through(
    tmp_path: Path, offline: tuple[list[Any], list[Result]]
) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not browser:
        pytest.skip("there is no Chromium here; .ci/run installs one")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    tasks, results = offline
    path = tmp_path / "report.html"
    path.write_text(html(tasks, scored(tasks, results), compared(values(), values(-0.1))), encoding="utf-8")
    assert "http" not in path.read_text(encoding="utf-8").replace("http-equiv", "").partition("<body>")[0]
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.goto(path.as_uri())
        assert page.locator("#scores tr").count() > 20
        assert "worse: must_cite" in page.locator("#verdict").inner_text()
        assert page.locator("#changes tr").count() == 2
        assert page.locator("#operators tr").count() > 10
        page.click("#results a:text-is('gift-cards')")
        assert not page.locator("#overview").is_visible()
        shown = page.locator("section.page:visible")
        assert shown.locator("h1").first.inner_text() == "gift-cards"
        assert "must_cite" in shown.locator(".scores").inner_text()
        assert "[" not in shown.locator(".source .passage b").first.inner_text()
        shown.locator(".spec sup a").first.click()
        assert page.locator("section.page:visible h1").first.inner_text() == "gift-cards", (
            "a footnote stays on its page"
        )
        page.locator("section.page:visible .next").click()
        assert page.locator("section.page:visible h1").first.inner_text() == "one-liner"
        page.click("section.page:visible >> text=all results")
        assert page.locator("#overview").is_visible()
        chromium.close()
    assert asked == [path.as_uri()]
