"""Tables: risk registers, metric tables, lists of requirements, read by their header cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from specdraft.models.offline.headings import lead_in
from specdraft.models.offline.place import Piece, cite
from specdraft.passages import Passage, shown
from specdraft.spec import Citation, Placement

_TYPED = {
    "mitigation",
    "likelihood",
    "impact",
    "baseline",
    "threshold",
    "window",
    "why_not",
    "reason",
    "default",
    "type",
}
"""Fields that the spec has a place for; what other columns say is put behind the item in brackets."""

_REASONS = {"why", "reason", "rationale", "because"}
_BLANK = {"", "-", "–", "—"}


@dataclass(slots=True)
class Group:
    """What makes one item of the spec: a piece with all that hangs below it, or a row of a register."""

    label: str
    text: str
    citations: list[Citation]
    placed_by: Placement
    topic: str | None
    pieces: list[Piece]
    fields: dict[str, str]
    """What other cells, or lead-ins such as `Mitigation:`, say of it."""

    @property
    def is_none(self) -> bool:
        """Is this `None` or `N/A`?"""
        return len(self.pieces) == 1 and self.pieces[0].is_none


def header_fields(header: tuple[str, ...], under: str = "") -> tuple[str, dict[int, str]]:
    """The label that a table's header stands for, and the field of each column; no label if it is no register.

    `under` is the label of a heading that has decided: then the columns only tell the fields.
    """
    found = {i: lead for i, cell in enumerate(header) if (lead := lead_in(cell) or lead_in(cell.partition("(")[0]))}
    items = [lead.label for lead in found.values() if not lead.field and lead.label != "meta"]
    typical = {lead.label for lead in found.values() if lead.field}
    label = under or next((item for item in items if item in typical), items[0] if items else "")
    fields = {i: lead.field for i, lead in found.items() if label and (lead.label == label or lead.field)}
    why = {i: "reason" for i, cell in enumerate(header) if cell.strip("*_ ").casefold() in _REASONS}
    return label, fields | (why if label == "non_goals" else {})


def row_groups(rows: list[Piece], header: Passage | None, default: str) -> Iterator[Group]:
    """Each row of a register as an item; `default` is the label where the header tells none."""
    header_cells = rows[0].passage.header
    decided = rows[0].placed_by.how in ("heading-exact", "heading-split", "lead-in")
    label, columns = header_fields(header_cells)
    if decided and not _TYPED & set(columns.values()):
        label, columns = header_fields(header_cells, default)
    main = next((index for index, field in columns.items() if not field), _first_telling(rows))
    for row in rows:
        cells = [shown(cell) if cell else "" for cell in row.passage.cells]
        if not any(cell not in _BLANK for cell in cells):
            continue
        names = row.passage.header
        typed = {i for i, field in columns.items() if i != main and i < len(cells) and field in _TYPED}
        fields = {columns[i]: cells[i] for i in sorted(typed) if cells[i] not in _BLANK}
        others = [
            f"{name}: {cell}" if name else cell
            for i, (name, cell) in enumerate(zip(names, cells, strict=False))
            if i != main and i not in typed and cell not in _BLANK
        ]
        text = (
            cells[main]
            if main < len(cells) and cells[main] not in _BLANK
            else next(c for c in cells if c not in _BLANK)
        )
        citations = [row.citation]
        if header is not None:
            citations.append(cite(header))
            header = None
        yield Group(
            label or default,
            f"{text} ({'; '.join(others)})" if others else text,
            citations,
            Placement(how="table", rule=" | ".join(names)) if label != default else row.placed_by,
            row.line.topic,
            [row],
            fields,
        )


def _first_telling(rows: list[Piece]) -> int:
    """The first column whose cells are more than ids and numbers."""
    width = len(rows[0].passage.header)
    telling = (
        i
        for i in range(width)
        if any(" " in row.passage.cells[i].strip() for row in rows if i < len(row.passage.cells))
    )
    return next(telling, 0)


def table_text(rows: list[Piece]) -> list[str]:
    """The lines of a table as Markdown, its rows as they stand."""
    head, *body = [row.passage.text for row in rows]
    if rows[0].passage.header:
        return [head, *body]
    return [head, "|" + " --- |" * len(rows[0].passage.cells), *body]
