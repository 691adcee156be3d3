"""The way of a PRD: draft the sections, list what none of them cites, assemble the spec."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from anyio.from_thread import start_blocking_portal

from specdraft.document import Spec
from specdraft.drafter import draft_sections
from specdraft.errors import ModelError
from specdraft.grounding import uncited
from specdraft.models.base import Model, Reply
from specdraft.models.offline.drafter import OfflineModel
from specdraft.source import Source
from specdraft.spec import Headline, Meta, Questions, SourceRef, Usage

MODELS = {"offline": OfflineModel}
"""What `model=` and `--model` take."""


def draft(source: str | Path | Source, *, model: str | Model = "offline") -> Spec:
    """Draft a spec; `draft_async` for scripts and notebook cells. See there."""
    with start_blocking_portal() as portal:
        return portal.call(lambda: draft_async(source, model=model))


async def draft_async(source: str | Path | Source, *, model: str | Model = "offline") -> Spec:
    """Draft a spec from a PRD or a ticket.

    Args:
        source: a path, or a `Source`. A string is always a path: for text, `Source.from_text(text)`.
        model: `offline`, which needs no key and no network; or an object that answers `ask`.

    Raises:
        SourceError: the source cannot be read.
        ModelError: there is no such model.
    """
    if not isinstance(source, Source):
        source = Source.from_path(source)
    drafter = named(model) if isinstance(model, str) else model
    return assemble(source, drafter.name, await draft_sections(source, drafter))


def named(model: str) -> Model:
    """The model of that name.

    Raises:
        ModelError: there is none.
    """
    if model not in MODELS:
        raise ModelError(f"there is no model {model!r} here", hint=f"This version drafts with: {', '.join(MODELS)}.")
    return MODELS[model]()


def assemble(source: Source, model: str, replies: dict[str, Reply]) -> Spec:
    """The spec of the sections, with what the source says and none of them cites."""
    sections: dict[str, Any] = {name: reply.section for name, reply in replies.items()}
    headline = cast("Headline", sections.pop("headline"))
    questions = cast("Questions", sections.pop("questions"))
    spec = Spec(
        title=headline.title,
        summary=headline.summary,
        open_questions=questions.open_questions,
        **sections,
        meta=Meta(
            date=today(),
            model=model,
            usage=total(reply.usage for reply in replies.values()),
            sources=[SourceRef(name=source.name, sha256=source.sha256)],
            notices=list(source.notices),
        ),
    )
    spec.unplaced = uncited(spec, source)
    return spec


def total(usages: Iterable[Usage]) -> Usage:
    """What all the answers took together."""
    counted = Usage()
    for usage in usages:
        for name in Usage.model_fields:
            setattr(counted, name, getattr(counted, name) + getattr(usage, name))
    return counted


def today() -> str:
    """The day, or that of SOURCE_DATE_EPOCH where a build must come out the same."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now().astimezone()
    return moment.date().isoformat()
