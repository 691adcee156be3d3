"""Drafting: one section, and all of them in the outline's order."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from specdraft.models.base import Ask, Model, Reply
from specdraft.outline import OUTLINE, SectionPlan
from specdraft.source import Source


async def draft_section(plan: SectionPlan, source: Source, done: Mapping[str, BaseModel], model: Model) -> Reply:
    """One section, from the source and the sections that it needs."""
    return await model.ask(Ask(plan, source, {name: done[name] for name in plan.needs}))


async def draft_sections(source: Source, model: Model) -> dict[str, Reply]:
    """Every section of the outline, by name."""
    replies: dict[str, Reply] = {}
    for plan in OUTLINE:
        done = {name: reply.section for name, reply in replies.items()}
        replies[plan.name] = await draft_section(plan, source, done, model)
    return replies
