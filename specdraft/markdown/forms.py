"""The tables behind the Markdown form: where each part of a spec stands, and how an item is laid out.

The writer and the reader both walk these tables and the models' own fields, so that what one
writes the other reads. An item is a bullet:

    - **R1 → S2, T1** Its main text[^P4]
      - Category: load · Likelihood: high
      - Mitigation: text of a field

and a part of the spec is a heading, or a bold question of the template, with bullets below it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel

from specdraft.spec import (
    Alternatives,
    Answer,
    Change,
    ChoiceCriterion,
    Criterion,
    DataChange,
    Evidence,
    Failure,
    Finding,
    Goal,
    Link,
    Meta,
    Migration,
    Monitor,
    NonGoal,
    Option,
    Problem,
    Question,
    Release,
    Revision,
    Risk,
    Risks,
    Rollout,
    Score,
    SetAside,
    Solution,
    SourceRef,
    SpecFields,
    Stage,
    Statement,
    Step,
    Success,
    Test,
    Usage,
)  # fmt: skip

TBD = "**TBD**"
NO_TOPIC = "—"
SEPARATOR = " · "
ASSUMPTION = "*(assumption)*"


@dataclass(frozen=True, slots=True)
class Form:
    """How a model is laid out as a bullet, or as a group of bullets under a heading."""

    main: str = ""
    """The field that is written as the bullet's own text."""
    tag: str = ""
    """The field written in bold before it: an id."""
    links: str = ""
    """The field of ids written behind the tag, after an arrow."""
    rest: str = ""
    """The list whose items are written without a label."""
    states: bool = True
    """Without citations, is it an assumption?"""
    always: tuple[str, ...] = ()
    """Fields that are written even where they hold what is usual: somebody decides by them, or changes them."""


