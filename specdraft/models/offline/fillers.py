"""The document's own words, for questions that no other document would be asked."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from specdraft.models.offline.layout import Layout
from specdraft.models.offline.place import Piece, cite
from specdraft.models.offline.tables import load
from specdraft.passages import Passage, shown
from specdraft.source import Source
from specdraft.spec import Citation

_TITLE_NOISE = re.compile(
    r"^(?:[\w/-]*\d+[:.)-]+\s+|(?:prd|rfc|kep|adr|proposal|feature request|feature|epic|spec)\s*[-:–—#\d]*\s+)+"
    r"|\s*[-–—:|(]*\s*(?:product requirements?(?: document)?|prd|requirements document"
    r"|design doc(?:ument)?|tech(?:nical)? spec)\)?$"
    r"|\*\*|[`#]",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z][A-Za-z-]{3,}")
_LONGEST = 4_000
_ENOUGH = 400
"""Passages that are looked at; what a document is about is said early."""


@dataclass(frozen=True, slots=True)
class Filler:
    """Words of the document, and where they stand."""

    text: str
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class _Patterns:
    of: dict[str, list[re.Pattern[str]]]
    roles: re.Pattern[str]
    common: frozenset[str]


@cache
def _patterns() -> _Patterns:
    table = load("fillers.toml")
    compiled = {
        name: [_compiled(regex) for regex in regexes]
        for name, regexes in table.items()
        if isinstance(regexes, list) and name != "roles"
    }
    roles = re.compile(r"\b(" + "|".join(table["roles"]) + r")s\b", re.IGNORECASE)
    return _Patterns(compiled, roles, frozenset(table["common"].split()))


def _compiled(regex: str) -> re.Pattern[str]:
    """Case counts where the pattern asks for it."""
    exact = regex.startswith("(?-i:")
    return re.compile(regex.replace("(?-i:", "(?:", 1)) if exact else re.compile(regex, re.IGNORECASE)


def title_of(source: Source, layout: Layout) -> str:
    """What the project is called: the document's title without `PRD:` and the like."""
    title = source.title or (layout.title.text.split("\n")[0].lstrip("#").strip() if layout.title else "")
    if (
        not title
        and (first := next(iter(source.passages), None))
        and len(first.text) <= 80
        and first.text[-1:] not in ".:?!"
    ):
        title = first.text
    bare = _TITLE_NOISE.sub("", " ".join(shown(title).split())).strip(" :-–—|")
    return bare or title


def fillers(source: Source, layout: Layout, pieces: list[Piece]) -> dict[str, Filler]:
    """For each kind of filler the first one found; roles and the term by how often they occur."""
    known = _patterns()
    texts = [
        p.passage
        for p in pieces
        if p.start == 0 and p.passage.kind in ("paragraph", "item", "row") and p.label not in ("meta", "non_goals")
    ]
    texts = texts[:_ENOUGH]
    found: dict[str, Filler] = {}
    for name, regexes in known.of.items():
        if name == "large":
            if filler := _first(sorted(texts, key=_largest, reverse=True), regexes):
                found[name] = filler
        elif filler := _first(texts, regexes):
            found[name] = filler
    title = title_of(source, layout)
    if title:
        found["subject"] = Filler(f"“{title}”", cite(layout.title) if layout.title else None)
    else:
        found["subject"] = Filler("this project")
    if role := _role(texts, found.pop("role", None)):
        found["role"] = role
    if term := _term(texts, title):
        found["term"] = term
    if goal := next((p for p in pieces if p.label == "goals" and not p.field and 8 < len(p.text) <= 110), None):
        found["goal"] = Filler(goal.text.rstrip("."), goal.citation)
    return found


_NUMBER = re.compile(r"\b\d{1,3}(?:,\d{3})+")


def _largest(passage: Passage) -> int:
    """The largest number written with thousands in a passage."""
    return max((int(found.replace(",", "")) for found in _NUMBER.findall(passage.text[:_LONGEST])), default=0)


def _first(texts: list[Passage], regexes: list[re.Pattern[str]]) -> Filler | None:
    for regex in regexes:
        for passage in texts:
            if match := regex.search(passage.text, 0, _LONGEST):
                group = "it" if "it" in regex.groupindex else 0
                start, end = match.span(group)
                words = shown(passage.text[start:end])
                if not any(mark in words for mark in "*|[]<>“”"):
                    return Filler(f"“{words}”", cite(passage, start, end))
    return None


def _role(texts: list[Passage], told: Filler | None) -> Filler | None:
    """The commonest group of people, in the plural as the text has it; else the first one of a user story."""
    seen: Counter[str] = Counter()
    where: dict[str, Citation] = {}
    for passage in texts:
        for match in _patterns().roles.finditer(passage.text, 0, _LONGEST):
            word = match[0].lower()
            seen[word] += 1
            where.setdefault(word, cite(passage, *match.span()))
    best = max(seen, key=lambda word: (seen[word], word != "users"), default="")
    if best and seen[best] > 1:
        return Filler(best, where[best])
    return Filler(f"a {told.text}", told.citation) if told else (Filler(best, where[best]) if best else None)


def _term(texts: list[Passage], title: str) -> Filler | None:
    """What the document talks about most: its commonest word that is not common, the title's first."""
    seen: Counter[str] = Counter()
    forms: dict[str, Counter[str]] = {}
    first: dict[str, Citation] = {}
    common = _patterns().common
    for passage in texts:
        for match in _WORD.finditer(passage.text, 0, _LONGEST):
            word = match[0].lower()
            if word not in common and not word.endswith(("ly", "ing")):
                stem = word.removesuffix("s")
                seen[stem] += 1
                forms.setdefault(stem, Counter())[word] += 1
                first.setdefault(word, cite(passage, *match.span()))
    in_title = {word.lower().removesuffix("s") for word in _WORD.findall(title)}
    best = max(seen, key=lambda stem: (seen[stem] * (2 if stem in in_title else 1), stem), default="")
    if not best or seen[best] < 3:
        return None
    form = first[max(forms[best], key=lambda word: (forms[best][word], word))]
    return Filler(f"“{form.quote.lower()}”", form)
