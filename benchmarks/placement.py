"""How well do cues alone place text whose heading is hidden?

Run: python benchmarks/placement.py [CORPUS]

A section of a document is labelled by its own heading where that is known word for word, or by the gold field
it was filed under; then the heading is hidden and the cues guess. The gold is noisy: a sentence about an attacker
under "Drawbacks" counts as an error if called security. So the figures are a lower bound.

Cues were added and weighted on one half of the repositories; "held out" is the other half. With `--lift REGEX` it
only tells whether a new cue would be worth its place, by the half to develop on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from specdraft.models.offline import cues, headings
from specdraft.passages import parse
from specdraft.sentences import spans

DESIGN = ("kep", "rfc", "pep", "adr", "techspec")
FIELDS = {
    "goals": "goals",
    "non_goals": "non_goals",
    "alternatives": "alternatives",
    "open_questions": "open_questions",
    "migration": "migration",
    "rollback": "rollback",
    "monitoring": "monitoring",
    "testing": "testing",
    "success_criteria": "success_metrics",
    "data_model": "data_model",
    "ui": "ui",
    "dependencies": "risk_deps",
    "scalability": "risk_load",
    "api_changes": "architecture",
}
NINE = {
    "requirements": "goals",
    "architecture": "solution",
    "data_model": "solution",
    "ui": "solution",
    "plan": "rollout",
    "migration": "rollout",
    "rollback": "rollout",
    "testing": "success",
    "monitoring": "success",
    "success_metrics": "success",
    "risk_general": "risks",
    "risk_compat": "risks",
    "risk_security": "risks",
    "risk_load": "risks",
    "risk_deps": "risks",
}
ROUNDS = 300
MARGINS = (1.0, 2.0, 3.0, 4.0, 5.0)
NOTE = {  # Measured on another corpus, by the notes that the first cues come from.
    "design": "before: sections 0.36, nine 0.53, placed 19% at 0.70; sentences 0.23, placed 10% at 0.67",
    "prd": "before: sections 0.28, nine 0.39, placed 18% at 0.77; sentences placed 13% at 0.71",
}

_LEAD = re.compile(r"^\*\*.{1,200}?\*\*\s+—\s*")
_BOLD_LINE = re.compile(r"^\*\*([^*\n]{1,200})\*\*\s*$", re.MULTILINE)
_SAID = re.compile(r"\w+")


Tally = Counter[tuple[str, str | None]]
"""How often a label was guessed for another."""


class Section(NamedTuple):
    """What a document says under one heading that is hidden."""

    document: str
    repository: str
    label: str
    sentences: tuple[str, ...]


class Guess(NamedTuple):
    """The label that leads, or None, and by how much, beside the right one."""

    document: str
    label: str
    guess: str | None
    margin: float


def read(folder: Path, kinds: Iterable[str]) -> list[dict[str, Any]]:
    """The documents of these kinds."""
    return [json.loads(line) for kind in kinds for line in (folder / f"{kind}.jsonl").open(encoding="utf-8")]


def sections(documents: list[dict[str, Any]]) -> list[Section]:
    """The labelled sections, without sentences that stand in four documents or more: those are templates."""
    found = [
        (document, label, sentences) for document in documents for (label, _), sentences in _labelled(document).items()
    ]
    seen: dict[str, set[str]] = defaultdict(set)
    for document, _, sentences in found:
        for sentence in sentences:
            seen[_key(sentence)].add(document["id"])
    kept = [
        Section(document["id"], document["source_repo"], label, tuple(s for s in sentences if len(seen[_key(s)]) < 4))
        for document, label, sentences in found
    ]
    return [section for section in kept if section.sentences]


def _key(sentence: str) -> str:
    return " ".join(_SAID.findall(sentence.lower()))


def _labelled(document: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    """Sentences by label and by the place under which they stood."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    parts = _of_markdown(document["input_markdown"], "", titled=True)
    for label, place, sentence in parts if document["kind"] == "prd" else (*parts, *_of_gold(document)):
        found[label, place].append(sentence)
    return found


