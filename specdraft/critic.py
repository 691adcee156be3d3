"""The critic: one lens, all lenses side by side, and the referee who rules on what they found."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import cast

from pydantic import BaseModel

from specdraft import checklist, prompts
from specdraft.errors import AnswerError, ModelError
from specdraft.findings import FindingJudge, merge, merged, renewed
from specdraft.lenses import Lens
from specdraft.material import Material
from specdraft.models.base import Ask, Model, Prompt, Run, is_verbatim
from specdraft.outline import REFEREE, SectionPlan, read_through
from specdraft.source import Source
from specdraft.spec import Failure, Finding, Findings, Rulings, SetAside, SpecFields
from specdraft.spec.ids import number

MOST, ACCEPTED = 20, 8
"""Findings that stay in the end at most, alternatives apart, and how many of them the referee may have carried out."""


@dataclass(frozen=True)
class Review:
    """A spec to read: with what, by whom, and who watches."""

    spec: SpecFields
    material: Material | None
    """Its source, where it is at hand."""
    model: Model
    lenses: Sequence[Lens]
    watch: Callable[[str], Run] = lambda _: Run()

    @cached_property
    def judge(self) -> FindingJudge:
        """Reads the spec and its source once."""
        return FindingJudge(self.spec, self.material)

    @cached_property
    def system(self) -> str:
        """What every ask of the critic begins with."""
        return prompts.render("critic.md.j2", material=self.material, spec=self.judge.places.shown())

    @cached_property
    def decided(self) -> list[Finding]:
        """The findings that people have ruled on."""
        return [each for each in self.spec.critique.findings if each.status != "open"]

    @cached_property
    def hits(self) -> list[Finding]:
        """What the rules find without a model."""
        return checklist.broken(self.spec)

    @property
    def asked_of(self) -> Material:
        """The material of an ask; where the source is not at hand, the spec stands for it."""
        return self.material or Material(Source.from_text(self.judge.places.texts["spec"] or " ", name=self.spec.title))


@dataclass
class Reading:
    """What came of a reading."""

    findings: list[Finding] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    """What the referee dropped, in the order of the lenses."""
    failures: list[Failure] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    error: ModelError | None = None
    """Why the model could not be used any more."""


async def read(review: Review) -> Reading:
    """The spec through all its lenses: the findings that hold, those of one mechanism as one, worst first, with ids.

    A lens that gets no answer costs that lens: `failures` says why.
    """
    reading = Reading()
    if is_verbatim(review.model):
        found = checklist.findings(review.spec, review.material, review.lenses)
        reading.notices += _full(found)
        reading.findings = merged(review.judge.settle(found))
    else:
        first = [await _attempt(lens, review, reading) for lens in review.lenses[:1]]  # it fills the provider's cache
        others = await asyncio.gather(*(_attempt(lens, review, reading) for lens in review.lenses[1:]))
        reading.findings = merged(finding for found in (*first, *others) for finding in found)
        await _ruled(review, reading)
    reading.findings = renewed(review.spec.critique.findings, reading.findings, review.judge)
    number([("F", reading.findings)], review.spec.meta.last_ids)
    return reading


def _full(found: Sequence[Finding]) -> list[str]:
    """Which rules may hold in more places than they raise."""
    counts = Counter(each.placed_by.rule for each in found if each.placed_by)
    return [
        f"critic: the first {count} places of “{rule}” are shown, there may be more"
        for rule, count in counts.items()
        if count >= checklist.MOST
    ]


async def read_lens(lens: Lens, review: Review, run: Run) -> list[Finding]:
    """The findings of one lens that hold."""
    suspects = [f"{hit.title}. {hit.mechanism}" for hit in review.hits if hit.lens == lens.name]
    asked = partial(prompts.render, "lens.md.j2", lens=lens, suspects=suspects, decided=review.decided, most=lens.most)
    answer = await _asked(
        read_through(lens.name), review, run, asked, lambda part: review.judge.faults(cast("Findings", part).findings)
    )
    found = cast("Findings", answer).findings
    for finding in found:
        finding.lens = lens.name
    kept = review.judge.settle(found)
    run.tell(
        "drafted", f"{len(kept)} findings" + (f", {len(found) - len(kept)} dropped" if len(found) > len(kept) else "")
    )
    return kept


async def _asked(
    plan: SectionPlan, review: Review, run: Run, text: Callable[[], str], faults: Callable[[BaseModel], list[str]]
) -> BaseModel:
    ask = Ask(plan, review.asked_of, {}, prompt=lambda: Prompt(review.system, text()), faults=faults, run=run)
    reply = await review.model.ask(ask)
    run.spent(reply.usage)
    return reply.section


async def _attempt(lens: Lens, review: Review, reading: Reading) -> list[Finding]:
    """The findings of the lens, or a line on why there are none."""
    run = review.watch(read_through(lens.name).name)
    try:
        if reading.error:
            raise reading.error
        return await read_lens(lens, review, run)
    except ModelError as error:
        _note(error, read_through(lens.name).name, run, reading)
        return []


async def _ruled(review: Review, reading: Reading) -> None:
    """Let the referee rule, and carry out what it says; where it gives no answer all findings stay as they are."""
    if not reading.findings or reading.error:
        return
    run = review.watch(REFEREE.name)
    numbered = [each.model_copy(update={"id": f"F{n}"}) for n, each in enumerate(reading.findings, 1)]
    try:
        answer = await _asked(
            REFEREE,
            review,
            run,
            partial(prompts.render, "referee.md.j2", findings=numbered, most=MOST, accepted=ACCEPTED),
            lambda part: _misruled(cast("Rulings", part), len(numbered)),
        )
    except ModelError as error:
        _note(error, REFEREE.name, run, reading)
        return
    raised = len(reading.findings)
    reading.findings, reading.set_aside, counts = _carried_out(cast("Rulings", answer), reading.findings)
    reading.notices.append(
        f"critic: {raised} findings through {len(review.lenses)} lenses, {counts['merge']} merged, "
        f"{counts['drop']} dropped by the referee"
    )
    run.tell("drafted", ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count))


def _note(error: ModelError, name: str, run: Run, reading: Reading) -> None:
    if not isinstance(error, AnswerError):
        reading.error = error
    elif not error.retryable:
        run.forget()
    reading.failures.append(Failure(section=name, reason=str(error)))
    run.tell("failed", str(error))


def _misruled(answer: Rulings, count: int) -> list[str]:
    """Findings that were not ruled on, and rulings on what is none."""
    wanted = {f"F{n}" for n in range(1, count + 1)}
    ruled = {each.finding: each for each in answer.rulings}
    found = [f"there is no ruling on {each}" for each in sorted(wanted - ruled.keys(), key=lambda each: int(each[1:]))]
    for each in answer.rulings:
        if each.finding not in wanted:
            found.append(f"there is no finding {each.finding}")
        elif each.verdict == "merge":
            into = ruled.get(each.into or "")
            if not into or into.verdict in ("merge", "drop") or each.into == each.finding:
                found.append(f"{each.finding} is merged into {each.into}, which does not stay: name one that does")
    return found


def _carried_out(
    answer: Rulings, findings: Sequence[Finding]
) -> tuple[list[Finding], list[SetAside], Mapping[str, int]]:
    """What stays, what is dropped, and how many findings got which verdict."""
    by_id = {f"F{n}": finding for n, finding in enumerate(findings, 1)}
    ruled = {each.finding: each for each in answer.rulings if each.finding in by_id}
    counts = {"accept": 0, "keep": 0, "merge": 0, "drop": 0}
    gone: set[str] = set()
    dropped: list[SetAside] = []
    for name, ruling in ruled.items():
        counts[ruling.verdict] += 1
        stays = ruled.get(ruling.into or "")
        if ruling.verdict == "drop":
            found = by_id[name]
            reason = _spelled_out(ruling.reason, by_id)
            dropped.append(SetAside(title=found.title, lens=found.lens, severity=found.severity, reason=reason))
            gone.add(name)
        elif ruling.verdict == "merge" and stays and stays.verdict in ("accept", "keep") and stays.finding != name:
            merge(by_id[stays.finding], by_id[name])
            gone.add(name)
        elif ruling.verdict == "accept":
            by_id[name].status = "accepted"
    kept = [finding for name, finding in by_id.items() if name not in gone]
    return sorted(kept, key=lambda each: each.priority), dropped, counts


def _spelled_out(text: str, findings: Mapping[str, Finding]) -> str:
    """The text with titles where it speaks of findings by number: in the end they have other numbers, or none."""
    return re.sub(r"\bF\d+\b", lambda at: f"“{findings[at[0]].title}”" if at[0] in findings else at[0], text)
