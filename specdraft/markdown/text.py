"""Text inside Markdown: escaped so that it stays where it is put, and read back byte for byte.

A text is Markdown itself, so it is written as it is, but for raw HTML and footnote marks, which
get a backslash. Where that would not read back (a text that looks like one of our own marks, an
unclosed fence) the writer falls back on a fence marked `literal`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

_FENCE_OR_LINE = re.compile(
    r"(?P<fence>(?:(?<=\n)|\A)[ \t]*(?P<rule>`{3,})[^`\n]*\n(?:.*?\n)??[ \t]*(?P=rule)`*[ \t]*(?=\n|\Z))"
    r"|(?P<line>[^\n]+)",
    re.DOTALL,
)
_MARK = r"(?P<slashes>\\*)(?P<mark><(?!https?://|mailto:|br\s*/?>)(?=[A-Za-z/!?])|\[\^)"
_SPAN = r"(?<![`\\])(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)"
_SPECIAL = re.compile(f"{_SPAN}|{_MARK}")
_SPECIAL_IN_ROW = re.compile(f"(?P<ticks>(?!))|{_MARK}")
"""Where a line may be a table's row, what looks like code may end at a cell's border: nothing is taken for code."""
_BLOCK_START = re.compile(r"[ \t]*(?:[|>#<]|`{3}|~{3}|[-+*] |\d{1,9}[.)] )")
_ITEM = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])(?: {1,4}(?! )| |$)")
_LITERAL = re.compile(r"(`{3,})literal$")
LONGEST_ESCAPED = 20_000
"""Characters; a longer text goes into a fence, where nothing needs escaping."""


def escape(text: str) -> str:
    """A backslash before each `<` of a tag and each `[^`, and those that stand there doubled. Code is left alone."""
    return _replaced(text, lambda mark: mark["slashes"] * 2 + "\\" + mark["mark"])


def unescape(text: str) -> str:
    """The inverse of `escape`; an even number of backslashes is not of its making."""
    return _replaced(text, lambda mark: mark["slashes"][: _kept(mark["slashes"])] + mark["mark"])


def _replaced(text: str, new: Callable[[re.Match[str]], str]) -> str:
    """The text with its marks replaced, outside of fences and code spans."""

    def in_line(found: re.Match[str]) -> str:
        if found["fence"]:
            return found[0]
        pattern = _SPECIAL_IN_ROW if "|" in found[0] else _SPECIAL
        return pattern.sub(lambda mark: mark[0] if mark["ticks"] else new(mark), found[0])

    return _FENCE_OR_LINE.sub(in_line, text)


def _kept(slashes: str) -> int:
    return len(slashes) // 2 if len(slashes) % 2 else len(slashes)


def encode(text: str, *, literal: bool = False) -> list[str]:
    """The lines of a text: the first goes behind its bullet or label, the others below it."""
    if literal or len(text) > LONGEST_ESCAPED:
        fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", text)), default=0))
        return ["", "", f"{fence}literal", *text.split("\n"), fence]
    lines = escape(text).split("\n")
    return lines if len(lines) == 1 or not _BLOCK_START.match(lines[0]) else ["", "", *lines]


def decode(lines: list[str]) -> str:
    """The inverse of `encode`; the text is trimmed, as every text of a spec is."""
    text = "\n".join(lines).strip()
    first, _, rest = text.partition("\n")
    if (match := _LITERAL.match(first)) and rest.endswith(match[1]):
        return rest.removesuffix(match[1]).removesuffix("\n")
    return unescape(text)


@dataclass(slots=True)
class Block:
    """A block at the top level of some Markdown: its lines, and for a list the lines of each item."""

    kind: str
    first: int
    lines: list[str]
    level: int = 0
    content: str = ""
    items: list[list[str]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    """Line on which each item begins."""


@cache
def _parser() -> MarkdownIt:
    md = MarkdownIt("commonmark").enable("table").use(footnote_plugin)
    md.core.ruler.disable(["inline", "footnote_tail", "text_join"])
    return md


def blocks(lines: list[str]) -> Iterator[Block]:
    """The blocks of some Markdown. Items and footnotes come dedented, ready to be cut again.

    Lines that the parser swallows (link definitions) come as a block of kind `other`.
    """
    tokens = _parser().parse("\n".join(lines))
    block: Block | None = None
    end = 0
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting >= 0 and token.map:
            if block:
                yield block
            if forgotten := _trimmed(lines[end : token.map[0]]):
                yield Block("other", end, forgotten)
            block, end = _block(token, tokens[index + 1 : index + 2], lines), token.map[1]
        elif token.level == 1 and token.type == "list_item_open" and token.map and block:
            block.items.append(_dedent(lines[token.map[0] : token.map[1]]))
            block.starts.append(token.map[0])
    if block:
        yield block
    if forgotten := _trimmed(lines[end:]):
        yield Block("other", end, forgotten)


def _block(token: Token, after: list[Token], lines: list[str]) -> Block:
    first, last = token.map or (0, 0)
    kind = token.type.removesuffix("_open")
    block = Block("list" if kind.endswith("_list") else kind, first, _trimmed(lines[first:last]))
    if kind == "heading":
        block.level, block.content = int(token.tag[1]), after[0].content.strip()
    elif kind == "footnote_reference":
        block.content = token.meta["label"]
        head = block.lines[0].partition("]:")[2].strip()
        block.lines = [head, *(line.removeprefix("    ") for line in block.lines[1:])]
    return block


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _dedent(lines: list[str]) -> list[str]:
    """The lines of a list item without its marker and indentation."""
    match = _ITEM.match(lines[0])
    width = match.end() if match else 0
    if match and not lines[0][width:]:
        width = len(lines[0].rstrip()) + 1
    cut = [lines[0][width:]]
    for line in _trimmed(lines[1:]):
        indent = len(line) - len(line.lstrip(" "))
        cut.append(line[min(indent, width) :] if indent else line.removeprefix("\t"))
    return cut


def indented(lines: list[str], by: int) -> list[str]:
    """The lines moved right; blank ones stay empty."""
    return [" " * by + line if line else "" for line in lines]
