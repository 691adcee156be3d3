"""How fast is it, and how much memory does it take?

Run: python benchmarks/speed.py [--quick]

Machines differ and are noisy, so what has a goal is a ratio of two figures of one run: of the command line to
`import openai`; of a large document to a small one, each by its size (1 is linear; one quadratic step would show as 4
or 16); of memory to the size of the document. A time is the median of repeats, and the repeats of what is compared take
turns. Each is taken in a fresh process, so that no cache of one run helps the next.

Prints a Markdown table. `--quick` takes a quarter of each size, and fewer repeats.
"""

from __future__ import annotations

import argparse
import gc
import math
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import count, cycle
from pathlib import Path
from statistics import median
from typing import NamedTuple

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SIZES = (62_500, 125_000, 250_000, 500_000, 1_000_000)
SHAPE_SIZES = (250_000, 1_000_000)
LINEAR = 1.5
"""A ratio of times by size up to this is called linear: the rest is noise."""

LONGEST = 120
"""Seconds after which a measurement is given up."""

_NOUNS = "account workspace digest notification export order merchant project approval appointment".split()
_NOUN = re.compile(rf"\b({'|'.join(_NOUNS)})(s?)\b")


class Row(NamedTuple):
    """A line of the table."""

    what: str
    measured: str
    ratio: float = math.nan
    goal: str = ""
    is_met: bool = True

    def __str__(self) -> str:
        ratio = "" if math.isnan(self.ratio) else f"{self.ratio:.2f}"
        return f"| {self.what} | {self.measured} | {ratio} | {self.goal} | {'' if self.is_met else '**missed**'} |"


def document(size: int) -> str:
    """A PRD of that many characters: the examples' sections in turn, numbered, no two of them the same."""
    draw = random.Random(size)
    sections = (_varied(*section, number, draw) for number, section in enumerate(cycle(_sections()), 1))
    return _filled(sections, size)


def _sections() -> list[tuple[str, str]]:
    """Heading and body of each section of the examples; what stands above the first is under the title."""
    found: list[tuple[str, str]] = []
    for path in sorted(EXAMPLES.glob("*.md")):
        parts = re.split(r"^#{1,2} (.+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        found += zip(parts[1::2], parts[2::2], strict=True)
    return found


def _varied(heading: str, body: str, number: int, draw: random.Random) -> str:
    """The section with other nouns and other figures."""
    other = dict(zip(_NOUNS, draw.sample(_NOUNS, len(_NOUNS)), strict=True))
    body = _NOUN.sub(lambda match: other[match[1]] + match[2], body)
    body = re.sub(r"\d{2,}", lambda match: str(draw.randrange(10, 10 ** len(match[0]))), body)
    return f"## {number}. {heading}\n\n{body.strip()}\n\nPart {number} is with the {draw.choice(_NOUNS)} team.\n\n"


def _filled(parts: Iterator[str], size: int) -> str:
    """As many of the parts as it takes, the last one cut."""
    taken: list[str] = []
    missing = size
    while missing > 0:
        taken.append(next(parts))
        missing -= len(taken[-1])
    return "".join(taken)[:size]


def _each(form: str) -> Callable[[int], str]:
    """The form again and again, with `{n}` counting."""
    return lambda size: _filled((form.format(n=n) for n in count(1)), size)


def _below(start: str, form: str) -> Callable[[int], str]:
    """The same below a start of its own."""
    return lambda size: start + _each(form)(size - len(start))


SHAPES: Mapping[str, Callable[[int], str]] = {
    "one line": _each("The exporter of part {n} writes 40,000 rows a minute and must not lose any. "),
    "one word": lambda size: "x" * size,
    "a gap of spaces in a line": lambda size: "It begins" + " " * (size - 18) + "and ends.",
    "a title of digits": lambda size: "# " + "1" * (size - 2),
    "only dots": lambda size: "." * size,
    "only backticks": lambda size: "`" * size,
    "backslashes": _each("\\" * 19_000 + " ends {n}.\n\n"),
    "deep lists": lambda size: _filled((f"{'  ' * (n % 40)}- Level {n % 40} of {n}.\n" for n in count()), size),
    "one list": _below("## Goals\n\n", "- Goal {n} is met in all cases.\n"),
    "one huge table": _below("## Risks\n\n| Risk | Impact |\n|---|---|\n", "| Row {n} may be lost | high |\n"),
    "one table placed nowhere": _below("## Odds\n\n| A | B |\n|---|---|\n", "| Row {n} | high |\n"),
    "10,000 nested quotes": _each(">" * 10_000 + " said {n} times.\n\n"),
    "one quote": _each("> It says {n}.\n"),
    "many headings": _each("## Heading {n}\n\n"),
    "many sections": _each("## Goals {n}\n\nThe goal is {n} of them.\n\n"),
    "many paragraphs": _below("## Goals\n\n", "It is {n}.\n\n"),
    "many lead-ins": _below("## Goals\n\n", "The goals of {n} are:\n\n- Goal {n} is met.\n\n"),
    "goals and non-goals in one paragraph": _below("## Goals\n\n", "We do {n}. Out of scope is {n}. "),
}
"""What no person writes, but a converter or an attacker may."""


def seconds(path: str) -> float:
    """In this process: how long it takes to draft a document and write the spec, once it has drafted another."""
    import specdraft as sd

    sd.draft(sd.Source.from_text("# Title\n\n## Goals\n\n- One.\n")).to_markdown()
    gc.collect()
    began = time.perf_counter()
    sd.draft(path).to_markdown()
    return time.perf_counter() - began


def allocated(path: str, *, is_written: bool) -> float:
    """In this process: bytes that Python allocates at the peak, above the imported library."""
    from specdraft import draft

    tracemalloc.start()
    spec = draft(path)
    if is_written:
        spec.to_markdown()
    return tracemalloc.get_traced_memory()[1]


def resident(path: str, *, is_written: bool) -> float:
    """In this process: bytes by which its peak in memory grows."""
    from specdraft import draft

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spec = draft(path)
    if is_written:
        spec.to_markdown()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return grown if sys.platform == "darwin" else grown * 1024


MEASURES: Mapping[str, Callable[[str], float]] = {
    "seconds": seconds,
    "draft, allocated": lambda path: allocated(path, is_written=False),
    "draft, resident": lambda path: resident(path, is_written=False),
    "draft and Markdown, allocated": lambda path: allocated(path, is_written=True),
    "draft and Markdown, resident": lambda path: resident(path, is_written=True),
}
"""What a process of its own measures, with `--measure`."""


def measured(name: str, path: Path) -> float:
    """One of the measures, of a document; infinite if it takes too long."""
    command = [sys.executable, __file__, "--measure", name, str(path)]
    try:
        return float(subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=LONGEST).stdout)
    except subprocess.TimeoutExpired:
        return math.inf


