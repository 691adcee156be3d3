"""Pieces to items: a list item with what is nested below it, a fence with the words before it, a row."""

from __future__ import annotations

from collections.abc import Iterator

from specdraft.models.offline.place import Piece, cite
from specdraft.models.offline.registers import Group, row_groups
from specdraft.passages import Passage

_LISTED = {
    "goals",
    "non_goals",
    "risk_general",
    "alternatives",
    "plan",
    "success_metrics",
    "testing",
    "monitoring",
    "open_questions",
}
"""Labels whose items have ids: a line such as `The goals are:` is no item of its own there."""


def grouped(pieces: list[Piece]) -> list[Group]:
    """All pieces but those that belong nowhere, in their order, as items of the spec."""
    groups: list[Group] = []
    heads: list[Piece] = []
    for run in _tables_apart([piece for piece in pieces if piece.label != "unplaced"]):
        if run[0].passage.kind == "row":
            groups += _table(run)
            continue
        piece = run[0]
        last = groups[-1] if groups and groups[-1].pieces[-1].passage.kind != "row" else None
        if _announces(piece, pieces):
            heads = [piece]
        elif last and piece.field and last.label == piece.label:
            words = piece.text[piece.line.lead_end :] if piece.start == 0 else piece.text
            last.fields[piece.field] = " ".join(filter(None, (last.fields.get(piece.field), words)))
            last.citations.append(piece.citation)
            last.pieces.append(piece)
        elif last and _hangs_below(piece, last):
            last.text += "\n" + _nested(piece, last.pieces[0])
            last.citations.append(piece.citation)
            last.pieces.append(piece)
        else:
            groups.append(_group(piece, heads))
            heads = []
    for head in heads:
        groups.append(_group(head, []))
    return groups


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


def _table(rows: list[Piece]) -> Iterator[Group]:
    header: Passage | None = None
    if not rows[0].passage.header:
        header, *body = [rows[0].passage, *rows[1:]]
        rows = rows[1:] or rows
        del body
    yield from row_groups(rows, header, rows[0].label)


def _announces(piece: Piece, pieces: list[Piece]) -> bool:
    """Is this a line such as `The goals are:`, to be cited with the first item that follows it?"""
    if piece.label not in _LISTED or piece.passage.kind != "paragraph" or not piece.text.endswith(":"):
        return False
    index = pieces.index(piece)
    following = pieces[index + 1] if index + 1 < len(pieces) else None
    return following is not None and following.label == piece.label and following.passage.level > piece.passage.level


def _hangs_below(piece: Piece, last: Group) -> bool:
    """Is it nested in the item before, or a fence that belongs to the words before it?"""
    first, before = last.pieces[0], last.pieces[-1]
    if piece.label != last.label or piece.line.run != first.line.run:
        return False
    if piece.passage is before.passage:
        return False
    if first.passage.level and piece.passage.level:
        deeper = piece.passage.level > first.passage.level
        return deeper or (piece.passage.level == first.passage.level and piece.passage.kind in ("paragraph", "code"))
    if piece.passage.kind == "code":
        return True
    announced = first.passage.kind == "paragraph" and first.text.endswith(":") and piece.label not in _LISTED
    return announced and piece.passage.level > 0


def _nested(piece: Piece, first: Piece) -> str:
    """The piece as Markdown below the first one's text."""
    depth = max(piece.passage.level - max(first.passage.level, 0), 0)
    indent = "  " * max(depth - 1, 0)
    if piece.passage.kind == "item":
        return f"{indent}- {piece.text}"
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
    return same and ":" in piece.text[: piece.line.lead_end]


def _group(piece: Piece, heads: list[Piece]) -> Group:
    text = piece.text
    if _is_labelled(piece):
        text = piece.text[piece.line.lead_end :].strip() or piece.text
    citations = [piece.citation, *(head.citation for head in heads)]
    if piece.line.announced and piece.start == 0:
        citations.append(cite(piece.line.announced))
    if piece.passage.kind == "code":
        text = "\n".join(_dedented(text))
    return Group(piece.label, text, citations, piece.placed_by, piece.line.topic, [*heads, piece], {})
