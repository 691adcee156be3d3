"""Runs: tasks carried out one after another, each result on disk before the next begins. Scoring is apart.

A run is a file of JSON lines, one for each task, sample and configuration. What is there already is not done again,
so a run that was killed goes on, and shards of one run can be put together with `cat`.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from specdraft import prompts
from specdraft.errors import EvalError, SpecdraftError
from specdraft.evals import cassettes
from specdraft.evals.recorded import load
from specdraft.evals.tasks import Task
from specdraft.spec import SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class Configuration:
    """Who answers, and how."""

    model: str
    """`offline`, `recorded` (whatever the cassettes hold), or provider/model, which is asked for every answer."""
    cassettes: Path | None = None
    """Where answers are replayed from, or recorded to."""
    record: bool = False
    answered_by: str = ""
    """Where recorded answers come from, in plain words."""
    options: tuple[tuple[str, Any], ...] = ()
    """Further options of `draft` and `critique`."""

    @property
    def digest(self) -> str:
        """Of all that decides the results, the answers apart."""
        told = [self.model, prompts.version(), SCHEMA_VERSION, sorted(map(str, self.options))]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]

    def tape(self, task: Task) -> Path:
        """The cassette of a task."""
        if self.cassettes is None:
            raise EvalError("recorded answers need a folder of cassettes", hint="Give --cassettes.")
        return self.cassettes / f"{task.name.replace('/', '--').replace(' ', '-')}.json"


class Result(BaseModel):
    """What came of one task."""

    model_config = ConfigDict(extra="forbid")

    task: str
    sample: int
    configuration: str
    model: str
    seconds: float
    output: dict[str, Any] | None = None
    """The spec or the critique, as JSON without what is usual."""
    error: str = ""
    """Why there is none."""
    stale: list[str] = []
    """Requests that a cassette does not hold: the prompt or the code has changed, the model is not at fault."""
    unplayed: list[str] = []
    """Answers that a cassette holds and nobody asks for any more."""

    @property
    def key(self) -> tuple[str, int, str]:
        """What makes it the same result."""
        return self.task, self.sample, self.configuration


def read(path: Path) -> list[Result]:
    """The results of a run so far; a line that was cut off is left out.

    Raises:
        EvalError: the file is missing, or a line is JSON and no result.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise EvalError(
            f"cannot read the run {path}: {error.strerror}", hint="Make it with: specdraft eval run"
        ) from error
    results: dict[tuple[str, int, str], Result] = {}
    for number, line in enumerate(lines, 1):
        try:
            result = Result.model_validate(json.loads(line))
        except ValidationError as error:
            raise EvalError(f"{path}, line {number} is no result", hint="Take the line out.") from error
        except ValueError:
            continue
        results[result.key] = result
    return list(results.values())


def shard(tasks: Sequence[Task], which: str) -> list[Task]:
    """The tasks of a shard such as `2/8`.

    Raises:
        EvalError: there is no such shard.
    """
    number, _, of = which.partition("/")
    if not (number.isdigit() and of.isdigit() and 1 <= int(number) <= int(of)):
        raise EvalError(f"there is no shard {which!r}", hint="The second of eight is 2/8.")
    return [task for at, task in enumerate(tasks) if at % int(of) == int(number) - 1]


def run(
    tasks: Iterable[Task],
    configuration: Configuration,
    path: Path,
    *,
    samples: int = 1,
    told: Callable[[Result], None] = lambda _: None,
) -> list[Result]:
    """Carry out what has no good result yet; all results of the run.

    Args:
        tasks: what to do.
        configuration: who answers.
        path: the file of the run; results are added to it.
        samples: how often each task is done.
        told: called with each new result.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    before = {each.key: each for each in (read(path) if path.exists() else [])}
    results = []
    with path.open("a", encoding="utf-8") as file:
        if path.stat().st_size and not path.read_bytes().endswith(b"\n"):
            file.write("\n")  # a line that was cut off stays alone
        for task, sample in _wanted(tasks, samples):
            known = before.get((task.name, sample, configuration.digest))
            if known and not known.error and not known.stale:
                results.append(known)
                continue
            result = _done(task, sample, configuration)
            file.write(result.model_dump_json() + "\n")
            file.flush()
            os.fsync(file.fileno())
            told(result)
            results.append(result)
    return results


def _wanted(tasks: Iterable[Task], samples: int) -> Iterator[tuple[Task, int]]:
    yield from ((task, sample) for task in tasks for sample in range(samples))


def _done(task: Task, sample: int, configuration: Configuration) -> Result:
    """The task's result, from the model, from a cassette, or from a model into a cassette."""
    began = time.perf_counter()
    result = Result(
        task=task.name, sample=sample, configuration=configuration.digest, model=configuration.model, seconds=0
    )
    options: dict[str, Any] = {"keep": False, **dict(configuration.options)}
    try:
        if configuration.record:
            with cassettes.opened(
                configuration.tape(task), replay=False, sample=str(sample), about=_about(configuration)
            ) as tape:
                result.output = task.run({**options, "model": configuration.model})
                tape.prune()
        elif configuration.model == "recorded":
            path = configuration.tape(task)
            with cassettes.opened(path, sample=str(sample)) as tape:
                result.model = load(path).about.get("model", "")
                output = task.run({**options, "model": result.model})
            result.stale, result.unplayed = [str(miss) for miss in tape.missed], tape.unplayed()
            result.output = None if result.stale else output
        else:
            result.output = task.run({**options, "model": configuration.model})
    except SpecdraftError as error:
        result.error = str(error)
    result.seconds = round(time.perf_counter() - began, 3)
    return result


def _about(configuration: Configuration) -> dict[str, str]:
    told = {"model": configuration.model, "prompts": prompts.version(), "answered_by": configuration.answered_by}
    return {name: text for name, text in told.items() if text}
