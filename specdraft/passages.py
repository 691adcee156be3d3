"""Markdown text to passages: the blocks that a reader would point at, numbered, byte for byte.

markdown-it-py finds the blocks and their lines; the text of a passage is then cut out of the
source itself, from its first content character to its last, so that it is always one verbatim
slice. Whatever the parser swallows (link definitions, content nested too deep) becomes a passage
of its own kind: every line of the source that says something stands in exactly one passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

Kind = Literal["heading", "paragraph", "item", "row", "code", "comment", "footnote", "meta", "other"]

_SOFT_BREAK = re.compile(r"(?:(?<![ \t])[ \t]+)?\\?\n[ \t>]*")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_CODE = re.compile(r"(`+[^`]{1,300}`+)")
_TAGS_ONLY = re.compile(r"\s*(?:</?[A-Za-z][^<>]*>\s*)+$")
_PROPERTY = re.compile(r"[*_]{0,2}[A-Z][\w /()-]{0,30}:[*_]{0,2}\s+\S")
_LONE_PROPERTY = re.compile(
    r"[*_]{0,2}(?:labels|tags|status|owner|author|version|date|last (?:updated|changed)):[*_]{0,2}\s+\S", re.IGNORECASE
)
_BULLET = re.compile(r"[ \t]*[•◦▪‣●○■–]\s+")
_ROW_PREFIX = re.compile(r"[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)*")


@dataclass(frozen=True, slots=True)
class Passage:
    """A block of a source: a paragraph, a list item, a table row, a heading, a fence.

    `text` is `source.text[start : start + len(text)]`, on lines `line_start` to `line_end`
    (from 1, both included), under `headings` (outermost first, the title included).
    """

    id: str
    text: str
    start: int
    line_start: int
    line_end: int
    headings: tuple[str, ...]
    kind: Kind
    level: int = 0
    """Of a heading, 1 to 6; of anything else, how many lists it stands in."""
    block: int = 0
    """The same for all items of one list and for all rows of one table; 0 outside of them."""
    cells: tuple[str, ...] = ()
    """Of a table row: its cells."""
    header: tuple[str, ...] = ()
    """Of a table row below the header: the header's cells."""


def shown(quote: str) -> str:
    """Words of a source as they read on one line: breaks and quote marks folded, tags outside of code taken out."""
    pieces = enumerate(_CODE.split(_SOFT_BREAK.sub(" ", quote)))
    bare = "".join(each if number % 2 else _TAG.sub(" ", each) for number, each in pieces).removesuffix("\\")
    return " ".join(bare.split()) or quote


@dataclass(frozen=True, slots=True)
class _Span:
    """A block as the parser saw it: lines [first, last), and its first and last line of content."""

    first: int
    last: int
    kind: Kind
    head: str
    tail: str = ""
    level: int = 0
    block: int = 0
    cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()


@cache
def _parser(*, html: bool) -> MarkdownIt:
    md = MarkdownIt("commonmark").enable("table").use(footnote_plugin).use(front_matter_plugin)
    md.core.ruler.disable(["inline", "footnote_tail", "text_join"])
    md.block.ruler.disable([] if html else ["html_block", "front_matter"])
    return md


