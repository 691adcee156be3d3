"""Questions that words of the source call for, where the spec names no risk of that kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from specdraft.lenses import AT_LEAST, Lens
from specdraft.material import Material
from specdraft.places import Places
from specdraft.spec import Citation, Evidence, Finding, Placement, SpecFields

_SHOWN = 3
_BUILT = (
    "problem.goals",
    "solution.overview",
    "solution.architecture",
    "solution.data_model",
    "solution.ui",
    "rollout.release",
)
"""Parts of what will be built: words about the problem, or about others, raise nothing."""


_SILENT: dict[str, Callable[[SpecFields], object]] = {
    "pre-mortem": lambda spec: len(spec.risks.items) < _SHOWN,
    "rollout": lambda spec: not (spec.rollout.release.stages or spec.rollout.migration.rollback),
    "compatibility": lambda spec: spec.risks.answers.backwards_incompatible.answer == "unknown",
    "data": lambda spec: not (spec.rollout.migration.rollback or spec.rollout.migration.required == "no"),
    "load": lambda spec: spec.risks.answers.load.answer == "unknown",
    "dependencies": lambda spec: spec.risks.answers.dependencies.answer == "unknown",
    "security": lambda spec: spec.risks.answers.security_privacy.answer == "unknown",
    "privacy": lambda spec: spec.risks.answers.security_privacy.answer == "unknown",
}
"""Has the spec left open what the lens is about? A lens without a row asks wherever there is no risk of its kind."""


def heard(spec: SpecFields, material: Material | None, lenses: Sequence[Lens]) -> Iterator[Finding]:
    """A question for each lens that enough words of what will be built call for."""
    listed = Places(spec).listed
    spots = [(address, text) for path in _BUILT for address, text in listed[path] if text]
    spots += [(item.id, item.text) for item in spec.rollout.steps]
    known = {risk.category for risk in spec.risks.items}
    for lens in lenses:
        is_open = lens.category not in known and _is_open(lens, spec)
        hits = lens.heard([text for _, text in spots]) if is_open else []
        if len(hits) < AT_LEAST or not lens.checklist:
            continue
        title, ask = lens.checklist
        places = [(spots[number][0], spots[number][1][start:end]) for number, start, end in hits[:_SHOWN]]
        words = [f"“{' '.join(quote.split())}”" for _, quote in places]
        named = f"{', '.join(words[:-1])} and {words[-1]}"
        yield Finding(
            title=title.replace("{words}", named),
            lens=lens.name,
            kind="gap",
            mechanism=f"The spec speaks of {named} and names no risk of this kind ({len(hits)} signals).",
            evidence=[Evidence(text=quote, at=at) for at, quote in places],
            citations=_cited(material, [quote for _, quote in places]),
            severity="S3",
            likelihood="L2",
            lands_in="question",
            question=ask,
            placed_by=Placement(how="checklist", rule=f"{lens.name}, {len(hits)} signals"),
        )


def _is_open(lens: Lens, spec: SpecFields) -> bool:
    return lens.name not in _SILENT or bool(_SILENT[lens.name](spec))


def _cited(material: Material | None, quotes: Sequence[str]) -> list[Citation]:
    """Where the source says these words, if it is at hand."""
    found = []
    for quote in quotes:
        for passage in material.source.passages if material else ():
            if (at := passage.text.find(quote)) >= 0 and passage.kind != "heading":
                line = passage.line_start + passage.text.count("\n", 0, at)
                found.append(Citation(passage=passage.id, quote=quote, line=line))
                break
    return found
