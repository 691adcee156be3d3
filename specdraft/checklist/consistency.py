"""Rules on what must agree: figures, references, goals and non-goals, and parts that nothing asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from specdraft import clashes, facts
from specdraft.checklist.rule import Hit, Read, Rule, quoted
from specdraft.spec import Evidence, NonGoal, Statement
from specdraft.spec.ids import items

_REFERENCE = re.compile(r"(?:\(|\bsee |\bstep |\brisk |\bgoal |\btest |\bmitigates |→ )([GNRKSTV][1-9]\d?)\b(?![.\w])")
_TOKEN = re.compile(r"(?<![\w./-])[GNRKSTV][1-9]\d?\b(?![.\w-])")
_CLEAR = 9
"""From this number on a letter and a number are an id, whatever stands around; S3, V2 and T1 may be other things."""
_NOT = re.compile(r"\b(?:not|no|never|without|out of scope|later|unless|only|instead of|rather than)\b", re.IGNORECASE)
_SECTIONS = ("problem", "solution", "risks", "alternatives", "rollout", "success")
_ASKING = ("problem", "solution.overview", "solution.data_model", "solution.ui", "risks", "success", "alternatives")
"""What a component or a step may serve."""
_ALIKE, _COVERED, _FOREIGN = 0.75, 0.8, 0.25
"""Share of the stems of a goal and a non-goal that clash; of a non-goal that an item does; of an item that stand
elsewhere."""
_FEWEST, _FEW = 3, 2


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
    ids = {item.id for _, item in items(read.spec) if item.id}
    for fault in read.spec.link_faults():
        if fault.kind == "dangling" and fault.at in ids:
            yield _dangling(read, fault.at, fault.id)
    highest = {letter: max(int(each[1:]) for each in ids if each[0] == letter) for letter in {each[0] for each in ids}}
    for address, text in read.leaves.items():
        clear = {each for each in _TOKEN.findall(text) if int(each[1:]) >= _CLEAR}
        for each in sorted({*_REFERENCE.findall(text), *clear}):
            if each not in ids and int(each[1:]) > highest.get(each[0], 99):
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
    parts = read.spec.solution
    doing: list[tuple[str, Statement]] = [(each.id, each) for each in read.spec.rollout.steps]
    doing += [
        (f"solution.{name}", each) for name in ("overview", "architecture", "ui") for each in getattr(parts, name)
    ]
    goals, done = (
        [(at, item, facts.stems(item.text)) for at, item in each if not _NOT.search(item.text)]
        for each in ([(goal.id, goal) for goal in read.spec.problem.goals], doing)
    )
    for ruled_out in read.spec.problem.non_goals:
        words = facts.stems(ruled_out.text)
        for at, goal, of_goal in goals:
            shared = len(words & of_goal)
            if shared >= _FEWEST and shared / min(len(words), len(of_goal)) >= _ALIKE:
                yield _clash(ruled_out, goal, at)
        for at, item, of_item in done:
            shared = len(words & of_item)
            if shared >= _FEWEST and shared / len(words) >= _COVERED:
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
    asking = facts.stems("\n".join(read.texts.get(part, "") for part in _ASKING))
    for at, item, text in doing:
        words = facts.stems(text)
        known = len(words & asking) / len(words) if words else 1
        if len(words) > _FEWEST and known <= _FOREIGN:
            yield Hit(
                f"Nothing asks for “{item.text[:100]}”",
                f"{at} says “{item.text}”, in words that no goal, requirement or risk uses: nothing needs it.",
                [quoted(item, at)],
                f"Name the goal that needs “{item.text[:60]}”, or take it out of this project.",
                targets=[at] if at[1:].isdigit() else [],
            )


def _against_its_goal(read: Read) -> Iterator[Hit]:
    goals = {goal.id: goal for goal in read.spec.problem.goals}
    for criterion in read.spec.success.criteria:
        figures = set(facts.numbers(criterion.threshold))
        for goal in (goals[each] for each in criterion.goals if each in goals):
            unit = criterion.unit.casefold().removesuffix("s")
            told = [found for found in clashes.figures(goal.text) if found.unit == unit]
            values = {value for found in told for value in found.values}
            shared = facts.stems(f"{criterion.text} {criterion.metric}") & facts.stems(goal.text)
            if len(shared) < _FEW:
                continue
            if figures and values and figures.isdisjoint(values):
                yield Hit(
                    f"{criterion.id} asks for {criterion.threshold} {criterion.unit}, {goal.id} for {told[0].figure}",
                    f"{criterion.id} measures “{goal.text}” by another figure than {goal.id} names: one can be met "
                    "and the other missed.",
                    [quoted(criterion), Evidence(text=told[0].figure, at=goal.id)],
                    f"Decide which figure holds, and use it in {criterion.id} and {goal.id}.",
                    targets=[criterion.id, goal.id],
                )


RULES = (
    Rule("criterion against its goal", "measurement", "S2", "L3", "question", _against_its_goal, "contradiction"),
    Rule("two figures", "pre-mortem", "S2", "L3", "question", _two_figures, "contradiction"),
    Rule("reference leads nowhere", "pre-mortem", "S3", "L4", "question", _leads_nowhere),
    Rule("against a non-goal", "problem", "S3", "L4", "question", _against_non_goal, "contradiction"),
    Rule("asked for by nothing", "problem", "S3", "L2", "question", _asked_for_by_nothing),
)
