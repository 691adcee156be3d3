"""Assembling: the drafted sections as one spec, and what stands around them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any, cast

from specdraft import prompts
from specdraft.document import Spec
from specdraft.drafter import Drafts
from specdraft.grounding import uncited
from specdraft.links import landed
from specdraft.material import Material
from specdraft.models.base import Model, is_verbatim
from specdraft.run import Course
from specdraft.sending import Sending
from specdraft.source import Source
from specdraft.spec import Headline, Meta, Question, SourceRef
from specdraft.spec.fields import UNTITLED


def assemble(drafts: Drafts, material: Material) -> Spec:
    """The sections as one spec, their links in both directions."""
    sections = dict[str, Any](drafts.sections)
    drafts.notices += landed(sections)
    answered = {f"Q{passage.id[1:]}" for passage in material.answers}
    parts = {name: part for name, part in sections.items() if name in Spec.model_fields}
    asked = [each for each in asked_in(drafts) if each.id not in answered]
    return Spec(title=_title(material.source), open_questions=asked, **parts)


def asked_in(drafts: Drafts) -> list[Question]:
    """The open questions of the drafts, answered or not: those asked first, then those that the check found."""
    found = (getattr(drafts.sections.get(name), "open_questions", []) for name in ("questions", "agreement"))
    return [question for each in found for question in each]


def finish(spec: Spec, sending: Sending, drafts: Drafts, course: Course, model: Model) -> Spec:
    """The spec with what sums it up, what no section cites, and where it came from."""
    material = sending.material
    headline = cast("Headline | None", drafts.sections.get("headline")) or Headline(title=_title(material.source))
    notices = (material.source.notices, material.notices, sending.notices, drafts.notices, course.remarks)
    meta = Meta(
        date=today(),
        model=model.name,
        prompt_version="" if is_verbatim(model) else prompts.version(),
        usage=course.total,
        sources=[SourceRef(name=each.name, sha256=each.sha256) for each in (material.source, *material.context)],
        failures=list(drafts.failures.values()),
        notices=[notice for each in notices for notice in each],
        last_ids=spec.meta.last_ids,
    )
    done = spec.model_copy(update={"title": headline.title, "summary": headline.summary, "meta": meta})
    done.unplaced = uncited(done, material.source, material.answers)
    return sending.mask.restore(done)


def _title(source: Source) -> str:
    """What the source is called, where no model said it better."""
    headings = (passage.text.partition("\n")[0] for passage in source.passages if passage.kind == "heading")
    return source.title or next(headings, UNTITLED)


def today() -> str:
    """The day, or that of SOURCE_DATE_EPOCH where a build must come out the same."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now().astimezone()
    return moment.date().isoformat()
