"""The inline half of Atlassian's document format: text and its marks, mentions, dates, cards.

Plain text stays as it is, so that it can be quoted as it was typed; only what would begin another
block (a line that starts with `# `, `- `, `1.`) is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import quote

from specdraft.readers.document import one_line, tidy
from specdraft.readers.loose import record

Node = dict[str, Any]

_MARKS = {"link": "", "strong": "**", "em": "*", "strike": "~~", "code": "`"}
"""The marks that Markdown has too, outermost first; code comes last, since nothing is marked inside of it."""

_INLINE = frozenset(
    {
        "text",
        "hardBreak",
        "mention",
        "emoji",
        "date",
        "status",
        "inlineCard",
        "placeholder",
        "mediaInline",
        "inlineExtension",
    }
)

_EPOCH = date(1970, 1, 1).toordinal()
_DAY_MS = 86_400_000
_BREAKS_HREF = re.compile(r"[\s()<>\\]")
_TICKS = re.compile("`+")
_DEFINITION = re.compile(r"\[(?:[^\[\]\\]|\\.)*\]:", re.DOTALL)
_NUMBERED = re.compile(r"(\d{1,9})([.)](?:[ \t]|$))")
_BLOCK_START = re.compile(
    r"#{1,6}(?:[ \t]|$)"  # heading
    r"|[-+*](?:[ \t]|$)"  # item
    r"|>|`{3}|~{3}"  # quote, fence
    r"|<[A-Za-z/!?]"  # HTML
    r"|\[\^[^\]\s]*\]:"  # footnote
    r"|[-=|:][-=|: \t]*$|[*_][*_ \t]*$"  # rule, underline of a heading, second line of a table
)


@dataclass(frozen=True, slots=True)
class _Run:
    """Text under the same marks; `marks` are pairs of kind and link target, outermost first."""

    text: str
    marks: tuple[tuple[str, str], ...] = ()


def kind(node: Node) -> str:
    """The node's type; "" if it is none."""
    given = node.get("type")
    return given if isinstance(given, str) else ""


def children(node: Node) -> list[Node]:
    """The nodes inside; a bare string stands for a text node."""
    content = node.get("content")
    if isinstance(content, str):
        content = [content]
    if not isinstance(content, list):
        return []
    nodes = ({"type": "text", "text": child} if isinstance(child, str) else child for child in content)
    return [child for child in nodes if isinstance(child, dict)]


def is_inline(node: Node) -> bool:
    """True for what stands inside of a line; unknown nodes do if they carry text themselves."""
    return kind(node) in _INLINE or isinstance(node.get("text"), str)


def inline(nodes: Iterable[Node]) -> str:
    """Inline nodes as Markdown of one or more lines, not yet safe at the beginning of a line."""
    return _marked([run for node in nodes for run in _runs(node)])


def paragraph(text: str) -> str:
    """The text as one paragraph and nothing else: without blank lines, its lines escaped where needed."""
    lines = [stripped for line in text.split("\n") if (stripped := line.strip(" \t"))]
    if lines and _DEFINITION.match("\n".join(lines)):
        lines[0] = f"\\{lines[0]}"
    return "\n".join(map(_escaped, lines))


def heading(level: int, text: str) -> str:
    """A heading; hashes at its end are escaped, since Markdown would take them off."""
    line = one_line(text)
    bare = line.rstrip("#")
    if bare != line and bare[-1:] in ("", " "):
        line = f"{bare}\\{line[len(bare) :]}"
    return f"{'#' * level} {line}" if line else ""


def code_span(text: str) -> str:
    """Inline code, between more backticks than stand in it."""
    ticks = "`" * (1 + max(map(len, _TICKS.findall(text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}" if text.strip() else text


def media(node: Node) -> str:
    """An image or a file, which is not there: its alternative text if somebody wrote one."""
    alt = one_line(record(node.get("attrs")).get("alt"))
    return f"[image: {alt}]" if alt else "[image]"


def _escaped(line: str) -> str:
    numbered = _NUMBERED.match(line)
    if numbered:
        return f"{numbered[1]}\\{line[len(numbered[1]) :]}"
    return f"\\{line}" if _BLOCK_START.match(line) else line


def _runs(node: Node) -> Iterator[_Run]:
    """What the node itself says, then what the nodes inside of it say; words of two blocks stay apart."""
    yield _Run(_said(node), tuple(_marks(node)))
    previous = True
    for child in children(node):
        if not (previous and is_inline(child)):
            yield _Run(" ")
        previous = is_inline(child)
        yield from _runs(child)


def _said(node: Node) -> str:  # noqa: PLR0911 - a table of node types
    attrs = record(node.get("attrs"))
    match kind(node):
        case "text":
            return tidy(node.get("text"))
        case "hardBreak":
            return "\n"
        case "mention":
            return one_line(attrs.get("text")) or f"@{one_line(attrs.get('id')) or 'somebody'}"
        case "emoji":
            return one_line(attrs.get("text")) or one_line(attrs.get("shortName"))
        case "date":
            return _day(attrs.get("timestamp"))
        case "inlineCard" | "blockCard" | "embedCard":
            return card(node)
        case "mediaInline" | "media":
            return media(node)
        case _:
            return tidy(node.get("text")) or ("" if children(node) else one_line(attrs.get("text")))


def _marks(node: Node) -> Iterator[tuple[str, str]]:
    given = node.get("marks")
    found: dict[str, str] = {}
    for mark in map(record, given if isinstance(given, list) else []):
        if kind(mark) in _MARKS:
            found[kind(mark)] = tidy(record(mark.get("attrs")).get("href")).strip() if kind(mark) == "link" else ""
    for called in _MARKS:
        if called in found and (called != "link" or found[called]):
            yield called, found[called]


def _marked(runs: Sequence[_Run]) -> str:
    """The runs with their marks, each mark once around all neighbours that share it."""
    parts: list[str] = []
    for marks, group in groupby(runs, key=lambda run: run.marks[:1]):
        if marks:
            inner = _marked([_Run(run.text, run.marks[1:]) for run in group])
            parts.append(_wrapped(marks[0][0], marks[0][1], inner))
        else:
            parts += [run.text for run in group]
    return "".join(parts)


def _wrapped(mark: str, href: str, text: str) -> str:
    """The text inside of one mark, with white space at its ends left outside, where Markdown wants it."""
    core = text.strip()
    if not core:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if mark == "code":
        core = code_span(core.replace("\n", " "))
    elif mark == "link":
        core = core if core == href else f"[{core}]({_BREAKS_HREF.sub(lambda found: quote(found[0]), href)})"
    else:
        core = f"{_MARKS[mark]}{core}{_MARKS[mark]}"
    return f"{before}{core}{after}"


def _day(timestamp: object) -> str:
    """Milliseconds since 1970, as a string in most versions, to a day; anything else as it is."""
    try:
        return date.fromordinal(_EPOCH + int(float(str(timestamp)) // _DAY_MS)).isoformat()
    except (ValueError, OverflowError):
        return one_line(timestamp)


def card(node: Node) -> str:
    """The address that a card stands for."""
    attrs = record(node.get("attrs"))
    return one_line(attrs.get("url")) or one_line(record(attrs.get("data")).get("url"))
