"""The way of a PRD: gather what to draft from, draft the sections, read them as a critic, revise, sum up, assemble."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Unpack, cast

from specdraft import lenses
from specdraft.assembly import asked_in, assemble, finish
from specdraft.critic import Review, read
from specdraft.document import Spec
from specdraft.drafter import Drafts, Work, close, draft_sections, mend
from specdraft.errors import ModelError
from specdraft.links import landed
from specdraft.models.base import Model, is_verbatim
from specdraft.opening import Options, course, opened, waited
from specdraft.outline import OUTLINE, SectionPlan
from specdraft.reviser import land, redrafted, revised, to_mend
from specdraft.run import Course
from specdraft.sending import Sending, estimate, prepared, prepared_spec
from specdraft.source import Source
from specdraft.spec import Critique, Question, Questions
from specdraft.spec.ids import number


def draft(source: str | Path | Source, **options: Unpack[Options]) -> Spec:
    """Draft a spec; `draft_async` for scripts and notebook cells. See there."""
    return waited(lambda: draft_async(source, **options))


async def draft_async(source: str | Path | Source, **options: Unpack[Options]) -> Spec:
    """Draft a spec from a PRD or a ticket.

    A section that could not be drafted is listed in `meta.failures`; the others are there all the same.

    Args:
        source: a path, or a `Source`. A string is always a path: for text, `Source.from_text(text)`.
        options: see `Options`: `model`, `context`, `answers`, `budget_usd`, `progress`, ...

    Raises:
        SourceError: the source cannot be read, or does not fit into the model's window.
        ModelError: the model could not be used at all; nothing was drafted.
    """
    sending = prepared(source, **_gathering(options))
    async with opened(options) as model:
        run = _course(sending, model, options)
        given = {"questions": Questions(open_questions=sending.questions)} if sending.questions else {}
        work = Work(sending.material, model, run.section)
        drafts = await draft_sections(work, given)
        _raise_if_nothing(drafts, given)
        spec = assemble(drafts, sending.material)
        if options.get("critique", True) and not drafts.error:
            await criticise(spec, work, drafts, options.get("lens", ()))
        await close(work, drafts)
    return finish(spec, sending, drafts, run, model)


def ask(source: str | Path | Source, **options: Unpack[Options]) -> list[Question]:
    """Only what the source leaves open; `ask_async` for scripts and notebook cells. See there."""
    return waited(lambda: ask_async(source, **options))


async def ask_async(source: str | Path | Source, **options: Unpack[Options]) -> list[Question]:
    """Only what the source leaves open, where it contradicts itself, and what a design would have to assume.

    It is the first call of a draft: a draft that follows does not pay for it again. `specdraft.questionnaire`
    writes the questions as a file to fill in, which `draft(..., answers=...)` takes.

    Raises:
        SourceError, ModelError: as `draft_async`.
    """
    sending = prepared(source, **_gathering(options))
    async with opened(options) as model:
        run = _course(sending, model, options, FIRST)
        drafts = await draft_sections(Work(sending.material, model, run.section), {}, FIRST)
    _raise_if_nothing(drafts, {})
    return sending.mask.restore(cast("Questions", drafts.sections["questions"])).open_questions


FIRST: tuple[SectionPlan, ...] = tuple(plan for plan in OUTLINE if not plan.needs)
"""What a run asks before anything else."""


def _gathering(options: Options) -> dict[str, Any]:
    return {name: options[name] for name in ("model", "context", "answers", "redact") if name in options}


def _course(sending: Sending, model: Model, options: Options, plans: Sequence[SectionPlan] = OUTLINE) -> Course:
    material = sending.material
    digests = [document.sha256 for document in (material.source, *material.context)]
    notices = () if is_verbatim(model) else (str(estimate(material, model.name, plans)), *sending.notices)
    return course(model, options, material.source.name, digests, notices)


def _raise_if_nothing(drafts: Drafts, given: dict[str, Any]) -> None:
    """Is there anything to show? If not, why.

    Raises:
        ModelError: there is not.
    """
    if len(drafts.sections) > len(given):
        return
    if drafts.error:
        raise drafts.error
    reasons = list(dict.fromkeys(failure.reason for failure in drafts.failures.values()))
    raise ModelError(f"nothing could be drafted: {'; '.join(reasons)}", hint="Try again later, or another model.")


async def criticise(spec: Spec, work: Work, drafts: Drafts, names: Sequence[str]) -> None:
    """Read the draft through the lenses and carry out what is accepted, in place: in the spec and in the drafts."""
    reading = await read(review := _review(spec, work, names))
    spec.critique = Critique(findings=reading.findings, set_aside=reading.set_aside, failures=reading.failures)
    spec.meta.last_ids = number([("F", reading.findings)], spec.meta.last_ids)
    drafts.notices += reading.notices
    drafts.error = drafts.error or reading.error
    before = spec.model_copy(deep=True)
    if remarks := to_mend(spec.critique.findings):
        await mend(work, drafts, remarks)
        for name in remarks:
            setattr(spec, name, drafts.sections[name])
        landed(drafts.sections)
        redrafted(before, spec)
    land(spec, {each.name: each.category for each in review.lenses})
    if not is_verbatim(work.model):
        for name in ("risks", "alternatives"):
            work.judge.settle(name, getattr(spec, name), drafts.sections)
    asked = asked_in(drafts)
    raised = [each for each in spec.open_questions if each.id not in {known.id for known in asked}]
    drafts.sections.pop("agreement", None)
    drafts.sections["questions"] = Questions(open_questions=[*asked, *raised])


def _review(spec: Spec, work: Work, names: Sequence[str]) -> Review:
    return Review(spec, work.material, work.model, lenses.chosen(spec, work.material, names), work.watch)


def critique(spec: Spec, source: str | Path | Source | None = None, **options: Unpack[Options]) -> Critique:
    """Read a spec as a critic; `critique_async` for scripts and notebook cells. See there."""
    return waited(lambda: critique_async(spec, source, **options))


async def critique_async(spec: Spec, source: str | Path | Source | None = None, **options: Unpack[Options]) -> Critique:
    """Read any spec, drafted or hand-written, through the critic's lenses. The spec is not changed.

    What people decided on the findings that the spec has already stays as it is, and is not raised anew. To carry out
    what is accepted: `revise(spec, critique)`.

    Args:
        spec: the spec; `load_spec(path)` reads one.
        source: the PRD or ticket that it was drafted from: a path or a `Source`.
        options: see `Options`: `model`, `lens`, `context`, `budget_usd`, `progress`, ...

    Returns:
        the findings, worst first; `failures` says which lenses gave no answer.

    Raises:
        SourceError: the source cannot be read.
        ModelError: the model could not be used at all.
    """
    sending = prepared_spec(spec, source, **_gathering(options))
    async with opened(options) as model:
        chosen = lenses.chosen(sending.spec, sending.material, options.get("lens", ()))
        asks = f"{spec.title} goes to {model.name}: about {len(chosen) + 1} calls"
        run = course(model, options, f"critique {spec.title}", sending.digests, (asks, *sending.notices))
        reading = await read(Review(sending.spec, sending.material, model, chosen, run.section))
    if reading.error and len(reading.failures) >= len(chosen):
        raise reading.error
    found = Critique(
        findings=reading.findings,
        set_aside=reading.set_aside,
        revisions=spec.critique.revisions,
        failures=reading.failures,
    )
    return sending.mask.restore(found)


def revise(spec: Spec, critique: Critique) -> Spec:
    """A copy of the spec with that critique, in which each accepted finding has landed.

    A risk enters the risks, with the step, test or monitor that meets it; an alternative the options; what must be
    decided the open questions. `critique.revisions` of the copy lists the differences.
    """
    return revised(spec, critique, {lens.name: lens.category for lens in lenses.table()})
