"""How many of the risks and alternatives that experts wrote down are raised: by drafts, and by a single prompt.

    python benchmarks/gold.py offline CORPUS                    # all documents, by the checklist and a matcher of words
    python benchmarks/gold.py baseline CORPUS OUT ID... --model M  # one prompt a document: the source and the template
    python benchmarks/gold.py draft CORPUS OUT ID... --model M     # our drafts of the same documents, critic and all
    python benchmarks/gold.py judge CORPUS OUT ID... --model M     # who raised what, judged blind by a model
    python benchmarks/gold.py aside CORPUS OUT ID... --model M     # the same of what the referee set aside

CORPUS is a folder of JSON lines with `input_markdown`, `gold` and `risk_core`; only risks whose authors called them
risks count. `OUT` holds what was drafted: `<id>.json` (ours) and `<id>.single.md`. The judge sees numbered lists and
not whose they are.
"""

from __future__ import annotations

import argparse
import asyncio
import re
from pathlib import Path
from typing import Any

import specdraft as sd
from specdraft import facts
from specdraft.evals.cases import Case, load_corpus
from specdraft.evals.evaluators import Drafted, words
from specdraft.evals.judges import Question, judged
from specdraft.evals.statistics import estimate
from specdraft.markdown.forms import SLOTS
from specdraft.markdown.text import blocks
from specdraft.opening import opened

LEAD, LEAST = 25, 0.5
"""Words of an expert's entry that the matcher looks at, and the share of their stems that one raised item must hold."""
PROMPT = """Here is a product document, and the template of our technical specs. Write the technical spec: fill in every
part of the template, with the risks that these changes might introduce and how they are mitigated, and the alternative
solutions that should be considered with the criteria for choosing. List what is still open. Answer with Markdown.

# Template

{template}

# Document

{source}
"""


def by_id(corpus: Path, ids: list[str]) -> list[Case]:
    """The documents of these ids, or all that have enough gold."""
    cases = {case.name: case for case in load_corpus(corpus)}
    return [cases[name] for name in ids] if ids else list(cases.values())


def matched(entry: str, items: list[str]) -> bool:
    """Does one of the items hold half of the stems of the entry's first words?"""
    stems = facts.stems(" ".join(re.sub(r"[*`#>\[\]]", " ", entry).split()[:LEAD]))
    return bool(stems) and any(len(stems & facts.stems(item)) / len(stems) >= LEAST for item in items)


def offline(corpus: Path) -> None:
    """Every document, drafted and read by the checklist."""
    risks: dict[str, list[float]] = {}
    options: dict[str, list[float]] = {}
    for case in by_id(corpus, []):
        draft = Drafted(case, sd.draft(case.source))
        risks[case.name] = [float(matched(each.text, draft.raised)) for each in case.gold.risks]
        options[case.name] = [float(matched(each.text, draft.options)) for each in case.gold.alternatives]
    for name, values in (("risks", risks), ("alternatives", options)):
        hits = sum(sum(each) for each in values.values())
        total = sum(map(len, values.values()))
        print(f"{name}: {hits:.0f} of {total} in {len(values)} documents; mean of documents {estimate(values)}")


def template() -> str:
    """The house template, as headings and questions."""
    shown = (f"{'#' * slot.level} {slot.title}" if slot.level else f"**{slot.title}**" for slot in SLOTS if slot.asked)
    return "\n\n".join(shown)


def baseline(case: Case, out: Path, model: str) -> None:
    """One prompt, one answer."""
    from openai import OpenAI

    path = out / f"{case.name}.single.md"
    if path.exists():
        return
    said = PROMPT.format(template=template(), source=case.source.text)
    client = OpenAI(max_retries=0, timeout=7200)
    answer = client.chat.completions.create(model=model.partition("/")[2], messages=[{"role": "user", "content": said}])
    path.write_text(answer.choices[0].message.content or "", encoding="utf-8")


def draft(case: Case, out: Path, model: str) -> None:
    """Our draft."""
    path = out / f"{case.name}.json"
    if not path.exists():
        spec = sd.draft(case.source, model=model, timeout=7000.0, progress=_told)
        path.write_text(spec.model_dump_json(indent=1), encoding="utf-8")
        path.with_suffix(".md").write_text(spec.to_markdown(), encoding="utf-8")


def _told(event: sd.Progress) -> None:
    print(event.section, event.state, event.detail[:100], flush=True)