FORMS: dict[type[BaseModel], Form] = {
    Statement: Form("text"),
    Link: Form("text", states=False),
    Goal: Form("text", "id"),
    NonGoal: Form("text", "id"),
    Change: Form("text"),
    DataChange: Form("text"),
    Risk: Form("title", "id", "mitigated_by"),
    Answer: Form(rest="statements"),
    ChoiceCriterion: Form("text", "id"),
    Option: Form("name", "id"),
    Score: Form("reason", "criterion", states=False),
    Step: Form("text", "id", "mitigates"),
    Stage: Form("text"),
    Migration: Form(rest="steps"),
    Release: Form(rest="stages"),
    Criterion: Form("text", "id", "goals"),
    Test: Form("text", "id", "verifies"),
    Monitor: Form("text", "id", "watches"),
    Question: Form("question", "id", states=False),
    Evidence: Form("text", "at", states=False),
    Finding: Form("title", "id", "targets", states=False, always=("kind", "severity", "likelihood", "status")),
    SetAside: Form("title", states=False),
    Revision: Form("text", states=False),
    SourceRef: Form("name", states=False),
    Failure: Form("section", states=False),
    Usage: Form(states=False),
    Meta: Form(states=False),
    Problem: Form(rest="statements", states=False),
    Solution: Form(rest="overview", states=False),
    Risks: Form(rest="items", states=False),
    Alternatives: Form(rest="options", states=False),
    Rollout: Form(rest="steps", states=False),
    Success: Form(rest="criteria", states=False),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of the document: the field it holds, under a heading (`level` 1, 2) or a bold line (0)."""

    path: str
    title: str
    level: int = 0
    asked: bool = True
    """Does the template ask for it? Then an empty one is shown as TBD."""


RANKING = "alternatives.ranking"
"""The one part that code computes: written for a person, and passed over when it is read."""

SLOTS: tuple[Slot, ...] = (
    Slot("problem", "Problem statement", 1),
    Slot("problem.links", "Links", asked=False),
    Slot("problem.goals", "Goals", 2),
    Slot("problem.non_goals", "Non-goals", 2),
    Slot("solution", "Proposed solution", 1),
    Slot("solution.architecture", "What are the high level architectural changes?"),
    Slot("solution.diagram", "Diagram", asked=False),
    Slot("solution.data_model", "What are the high level data model changes?"),
    Slot("solution.ui", "What are the main changes to the UI?"),
    Slot("risks", "Risks", 2),
    Slot("risks.answers.backwards_incompatible", "Are there any backwards-incompatible changes?"),
    Slot(
        "risks.answers.security_privacy", "Does this project have special implications for security and data privacy?"
    ),
    Slot("risks.answers.load", "Could this change significantly increase load on any of our backend systems?"),
    Slot("risks.answers.dependencies", "Does this project have any dependencies?"),
    Slot("alternatives", "Alternative solutions", 1),
    Slot("alternatives.criteria", "Evaluation criteria", asked=False),
    Slot(RANKING, "How do the options compare?", asked=False),
    Slot("rollout", "Implementation and rollout plan", 1),
    Slot("rollout.migration", "Does this project require a migration?"),
    Slot("rollout.migration.rollback", "How is it rolled back?"),
    Slot("rollout.release", "Is this project in an experiment or feature flagged?"),
    Slot("success", "Success Criteria", 2),
    Slot("success.validation", "How will you validate the solution is working correctly?"),
    Slot(
        "success.monitors",
        "What monitoring and alerting will you do to ensure this project doesn’t decrease performance and reliability?",
    ),
    Slot("open_questions", "Open questions", 1, asked=False),
    Slot("critique.findings", "Critique", 1, asked=False),
    Slot("critique.set_aside", "What the referee set aside", 2, asked=False),
    Slot("critique.revisions", "What the critique changed", 2, asked=False),
    Slot("critique.failures", "Lenses that gave no answer", 2, asked=False),
    Slot("unplaced", "In the source, not placed above", 1, asked=False),
    Slot("meta", "About this draft", 1, asked=False),
)

FOLDED: dict[str, tuple[int, str]] = {
    "critique.findings": (12, "more finding"),
    "critique.set_aside": (0, "finding"),
    "critique.revisions": (0, "change"),
}
"""Lists of which a reader first sees so many items; the rest is folded away under a line that counts them by this
word."""

ALIASES: dict[str, tuple[str, ...]] = {
    "problem": ("problem", "background"),
    "solution": ("solution", "proposal"),
    "solution.architecture": ("architecture", "architectural changes", "architecture changes"),
    "solution.data_model": ("data model", "data model changes", "schema changes"),
    "solution.ui": ("ui", "ui changes", "user interface"),
    "risks.answers.backwards_incompatible": (
        "backwards-incompatible changes",
        "backwards compatibility",
        "compatibility",
    ),
    "risks.answers.security_privacy": ("security", "privacy", "security and privacy", "security and data privacy"),
    "risks.answers.load": ("load", "performance", "load and performance"),
    "risks.answers.dependencies": ("dependencies",),
    "alternatives": ("alternatives", "alternatives considered"),
    "rollout": ("implementation plan", "rollout plan", "plan", "implementation and rollout"),
    "rollout.migration": ("migration", "migrations"),
    "rollout.migration.rollback": ("rollback", "rollback plan"),
    "rollout.release": ("feature flag", "feature flags", "experiment", "release", "rollout"),
    "success": ("success metrics", "success"),
    "success.validation": ("testing", "tests", "validation", "test plan"),
    "success.monitors": ("monitoring", "monitoring and alerting", "alerting"),
    "open_questions": ("open issues", "questions"),
}
"""What people write instead of the template's own words, as a heading or in bold."""

Kind = Literal["fact", "text", "texts", "items", "object"]


@dataclass(frozen=True, slots=True)
class FieldForm:
    """A field of a model, and how it is written: a fact is short and closed, a text is free."""

    name: str
    label: str
    kind: Kind
    model: type[BaseModel] = BaseModel
    many: bool = False
    closed: bool = False
    """Only certain words fit, so that no text can be mistaken for it."""


def label_of(name: str) -> str:
    """`why_not` is shown as `Why not`."""
    return name.replace("_", " ").capitalize()


def key_of(text: str) -> str:
    """A heading or label reduced to what does not depend on how it was typed."""
    text = text.replace("’", "'").replace("*", "").strip().rstrip(":?.").casefold()
    return re.sub(r"[\s_-]+", " ", text)


@cache
def fields_of(model: type[BaseModel]) -> dict[str, FieldForm]:
    """The fields of a model that stand in sub-bullets, by label key, in order."""
    form = FORMS[model]
    skipped = {form.main, form.tag, form.links, form.rest, "citations", "placed_by"}
    forms = {}
    for name, info in model.model_fields.items():
        if name not in skipped:
            field = _field_form(name, Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation)
            forms[key_of(field.label)] = field
    return forms


def _field_form(name: str, annotation: Any) -> FieldForm:
    metadata: list[Any] = []
    while get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        metadata += more
    if get_origin(annotation) in (Union, UnionType):
        return _field_form(name, next(arg for arg in get_args(annotation) if arg is not type(None)))
    if get_origin(annotation) is list:
        inner = _field_form(name, get_args(annotation)[0])
        kind: Kind = (
            "items" if inner.model is not BaseModel else "texts" if _is_free(get_args(annotation)[0]) else "fact"
        )
        return FieldForm(name, label_of(name), kind, inner.model, many=True)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return FieldForm(name, label_of(name), "object", annotation)
    kind = "text" if AfterValidator(str.strip) in metadata else "fact"
    return FieldForm(name, label_of(name), kind, closed=annotation is not str)


def _is_free(annotation: Any) -> bool:
    return any(isinstance(part, AfterValidator) for part in get_args(annotation)[1:])


@cache
def own_fields(path: str, model: type[BaseModel]) -> dict[str, FieldForm]:
    """The fields of the model at `path` that do not stand under a heading of their own."""
    apart = [slot.path for slot in SLOTS]
    return {
        key: field
        for key, field in fields_of(model).items()
        if not any(f"{other}.".startswith(f"{path}.{field.name}.") for other in apart)
    }


def model_at(path: str) -> Any:
    """The annotation of the field at a dotted path of the spec."""
    annotation: Any = SpecFields
    for name in path.split("."):
        annotation = annotation.model_fields[name].annotation
    return annotation


def item_model(annotation: Any) -> Any:
    """The model of the items of a list."""
    return get_args(annotation)[0]


SPEC_FACTS = ("status", "schema_version")
"""Facts of the spec itself, on one line below the TL;DR."""
