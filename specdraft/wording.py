"""The words of an ask: what a model is shown of the material, of the sections done, and of what it got wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from specdraft import prompts
from specdraft.material import Material
from specdraft.outline import SectionPlan
from specdraft.spec import Question
from specdraft.spec.statement import defaults

_ASKING = ("questions", "agreement")
"""The sections that hold open questions, in the order in which they are asked."""
_UNSEEN = ("placed_by", "line", "topic", "slot")
_ALWAYS = ("answer", "required")
"""What says something even where it is the default: unknown."""
_FLOOR, _PER_WORD, _PER_WORD_MORE, _MANY, _MOST = 220, 0.42, 0.2, 1000, 10_000
"""A spec's words: so many whatever the source, and a part of the source's; less of what goes beyond a thousand,
and none of what goes beyond ten thousand."""


def system(material: Material) -> str:
    """The instructions and the material: what every ask of a run begins with."""
    return prompts.render("system.md.j2", material=material)


def ask(  # noqa: PLR0913 - one for each thing that an ask may show
    plan: SectionPlan,
    material: Material,
    done: Mapping[str, BaseModel],
    *,
    remarks: Sequence[str] = (),
    suspects: Sequence[str] = (),
    previous: BaseModel | None = None,
) -> str:
    """What is asked for a section, and what is shown with it."""
    asked = [each for name in _ASKING if name in done for each in done[name].open_questions]  # type: ignore[attr-defined]
    return prompts.render(
        "ask.md.j2",
        plan=plan,
        questions=asked,
        done={name: brief(part) for name, part in done.items() if name not in _ASKING},
        answers=[each for each in material.answers if _touches(each.id, plan.name, asked)],
        words=10 * round(plan.share * length(material) / 10),
        remarks=remarks,
        suspects=suspects,
        previous=brief(previous, quotes=True) if previous else "",
    )


def _touches(answer: str, section: str, questions: Sequence[Question]) -> bool:
    """Is the answer to a question that the section waits for? The check of all sections sees all answers."""
    blocks = {f"A{each.id[1:]}": each.blocks for each in questions}
    return section == "agreement" or section in (blocks.get(answer) or (section,))


def length(material: Material) -> float:
    """How many words the spec should have, its questions apart."""
    words = len(material.source.text.split())
    return _FLOOR + _PER_WORD * min(words, _MANY) + _PER_WORD_MORE * max(0, min(words, _MOST) - _MANY)


def brief(section: BaseModel, *, quotes: bool = False) -> str:
    """A section as compact JSON: what is empty left out, citations as the passages that they name."""
    return json.dumps(_brief(section, quotes=quotes), ensure_ascii=False)


def _brief(part: Any, *, quotes: bool) -> Any:
    if isinstance(part, list):
        return [_brief(each, quotes=quotes) for each in part]
    if not isinstance(part, BaseModel):
        return part
    small: dict[str, Any] = {}
    for name, default in defaults(type(part)).items():
        value = getattr(part, name)
        if name == "citations" and value and not quotes:
            small["cites"] = sorted({each.passage for each in value})
        elif name in _UNSEEN or not value:
            continue
        elif name in _ALWAYS or value != default:
            small[name] = _brief(value, quotes=quotes)
    return small
