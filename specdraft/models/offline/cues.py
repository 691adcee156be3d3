"""Cues: what a sentence's own words tell about where it belongs, where no heading tells it.

Without a heading, six sentences in ten would be placed wrongly, so both `best` and `best_block` abstain
unless one label leads clearly; `benchmarks/placement.py` measures what that leaves and how much of it is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from math import sqrt
from typing import NamedTuple

from specdraft.models.offline import tables
from specdraft.models.offline.tables import Cue
from specdraft.sentences import LONGEST

SECTION_MARGIN = 3.5
"""How far the best label of a run of sentences must lead the second best to be believed."""

SENTENCE_MARGIN = 5.0
"""The same for a single sentence: on its own it says less about where it stood."""

_BREAKS = re.compile(r"\s*\n[\s>]*|\s+")
_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "‑": "-"})
_LEADING = re.compile(
    r"(?:[-*+>#•–—]{1,6}\s|\[[ x]\]\s|\(?(?:\d{1,3}|[a-z])[.)]\s|[*_\"(\[~]{1,6}"
    r"|(?:fr|nfr|us|uc|ac|br|req|r|g|ng|q|goal|risk)-?\d{1,3}(?:\.\d{1,3}){0,3}(?:\*\*)?\s?[:.)–—-]?(?:\*\*)?\s){1,20}"
)


class CueMatch(NamedTuple):
    """The label that leads, by how much, and the id of its strongest cue."""

    label: str
    margin: float
    rule: str


@lru_cache(maxsize=512)
def scores(sentence: str) -> dict[str, tuple[float, str]]:
    """For each label that the sentence has a cue of: their weights' sum and the id of the weightiest.

    Only the first `LONGEST` characters are looked at.
    """
    sums: dict[str, float] = {}
    strongest: dict[str, Cue] = {}
    for cue in _hits(sentence):
        sums[cue.label] = sums.get(cue.label, 0.0) + cue.weight
        if cue.label not in strongest or cue.weight > strongest[cue.label].weight:
            strongest[cue.label] = cue
    return {label: (total, strongest[label].id) for label, total in sums.items()}


def best(sentence: str) -> CueMatch | None:
    """Where a single sentence belongs, or None."""
    return _clear(leader(scores(sentence)), SENTENCE_MARGIN)


def best_block(sentences: Iterable[str]) -> CueMatch | None:
    """Where sentences that belong together belong, or None."""
    return _clear(leader(block_scores(sentences)), SECTION_MARGIN)


def block_scores(sentences: Iterable[str]) -> dict[str, tuple[float, str]]:
    """As `scores`, over several sentences: the sums over the root of how many there are."""
    sums: dict[str, float] = {}
    rules: dict[str, tuple[float, str]] = {}
    number = 0
    for sentence in sentences:
        number += 1
        for label, (score, rule) in scores(sentence).items():
            sums[label] = sums.get(label, 0.0) + score
            rules[label] = max(rules.get(label, (0.0, rule)), (score, rule))
    return {label: (total / sqrt(number), rules[label][1]) for label, total in sums.items()}


def leader(scored: dict[str, tuple[float, str]]) -> CueMatch | None:
    """The label with the highest score, however small its lead; None where there is no cue."""
    if not scored:
        return None
    first, *others = sorted(scored, key=lambda label: (-scored[label][0], label))
    lead = scored[first][0] - (scored[others[0]][0] if others else 0.0)
    return CueMatch(first, round(lead, 3), scored[first][1])


def is_question(sentence: str) -> bool:
    """Whether the sentence leaves something open, so that it is an open question under any heading."""
    return any(cue.override for cue in _hits(sentence, "open_questions"))


def is_out_of_scope(sentence: str) -> bool:
    """Whether the sentence rules something out (and does not just ask), so that among goals it is a non-goal."""
    return any(cue.override for cue in _hits(sentence, "non_goals")) and not is_question(sentence)


def _hits(sentence: str, label: str | None = None) -> Iterator[Cue]:
    """The cues that the sentence has, of all labels or of one."""
    whole, bare = readings(sentence)
    for family in tables.cues():
        reading = bare if family.at_start else whole
        if label in (None, family.label) and family.any.search(reading):
            yield from (cue for cue in family.cues if cue.regex.search(reading))


def readings(sentence: str) -> tuple[str, str]:
    """The sentence in lower case and on one line, and the same from its first word on."""
    whole = _BREAKS.sub(" ", sentence[:LONGEST].lower().translate(_STRAIGHT)).strip()
    leading = _LEADING.match(whole)
    return whole, whole[leading.end() :] if leading else whole


def _clear(leading: CueMatch | None, margin: float) -> CueMatch | None:
    return leading if leading and leading.margin >= margin else None
