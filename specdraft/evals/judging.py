"""Judging runs: a judge's answers over the drafts of a run, replayed or asked for, and corrected by its calibration."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from pydantic import TypeAdapter

from specdraft.document import Spec
from specdraft.errors import EvalError, ModelError
from specdraft.evals import cassettes
from specdraft.evals.cases import load_cases, load_clean
from specdraft.evals.evaluators import Drafted
from specdraft.evals.judges import Check, Question, asked_of, calibrated, judged, load_labels, useful
from specdraft.evals.run import Result, read
from specdraft.evals.statistics import Calibration, Estimate, corrected, estimate
from specdraft.models.base import Model
from specdraft.opening import opened, waited
from specdraft.spec import Critique

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Judged:
    """One measure by a judge."""

    measure: str
    yes: int
    of: int
    estimate: Estimate
    """Over documents, as the judge says."""
    corrected: Estimate | None
    """The share behind it, where the judge is calibrated."""


@dataclass(frozen=True, slots=True)
class JudgeTape:
    """Where a judge's answers are replayed from, or recorded to."""

    path: Path
    record: bool = False
    answered_by: str = ""
    """Where recorded answers come from, in plain words."""


def measured(  # noqa: PLR0913 - what a judgement depends on
    runs: Sequence[Path], cases: Path, clean: Path, model: str, check: str, *, tape: JudgeTape | None, known: Path
) -> list[Judged]:
    """What a judge says of the drafts in these runs, and whether what was found in clean specs is useful.

    Raises:
        EvalError: there is no such check, or nothing to judge.
    """
    if check not in get_args(Check):
        raise EvalError(f"there is no check {check!r}", hint=f"Checks: {', '.join(get_args(Check))}.")
    results = [each for path in runs for each in read(path) if each.output is not None]
    asked = [
        *_of_drafts(results, cases, cast("Check", check)),
        *(_of_clean(results, clean) if check == "useful" else ()),
    ]
    if not asked:
        raise EvalError("there are no drafts to judge in these runs", hint="Make them with: specdraft eval run")

    async def all_of(judge: Model) -> dict[str, dict[str, list[float]]]:
        values: dict[str, dict[str, list[float]]] = {}
        for document, measure, question in asked:
            if question.points:
                answers = [float(each.answer == "yes") for each in await judged(question, judge)]
                values.setdefault(measure, {}).setdefault(document, []).extend(answers)
        return values

    values = _with_judge(model, tape, all_of)
    calibration = _known(known, model, check)
    return [_judged(measure, documents, calibration) for measure, documents in values.items()]


Asked = tuple[str, str, Question]
"""The document, the measure that the answers are, and the question."""


def _of_drafts(results: Iterable[Result], cases: Path, check: Check) -> Iterator[Asked]:
    by_name = {case.name: case for case in load_cases(cases)}
    for each in results:
        if case := by_name.get(each.task):
            draft = Drafted(case, Spec.model_validate(each.output))
            yield from ((case.name, measure, question) for measure, question in asked_of(draft, check))


def _of_clean(results: Iterable[Result], clean: Path) -> Iterator[Asked]:
    by_name = {f"clean/{each.name}": each for each in load_clean(clean)}
    for each in results:
        if twin := by_name.get(each.task):
            question = useful(Critique.model_validate(each.output), twin.path.read_text(encoding="utf-8"))
            yield twin.name, "useful_on_clean", question


def _judged(measure: str, documents: dict[str, list[float]], calibration: Calibration | None) -> Judged:
    answers = [answer for each in documents.values() for answer in each]
    yes = round(sum(answers))
    true = corrected(yes, len(answers), calibration) if calibration else None
    return Judged(measure, yes, len(answers), estimate(documents), true)


def calibrations(labels: Path, model: str, tape: JudgeTape | None) -> dict[str, Calibration]:
    """How the judge does on labels, by check."""
    every = load_labels(labels)

    async def all_of(judge: Model) -> dict[str, Calibration]:
        checks = dict.fromkeys(label.question.check for label in every)
        return {
            check: await calibrated([label for label in every if label.question.check == check], judge)
            for check in checks
        }

    return _with_judge(model, tape, all_of)


def told(found: dict[str, Calibration]) -> str:
    """Calibrations as a Markdown table."""
    lines = ["| check | sensitivity | of | specificity | of |", "|---|---|--:|---|--:|"]
    for check, each in found.items():
        seen, (low, high) = each.sensitivity, each.sensitivity_interval
        spared, (less, more) = each.specificity, each.specificity_interval
        lines.append(
            f"| {check} | {seen:.2f} [{low:.2f}, {high:.2f}] | {each.positives} "
            f"| {spared:.2f} [{less:.2f}, {more:.2f}] | {each.negatives} |"
        )
    return "\n".join(lines) + "\n"


def kept(path: Path, model: str, found: dict[str, Calibration]) -> str:
    """The file of calibrations with these, as JSON."""
    before: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    before[model] = before.get(model, {}) | {check: asdict(each) for check, each in found.items()}
    return json.dumps(before, indent=1, sort_keys=True) + "\n"


def table(measures: Iterable[Judged]) -> str:
    """The measures as a Markdown table; what is not calibrated says so."""
    lines = ["| measure | yes | of | mean of documents | corrected |", "|---|--:|--:|---|---|"]
    for each in measures:
        true = str(each.corrected) if each.corrected else "advisory: the judge is not calibrated"
        lines.append(f"| {each.measure} | {each.yes} | {each.of} | {each.estimate} | {true} |")
    return "\n".join(lines) + "\n"


def _known(path: Path, model: str, check: str) -> Calibration | None:
    if not path.exists():
        return None
    found = json.loads(path.read_text(encoding="utf-8")).get(model, {}).get(check)
    return TypeAdapter(Calibration).validate_python(found) if found else None


def _with_judge(model: str, tape: JudgeTape | None, ask: Callable[[Model], Coroutine[Any, Any, Answer]]) -> Answer:
    """The answers of a judge: from a cassette, into one, or neither."""
    about = {"model": model, "answered_by": tape.answered_by} if tape and tape.record else {}
    context: AbstractContextManager[Any] = (
        cassettes.opened(tape.path, replay=not tape.record, about=about) if tape else nullcontext()
    )

    async def run() -> Answer:
        async with opened({"model": model}) as judge:
            return await ask(judge)

    with context as playing:
        try:
            return waited(run)
        except ModelError as error:
            if playing is not None and playing.missed:
                raise EvalError(str(playing.missed[0]), hint="Record the judge again with --record.") from error
            raise
