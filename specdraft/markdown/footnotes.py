"""Citations as footnotes: passage, line and quote, and how the item was placed.

    [^P12]: P12, line 31: “verbatim words” (heading-exact: Goals)

One footnote an item, named after its first passage, a paragraph a citation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import ValidationError

from specdraft.markdown.text import blocks, decode, encode, escape, indented, unescape
from specdraft.spec import Citation, Placement

_ENTRY = re.compile(
    r"(?P<passage>(?:P|A|C\d+\.)\d+)(?:, line (?P<line>\d+))?:(?: [“\"](?P<quote>.*)[”\"])?"
    r"(?: ?\((?P<how>[a-z-]+)(?:: (?P<rule>.*))?\))?$",
    re.DOTALL,
)
_PLACED = re.compile(r"\((?P<how>[a-z-]+)(?:: (?P<rule>.*))?\)$")


@dataclass(frozen=True, slots=True)
class Note:
    """What a footnote says of an item."""

    citations: list[Citation]
    placed_by: Placement | None = None


def write(label: str, note: Note) -> list[str]:
    """The lines of a footnote; each quote is plain if it reads back so, else a literal fence."""
    parts = [Note([citation]) for citation in note.citations[:-1]]
    parts.append(Note(note.citations[-1:], note.placed_by))
    return _laid_out(label, [paragraph for part in parts for paragraph in _paragraphs(part)])


def _paragraphs(part: Note) -> list[list[str]]:
    """One citation, or none, and the placement behind it."""
    placed = part.placed_by
    tail = f" ({placed.how}{': ' + escape(placed.rule) if placed.rule else ''})" if placed else ""
    if not part.citations:
        return [[tail.strip()]]
    (citation,) = part.citations
    where = citation.passage + (f", line {citation.line}" if citation.line else "") + ":"
    first, *rest = encode(f"“{citation.quote}”")
    plain = [f"{where} {first}", *rest]
    plain[-1] += tail
    # A backtick in the rule could close one that the quote leaves open.
    apart = placed is not None and "`" in placed.rule
    if not apart and read(next(blocks(_laid_out("x", [plain]))).lines) == part:
        return [plain]
    return [[where + tail], encode(citation.quote, literal=True)[2:]]


def _laid_out(label: str, paragraphs: list[list[str]]) -> list[str]:
    lines = [line for paragraph in paragraphs for line in ["", *paragraph]][1:]
    return [f"[^{label}]: {lines[0]}", *indented(lines[1:], 4)]


def read(lines: list[str]) -> Note | None:
    """The note of a footnote's lines, dedented; None if it is not of our making."""
    citations: list[Citation] = []
    placed: dict[str, str] | None = None
    pending: dict[str, str | None] | None = None
    try:
        for block in blocks(lines):
            text = "\n".join(block.lines)
            if pending and block.kind == "fence":
                citations.append(_citation(pending, decode(["", *block.lines])))
                pending = None
            elif block.kind == "paragraph" and (match := _ENTRY.match(text)):
                pending = match.groupdict()
                if match["quote"] is not None:
                    citations.append(_citation(pending, decode([match["quote"]])))
                    pending = None
                placed = match.groupdict("") if match["how"] else placed
            elif block.kind == "paragraph" and (match := _PLACED.match(text)):
                placed = match.groupdict("")
            else:
                return None
        placement = (
            Placement.model_validate({"how": placed["how"], "rule": unescape(placed["rule"])}) if placed else None
        )
    except ValidationError:
        return None
    return None if pending or not (citations or placement) else Note(citations, placement)


def _citation(found: dict[str, str | None], quote: str) -> Citation:
    return Citation.model_validate({"passage": found["passage"], "line": found["line"], "quote": quote})
