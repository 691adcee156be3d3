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

_SOFT_BREAK = re.compile(r"[ \t]*\\?\n[ \t>]*")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_TAGS_ONLY = re.compile(r"\s*(?:</?[A-Za-z][^<>]*>\s*)+$")
_PROPERTY = re.compile(r"[*_]{0,2}[A-Z][\w /()-]{0,30}:[*_]{0,2}\s+\S")
_LONE_PROPERTY = re.compile(r"[*_]{0,2}(?:labels|tags|status|owner|author|version|date|last (?:updated|changed)):[*_]{0,2}\s+\S", re.IGNORECASE)
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
    """Words of a source as they read on one line: line breaks and quote marks folded, tags taken out."""
    return " ".join(_TAG.sub(" ", _SOFT_BREAK.sub(" ", quote)).removesuffix("\\").split()) or quote


@dataclass(frozen=True, slots=True)
class _Span:
    """A block as the parser saw it: lines [first, last), and its first and last line of content."""

    first: int
    last: int
    kind: Kind
    head: str
    tail: str
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

    `text` has `\\n` line ends only. Linear in its length.
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
        start, end = _cut(span, lines, starts)
        passages.append(
            Passage(
                f"P{len(passages) + 1}", text[start:end], start, span.first + 1, span.first + 1 + text.count("\n", start, end),
                headings, span.kind, span.level, span.block, span.cells, span.header,
            )
        )
    return tuple(passages)


def _cut(span: _Span, lines: list[str], starts: list[int]) -> tuple[int, int]:
    """Offsets of the span's content: from where its first line begins to where its last one ends."""
    first = lines[span.first].rstrip()
    at = first.find(span.head)
    if span.kind in ("paragraph", "item", "footnote"):
        # The content is what the line ends with; earlier hits would be markers that look like it.
        at = len(first) - len(span.head) if first.endswith(span.head) else at
    start = starts[span.first] + max(at, 0)
    last = span.last - 1
    while last > span.first and not lines[last].strip(" \t>"):
        last -= 1
    line = lines[last].rstrip()
    end = starts[last] + len(line)
    if span.tail and last == span.first and span.kind == "heading":
        end = start + len(span.tail)
    return start, max(end, start)


def _spans(tokens: list[Token], lines: list[str], offset: int) -> Iterator[_Span]:
    """The blocks among the parser's tokens; `offset` is the line on which their text begins."""
    lists: list[int] = []
    fresh_item = footnote = False
    title_line = -1
    block = 0
    row: list[str] | None = None
    header: tuple[str, ...] = ()
    for index, token in enumerate(tokens):
        first, last = (token.map[0] + offset, token.map[1] + offset) if token.map else (0, 0)
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                block += 1
                lists.append(block + offset)
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                fresh_item = True
            case "footnote_reference_open":
                footnote = True
            case "footnote_reference_close":
                footnote = False
            case "heading_open":
                content = tokens[index + 1].content.strip()
                if content:
                    yield _Span(first, last, "heading", content.split("\n")[0], content, int(token.tag[1]))
                title_line = last
            case "table_open":
                block += 1
                header = ()
            case "tr_open":
                row, row_lines = [], (first, last)
            case "tr_close" if row is not None:
                prefix = _ROW_PREFIX.match(lines[row_lines[0]])
                head = lines[row_lines[0]][prefix.end() if prefix else 0 :].rstrip()
                yield _Span(*row_lines, "row", head, "", len(lists), block + offset, tuple(row), header)
                header, row = header or tuple(row), None
            case "inline" if row is not None:
                row.append(token.content.strip())
            case "inline" if tokens[index - 1].type == "paragraph_open" and token.content.strip():
                content = token.content.strip().split("\n")
                if first == title_line + _blank(lines, title_line, first) and _are_properties(content):
                    for number, line in enumerate(content):
                        yield _Span(first + number, first + number + 1, "meta", line, "")
                    continue
                if _BULLET.match(content[0]):
                    block += 1
                    yield from _bullets(content, first, len(lists) + 1, block + offset)
                    continue
                kind: Kind = "item" if fresh_item and lists else "footnote" if footnote else "paragraph"
                yield _Span(first, last, kind, content[0].rstrip(), "", len(lists), lists[-1] if lists else 0)
                fresh_item = False
            case "fence" | "code_block":
                yield _Span(first, last, "code", lines[first].lstrip(" \t>"), "", len(lists), lists[-1] if lists else 0)
                fresh_item = False
            case "front_matter":
                for number in range(first + 1, last - 1):
                    if lines[number].strip():
                        yield _Span(number, number + 1, "meta", lines[number].strip(), "")
            case "html_block":
                yield from _html(token.content, first, last, lines)
            case _:
                pass


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


def _blank(lines: list[str], first: int, last: int) -> int:
    """How many lines from `first` on are blank, up to `last`."""
    return last - first if first >= 0 and not "".join(lines[first:last]).strip() else 0


def _html(content: str, first: int, last: int, lines: list[str]) -> Iterator[_Span]:
    """A comment is one block; inside of tags that wrap (aside, details, div) there is Markdown."""
    if content.lstrip().startswith("<!--"):
        if any(map(str.isalnum, content)):
            yield _Span(first, last, "comment", lines[first].lstrip(), "")
        return
    kept = ["" if _TAGS_ONLY.match(line) else line for line in lines[first:last]]
    yield from _spans(_parser(html=False).parse("\n".join(kept)), lines, first)


def _with_forgotten(spans: list[_Span], lines: list[str]) -> list[_Span]:
    """The spans, and one more for each run of lines that say something and stand in none of them."""
    free = [any(map(str.isalnum, line)) for line in lines]
    for span in spans:
        free[span.first : span.last] = [False] * (span.last - span.first)
    forgotten = []
    for number, is_free in enumerate(free):
        if not is_free or _TAGS_ONLY.match(lines[number]):
            continue
        if forgotten and forgotten[-1].last == number:
            forgotten[-1] = _Span(forgotten[-1].first, number + 1, "other", forgotten[-1].head, "")
        else:
            forgotten.append(_Span(number, number + 1, "other", lines[number].strip(), ""))
    return sorted(spans + forgotten, key=lambda span: span.first) if forgotten else spans
