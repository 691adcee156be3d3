"""Items to sections: each group of the source's words into the typed field that its label stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

from specdraft.models.offline.place import cite
from specdraft.models.offline.registers import Group
from specdraft.models.offline.tables import load
from specdraft.passages import shown
from specdraft.sentences import spans
from specdraft.spec import (
    Alternatives,
    Answer,
    Answers,
    Change,
    ChoiceCriterion,
    Criterion,
    DataChange,
    Goal,
    Grounded,
    Link,
    Migration,
    Monitor,
    NonGoal,
    Option,
    Problem,
    Question,
    Release,
    Risk,
    Risks,
    Rollout,
    Solution,
    Stage,
    Statement,
    Step,
    Success,
    Test,
)  # fmt: skip

G = TypeVar("G", bound=Grounded)

_DONE = re.compile(r"\[[xX]\] ")
_BOX = re.compile(r"^\[[ xX]\] ")
_URL = re.compile(r"https?://[^\s<>)\]\"'`]+")


@cache
def _pattern(*path: str) -> re.Pattern[str]:
    """The expression at a path of the table of kinds."""
    found: Any = load("kinds.toml")
    for name in path:
        found = found[name]
    return re.compile(found, re.IGNORECASE)


@cache
def _kinds(of: str) -> dict[str, re.Pattern[str]]:
    """The kinds of something, in the order in which they are tried."""
    return {name: _pattern(of, name) for name in load("kinds.toml")[of]}


def _kind(of: str, text: str) -> Any:
    """What kind of test, level or release the words name; None if they do not."""
    return next((name for name, pattern in _kinds(of).items() if pattern.search(text)), None)


def said(model: Callable[..., G], group: Group, **fields: Any) -> G:
    """The item with the words of the group, cited. The words are the source's: nothing is validated twice."""
    if "text" in getattr(model, "model_fields", {}):
        fields.setdefault("text", group.text)
    return model(citations=list(group.citations), placed_by=group.placed_by, topic=group.topic, **fields)


def _levelled(items: list[G], groups: list[Group]) -> list[G]:
    """Where some items stand under a heading of their own, those that follow get the heading they stood under."""
    topics = False
    for item, group in zip(items, groups, strict=True):
        topics = topics or bool(item.topic)  # type: ignore[attr-defined]
        if topics and not item.topic:  # type: ignore[attr-defined]
            item.topic = group.pieces[0].line.heading_text or None  # type: ignore[attr-defined]
    return items


def _all(model: type[G], groups: list[Group], **more: Callable[[Group], Any]) -> list[G]:
    """An item for each group; `more` are fields made from it."""
    return _levelled(
        [said(model, group, **{name: make(group) for name, make in more.items()}) for group in groups], groups
    )


def _of(groups: Iterable[Group], *labels: str) -> list[Group]:
    return [group for group in groups if group.label in labels]


def describes_people(group: Group) -> bool:
    """Does it stand under a heading such as Personas?"""
    return group.label == "requirements" and bool(_pattern("people").search(group.placed_by.rule))


def _accepts(group: Group) -> bool:
    return group.label == "requirements" and bool(_pattern("acceptance").search(group.placed_by.rule))


def problem(groups: list[Group]) -> Problem:
    """Problem, personas, goals, non-goals; references that name a link."""
    told = [group for group in groups if group.label in ("problem", "summary") or describes_people(group)]
    links = [group for group in _of(groups, "meta") if _URL.search(group.text) and len(group.text) < 300]
    return Problem(
        statements=_all(Statement, told),
        links=_all(Link, links, url=lambda group: _URL.findall(group.text)[0]),
        goals=_all(Goal, _of(groups, "goals")),
        non_goals=_all(NonGoal, _of(groups, "non_goals"), reason=lambda group: group.fields.get("reason", "")),
    )


def solution(groups: list[Group]) -> Solution:
    """Requirements as the overview; architecture, data and interface as the source names them."""
    required = [group for group in _of(groups, "requirements") if not describes_people(group) and not _accepts(group)]
    return Solution(
        overview=_all(Statement, required),
        architecture=_all(Change, _of(groups, "architecture")),
        data_model=[_data_change(group) for group in _of(groups, "data_model")],
        ui=_all(Statement, _of(groups, "ui")),
    )


def _data_change(group: Group) -> DataChange:
    """A row of a column table is a field of the entity that the heading above it names."""
    if group.placed_by.how != "table":
        return said(DataChange, group)
    field = shown(group.pieces[0].passage.cells[0])
    change = said(DataChange, group, entity=group.topic or "", field=field, type=group.fields.get("type", ""))
    change.topic = None
    return change


