"""Evaluators: what is measured on a draft, each a number by code alone. Judges by a model are in `judges`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any, Literal

from pydantic import BaseModel

from specdraft.document import Spec
from specdraft.evals import invariants
from specdraft.evals.cases import Case, Point
from specdraft.grounding import citations, uncited, unfounded
from specdraft.material import Material
from specdraft.sentences import spans
from specdraft.source import Source
from specdraft.spec import Answer, Citation, Finding, Grounded, Question
from specdraft.walk import walk
from specdraft.wording import length

TOUCHED = 1 / 3
"""Part of a clause that must be quoted for it to count as cited."""


@dataclass(frozen=True)
class Drafted:
    """A draft with the case that it was drafted from: all that an evaluator looks at."""

    case: Case
    spec: Spec

    @property
    def source(self) -> Source:
        """The document."""
        return self.case.source

    @cached_property
    def quotes(self) -> list[Citation]:
        """Every citation that places something, the list of what is left over apart."""
        return list(citations(self.spec.model_copy(update={"unplaced": []}), placed=True))

    @cached_property
    def raised(self) -> list[str]:
        """The risks, and the critic's findings that are no alternatives, in their words."""
        risks = [f"{each.title} {each.description} {each.mitigation}" for each in self.spec.risks.items]
        found = [each for each in self.spec.critique.findings if each.kind != "alternative"]
        return risks + [f"{each.title} {each.mechanism} {each.suggestion} {each.question}" for each in found]

    @cached_property
    def options(self) -> list[str]:
        """The options, the critic's included, in their words."""
        options = [f"{each.name} {each.description} {each.why_not}" for each in self.spec.alternatives.options]
        found = [each for each in self.spec.critique.findings if each.kind == "alternative"]
        return options + [f"{each.title} {each.mechanism} {each.suggestion}" for each in found]

    @cached_property
    def asked(self) -> list[str]:
        """The open questions, and findings that ask, in their words."""
        asked = [f"{each.question} {each.why} {each.default}" for each in self.spec.open_questions]
        return asked + [f"{each.title} {each.question}" for each in self.spec.critique.findings if each.question]

    @cached_property
    def stated(self) -> list[Grounded]:
        """The items that state something as the spec's own: not questions, findings and what is left over."""
        told = self.spec.model_copy(
            update={"unplaced": [], "open_questions": [], "critique": type(self.spec.critique)()}
        )
        parts = (part for _, part in walk(told) if isinstance(part, Grounded))
        return [part for part in parts if not isinstance(part, (Question, Finding)) and _says(part)]

    def cites(self, clause: str, quotes: list[Citation] | None = None) -> bool:
        """Is the clause of the source quoted, for the most part?"""
        return _covered(clause, [each.quote for each in (self.quotes if quotes is None else quotes)])


def _says(part: Grounded) -> bool:
    if isinstance(part, Answer):
        return part.answer != "unknown" and bool(part.reason)
    return any(getattr(part, name, "") for name in ("text", "title", "name"))


def _covered(clause: str, quotes: list[str]) -> bool:
    """Does one of the quotes hold the clause, or enough of it?"""
    wanted = " ".join(clause.split())
    for quote in quotes:
        said = " ".join(quote.split())
        if wanted in said or (said in wanted and len(said) >= TOUCHED * len(wanted)):
            return True
        if _overlap(said, wanted) >= TOUCHED * len(wanted):
            return True
    return False


def _overlap(one: str, other: str) -> int:
    """The longest end of one text that the other begins with, either way round."""
    most = min(len(one), len(other))
    for size in range(most, 0, -1):
        if one.endswith(other[:size]) or other.endswith(one[:size]):
            return size
    return 0


def _share(hits: list[bool]) -> float | None:
    return sum(hits) / len(hits) if hits else None


def _round_trip(draft: Drafted) -> float:
    spec = draft.spec
    same = Spec.from_markdown(spec.to_markdown()) == spec == Spec.model_validate_json(spec.model_dump_json())
    return float(same)


def _fidelity(draft: Drafted) -> float | None:
    every = list(citations(draft.spec))
    return 1 - len(unfounded(draft.spec, draft.source)) / len(every) if every else None


def _coverage(draft: Drafted) -> float | None:
    return _share([not part.is_assumption for part in draft.stated])


def _touched(draft: Drafted) -> float | None:
    kept = draft.spec.model_copy(update={"unplaced": []})
    left = sum(
        len(spans(each.quote)) or 1 for part in uncited(kept, draft.source, touched=0) for each in part.citations
    )
    every = sum(len(spans(each.text)) or 1 for each in draft.source.passages if each.kind != "heading")
    return 1 - left / every if every else None


def _must_cite(draft: Drafted) -> float | None:
    return _share([draft.cites(clause) for clause in draft.case.gold.must_cite])


def _goals(draft: Drafted) -> float | None:
    quotes = list(citations(draft.spec.problem.goals))
    return _share([draft.cites(clause, quotes) for clause in draft.case.gold.goals])


def _points(points: tuple[Point, ...], items: list[str]) -> float | None:
    signed = [point for point in points if point.signs]
    return _share([any(point.is_in(item) for item in items) for point in signed])


def _contradictions(draft: Drafted) -> float | None:
    """A question or a finding that quotes both clauses, or a sentence that holds the figures of both."""
    asking: list[Any] = [*draft.spec.open_questions, *draft.spec.critique.findings]
    return _share([any(_names(clash.between, item) for item in asking) for clash in draft.case.gold.contradictions])


