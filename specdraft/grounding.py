"""Quotes against passages: what a citation claims must stand there word for word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from specdraft.passages import Passage, shown
from specdraft.sentences import spans
from specdraft.source import Source
from specdraft.spec import Citation, Placement, Question, Risk, Statement

UNPLACED = Placement(how="unplaced")


def _is_echo(part: BaseModel) -> bool:
    """Does it quote the source only to ask about it? Then it gives the words no place."""
    return bool(isinstance(part, Question) and part.slot) or bool(isinstance(part, Risk) and part.raised_by)


def citations(part: BaseModel | Iterable[BaseModel], *, placed: bool = False) -> Iterator[Citation]:
    """Every citation in a spec, a section or an item, in the order of its fields.

    With `placed`, not those of generated questions and checklist risks.
    """
    if isinstance(part, Citation):
        yield part
    elif placed and isinstance(part, BaseModel) and _is_echo(part):
        return
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            value = getattr(part, name)
            if isinstance(value, (BaseModel, list)):
                yield from citations(value, placed=placed)
    else:
        for each in part:
            if isinstance(each, BaseModel):
                yield from citations(each, placed=placed)


def unfounded(spec: BaseModel, source: Source) -> list[Citation]:
    """The citations whose words do not stand in the passage that they name; none in a sound spec."""
    texts = {passage.id: passage.text for passage in source.passages}
    return [citation for citation in citations(spec) if citation.quote not in texts.get(citation.passage, "")]


TOUCHED = 1 / 3
"""The part of a sentence that must be quoted for it not to be listed as left out."""


def uncited(
    spec: BaseModel | Iterable[BaseModel], source: Source, answers: Iterable[Passage] = (), *, touched: float = TOUCHED
) -> list[Statement]:
    """What the source and the answers say and no citation touches, in order: runs of sentences, tables whole.

    Args:
        spec: a spec, or some of its sections.
        source: what it was drafted from.
        answers: passages beside the source's.
        touched: the part of a sentence that must be quoted; 0 for any word.
    """
    quotes: dict[str, list[str]] = {}
    for citation in citations(spec, placed=True):
        quotes.setdefault(citation.passage, []).append(citation.quote)
    left: list[Statement] = []
    table = 0
    tables = {passage.block for passage in source.passages if passage.kind == "row" and passage.id in quotes}
    for passage in (*source.passages, *answers):
        if passage.kind == "row" and not passage.header and passage.block in tables:
            continue  # the header of a table of which something is cited
        for start, end in _left(passage.text, quotes.get(passage.id, []), touched) if passage.kind != "heading" else ():
            quote = passage.text[start:end]
            citation = Citation(
                passage=passage.id, quote=quote, line=passage.line_start + passage.text.count("\n", 0, start)
            )
            if passage.kind == "row" and passage.block == table:
                left[-1].text += _between(source, left[-1].citations[-1], passage) + quote
                left[-1].citations.append(citation)
                continue
            table = passage.block if passage.kind == "row" and not passage.header else 0
            topic = passage.headings[-1] if passage.headings else None
            text = quote if passage.kind in ("code", "row") else shown(quote)
            left.append(Statement(text=text, citations=[citation], topic=topic, placed_by=UNPLACED))
    return left


def _between(source: Source, last: Citation, row: Passage) -> str:
    """A line break, and below a table's header the rule that makes it one."""
    if last.line is None or row.line_start != last.line + 2:
        return "\n"
    end = row.start - 1
    rule = source.text[source.text.rfind("\n", 0, end - 1) + 1 : source.text.rfind("\n", 0, row.start)]
    return f"\n{rule.strip(' >')}\n"


def _left(text: str, quotes: list[str], touched: float) -> Iterator[tuple[int, int]]:
    """Runs of sentences that no quote touches."""
    if any(quote == text for quote in quotes):
        return
    covered: list[tuple[int, int]] = []
    for start, end in sorted((start, start + len(quote)) for quote in quotes if (start := text.find(quote)) >= 0):
        if covered and not text[covered[-1][1] : start].strip():
            covered[-1] = (covered[-1][0], max(end, covered[-1][1]))
        else:
            covered.append((start, end))
    run: tuple[int, int] | None = None
    for start, end in spans(text) or [(0, len(text))]:
        quoted = sum(max(0, min(b, end) - max(a, start)) for a, b in covered)
        if quoted and quoted >= (end - start) * touched:
            if run:
                yield run
            run = None
        else:
            run = (run[0] if run else start, end)
    if run:
        yield run
