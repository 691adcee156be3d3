"""A spec to Markdown: the template's headings and order, ids and links shown, citations as footnotes.

Each item is written, read back and compared; where the plain form would not come back the same,
its texts are written as literal fences. So the form is lossless by construction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from operator import attrgetter
from typing import Any

from pydantic import BaseModel, ValidationError

from specdraft.markdown import diagram, footnotes, ranking
from specdraft.markdown.footnotes import Note
from specdraft.markdown.forms import (
    ASSUMPTION,
    FOLDED,
    FORMS,
    NO_TOPIC,
    RANKING,
    SEPARATOR,
    SLOTS,
    SPEC_FACTS,
    TBD,
    FieldForm,
    Slot,
    fields_of,
    label_of,
    own_fields,
)  # fmt: skip
from specdraft.markdown.items import Fields, Notes, is_rule, is_tbd, known_label, read_item, read_marks, read_object
from specdraft.markdown.read import read_head
from specdraft.markdown.text import blocks, encode, escape, indented
from specdraft.spec import Answer, Diagram, Grounded, Item, Question, SpecFields
from specdraft.spec.statement import defaults


def write(spec: SpecFields) -> str:
    """The whole document, ending in a newline."""
    return "\n".join(_Writer(spec).lines()) + "\n"


def _heading(level: int, text: str) -> str:
    closing = " " + "#" * level if text.endswith("#") else ""
    return "#" * level + " " + escape(text) + closing


def _shown(value: Any) -> str:
    """A fact as a word: a list with commas, a truth as yes or no."""
    if isinstance(value, list):
        return ", ".join(value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else escape(str(value))


class _Writer:
    """One writing of a spec; it gathers the footnotes on the way."""

    def __init__(self, spec: SpecFields) -> None:
        self.spec = spec
        self.notes: Notes = {}
        self.asking: dict[str, list[str]] = {}
        for question in spec.open_questions:
            self.asking.setdefault(question.slot, []).append(question.id)
        self.shown: set[str] = set()
        """Ids of the questions that a TBD points at."""

    def lines(self) -> list[str]:
        """The document's lines."""
        lines = [_heading(1, self.spec.title), "", *self._summary()]
        lines += [SEPARATOR.join(f"{label_of(name)}: {getattr(self.spec, name)}" for name in SPEC_FACTS), ""]
        for slot in SLOTS:
            part = self._slot(slot)
            if part or slot.asked:
                lines += [_heading(slot.level, slot.title) if slot.level else f"**{slot.title}**", "", *part]
                if slot.path in self.asking or not (part or (slot.level and self._is_split(slot))):
                    lines += [*([""] if part else []), self._tbd(slot)]
                lines.append("")
        for label, note in self.notes.items():
            lines += [*footnotes.write(label, note), ""]
        return lines[:-1]

    def _summary(self) -> list[str]:
        if not self.spec.summary:
            return []

        def compose(literal: bool) -> list[str]:
            first, *rest = encode(self.spec.summary, literal=literal)
            return [
                *(f"> {line}".rstrip(" ") if not line else f"> {line}" for line in (f"**TL;DR** {first}", *rest)),
                "",
            ]

        return self._reading_back(
            compose, lambda lines: read_head(list(blocks(lines))).get("summary") == self.spec.summary
        )

    def _is_split(self, slot: Slot) -> bool:
        """Is what would stand here said in the parts below it?"""
        paths = (other.path for other in SLOTS if other.path.startswith(f"{slot.path}.") and other.path != RANKING)
        below = (attrgetter(path)(self.spec) for path in paths)
        return any(
            part and not (isinstance(part, BaseModel) and part == type(part).model_construct()) for part in below
        )

    def _tbd(self, slot: Slot) -> str:
        asking = self.asking.get(slot.path, [])
        self.shown.update(asking)
        return f"{TBD} → {', '.join(asking)}" if asking else TBD

    def _slot(self, slot: Slot) -> list[str]:
        if slot.path == RANKING:
            return ranking.write(self.spec.alternatives)
        value = attrgetter(slot.path)(self.spec)
        if isinstance(value, Diagram):
            return diagram.write(value)
        if isinstance(value, BaseModel):
            return self._object(value, own_fields(slot.path, type(value)))
        if slot.path in FOLDED:
            return self._folded(value, *FOLDED[slot.path])
        return self._listed(value, {}) if value else []

    def _folded(self, items: list[Any], shown: int, called: str) -> list[str]:
        """The first items as they are, the others behind a line that says how many they are."""
        lines = self._listed(items[:shown], {})
        if rest := items[shown:]:
            topic = items[shown - 1].topic if shown else None
            behind = self._listed(rest, {}, topic=topic)
            summary = f"<summary>{len(rest)} {called}{'s' if rest[1:] else ''}</summary>"
            lines += [*([""] if lines else []), "<details>", summary, "", *behind, "", "</details>"]
        return lines

    def _object(self, value: BaseModel, fields: Fields) -> list[str]:
        """Labelled bullets for the object's own fields, then the items of its rest."""
        model, rest = type(value), FORMS[type(value)].rest
        names = {field.name for field in fields.values()} | ({"citations", "placed_by"} & model.model_fields.keys())

        def reads_back(lines: list[str]) -> bool:
            values, _ = read_object(model, fields, blocks(lines), self.notes)
            back = model.model_validate({name: found for name, found in values.items() if name != rest})
            return all(getattr(back, name) == getattr(value, name) for name in names)

        lines = self._reading_back(
            lambda literal: self._fields(value, fields.values(), literal, self._marks(value)), reads_back
        )
        return lines + (self._listed(getattr(value, rest), fields, apart=bool(lines)) if rest else [])

    def _listed(
        self, items: Iterable[Any], fields: Fields, *, apart: bool = False, topic: str | None = None
    ) -> list[str]:
        """Items as bullets, under a heading of their own where the topic changes; `topic` is what stands above."""
        lines: list[str] = []
        for item in items:
            if (own := getattr(item, "topic", None)) != topic:
                lines += [*([""] if lines or apart else []), _heading(4, own or NO_TOPIC), ""]
                topic = own
            lines += self._item(item, among=fields)
        return lines

    def _item(self, item: BaseModel, *, among: Fields | None = None) -> list[str]:
        """One item as a bullet. At the top level (`among` the labels of its owner) its topic stands above it."""
        bare = item
        if among is not None and isinstance(item, Item):
            bare = item.model_copy(update={"topic": None} | ({"slot": ""} if self._is_shown(item) else {}))
        bullet = self._reading_back(
            lambda literal: self._bullet(bare, literal),
            lambda lines: (
                self._stays(lines, type(bare), among or {}) and read_item(type(bare), lines, self.notes) == bare
            ),
        )
        return _bulleted(bullet)

    def _stays(self, lines: list[str], model: type[BaseModel], among: Fields) -> bool:
        """Behind its bullet, do these lines stay one item, and are they taken for nothing else?"""
        if is_rule(lines[0]) or is_tbd(lines) or known_label(among, read_marks(model, lines[0], self.notes, {})):
            return False
        return len(lines) == 1 or [block.items for block in blocks(_bulleted(lines))] == [[lines]]

    def _is_shown(self, item: Item) -> bool:
        return isinstance(item, Question) and item.id in self.shown

    def _bullet(self, item: BaseModel, literal: bool) -> list[str]:
        form = FORMS[type(item)]
        marks = self._marks(item)
        first, *rest = encode(getattr(item, form.main), literal=literal)
        tag = getattr(item, form.tag) if form.tag else ""
        links = ", ".join(getattr(item, form.links)) if form.links else ""
        tag = f"**{tag} → {links}** " if links else f"**{tag}** " if tag else ""
        head = f"{tag}{first}{marks if first else marks.strip()}".strip()
        lines = [head, *rest] if head else rest[1:]
        return lines + self._fields(item, fields_of(type(item)).values(), literal)

    def _marks(self, item: BaseModel) -> str:
        """Shown behind the text: the footnote, or that it is an assumption."""
        if not isinstance(item, Grounded):
            return ""
        marks = ""
        is_open = isinstance(item, Answer) and item.answer == "unknown"  # states nothing
        if item.is_assumption and FORMS[type(item)].states and not is_open:
            says = FORMS[type(item)].main or any(
                field.kind != "items" and getattr(item, field.name) != defaults(type(item))[field.name]
                for field in fields_of(type(item)).values()
            )
            marks = f" {ASSUMPTION}" if says else ""
        if item.citations or item.placed_by:
            label = item.citations[0].passage if item.citations else "placed"
            count = 1
            while (name := label if count == 1 else f"{label}-{count}") in self.notes:
                count += 1
            self.notes[name] = Note(item.citations, item.placed_by)
            marks += f"[^{name}]"
        return marks

    def _fields(self, item: BaseModel, fields: Iterable[FieldForm], literal: bool, marks: str = "") -> list[str]:
        """The fields that say something: the facts on one line, then a bullet each."""
        facts: list[str] = []
        lines: list[str] = []
        for field in fields:
            value = getattr(item, field.name)
            info = type(item).model_fields[field.name]
            is_open = isinstance(item, Answer) and field.name == "answer" and bool(item.reason or item.citations)
            usual = not info.is_required() and value == defaults(type(item))[field.name]
            if usual and not is_open and field.name not in FORMS[type(item)].always:
                continue
            if field.kind == "fact" and (field.closed or field.many or not (literal or "`" in value)):
                facts.append(f"{field.label}: {_shown(value)}")
            else:
                lines += self._labelled(field, value, literal)
        line = (SEPARATOR.join(facts) + marks).strip()
        return [*([f"- {line}"] if line else []), *lines]

    def _labelled(self, field: FieldForm, value: Any, literal: bool) -> list[str]:
        label = f"- {field.label}:"
        if field.kind in ("fact", "text"):
            first, *rest = encode(value, literal=literal)
            return [f"{label} {first}".rstrip(), *indented(rest, 2)]
        if field.kind == "texts":
            nested = [
                _bulleted(lines if lines[0] else lines[2:])
                for lines in (encode(text, literal=literal) for text in value)
            ]
        elif field.kind == "items":
            nested = [self._item(each) for each in value]
        else:
            nested = [self._fields(value, fields_of(field.model).values(), literal)]
        return [label, *(line for lines in nested for line in indented(lines, 2))]

    def _reading_back(self, compose: Callable[[bool], list[str]], reads_back: Callable[[list[str]], bool]) -> list[str]:
        """The plain form if it reads back, else the literal one. Notes taken on a failed try are given back."""
        taken = len(self.notes)
        for literal in (False, True):
            lines = compose(literal)
            with suppress(ValidationError):
                if reads_back(lines):
                    return lines
            while len(self.notes) > taken:
                self.notes.popitem()
        raise AssertionError(f"a text that does not read back: {lines!r}")  # pragma: no cover


def _bulleted(lines: list[str]) -> list[str]:
    return ["- " + lines[0], *indented(lines[1:], 2)]
