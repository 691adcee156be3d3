"""The critic without a model: rules over the typed spec, and questions that words of the source call for.

It is a checklist and says so: what a rule finds can be looked up, what a signal raises is a question. It knows nothing
of the project beyond its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from specdraft.checklist import choice, consistency, exposure, plan, proof, signals
from specdraft.checklist.rule import Read, Rule
from specdraft.lenses import Lens
from specdraft.material import Material
from specdraft.spec import Finding, Placement, SpecFields

RULES: tuple[Rule, ...] = (*plan.RULES, *proof.RULES, *choice.RULES, *consistency.RULES, *exposure.RULES)
"""Every rule, by family."""
MOST = 20
"""Places of one rule that are raised: who has more of them mends the kind, not the place."""


def broken(spec: SpecFields) -> list[Finding]:
    """What the rules find, whatever the lens; what an open question of the spec asks already is left out."""
    return list(_broken(spec, RULES))


def findings(spec: SpecFields, material: Material | None, lenses: Sequence[Lens]) -> list[Finding]:
    """What the rules and signals of these lenses find."""
    names = {lens.name for lens in lenses}
    found = _broken(spec, (rule for rule in RULES if rule.lens in names))
    return [*found, *signals.heard(spec, material, lenses)]


def _broken(spec: SpecFields, rules: Iterable[Rule]) -> Iterator[Finding]:
    read = Read(spec)
    for rule in rules:
        for hit in islice(rule.find(read), MOST):
            yield Finding(
                title=hit.title,
                lens=rule.lens,
                kind=rule.kind,
                mechanism=hit.mechanism,
                evidence=hit.evidence,
                severity=rule.severity,
                likelihood=rule.likelihood,
                reversible=rule.reversible,
                suggestion=hit.suggestion,
                question=hit.question,
                lands_in=rule.lands_in,
                targets=hit.targets,
                placed_by=Placement(how="checklist", rule=rule.name),
            )
