"""An operator that seeds a flaw, the flaw that it leaves, and what operators have in common."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from specdraft.document import Spec
from specdraft.spec.critique import Severity

Places = tuple[str, ...]
Seeded = tuple[Places, str] | None
"""Where a flaw was seeded and what was done; None where there is nothing of the kind to break."""
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One seeded flaw."""

    operator: str
    severity: Severity
    held_out: bool
    at: Places
    """Where it can be found: ids and paths of parts."""
    signs: str
    """A regular expression: a finding that speaks of the flaw matches it."""
    what: str
    """What was done, in a line."""


@dataclass(frozen=True, slots=True)
class Operator:
    """A way to break a clean spec."""

    name: str
    severity: Severity
    signs: str
    seed: Callable[[Spec], Seeded]
    """Breaks the spec in place."""
    held_out: bool = False


def without(items: list[Any], words: str) -> list[Any]:
    """Take out the items that speak of this, in place; what was taken out."""
    pattern = re.compile(rf"\b(?:{words})", re.IGNORECASE)
    gone = [each for each in items if pattern.search(each.text)]
    items[:] = [each for each in items if each not in gone]
    return gone


def sentences_out(items: list[Any], words: str) -> list[str]:
    """Take out the sentences that speak of this, in place; an item that is left with nothing goes as a whole."""
    pattern = re.compile(rf"\b(?:{words})", re.IGNORECASE)
    gone: list[str] = []
    kept = []
    for each in items:
        parts = re.split(r"(?<=[.;:]) ", each.text)
        left = [part for part in parts if not pattern.search(part)]
        gone += [part for part in parts if pattern.search(part)]
        if left:
            each.text = " ".join(left)
            kept.append(each)
    items[:] = kept
    return gone


def following(spec: Spec, letter: str) -> int:
    """The number that the next item of that letter will get."""
    return max((int(each[1:]) for each in spec.meta.last_ids if each[0] == letter), default=0) + 1


def unlink(spec: Spec, ids: set[str]) -> None:
    """Take these ids out of every link."""
    for test in spec.success.validation:
        test.verifies = [each for each in test.verifies if each not in ids]
    for monitor in spec.success.monitors:
        monitor.watches = [each for each in monitor.watches if each not in ids]
    for step in spec.rollout.steps:
        step.mitigates = [each for each in step.mitigates if each not in ids]
    for risk in spec.risks.items:
        risk.mitigated_by = [each for each in risk.mitigated_by if each not in ids]
