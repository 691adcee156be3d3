"""How fast is it, and how much memory does it take?

Run: python benchmarks/speed.py [--quick]

Machines differ and are noisy, so what has a goal is a ratio of two figures from one run: of the command line to
`import openai`, of a large document to a small one (per kilobyte: 1 is linear, and a quadratic step would show as 4 or
16), of memory to the size of the document. Each figure is the median of repeats, and the repeats of what is compared
take turns. Every one is of a fresh process, so that no cache of one run helps the next.

Prints a Markdown table. `--quick` takes a quarter of each size, and fewer repeats.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count, cycle
from pathlib import Path
from statistics import median
from typing import NamedTuple

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SIZES = (62_500, 125_000, 250_000, 500_000, 1_000_000)
SHAPE_SIZES = (250_000, 1_000_000)
LINEAR = 1.5
"""A ratio of times a kilobyte up to this is called linear; the rest is the machine's noise."""

LONGEST = 300
"""Seconds after which a measurement is given up."""

_NOUNS = "account workspace digest notification export order merchant project approval appointment".split()
_NOUN = re.compile(rf"\b({'|'.join(_NOUNS)})(s?)\b")
_SAYING = "The exporter of part {n} writes 40,000 rows a minute and must not lose any of them. "


class Row(NamedTuple):
    """A line of the table."""

    what: str
    measured: str
    ratio: float
    goal: str = ""
    is_met: bool | None = None


def report(seed: int, size: int) -> str:
    """A PRD of about `size` characters: the examples' sections in turn, numbered, no two of them the same."""
    draw = random.Random(seed)
    numbers = count(1)
    sections = (_varied(*section, next(numbers), draw) for section in cycle(_sections()))
    return "# A large project\n\n" + _filled(sections, size)


def _sections() -> list[tuple[str, str]]:
    """Heading and body of each section of the examples; what stands above the first is under the title."""
    found = []
    for path in sorted(EXAMPLES.glob("*.md")):
        title, *parts = re.split(r"^#{1,2} (.+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
        found += [(title, parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    return found


def _varied(heading: str, body: str, number: int, draw: random.Random) -> str:
    """The section with other nouns and other figures."""
    other = dict(zip(_NOUNS, draw.sample(_NOUNS, len(_NOUNS)), strict=True))
    body = _NOUN.sub(lambda match: other[match[1]] + match[2], body)
    body = re.sub(r"\d{2,}", lambda match: str(draw.randrange(10, 10 ** len(match[0]))), body)
    return f"## {number}. {heading}\n\n{body.strip()}\n\n"


def _filled(parts: Iterator[str], size: int) -> str:
    """As many of the parts as it takes, the last one cut."""
    taken: list[str] = []
    while size > 0:
        taken.append(next(parts))
        size -= len(taken[-1])
    return "".join(taken)[: size or None]


def _each(form: str) -> Callable[[int], str]:
    """A document of the form again and again, `{n}` being how often."""
    return lambda size: _filled((form.format(n=n) for n in count(1)), size)


SHAPES: Mapping[str, Callable[[int], str]] = {
    "one line": _each(_SAYING),
    "one word": lambda size: "x" * size,
    "a gap of spaces inside a line": lambda size: "It begins" + " " * size + "and ends.",
    "only dots": lambda size: "." * size,
    "only backticks": lambda size: "`" * size,
    "deep lists": lambda size: _filled((f"{'  ' * (n % 40)}- Level {n % 40} of {n}.\n" for n in count()), size),
    "one huge table": lambda size: (
        "## Risks\n\n| Risk | Impact |\n|---|---|\n" + _each("| Row {n} is lost | high |\n")(size)
    ),
    "10,000 nested quotes": _each(">" * 10_000 + " said {n} times.\n\n"),
    "one quote": _each("> It says {n}.\n"),
    "many headings": _each("## Heading {n}\n\n"),
    "many sections": _each("## Goals {n}\n\nThe goal is {n} of them.\n\n"),
    "many paragraphs": _each("a\n\n"),
    "many lead-ins": lambda size: "## Goals\n\n" + _each("The goals of {n} are:\n\n- Goal {n} is met.\n\n")(size),
    "one list": lambda size: "## Goals\n\n" + _each("- Goal {n} is met in all cases.\n")(size),
    "one paragraph of goals and non-goals": lambda size: "## Goals\n\n" + _each("We do {n}. Out of scope is {n}. ")(size),
}
"""What no person writes, but a converter or an attacker may."""


def draft_seconds(path: str) -> float:
    """In this process: seconds to draft a document and write the spec as Markdown, once it has drafted another."""
    import specdraft as sd  # noqa: PLC0415 - only the processes that measure pay for it

    sd.draft(sd.Source.from_text("# Title\n\n## Goals\n\n- One.\n")).to_markdown()
    gc.collect()
    began = time.perf_counter()
    sd.draft(path).to_markdown()
    return time.perf_counter() - began


def draft_bytes(path: str, *, traced: bool, written: bool) -> float:
    """In this process: peak bytes above the imported library, as Python allocates them or as the system sees them."""
    import specdraft as sd  # noqa: PLC0415

    del sd.draft, sd.Spec
    before = _resident()
    if traced:
        tracemalloc.start()
    spec = sd.draft(path)
    if written:
        spec.to_markdown()
    return tracemalloc.get_traced_memory()[1] if traced else _resident() - before