def risks(groups: list[Group]) -> Risks:
    """The four answers, and what the source itself calls a risk."""
    answers = Answers(
        backwards_incompatible=_answer(_of(groups, "risk_compat")),
        security_privacy=_answer(_of(groups, "risk_security")),
        load=_answer(_of(groups, "risk_load")),
        dependencies=_answer(_of(groups, "risk_deps"), is_yes=True),
    )
    items = []
    for group in _of(groups, "risk_general"):
        title, description = _cut(group.text)
        items.append(
            said(
                Risk, group, title=title, description=description, mitigation=group.fields.get("mitigation", ""),
                likelihood=_kind("level", group.fields.get("likelihood", "")),
                impact=_kind("level", group.fields.get("impact", "")),
            )
        )  # fmt: skip
    return Risks(answers=answers, items=items)


def _answer(groups: list[Group], *, is_yes: bool = False) -> Answer:
    """No where the source begins with a no; yes where having words on it is the answer; else unknown."""
    if not groups:
        return Answer()
    first = groups[0]
    if _pattern("no").match(first.text):
        rest = _all(Statement, groups[1:])
        return Answer(
            answer="no", reason=first.text, citations=first.citations, placed_by=first.placed_by, statements=rest
        )
    words = _all(Statement, groups)
    if not is_yes:
        return Answer(statements=words)
    return Answer(answer="yes", citations=[cite(first.pieces[-1].passage)], placed_by=first.placed_by, statements=words)


def _release_kind(text: str) -> Any:
    """The first kind that a sentence names, unless it says that it is not one."""
    said = (text[start:end] for start, end in spans(text))
    return next(
        (kind for each in said if not _pattern("denial").search(each) and (kind := _kind("release", each))), None
    )


def first_sentence(text: str) -> str:
    """The first sentence of a text, or its first line."""
    return _cut(text)[0]


def _cut(text: str) -> tuple[str, str]:
    """The first sentence, and the rest."""
    line, _, rest = text.partition("\n")
    end = next((end for _, end in spans(line)), len(line))
    return line[:end].strip(), "\n".join(filter(None, (line[end:].strip(), rest)))


def alternatives(groups: list[Group]) -> Alternatives:
    """Options by heading where they have one, else an option a group; drivers are criteria."""
    found = Alternatives()
    for group in _of(groups, "alternatives"):
        if _pattern("criteria").search(group.placed_by.rule):
            found.criteria.append(said(ChoiceCriterion, group))
            continue
        last = found.options[-1] if found.options else None
        if group.topic and last and last.name == group.topic:
            last.description = "\n\n".join(filter(None, (last.description, group.text)))
            last.citations += group.citations
            last.why_not = last.why_not or group.fields.get("why_not", "")
            continue
        if group.topic and group.topic.endswith("?"):
            group.topic = None  # a form's question names no option
        name, description = (group.topic, group.text) if group.topic else _cut(group.text)
        heading = group.pieces[0].line.heading
        option = said(Option, group, name=name, description=description, why_not=group.fields.get("why_not", ""))
        if group.topic and heading:
            option.topic = None
            option.citations.append(cite(heading))
        found.options.append(option)
    return found


def rollout(groups: list[Group]) -> Rollout:
    """Steps, migration with its way back, and how it is released."""
    moving, back, stages = _of(groups, "migration"), _of(groups, "rollback"), _of(groups, "rollout")
    steps = _all(Step, _of(groups, "plan"))
    migration = Migration(rollback=_all(Statement, back))
    if moving:
        no = bool(_pattern("no").match(moving[0].text))
        exact = moving[0].placed_by.how == "heading-exact"
        migration.required = "no" if no else "yes" if exact else "unknown"
        migration.citations = moving[0].citations if no or exact else []
        migration.placed_by = moving[0].placed_by if no or exact else None
        migration.steps = _all(Statement, moving)
    release = Release(stages=_all(Stage, stages))
    if decided := next((group for group in stages if _release_kind(group.text)), None):
        release.kind = _release_kind(decided.text)
        release.citations, release.placed_by = decided.citations, decided.placed_by
    return Rollout(status="drafted" if steps else "tbd", steps=steps, migration=migration, release=release)


def success(groups: list[Group]) -> Success:
    """Metrics, tests (acceptance criteria among them) and monitors."""
    tests = [group for group in groups if group.label == "testing" or _accepts(group)]
    return Success(
        criteria=[
            said(
                Criterion, group, threshold=group.fields.get("threshold", ""),
                baseline=group.fields.get("baseline", ""), window=group.fields.get("window", ""),
            )
            for group in _of(groups, "success_metrics")
        ],
        validation=_all(Test, tests, kind=_test_kind),
        monitors=_all(Monitor, _of(groups, "monitoring")),
    )  # fmt: skip


def _test_kind(group: Group) -> Any:
    return _kind("test", group.text)


def asked(groups: list[Group]) -> list[Question]:
    """The questions that the source asks itself."""
    return [
        said(Question, group, question=_BOX.sub("", group.text), default=group.fields.get("default", ""))
        for group in _of(groups, "open_questions")
        if not _DONE.match(group.text) and not (group.pieces[0].passage.kind == "row" and "\n" in group.text)
    ]
