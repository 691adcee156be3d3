"""What a hosted model takes and costs: for the estimate before a run, its budget, and input that is too long.

The figures stand in `data/models.toml`, with the day and the pages that they were read on. They are list
prices of that day, so an estimate says the day; nothing is looked up on the network.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_VERSION = re.compile(r"(?:-(?:preview|latest))?(?:[-@](?:\d{4}-\d\d-\d\d|\d\d-\d\d(?:\d\d)?|\d{8}|\d{3,4}))?")
"""What may follow a listed name and still mean it: `-2025-08-07`, `@20250929`, `-preview-09-2025`, `-001`."""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model's context window in tokens, and its prices in US dollars per million tokens."""

    window: int
    input: float
    cached: float
    """Of input tokens that the provider reads from its cache."""
    output: float
    checked: date
    """The day on which these figures were looked up."""

    def cost(self, input_tokens: int, cached_tokens: int, output_tokens: int) -> float:
        """US dollars for that many tokens; the cached ones are part of the input."""
        cached_tokens = min(cached_tokens, input_tokens)
        fresh = (input_tokens - cached_tokens) * self.input
        return (fresh + cached_tokens * self.cached + output_tokens * self.output) / 1_000_000


class _Row(NamedTuple):
    providers: list[str]
    name: str
    facts: ModelFacts


def facts(model: str) -> ModelFacts | None:
    """The facts of a model as `--model` names it, `None` where they are not known.

    The longest listed name counts that the model's name is, or begins with before a date, a version number
    or `-preview`: `gpt-5-mini-2025-08-07` is `gpt-5-mini`, and `gpt-5-minimal` is unknown. A dot and a dash
    are the same. The provider must be the one that makes the model, alone or behind `openrouter/`; others
    set prices of their own. A bare name is enough.
    """
    *path, name = model.lower().replace(".", "-").split("/")
    if path[:1] == ["openrouter"]:
        path = path[1:]
    known = [
        row
        for row in _rows()
        if name.startswith(row.name)
        and _VERSION.fullmatch(name, len(row.name))
        and (not path or path in [[provider] for provider in row.providers])
    ]
    return max(known, key=lambda row: len(row.name)).facts if known else None


@cache
def _rows() -> list[_Row]:
    table = tomllib.loads((files("specdraft.models") / "data" / "models.toml").read_text(encoding="utf-8"))
    return [
        _Row(
            vendor["providers"],
            name.replace(".", "-"),
            ModelFacts(
                window=row["window"],
                input=row["input"],
                cached=row.get("cached", row["input"]),
                output=row["output"],
                checked=vendor["checked"],
            ),
        )
        for vendor in table.values()
        for name, row in vendor["models"].items()
    ]