def _of_gold(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    gold, above = document["gold"], document.get("gold_headings") or {}
    for field, label in FIELDS.items():
        if isinstance(gold.get(field), str):
            yield from _of_markdown(_BOLD_LINE.sub(r"# \1", gold[field]), label)
    for field in ("goals", "non_goals", "alternatives", "open_questions", "risks"):
        for heading, entry in zip(above.get(field, ()), gold.get(field, ()), strict=False):
            known = headings.classify(heading)
            exact = known.label if known and known.how == "heading-exact" and not known.others else ""
            if label := FIELDS.get(field) or (exact if exact.startswith("risk_") else ""):
                yield from ((label, heading, s) for _, _, s in _of_markdown(_LEAD.sub("", entry), label))


def _of_markdown(text: str, label: str, *, titled: bool = False) -> Iterator[tuple[str, str, str]]:
    """Label, place and sentence for each sentence of the text.

    The label is that of the nearest heading, if that is known word for word, else the given one.
    """
    for passage in parse(text):
        if passage.kind not in ("paragraph", "item", "row"):
            continue
        path = passage.headings[1:] if titled else passage.headings
        known = headings.classify_path(path)
        if known and known.how == "heading-exact" and not known.others:
            here = "problem" if known.label == "summary" else known.label
        elif known and not label:
            continue
        else:
            here = label
        if here and here != "meta":
            cut = [(0, len(passage.text))] if passage.kind == "row" else spans(passage.text)
            for start, end in cut:
                if _SAID.search(passage.text, start, end):
                    yield here, known.rule if known else "", passage.text[start:end]


def by_section(found: list[Section]) -> list[Guess]:
    """A guess for each section as a whole."""
    return [_guess(section, cues.block_scores(section.sentences)) for section in found]


def by_sentence(found: list[Section]) -> list[Guess]:
    """A guess for each sentence alone."""
    return [_guess(section, cues.scores(sentence)) for section in found for sentence in section.sentences]


def _guess(section: Section, scored: dict[str, tuple[float, str]]) -> Guess:
    lead = cues.leader(scored)
    return Guess(section.document, section.label, lead.label if lead else None, lead.margin if lead else 0.0)


def tally(guesses: Iterable[Guess], margin: float = 0.0, merge: Mapping[str, str] | None = None) -> Tally:
    """How often each label was guessed for each, guesses that lead by less than the margin counting as none."""
    names = merge or {}
    return Counter(
        (names.get(g.label, g.label), names.get(g.guess, g.guess) if g.guess and g.margin >= margin else None)
        for g in guesses
    )


def macro_f1(pairs: Tally) -> float:
    """Mean over the labels that occur of the harmonic mean of precision and recall."""
    right, gold, guessed = Counter[str](), Counter[str](), Counter[str]()
    for (label, guess), number in pairs.items():
        gold[label] += number
        if guess:
            guessed[guess] += number
        if label == guess:
            right[label] += number
    return sum(2 * right[label] / (gold[label] + guessed[label]) for label in gold) / len(gold) if gold else 0.0


def precision(pairs: Tally) -> float:
    """Share of the guesses that are right."""
    placed = sum(number for (_, guess), number in pairs.items() if guess)
    return sum(number for (label, guess), number in pairs.items() if label == guess) / max(placed, 1)


def coverage(pairs: Tally) -> float:
    """Share of what there was to place that was placed."""
    return sum(number for (_, guess), number in pairs.items() if guess) / max(pairs.total(), 1)


def interval(guesses: list[Guess], measure: Callable[[Tally], float], margin: float = 0.0) -> str:
    """95 % of the values over samples of documents, drawn with replacement."""
    documents: dict[str, list[Guess]] = defaultdict(list)
    for guess in guesses:
        documents[guess.document].append(guess)
    tallies = [tally(own, margin) for own in documents.values()]
    draw = random.Random(0)
    values = []
    for _ in range(ROUNDS):
        total: Tally = Counter()
        for own in draw.choices(tallies, k=len(tallies)):
            total.update(own)
        values.append(measure(total))
    values.sort()
    return f"({values[int(0.025 * ROUNDS)]:.2f}-{values[int(0.975 * ROUNDS)]:.2f})"


def report(name: str, found: list[Section]) -> None:
    """Print the table of one part of the corpus."""
    documents = len({section.document for section in found})
    print(f"\n== {name}: {documents} documents, {len({s.repository for s in found})} repositories ==")
    print(NOTE[name.partition(",")[0]])
    describe("sections", by_section(found), cues.SECTION_MARGIN)
    describe("sentences", by_sentence(found), cues.SENTENCE_MARGIN)


def describe(unit: str, guesses: list[Guess], margin: float) -> None:
    """Print how good the guesses are: all of them, and those that the margin lets pass."""
    labels = sorted({guess.label for guess in guesses})
    common = Counter(guess.label for guess in guesses).most_common(1)[0][0]
    draw = random.Random(0)
    majority = tally(guess._replace(guess=common) for guess in guesses)
    chance = tally(guess._replace(guess=draw.choice(labels)) for guess in guesses)
    every, sure = tally(guesses), tally(guesses, margin)
    print(
        f"{unit}: {len(guesses)} of {len(labels)} labels\n"
        f"  macro-F1 {macro_f1(every):.2f} {interval(guesses, macro_f1)}, majority {macro_f1(majority):.2f}, "
        f"random {macro_f1(chance):.2f}; merged to nine {macro_f1(tally(guesses, merge=NINE)):.2f}\n"
        f"  shipped margin {margin:g}: placed {coverage(sure):.0%} at {precision(sure):.2f} "
        f"{interval(guesses, precision, margin)}"
    )
    curve = ((at, tally(guesses, at)) for at in MARGINS)
    print("  by margin: " + "; ".join(f"{at:g}: {coverage(t):.0%} at {precision(t):.2f}" for at, t in curve))
    named = sorted(sure, key=lambda pair: -sure[pair])
    right = [f"{label} {sure[label, label]}" for label, guess in named if label == guess]
    print("  placed rightly: " + ", ".join(right))


def held_out(section: Section) -> bool:
    """Repositories go to one half or the other, never documents: templates repeat inside a repository."""
    return hashlib.sha256(section.repository.encode()).digest()[0] % 2 == 1


def lift(found: list[Section], regex: str) -> None:
    """Print where a cue is commoner than under the mean of the other labels, and the entry that would follow."""
    cue = re.compile(regex)
    hits, total = Counter[str](), Counter[str]()
    for section in found:
        total[section.label] += len(section.sentences)
        for sentence in section.sentences:
            whole, bare = cues.readings(sentence)
            hits[section.label] += bool(cue.search(bare if regex.startswith("^") else whole))
    share = {label: hits[label] / total[label] for label in total}
    for label in sorted(share, key=share.__getitem__, reverse=True)[:5]:
        rest = sum(share[other] for other in share if other != label) / (len(share) - 1)
        value = share[label] / rest if rest else 99.0
        entry = f'tier = "B", weight = {math.log(min(value, 99)):.1f}' if value >= 3 else "too weak"
        print(f"{label:16} {hits[label]:5} hits in {total[label]:5} sentences, lift {value:5.1f}: {entry}")


def main() -> None:
    """Read the corpus and print the tables, or what one cue says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="?", type=Path, default=Path(__file__).parents[2] / "shared/corpus/dev")
    parser.add_argument("--lift", metavar="REGEX", help="only tell how much a cue says, on the half to develop on")
    chosen = parser.parse_args()
    design, prd = sections(read(chosen.corpus, DESIGN)), sections(read(chosen.corpus, ["prd"]))
    if chosen.lift:
        lift([section for section in design + prd if not held_out(section)], chosen.lift)
        return
    for name, found in (("design", design), ("prd", prd)):
        report(f"{name}, held out", list(filter(held_out, found)))
        report(f"{name}, both halves", found)


if __name__ == "__main__":
    main()
