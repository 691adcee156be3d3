"""Headings and lead-ins: which part of the spec they stand for, and how that is known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
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
_EDGES = " \t:.,;?!#-–—=|/&+"
_PARTS = re.compile(r" ?[:,/()&] ?| [-–—|>] | and ")


class Match(NamedTuple):
    """What a heading stands for, how that is known, and the words or the pattern that decided.

    `others`: what single items under a combined heading ("Goals & Non-Goals") may be instead.
    """

    label: str
    how: How
    rule: str
    others: tuple[str, ...] = ()


class _Keeps(NamedTuple):
    """What a parent leaves to the headings below it: the labels that they may take, by how they are known."""

    exact: frozenset[str] | None
    loose: frozenset[str] | None


def _keeps(exact: str | None = None, loose: str | None = "") -> _Keeps:
    return _Keeps(*(None if labels is None else frozenset(labels.split()) for labels in (exact, loose)))


_RISKS = "risk_general risk_compat risk_security risk_load risk_deps"
_PARENT_WINS = {
    # The first string is what the headings below may be where they are known word for word (None: anything),
    # the second where they are known in part or by pattern.
    "problem": _keeps(None, "goals non_goals requirements success_metrics open_questions alternatives"),
    "goals": _keeps(None, "non_goals success_metrics open_questions"),
    "non_goals": _keeps("goals"),
    # "Performance", "Accessibility" under "Non-functional requirements" are requirements, not risks.
    "requirements": _keeps(
        "problem goals non_goals data_model risk_deps alternatives plan migration rollback rollout testing "
        "success_metrics open_questions",
        "non_goals open_questions",
    ),
    # "Authentication flow" under "Design" is design.
    "architecture": _keeps(
        None,
        "non_goals data_model ui risk_general risk_compat alternatives plan migration rollback rollout testing "
        "monitoring open_questions",
    ),
    "data_model": _keeps(None, "non_goals alternatives migration rollback open_questions"),
    "ui": _keeps(None, "non_goals alternatives testing open_questions"),
    "risk_general": _keeps(f"{_RISKS} alternatives testing open_questions", _RISKS),
    "risk_compat": _keeps("risk_security risk_load migration rollback open_questions", "migration rollback"),
    "risk_security": _keeps("risk_compat risk_load risk_deps alternatives testing open_questions", "open_questions"),
    "risk_load": _keeps("risk_compat risk_security open_questions"),
    "risk_deps": _keeps(None, "open_questions"),
    # Each alternative has its own design, drawbacks and costs.
    "alternatives": _keeps("non_goals open_questions"),
    # "Phase 2: migrate the users" is a step of the plan.
    "plan": _keeps(None, "requirements risk_general risk_deps open_questions"),
    "migration": _keeps(None, "risk_general risk_compat plan rollback rollout testing open_questions"),
    "rollback": _keeps(None, "migration testing open_questions"),
    "rollout": _keeps(
        None, "risk_general plan migration rollback testing monitoring success_metrics open_questions"
    ),
    "testing": _keeps("rollout success_metrics open_questions"),
    "monitoring": _keeps(None, "success_metrics open_questions"),
    "success_metrics": _keeps("rollout testing monitoring open_questions", "monitoring"),
    "open_questions": _keeps(""),
    "meta": _keeps(None),
}
"""Under these labels, a heading keeps a label of its own only where it is listed."""


def normalise(heading: str) -> str:
    """The heading in the form in which headings are compared: lower case, words only.

    Left out: markup, links, emoji, numbering (`3.1`, `IV.`, `Step 2:`, `FR3:`), remarks such as
    `(optional)` or `[v1]`, punctuation at either end. What is longer than 300 characters is cut.
    """
    text = " ".join(heading[:_LONGEST].lower().translate(_STRAIGHT).split())
    for pattern, instead in _MARKUP:
        text = pattern.sub(instead, text)
    text = "".join(" " if unicodedata.category(c) in ("So", "Sk", "Cf", "Co", "Cn") else c for c in text)
    text = " ".join(text.replace("\ufe0f", " ").split())
    text = _NUMBERING.sub("", text.lstrip(_EDGES))
    return text.strip(_EDGES).removesuffix("()")


def classify(heading: str, parent: str | None = None, children: Collection[str] = ()) -> Match | None:
    """What a heading stands for, or None.

    `parent` is the label of the heading above it, if that has one: some parents decide for what is
    below them. `children` are the headings directly below it: "Implementation" is a plan where these
    are phases.
    """
    found = _lookup(tables.folded(normalise(heading)))
    if found is None:
        return None
    words = found.rule
    known = tables.headings()
    if parent is not None and found.how == "heading-exact" and words in known.inheriting:
        return None
    if words in known.phased and any(known.phase.search(normalise(child)) for child in children):
        found = Match(known.phased_label, found.how, words)
    if parent in _PARENT_WINS and found.label != parent:
        kept = _PARENT_WINS[parent].exact if found.how == "heading-exact" else _PARENT_WINS[parent].loose
        if kept is not None and found.label not in kept:
            return None
    return found


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
    """What a lead-in announces (`Mitigation`, `**Why not chosen:**`), or None."""
    return tables.lead_ins().get(tables.folded(normalise(words)))


@lru_cache(maxsize=4096)
def _lookup(words: str) -> Match | None:
    """What the normalised heading stands for when seen alone."""
    known = tables.headings()
    parts = list(_known_parts(words))
    if words in known.labels:
        label, how = known.labels[words], "heading-exact"
        rule = words
    elif parts:
        rule, label = parts[0]
        how = "heading-split"
    else:
        return _by_pattern(words)
    others = dict.fromkeys([*(other for _, other in parts), *known.also.get(rule, ())])
    return Match(label, how, rule, tuple(other for other in others if other not in (label, "meta", "summary")))


def _known_parts(words: str) -> Iterator[tuple[str, str]]:
    """Those parts of a combined heading that are known, and their labels."""
    known = tables.headings().labels
    parts = [part.strip(_EDGES) for part in _PARTS.split(words)]
    return ((part, known[part]) for part in parts if part in known and (known[part] != "meta" or part == parts[0]))


def _by_pattern(words: str) -> Match | None:
    if len(words.split()) > _MOST_WORDS:
        return None
    for label, regex in tables.patterns():
        if found := regex.search(words):
            return Match(label, "heading-pattern", found[0])
    return None