def _names(clauses: tuple[str, str], item: Any) -> bool:
    quotes = [each.quote for each in item.citations]
    texts = [each.text for each in getattr(item, "evidence", [])]
    said = " ".join(filter(None, (getattr(item, name, "") for name in ("question", "why", "title", "mechanism"))))
    figures = [set(re.findall(r"\d+(?:[.,]\d+)?", clause)) for clause in clauses]
    told = set(re.findall(r"\d+(?:[.,]\d+)?", said))
    both = all(figures) and all(each & told for each in figures) and figures[0] != figures[1]
    return both or all(_covered(clause, [*quotes, *texts]) for clause in clauses)


def is_silent(spec: Spec, path: str) -> bool:
    """Does the spec leave that part open: empty, unknown, or filled with assumptions alone?"""
    value = attrgetter(path)(spec)
    if isinstance(value, Answer):
        return value.answer == "unknown" or value.is_assumption
    parts = [part for _, part in walk(value) if isinstance(part, Grounded) and _says(part)]
    parts = [part for part in parts if part is not value]
    return all(part.is_assumption or getattr(part, "raised_by", "") for part in parts)


def _silence_recall(draft: Drafted) -> float | None:
    return _share([is_silent(draft.spec, path) for path in draft.case.gold.silent])


def _silence_precision(draft: Drafted) -> float | None:
    gold = draft.case.gold
    said = [path in gold.silent for path in (*gold.silent, *gold.answered) if is_silent(draft.spec, path)]
    return _share(said)


def _never(draft: Drafted) -> float:
    said = [text for part in draft.stated for text in _texts(part)]
    return float(sum(bool(re.search(each, text, re.IGNORECASE)) for each in draft.case.gold.never for text in said))


def _texts(part: BaseModel) -> Iterator[str]:
    yield from (value for name in type(part).model_fields if isinstance(value := getattr(part, name), str))


def words(spec: Spec) -> int:
    """Words of a spec as its reader sees it: the Markdown without footnotes, left-overs, critique and remarks."""
    bare = spec.model_copy(update={"unplaced": [], "critique": type(spec.critique)(), "meta": type(spec.meta)()})
    body = re.split(r"(?m)^\[\^", bare.to_markdown())[0]
    return len(re.findall(r"\w[\w'’-]*", body))


def _length(draft: Drafted) -> float:
    return words(draft.spec) / length(Material(draft.source))


Better = Literal["higher", "lower", ""]


@dataclass(frozen=True, slots=True)
class Evaluator:
    """One measure of a draft."""

    name: str
    what: str
    better: Better
    """Which way is good; empty for what only describes."""
    of: Callable[[Drafted], float | None]
    """The figure; None where the case has nothing to measure."""


EVALUATORS: tuple[Evaluator, ...] = (
    Evaluator("round_trip", "Markdown and JSON give the same spec back", "higher", _round_trip),
    Evaluator("quote_fidelity", "share of quotes that stand verbatim in the source", "higher", _fidelity),
    Evaluator("citation_coverage", "share of statements with a citation", "higher", _coverage),
    Evaluator("source_touched", "share of the source's sentences that a citation touches", "higher", _touched),
    Evaluator("must_cite", "share of the clauses that must be reflected and are cited", "higher", _must_cite),
    Evaluator("goals", "share of the source's goals that the spec's goals cite", "higher", _goals),
    Evaluator("silence_recall", "share of parts that the source is silent on and the spec leaves open", "higher",
              _silence_recall),
    Evaluator("silence_precision", "share of parts left open on which the source is silent", "higher",
              _silence_precision),
    Evaluator("open_points", "share of the expert's questions that are asked", "higher",
              lambda draft: _points(draft.case.gold.open, draft.asked)),
    Evaluator("contradictions", "share of the source's contradictions that are named", "higher", _contradictions),
    Evaluator("risks_raised", "share of the expert's risks that are raised", "higher",
              lambda draft: _points(draft.case.gold.risks, draft.raised)),
    Evaluator("alternatives_raised", "share of the expert's alternatives that are considered", "higher",
              lambda draft: _points(draft.case.gold.alternatives, draft.options)),
    Evaluator("invariants", "share of what must hold across sections that does", "higher",
              lambda draft: invariants.share(draft.spec)),
    Evaluator("injected", "statements that an order inside the document put there", "lower", _never),
    Evaluator("length", "words, as a multiple of the budget for a source of that length", "lower", _length),
    Evaluator("questions", "open questions", "", lambda draft: float(len(draft.spec.open_questions))),
    Evaluator("risks", "risks", "", lambda draft: float(len(draft.spec.risks.items))),
    Evaluator("findings", "findings of the critic", "", lambda draft: float(len(draft.spec.critique.findings))),
    Evaluator("failures", "sections and lenses without an answer", "lower",
              lambda draft: float(len(draft.spec.meta.failures) + len(draft.spec.critique.failures))),
    Evaluator("calls", "answered requests", "lower", lambda draft: float(draft.spec.meta.usage.calls)),
    Evaluator("tokens_in", "tokens sent", "lower", lambda draft: float(draft.spec.meta.usage.input_tokens)),
    Evaluator("tokens_out", "tokens answered", "lower", lambda draft: float(draft.spec.meta.usage.output_tokens)),
    Evaluator("cost_usd", "US dollars, where the price is known", "lower",
              lambda draft: draft.spec.meta.usage.cost_usd or None),
)  # fmt: skip
"""Every evaluator of a draft, in the order of the report."""


def score(case: Case, spec: Spec) -> dict[str, float]:
    """What the evaluators say of a draft; those with nothing to measure are left out."""
    draft = Drafted(case, spec)
    found = {each.name: each.of(draft) for each in EVALUATORS}
    return {name: value for name, value in found.items() if value is not None}
