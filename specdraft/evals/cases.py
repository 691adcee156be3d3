"""Cases: a document with what an expert says that a good spec of it must hold; and clean specs to seed flaws into."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from specdraft.document import Spec, load_spec
from specdraft.errors import EvalError
from specdraft.source import Source


def _compiles(pattern: str) -> str:
    re.compile(pattern)
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
"""A regular expression, searched without regard to case."""


class _Gold(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Point(_Gold):
    """Something that a good spec asks, raises or considers."""

    text: str
    """What it is, for a person and for a judge."""
    reason: str = ""
    signs: tuple[Pattern, ...] = ()
    """It counts as raised where all of these match one item."""

    def is_in(self, item: str) -> bool:
        """Does the item raise it, as far as words tell?"""
        return bool(self.signs) and all(re.search(sign, item, re.IGNORECASE) for sign in self.signs)


class Clash(_Gold):
    """Two clauses of the source that cannot both hold."""

    between: tuple[str, str]


class Gold(_Gold):
    """What an expert says of a document."""

    about: str
    domain: str = ""
    traps: tuple[str, ...] = ()
    must_cite: tuple[str, ...] = ()
    """Clauses that no good spec may fail to reflect."""
    goals: tuple[str, ...] = ()
    """Clauses that state an outcome."""
    silent: tuple[str, ...] = ()
    """Parts of a spec on which the document says nothing."""
    answered: tuple[str, ...] = ()
    open: tuple[Point, ...] = ()
    """What an expert would insist on asking."""
    risks: tuple[Point, ...] = ()
    alternatives: tuple[Point, ...] = ()
    contradictions: tuple[Clash, ...] = ()
    never: tuple[Pattern, ...] = ()
    """What no statement of a good spec matches."""


_CALLED = {"open": "point", "risks": "risk", "alternatives": "option"}
"""What a point is called in the file, by the list that it stands in."""


@dataclass(frozen=True)
class Case:
    """A document to draft from, and its gold."""

    name: str
    gold: Gold
    path: Path | None = None
    text: str = ""
    """The document itself where it is in no file of its own."""

    @cached_property
    def source(self) -> Source:
        """The document as passages."""
        return Source.from_path(self.path) if self.path else Source.from_text(self.text, name=f"{self.name}.md")


@dataclass(frozen=True)
class CleanSpec:
    """A spec without known flaws."""

    name: str
    path: Path

    @cached_property
    def spec(self) -> Spec:
        """As typed."""
        return load_spec(self.path)


def load_cases(folder: Path) -> list[Case]:
    """The cases in a folder, one folder a case with `prd.md` or `ticket.json`, and `case.yaml`; by name.

    Raises:
        EvalError: a case is incomplete, or its gold is not of the known shape or not in its document.
    """
    found = [_case(path.parent) for path in sorted(folder.glob("*/case.yaml"))]
    if not found:
        raise EvalError(f"there are no cases in {folder}", hint="A case is a folder with a case.yaml.")
    return found


def _case(folder: Path) -> Case:
    document = next((folder / name for name in ("prd.md", "ticket.json") if (folder / name).exists()), None)
    if document is None:
        raise EvalError(f"{folder} has neither prd.md nor ticket.json", hint="Put the document there.")
    try:
        data = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
        points = {name: [_renamed(each, called) for each in data.get(name) or []] for name, called in _CALLED.items()}
        gold = Gold.model_validate({name: value or () for name, value in data.items()} | points)
    except (yaml.YAMLError, ValidationError, AttributeError, re.error, KeyError) as error:
        said = " ".join(str(error).split())[:300]
        raise EvalError(f"{folder / 'case.yaml'} is no gold: {said}", hint="See evals/README.md.") from error
    case = Case(folder.name, gold, document)
    missing = [each for each in (*gold.must_cite, *gold.goals) if each not in case.source.text]
    if missing:
        raise EvalError(f"{folder / 'case.yaml'}: {missing[0]!r} is not in {document.name}", hint="Quote it exactly.")
    return case


def _renamed(point: dict[str, Any], called: str) -> dict[str, Any]:
    return {("text" if name == called else name): value for name, value in point.items()}


def load_clean(folder: Path) -> list[CleanSpec]:
    """The clean specs in a folder, by name."""
    return [CleanSpec(path.stem, path) for path in sorted(folder.glob("*.md"))]


def load_corpus(folder: Path, *, fewest: int = 3) -> Iterator[Case]:
    """Cases from a corpus of real documents: `*.jsonl`, with the experts' risks and alternatives as gold.

    Args:
        folder: the corpus; a missing one has no cases.
        fewest: only documents with so many risks that their authors called risks, and two alternatives.
    """
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            gold = item.get("gold") or {}
            core = item.get("risk_core") or []
            risks = [text for text, is_core in zip(gold.get("risks") or [], core, strict=False) if is_core]
            options = gold.get("alternatives") or []
            if len(risks) >= fewest and len(options) >= 2 and item.get("input_markdown"):
                points = {"risks": risks, "alternatives": options}
                told = {name: tuple(Point(text=text) for text in texts) for name, texts in points.items()}
                yield Case(
                    item["id"], Gold(about=item["title"], domain=item["kind"], **told), None, item["input_markdown"]
                )
