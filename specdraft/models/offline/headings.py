"""Headings and lead-ins: which part of the spec they stand for, and how that is known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Literal, NamedTuple

from specdraft.models.offline import tables
from specdraft.models.offline.tables import LeadIn

How = Literal["heading-exact", "heading-split", "heading-pattern"]

_LONGEST = 300
_MOST_WORDS = 9

_MARKUP = (
    (re.compile(r"<!--.*?(?:-->|$)|</?[a-z][^<>]{0,200}>|!\[[^\]]{0,200}\]\([^()]{0,200}\)|\{#[^{}]{0,100}\}"), " "),
    (re.compile(r"\[([^\[\]]{1,200})\](?:\([^()]{0,300}\)|\[[^\[\]]{0,100}\])"), r"\1"),
    (re.compile(r"[*`~]+|(?<![a-z0-9])_+|_+(?![a-z0-9])"), ""),
    (re.compile(r"[(\[](?:optional|required|mandatory|mvp|draft|tbd|wip|if applicable|v\d[\d.]{0,8})[)\]]"), " "),
)
_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "\u00a0": " "})
_NUMBERING = re.compile(
    r"^(?:§ ?)?(?:"
    r"\(?\d{1,3}[a-z]?(?:\.\d{1,3}){0,5}[.):]{0,2}(?: ?[-–—] | |(?<=[.):])(?=[a-z]))"
    r"|\(?(?:[ivx]{1,5}|[a-h])[.)] "
    r"|(?:step|part|section|chapter) (?:\d{1,3}|[ivx]{1,5}|[a-h]) ?(?:[:.)]|[-–—] )"
    r"|(?:fr|nfr|us|uc|ac|br|req|r|g|ng|q)-?\d{1,3}(?:\.\d{1,3}){0,3} ?(?:[:.)]|[-–—] )"
    r") *(?=\S)"
)
_PICTURES = frozenset(["So", "Sk", "Mn", "Cf", "Co", "Cn"])
"""Unicode categories of emoji and of what colours and joins them."""

_EDGES = " \t:.,;?!#-–—=|/&+"
_COUNT = re.compile(r" #?(?:\d{1,3}|[a-h])$")
_ASIDE = frozenset(["rationale"])
_PARTS = re.compile(r"(?: ?[:,/()&] ?| [-–—|>] )(?:and )?| and ")


class Match(NamedTuple):
    """What a heading stands for, how that is known, and the words or the pattern that decided.

    `others`: what single items under a combined heading ("Goals & Non-Goals") may be instead.
    """

    label: str
    how: How
    rule: str
    others: tuple[str, ...] = ()


class _Below(NamedTuple):
    """What the headings below a label may be instead of more of the same.

    `exact`: where they are known word for word (None: anything); `loose`: where in part or by pattern.
    """

    exact: frozenset[str] | None
    loose: frozenset[str]


def _below(exact: str | None, loose: str = "") -> _Below:
    return _Below(None if exact is None else frozenset(exact.split()) | {"meta"}, frozenset(loose.split()))


_RISKS = "risk_general risk_compat risk_security risk_load risk_deps"
_BELOW = {
    "problem": _below(None, "goals non_goals requirements success_metrics open_questions alternatives"),
    "goals": _below(None, "non_goals success_metrics open_questions"),
    # "Monitoring" under "Non-goals" is what is not monitored; a list of questions or a rollout plan is neither.
    "non_goals": _below("goals open_questions rollout alternatives"),
    # "Performance", "Accessibility" under "Non-functional requirements" are requirements, not risks.
    "requirements": _below(
        "problem goals non_goals data_model risk_deps alternatives plan migration rollback rollout testing "
        "success_metrics open_questions",
        "non_goals open_questions",
    ),
    # "Authentication flow" under "Design" is design.
    "architecture": _below(
        None,
        "non_goals data_model ui risk_general risk_compat alternatives plan migration rollback rollout testing "
        "monitoring open_questions",
    ),
    "data_model": _below(None, "non_goals alternatives migration rollback open_questions"),
    "ui": _below(None, "non_goals alternatives testing open_questions"),
    "risk_general": _below(f"{_RISKS} alternatives testing open_questions", _RISKS),
    "risk_compat": _below("risk_security risk_load migration rollback open_questions", "migration rollback"),
    "risk_security": _below("risk_compat risk_load risk_deps alternatives testing open_questions", "open_questions"),
    "risk_load": _below("risk_compat risk_security open_questions"),
    "risk_deps": _below(None, "open_questions"),
    # Each alternative has its own design, drawbacks and costs.
    "alternatives": _below("non_goals open_questions"),
    # "Phase 2: migrate the users" is a step of the plan.
    "plan": _below(None, "requirements risk_general risk_deps open_questions"),
    "migration": _below(None, "risk_general risk_compat plan rollback rollout testing open_questions"),
    "rollback": _below(None, "migration testing open_questions"),
    "rollout": _below(None, "risk_general plan migration rollback testing monitoring success_metrics open_questions"),
    "testing": _below("rollout success_metrics open_questions"),
    "monitoring": _below(None, "success_metrics open_questions"),
    "success_metrics": _below("rollout testing monitoring open_questions", "monitoring"),
    "open_questions": _below(""),
    "meta": _below(None),
}
"""The parent decides, but for what is listed here. Below a label that is not listed, any heading decides."""


def normalise(heading: str) -> str:
    """The heading in the form in which headings are compared: lower case, words only.

    Left out: markup, links, emoji, numbering (`3.1`, `IV.`, `Step 2:`, `FR3:`), remarks such as
    `(optional)` or `[v1]`, punctuation at either end. What is longer than 300 characters is cut.
    """
    text = heading[:_LONGEST].lower().translate(_STRAIGHT)
    text = "".join(" " if unicodedata.category(char) in _PICTURES else char for char in text)
    before = None
    while text != before:
        before = text
        for pattern, instead in _MARKUP:
            text = pattern.sub(instead, text)
        text = _NUMBERING.sub("", " ".join(text.split()).strip(_EDGES)).strip(_EDGES)
    return text


def classify(heading: str, parent: str | None = None, children: Collection[str] = ()) -> Match | None:
    """What a heading stands for, or None.

    `parent` is the label of the heading above it, if that has one: some parents decide for what is
    below them. `children` are the headings directly below it: "Implementation" is a plan where these
    are phases.
    """
    found = _lookup(tables.folded(normalise(heading)))
    if found is None:
        return None
    known = tables.headings()
    if found.rule in known.phased and any(known.phase.search(normalise(child)) for child in children):
        found = Match(known.phased_label, found.how, found.rule)
    if parent is None or found.label == parent:
        return found
    exact = found.how == "heading-exact"
    if exact and found.rule in known.inheriting:
        return None
    if parent not in _BELOW:
        return found
    listed = _BELOW[parent].exact if exact else _BELOW[parent].loose
    return found if listed is None or found.label in listed else None


def classify_path(headings: tuple[str, ...], children: Collection[str] = ()) -> Match | None:
    """The nearest heading of a path that stands for something: what text directly below the path belongs to.

    `headings` goes from the outermost to the innermost, without the document's title; `children` are
    the headings directly below the last.
    """
    nearest: Match | None = None
    for depth, heading in enumerate(headings, 1):
        below = children if depth == len(headings) else headings[depth : depth + 1]
        nearest = classify(heading, nearest and nearest.label, below) or nearest
    return nearest


def lead_in(words: str) -> LeadIn | None:
    """What a lead-in announces (`Mitigation`, `**Why not chosen:**`, `Risk 2`), or None."""
    text = tables.folded(normalise(words))
    known = tables.lead_ins()
    return known.get(text) or known.get(_COUNT.sub("", text))


@lru_cache(maxsize=4096)
def _lookup(words: str) -> Match | None:
    """What a normalised heading stands for when seen alone."""
    known = tables.headings()
    parts = _known_parts(words)
    if words in known.labels:
        found = Match(known.labels[words], "heading-exact", words)
    elif parts:
        found = Match(parts[0][1], "heading-split", parts[0][0])
    else:
        return _by_pattern(words)
    others = dict.fromkeys([*(label for _, label in parts), *known.also.get(found.rule, ())])
    return found._replace(others=tuple(label for label in others if label not in (found.label, "meta", "summary")))


def _known_parts(words: str) -> list[tuple[str, str]]:
    """Those parts of a combined heading that are known, and their labels.

    Not "documentation" in "demo and documentation", not "rationale" in "rationale and alternatives".
    """
    known = tables.headings().labels
    parts = [part.strip(_EDGES) for part in _PARTS.split(words)]
    found = [(part, known[part]) for part in parts if part in known and (known[part] != "meta" or part == parts[0])]
    return [part for part in found if part[0] not in _ASIDE] or found


def _by_pattern(words: str) -> Match | None:
    if len(words.split()) > _MOST_WORDS:
        return None
    for label, regex in tables.patterns():
        if found := regex.search(words):
            return Match(label, "heading-pattern", found[0])
    return None
