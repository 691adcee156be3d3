"""Links between sections: ids that must exist, and items that must be linked to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from specdraft.spec.alternatives import EXPECTED
from specdraft.spec.ids import LINKS, own


def known(name: str, section: Any, done: Mapping[str, Any]) -> set[str]:
    """The ids that the section may name: those of the sections done, and its own by their order."""
    ids = {item.id for each, part in done.items() for _, group in own(each, part) for item in group if item.id}
    return ids | {f"{letter}{n}" for letter, group in own(name, section) for n, _ in enumerate(group, 1)}


def link_faults(name: str, section: Any, done: Mapping[str, Any]) -> list[str]:
    """Links of the section that lead nowhere."""
    ids = known(name, section, done)
    return [
        f"{field}: there is no {each}; the ids are {', '.join(sorted(ids, key=_order)) or 'none'}"
        for field, linked in _links(name, section)
        for each in linked
        if each not in ids
    ]


def unlink(name: str, section: Any, done: Mapping[str, Any]) -> int:
    """Take those links out, in place; how many there were."""
    return _keep(name, section, known(name, section, done))


def _keep(name: str, section: Any, ids: set[str]) -> int:
    """Take all links but those to these ids out; how many there were."""
    lost = sum(each not in ids for _, linked in _links(name, section) for each in linked)
    for _, linked in _links(name, section):
        linked[:] = [each for each in linked if each in ids]
    for option in getattr(section, "options", []):
        option.scores = [score for score in option.scores if score.criterion in ids]
    return lost


def landed(sections: Mapping[str, Any]) -> list[str]:
    """Take out links that lead nowhere among all sections, and let each risk name what mitigates it.

    Returns:
        a line on what was taken out, if anything was.
    """
    ids = {item.id for name, part in sections.items() for _, group in own(name, part) for item in group}
    lost = sum(_keep(name, section, ids) for name, section in sections.items())
    carry_out(sections)
    return [f"{lost} links to items that are gone were taken out"] if lost else []


def carry_out(sections: Mapping[str, Any]) -> None:
    """Let each risk name the steps, tests and monitors that name it, in place."""
    carriers: dict[str, list[str]] = {}
    for name, section in sections.items():
        for _, group in own(name, section):
            for item in group:
                for field in _CARRY_OUT:
                    for risk in getattr(item, field, []):
                        carriers.setdefault(risk, []).append(item.id)
    for risk in sections["risks"].items if "risks" in sections else ():
        risk.mitigated_by = list(dict.fromkeys([*risk.mitigated_by, *carriers.get(risk.id, [])]))


_CARRY_OUT = ("mitigates", "verifies", "watches")
"""Fields by which a step, a test or a monitor names the risk that it meets."""


def rename(name: str, section: Any, names: Mapping[str, str]) -> None:
    """Let the section's own links follow its items from their ids by order to those that they keep."""
    own_letters = {letter for letter, _ in own(name, section)}
    for _, linked in _links(name, section):
        linked[:] = [names.get(each, each) if each[:1] in own_letters else each for each in linked]
    for option in getattr(section, "options", []):
        for score in option.scores:
            score.criterion = names.get(score.criterion, score.criterion)


def _links(name: str, section: Any) -> Iterator[tuple[str, list[str]]]:
    for path, field in LINKS.items():
        head, _, tail = path.rpartition(".")
        if head == name:
            for number, item in enumerate(getattr(section, tail)):
                yield f"{tail}[{number}].{field}", getattr(item, field)
    for number, option in enumerate(getattr(section, "options", [])):
        yield f"options[{number}].scores", [score.criterion for score in option.scores]


def _order(each: str) -> tuple[str, int]:
    return each[0], int(each[1:] or 0)


def wanting(name: str, section: Any, done: Mapping[str, Any]) -> list[str]:
    """What the section should link to and does not: goals measured, risks met, a way back, options compared."""
    return list(_WANTING[name](section, done)) if section is not None and name in _WANTING else []


def _success(section: Any, done: Mapping[str, Any]) -> Iterator[str]:
    measured = {goal for criterion in section.criteria for goal in criterion.goals}
    for goal in done["problem"].goals if "problem" in done else ():
        if goal.id not in measured:
            yield (
                f"criteria: none measures {goal.id}. Add one that names it in `goals`; where the source gives no "
                "figure, leave the threshold empty"
            )
    met = {each for test in section.validation for each in test.verifies}
    met |= {each for monitor in section.monitors for each in monitor.watches}
    met |= {each for step in (done["rollout"].steps if "rollout" in done else ()) for each in step.mitigates}
    for risk in done["risks"].items if "risks" in done else ():
        if risk.id not in met:
            yield f"no step mitigates {risk.id}, no test verifies it and no monitor watches it: add a test or a monitor"


def _rollout(section: Any, _: Mapping[str, Any]) -> Iterator[str]:
    if section.migration.required == "yes" and not section.migration.rollback:
        yield "migration.rollback: a migration is required and has no way back; propose one, if need be uncited"


def _alternatives(section: Any, _: Mapping[str, Any]) -> Iterator[str]:
    if section.options and sum(option.chosen for option in section.options) != 1:
        yield "options: exactly one is the proposed solution (`chosen`)"
    considered = {option.approach for option in section.options if not option.chosen}
    if section.options and (missing := [each for each in EXPECTED if each not in considered]):
        yield f"options: none is to {', none is to '.join(_MEANING[each] for each in missing)} (`approach`)"
    for number, option in enumerate(section.options):
        scored = [score.criterion for score in option.scores]
        if sorted(scored, key=_order) != [f"K{n}" for n in range(1, len(section.criteria) + 1)]:
            yield f"options[{number}].scores: give one score for each criterion, K1 to K{len(section.criteria)}"


_MEANING = {
    "do nothing": "do nothing",
    "buy or reuse": "buy or reuse",
    "smaller first step": "take a smaller step first",
}
_WANTING = {"success": _success, "rollout": _rollout, "alternatives": _alternatives}