def parse(text: str) -> tuple[Passage, ...]:
    """Cut Markdown (or plain text) into passages `P1`, `P2`, ... in the order in which they stand.

    `text` has newlines as line ends only. Linear in its length.
    """
    lines = text.split("\n")
    spans = _with_forgotten(list(_spans(_parser(html=True).parse(text), lines, 0)), lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    passages: list[Passage] = []
    path: list[tuple[int, str]] = []
    for span in spans:
        if span.kind == "heading":
            while path and path[-1][0] >= span.level:
                path.pop()
        headings = tuple(title for _, title in path)
        if passages and passages[-1].headings == headings:
            headings = passages[-1].headings
        if span.kind == "heading":
            path.append((span.level, span.head))
        start, end = _trim(text, *_cut(span, lines, starts))
        above = starts[span.first]
        if start == end:
            continue
        passages.append(
            Passage(
                f"P{len(passages) + 1}",
                text[start:end],
                start,
                span.first + 1 + text.count("\n", above, start),
                span.first + 1 + text.count("\n", above, end),
                headings,
                span.kind,
                span.level,
                span.block,
                span.cells,
                span.header,
            )
        )
    return tuple(passages)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The same without white space of any kind at its ends."""
    said = text[start:end]
    bare = said.strip()
    start += said.find(bare)
    return start, start + len(bare)


def _cut(span: _Span, lines: list[str], starts: list[int]) -> tuple[int, int]:
    """Offsets of the span's content: from where its first line begins to where its last one ends."""
    first = lines[span.first].rstrip()
    at = first.find(span.head.rstrip())
    if span.kind in ("paragraph", "item", "footnote"):
        # The content is what the line ends with; earlier hits would be markers that look like it.
        at = len(first) - len(span.head) if first.endswith(span.head) else at
    start = starts[span.first] + max(at, 0)
    last = span.last - 1
    while last > span.first and not lines[last].replace(">", " ").strip():
        last -= 1
    line = lines[last].rstrip()
    end = starts[last] + len(line)
    if span.tail and first.startswith(span.tail.partition("\n")[0], max(at, 0)):
        end = start + len(span.tail) if last <= span.first + 1 else end
    return start, max(end, start)


def _spans(tokens: list[Token], lines: list[str], offset: int) -> Iterator[_Span]:
    """The blocks among the parser's tokens; `offset` is the line on which their text begins."""
    return _Scan(tokens, lines, offset).spans()


class _Scan:
    """One walk over the tokens of a text: what it is inside of, and the blocks it meets."""

    def __init__(self, tokens: list[Token], lines: list[str], offset: int) -> None:
        self.tokens, self.lines, self.offset = tokens, lines, offset
        self.lists: list[int] = []
        self.blocks = offset
        self.fresh_item = self.in_footnote = False
        self.below_title = -1
        self.row: list[str] | None = None
        self.row_first = 0
        self.header: tuple[str, ...] = ()

    def spans(self) -> Iterator[_Span]:
        """Every block, in order."""
        for index, token in enumerate(self.tokens):
            self._enter(token)
            match token.type:
                case "heading_open":
                    yield from self._heading(token, self.tokens[index + 1].content.strip())
                case "tr_close" if self.row is not None:
                    yield self._row(self.row)
                case "inline" if self.row is not None:
                    self.row.append(token.content.strip())
                case "inline" if self.tokens[index - 1].type == "paragraph_open" and token.content.strip():
                    yield from self._paragraph(token, token.content.strip().split("\n"))
                case "fence" | "code_block":
                    first, last = self._range(token)
                    yield self._span(first, last, "code", self.lines[first].lstrip(" \t>"))
                case "front_matter":
                    first, last = self._range(token)
                    kept = [n for n in range(first + 1, last - 1) if self.lines[n].strip()]
                    yield from (_Span(n, n + 1, "meta", self.lines[n].strip()) for n in kept)
                case "html_block":
                    yield from _html(token.content, *self._range(token), self.lines)
                case _:
                    pass

    def _range(self, token: Token) -> tuple[int, int]:
        first, last = token.map or (0, 0)
        return first + self.offset, last + self.offset

    def _enter(self, token: Token) -> None:
        """Note the container that the token opens or closes."""
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self.blocks += 1
                self.lists.append(self.blocks)
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "list_item_open":
                self.fresh_item = True
            case "footnote_reference_open" | "footnote_reference_close":
                self.in_footnote = token.nesting > 0
            case "table_open":
                self.blocks += 1
                self.header = ()
            case "tr_open":
                self.row, self.row_first = [], self._range(token)[0]
            case _:
                pass

    def _span(self, first: int, last: int, kind: Kind, head: str) -> _Span:
        self.fresh_item = False
        return _Span(first, last, kind, head, "", len(self.lists), self.lists[-1] if self.lists else 0)

    def _heading(self, token: Token, content: str) -> Iterator[_Span]:
        first, last = self._range(token)
        self.below_title = last
        if content:
            yield _Span(first, last, "heading", content.partition("\n")[0], content, int(token.tag[1]))

    def _row(self, cells: list[str]) -> _Span:
        first = self.row_first
        prefix = _ROW_PREFIX.match(self.lines[first])
        head = self.lines[first][prefix.end() if prefix else 0 :].rstrip()
        span = _Span(first, first + 1, "row", head, "", len(self.lists), self.blocks, tuple(cells), self.header)
        self.header, self.row = self.header or tuple(cells), None
        return span

    def _paragraph(self, token: Token, content: list[str]) -> Iterator[_Span]:
        first, last = self._range(token)
        if _all_blank(self.lines, self.below_title, first) and _are_properties(content):
            yield from (_Span(first + n, first + n + 1, "meta", line) for n, line in enumerate(content))
        elif _BULLET.match(content[0]):
            self.blocks += 1
            yield from _bullets(content, first, len(self.lists) + 1, self.blocks)
        else:
            kind: Kind = "item" if self.fresh_item and self.lists else "footnote" if self.in_footnote else "paragraph"
            yield self._span(first, last, kind, content[0].rstrip())


def _are_properties(content: list[str]) -> bool:
    """Lines below the title such as `Owner: ...` and `Status: ...`."""
    properties = all(_PROPERTY.match(line) for line in content)
    return properties and (len(content) > 1 or bool(_LONE_PROPERTY.match(content[0])))


def _bullets(content: list[str], first: int, level: int, block: int) -> Iterator[_Span]:
    """The items of a list with typographic bullets, as word processors export it."""
    begin = 0
    for number in range(1, len(content) + 1):
        if number == len(content) or _BULLET.match(content[number]):
            head = _BULLET.sub("", content[begin], count=1).rstrip()
            yield _Span(first + begin, first + number, "item", head, "", level, block)
            begin = number


def _all_blank(lines: list[str], first: int, last: int) -> bool:
    """Is there nothing between these lines, and a title above them?"""
    return first >= 0 and not any(line.strip() for line in lines[first:last][:3])


def _html(content: str, first: int, last: int, lines: list[str]) -> Iterator[_Span]:
    """A comment is one block; inside of tags that wrap (aside, details, div) there is Markdown."""
    if content.lstrip().startswith("<!--"):
        if any(map(str.isalnum, content)):
            yield _Span(first, last, "comment", lines[first].lstrip())
        return
    kept = ["" if _TAGS_ONLY.match(line) else line for line in lines[first:last]]
    yield from _spans(_parser(html=False).parse("\n".join(kept)), lines, first)


def _with_forgotten(spans: list[_Span], lines: list[str]) -> list[_Span]:
    """The spans, and one more for each run of lines that say something and stand in none of them."""
    taken = {number for span in spans for number in range(span.first, span.last)}
    forgotten: list[_Span] = []
    for number, line in enumerate(lines):
        if number in taken or _TAGS_ONLY.match(line) or not any(map(str.isalnum, line)):
            continue
        if forgotten and forgotten[-1].last == number:
            forgotten[-1] = _Span(forgotten[-1].first, number + 1, "other", forgotten[-1].head, "")
        else:
            forgotten.append(_Span(number, number + 1, "other", line.strip(), ""))
    return sorted(spans + forgotten, key=lambda span: span.first) if forgotten else spans
