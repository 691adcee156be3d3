"""Tables of Atlassian's document format as pipe tables, which know neither spans nor blocks in a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_WIDEST_SPAN = 20
_LARGEST = 2_000
"""Of a table with more cells than this, spans included, the spans are ignored: they only shift cells."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text on one line, and how many columns and rows it covers."""

    text: str
    is_header: bool
    columns: int
    rows: int


def cell(blocks: Sequence[str], *, is_header: bool, columns: int, rows: int) -> Cell:
    """A cell of Markdown blocks, put on the one line that a pipe table has for it."""
    lines = filter(None, (line.strip() for block in blocks for line in block.split("\n")))
    text = "<br>".join(lines).replace("|", "\\|")
    return Cell(text, is_header, min(columns, _WIDEST_SPAN), min(rows, _WIDEST_SPAN))


def pipe_table(rows: Sequence[Sequence[Cell]]) -> str:
    """The rows as Markdown.

    Markdown wants a header. It is the first row, unless that is no header and the first cells of
    all rows are: then it is empty.
    """
    rows = [row for row in rows if row]
    if not any(each.text for row in rows for each in row):
        return ""
    lines = _spread(rows)
    is_sideways = not all(each.is_header for each in rows[0]) and all(row[0].is_header for row in rows)
    if is_sideways:
        lines.insert(0, [])
    width = max(map(len, lines))
    header = lines[0] + [""] * (width - len(lines[0]))
    body = [line for line in lines[1:] if any(line)]
    return "\n".join(map(_row, [header, ["---"] * width, *body]))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _spread(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """The cells in their columns: empty ones where another cell reaches over."""
    if sum(each.columns * each.rows for row in rows for each in row) > _LARGEST:
        return [[each.text for each in row] for row in rows]
    covered: dict[int, int] = {}
    lines: list[list[str]] = []
    for row in rows:
        line: list[str] = []
        reached: dict[int, int] = {}
        for each in row:
            while covered.get(len(line), 0):
                line.append("")
            if each.rows > 1:
                reached |= {len(line) + offset: each.rows - 1 for offset in range(each.columns)}
            line += [each.text, *[""] * (each.columns - 1)]
        covered = {column: left - 1 for column, left in covered.items() if left > 1} | reached
        lines.append(line)
    return lines
