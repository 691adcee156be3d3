"""The offline model: reads a source once, then answers section by section from what it found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from specdraft.models.base import Ask, Reply
from specdraft.models.offline import fill
from specdraft.models.offline.checklist import checklist
from specdraft.models.offline.fillers import fillers, terms, title_of
from specdraft.models.offline.groups import grouped
from specdraft.models.offline.layout import Layout, lay_out
from specdraft.models.offline.place import Piece, place
from specdraft.models.offline.questions import open_questions
from specdraft.models.offline.registers import Group
from specdraft.source import Source
from specdraft.spec import Headline, Questions, Risks
from specdraft.spec.fields import UNTITLED


class OfflineModel:
    """Drafts without a network: it places and quotes the source, and asks for the rest."""

    name = "offline"

    def __init__(self) -> None:
        self._read: dict[str, _Reading] = {}

    async def ask(self, ask: Ask) -> Reply:
        """The section, made of the source's own words. Never fails on a document."""
        reading = self._read.get(ask.source.sha256)
        if reading is None:
            reading = self._read[ask.source.sha256] = _Reading(ask.source)
        return Reply(reading.section(ask.plan.name, ask.done))


class _Reading:
    """What one source holds: its layout, its pieces, its items."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.layout: Layout = lay_out(source)
        self.pieces: list[Piece] = place(self.layout)
        self.groups: list[Group] = grouped(self.pieces)

    def section(self, name: str, done: Mapping[str, BaseModel]) -> BaseModel:
        """The section of that name; it looks at those already done where its plan says so."""
        match name:
            case "risks":
                found = fill.risks(self.groups)
                found.items += checklist(self.pieces)
                return found
            case "questions":
                return self._questions(done)
            case "headline":
                return self._headline(done)
            case _:
                section: BaseModel = getattr(fill, name)(self.groups)
                return section

    def _questions(self, done: Mapping[str, BaseModel]) -> Questions:
        own = fill.asked(self.groups, lambda _: [])
        words = fillers(self.source, self.layout, self.pieces)
        about = terms(self.layout, self.pieces)
        return Questions(open_questions=own + open_questions(dict(done), words, about))

    def _headline(self, done: Mapping[str, Any]) -> Headline:
        """Three lines: what changes, the biggest risk, what is undecided; each in words of the sections."""
        told = [group for label in _TOLD for group in self.groups if group.label == label and len(group.text) > _TELLS]
        lines = [f"**{_TOLD[told[0].label]}:** {_sentence(told[0])}"] if told else []
        risks: Risks = done["risks"]
        if risks.items:
            weight = {"high": 3, "medium": 2, "low": 1, None: 0}
            worst = max(
                risks.items, key=lambda risk: (not risk.raised_by, weight[risk.impact] * weight[risk.likelihood])
            )
            lines.append(f"**Biggest risk:** {worst.title}")
        questions: Questions = done["questions"]
        asked = questions.open_questions
        if asked:
            parts = sum(1 for question in asked if question.slot)
            gaps = f"{parts} parts of the template are not answered by the source"
            lines.append(f"**Undecided:** {len(asked)} open questions; {gaps}.")
        return Headline(title=title_of(self.source, self.layout) or UNTITLED, summary="\n\n".join(lines))


_TELLS = 25
"""Characters; what is shorter is a label rather than a sentence."""
_TOLD = {"summary": "In short", "goals": "First goal", "problem": "Problem", "requirements": "First requirement"}
"""What the TL;DR begins with: the first of these labels that the source has words for."""


def _sentence(group: Group) -> str:
    lead_end = group.pieces[0].line.lead_end if group.text == group.pieces[0].text else 0
    return fill.first_sentence(group.text[lead_end:] or group.text)
