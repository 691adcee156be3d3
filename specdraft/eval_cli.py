"""`specdraft eval`: run, record, score, compare, report and calibrate. Flags to calls, nothing is decided here.

Exit status: 0 done; 1 something is below `--fail-under`, has got worse, or could not be scored; 2 the command or its
input is wrong.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from specdraft import output
from specdraft.errors import EvalError

if TYPE_CHECKING:
    from specdraft.evals.compare import Values
    from specdraft.evals.scores import Scored
    from specdraft.evals.tasks import Task

app = typer.Typer(help="Measure drafts and critiques, and compare runs.", no_args_is_help=True)
Cases = Annotated[Path, typer.Option("--cases", help="Folder of cases to draft.")]
Clean = Annotated[Path, typer.Option("--clean", help="Folder of clean specs, for seeded flaws.")]
Tapes = Annotated[Path, typer.Option("--cassettes", help="Folder of recorded answers.")]
Only = Annotated[list[str] | None, typer.Option("--only", help="Only tasks whose name begins so; may be repeated.")]
Samples = Annotated[int, typer.Option("--samples", min=1, help="How often each task is done.")]
Report = Annotated[Path | None, typer.Option("--report", help="Write the report there, as one .html file.")]
JudgeTape = Annotated[Path | None, typer.Option("--cassette", help="Replay or record the judge's answers there.")]
AnsweredBy = Annotated[
    str, typer.Option("--answered-by", help="Where the answers come from, in plain words; kept in each cassette.")
]
JudgeRecord = Annotated[bool, typer.Option("--record", help="Record what the cassette does not hold.")]
_CASES, _CLEAN, _TAPES = Path("evals/cases"), Path("evals/clean"), Path("evals/cassettes")


@app.command()
def run(
    out: Annotated[
        Path, typer.Option("-o", "--out", help="The run's file, one JSON line a result; it is gone on with.")
    ],
    model: Annotated[
        str, typer.Option("--model", help="offline, recorded (what the cassettes hold), or provider/model.")
    ] = "recorded",
    cases: Cases = _CASES,
    clean: Clean = _CLEAN,
    tapes: Tapes = _TAPES,
    only: Only = None,
    samples: Samples = 1,
    shard: Annotated[str, typer.Option("--shard", help="A part of the tasks, e.g. 2/8.")] = "1/1",
    fail_under: Annotated[
        list[str] | None, typer.Option("--fail-under", help="Fail if a mean is below, e.g. must_cite=0.8.")
    ] = None,
    fail_on_regression: Annotated[
        Path | None, typer.Option("--fail-on-regression", help="Fail if a measure is worse than in this baseline.")
    ] = None,
    write_baseline: Annotated[
        Path | None, typer.Option("--write-baseline", help="Keep this run's values there to compare later runs with.")
    ] = None,
    junit: Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML there.")] = None,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", help="Write the tables there, for a pull request.")
    ] = None,
    report: Report = None,
) -> None:
    """Carry out all tasks, score them, and say what is worse."""
    from specdraft.evals import compare
    from specdraft.evals import report as reports
    from specdraft.evals.run import Configuration
    from specdraft.evals.run import run as carry_out
    from specdraft.evals.run import shard as part
    from specdraft.evals.scores import scored

    tasks = part(_tasks(cases, clean, tapes, model, only), shard)
    configuration = Configuration(model, tapes)
    results = carry_out(
        tasks, configuration, out, samples=samples, told=lambda each: _say(f"{each.task} {each.seconds:.1f} s")
    )
    scores = scored(tasks, results)
    kept = _baseline(fail_on_regression, model) if fail_on_regression else None
    changes = compare.compared(kept, scores.values) if kept else []
    text = reports.markdown(scores, changes)
    output.write(text, None)
    if markdown:
        output.write(text, markdown)
    if junit:
        output.write(reports.junit(scores), junit)
    if report:
        output.write(reports.html(tasks, scores, changes), report)
    if write_baseline:
        known = json.loads(write_baseline.read_text(encoding="utf-8")) if write_baseline.exists() else {}
        output.write(
            json.dumps(known | {model: compare.baseline(scores)}, indent=1, sort_keys=True) + "\n", write_baseline
        )
    _judge(scores, fail_under or [], [change.measure for change in compare.regressions(changes)])


@app.command()
def record(
    model: Annotated[str, typer.Option("--model", help="Who answers: provider/model.")],
    cases: Cases = _CASES,
    clean: Clean = _CLEAN,
    tapes: Tapes = _TAPES,
    only: Only = None,
    samples: Samples = 1,
    out: Annotated[Path, typer.Option("-o", "--out", help="The run's file.")] = Path("out/record.jsonl"),
    answered_by: AnsweredBy = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it costs something.")] = False,
    timeout: Annotated[float, typer.Option("--timeout", min=1, help="Seconds to wait for one answer.")] = 600.0,
) -> None:
    """Record a model's answers into cassettes. What is recorded already is not asked again."""
    from specdraft.evals.run import Configuration
    from specdraft.evals.run import run as carry_out

    tasks = _tasks(cases, clean, tapes, model, only, record=True)
    _say(f"{len(tasks) * samples} tasks for {model}: {_estimate(tasks, model, samples)}")
    if not yes and not typer.confirm("Record?", err=True):
        raise typer.Exit(2)
    configuration = Configuration(model, tapes, record=True, options=(("timeout", timeout),), answered_by=answered_by)
    results = carry_out(
        tasks, configuration, out, samples=samples, told=lambda each: _say(f"{each.task} {each.seconds:.1f} s")
    )
    for result in results:
        if result.error:
            _say(f"not recorded: {result.task}: {result.error}")
    if any(result.error for result in results):
        raise typer.Exit(1)


