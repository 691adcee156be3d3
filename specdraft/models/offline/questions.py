"""A pointed question for each part of the template that the source leaves open."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from specdraft.models.offline.fillers import Filler
from specdraft.models.offline.tables import load
from specdraft.spec import Answer, Citation, Question

_FIELD = re.compile(r"\{(\w+)\}")
_OFTEN = 2
"""In how many questions a sentence is quoted, and a term is used, at most."""


@cache
def _bank() -> list[dict[str, Any]]:
    """The table, its expressions compiled."""
    slots: list[dict[str, Any]] = load("questions.toml")["slot"]
    return [
        slot | {name: re.compile(slot[name], re.IGNORECASE) for name in ("hint", "signal") if name in slot}
        for slot in slots
    ]


def open_questions(sections: dict[str, Any], fillers: dict[str, Filler], sentences: list[Filler]) -> list[Question]:
    """One question for each empty part, the most specific that the document's own words can fill."""
    spec = SimpleNamespace(**sections)
    used: Counter[str] = Counter()
    return [_question(slot, fillers, sentences, used) for slot in _bank() if is_open(spec, slot["path"])]


def is_open(spec: Any, path: str) -> bool:
    """Does the spec say nothing there?"""
    value = attrgetter(path)(spec)
    if isinstance(value, list):
        return not value
    if isinstance(value, Answer):
        return value.answer == "unknown" and not value.statements
    return not any(attrgetter(name)(value) for name in _SAYING[path])


_SAYING: dict[str, tuple[str, ...]] = {
    "problem": ("statements",),
    "solution": ("overview", "architecture"),
    "risks": ("items",),
    "alternatives": ("options",),
    "rollout": ("steps",),
    "rollout.migration": ("steps",),
    "rollout.release": ("stages",),
    "success": ("criteria",),
}
"""What must be filled for an object not to be open."""


def _question(
    slot: dict[str, Any], fillers: dict[str, Filler], sentences: list[Filler], used: Counter[str]
) -> Question:
    ask, words = _chosen(slot, fillers, sentences, used)
    used.update(word.text for name, word in words.items() if name != "subject")
    citations: dict[tuple[str, str], Citation] = {
        (word.citation.passage, word.citation.quote): word.citation for word in words.values() if word.citation
    }
    return Question(
        question=_FIELD.sub(lambda match: words[match[1]].text, ask),
        why=slot["why"],
        blocks=[slot["section"]],
        slot=slot["path"],
        citations=list(citations.values()),
    )


def _chosen(
    slot: dict[str, Any], fillers: dict[str, Filler], sentences: list[Filler], used: Counter[str]
) -> tuple[str, dict[str, Filler]]:
    """The question, and the words that go into it."""
    fresh = [sentence for sentence in sentences if used[sentence.text] < _OFTEN]
    if quote := _matching(slot, "hint", fresh):
        return slot["hint_ask"], {"quote": quote}
    for typed in slot.get("typed", ()):
        words = {need: fillers[need] for need in typed["needs"] if need in fillers}
        if len(words) == len(typed["needs"]) and all(used[word.text] < _OFTEN for word in words.values()):
            return typed["ask"], words
    if quote := _matching(slot, "signal", fresh):
        return slot["ask"], {"quote": quote}
    return slot["general"], {"subject": fillers["subject"]}


def _matching(slot: dict[str, Any], name: str, sentences: list[Filler]) -> Filler | None:
    """The sentence with the most of the words looked for; of equals the surest."""
    pattern: re.Pattern[str] | None = slot.get(name)
    best, most = None, 0
    for sentence in sentences if pattern else ():
        hits = len({hit[0].lower() for hit in pattern.finditer(sentence.text)}) if pattern else 0
        if hits > most:
            best, most = sentence, hits
    return best
