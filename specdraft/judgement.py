"""Judging an answer: are its quotes in the source, its facts in its quotes, its links to something that is there?

`Judge.faults` says what a model should mend, in words that it can mend it by. `Judge.settle` takes out
whatever is still wrong when no more is asked: no fabricated quote survives it, whoever answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from specdraft import facts
from specdraft.clashes import Clashes
from specdraft.links import link_faults, unlink, wanting
from specdraft.material import Material
from specdraft.quotes import Index, folded
from specdraft.sentences import spans
from specdraft.spec import (
    Answer,
    Citation,
    Diagram,
    Grounded,
    Headline,
    Option,
    Question,
    Risk,
    Score,
    Statement,
)  # fmt: skip
from specdraft.walk import walk

DRAFTER = "drafter"
"""Who raised a risk or an option that the source does not."""
PROPOSALS = {
    "mitigation": "Proposed: ",
    "rollback": "Proposed: ",
    "exit_criteria": "Proposed: ",
    "flag_removal": "Proposed: ",
    "description": "Assumed: ",
    "why_not": "Assumed: ",
}
"""Fields in which a cited item may say more than its source, and the word that then marks it."""
_VERBATIM = ("url", "test_plan", "separate_spec")
_SILENT = ("topic", "id", "slot", "raised_by", "placed_by", *_VERBATIM)
_WHOLLY, _ENOUGH, _SOME = 0.85, 0.6, 0.34
"""Share of its words that stand in the cited passages: of a mitigation that is the source's own, of a risk that the
source raises, of a statement that is cited."""
_GENERAL = facts.vocabulary(["service store database api web page app server job queue system ui worker file"])
"""What a box of the diagram may be called beside the words of the source and the section."""
_SHORTEST = 4
"""Characters of a quote, but of a passage that is hardly longer itself."""


class Judge:
    """Judges the answers of one run: over its material, and the sections that are done."""

    def __init__(self, material: Material) -> None:
        self.index = Index(material.passages)
        texts = [passage.text for passage in self.index.passages.values()]
        titles = [heading for passage in self.index.passages.values() for heading in passage.headings]
        self._clashes = Clashes()
        self._everything = "\n".join(texts)
        self._words = facts.vocabulary([*texts, *titles, material.source.name, material.source.title])

    def faults(self, name: str, section: BaseModel, done: Mapping[str, Any]) -> list[str]:
        """What is wrong with the answer, one line each."""
        found: list[str] = []
        for at, part in walk(section):
            found += [f"{at}: {fault}" for fault in self._of(part)]
        found += [f"diagram: {fault}" for fault in self._undrawn(section)]
        if isinstance(section, Headline):
            found += [
                f"summary: {each!r} is not in the source or the sections"
                for each in self._unknown(section.summary, done)
            ]
        found += self._clashes.of(section, done)
        return found + link_faults(name, section, done) + wanting(name, section, done)

    def settle(self, name: str, section: BaseModel, done: Mapping[str, Any]) -> list[str]:
        """Take out of the answer what is wrong with it, in place; say what was taken out."""
        removed = sum(self._settle_part(part) for _, part in walk(section))
        doubtful = [part for _, part in walk(section) if isinstance(part, Grounded) and self._says_more(part)]
        for part in doubtful:
            part.citations.clear()
        drawn = bool(self._undrawn(section))
        if drawn:
            section.diagram = None  # type: ignore[attr-defined]
        cut = isinstance(section, Headline) and self._settle_summary(section, done)
        scores = sum(self._settle_scores(part) for _, part in walk(section) if isinstance(part, Option))
        unlinked = unlink(name, section, done)
        told = {
            f"{_counted(removed, 'citation')} taken out: the words are not in the source": removed,
            f"{_counted(len(doubtful), 'item')} shown as an assumption: more is said than is cited": doubtful,
            "the diagram taken out: it shows parts that nothing names": drawn,
            "sentences of the summary taken out: nothing else says them": cut,
            f"{_counted(scores, 'score')} taken out: nothing else says what the reason says": scores,
            f"{_counted(unlinked, 'link')} taken out: there is no such id": unlinked,
        }
        return [said for said, is_so in told.items() if is_so]

    def mark(self, section: BaseModel) -> None:
        """Mark what a cited item proposes or assumes beyond its source, and who raised it, in place.

        Done once all sections are there: a model is shown its answers as it gave them.
        """
        for _, part in walk(section):
            if isinstance(part, Grounded) and part.citations:
                self._mark(part)

    def _of(self, part: BaseModel) -> Iterator[str]:
        for field in _VERBATIM:
            if (value := getattr(part, field, "")) and value not in self._everything:
                yield f"{field} {value!r} is not in the source; leave it empty"
        if not isinstance(part, Grounded):
            return
        for score in part.scores if isinstance(part, Option) else ():
            if extra := self._nowhere(score):
                yield f"the reason of {score.criterion} says {', '.join(map(repr, extra))}, which nothing else says"
        good = True
        for citation in part.citations:
            if fault := self._misquote(citation):
                good = False
                yield fault
        if good and part.citations and (extra := self._says_more(part)):
            yield (
                f"says {', '.join(map(repr, extra))}, which the passages that it cites do not say: cite the words that "
                "do, say only what they say, or take the citations out so that it is shown as an assumption"
            )

    def _settle_summary(self, section: Headline, done: Mapping[str, Any]) -> bool:
        """Without the sentences that state what nothing else does; were there any?"""
        if not self._unknown(section.summary, done):
            return False
        sentences = [section.summary[a:b] for a, b in spans(section.summary)]
        section.summary = " ".join(each for each in sentences if not self._unknown(each, done))
        return True

    def _settle_scores(self, option: Option) -> int:
        """Without the scores whose reasons state what is nowhere; how many there were."""
        kept = [score for score in option.scores if not self._nowhere(score)]
        lost = len(option.scores) - len(kept)
        option.scores = kept
        return lost

    def _nowhere(self, score: Score) -> list[str]:
        """Figures and names in the reason of a score that stand nowhere in the material."""
        return facts.missing(score.reason, [self._everything], self._words)

    def _misquote(self, citation: Citation) -> str:
        found = self.index.find(citation.passage, citation.quote)
        if found:
            if len(folded(found.text)[0]) >= _SHORTEST or len(found.passage.text) <= 2 * _SHORTEST:
                return ""
            return f"the quote {citation.quote!r} is too short to show anything; quote the clause that says it"
        near = "; ".join(f"[{each.id}] {_short(each.text)}" for each in self.index.nearest(citation.quote))
        return (
            f"the quote {_short(citation.quote)!r} does not stand in {citation.passage}. Copy the words exactly as "
            "they stand in one passage, or take the citation out." + (f" Nearest: {near}" if near else "")
        )

    def _says_more(self, part: Grounded) -> list[str]:
        """What a cited item states that its passages do not; a question states nothing."""
        if not part.citations or isinstance(part, Question):
            return []
        places = (self.index.find(each.passage, each.quote) for each in part.citations)
        evidence = [found.passage for found in places if found]
        texts = [text for each in evidence for text in (each.text, *each.headings, *each.header)]
        said = list(_claims(part))
        more = [each for text in said for each in facts.missing(text, texts, self._words)]
        told = part.text if isinstance(part, Statement) else part.reason if isinstance(part, Answer) else ""
        if not more and facts.support(told, texts) < _SOME:
            more = [_short(told)]
        return list(dict.fromkeys(more))

    def _settle_part(self, part: BaseModel) -> int:
        """Quotes as the source has them; how many were not in it."""
        for field in _VERBATIM:
            if (value := getattr(part, field, "")) and value not in self._everything:
                setattr(part, field, "")
        if not isinstance(part, Grounded):
            return 0
        kept = []
        for citation in part.citations:
            found = self.index.find(citation.passage, citation.quote)
            if found and not self._misquote(citation):
                kept.append(Citation(passage=found.passage.id, quote=found.text, line=found.line))
        removed = len(part.citations) - len(kept)
        part.citations = list({(each.passage, each.quote): each for each in kept}.values())
        return removed

    def _mark(self, part: Grounded) -> None:
        if isinstance(part, (Risk, Option)) and not part.raised_by and not self._is_told(part):
            part.raised_by = DRAFTER
        texts = [self.index.passages[each.passage].text for each in part.citations]
        for field, mark in PROPOSALS.items():
            value = getattr(part, field, "")
            if not isinstance(value, str) or not value or value.startswith(tuple(PROPOSALS.values())):
                continue
            if facts.support(value, texts, fewest=1) < _WHOLLY or facts.missing(value, texts, self._words):
                setattr(part, field, mark + value)

    def _is_told(self, part: Risk | Option) -> bool:
        """Is it the source that raises it, or only something in the source that made the drafter think of it?"""
        if isinstance(part, Option) and part.chosen:
            return True  # it is the proposed solution under a name
        said = part.title if isinstance(part, Risk) else part.name
        cited = (self.index.passages[each.passage] for each in part.citations)
        return (
            facts.support(said, [text for each in cited for text in (each.text, *each.headings)], fewest=1) >= _ENOUGH
        )

    def _undrawn(self, section: BaseModel) -> list[str]:
        """Boxes of the diagram that neither the source nor the section names."""
        diagram = getattr(section, "diagram", None)
        if not isinstance(diagram, Diagram):
            return []
        named = [text for _, part in walk(section) if isinstance(part, Grounded) for text in _claims(part)]
        known = self._words | facts.vocabulary(named) | _GENERAL
        return [
            f"no statement names {node.label!r}"
            for node in diagram.nodes
            if node.kind != "client" and facts.vocabulary([node.label]) - known
        ]  # fmt: skip

    def _unknown(self, text: str, done: Mapping[str, Any]) -> list[str]:
        """What is stated and stands neither in the source nor in any section."""
        texts = [self._everything, *(part.model_dump_json() for part in done.values())]
        return facts.missing(text, texts, self._words | facts.vocabulary(texts[1:]))


def _claims(part: Grounded) -> Iterator[str]:
    """The texts of an item that state something as the source's; not its choices, ids and proposals."""
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if name not in (*_SILENT, *PROPOSALS) and isinstance(value, str) and "Literal" not in str(field.annotation):
            yield value


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count > 1 else ''}"


def _short(text: str) -> str:
    words = text.split()
    return " ".join(words[:40]) + (" …" if len(words) > 40 else "")
