"""Drafting: one section, and all of them, each as soon as what it needs is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from pydantic import BaseModel

from specdraft import wording
from specdraft.errors import AnswerError, ModelError
from specdraft.grounding import uncited
from specdraft.judgement import Judge
from specdraft.links import rename, wanting
from specdraft.material import Material
from specdraft.models.base import Ask, Model, Prompt, Run, is_verbatim
from specdraft.outline import OUTLINE, SectionPlan
from specdraft.spec import Agreement, Failure
from specdraft.spec.ids import carry, number, own


@dataclass(frozen=True)
class Work:
    """What the sections of one spec are drafted from, by whom, and who watches."""

    material: Material
    model: Model
    watch: Callable[[str], Run] = lambda _: Run()
    """The run, as the section of that name sees it."""

    @cached_property
    def system(self) -> str:
        """What every ask begins with."""
        return wording.system(self.material)

    @cached_property
    def judge(self) -> Judge:
        """Reads the material once, when the first answer is there."""
        return Judge(self.material)


@dataclass
class Drafts:
    """What has been drafted so far, and what could not be."""

    sections: dict[str, BaseModel]
    failures: dict[str, Failure] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    error: ModelError | None = None
    """Why the model could not be used any more."""


async def draft_section(
    plan: SectionPlan, work: Work, run: Run, done: Mapping[str, BaseModel], remarks: Sequence[str] = ()
) -> tuple[BaseModel, list[str]]:
    """One section, judged and settled, its items numbered; and what had to be taken out of it.

    Args:
        plan: the section.
        work: what to draft it from.
        run: what it may spend, and whom it tells.
        done: the sections drafted so far.
        remarks: what to mend in it, if it was drafted before.
    """
    needs = (*plan.needs, "agreement") if remarks else plan.needs
    seen = {name: done[name] for name in needs if name in done}
    before = done.get(plan.name)
    reply = await work.model.ask(
        Ask(
            plan,
            work.material,
            seen,
            prompt=partial(_prompt, plan, work, seen, remarks, before),
            faults=lambda section: work.judge.faults(plan.name, section, seen),
            run=run,
        )
    )
    run.spent(reply.usage)
    section = reply.section
    for _, group in own(plan.name, section):
        for item in group:
            item.id = ""  # ids are given by code, whatever a model says
    told = [] if is_verbatim(work.model) else work.judge.settle(plan.name, section, seen)
    if before is not None:
        rename(plan.name, section, carry(plan.name, before, section))
    number(own(plan.name, section), _given(seen))
    run.tell("drafted", _counted(section))
    return section, told


async def draft_sections(work: Work, given: Mapping[str, BaseModel], plans: Sequence[SectionPlan] = OUTLINE) -> Drafts:
    """Every section that is not given, but what sums them up; those that do not agree with the others once more."""
    drafts = Drafts(dict(given))
    await _draft([plan for plan in plans if not _is_closing(plan) and plan.name not in given], work, drafts)
    await mend(work, drafts, _remarks(drafts), plans)
    return drafts


async def mend(
    work: Work, drafts: Drafts, remarks: Mapping[str, list[str]], plans: Sequence[SectionPlan] = OUTLINE
) -> None:
    """Draft the sections once more of which something was remarked, in place."""
    await _draft([plan for plan in plans if plan.name in remarks], work, drafts, remarks)
    if remarks:  # what has changed may have come apart
        loose = {plan.name: wanting(plan.name, drafts.sections.get(plan.name), drafts.sections) for plan in plans}
        await _draft([plan for plan in plans if loose[plan.name]], work, drafts, loose)


async def close(work: Work, drafts: Drafts, plans: Sequence[SectionPlan] = OUTLINE) -> None:
    """What sums the sections up; and what they propose beyond the source is marked, in place."""
    await _draft([plan for plan in plans if _is_closing(plan)], work, drafts)
    if not is_verbatim(work.model):
        for section in drafts.sections.values():
            work.judge.mark(section)


def _is_closing(plan: SectionPlan) -> bool:
    return "agreement" in plan.needs


async def _draft(
    plans: Sequence[SectionPlan], work: Work, drafts: Drafts, remarks: Mapping[str, list[str]] | None = None
) -> None:
    """These sections, side by side where none needs the other."""
    finished = {plan.name: asyncio.Event() for plan in plans}

    async def one(plan: SectionPlan) -> None:
        for need in plan.needs:
            if need in finished:
                await finished[need].wait()
        await _attempt(plan, work, drafts, (remarks or {}).get(plan.name, ()))
        finished[plan.name].set()

    try:
        async with asyncio.TaskGroup() as group:
            for plan in plans:
                group.create_task(one(plan))
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None


async def _attempt(plan: SectionPlan, work: Work, drafts: Drafts, remarks: Sequence[str]) -> None:
    """The section, or a line on why there is none; once the model cannot be used it is not asked any more."""
    run = work.watch(plan.name)
    try:
        if drafts.error:
            raise drafts.error
        section, told = await draft_section(plan, work, run, drafts.sections, remarks)
        drafts.sections[plan.name] = section
        drafts.notices += [f"{plan.name}: {each}" for each in told]
    except ModelError as error:
        if not isinstance(error, AnswerError):
            drafts.error = error
        elif not error.retryable:
            run.forget()
        if plan.name not in drafts.sections:
            drafts.failures[plan.name] = Failure(section=plan.name, reason=str(error))
        else:
            drafts.notices.append(f"{plan.name}: not asked again to make it agree with the others: {error}")
        run.tell("failed", str(error))


def _prompt(
    plan: SectionPlan, work: Work, seen: Mapping[str, BaseModel], remarks: Sequence[str], before: BaseModel | None
) -> Prompt:
    suspects = _unreflected(work.material, seen) if plan.model is Agreement else ()
    asked = wording.ask(plan, work.material, seen, remarks=remarks, suspects=suspects, previous=before)
    return Prompt(work.system, asked)


_MOST_SUSPECTS = 40
_SENTENCE = 4
"""Words; what has fewer is a label."""


def _unreflected(material: Material, seen: Mapping[str, BaseModel]) -> list[str]:
    """Sentences of the source that no section cites."""
    cited = [each for part in uncited(seen.values(), material.source, touched=0) for each in part.citations]
    left = [each for each in cited if len(each.quote.split()) >= _SENTENCE]
    lines = [f"no section cites [{each.passage}] {' '.join(each.quote.split())[:300]}" for each in left]
    return lines[:_MOST_SUSPECTS]


def _remarks(drafts: Drafts) -> dict[str, list[str]]:
    """What the sections disagree on, by the section that must change."""
    found = drafts.sections.get("agreement")
    remarks: dict[str, list[str]] = {}
    for each in found.disagreements if isinstance(found, Agreement) else ():
        if each.section in drafts.sections:
            remarks.setdefault(each.section, []).append(" -> ".join(filter(None, (each.what, each.remedy))))
    return remarks


def _given(seen: Mapping[str, Any]) -> list[str]:
    """The highest id of a question so far: those that are found later go on from there."""
    asked = seen["questions"].open_questions if "questions" in seen else []
    return [f"Q{max((int(item.id[1:]) for item in asked), default=0)}"]


def _counted(section: BaseModel) -> str:
    """What is in it, for somebody who waits: `3 goals, 2 non goals`."""
    lists = {name: getattr(section, name) for name in type(section).model_fields}
    return ", ".join(f"{len(v)} {k.replace('_', ' ')}" for k, v in lists.items() if isinstance(v, list) and v)
