"""What follows from a critique: each accepted finding lands in the plan, by code, and nothing else is touched.

A risk enters the risk section and gets a step, a test or a monitor that names it; an alternative becomes an option;
what the author must decide becomes an open question. So an accepted risk is never without what carries it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeVar

from specdraft import facts
from specdraft.difference import difference
from specdraft.links import carry_out
from specdraft.places import section_of
from specdraft.spec import Critique, Finding, Monitor, Option, Question, Revision, Risk, SpecFields, Step, Test
from specdraft.spec.ids import ITEMS, items, number

RAISED_BY = "critic:"
"""What `raised_by` of a risk or an option begins with that a finding became."""
_LEVELS = {"L4": "high", "L3": "high", "L2": "medium", "L1": "low"}
_IMPACTS = {"S1": "high", "S2": "high", "S3": "medium", "S4": "low"}
_BLOCKING = ("problem", "solution", "risks", "alternatives", "rollout", "success")


@dataclass
class _Landing:
    """One accepted finding on its way into a spec."""

    spec: SpecFields
    finding: Finding
    category: str
    drafted: frozenset[str]
    """Ids of the steps that were there before any finding landed."""

    def risk(self) -> list[str]:
        """The risks that its suggestion meets: those that it names, or the one that it is."""
        finding = self.finding
        named = [each for each in finding.targets if each.startswith("R")]
        if finding.kind != "risk" or named:
            return named
        risk = Risk.model_validate(
            {
                "title": finding.title,
                "description": finding.mechanism,
                "category": self.category,
                "likelihood": _LEVELS[finding.likelihood],
                "impact": _IMPACTS[finding.severity],
                "mitigation": f"Accepted: {finding.resolution}" if finding.resolution else finding.suggestion,
                "raised_by": RAISED_BY + finding.lens,
                "citations": finding.citations,
            }
        )
        return [self._added(self.spec.risks.items, risk)]

    def step(self) -> None:
        """What is done, at the place of the plan that the finding names."""
        steps = self.spec.rollout.steps
        step = Step(text=self.finding.suggestion, mitigates=self.risk())
        named = [each.id for each in steps if each.id in self.finding.targets]
        at = next((n for n, each in enumerate(steps) if named and each.id == named[0]), len(steps))
        first = next((n for n, each in enumerate(steps) if each.id in self.drafted), 0)
        self._added(steps, step, first if self.finding.lands_in == "before build" else at)
        self.spec.rollout.status = "drafted"

    def test(self) -> None:
        """What proves it."""
        self._added(self.spec.success.validation, Test(text=self.finding.suggestion, verifies=self._linked()))

    def monitor(self) -> None:
        """What shows it."""
        self._added(self.spec.success.monitors, Monitor(text=self.finding.suggestion, watches=self._linked()))

    def option(self) -> None:
        """What else could be done."""
        finding = self.finding
        option = Option(
            name=finding.title,
            description=finding.mechanism,
            why_not=finding.suggestion,
            approach=finding.approach,
            scores=finding.scores,
            raised_by=RAISED_BY + finding.lens,
            citations=finding.citations,
        )
        self._added(self.spec.alternatives.options, option)

    def question(self) -> None:
        """What must be decided; a risk enters the risks all the same."""
        finding = self.finding
        risk = self.risk()
        places = [*map(section_of, finding.targets), *_quoted(finding)]
        asked = finding.question or f"{finding.title.rstrip('.?')}: {finding.suggestion or 'what holds?'}"
        if finding.question and finding.title.endswith("?"):
            asked = f"{finding.title} {finding.question}"
        question = Question.model_validate(
            {
                "question": asked,
                "why": f"{finding.mechanism} ({', '.join(risk)})" if risk else finding.mechanism,
                "blocks": [each for each in _BLOCKING if each in places],
                "citations": finding.citations,
            }
        )
        self._added(self.spec.open_questions, question)

    def _linked(self) -> list[str]:
        """What a test or a monitor is about."""
        return list(dict.fromkeys([*self.risk(), *(each for each in self.finding.targets if each[0] in "GSV")]))

    def _added(self, group: list[Any], item: Any, at: int | None = None) -> str:
        group.insert(len(group) if at is None else at, item)
        letter = next(letter for path, letter in ITEMS.items() if attrgetter(path)(self.spec) is group)
        self.spec.meta.last_ids = number([(letter, group)], self.spec.meta.last_ids)
        return str(item.id)


_LANDS: dict[str | None, Callable[[_Landing], None]] = {
    "test": _Landing.test,
    "monitor": _Landing.monitor,
    "question": _Landing.question,
    "alternatives": _Landing.question,
}
"""How a finding lands; where the table has no row, as a step."""


def land(spec: SpecFields, categories: Mapping[str, str] | None = None) -> list[Revision]:
    """Carry out the accepted findings of a spec that have not landed yet, in place.

    A finding that is accepted with a `resolution` is accepted as it is, for that reason: its risk enters, no step does.

    Args:
        spec: with a critique; each finding that lands says in its `resolution` what it became.
        categories: the category of the risks that a lens raises, by its name.

    Returns:
        what has changed, also added to the critique.
    """
    changes: list[Revision] = []
    drafted = frozenset(step.id for step in spec.rollout.steps)
    for finding in spec.critique.findings:
        if finding.status == "accepted" and not finding.resolution.startswith(_LANDED):
            category = (categories or {}).get(finding.lens.partition(", ")[0], "other")
            changes += _landed(_Landing(spec, finding, category, drafted))
    spec.critique.revisions += changes
    return changes


_LANDED = "→ "
"""What the resolution of a finding that has landed begins with."""


def _landed(landing: _Landing) -> list[Revision]:
    spec, finding = landing.spec, landing.finding
    before = spec.model_copy(deep=True)
    there = {item.id for _, item in items(spec)}
    if finding.resolution:
        landing.risk()
    elif finding.kind == "alternative":
        landing.option()
    elif finding.kind == "contradiction" or not finding.suggestion:
        landing.question()
    else:
        _LANDS.get(finding.lands_in, _Landing.step)(landing)
    carry_out({name: getattr(spec, name) for name in ("risks", "rollout", "success")})
    made = [item.id for _, item in items(spec) if item.id not in there]
    finding.resolution = f"{_LANDED}{', '.join(made) or 'noted'}. {finding.resolution}".strip()
    return [each.model_copy(update={"finding": finding.id}) for each in difference(before, spec)]


def to_mend(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """What a model should mend by drafting a section once more, by section.

    The accepted contradictions, and the accepted gaps in items that are there. What is new lands by code (`land`).
    """
    remarks: dict[str, list[str]] = {}
    for finding in _unsettled(findings):
        if section := _section(finding):
            remarks.setdefault(section, []).append(f"{finding.title}: {finding.mechanism} -> {finding.suggestion}")
    return remarks


def redrafted(before: SpecFields, spec: SpecFields) -> None:
    """After sections were drafted once more: say so on the findings, in place, and let go of targets that are gone.

    A change is put down to the finding whose words it takes up; where none can be told, to all that asked for the
    section.
    """
    there = {item.id for _, item in items(spec)}
    mended: dict[str, list[Finding]] = {}
    for finding in _unsettled(spec.critique.findings):
        mended.setdefault(_section(finding), []).append(finding)
    changes = [each for each in difference(before, spec) if section_of(each.at) in mended]
    for change in changes:
        change.finding = ", ".join(each.id for each in _taken_up(change, mended[section_of(change.at)]))
    spec.critique.revisions += changes
    for section, findings in mended.items():
        for finding in findings if getattr(before, section) != getattr(spec, section) else ():
            own = [each.at for each in changes if each.finding == finding.id and each.change != "removed"]
            finding.resolution = f"{_LANDED}{', '.join(dict.fromkeys(own)) or f'{section} drafted again'}."
    for finding in spec.critique.findings:
        finding.targets = [each for each in finding.targets if each in there]


def _taken_up(change: Revision, findings: list[Finding]) -> list[Finding]:
    """The findings that most words of what is new, or of what was taken away, come from."""
    words = facts.stems(change.text) - facts.stems(change.before)
    shares = [len(words & facts.stems(f"{each.title} {each.mechanism} {each.suggestion}")) for each in findings]
    clear = shares.count(max(shares)) == 1 and max(shares) > 1 and change.change != "removed"
    return [findings[shares.index(max(shares))]] if clear else findings


def _unsettled(findings: Iterable[Finding]) -> list[Finding]:
    return [
        each
        for each in findings
        if each.status == "accepted"
        and not each.resolution
        and each.kind in ("contradiction", "gap")
        and _section(each)
    ]


def _section(finding: Finding) -> str:
    """The section that must change, if the finding says how: that of its first target, which a gap must have."""
    targets = [section_of(each) for each in finding.targets if each[0] in _MENDED]
    places = targets + (_quoted(finding) if finding.kind == "contradiction" else [])
    return next((each for each in places if each in _BLOCKING), "") if finding.suggestion else ""


_MENDED = "GNKASVTM"
"""Letters of the items that a model mends; risks and questions get what meets them from code."""


def _quoted(finding: Finding) -> list[str]:
    """The sections of what it quotes, the last quoted first."""
    return [section_of(each.at) for each in reversed(finding.evidence)]


Fields = TypeVar("Fields", bound=SpecFields)


def revised(spec: Fields, critique: Critique, categories: Mapping[str, str] | None = None) -> Fields:
    """A copy of the spec with that critique, its accepted findings carried out."""
    copy = spec.model_copy(update={"critique": critique}).model_copy(deep=True)
    copy.meta.last_ids = number([("F", copy.critique.findings)], copy.meta.last_ids)
    land(copy, categories)
    return copy
