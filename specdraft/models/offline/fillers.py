"""The document's own words, for questions that no other document would be asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from math import sqrt

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
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_PHRASE = re.compile(
    r"\b(?:the|an?|each|every|their|its|our|your|all|any|new|existing)\s((?:[A-Za-z][A-Za-z-]*\s){0,3}[A-Za-z][A-Za-z-]*)",
    re.IGNORECASE,
)
_MOST_TITLE = 60
_PLAIN = re.compile(r"[A-Za-z0-9\"“'][^*_`\[\]|]*$")
_TERMS = 4
_SHORT = 4
_WEIGHTY = 3.0
"""A phrase of the title, or one whose words come up again."""
_ADJECTIVE = re.compile(r"(?:able|ible|ical|ive|ous|ful|less|ic|al|ary|ent|ant)$", re.IGNORECASE)
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
    texts = _looked_at(pieces)
    found: dict[str, Filler] = {}
    for name, regexes in known.of.items():
        if name == "large":
            if filler := _first(sorted(texts, key=_largest, reverse=True), regexes):
                found[name] = filler
        elif filler := _first(texts, regexes):
            found[name] = filler
    title = title_of(source, layout)
    named = f"“{title}”" if title and len(title) <= _MOST_TITLE else "this project"
    found["subject"] = Filler(named, cite(layout.title) if layout.title and title else None)
    if role := _role(texts, found.pop("role", None)):
        found["role"] = role
    if goal := next((p for p in pieces if p.label == "goals" and not p.field and _is_plain(p.text)), None):
        found["goal"] = Filler(goal.text.rstrip("."), goal.citation)
    return found


def _is_plain(text: str) -> bool:
    """A sentence that reads well inside a question."""
    return len(text) <= 110 and len(text.split()) > 3 and bool(_PLAIN.match(text))


_NUMBER = re.compile(r"\b\d{1,3}(?:,\d{3})+")


def terms(layout: Layout, pieces: list[Piece]) -> list[Filler]:
    """What the document is about, the weightiest first; questions take them in turn."""
    return _terms(_looked_at(pieces), layout.title)


def _looked_at(pieces: list[Piece]) -> list[Passage]:
    """Passages that say what the project is; not what it is not."""
    kinds = ("paragraph", "item", "row")
    wanted = (p for p in pieces if p.start == 0 and p.passage.kind in kinds and p.label not in ("meta", "non_goals"))
    return [piece.passage for piece in islice(wanted, _ENOUGH)]


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


def _terms(texts: list[Passage], title: Passage | None) -> list[Filler]:
    """What the document talks about: the title's phrases, then those that it repeats; no word in two of them."""
    phrases: dict[str, Citation] = {}
    words: Counter[str] = Counter()
    if title:
        for start, end in _without_common(title.text, 0, len(title.text)):
            phrases.setdefault(title.text[start:end], cite(title, start, end))
    titled = {_stem(word) for phrase in phrases for word in phrase.lower().split()}
    for passage in texts:
        for match in _PHRASE.finditer(passage.text, 0, _LONGEST):
            for start, end in islice(_without_common(passage.text, *match.span(1)), 1):
                phrase = " ".join(passage.text[start:end].split())
                words.update(_stem(word) for word in phrase.lower().split())
                phrases.setdefault(phrase, cite(passage, start, end))

    def weight(phrase: str) -> float:
        stems = [_stem(word) for word in phrase.lower().split()]
        return sum(words[stem] + 3.0 * (stem in titled) for stem in stems) / sqrt(len(stems))

    chosen: list[Filler] = []
    taken: set[str] = set()
    for phrase in sorted(phrases, key=lambda phrase: (-weight(phrase), phrase)):
        stems = {_stem(word) for word in phrase.lower().split()}
        if not stems & taken and weight(phrase) >= _WEIGHTY and not _ADJECTIVE.search(phrase):
            taken |= stems
            chosen.append(Filler(f"“{phrase}”", phrases[phrase]))
    return chosen[:_TERMS]


def _stem(word: str) -> str:
    return word.removesuffix("s")


def _without_common(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Runs of at most three words, a space apart, of which none is common in every document."""
    run: list[tuple[int, int]] = []
    common = _patterns().common
    for match in _WORD.finditer(text, start, end):
        word = match[0].lower()
        is_common = (
            word in common or len(word) < _SHORT or word.endswith(("ly", "ing", "ed")) or "'" in word or "’" in word
        )
        if run and (is_common or text[run[-1][1] : match.start()] != " "):
            yield run[0][0], run[-1][1]
            run = []
        if not is_common:
            run = [*run, match.span()][-3:]
    if run:
        yield run[0][0], run[-1][1]
