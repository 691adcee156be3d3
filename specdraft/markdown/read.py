"""Markdown to a spec: our own form without loss, and a hand-written spec by the template's headings."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel

from specdraft.markdown import diagram, footnotes, ranking
from specdraft.markdown.forms import (
    ALIASES,
    FOLDED,
    RANKING,
    SEPARATOR,
    SLOTS,
    SPEC_FACTS,
    Slot,
    item_model,
    key_of,
    label_of,
    model_at,
    own_fields,
)
from specdraft.markdown.items import Notes, asked_by, read_items, read_object, valid
from specdraft.markdown.text import Block, blocks, decode, unescape
from specdraft.spec import SpecFields, Statement
from specdraft.spec.statement import normal

_BOLD = re.compile(r"\*\*(.+?)\*\*:?\s*", re.DOTALL)
_QUESTION = re.compile(r"([^?]{5,200}\?)\s*")
_SLOT_OF_TITLE = {key_of(slot.title): slot for slot in SLOTS}
_SLOT_OF_ALIAS = {key_of(alias): slot for slot in SLOTS for alias in ALIASES.get(slot.path, ())}
_SLOT_OF_KEY = _SLOT_OF_ALIAS | _SLOT_OF_TITLE


def read(text: str) -> dict[str, Any]:
    """The fields of a spec, nested and ready for `model_validate`.

    Args:
        text: the Markdown of a spec, ours or hand-written. What stands under no heading of the
            template comes back in `unplaced`.
    """
    notes: Notes = {}
    body: list[Block] = []
    for block in blocks(str(normal(text)).split("\n")):
        note = footnotes.read(block.lines) if block.kind == "footnote_reference" else None
        if note:
            notes[block.content] = note
        elif not _is_fold(block):
            body.append(block)
    fields = read_head(body)
    leftover: list[Statement] = []
    asked: dict[str, str] = {}
    for slot, parts in _dealt(body):
        _put(fields, slot.path, _slot_value(slot, parts, notes, leftover))
        asked |= dict.fromkeys((id_ for part in parts for id_ in asked_by(part)), slot.path)
    for question in fields["open_questions"]:
        question.slot = question.slot or asked.get(question.id, "")
    fields["unplaced"] = [*fields.get("unplaced", []), *leftover]
    return fields


_FOLD = re.compile(
    rf"<details>\n<summary>\d+ (?:{'|'.join(called for _, called in FOLDED.values())})s?</summary>|</details>"
)


def _is_fold(block: Block) -> bool:
    """Does it only fold a list away, or end what is folded?"""
    return block.kind == "html_block" and bool(_FOLD.fullmatch("\n".join(block.lines).strip()))


def read_head(body: list[Block]) -> dict[str, Any]:
    """Take the title, the TL;DR and the facts off the top of the document."""
    fields: dict[str, Any] = {}
    if body and body[0].level == 1 and _is_title(body):
        fields["title"] = unescape(body.pop(0).content)
    if body and body[0].kind == "blockquote":
        lines = [re.sub(r"^ {0,3}> ?", "", line) for line in body[0].lines]
        if (bold := _BOLD.match(lines[0])) and key_of(bold[1]) == "tl;dr":
            fields["summary"] = decode([lines[0][bold.end() :], *lines[1:]])
            body.pop(0)
    if body and body[0].kind == "paragraph" and (facts := _spec_facts(body[0].lines)):
        fields |= facts
        body.pop(0)
    return fields


def _is_title(body: list[Block]) -> bool:
    """The first heading, unless the document goes straight into the template's sections."""
    key = key_of(body[0].content)
    slot = _SLOT_OF_TITLE.get(key)
    return not (slot and slot.asked) or any(block.level and key_of(block.content) == key for block in body[1:])


def _spec_facts(lines: list[str]) -> dict[str, Any] | None:
    facts: dict[str, Any] = {}
    for chunk in SEPARATOR.join(lines).split(SEPARATOR):
        label, _, value = chunk.replace("**", "").partition(":")
        name = next((name for name in SPEC_FACTS if key_of(label) == key_of(label_of(name))), "")
        if not name or (found := valid(SpecFields, name, value.strip())) is None:
            return None
        facts[name] = found
    return facts


def _dealt(body: list[Block]) -> list[tuple[Slot, list[Block]]]:
    """The blocks sorted into the slots, by the headings and bold questions above them."""
    dealt: dict[str, list[Block]] = {}
    path, above = "problem", [(0, "problem")]
    for block in body:
        slot, rest = _opened(block)
        if slot:
            path = slot.path
            if block.level:
                above = [*(outer for outer in above if outer[0] < block.level), (block.level, path)]
        elif 1 <= block.level <= 3:
            above = [outer for outer in above if outer[0] < block.level]
            path = above[-1][1] if block.level > 1 else "unplaced"
        if rest and path == RANKING:
            path, rest = "alternatives", None if ranking.is_computed(rest) else rest
        if rest:
            dealt.setdefault(path, []).append(rest)
    return [(slot, dealt.get(slot.path, [])) for slot in SLOTS if slot.path != RANKING]


def _opened(block: Block) -> tuple[Slot | None, Block | None]:
    """The slot that this block opens, and what of the block is left to read."""
    if 1 <= block.level <= 3 and (slot := _SLOT_OF_KEY.get(key_of(block.content))):
        return slot, None
    text = "\n".join(block.lines)
    for pattern, known in ((_BOLD, _SLOT_OF_KEY), (_QUESTION, _SLOT_OF_TITLE)):
        if block.kind == "paragraph" and (asked := pattern.match(text)) and (slot := known.get(key_of(asked[1]))):
            left = text[asked.end() :]
            return slot, Block("paragraph", block.first, left.split("\n")) if left else None
    return None, block


def _slot_value(slot: Slot, parts: list[Block], notes: Notes, leftover: list[Statement]) -> Any:
    model = model_at(slot.path)
    if slot.path == "solution.diagram":
        drawn = [part for part in parts if part.kind == "fence" and diagram.read(part.lines)]
        leftover += read_items(Statement, [part for part in parts if part not in drawn[:1]], notes)
        return diagram.read(drawn[0].lines) if drawn else None
    if isinstance(model, type) and issubclass(model, BaseModel):
        values, others = read_object(model, own_fields(slot.path, model), parts, notes)
        leftover += others
        return values
    return read_items(item_model(model), parts, notes)


def _put(fields: dict[str, Any], path: str, value: Any) -> None:
    *parents, name = path.split(".")
    for parent in parents:
        fields = fields.setdefault(parent, {})
    fields[name] = fields.get(name, {}) | value if isinstance(value, dict) else value
