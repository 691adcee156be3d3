"""The words that every section is made of: text in normal form, citations, statements, ids."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

_BREAKS = re.compile(r"\r\n?")
_UNENCODABLE = re.compile("[\ud800-\udfff\x00]")


def normal(text: object) -> object:
    """The one form that text has here: newlines as line ends, no NUL, no lone surrogates.

    Anything else than a string is returned as it is, for pydantic to refuse.
    """
    if not isinstance(text, str):
        return text
    if "\r" in text:
        text = _BREAKS.sub("\n", text)
    return _UNENCODABLE.sub("\ufffd", text) if not text.isascii() or "\x00" in text else text


def _one_line(text: str) -> str:
    return " ".join(text.split())


Text = Annotated[str, BeforeValidator(normal), AfterValidator(str.strip)]
"""Markdown of one or more lines, without white space around it."""

Said = Annotated[Text, Field(min_length=1)]
"""Text that says something."""

Line = Annotated[str, BeforeValidator(normal), AfterValidator(_one_line)]
"""Markdown of one line, runs of white space folded."""


def _topic(text: str | None) -> str | None:
    return None if text in ("", "—") else text


Topic = Annotated[Line | None, AfterValidator(_topic)]
"""A heading; none is none, whether it is written as nothing or as a dash."""

PassageId = Annotated[str, Field(pattern=r"^(P|A|C[0-9]+[.])[0-9]+$")]
"""`P12` in the PRD or ticket, `C2.3` in the second context document, `A1` in the answers."""

Id = Annotated[str, Field(pattern=r"^[GNRKASVTMQF][1-9][0-9]*$")]
"""An item of the spec. The letter tells the kind: Goal, Non-goal, Risk, Kriterion of choice,
Alternative, Step, Verifiable criterion, Test, Monitor, Question, Finding."""

OwnId = Annotated[str, Field(pattern=r"^([GNRKASVTMQF][1-9][0-9]*)?$", json_schema_extra={"readOnly": True})]
"""The id of an item itself: given by code (`specdraft.spec.ids`), empty until then."""

YesNo = Literal["yes", "no", "unknown"]
Level = Literal["low", "medium", "high"]
SectionName = Literal["problem", "solution", "risks", "alternatives", "rollout", "success"]


class Model(BaseModel):
    """Base of every part of a spec: an unknown field is an error, not a silent loss."""

    model_config = ConfigDict(extra="forbid")


@cache
def defaults(model: type[BaseModel]) -> dict[str, Any]:
    """What each field of a model holds if nothing is said; to compare with, not to change."""
    return {name: info.get_default(call_default_factory=True) for name, info in model.model_fields.items()}


class Citation(Model):
    """Words of a source, and where they stand."""

    passage: PassageId = Field(description="The passage that holds the words, e.g. P12.")
    quote: Said = Field(
        description="The words exactly as they stand in that passage: no ellipsis, no correction, no translation."
    )
    line: int | None = Field(
        default=None,
        ge=1,
        description="Line of the source on which the quote begins.",
        json_schema_extra={"readOnly": True},
    )


class Placement(Model):
    """How the offline drafter came to put an item where it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    how: Literal[
        "heading-exact",
        "heading-split",
        "heading-pattern",
        "lead-in",
        "table",
        "opening",
        "cue",
        "checklist",
        "unplaced",
    ] = Field(
        description="What decided: a heading (known word for word, in part, by pattern), a lead-in, "
        "a table's header, that it opens the document, a cue in the sentence, the risk checklist, or nothing."
    )
    rule: Line = Field(default="", description="The heading, header or rule that decided.")


class Grounded(Model):
    """Anything that states something: it cites the source, or it is an assumption."""

    citations: list[Citation] = Field(
        default_factory=list,
        description="The words of the source that say this. Leave it empty if the source does not say it: "
        "the item is then shown as an assumption.",
    )
    placed_by: Placement | None = Field(
        default=None,
        description="How the offline drafter placed it.",
        json_schema_extra={"readOnly": True},
    )

    @property
    def is_assumption(self) -> bool:
        """True where no words of a source stand behind it."""
        return not self.citations


class Item(Grounded):
    """One of a list of things stated."""

    topic: Topic = Field(
        default=None,
        description="The heading or lead-in of the source under which this stood, if it matters.",
        json_schema_extra={"readOnly": True},
    )


class Statement(Item):
    """One thing said, in as few words as it takes."""

    text: Said = Field(description="What is said, as short as it can be without losing a fact.")
