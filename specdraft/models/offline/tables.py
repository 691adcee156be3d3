"""The lexical tables of the offline drafter, read from `data/` when first asked for, and once."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class Headings(NamedTuple):
    """What `synonyms.toml` knows about headings, all of them as `headings.normalise` gives them."""

    labels: dict[str, str]
    also: dict[str, tuple[str, ...]]
    inheriting: frozenset[str]
    phased: frozenset[str]
    phase: re.Pattern[str]
    phased_label: str


class Pattern(NamedTuple):
    """What decides about a heading that is not known word for word."""

    label: str
    regex: re.Pattern[str]


class Cue(NamedTuple):
    """Words that speak for a label."""

    id: str
    label: str
    tier: str
    weight: float
    regex: re.Pattern[str]
    override: bool


class Family(NamedTuple):
    """Cues of one label that are tried on the same reading of a sentence, and one pattern for any of them."""

    label: str
    at_start: bool
    any: re.Pattern[str]
    cues: tuple[Cue, ...]


class LeadIn(NamedTuple):
    """What a bold lead-in such as `**Mitigation:**` announces: an item of `label`, or a `field` of one."""

    label: str
    field: str


def folded(heading: str) -> str:
    """The form in which headings are looked up: `&` and `and` are the same."""
    return heading.replace("&", "and")


@cache
def headings() -> Headings:
    """What is known about headings word for word."""
    table = load("synonyms.toml")
    return Headings(
        {folded(heading): label for label, known in table["labels"].items() for heading in known},
        {folded(heading): tuple(labels) for heading, labels in table["also"].items()},
        frozenset(map(folded, table["inheriting"]["headings"])),
        frozenset(map(folded, table["phased"]["headings"])),
        re.compile(table["phased"]["child"]),
        table["phased"]["label"],
    )


@cache
def patterns() -> tuple[Pattern, ...]:
    """In the order in which they are to be tried."""
    return tuple(Pattern(row["label"], re.compile(row["regex"])) for row in load("patterns.toml")["pattern"])


@cache
def cues() -> tuple[Family, ...]:
    """`at_start`: for what is left of a sentence when list markers, bold and ids are taken off."""
    table = load("cues.toml")
    found: dict[tuple[str, bool], list[Cue]] = {}
    for label, rows in table["labels"].items():
        for number, row in enumerate(rows, 1):
            regex = re.compile(row["regex"].replace("{SUBJ}", table["subject"]))
            cue = Cue(f"{label}.{number}", label, row["tier"], row["weight"], regex, row.get("override", False))
            found.setdefault((label, row["regex"].startswith("^")), []).append(cue)
    return tuple(
        Family(label, at_start, re.compile("|".join(cue.regex.pattern for cue in family)), tuple(family))
        for (label, at_start), family in found.items()
    )


@cache
def lead_ins() -> dict[str, LeadIn]:
    """Lead-ins by their words, as `headings.normalise` gives them, folded."""
    return {
        folded(words): LeadIn(label, "" if field == "item" else field)
        for label, fields in load("lead_ins.toml").items()
        for field, known in fields.items()
        for words in known
    }


@cache
def load(name: str) -> dict[str, Any]:
    """A file of `data/` as it stands."""
    return tomllib.loads((files("specdraft.models.offline") / "data" / name).read_text(encoding="utf-8"))
