"""Rules on the choice: what must be considered, by the same criteria, and whether the scores bear it out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from specdraft.checklist.rule import Hit, Read, Rule, brief, quoted
from specdraft.spec import Option
from specdraft.spec.alternatives import EXPECTED

_WORDS = {
    "do nothing": "do nothing|doing nothing|keep|stay|status quo|as it is|as is|not build|by hand|manual|today",
    "buy or reuse": "buy|bought|reus|existing|vendor|off.the.shelf|third.part|library|platform|hosted|extend",
    "smaller first step": "smaller|first|only|subset|minimum|pilot|without|just|less|part of|phase|once more|simple",
}
"""What an option of that kind is recognised by, where it does not say what it is."""
_MEANS = {
    "do nothing": "what it costs to leave things as they are",
    "buy or reuse": "whether something that exists already does it",
    "smaller first step": "whether less would do at first",
}


def _not_considered(read: Read) -> Iterator[Hit]:
    options = [each for each in read.spec.alternatives.options if not each.chosen]
    if "alternatives" in read.asked:
        return
    if not options:
        yield Hit(
            "Nothing else was considered",
            f"The spec proposes “{_proposal(read)}” and names no other way to reach its goals, not even doing nothing.",
            [read.silent("alternatives.options", "no other option", "instead")],
            question=f"Instead of “{_proposal(read)}”: why not nothing, something that exists, or less?",
        )
        return
    for approach in EXPECTED:
        if not any(each.approach == approach or _sounds_like(approach, each) for each in options):
            yield Hit(
                f"Nobody asked {_MEANS[approach]}",
                f"Of the options “{brief(options[0].name)}” and {len(options) - 1} others none is to {approach}, so "
                f"“{_proposal(read)}” was never held against it.",
                [quoted(options[0])],
                question=f"Why not {approach} instead of “{_proposal(read)}”, by the same criteria?",
                targets=[each.id for each in options],
            )


def _sounds_like(approach: str, option: Option) -> bool:
    return bool(re.search(_WORDS[approach], f"{option.name} {option.description}", re.IGNORECASE))


def _proposal(read: Read) -> str:
    chosen = [each.name for each in read.spec.alternatives.options if each.chosen]
    overview = [each.text for each in read.spec.solution.overview]
    return brief((chosen or overview or [read.spec.title])[0])


def _unscored(read: Read) -> Iterator[Hit]:
    wanted = [each.id for each in read.spec.alternatives.criteria]
    for option in read.spec.alternatives.options:
        missing = [each for each in wanted if each not in {score.criterion for score in option.scores}]
        if missing:
            yield Hit(
                f"{option.id} is not judged by the criteria that decide",
                f"“{option.name}” has no score on {', '.join(missing)}, so it was not compared with the others.",
                [quoted(option)],
                f"Score {option.id} on {', '.join(missing)}, with a reason.",
                targets=[option.id],
            )


def _not_borne_out(read: Read) -> Iterator[Hit]:
    alternatives = read.spec.alternatives
    places = {each.option: each for each in alternatives.ranking()}
    for option in alternatives.options:
        place = places.get(option.id)
        if option.chosen and place and place.place > 1:
            best = next(each for each in alternatives.options if places.get(each.id, place).place == 1)
            yield Hit(
                f"By its own scores {best.id} should have been chosen",
                f"“{best.name}” totals {places[best.id].total:.2f}, the chosen “{option.name}” {place.total:.2f}.",
                [quoted(option), quoted(best)],
                f"Correct the scores or weights, choose {best.id}, or add the criterion that decided.",
                targets=[option.id, best.id],
            )


def _unreasoned(read: Read) -> Iterator[Hit]:
    options = read.spec.alternatives.options
    if any(each.why_not for each in options):
        for option in options:
            if not option.chosen and not option.why_not:
                yield Hit(
                    f"{option.id} is turned down without a reason",
                    f"“{option.name}” was not chosen, and nothing says why.",
                    [quoted(option)],
                    f"Say what speaks against {option.id}, by the criteria.",
                    targets=[option.id],
                )


RULES = (
    Rule("not considered", "trade-offs", "S3", "L3", "question", _not_considered),
    Rule("option not scored", "trade-offs", "S4", "L4", "question", _unscored),
    Rule("choice not borne out", "trade-offs", "S3", "L4", "question", _not_borne_out, "contradiction"),
    Rule("rejected without a reason", "trade-offs", "S4", "L3", "question", _unreasoned),
)