@app.command()
def score(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Files of runs, shards of one together.")],
    cases: Cases = _CASES,
    clean: Clean = _CLEAN,
    report: Report = None,
) -> None:
    """Score results again, without a model."""
    from specdraft.evals import report as reports

    tasks, scores = _scored(runs, cases, clean)
    output.write(reports.markdown(scores), None)
    if report:
        output.write(reports.html(tasks, scores), report)


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="The earlier run.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="The later run.")],
    cases: Cases = _CASES,
    clean: Clean = _CLEAN,
    report: Report = None,
) -> None:
    """What changed between two runs, and whether it can be told from chance."""
    from specdraft.evals import report as reports
    from specdraft.evals.compare import compared, regressions

    _, before = _scored([first], cases, clean)
    tasks, after = _scored([second], cases, clean)
    changes = compared(before.values, after.values)
    output.write(reports.markdown(after, changes), None)
    if report:
        output.write(reports.html(tasks, after, changes, title=f"{first.name} and {second.name}"), report)
    if regressions(changes):
        raise typer.Exit(1)


@app.command()
def judge(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Files of runs of drafts.")],
    model: Annotated[str, typer.Option("--model", help="Who judges; better not of the family that drafted.")],
    check: Annotated[str, typer.Option("--check", help="raised, supported or useful.")] = "raised",
    cases: Cases = _CASES,
    clean: Clean = _CLEAN,
    tape: JudgeTape = None,
    record: JudgeRecord = False,
    answered_by: AnsweredBy = "",
    known: Annotated[Path, typer.Option("--calibration", help="What calibrate found.")] = Path(
        "evals/calibration.json"
    ),
) -> None:
    """Ask a model what code cannot measure, and correct its answers by what is known of it."""
    from specdraft.evals import judging

    played = judging.JudgeTape(tape, record, answered_by) if tape else None
    found = judging.measured(runs, cases, clean, model, check, tape=played, known=known)
    output.write(judging.table(found), None)