def counted(items: list[str], options: list[str], questions: int, said: int) -> dict[str, int]:
    """What a spec has of each."""
    return {"risks": len(items), "options": len(options), "questions": questions, "words": said}


def of_ours(case: Case, out: Path) -> tuple[list[str], list[str], dict[str, Any]]:
    """Risks raised, options considered, and counts."""
    spec = sd.Spec.model_validate_json((out / f"{case.name}.json").read_text(encoding="utf-8"))
    told = Drafted(case, spec)
    answers = [getattr(spec.risks.answers, name).reason for name in type(spec.risks.answers).model_fields]
    counts = counted(told.raised, told.options, len(spec.open_questions), words(spec))
    return [*told.raised, *filter(None, answers)], told.options, counts


def of_aside(case: Case, out: Path) -> tuple[list[str], list[str], dict[str, Any]]:
    """What the referee set aside: neither in the spec nor among its findings."""
    spec = sd.Spec.model_validate_json((out / f"{case.name}.json").read_text(encoding="utf-8"))
    items = [each.title for each in spec.critique.set_aside]
    return items, [], counted(items, [], 0, 0)


def of_single(case: Case, out: Path) -> tuple[list[str], list[str], dict[str, Any]]:
    """The blocks of its parts on risks and on alternatives, and counts."""
    text = (out / f"{case.name}.single.md").read_text(encoding="utf-8")
    parts: dict[str, list[str]] = {"": []}
    part = ""
    for block in blocks(text.splitlines()):
        if 1 <= block.level <= 2:
            part = block.content.casefold()
        parts.setdefault(part, []).extend(_said(block))
    risks = [each for name, items in parts.items() if "risk" in name for each in items]
    options = [each for name, items in parts.items() if "alternative" in name for each in items]
    asked = [each for name, items in parts.items() if "open" in name or "question" in name for each in items]
    counts = counted(risks, options, len(asked), len(text.split()))
    return risks, options, counts


def _said(block: Any) -> list[str]:
    items = [" ".join(" ".join(item).split()) for item in block.items] or [" ".join(" ".join(block.lines).split())]
    if block.kind == "table":
        items = [" ".join(line.split("|")) for line in block.lines[2:]]
    return [each for each in items if len(each.split()) > 3]


WHO = {"judge": {"ours": of_ours, "single prompt": of_single}, "aside": {"set aside": of_aside}}
"""Whose lists are judged."""


async def judge(cases: list[Case], out: Path, model: str, what: str) -> None:
    """Who raised what."""
    tally: dict[tuple[str, str], list[tuple[str, bool]]] = {}
    async with opened({"model": model, "timeout": 7000.0}) as answering:
        for case in cases:
            for who, read in WHO[what].items():
                risks, options, counts = read(case, out)
                print(case.name, who, counts)
                gold = case.gold
                for kind, points, items in (("risks", gold.risks, risks), ("alternatives", gold.alternatives, options)):
                    if not items:
                        continue
                    asked = Question("raised", tuple(each.text for each in points), tuple(items))
                    verdicts = await judged(asked, answering)
                    tally.setdefault((kind, who), []).extend((case.name, each.answer == "yes") for each in verdicts)
                    for point, verdict in zip(points, verdicts, strict=True):
                        said = " ".join(point.text.split())[:90]
                        print(f"   {kind} {verdict.answer:3} {verdict.by:3} {said} | {verdict.reason}")
    for (kind, who), answers in sorted(tally.items()):
        values: dict[str, list[float]] = {}
        for name, hit in answers:
            values.setdefault(name, []).append(float(hit))
        print(
            f"{kind}, {who}: {sum(hit for _, hit in answers)} of {len(answers)}; mean of documents {estimate(values)}"
        )


def main() -> None:
    """Do what is asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["offline", "baseline", "draft", *WHO])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("ids", nargs="*")
    parser.add_argument("--model", default="openai/relay")
    args = parser.parse_args()
    if args.what == "offline":
        offline(args.corpus)
        return
    args.out.mkdir(parents=True, exist_ok=True)
    cases = by_id(args.corpus, args.ids)
    if args.what in WHO:
        asyncio.run(judge(cases, args.out, args.model, args.what))
    else:
        for case in cases:
            {"baseline": baseline, "draft": draft}[args.what](case, args.out, args.model)


if __name__ == "__main__":
    main()
