"""Judging findings: is the proof there, is it about this spec, is it said already, can it be carried out?

`FindingJudge.faults` says what a critic should mend; `settle` drops what still does not hold. `merged` and `renewed`
bring the findings of several lenses, and of several readings, together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from specdraft import facts
from specdraft.material import Material
from specdraft.places import Places
from specdraft.quotes import Index, folded
from specdraft.spec import Citation, Evidence, Finding, SpecFields
from specdraft.spec.ids import items

_VACUOUS = re.compile(
    r"\b(?:monitor(?:ed|ing)?(?: [\w-]+){0,5} (?:closely|carefully)|(?:test|review)(?:ed|ing)? (?:it |this |them )?"
    r"(?:thoroughly|carefully|properly)|best practices?|keep an eye|be careful|take care|as (?:needed|appropriate)|"
    r"(?:ensure|make sure)(?: that)? (?:proper|adequate|appropriate|sufficient)|raise awareness)\b",
    re.IGNORECASE,
)
_GENERAL = facts.stems(
    "user data system service application feature change performance security privacy quality problem issue risk "
    "failure error team people person customer support release rollout deploy test testing monitoring process plan "
    "spec design solution existing missing break cause lead impact affect work time value level lack insufficient "
    "unclear undefined potential possible large small high low new old whole part code engineer project"
)
"""Stems that stand in any spec: a finding needs others."""
_OWN_WORDS, _SAID_ALREADY, _SAME, _SAME_PLACE = 2, 0.85, 0.5, 0.3
"""Stems or ids of the spec's own that a finding must have; share of a title that another item says; likeness of two
findings that are the same, and of two that rest on the same words."""
_SHORTEST = 4
_ID = re.compile(r"\b[A-Z][1-9]\d*\b")


class FindingJudge:
    """Judges findings about one spec."""

    def __init__(self, spec: SpecFields, material: Material | None) -> None:
        self.spec, self.places = spec, Places(spec)
        self._of_spec = Index(self.places.passages)
        self._of_source = Index(material.passages if material else ())
        self._ids = {item.id for _, item in items(spec)}
        texts = [self.places.texts["spec"], *(each.text for each in self._of_source.passages.values())]
        self._own = frozenset().union(*map(facts.stems, texts)) - _GENERAL

    def faults(self, findings: Sequence[Finding]) -> list[str]:
        """What is wrong with them, one line each, in words that a model can mend it by."""
        found = []
        for number, finding in enumerate(findings):
            found += [f"findings[{number}] {fault}" for fault in (*self._unproven(finding), *self._idle(finding))]
        return found

    def settle(self, findings: Iterable[Finding]) -> list[Finding]:
        """Those that hold, their quotes as they stand where they were taken from."""
        kept = []
        for finding in findings:
            citations = [self._cited(each) for each in finding.citations]
            evidence = [self._shown(each) for each in finding.evidence]
            finding.citations = [each for each in citations if each]
            finding.evidence = [each for each in evidence if each]
            finding.targets = self.aimed(finding).targets
            criteria = {each.id for each in self.spec.alternatives.criteria}
            finding.scores = [each for each in finding.scores if each.criterion in criteria]
            if (finding.citations or finding.evidence) and not list(self._idle(finding)):
                kept.append(finding)
        return kept

    def aimed(self, finding: Finding) -> Finding:
        """A copy whose targets are all there."""
        there = [each for each in dict.fromkeys(finding.targets) if each in self._ids]
        return finding.model_copy(update={"targets": there})

    def holds(self, finding: Finding) -> bool:
        """Does its proof still stand where it stood? After an edit it may not."""
        here = [self._shown(each) for each in finding.evidence]
        return all(here) if here else True

    def _unproven(self, finding: Finding) -> Iterator[str]:
        for citation in finding.citations:
            if not self._cited(citation):
                near = self._near(self._of_source, citation.quote)
                yield f"quotes {citation.quote!r}, which does not stand in {citation.passage} of the source.{near}"
        for each in finding.evidence:
            if not self._shown(each):
                yield self._why_not(each)
        if not finding.citations and not finding.evidence:
            yield "has no proof: quote the source or the spec, or name the silence"
        for target in finding.targets:
            if target not in self._ids:
                yield f"targets {target}, which the spec does not have"

    def _idle(self, finding: Finding) -> Iterator[str]:
        """Why the author would wave it away, as far as code can tell."""
        text = f"{finding.title} {finding.mechanism}"
        own = (facts.stems(text) & self._own) | (set(_ID.findall(text)) & self._ids)
        is_rule = finding.placed_by is not None  # what it is about is looked up, not worded
        if not is_rule and (len(own) < _OWN_WORDS or not finding.mechanism):
            yield "could be said of any project: let title and mechanism name what in this spec fails, and how"
        if repeated := self._repeated(finding):
            yield f"says what {repeated} says: leave it out, or say why that does not work and name it in targets"
        if _VACUOUS.search(finding.suggestion):
            yield f"suggests {finding.suggestion!r}: name one act that changes what happens"
        if finding.kind in ("risk", "gap") and not (finding.suggestion or finding.question):
            yield "suggests nothing: name one act, or the question that must be decided"
        if finding.kind == "contradiction" and len(finding.evidence) + len(finding.citations) < 2:
            yield "is a contradiction: quote both places"
        if finding.kind == "alternative":
            yield from self._ill_scored(finding)

    def _ill_scored(self, finding: Finding) -> Iterator[str]:
        wanted = {each.id for each in self.spec.alternatives.criteria}
        if wanted != {each.criterion for each in finding.scores}:
            yield f"is an alternative: give one score for each criterion, {', '.join(sorted(wanted)) or 'none here'}"

    def _repeated(self, finding: Finding) -> str:
        """The id of an item that says the same, unless the finding names it."""
        title = facts.stems(finding.title)
        for name, words in self._rivals["alternative" if finding.kind == "alternative" else "risk"]:
            shared = len(title & words)
            if title and name not in finding.targets and shared / len(title) >= _SAID_ALREADY:
                return name
        return ""

    @cached_property
    def _rivals(self) -> dict[str, list[tuple[str, frozenset[str]]]]:
        """The ids and stems of what may say the same as an alternative, and as any other finding."""
        options = [(each.id, f"{each.name} {each.description}") for each in self.spec.alternatives.options]
        risks = [(each.id, f"{each.title} {each.description}") for each in self.spec.risks.items]
        risks += [(each.id, each.question) for each in self.spec.open_questions]
        return {
            kind: [(name, facts.stems(text)) for name, text in rivals]
            for kind, rivals in (("alternative", options), ("risk", risks))
        }

    def _cited(self, citation: Citation) -> Citation | None:
        """The citation as the source has it."""
        found = self._of_source.find(citation.passage, citation.quote)
        if not found or len(folded(found.text)[0]) < _SHORTEST:
            return None
        return Citation(passage=found.passage.id, quote=found.text, line=found.line)

    def _shown(self, evidence: Evidence) -> Evidence | None:
        """The evidence as it is in the spec."""
        if evidence.absent:
            return evidence if self._is_silent(evidence) else None
        found = self._of_spec.find(evidence.at, evidence.text)
        return Evidence(at=found.passage.id, text=found.text) if found else None

    def _is_silent(self, evidence: Evidence) -> bool:
        known = evidence.at in self.places.texts or evidence.at in self.places.listed
        return known and not self._heard(evidence)

    def _heard(self, evidence: Evidence) -> str:
        """The first of the words that stands there after all, with what stands around it."""
        text = self.places.texts.get(evidence.at, "")
        words = [re.escape(word.strip()) for word in evidence.absent.split(",") if word.strip()]
        hit = re.search(rf"\b(?:{'|'.join(words)})", text, re.IGNORECASE) if words else None
        return text[max(0, hit.start() - 40) : hit.end() + 40].replace("\n", " ") if hit else ""

    def _why_not(self, evidence: Evidence) -> str:
        if not evidence.absent:
            near = self._near(self._of_spec, evidence.text)
            return f"quotes {evidence.text!r}, which does not stand in {evidence.at} of the spec.{near}"
        if said := self._heard(evidence):
            return (
                f"takes {evidence.at} to be silent, but it says “…{said}…”: does that not answer it? If not, quote it"
            )
        return f"names the place {evidence.at}, which the spec does not have"

    @staticmethod
    def _near(index: Index, quote: str) -> str:
        near = "; ".join(f"[{each.id}] {' '.join(each.text.split())[:200]}" for each in index.nearest(quote))
        return f" Copy the words exactly. Nearest: {near}" if near else ""


def same(one: Finding, other: Finding) -> bool:
    """Do they have the same mechanism, as far as words tell?"""
    if (one.kind == "alternative") != (other.kind == "alternative"):
        return False
    first, second = (facts.stems(f"{each.title} {each.mechanism}") for each in (one, other))
    likeness = len(first & second) / len(first | second) if first | second else 1.0
    return likeness >= (_SAME_PLACE if _grounds(one) & _grounds(other) else _SAME)


def _grounds(finding: Finding) -> set[str]:
    """What it rests on."""
    return {each.text for each in finding.evidence} | {each.quote for each in finding.citations}


def merge(into: Finding, other: Finding) -> None:
    """Let the first finding say what the second adds, in place: who found it, its proof, what it touches."""
    lenses = [*into.lens.split(", "), *other.lens.split(", ")]
    into.lens = ", ".join(dict.fromkeys(filter(None, lenses)))
    into.evidence += [each for each in other.evidence if each not in into.evidence]
    into.citations += [each for each in other.citations if each not in into.citations]
    into.targets += [each for each in other.targets if each not in into.targets]
    into.severity = min(into.severity, other.severity)
    into.likelihood = max(into.likelihood, other.likelihood)


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Worst first, those with the same mechanism as one."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda each: each.priority):
        if like := next((each for each in kept if same(each, finding)), None):
            merge(like, finding)
        else:
            kept.append(finding)
    return sorted(kept, key=lambda each: each.priority)


def renewed(before: Sequence[Finding], found: Iterable[Finding], judge: FindingJudge) -> list[Finding]:
    """The findings after another reading: what people decided stays, and is not raised anew.

    Args:
        before: the findings that the spec had.
        found: those of this reading.
        judge: of the spec as it is now; what was open and has lost its ground in it is left out.
    """
    before = [judge.aimed(each) for each in before]
    decided = [each for each in before if each.status != "open"]
    fresh = [each for each in found if not any(same(each, other) for other in decided)]
    for old in before:
        if old.status != "open":
            continue
        if like := next((each for each in fresh if same(each, old)), None):
            like.id = like.id or old.id
        elif judge.holds(old):
            fresh.append(old)
    return [*sorted(fresh, key=lambda each: each.priority), *decided]