@app.command()
def calibrate(
    labels: Annotated[Path, typer.Argument(metavar="LABELS", help="Questions with known answers, as JSON lines.")],
    model: Annotated[str, typer.Option("--model", help="Who judges.")],
    tape: JudgeTape = None,
    record: JudgeRecord = False,
    answered_by: AnsweredBy = "",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Keep what is found there, by model and check.")
    ] = None,
) -> None:
    """How good a judge is, by labels: how often it sees a yes, and how often a no."""
    from specdraft.evals import judging

    played = judging.JudgeTape(tape, record, answered_by) if tape else None
    found = judging.calibrations(labels, model, played)
    output.write(judging.told(found), None)
    if out:
        output.write(judging.kept(out, model, found), out)


def _tasks(
    cases: Path, clean: Path, tapes: Path, model: str, only: list[str] | None, *, record: bool = False
) -> list[Task]:
    """What there is to do: for a critic that costs nothing each flaw alone, else several in one spec."""
    from specdraft.evals.cases import load_cases, load_clean
    from specdraft.evals.run import Configuration
    from specdraft.evals.tasks import draft_tasks, joint_flaws, single_flaws

    specs = load_clean(clean)
    tasks = draft_tasks(load_cases(cases)) + (single_flaws(specs) if model == "offline" else joint_flaws(specs))
    if model == "recorded" and not record:
        configuration = Configuration(model, tapes)
        tasks = [task for task in tasks if configuration.tape(task).exists()]
    chosen = [task for task in tasks if not only or task.name.startswith(tuple(only))]
    if not chosen:
        raise EvalError("there is nothing to do", hint="Check --cases, --cassettes and --only.")
    return chosen


def _scored(runs: list[Path], cases: Path, clean: Path) -> tuple[list[Task], Scored]:
    from specdraft.evals.cases import load_cases, load_clean
    from specdraft.evals.run import read
    from specdraft.evals.scores import scored
    from specdraft.evals.tasks import draft_tasks, joint_flaws, single_flaws

    results = [result for path in runs for result in read(path)]
    specs = load_clean(clean)
    tasks = {each.name: each for each in (*draft_tasks(load_cases(cases)), *single_flaws(specs), *joint_flaws(specs))}
    wanted = [tasks[name] for name in dict.fromkeys(each.task for each in results) if name in tasks]
    return wanted, scored(wanted, results)


def _baseline(path: Path, model: str) -> Values:
    try:
        values: Any = json.loads(path.read_text(encoding="utf-8")).get(model, {})
    except (OSError, ValueError) as error:
        raise EvalError(f"cannot read the baseline {path}: {error}", hint="Make it with --write-baseline.") from error
    return values  # type: ignore[no-any-return]


def _judge(scores: Scored, floors: list[str], worse: list[str]) -> None:
    """Say what is not as it should be, and end accordingly."""
    bad = [f"{name} has got worse" for name in worse]
    summary = scores.summary
    for floor in floors:
        name, _, value = floor.partition("=")
        try:
            least = float(value)
        except ValueError as error:
            raise EvalError(f"{floor!r} is no floor", hint="For example: --fail-under must_cite=0.8") from error
        if name not in summary or summary[name].mean < least:
            bad.append(
                f"{name} is {summary[name].mean:.3g}, below {value}" if name in summary else f"{name} was not measured"
            )
    bad += [problem.splitlines()[0] for problem in scores.problems]
    for each in bad:
        _say(f"failed: {each}")
    if bad:
        raise typer.Exit(1)


def _estimate(tasks: list[Task], model: str, samples: int) -> str:
    from specdraft.evals.tasks import DraftTask
    from specdraft.material import Material
    from specdraft.sending import estimate

    drafts = [estimate(Material(task.case.source), model) for task in tasks if isinstance(task, DraftTask)]
    calls = samples * (sum(each.calls for each in drafts) + 11 * len(tasks))
    costs = [each.cost_usd for each in drafts if each.cost_usd is not None]
    return f"about {calls} calls" + (f", ${2 * samples * sum(costs):.2f}" if costs else ", price not known")


def _say(message: str) -> None:
    typer.echo(message, err=True)
