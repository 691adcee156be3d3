"""Bullets to items: the reading of one item, and of one group of labelled bullets.

A sub-bullet whose label is no field of its item, or whose value does not fit the field, stays
part of the item's text: what a person wrote is never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from specdraft.markdown.footnotes import Note
from specdraft.markdown.forms import FORMS, NO_TOPIC, SEPARATOR, FieldForm, fields_of, item_model, key_of
from specdraft.markdown.text import Block, blocks, decode, unescape
from specdraft.spec import Grounded, Item, Statement

Fields = dict[str, FieldForm]
Notes = dict[str, Note]

_TAG = re.compile(r"\*\*([A-Z][1-9]\d*|[a-z][a-z_.]*)(?: → ([A-Z]\d+(?:, [A-Z]\d+)*))?\*\*(?: |$)")
_MARKS = re.compile(r"(?: ?\*\(assumption\)\*)?((?: ?(?<!\\)\[\^[^\]\s]+\])*)$")
_LABEL = re.compile(r"(?:\*\*)?([A-Z][A-Za-z0-9 _-]{0,24}):(?:\*\*)?(?: |$)")
_TBD = re.compile(r"\*{0,2}TBD\*{0,2}(?: → Q\d+(?:, Q\d+)*)?\.?$", re.IGNORECASE)


def is_rule(line: str) -> bool:
    """Behind a bullet, would this be a thematic break instead of an item?"""
    return not line.strip("-*_ \t")


def is_tbd(lines: list[str]) -> bool:
    """Is this the mark of something still to be decided, and nothing else?"""
    return bool(_TBD.match("\n".join(lines).strip()))


def asked_by(part: Block) -> list[str]:
    """Ids of the questions that such a mark points at."""
    return re.findall(r"Q\d+", part.lines[0]) if part.lines and is_tbd(part.lines) else []


def known_label(fields: Fields, line: str) -> FieldForm | None:
    """The field whose label the line begins with."""
    match = _LABEL.match(line)
    return fields.get(key_of(match[1])) if match else None


def read_item(model: type[BaseModel], lines: list[str], notes: Notes) -> Any:
    """The item that a bullet's dedented lines hold; None if they say nothing."""
    form, fields = FORMS[model], fields_of(model)
    values: dict[str, Any] = {}
    first, body = lines[0], lines[1:]
    bullets: list[list[str]] = []
    if body and fields:
        body, bullets = _trailing_fields(fields, lines)
    if form.tag and (tag := _TAG.match(first)) and (tagged := _tagged(model, tag)):
        values |= tagged
        first = first[tag.end() :]
    first = read_marks(model, first, notes, values)
    for bullet in bullets:
        if not read_field(model, fields, bullet, notes, values):
            body += ["- " + bullet[0], *("  " + line for line in bullet[1:])]
    values[form.main] = decode([first, *body])
    return model.model_validate(values) if values[form.main] else None


def _tagged(model: type[BaseModel], tag: re.Match[str]) -> dict[str, Any] | None:
    """The id in bold and the ids behind its arrow, if this kind of item may have them."""
    form = FORMS[model]
    values = {form.tag: tag[1]} | ({form.links: tag[2].split(", ")} if tag[2] else {})
    return values if all(name and valid(model, name, value) for name, value in values.items()) else None


def read_marks(model: type[BaseModel], line: str, notes: Notes, values: dict[str, Any]) -> str:
    """Take the marks off the end of a line: *(assumption)*, and the footnotes that are citations."""
    match = _MARKS.search(line) if issubclass(model, Grounded) else None
    labels = re.findall(r"\[\^([^\]\s]+)\]", match[1]) if match else []
    if match is None or any(label not in notes for label in labels):
        return line
    for label in labels:
        values["citations"] = [*values.get("citations", []), *notes[label].citations]
        values["placed_by"] = notes[label].placed_by
    return line[: match.start()]


def _trailing_fields(fields: Fields, lines: list[str]) -> tuple[list[str], list[list[str]]]:
    """The body below the first line, and those bullets of its last list that begin with a label."""
    *_, last = [None, *blocks(lines)]
    if last is None or not last.items or last.starts[0] == 0:
        return lines[1:], []
    body, bullets = lines[1 : last.starts[0]], []
    for start, end, item in zip(last.starts, [*last.starts[1:], len(lines)], last.items, strict=True):
        if known_label(fields, item[0]):
            bullets.append(item)
        else:
            body += lines[start:end]
    return body, bullets


