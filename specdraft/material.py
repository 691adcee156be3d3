"""What a draft is made from: the PRD or ticket, context documents, and answers to open questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from specdraft.passages import Passage
from specdraft.source import Source


@dataclass(frozen=True, slots=True)
class Material:
    """All that a statement may cite."""

    source: Source
    """The PRD or ticket, passages `P1`, `P2`, ..."""
    context: tuple[Source, ...] = ()
    """What was chosen of the context documents, passages `C1.1`, ..."""
    answers: tuple[Passage, ...] = ()
    """`A3` answers question Q3; its one heading is that question."""
    notices: tuple[str, ...] = ()
    """What a reader should know about the context: what was left out, what could not be read."""

    @property
    def passages(self) -> Iterator[Passage]:
        """Every passage, the source's first."""
        yield from self.source.passages
        for document in self.context:
            yield from document.passages
        yield from self.answers
