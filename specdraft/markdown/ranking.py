"""The ranking of options as a table: computed when it is written, passed over when it is read."""

from __future__ import annotations

from specdraft.markdown.text import Block, escape
from specdraft.spec import Alternatives
from specdraft.spec.ranking import Flip

_FIRST = "| Option |"
_LONGEST = 60


def write(alternatives: Alternatives) -> list[str]:
    """A row an option, best first: its scores, its total, and what would have to count more or less for it to win."""
    places = alternatives.ranking()
    if not places:
        return []
    options = {option.id: option for option in alternatives.options}
    ways = {flip.option: flip for flip in alternatives.flips()}
    heads = [f"{each.id} (×{1 if each.weight is None else each.weight:g})" for each in alternatives.criteria]
    rows = [["Option", *heads, "Total", "Would win if"], ["---"] * (len(heads) + 3)]
    for place in places:
        option = options[place.option]
        scores = {score.criterion: str(score.score) for score in option.scores}
        name = f"{option.id} {_cell(option.name)}" + (" **(chosen)**" if option.chosen else "")
        total = f"{place.total:.2f}" + (" (tie)" if place.tied else "")
        rows.append([name, *(scores[each.id] for each in alternatives.criteria), total, _way(ways.get(option.id))])
    return ["| " + " | ".join(row) + " |" for row in rows]


def is_computed(block: Block) -> bool:
    """Is this such a table?"""
    return block.kind == "table" and block.lines[0].startswith(_FIRST)


def _way(flip: Flip | None) -> str:
    return f"{flip.criterion} counts {flip.weight:.3g} or {'more' if flip.up else 'less'}" if flip else ""


def _cell(text: str) -> str:
    """The text on one line, short, and closed to what ends a cell."""
    line = " ".join(text.split())
    cut = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
    return escape(cut).replace("|", "\\|").replace("`", "'")
