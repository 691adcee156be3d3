"""Tasks of a run: documents to draft, and specs to read as a critic, clean ones and ones with seeded flaws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from specdraft import pipeline
from specdraft.document import Spec
from specdraft.evals.cases import Case, CleanSpec
from specdraft.evals.mutations import OPERATORS, Flaw, mutants, seeded


@dataclass(frozen=True)
class DraftTask:
    """Draft a case's document, critic and all."""

    case: Case

    @property
    def name(self) -> str:
        """That of the case."""
        return self.case.name

    @property
    def document(self) -> str:
        """What it is about: samples of one document resemble each other."""
        return self.case.name

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        """The spec, as JSON."""
        spec = pipeline.draft(self.case.source, **options)
        return spec.model_dump(mode="json", exclude_defaults=True)


@dataclass(frozen=True)
class CritiqueTask:
    """Read a spec as a critic."""

    name: str
    document: str
    spec: Spec
    flaws: tuple[Flaw, ...] = ()
    """What was seeded; none in a clean spec."""

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        """The critique, as JSON."""
        critique = pipeline.critique(self.spec, **options)
        return critique.model_dump(mode="json", exclude_defaults=True)


Task = DraftTask | CritiqueTask


def draft_tasks(cases: Iterable[Case]) -> list[Task]:
    """A task for each case."""
    return [DraftTask(case) for case in cases]


def single_flaws(specs: Iterable[CleanSpec]) -> list[Task]:
    """For each spec the clean twin, and one with each flaw: for a critic that costs nothing."""
    tasks: list[Task] = []
    for clean in specs:
        tasks.append(CritiqueTask(f"clean/{clean.name}", clean.name, clean.spec))
        for broken, flaw in mutants(clean.spec):
            tasks.append(CritiqueTask(f"flawed/{clean.name}/{flaw.operator}", clean.name, broken, (flaw,)))
    return tasks


def joint_flaws(specs: Sequence[CleanSpec], *, most: int = 6) -> list[Task]:
    """For each spec the clean twin, one with several flaws, one with all that are held out: for a paid critic.

    The operators are dealt out in turn, so that over the specs each is seeded about as often.
    """
    tasks: list[Task] = []
    for number, clean in enumerate(specs):
        turned = [*OPERATORS[number * most % len(OPERATORS) :], *OPERATORS[: number * most % len(OPERATORS)]]
        broken, flaws = seeded(clean.spec, turned[: 2 * most])
        if len(flaws) > most:
            broken, flaws = seeded(
                clean.spec, [each for each in turned if each.name in {f.operator for f in flaws[:most]}]
            )
        held_out, untuned = seeded(clean.spec, [each for each in OPERATORS if each.held_out])
        tasks += [
            CritiqueTask(f"clean/{clean.name}", clean.name, clean.spec),
            CritiqueTask(f"flawed/{clean.name}", clean.name, broken, tuple(flaws)),
            CritiqueTask(f"flawed/{clean.name}/held-out", clean.name, held_out, tuple(untuned)),
        ]
    return tasks
