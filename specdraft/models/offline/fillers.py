"""The document's own words, for questions that no other document would be asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from specdraft.models.offline.layout import Layout
from specdraft.models.offline.place import Piece, cite
from specdraft.models.offline.registers import Group
from specdraft.models.offline.tables import load
from specdraft.passages import Passage, shown
from specdraft.sentences import spans
from specdraft.source import Source
from specdraft.spec import Citation

_TITLE_NOISE = re.compile(
    r"^(?:\[[^\]]*\]:?\s+|[\w/-]*\d+[:.)-]+\s+|product requirements?(?: document)?\s*[-:–—]\s*"
    r"|(?:prd|rfc|kep|adr|proposal|feature request|feature|epic|spec)\s*[-:–—#\d]*\s+)+"
    r"|\s*[-–—:|(]*\s*(?:product requirements?(?: document)?|prd|requirements document"
    r"|design doc(?:ument)?|tech(?:nical)? spec)\)?$"
    r"|\*\*|[`#]",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\b\d{1,3}(?:,\d{3})+")
_PLAIN = re.compile(r"[^*_`\[\]|<>“”]*$")
_TODAY = re.compile(r"\b(?:currently|today|at the moment|so far|until now|right now)\b", re.IGNORECASE)
_BUILT = ("requirements", "architecture", "goals", "ui", "data_model", "plan", "summary")
"""Labels whose sentences say what will be built, the surest first."""
_LONGEST = 4_000
_ENOUGH = 400
"""Passages that are looked at; what a document is about is said early."""
_SHORTEST_QUOTE, _LONGEST_QUOTE = 25, 140


@dataclass(frozen=True, slots=True)
class Filler:
    """Words of the document, and where they stand."""

    text: str
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class _Patterns:
    of: dict[str, list[re.Pattern[str]]]
    roles: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    table = load("fillers.toml")
    compiled = {name: [_compiled(regex) for regex in regexes] for name, regexes in table.items() if name != "roles"}
    return _Patterns(compiled, re.compile(r"\b(?:" + "|".join(table["roles"]) + r")s\b", re.IGNORECASE))


def _compiled(regex: str) -> re.Pattern[str]:
    """Case counts where the pattern asks for it."""
    exact = regex.startswith("(?-i:")
    return re.compile(regex.replace("(?-i:", "(?:", 1)) if exact else re.compile(regex, re.IGNORECASE)


def title_of(source: Source, layout: Layout) -> str:
    """What the project is called: the document's title without `PRD:` and the like."""
    title = source.title or (layout.title.text.partition("\n")[0].lstrip("#").strip() if layout.title else "")
    bare = _TITLE_NOISE.sub("", " ".join(shown(title).split())).strip(" :-–—|")
    return bare or title


def fillers(source: Source, layout: Layout, pieces: list[Piece]) -> dict[str, Filler]:
    """For each kind of filler the first one found; of numbers the largest, of roles the commonest."""
    texts = _looked_at(pieces)
    found: dict[str, Filler] = {}
    for name, regexes in _patterns().of.items():
        candidates = sorted(texts, key=_largest, reverse=True) if name == "large" else texts
        if filler := _first(candidates, regexes):
            found[name] = filler
    title = title_of(source, layout)
    found["subject"] = Filler(
        f"“{title}”" if title else source.name, cite(layout.title) if layout.title and title else None
    )
    if role := _role(texts):
        found["role"] = role
    return found


def sentences(groups: list[Group]) -> list[Filler]:
    """Sentences that read well inside a question and say what will be built, the surest first."""
    found: list[tuple[int, Filler]] = []
    for group in islice(groups, 2 * _ENOUGH):
        if group.label in _BUILT:
            surest = _BUILT.index(group.label)
            found += [(surest, each) for piece in group.pieces for each in _sentences_of(piece, group.text)]
    return [filler for _, filler in sorted(found, key=lambda each: each[0])]


def _sentences_of(piece: Piece, text: str) -> Iterator[Filler]:
    """The sentences of a piece; of a table's row the cell that the item was made of."""
    passage, at, quote = piece.passage, piece.start, piece.quote
    if passage.kind == "row":
        cell = next((cell for cell in passage.cells if cell and text.startswith(cell)), "")
        at, quote = passage.text.find(cell), cell
    elif passage.kind not in ("paragraph", "item") or piece.field:
        return
    for start, end in spans(quote[:_LONGEST]):
        said = shown(quote[start:end]).rstrip(".;:")
        if _reads_well(said) and not (piece.label == "summary" and _TODAY.search(said)):
            yield Filler(said, cite(passage, at + start, at + end))


def _reads_well(text: str) -> bool:
    sized = _SHORTEST_QUOTE <= len(text) <= _LONGEST_QUOTE and len(text.split()) > 4
    begins = text[:1].isupper() or text[:1].isdigit()
    return sized and begins and bool(_PLAIN.match(text)) and not text.endswith("?") and "http" not in text


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
                start, end = match.span("it")
                return Filler(f"“{shown(passage.text[start:end])}”", cite(passage, start, end))
    return None


def _role(texts: list[Passage]) -> Filler | None:
    """The commonest group of people, as the text has it."""
    seen: Counter[str] = Counter()
    where: dict[str, Citation] = {}
    for passage in texts:
        for match in _patterns().roles.finditer(passage.text, 0, _LONGEST):
            word = match[0].lower()
            seen[word] += 1
            where.setdefault(word, cite(passage, *match.span()))
    best = max(seen, key=lambda word: (seen[word], word != "users", word), default="")
    return Filler(best, where[best]) if best else None