def run_time(*command: str) -> float:
    """Seconds that a command takes, from start to end of its process."""
    began = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - began


def medians(jobs: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, float]:
    """The median of each job, all taking turns; what took too long once is not tried again."""
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(repeats):
        for name, job in jobs.items():
            taken[name].append(math.inf if math.inf in taken[name] else job())
    return {name: median(each) for name, each in taken.items()}


def command_rows(folder: Path, repeats: int) -> Iterator[Row]:
    """The command line against an import that people are used to wait for."""
    specdraft, example = str(Path(sys.executable).with_name("specdraft")), EXAMPLES / "notifications-3000.md"
    yardstick, help_, draft = "`import openai`", "`specdraft --help`", f"`specdraft draft {example.name}`"
    jobs: dict[str, Callable[[], float]] = {
        yardstick: lambda: run_time(sys.executable, "-c", "import openai"),
        help_: lambda: run_time(specdraft, "--help"),
        draft: lambda: run_time(specdraft, "draft", str(example), "-o", str(folder / "spec.md")),
    }
    took = medians(jobs, repeats)
    yield Row(yardstick, _ms(took[yardstick]))
    for name, goal, bound in ((help_, "≤ 0.2", 0.2), (draft, "< 1", 1.0)):
        ratio = took[name] / took[yardstick]
        yield Row(f"{name} over that", _ms(took[name]), ratio, goal, is_met=ratio <= bound)


def document_rows(folder: Path, sizes: tuple[int, ...], repeats: int) -> Iterator[Row]:
    """Drafting and writing by size of the document, over that of the smallest."""
    by_size = _by_size(folder, "document", document, sizes, repeats)
    for size in sizes:
        ratio = by_size[size] / by_size[sizes[0]]
        is_last = size == sizes[-1]
        goal = "about 1" if is_last else ""
        yield Row(
            f"draft and Markdown, {_kb(size)}", _rate(by_size[size]), ratio, goal, is_met=not is_last or ratio <= LINEAR
        )


def shape_rows(folder: Path, sizes: tuple[int, ...], repeats: int) -> Iterator[Row]:
    """The same for each shape, at two sizes."""
    small, large = sizes
    for name, make in SHAPES.items():
        by_size = _by_size(folder, "shape", make, sizes, repeats)
        ratio = by_size[large] / by_size[small] if by_size[small] < math.inf else math.inf
        figures = f"{_rate(by_size[small])} at {_kb(small)}, {_rate(by_size[large])} at {_kb(large)}"
        yield Row(name, figures, ratio, "about 1", is_met=ratio <= LINEAR)


def memory_rows(folder: Path, size: int) -> Iterator[Row]:
    """Peak memory over the size of the document."""
    path = _written(folder, "document", document(size))
    for name in MEASURES:
        if name != "seconds":
            peak = measured(name, path)
            is_met = peak < 20 * size
            yield Row(f"{name}, {_kb(size)}", f"{peak / 1e6:.1f} MB", peak / size, "< 20", is_met=is_met)


def _by_size(
    folder: Path, name: str, make: Callable[[int], str], sizes: tuple[int, ...], repeats: int
) -> dict[int, float]:
    """Seconds a byte to draft and write what `make` makes, by size."""
    paths = {str(size): _written(folder, f"{name}-{size}", make(size)) for size in sizes}
    took = medians({size: partial(measured, "seconds", path) for size, path in paths.items()}, repeats)
    return {int(size): took[size] / int(size) for size in took}


def _written(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    return path


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:,.0f} ms"


def _kb(size: int) -> str:
    return f"{size / 1e3:g} kB"


def _rate(per_byte: float) -> str:
    return f"{per_byte * 1e9:,.0f} µs a kB" if per_byte < math.inf else f"more than {LONGEST} s"


def main() -> None:
    """Measure, and print each line when it is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a quarter of each size, fewer repeats")
    parser.add_argument("--measure", nargs=2, metavar=("WHAT", "PATH"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        name, path = chosen.measure
        print(MEASURES[name](path))
        return
    part, repeats = (4, 1) if chosen.quick else (1, 3)
    sizes, shape_sizes = (tuple(size // part for size in each) for each in (SIZES, SHAPE_SIZES))
    print("| what | measured | ratio | goal | |\n|---|--:|--:|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rows in (
            command_rows(folder, 4 * repeats - 1),
            document_rows(folder, sizes, repeats),
            memory_rows(folder, sizes[-1]),
            shape_rows(folder, shape_sizes, repeats),
        ):
            for row in rows:
                print(row, flush=True)


if __name__ == "__main__":
    main()
