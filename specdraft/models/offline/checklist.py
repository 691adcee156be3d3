"""The risk checklist: a lens is raised where enough of its triggers stand in the source, and cites them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from specdraft.models.offline.place import Piece, cite
from specdraft.models.offline.tables import load
from specdraft.spec import Citation, Placement, Risk

_SHOWN = 3
_BUILT = ("requirements", "architecture", "goals", "ui", "data_model", "plan", "rollout", "migration", "summary")
"""Labels of what will be built: words about the problem, or about others, raise nothing."""
_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Lens:
    """A point of view, and the words that call for it."""

    name: str
    category: str
    title: str
    ask: str
    triggers: tuple[re.Pattern[str], ...]


@cache
def lenses() -> tuple[tuple[Lens, ...], int]:
    """The lenses, and how many distinct triggers raise one."""
    table = load("lenses.toml")
    found = tuple(
        Lens(
            row["name"], row["category"], row["title"], row["ask"],
            tuple(re.compile(rf"\b(?:{trigger})\b", re.IGNORECASE) for trigger in row["triggers"]),
        )
        for row in table["lens"]
    )  # fmt: skip
    return found, table["at_least"]


def checklist(pieces: list[Piece]) -> list[Risk]:
    """A risk, put as a question, for each lens that the source's own words call for."""
    table, at_least = lenses()
    passages = list({piece.passage.id: piece.passage for piece in pieces if piece.label in _BUILT}.values())
    risks = []
    for lens in table:
        found: list[Citation] = []
        for trigger in lens.triggers:
            for passage in passages:
                if match := trigger.search(passage.text, 0, _LONGEST):
                    found.append(cite(passage, *match.span()))
                    break
        if len(found) >= at_least:
            words = [f"“{' '.join(citation.quote.split())}”" for citation in found[:_SHOWN]]
            risks.append(
                Risk(
                    title=lens.title.replace("{words}", f"{', '.join(words[:-1])} and {words[-1]}"),
                    description=lens.ask,
                    category=lens.category,
                    raised_by=f"checklist:{lens.name}",
                    citations=found[:_SHOWN],
                    placed_by=Placement(how="checklist", rule=f"{lens.name}, {len(found)} signals"),
                )
            )
    return risks
