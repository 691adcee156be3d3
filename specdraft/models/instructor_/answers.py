"""What a model is asked to fill in: a section's model without what code gives, judged as it is validated."""

from __future__ import annotations

from contextvars import ContextVar
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from pydantic import BaseModel, create_model, model_validator
from pydantic_core import PydanticCustomError

from specdraft.models.base import Ask


@dataclass
class Asking:
    """One section being asked for."""

    ask: Ask
    candidates: list[tuple[int, BaseModel]] = field(default_factory=list)
    """Answers of the right shape, each with how many faults it has."""
    calls: int = 0


ASKING: ContextVar[Asking] = ContextVar("asking")
"""Validators and the wire look here; Instructor's own context would render the prompt as a template."""


@cache
def answer_type(model: type[BaseModel], *, words_only: bool = False) -> type[BaseModel]:
    """The type to answer with: as `model`, its schema without what is read-only, and judged at the end.

    Built and wrapped once: Instructor makes a class a call of what is not.

    Args:
        model: the section.
        words_only: for schemas that know enumerations of words and not of numbers.
    """
    import instructor

    def judged(self: Any) -> Any:
        asking = ASKING.get()
        section = stored(self, model)
        faults = asking.ask.faults(section)
        asking.candidates.append((len(faults), section))
        if faults:
            raise PydanticCustomError("faults", "{faults}", {"faults": "\n".join(f"- {fault}" for fault in faults)})
        return self

    validators: dict[str, Any] = {"judged": model_validator(mode="after")(judged)}
    made = cast("Any", create_model(model.__name__, __base__=model, __doc__=model.__doc__, __validators__=validators))
    schema = {"title": model.__name__, **asked(_schema(model))}
    made.model_json_schema = staticmethod(lambda *_, **__: deepcopy(_worded(schema) if words_only else schema))
    return cast("type[BaseModel]", instructor.response_schema(made))


def stored(answer: BaseModel, model: type[BaseModel]) -> BaseModel:
    """The answer as it is kept: without what only code may give."""
    return model.model_validate(_without(answer.model_dump(exclude_unset=True), _schema(model)))


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _without(value: Any, schema: dict[str, Any], definitions: dict[str, Any] | None = None) -> Any:
    """The value without its read-only fields."""
    definitions = definitions or schema.get("$defs", {})
    options = schema.get("anyOf", [schema])
    schema = next((each for each in options if each.get("type") != "null"), schema)
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list):
        return [_without(each, schema.get("items", {}), definitions) for each in value]
    if not isinstance(value, dict):
        return value
    fields = schema.get("properties", {})
    return {
        name: _without(each, fields.get(name, {}), definitions)
        for name, each in value.items()
        if not fields.get(name, {}).get("readOnly")
    }


def _worded(schema: Any) -> Any:
    """The schema without enumerations of numbers; their bounds remain."""
    if isinstance(schema, list):
        return [_worded(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    drop = schema.get("type") == "integer"
    return {name: _worded(value) for name, value in schema.items() if not (drop and name == "enum")}


_SAID_ELSEWHERE = ("title", "default")
"""Keys of a schema that an answer does not need."""


def asked(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON schema without read-only properties: what a model must know to answer, and no more."""
    small: dict[str, Any] = _asked(schema)
    definitions = small.pop("$defs", {})
    used: dict[str, Any] = {}
    wanted = _references(small)
    while wanted:
        name = wanted.pop()
        if name not in used:
            used[name] = definitions[name]
            wanted |= _references(used[name])
    return small | ({"$defs": {name: definitions[name] for name in definitions if name in used}} if used else {})


def _asked(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_asked(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    small = {}
    for name, value in schema.items():
        if name in ("properties", "$defs"):
            kept = {each: inner for each, inner in value.items() if not inner.get("readOnly")}
            small[name] = {each: _asked(inner) for each, inner in kept.items()}
            if "citations" in small[name]:
                small[name]["citations"].pop("description", None)  # the instructions say it once for all
        elif name not in _SAID_ELSEWHERE:
            small[name] = _asked(value)
    return small


def _references(schema: Any) -> set[str]:
    """Names of the definitions that a schema refers to."""
    if isinstance(schema, list):
        return {name for each in schema for name in _references(each)}
    if not isinstance(schema, dict):
        return set()
    own = {schema["$ref"].rpartition("/")[2]} if "$ref" in schema else set()
    return own | {name for value in schema.values() for name in _references(value)}
