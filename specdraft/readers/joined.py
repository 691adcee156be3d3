"""Texts put one after another, so that none of them swallows the next.

A body with a fence or a comment that nobody closed would turn every comment of the ticket into code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt

_OPENERS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\s*<!--"), "-->"),
    (re.compile(r"\s*<pre[\s>]", re.IGNORECASE), "</pre>"),
    (re.compile(r"\s*<script[\s>]", re.IGNORECASE), "</script>"),
    (re.compile(r"\s*<style[\s>]", re.IGNORECASE), "</style>"),
    (re.compile(r"\s*<textarea[\s>]", re.IGNORECASE), "</textarea>"),
)
_MAY_STAY_OPEN = re.compile("```|~~~|<(?:!--|pre|script|style|textarea)", re.IGNORECASE)


def joined(parts: Sequence[str]) -> str:
    """The parts, byte for byte, with a blank line between them; whatever one leaves open is closed after it."""
    closed = [part + closing(part) for part in parts[:-1]]
    return "\n\n".join([*closed, *parts[-1:]])


@cache
def _parser() -> MarkdownIt:
    md = MarkdownIt("commonmark")
    md.core.ruler.disable(["inline", "text_join"])
    return md


def closing(text: str) -> str:
    """What has to follow so that the text's last block ends: nothing, the end of a fence or of a tag."""
    if not _MAY_STAY_OPEN.search(text):
        return ""
    tokens = _parser().parse(text)
    if not tokens or tokens[-1].map is None:
        return ""
    last = tokens[-1]
    first, end = tokens[-1].map
    if last.type == "fence":
        final = text.split("\n")[end - 1].strip()
        is_closed = end - 1 > first and len(final) >= len(last.markup) and not final.strip(last.markup[0])
        return "" if is_closed else f"\n{last.markup}"
    if last.type == "html_block":
        for opener, closer in _OPENERS:
            if opener.match(last.content) and closer not in last.content.lower():
                return f"\n{closer}"
    return ""
