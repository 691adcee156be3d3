"""The offline model: reads a source once, then answers section by section from what it found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from specdraft.models.base import Ask, Reply
from specdraft.models.offline import fill
from specdraft.models.offline.answers import take_up
from specdraft.models.offline.fillers import fillers, sentences, title_of
from specdraft.models.offline.groups import grouped
from specdraft.models.offline.layout import Layout, lay_out
from specdraft.models.offline.place import Piece, place
from specdraft.models.offline.questions import open_questions
from specdraft.models.offline.registers import Group
from specdraft.source import Source
from specdraft.spec import Agreement, Headline, Questions
from specdraft.spec.fields import UNTITLED


class OfflineModel:
    """Drafts without a network: it places and quotes the source, and asks for the rest."""

    name = "offline"
    verbatim = True

    def __init__(self) -> None:
        self._read: dict[str, _Reading] = {}

    async def ask(self, ask: Ask) -> Reply:
        """The section, made of the source's own words. Never fails on a document."""
        reading = self._read.get(ask.source.sha256)
        if reading is None:
            reading = self._read[ask.source.sha256] = _Reading(ask.source)
        section = reading.section(ask.plan.name, ask.done)
        asked = ask.done.get("questions")
        if isinstance(asked, Questions):
            take_up(ask.plan.name, section, asked.open_questions, ask.material.answers)
        return Reply(section)


class _Reading:
    """What one source holds: its layout, its pieces, its items."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.layout: Layout = lay_out(source)
        self.pieces: list[Piece] = place(self.layout)
        self.groups: list[Group] = grouped(self.pieces)
        self._filled: dict[str, BaseModel] = {}
        """What was filled to see what is open, until it is asked for."""

    def section(self, name: str, done: Mapping[str, BaseModel]) -> BaseModel:
        """The section of that name; it looks at those already done where its plan says so."""
        if name in self._filled:
            return self._filled.pop(name)
        match name:
            case "questions":
                return self._questions()
            case "agreement":
                return Agreement()
            case "headline":
                return self._headline(done)
            case _:
                section: BaseModel = getattr(fill, name)(self.groups)
                return section

    def _questions(self) -> Questions:
        """What the source itself asks, and a question for each part that its words leave open."""
        self._filled = {name: self.section(name, {}) for name in _PARTS}
        own = fill.asked(self.groups)
        wanted = [group for group in self.groups if not fill.describes_people(group)]
        words = fillers(self.source, self.layout, self.pieces)
        return Questions(open_questions=own + open_questions(self._filled, words, sentences(wanted)))

    def _headline(self, done: Mapping[str, Any]) -> Headline:
        """What it is about, the biggest risk, what is undecided; each in words of the sections."""
        lines = []
        if told := next(self._told(), None):
            lines.append(told)
        named = [risk for risk in done["risks"].items if risk.placed_by and risk.placed_by.how not in _UNSURE]
        if named:
            worst = max(named, key=lambda risk: _WEIGHT[risk.impact] * _WEIGHT[risk.likelihood])
            lines.append(f"**Biggest risk:** {worst.title}")
        asked = done["questions"].open_questions
        own = [question.question for question in asked if not question.slot]
        parts = len(asked) - len(own)
        gaps = f"{parts} parts of the template are not answered by the source."
        first = f" The first: {fill.first_sentence(own[0])}" if own else ""
        lines.append(f"**Undecided:** {len(asked)} open questions; {gaps}{first}")
        return Headline(title=title_of(self.source, self.layout) or UNTITLED, summary="\n\n".join(lines))

    def _told(self) -> Iterator[str]:
        """The first full sentence of the summary, the goals, the problem, the requirements."""
        for label, called in _TOLD.items():
            for group in self.groups:
                piece = group.pieces[-1]
                sentence = fill.first_sentence(group.text.removeprefix(piece.text[: piece.line.lead_end]))
                wordy = len(sentence.split()) >= _WORDS and not sentence.endswith(":")
                if group.label == label and wordy and piece.passage.kind in ("paragraph", "item"):
                    yield f"**{called}:** {sentence}"


_PARTS = ("problem", "solution", "alternatives", "risks", "rollout", "success")
_WORDS = 6
"""What has fewer is a label rather than a sentence."""
_UNSURE = ("cue",)
"""What only a word or two called a risk is none to begin a summary with."""
_WEIGHT = {"high": 3, "medium": 2, "low": 1, None: 0}
_TOLD = {"summary": "In short", "goals": "First goal", "problem": "Problem", "requirements": "First requirement"}
"""What the TL;DR begins with: the first of these labels that the source has words for."""
