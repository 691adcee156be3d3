"""Flaws seeded into clean specs: each operator breaks one thing, and knows where and by which words it can be found.

An operator works on the typed spec, or on its Markdown as a person would edit it. Those that are `held_out` are not
looked at while rules and prompts are tuned; their figures are reported apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from specdraft.document import Spec
from specdraft.evals.mutations import markdown, plan, proof, substance
from specdraft.evals.mutations.operator import Flaw, Operator

OPERATORS: tuple[Operator, ...] = (*plan.OPERATORS, *substance.OPERATORS, *proof.OPERATORS, *markdown.OPERATORS)
"""Every operator. The words that a finding must say are broad: where it must say them (`Flaw.at`) is what tells."""
__all__ = ["OPERATORS", "Flaw", "Operator", "mutants", "seeded"]


def seeded(spec: Spec, operators: Iterable[Operator]) -> tuple[Spec, list[Flaw]]:
    """A copy with the flaws of these operators, one after another, and the flaws that could be seeded."""
    broken = spec.model_copy(deep=True)
    flaws: list[Flaw] = []
    for operator in operators:
        attempt = broken.model_copy(deep=True)
        done = operator.seed(attempt)
        if done and not {at for flaw in flaws for at in flaw.at} & set(done[0]):
            broken = Spec.model_validate(attempt.model_dump())
            flaws.append(Flaw(operator.name, operator.severity, operator.held_out, done[0], operator.signs, done[1]))
    return broken, flaws


def mutants(spec: Spec, operators: Iterable[Operator] = OPERATORS) -> Iterator[tuple[Spec, Flaw]]:
    """The spec with one flaw, for each operator that finds something to break."""
    for operator in operators:
        broken, flaws = seeded(spec, [operator])
        if flaws:
            yield broken, flaws[0]
