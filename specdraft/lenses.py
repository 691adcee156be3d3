"""The lenses that a spec is read through: a table whose rows are Markdown files in `prompts/critic/`.

A team's own lens is such a file, anywhere: a title, a question below it, and a list under `## Asks`. What else there
may be: `Category:`, `Most:`, `## A good finding`, `## Called for by` (facts of the spec, `FACTS`), `## Signals`
(regular expressions, three of which call for it), `## Checklist` (a title with {words}, and a question, for the
offline critic).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from specdraft import prompts
from specdraft.errors import PromptError
from specdraft.markdown.text import Block, blocks
from specdraft.material import Material
from specdraft.places import Places
from specdraft.spec import SpecFields

MOST = 5
"""Findings that a lens is asked for at most, if it does not say otherwise."""
AT_LEAST = 3
"""Distinct signals that call for a lens; a single one stands in half of all documents."""
_UNSEEN = ("checklist", "called for by", "signals")
"""Sections of a lens that are not shown to a model."""


@dataclass(frozen=True, slots=True)
class Lens:
    """One way to read a spec."""

    name: str
    asks: str
    """Its question, in a line."""
    most: int
    """How many findings it is asked for at most."""
    category: str
    """Of the risks that it raises, as in `Risk.category`."""
    text: str
    """What a model is shown: its questions and a good finding."""
    facts: tuple[str, ...]
    signals: tuple[re.Pattern[str], ...]
    checklist: tuple[str, str] | None
    """What the offline critic asks: a title with a place for {words} of the document, and the question behind it."""

    @property
    def when(self) -> str:
        """What calls for it, in a line."""
        if "every spec" in self.facts:
            return "always"
        return ", ".join([*self.facts, *([f"{AT_LEAST} of its signals"] if self.signals else [])]) or "by hand"

    def heard(self, texts: Sequence[str]) -> list[tuple[int, int, int]]:
        """Where its signals stand: for each, once, the number of the text, and begin and end in it."""
        found = []
        for signal in self.signals:
            for number, text in enumerate(texts):
                if hit := signal.search(text, 0, _LONGEST):
                    found.append((number, *hit.span()))
                    break
        return found


_LONGEST = 4_000
"""Characters of a text that are searched."""

FACTS: dict[str, Callable[[SpecFields], object]] = {
    "every spec": lambda _: True,
    "new component": lambda spec: any(each.change == "add" for each in spec.solution.architecture),
    "change of what exists": lambda spec: any(each.change != "add" for each in spec.solution.architecture),
    "breaking change": lambda spec: spec.risks.answers.backwards_incompatible.answer == "yes",
    "data change": lambda spec: spec.solution.data_model,
    "migration": lambda spec: spec.rollout.migration.required == "yes" or spec.rollout.migration.steps,
    "load": lambda spec: spec.risks.answers.load.answer == "yes",
    "dependency": lambda spec: spec.risks.answers.dependencies.answer == "yes",
    "security": lambda spec: spec.risks.answers.security_privacy.answer == "yes",
}
"""What a lens may be called for by, beside words."""


@cache
def table() -> tuple[Lens, ...]:
    """The lenses that come with specdraft, by name."""
    return tuple(_parsed(text, name) for name, text in prompts.lenses())


def named(name: str) -> Lens:
    """The lens of that name, or of that Markdown file.

    Raises:
        PromptError: there is none, or it cannot be read.
    """
    if name.endswith(".md"):
        try:
            return _parsed(Path(name).read_text(encoding="utf-8-sig"), name)
        except (OSError, UnicodeDecodeError) as error:
            raise PromptError(f"cannot read the lens {name}: {error}", hint="A lens is a Markdown file.") from error
    for lens in table():
        if lens.name == name:
            return lens
    raise PromptError(
        f"there is no lens {name!r}",
        hint=f"The lenses are {', '.join(lens.name for lens in table())}; one of your own is a .md file.",
    )


def chosen(spec: SpecFields, material: Material | None, names: Sequence[str] = ()) -> list[Lens]:
    """The lenses of those names, or if none is named those that the spec and its source call for.

    Raises:
        PromptError: there is no such lens.
    """
    if names:
        return [named(name) for name in names]
    texts = [passage.text for passage in material.passages] if material else list(Places(spec).texts.values())
    return called_for(spec, texts)


def called_for(spec: SpecFields, texts: Sequence[str]) -> list[Lens]:
    """The lenses to read a spec through: by facts of the spec, or by three of their signals in the texts.

    Args:
        spec: what is to be read.
        texts: the passages of its source, or where there is none its own.
    """
    return [
        lens for lens in table() if any(FACTS[fact](spec) for fact in lens.facts) or len(lens.heard(texts)) >= AT_LEAST
    ]


def _parsed(text: str, name: str) -> Lens:
    """A lens from its Markdown.

    Raises:
        PromptError: it says nothing to ask, or a signal or fact is none.
    """
    lines = text.splitlines()
    parts: dict[str, list[Block]] = {"": []}
    shown: list[str] = []
    title = section = ""
    for block in blocks(lines):
        if block.level == 1 and not title:
            title = block.content
        elif block.level == 2:
            section = block.content.casefold()
            parts[section] = []
        else:
            parts[section].append(block)
        if section and section not in _UNSEEN:
            shown += [*block.lines, ""]
    head = [block for block in parts[""] if block.kind == "paragraph"]
    if not title or not head or "asks" not in parts:
        raise PromptError(
            f"{name} is no lens: it needs a title, a question below it, and `## Asks` with a list",
            hint="Take one of prompts/critic/ for an example.",
        )
    settings = {name: value.strip() for name, _, value in (item.partition(":") for item in _items(parts[""]))}
    paragraphs = [" ".join(block.lines) for block in parts.get("checklist", ())]
    return Lens(
        name="-".join(title.casefold().split()),
        asks=" ".join(head[0].lines),
        most=int(settings.get("Most", MOST)),
        category=settings.get("Category", "other"),
        text="\n".join(shown).strip(),
        facts=tuple(_fact(item, name) for item in _items(parts.get("called for by", ()))),
        signals=tuple(_signal(item, name) for item in _items(parts.get("signals", ()))),
        checklist=(paragraphs[0], paragraphs[1]) if len(paragraphs) > 1 else None,
    )


def _items(parts: Iterable[Block]) -> list[str]:
    return [" ".join(item).strip() for block in parts for item in block.items]


def _fact(item: str, name: str) -> str:
    if item not in FACTS:
        raise PromptError(f"{name}: there is no fact {item!r}", hint=f"The facts are: {', '.join(FACTS)}.")
    return item


def _signal(item: str, name: str) -> re.Pattern[str]:
    try:
        return re.compile(rf"\b(?:{item.strip('`')})\b", re.IGNORECASE)
    except re.error as error:
        raise PromptError(f"{name}: {item} is no regular expression: {error}", hint="Mend the signal.") from error
