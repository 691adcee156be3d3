"""The way of a PRD: gather what to draft from, draft the sections, list what none of them cites, assemble the spec."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack, cast

from anyio.from_thread import start_blocking_portal

from specdraft import prompts
from specdraft.display import in_notebook
from specdraft.document import Spec
from specdraft.drafter import Drafts, Work, draft_sections
from specdraft.errors import ModelError, SpecdraftError
from specdraft.grounding import uncited
from specdraft.journal import Journal
from specdraft.links import landed
from specdraft.models.base import Model, is_verbatim
from specdraft.models.facts import facts
from specdraft.models.offline.drafter import OfflineModel
from specdraft.outline import OUTLINE, SectionPlan
from specdraft.progress import Watcher
from specdraft.questionnaire import Answered
from specdraft.run import Budget, Course
from specdraft.sending import Sending, estimate, prepared
from specdraft.source import Source
from specdraft.spec import Agreement, Headline, Meta, Question, Questions, SourceRef
from specdraft.spec.fields import UNTITLED


class Options(TypedDict, total=False):
    """What `draft` and `ask` take beside the source; all may be left out."""

    model: str | Model
    """`offline` (the default), which needs no key and no network; a provider's model in Instructor's form
    `provider/model`, e.g. `openai/gpt-5-mini`; or an object that answers `ask`."""
    context: Sequence[str | Path]
    """Files and folders that tell what exists today. What fits is chosen; `meta.notices` lists the rest."""
    answers: Answered | str | Path | None
    """A questions file that was filled in, by its path or as read."""
    concurrency: int
    """Requests under way at the same time; 8."""
    budget_usd: float | None
    budget_tokens: int | None
    """What the run may spend. At the limit it stops, and what was drafted is returned."""
    mode: str | None
    """One of Instructor's modes, where the default of the provider does not suit a server."""
    timeout: float
    """Seconds to wait for one answer; 600."""
    resume: bool
    """Use what earlier runs on the same input were answered; true."""
    redact: bool
    """Mask addresses, numbers and secrets in what is sent; the draft has the originals again."""
    progress: Watcher | None
    """Called with each event of the run."""


def draft(source: str | Path | Source, **options: Unpack[Options]) -> Spec:
    """Draft a spec; `draft_async` for scripts and notebook cells. See there."""
    with start_blocking_portal() as portal:
        return portal.call(lambda: draft_async(source, **options))


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
        course = _course(sending, model, options)
        given = {"questions": Questions(open_questions=sending.questions)} if sending.questions else {}
        drafts = await draft_sections(Work(sending.material, model, course.section), given)
    _raise_if_nothing(drafts, given)
    return assemble(sending, model, drafts, course)


def ask(source: str | Path | Source, **options: Unpack[Options]) -> list[Question]:
    """Only what the source leaves open; `ask_async` for scripts and notebook cells. See there."""
    with start_blocking_portal() as portal:
        return portal.call(lambda: ask_async(source, **options))


async def ask_async(source: str | Path | Source, **options: Unpack[Options]) -> list[Question]:
    """Only what the source leaves open, where it contradicts itself, and what a design would have to assume.

    It is the first call of a draft: a draft that follows does not pay for it again. `specdraft.questionnaire`
    writes the questions as a file to fill in, which `draft(..., answers=...)` takes.

    Raises:
        SourceError, ModelError: as `draft_async`.
    """
    sending = prepared(source, **_gathering(options))
    async with opened(options) as model:
        course = _course(sending, model, options, FIRST)
        drafts = await draft_sections(Work(sending.material, model, course.section), {}, FIRST)
    _raise_if_nothing(drafts, {})
    return sending.mask.restore(cast("Questions", drafts.sections["questions"])).open_questions


FIRST: tuple[SectionPlan, ...] = tuple(plan for plan in OUTLINE if not plan.needs)
"""What a run asks before anything else."""


@asynccontextmanager
async def opened(options: Options) -> AsyncIterator[Model]:
    """The model that the options name, its connections open until the context ends.

    Raises:
        ModelError: there is none, or it cannot be used.
    """
    model = options.get("model", "offline")
    if not isinstance(model, str):
        yield model
    elif model == "offline":
        yield OfflineModel()
    elif "/" in model:
        from specdraft.models.instructor_.model import connected

        settings: dict[str, Any] = {
            name: options[name] for name in ("mode", "timeout", "concurrency") if name in options
        }
        async with connected(model, **settings) as connection:
            yield connection
    else:
        raise ModelError(
            f"there is no model {model!r} here", hint="Name offline, or provider/model such as openai/gpt-5-mini."
        )


def _gathering(options: Options) -> dict[str, Any]:
    return {name: options[name] for name in ("model", "context", "answers", "redact") if name in options}


def _course(sending: Sending, model: Model, options: Options, plans: Sequence[SectionPlan] = OUTLINE) -> Course:
    """The run: its journal, its budget, and whom it tells. It tells what will be sent before anything is.

    Raises:
        SpecdraftError: a budget in dollars for a model whose price is not known.
    """
    if is_verbatim(model):
        return Course(watcher=options.get("progress"))
    known = facts(model.name)
    budget = Budget(options.get("budget_usd"), options.get("budget_tokens"))
    if budget.usd is not None and known is None:
        raise SpecdraftError(f"the price of {model.name} is not known here", hint="Give the budget in tokens instead.")
    digests = [document.sha256 for document in (sending.material.source, *sending.material.context)]
    journal = Journal.of(sending.material.source.name, model.name, digests)
    if not options.get("resume", True):
        journal.clear()
    course = Course(journal, budget, known, options.get("progress") or in_notebook())
    for notice in (str(estimate(sending.material, model.name, plans)), *sending.notices):
        course.note(notice)
    return course


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


def assemble(sending: Sending, model: Model, drafts: Drafts, course: Course) -> Spec:
    """The spec of the sections, with what the source says and none of them cites."""
    material, sections = sending.material, dict[str, Any](drafts.sections)
    unlinked = landed(sections)
    headline = sections.pop("headline", None) or Headline(title=_title(material.source))
    questions = sections.pop("questions", Questions())
    agreement = sections.pop("agreement", Agreement())
    answered = {f"Q{passage.id[1:]}" for passage in material.answers}
    notices = [
        *material.source.notices,
        *material.notices,
        *sending.notices,
        *drafts.notices,
        *unlinked,
        *course.remarks,
    ]
    spec = Spec(
        title=headline.title,
        summary=headline.summary,
        open_questions=[
            each for each in [*questions.open_questions, *agreement.open_questions] if each.id not in answered
        ],
        **sections,
        meta=Meta(
            date=today(),
            model=model.name,
            prompt_version="" if is_verbatim(model) else prompts.version(),
            usage=course.total,
            sources=[SourceRef(name=each.name, sha256=each.sha256) for each in (material.source, *material.context)],
            failures=list(drafts.failures.values()),
            notices=notices,
        ),
    )
    spec.unplaced = uncited(spec, material.source, material.answers)
    return sending.mask.restore(spec)


def _title(source: Source) -> str:
    """What the source is called, where no model said it better."""
    headings = (passage.text.partition("\n")[0] for passage in source.passages if passage.kind == "heading")
    return source.title or next(headings, UNTITLED)


def today() -> str:
    """The day, or that of SOURCE_DATE_EPOCH where a build must come out the same."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now().astimezone()
    return moment.date().isoformat()
