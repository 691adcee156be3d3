"""Rules on what must agree: figures, references, goals and non-goals, and parts that nothing asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from specdraft import clashes, facts
from specdraft.checklist.rule import Hit, Read, Rule, quoted
from specdraft.spec import Evidence, NonGoal, Statement
from specdraft.spec.ids import items

_REFERENCE = re.compile(r"(?:\(|\bsee |\bstep |\brisk |\bgoal |\btest |\bmitigates |→ )([GNRKSTV][1-9]\d?)\b(?![.\w])")
_NOT = re.compile(r"\b(?:not|no|never|without|out of scope|later|unless|only|instead of|rather than)\b", re.IGNORECASE)
_SECTIONS = ("problem", "solution", "risks", "alternatives", "rollout", "success")
_ALIKE, _COVERED, _FOREIGN = 0.75, 0.8, 0.25
"""Share of the stems of a goal and a non-goal that clash; of a non-goal that an item does; of an item that stand
elsewhere."""
_FEWEST = 3


def _two_figures(read: Read) -> Iterator[Hit]:
    sections = {name: getattr(read.spec, name) for name in _SECTIONS}
    seen: set[frozenset[str]] = set()
    for one, other in clashes.pairs(sections):
        places = [re.sub(r"\[\d+\].*", "", each.at) for each in (one, other)]
        if frozenset(places) in seen or any(place not in read.texts for place in places):
            continue
        seen.add(frozenset(places))
        yield Hit(
            f"{one.figure} here, {other.figure} there",
            f"{places[0]} says {one.figure!r} where {places[1]} says {other.figure!r} of the same thing: whoever "
            "builds it takes one of them.",
            [Evidence(text=one.figure, at=places[0]), Evidence(text=other.figure, at=places[1])],
            f"Decide which figure holds, and use it in {places[0]} and {places[1]}.",
            targets=[place for place in places if place[1:].isdigit()],
        )


def _leads_nowhere(read: Read) -> Iterator[Hit]:
    ids = {item.id for _, item in items(read.spec)}
    for fault in read.spec.link_faults():
        if fault.kind == "dangling" and fault.at in ids:
            yield _dangling(read, fault.at, fault.id)
    for address, text in read.texts.items():
        if "." in address or address[1:].isdigit():
            for each in dict.fromkeys(_REFERENCE.findall(text)):
                if each not in ids and any(other[0] == each[0] for other in ids):
                    yield _dangling(read, address, each)


def _dangling(read: Read, at: str, to: str) -> Hit:
    item = next((item for _, item in items(read.spec) if item.id == at), None)
    line = next((line.strip() for line in read.texts[at].splitlines() if to in line), read.texts[at].split("\n")[0])
    return Hit(
        f"{at} points at {to}, which is not there",
        f"{at} relies on {to} (“{line}”), and the spec has no such item: what it stood for is done by nobody.",
        [quoted(item) if item else Evidence(text=line, at=at)],
        f"Say what {to} was meant to be, or point {at} at the item that is.",
        targets=[at] if item else [],
    )


def _against_non_goal(read: Read) -> Iterator[Hit]:
    goals = read.spec.problem.goals
    doing = [(each.id, each) for each in read.spec.rollout.steps]
    parts = read.spec.solution
    doing += [
        (f"solution.{name}", each) for name in ("overview", "architecture", "ui") for each in getattr(parts, name)
    ]
    for ruled_out in read.spec.problem.non_goals:
        words = facts.stems(ruled_out.text)
        for goal in goals:
            shared = len(words & facts.stems(goal.text))
            alike = shared >= _FEWEST and shared / min(len(words), len(facts.stems(goal.text))) >= _ALIKE
            if alike and not _NOT.search(goal.text):
                yield _clash(ruled_out, goal, goal.id)
        for at, item in doing:
            shared = len(words & facts.stems(item.text))
            if shared >= _FEWEST and shared / len(words) >= _COVERED and not _NOT.search(item.text):
                yield _clash(ruled_out, item, at)


def _clash(ruled_out: NonGoal, item: Statement, at: str) -> Hit:
    number = ruled_out.id
    return Hit(
        f"{at} does what {number} rules out",
        f"{number} leaves “{ruled_out.text}” out, and {at} says “{item.text}”.",
        [quoted(ruled_out), quoted(item, at)],
        f"Take it out of {at}, or take {number} back and say why.",
        targets=[number, *([at] if at[1:].isdigit() else [])],
    )


def _asked_for_by_nothing(read: Read) -> Iterator[Hit]:
    spec = read.spec
    doing: list[tuple[str, Statement, str]] = [(step.id, step, step.text) for step in spec.rollout.steps]
    doing += [("solution.architecture", each, f"{each.component} {each.text}") for each in spec.solution.architecture]
    everything = read.texts["spec"]
    for at, item, text in doing:
        rest = everything.replace(item.text, " ", 1)
        words = facts.stems(text)
        known = len(words & facts.stems(rest)) / len(words) if words else 1
        if len(words) > _FEWEST and known <= _FOREIGN:
            yield Hit(
                f"Nothing asks for “{item.text[:100]}”",
                f"{at} says “{item.text}”, in words that stand nowhere else in the spec: no goal or risk needs it.",
                [quoted(item, at)],
                f"Name the goal that needs “{item.text[:60]}”, or take it out of this project.",
                targets=[at] if at[1:].isdigit() else [],
            )


RULES = (
    Rule("two figures", "pre-mortem", "S2", "L3", "question", _two_figures, "contradiction"),
    Rule("reference leads nowhere", "pre-mortem", "S3", "L4", "question", _leads_nowhere),
    Rule("against a non-goal", "problem", "S3", "L4", "question", _against_non_goal, "contradiction"),
    Rule("asked for by nothing", "problem", "S3", "L2", "question", _asked_for_by_nothing),
)
