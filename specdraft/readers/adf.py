"""Atlassian's document format to Markdown: the blocks. `adf_inline` has what stands in a line.

A node that is not known here gives its content: nothing that somebody wrote is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import groupby

from specdraft.errors import SourceError
from specdraft.readers.adf_inline import (
    Node,
    card,
    children,
    code_span,
    heading,
    inline,
    is_inline,
    kind,
    media,
    paragraph,
)
from specdraft.readers.adf_table import Cell, cell, pipe_table
from specdraft.readers.document import MAX_BYTES, one_line, tidy
from specdraft.readers.loose import record

MAX_DEPTH = 50
"""Editors stop at about ten levels; below this one only recursion would be tested."""

_FENCE = re.compile("`{3,}")
_BY_HAND = "Copy its text into a Markdown file."


def markdown(document: Node) -> str:
    """The Markdown of a `doc` node; `SourceError` if it is nested beyond reason."""
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in children(node)]
    if level:
        raise SourceError(f"the ticket's rich text is nested more than {MAX_DEPTH} levels deep", _BY_HAND)
    return _bounded(_content(document))


def _blocks(nodes: Iterable[Node]) -> list[str]:
    """The blocks that say something. Inline nodes among blocks become a paragraph."""
    found: list[str] = []
    for inlines, group in groupby(nodes, key=lambda node: kind(node) not in _RENDER and is_inline(node)):
        if inlines:
            found.append(paragraph(inline(group)))
        else:
            found += [_render(node) for node in group]
    return [block for block in found if block.strip()]


def _render(node: Node) -> str:
    return _RENDER.get(kind(node), _content)(node)


def _content(node: Node) -> str:
    """Of a wrapper (a layout, an extension, anything unknown) what is inside, or the text it stands for."""
    blocks = _blocks(children(node))
    return "\n\n".join(blocks) if blocks else paragraph(one_line(record(node.get("attrs")).get("text")))


def _paragraph(node: Node) -> str:
    return paragraph(inline(children(node)))


def _heading(node: Node) -> str:
    return heading(_number(node, "level", 1, 6), inline(children(node)))


def _quote(node: Node) -> str:
    lines = "\n\n".join(_blocks(children(node))).split("\n")
    return _bounded("\n".join(f"> {line}" if line else ">" for line in lines)) if any(lines) else ""


def _code(node: Node) -> str:
    text = _code_text(node)
    longest = max(map(len, _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    language = "".join(one_line(record(node.get("attrs")).get("language")).replace("`", "").split(" ")[:1])
    return f"{fence}{language}\n{text}\n{fence}" if text.strip() else ""


def _code_text(node: Node) -> str:
    """The text below a node, as it was typed."""
    own = "\n" if kind(node) == "hardBreak" else tidy(node.get("text"))
    return own + "".join(map(_code_text, children(node)))


def _list(node: Node) -> str:
    """A list of any kind. Lists nested straight in it, as task lists are, go below the item before them."""
    is_ordered = kind(node) == "orderedList"
    number = _number(node, "order", 1, 99_999)
    width = 2
    lines: list[str] = []
    for child in children(node):
        if _RENDER.get(kind(child)) is _list:
            lines.append(" " * width + _indented(_list(child), width))
            continue
        item = _item(child)
        if item.strip():
            marker = f"{number}. " if is_ordered else "- "
            number, width = number + 1, len(marker)
            lines.append(marker + _indented(item, width))
    return "\n".join(line for line in lines if line.strip())


def _item(node: Node) -> str:
    """What follows the marker. Only lists begin with one (text that does is escaped): they need no blank line."""
    nodes = [node] if is_inline(node) else children(node)
    text = ""
    for block in _blocks(nodes):
        text += ("" if not text else "\n" if block.startswith(("- ", "1. ")) else "\n\n") + block
    if kind(node) not in ("taskItem", "blockTaskItem") or not text:
        return text
    box = "[x]" if record(node.get("attrs")).get("state") == "DONE" else "[ ]"
    is_line = is_inline(nodes[0]) or kind(nodes[0]) == "paragraph"
    return f"{box} {text}" if is_line else f"{box}\n\n{text}"


def _table(node: Node) -> str:
    return pipe_table([[_cell(column) for column in children(row) or [row]] for row in children(node)])


def _cell(node: Node) -> Cell:
    blocks: list[str] = []
    for is_code, group in groupby([node] if is_inline(node) else children(node), key=lambda n: kind(n) == "codeBlock"):
        if is_code:
            blocks += [code_span(line) for code in group for line in _code_text(code).split("\n")]
        else:
            blocks += _blocks(group)
    return cell(
        blocks,
        is_header=kind(node) == "tableHeader",
        columns=_number(node, "colspan", 1, MAX_BYTES),
        rows=_number(node, "rowspan", 1, MAX_BYTES),
    )


def _expand(node: Node) -> str:
    title = one_line(record(node.get("attrs")).get("title"))
    return _above(paragraph(f"**{title}**") if title else "", node)


def _media(node: Node) -> str:
    return _above(paragraph(media(node)), node)


def _card(node: Node) -> str:
    return _above(paragraph(card(node)), node)


def _rule(node: Node) -> str:
    return _above("***", node)  # three hyphens below a line would make it a heading


def _above(block: str, node: Node) -> str:
    return "\n\n".join(filter(None, [block, *_blocks(children(node))]))


def _number(node: Node, attr: str, lowest: int, highest: int) -> int:
    """A whole number among the node's attributes; the lowest if it is none, or out of range."""
    value = record(node.get("attrs")).get(attr)
    return int(value) if isinstance(value, int | float) and lowest <= value <= highest else lowest


def _indented(text: str, width: int) -> str:
    """The text with all lines but the first (which follows a marker) moved to the right."""
    return _bounded(re.sub(r"\n(?=[^\n])", "\n" + " " * width, text))


def _bounded(text: str) -> str:
    """The text, unless nesting has blown it up: each level adds to each line."""
    if len(text) > 2 * MAX_BYTES:
        raise SourceError("the ticket's rich text is too large as Markdown", _BY_HAND)
    return text


_RENDER: dict[str, Callable[[Node], str]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "blockquote": _quote,
    "panel": _quote,
    "codeBlock": _code,
    "bulletList": _list,
    "orderedList": _list,
    "taskList": _list,
    "decisionList": _list,
    "table": _table,
    "expand": _expand,
    "nestedExpand": _expand,
    "media": _media,
    "rule": _rule,
    "blockCard": _card,
    "embedCard": _card,
    "caption": _paragraph,
}
