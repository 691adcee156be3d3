"""Opening a run: what a person may say about it, the model that it uses, its journal, its budget, whom it tells."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypedDict, TypeVar

from anyio.from_thread import start_blocking_portal

from specdraft.display import in_notebook
from specdraft.errors import ModelError, SpecdraftError
from specdraft.journal import Journal
from specdraft.models.base import Model, is_verbatim
from specdraft.models.facts import facts
from specdraft.models.offline.drafter import OfflineModel
from specdraft.progress import Watcher
from specdraft.questionnaire import Answered
from specdraft.run import Budget, Course

Answer = TypeVar("Answer")


class Options(TypedDict, total=False):
    """What `draft`, `ask` and `critique` take beside what they read; all may be left out."""

    model: str | Model
    """`offline` (the default), which needs no key and no network; a provider's model in Instructor's form
    `provider/model`, e.g. `openai/gpt-5-mini`; or an object that answers `ask`."""
    context: Sequence[str | Path]
    """Files and folders that tell what exists today. What fits is chosen; `meta.notices` lists the rest."""
    answers: Answered | str | Path | None
    """A questions file that was filled in, by its path or as read."""
    critique: bool
    """Read the draft through the critic's lenses and carry out what it accepts; true."""
    lens: Sequence[str]
    """Lenses to read through, by name or as Markdown files; otherwise those that the spec calls for."""
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
    keep: bool
    """Write the answers down for another run; true."""
    redact: bool
    """Mask addresses, numbers and secrets in what is sent; the draft has the originals again."""
    progress: Watcher | None
    """Called with each event of the run."""


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


def waited(call: Callable[[], Awaitable[Answer]]) -> Answer:
    """What comes of a coroutine function, in a plain script and in a cell of a notebook, where a loop runs, alike."""
    with start_blocking_portal() as portal:
        return portal.call(call)


def course(model: Model, options: Options, name: str, digests: Sequence[str], notices: Sequence[str]) -> Course:
    """The run of a model. Whoever watches is told of what will be sent before anything is.

    Args:
        model: who answers; a verbatim one needs no journal and costs nothing.
        options: what the person said.
        name: of what is read, for the journal's folder.
        digests: of all that is read: another run on the same finds what this one was answered.
        notices: what to tell.

    Raises:
        SpecdraftError: a budget in dollars for a model whose price is not known.
    """
    if is_verbatim(model):
        return Course(watcher=options.get("progress"))
    known = facts(model.name)
    budget = Budget(options.get("budget_usd"), options.get("budget_tokens"))
    if budget.usd is not None and known is None:
        raise SpecdraftError(f"the price of {model.name} is not known here", hint="Give the budget in tokens instead.")
    journal = Journal.of(name, model.name, digests) if options.get("keep", True) else None
    if journal and not options.get("resume", True):
        journal.clear()
    run = Course(journal, budget, known, options.get("progress") or in_notebook())
    for notice in notices:
        run.note(notice)
    return run
