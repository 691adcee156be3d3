"""The source as its author laid it out: passages under the headings that a reader sees.

Besides Markdown headings these are bold lines (`**Background**` alone), short lines of word
processors (`Strategic Fit`), and list items that other items hang below; a toggle is exported so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from specdraft.models.offline.headings import Match, classify, lead_in
from specdraft.models.offline.tables import LeadIn
from specdraft.passages import Passage
from specdraft.source import Source

_BOLD_LINE = re.compile(r"(\*\*|__)([^*_\n]{2,150}?)[:.]?\1[:.]?$")
_LEAD = re.compile(
    r"(?:\[[ xX]\] )?"
    r"(?:(?:\*\*|__)([^*_\n]{1,60}?)(?:[:.]|[ –—-]+)?(?:\*\*|__) ?[:.–—-]?|([A-Z][A-Za-z' /-]{1,30}):)\s+(?=\S)"
)
_BOLD_LEVEL, _LINE_LEVEL, _ITEM_LEVEL = 7, 8, 9


@dataclass(slots=True)
class Heading:
    """A heading of any kind, and the passage that it is."""

    text: str
    level: int
    passage: Passage
    label: Match | None = None
    depth: int = 0
    """Of an item that acts as one: the list level below which it holds."""


@dataclass(slots=True)
class Line:
    """A passage with content, where it stands."""

    passage: Passage
    label: Match | None
    topic: str | None
    """The heading above it that says more than its label does."""
    heading: Passage | None
    heading_text: str
    run: int
    """The same for all that stands under one heading."""
    is_contents: bool = False
    """Is it a line of a table of contents?"""
    announced: Passage | None = None
    """The line that acts as a heading directly above it, but is none to Markdown."""
    lead: LeadIn | None = None
    lead_end: int = 0
    """Where the lead-in ends in the passage's text."""
    lead_words: str = ""


@dataclass(slots=True)
class Layout:
    """Title, headings and lines of a source, in its order."""

    title: Passage | None
    lines: list[Line]
    headings: list[Heading] = field(default_factory=list)


def lay_out(source: Source) -> Layout:
    """Find the headings of a source and put each passage under them."""
    title = _title(source)
    stack: list[Heading] = []
    layout = Layout(title, [])
    run = 0
    pseudo: Passage | None = None
    passages = source.passages
    children = _children(passages)
    titles = {_clean(passage.text).casefold() for passage in passages if passage.kind == "heading"}
    titles = titles if _lists(passages, titles) else set()
    for index, passage in enumerate(passages):
        if passage is title:
            continue
        following = passages[index + 1] if index + 1 < len(passages) else None
        while stack and stack[-1].depth and passage.level < stack[-1].depth:
            stack.pop()
        if heading := _heading(passage, following):
            while stack and stack[-1].level >= heading.level:
                stack.pop()
            above = stack[-1].label if stack else None
            heading.label = classify(heading.text, above and above.label, children.get(passage.id, ())) or above
            stack.append(heading)
            layout.headings.append(heading)
            run += 1
            pseudo = passage if passage.kind != "heading" and following is not None else None
        else:
            line = _line(passage, stack, run)
            line.is_contents = passage.kind == "item" and _linked(passage.text) in titles
            line.announced, pseudo = pseudo, None
            layout.lines.append(line)
    return layout


_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)$")
_LONGEST_TITLE = 70
_LONGEST_HEADING = 160
_CONTENTS = 5
"""A list of which so many items are headings is a table of contents."""


def _linked(text: str) -> str:
    """The words of an item that is nothing but a link, or its own words."""
    match = _LINK.match(text)
    return (match[1] if match else text).strip().casefold()


def _lists(passages: tuple[Passage, ...], titles: set[str]) -> bool:
    linked = sum(1 for passage in passages if passage.kind == "item" and _linked(passage.text) in titles)
    return linked >= _CONTENTS


def _title(source: Source) -> Passage | None:
    """The first heading, unless it opens a section like the others at its level."""
    headings = [passage for passage in source.passages if passage.kind == "heading"]
    opening = source.passages[0] if len(source.passages) > 1 else None
    if opening and opening.kind == "paragraph" and not (headings and headings[0].level == 1):
        is_line = len(opening.text) <= _LONGEST_TITLE and opening.text[-1:] not in ".:?!," and "\n" not in opening.text
        bold = _BOLD_LINE.match(opening.text)
        return opening if is_line and classify(bold[2] if bold else opening.text) is None else None
    if not headings or headings[0].level > 1:
        return None
    first = classify(_clean(headings[0].text))
    peers = any(other.level == 1 for other in headings[1:])
    return None if peers and first and first.how == "heading-exact" else headings[0]


def _children(passages: tuple[Passage, ...]) -> dict[str, list[str]]:
    """For each heading, the headings directly below it."""
    children: dict[str, list[str]] = {}
    stack: list[Passage] = []
    for passage in passages:
        if passage.kind == "heading":
            while stack and stack[-1].level >= passage.level:
                stack.pop()
            if stack:
                children.setdefault(stack[-1].id, []).append(_clean(passage.text))
            stack.append(passage)
    return children


def _clean(heading: str) -> str:
    """A heading's words, without the marks around them."""
    return heading.partition("\n")[0].lstrip("#").strip().strip("*_").strip()


def _heading(passage: Passage, following: Passage | None) -> Heading | None:
    """The passage as a heading, if it is one of any kind."""
    if passage.kind == "heading":
        return Heading(_clean(passage.text), passage.level, passage)
    if following is None or "\n" in passage.text or len(passage.text) > _LONGEST_HEADING:
        return None
    if passage.kind == "paragraph" and passage.level == 0:
        if bold := _BOLD_LINE.match(passage.text):
            return Heading(bold[2].strip(), _BOLD_LEVEL, passage)
        return Heading(passage.text, _LINE_LEVEL, passage) if _is_exact(passage.text) else None
    if (
        passage.kind == "item"
        and following.kind != "heading"
        and following.level > passage.level
        and _is_exact(passage.text.strip("*_:"))
    ):
        return Heading(passage.text.strip("*_:"), _ITEM_LEVEL, passage, depth=passage.level + 1)
    return None


def _is_exact(text: str) -> bool:
    if len(text.split()) > 5 or text[-1:] in ".,;!?":
        return False
    match = classify(text.rstrip(":"))
    return match is not None and match.how == "heading-exact"


def _line(passage: Passage, stack: list[Heading], run: int) -> Line:
    heading = stack[-1] if stack else None
    label = heading.label if heading else None
    says_more = heading is not None and not (label and label.how == "heading-exact" and label == classify(heading.text))
    line = Line(
        passage,
        label,
        heading.text if heading and says_more else None,
        heading.passage if heading else None,
        heading.text if heading else "",
        run,
    )
    if passage.kind in ("paragraph", "item") and (lead := _LEAD.match(passage.text)):
        words = lead[1] or lead[2]
        line.lead, line.lead_end, line.lead_words = lead_in(words), lead.end(), words.strip()
        if line.lead is None and lead[1] and (match := classify(words)) and match.how != "heading-pattern":
            line.lead = LeadIn(match.label, "")
    return line


def runs(lines: list[Line]) -> Iterator[list[Line]]:
    """The lines of each heading together."""
    group: list[Line] = []
    for line in lines:
        if group and group[-1].run != line.run:
            yield group
            group = []
        group.append(line)
    if group:
        yield group
