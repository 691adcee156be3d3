"""What happens during a run, told to whoever waits: one event for each change of a section's state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

State = Literal["noted", "asked", "reused", "retried", "reasked", "drafted", "failed"]
"""`noted`: to know before anything is sent; `asked`: for the first time; `reused`: answered by an earlier run;
`retried`: the transport failed; `reasked`: the answer had faults; `drafted` and `failed` end a section, unless it
is asked again to make it agree with the others."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One event. Tokens and cost are those of the section so far, this run and earlier ones together."""

    section: str
    """Its name; empty for what concerns the whole run."""
    state: State
    detail: str
    """In a line, for a person: what is in the section, why it is asked again."""
    seconds: float
    """Since the run began."""
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0


Watcher = Callable[[Progress], None]
