"""Quotes against passages: what a citation claims must stand there word for word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from specdraft.sentences import spans
from specdraft.source import Source
from specdraft.spec import Citation, Placement, Statement


def citations(part: BaseModel | Iterable[BaseModel]) -> Iterator[Citation]:
    """Every citation in a spec, a section or an item, in the order of its fields."""
    if isinstance(part, Citation):
        yield part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            value = getattr(part, name)
            if isinstance(value, (BaseModel, list)):
                yield from citations(value)
    else:
        for each in part:
            if isinstance(each, BaseModel):
                yield from citations(each)


def unfounded(spec: BaseModel, source: Source) -> list[Citation]:
    """The citations whose words do not stand in the passage that they name; none in a sound spec."""
    texts = {passage.id: passage.text for passage in source.passages}
    return [citation for citation in citations(spec) if citation.quote not in texts.get(citation.passage, "")]


def uncited(spec: BaseModel, source: Source, headings: Iterable[str] = ()) -> list[Statement]:
    """What the source says and no citation touches, in its order: runs of sentences, word for word.

    Headings are not sentences; `headings` names passages of that kind which are not wanted either.
    """
    quotes: dict[str, list[str]] = {}
    for citation in citations(spec):
        quotes.setdefault(citation.passage, []).append(citation.quote)
    return [
        Statement(
            text=passage.text[start:end] if passage.kind == "code" else " ".join(passage.text[start:end].split()),
            citations=[Citation(passage=passage.id, quote=passage.text[start:end], line=passage.line_start + passage.text.count("\n", 0, start))],
            topic=passage.headings[-1] if passage.headings else None,
            placed_by=Placement(how="unplaced"),
        )
        for passage in source.passages
        if passage.kind != "heading"
        for start, end in _left(passage.text, quotes.get(passage.id, []))
    ]  # fmt: skip


def _left(text: str, quotes: list[str]) -> Iterator[tuple[int, int]]:
    """Runs of sentences that no quote holds."""
    if any(quote == text for quote in quotes):
        return
    covered = [(start, start + len(quote)) for quote in quotes if (start := text.find(quote)) >= 0]
    run: tuple[int, int] | None = None
    for start, end in spans(text) or [(0, len(text))]:
        if any(a <= start and end <= b for a, b in covered):
            if run:
                yield run
            run = None
        else:
            run = (run[0] if run else start, end)
    if run:
        yield run
