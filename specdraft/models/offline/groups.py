"""Pieces to items: a list item with what is nested below it, a fence with the words before it, a row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from specdraft.models.offline.place import Piece, cite
from specdraft.models.offline.registers import Group, header_fields, row_groups, table_text

_LISTED = frozenset(
    "goals non_goals risk_general alternatives plan success_metrics testing monitoring open_questions".split()
)
"""Labels whose items have ids: a line such as `The goals are:` is no item of its own there."""
_SAYS_NO_MORE = re.compile(
    r"(?:\W*\b(?:the|our|are|is|as|follow(?:s|ing)?|include"
    r"|(?:non-)?goals?|risks?|metrics?|steps?|tests?|questions?)\b)+\W*$",
    re.IGNORECASE,
)


def grouped(pieces: list[Piece]) -> list[Group]:
    """All pieces but those that belong nowhere, in their order, as items of the spec."""
    return list(_Grouping([piece for piece in pieces if piece.label != "unplaced"]).groups())


class _Grouping:
    """One walk over the pieces: the item that is being made, and the line that announced it."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.units = list(_tables_apart(pieces))
        self.made: list[Group] = []
        self.announcer: Piece | None = None
        self.is_cited = True

    def groups(self) -> list[Group]:
        """The items, in order."""
        for unit, following in zip(self.units, [*self.units[1:], None], strict=False):
            piece = unit[0]
            if self.announcer and not _is_under(piece, self.announcer):
                self._give_up()
            if piece.passage.kind == "row":
                self._table(unit)
            elif following and _announces(piece, following[0]):
                self.announcer, self.is_cited = piece, False
            elif not self._joins(piece):
                self.made.append(self._started(piece))
        self._give_up()
        return self.made

    def _give_up(self) -> None:
        """An announcement that nothing followed is an item after all."""
        announcer, self.announcer = self.announcer, None
        if announcer and not self.is_cited:
            self.made.append(self._started(announcer))
        self.is_cited = True

    def _joins(self, piece: Piece) -> bool:
        """Add the piece to the item before it, as a field or nested below; False if it begins its own."""
        last = self.made[-1] if self.made else None
        if last is None or last.label != piece.label or last.pieces[-1].passage.header:
            return False
        if piece.field:
            words = piece.text[piece.line.lead_end :] if piece.start == 0 else piece.text
            last.fields[piece.field] = " ".join(filter(None, (last.fields.get(piece.field), words)))
        elif _hangs_below(piece, last):
            last.text += "\n" + _nested(piece, last.pieces[0])
        else:
            return False
        last.citations.append(piece.citation)
        last.pieces.append(piece)
        return True

    def _started(self, piece: Piece) -> Group:
        text = "\n".join(_dedented(piece.text)) if piece.passage.kind == "code" else piece.text
        if _is_labelled(piece):
            text = piece.text[piece.line.lead_end :].strip() or piece.text
        citations = [piece.citation]
        topic = piece.line.topic
        if self.announcer and piece is not self.announcer:
            topic = topic if _SAYS_NO_MORE.match(self.announcer.text) else self.announcer.text.rstrip(": ")
            citations += [] if self.is_cited else [self.announcer.citation]
            self.is_cited = True
        if piece.line.announced and piece.start == 0:
            citations.append(cite(piece.line.announced))
        return Group(piece.label, text, citations, piece.placed_by, topic, [piece], {})

    def _table(self, rows: list[Piece]) -> None:
        """A register gives an item a row; any other table stays one, below the item that it belongs to."""
        body = rows[1:] if not rows[0].passage.header else rows
        if body and header_fields(body[0].passage.header)[0]:
            header = rows[0].passage if body is not rows else None
            self.made += row_groups(body, header, rows[0].label)
            return
        last = self.made[-1] if self.made else None
        citations = [row.citation for row in rows]
        if last and _hangs_below(rows[0], last):
            depth = rows[0].passage.level - last.pieces[0].passage.level if last.pieces[0].passage.level else 0
            last.text += "\n\n" + "\n".join("  " * depth + line for line in table_text(rows))
            last.citations += citations
            last.pieces += rows
        else:
            group = self._started(rows[0])
            group.text, group.pieces = "\n".join(table_text(rows)), rows
            group.citations = citations + group.citations[1:]
            self.made.append(group)


def _tables_apart(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """The rows of each table together, everything else on its own."""
    table: list[Piece] = []
    for piece in pieces:
        same = piece.passage.kind == "row" and table and table[-1].passage.block == piece.passage.block
        if table and not same:
            yield table
            table = []
        if piece.passage.kind == "row":
            table.append(piece)
        else:
            yield [piece]
    if table:
        yield table


def _is_under(piece: Piece, announcer: Piece) -> bool:
    same = piece.line.run == announcer.line.run and piece.label == announcer.label
    return same and piece.passage.level > announcer.passage.level


def _announces(piece: Piece, following: Piece) -> bool:
    """Is this a line such as `The goals are:`, above the items that it speaks of?"""
    if piece.label not in _LISTED or piece.passage.kind != "paragraph" or not piece.text.endswith(":"):
        return False
    return _is_under(following, piece)


def _hangs_below(piece: Piece, last: Group) -> bool:
    """Is it nested in the item before, or a fence or table that belongs to the words before it?"""
    first, before = last.pieces[0], last.pieces[-1]
    if piece.label != last.label or piece.line.run != first.line.run or piece.passage is before.passage:
        return False
    if first.passage.level and piece.passage.level:
        deeper = piece.passage.level > first.passage.level
        return deeper or (piece.passage.level == first.passage.level and piece.passage.kind != "item")
    if piece.passage.kind == "code":
        return True
    announced = first.passage.kind == "paragraph" and first.text.endswith(":")
    return announced and (piece.passage.kind == "row" or (piece.passage.level > 0 and piece.label not in _LISTED))


def _nested(piece: Piece, first: Piece) -> str:
    """The piece as Markdown below the first one's text."""
    depth = max(piece.passage.level - max(first.passage.level, 0), 0)
    if piece.passage.kind == "item":
        return "  " * max(depth - 1, 0) + f"- {piece.text}"
    lines = _dedented(piece.text) if piece.passage.kind == "code" else [piece.text]
    return "\n" + "\n".join("  " * depth + line if line else "" for line in lines)


def _dedented(code: str) -> list[str]:
    """A fence as it would stand at the margin."""
    first, *rest = code.split("\n")
    margin = min((len(line) - len(line.lstrip(" ")) for line in rest if line.strip()), default=0)
    return [first, *(line[margin:] for line in rest)]


def _is_labelled(piece: Piece) -> bool:
    """Does it begin with a label and a colon that say no more than its section does?"""
    lead = piece.line.lead
    same = lead is not None and piece.start == 0 and piece.label == lead.label and piece.passage.kind != "code"
    words = piece.line.lead_words
    return same and ":" in piece.text[: piece.line.lead_end] and len(words.split()) <= 2
