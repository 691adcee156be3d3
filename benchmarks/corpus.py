"""Do real documents come through whole?

Run: python benchmarks/corpus.py [FOLDER]

FOLDER holds `.jsonl` files, one document a line: `ticket` (an issue as its tracker gives it) or `input_markdown`, with
`kind` and `id`. Each is drafted offline, and what the tests claim of made-up documents is counted on these: every
sentence of the source is cited or listed as unplaced, every quote stands word for word in its passage, and a spec
comes back from Markdown and JSON as it was. The checks are made anew here, not with the code that they check.

Prints a Markdown table. Exits 1 if a document fails, a sentence is lost, a quote is not verbatim or a round trip
differs; the first of each are named on standard error.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from specdraft import Source, SourceError, Spec, draft
from specdraft.passages import Passage
from specdraft.sentences import spans

COLUMNS = (
    "documents",
    "left out",
    "errors",
    "sentences",
    "placed",
    "unplaced",
    "lost",
    "quotes",
    "not verbatim",
    "Markdown differs",
    "JSON differs",
)
"""What is counted of each kind. A sentence is placed, listed as unplaced, or lost."""

MUST_BE_0 = ("errors", "lost", "not verbatim", "Markdown differs", "JSON differs")
SHOWN = 3
"""How many faults of each sort are named."""

_TAG = re.compile(r"<[^<>]*>")


class Quote(NamedTuple):
    """A citation, wherever in the spec it stands."""

    passage: str
    text: str
    line: int | None
    is_placed: bool


class Tally:
    """What was counted, by kind and column, and the faults to name."""

    def __init__(self) -> None:
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.left_out: Counter[str] = Counter()
        self.faults: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, record: dict[str, Any]) -> None:
        """Draft one document and count."""
        kind, name = record["kind"], record["id"]
        try:
            source = read(record)
        except SourceError as error:
            self.counts[kind]["left out"] += 1
            self.left_out[str(error).removeprefix(f"{name} ").removeprefix("x.json: ")] += 1
            return
        try:
            self._draft(kind, name, source)
        except Exception as error:  # noqa: BLE001 - whatever it is, this looks for it
            self._fault(kind, "errors", f"{name} {error!r}")

    def _draft(self, kind: str, name: str, source: Source) -> None:
        began = time.perf_counter()
        spec = draft(source)
        markdown = spec.to_markdown()
        self.seconds[kind] += time.perf_counter() - began
        self.counts[kind].update({"documents": 1, "open questions": len(spec.open_questions)})
        if Spec.from_markdown(markdown) != spec:
            self._fault(kind, "Markdown differs", name)
        if Spec.model_validate_json(spec.model_dump_json()) != spec:
            self._fault(kind, "JSON differs", name)
        cited: defaultdict[str, list[Quote]] = defaultdict(list)
        for quote in quotes(spec.model_dump(), is_placed=True):
            cited[quote.passage].append(quote)
        self._check_quotes(kind, name, source, cited)
        self._check_sentences(kind, name, source, cited)

    def _check_quotes(self, kind: str, name: str, source: Source, cited: dict[str, list[Quote]]) -> None:
        """Each quote against its passage."""
        texts = {passage.id: passage.text for passage in source.passages}
        for quote in (quote for own in cited.values() for quote in own):
            self.counts[kind]["quotes"] += 1
            if quote.text not in texts.get(quote.passage, ""):
                self._fault(kind, "not verbatim", f"{name} {quote.passage}: {quote.text}")

    def _check_sentences(self, kind: str, name: str, source: Source, cited: dict[str, list[Quote]]) -> None:
        """Each sentence against the quotes of its passage, and each line against the passages."""
        judgements = [each for passage in source.passages for each in judged(passage, cited.get(passage.id, []))]
        judgements += [("lost", line) for line in outside(source)]
        for column, sentence in judgements:
            self.counts[kind]["sentences"] += 1
            if column == "lost":
                self._fault(kind, column, f"{name} {sentence}")
            else:
                self.counts[kind][column] += 1

    def _fault(self, kind: str, column: str, what: str) -> None:
        self.counts[kind][column] += 1
        self.faults[column].append(what)


def read(record: dict[str, Any]) -> Source:
    """The source that a line of the corpus holds."""
    if record.get("ticket"):
        return Source.from_bytes(json.dumps(record["ticket"]).encode(), name="x.json")
    return Source.from_text(record.get("input_markdown") or "", name=record["id"])


def quotes(value: Any, *, is_placed: bool) -> Iterator[Quote]:
    """Every citation in the plain data of a spec, and whether it stands elsewhere than under `unplaced`."""
    if isinstance(value, list):
        for each in value:
            yield from quotes(each, is_placed=is_placed)
    elif isinstance(value, dict) and value.keys() == {"passage", "quote", "line"}:
        yield Quote(value["passage"], value["quote"], value["line"], is_placed)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from quotes(each, is_placed=is_placed and name != "unplaced")


def judged(passage: Passage, cited: Iterable[Quote]) -> Iterator[tuple[str, str]]:
    """The sentences of a passage, each placed, unplaced or lost. Headings are not cited: they are the outline."""
    if passage.kind == "heading":
        return
    covered = [(quote.is_placed, start, start + len(quote.text)) for quote in cited for start in found(passage, quote)]
    for start, end in spans(passage.text):
        held = {is_placed for is_placed, first, last in covered if first <= start and end <= last}
        yield "placed" if True in held else "unplaced" if held else "lost", passage.text[start:end]


def found(passage: Passage, quote: Quote) -> Iterator[int]:
    """Where in the passage the quoted words stand, on the line that the citation names."""
    at = passage.text.find(quote.text)
    while at >= 0:
        if quote.line in (None, passage.line_start + passage.text.count("\n", 0, at)):
            yield at
        at = passage.text.find(quote.text, at + 1)


def outside(source: Source) -> Iterator[str]:
    """The lines of the source that say something and stand in no passage."""
    inside = {line for passage in source.passages for line in range(passage.line_start, passage.line_end + 1)}
    for number, line in enumerate(source.text.split("\n"), 1):
        if number not in inside and any(map(str.isalnum, _TAG.sub("", line))):
            yield line


def table(tally: Tally) -> Iterator[str]:
    """The counts as Markdown, a row a kind; below it what must be 0, and why documents were left out."""
    yield f"| kind | {' | '.join(COLUMNS)} | questions each | seconds |"
    yield "|---" + "|--:" * (len(COLUMNS) + 2) + "|"
    total: Counter[str] = Counter()
    for kind, counts in tally.counts.items():
        total.update(counts)
        yield row(kind, counts, tally.seconds[kind])
    yield row("**all**", total, sum(tally.seconds.values()))
    yield f"\nMust be 0: {', '.join(f'{column} {total[column]}' for column in MUST_BE_0)}."
    for why, number in tally.left_out.most_common():
        yield f"Left out, {number}: {why}."


def row(kind: str, counts: Counter[str], seconds: float) -> str:
    """One line of the table."""
    each = counts["open questions"] / max(counts["documents"], 1)
    cells = [kind, *(f"{counts[column]:,}" for column in COLUMNS), f"{each:.1f}", f"{seconds:.1f}"]
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Count, print, and tell whether all is well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(__file__).resolve().parents[2] / "shared/corpus/dev"
    parser.add_argument("folder", nargs="?", type=Path, default=default, metavar="FOLDER")
    folder: Path = parser.parse_args().folder
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        parser.error(f"there is no .jsonl file in {folder}")
    tally = Tally()
    for file in files:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                tally.add({"kind": file.stem, "id": file.stem} | json.loads(line))
    print("\n".join(table(tally)))
    for column, faults in tally.faults.items():
        for fault in faults[:SHOWN]:
            print(f"{column}: {' '.join(fault.split())[:200]}", file=sys.stderr)
    return int(any(tally.faults.values()))


if __name__ == "__main__":
    sys.exit(main())