def read_field(model: type[BaseModel], fields: Fields, bullet: list[str], notes: Notes, values: dict[str, Any]) -> bool:
    """Put what a labelled bullet says into `values`; False if it is no field, or does not fit it."""
    field = known_label(fields, bullet[0])
    if field is None:
        return False
    try:
        found = _found(field, fields, bullet, notes)
    except ValidationError:
        return False
    fitting = {name: valid(model, name, value) for name, value in found.items()}
    if None in fitting.values():
        return False
    values |= fitting
    return True


def _found(field: FieldForm, fields: Fields, bullet: list[str], notes: Notes) -> dict[str, Any]:
    rest = bullet[0].partition(":")[2].removeprefix("**").strip()
    if field.kind == "fact" and len(bullet) == 1:
        return _facts(fields, bullet[0])
    if field.kind in ("fact", "text"):
        return {field.name: decode([rest, *bullet[1:]])}
    nested = ([[rest]] if rest else []) + [
        part for block in blocks(bullet[1:]) for part in block.items or [block.lines]
    ]
    if field.kind == "texts":
        return {field.name: [decode(part) for part in nested]}
    if field.kind == "items":
        return {field.name: [item for part in nested if (item := read_item(field.model, part, notes))]}
    return {field.name: read_object(field.model, fields_of(field.model), blocks(bullet[1:]), notes)[0]}


def _facts(fields: Fields, line: str) -> dict[str, Any]:
    """`Likelihood: high · Impact: low`, cut where a known label follows the dot."""
    chunks: list[str] = []
    for chunk in line.split(SEPARATOR):
        if chunks and not known_label(fields, chunk):
            chunks[-1] += SEPARATOR + chunk
        else:
            chunks.append(chunk)
    found: dict[str, Any] = {}
    for chunk in chunks:
        field = known_label(fields, chunk)
        value = unescape(chunk.partition(":")[2].removeprefix("**").strip())
        if field:
            found[field.name] = value.split(", ") if field.many else value
    return found


@cache
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    info = model.model_fields[name]
    annotation: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    return TypeAdapter(annotation)


def valid(model: type[BaseModel], name: str, value: Any) -> Any:
    """The value as the field takes it, tried in lower case too; None if it does not."""
    for candidate in (value, value.lower()) if isinstance(value, str) else (value,):
        try:
            return _adapter(model, name).validate_python(candidate)
        except ValidationError:
            continue
    return None


def entries(parts: Iterable[Block]) -> Iterator[tuple[list[str], str | None]]:
    """Each bullet, or block without a bullet, that says something, with the heading above it."""
    topic = None
    for part in parts:
        if part.kind == "heading":
            topic = None if part.content == NO_TOPIC else unescape(part.content)
        elif part.kind == "list":
            yield from ((item, topic) for item in part.items if not is_tbd(item))
        elif part.kind != "hr" and part.lines and not is_tbd(part.lines):
            yield part.lines, topic


def read_items(model: type[BaseModel], parts: Iterable[Block], notes: Notes) -> list[Any]:
    """The items of a list slot."""
    return [item for lines, topic in entries(parts) if (item := _under(topic, read_item(model, lines, notes)))]


def read_object(
    model: type[BaseModel], fields: Fields, parts: Iterable[Block], notes: Notes
) -> tuple[dict[str, Any], list[Statement]]:
    """The values of labelled bullets, and what else stands there where the model has no place for it."""
    rest = FORMS[model].rest
    one: type[BaseModel] = item_model(model.model_fields[rest].annotation) if rest else Statement
    values: dict[str, Any] = {}
    items: list[Any] = []
    for lines, topic in entries(parts):
        own: dict[str, Any] = {}
        facts = [read_marks(model, lines[0], notes, own), *lines[1:]]
        if facts == [""] or read_field(model, fields, facts, notes, own):
            values |= own
        elif item := _under(topic, read_item(one, lines, notes)):
            items.append(item)
    if rest:
        values[rest] = items
    return values, [] if rest else items


def _under(topic: str | None, item: Any) -> Any:
    return item.model_copy(update={"topic": topic}) if item and topic and isinstance(item, Item) else item
