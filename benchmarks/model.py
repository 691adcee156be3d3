"""What does drafting with a provider's model cost beside the provider's own time?

Run: python benchmarks/model.py [--quick]

The provider is a server on loopback (`chat.py`) with a fixed delay for each call, in a process of its own. Machines
differ and are noisy, so what has a goal is a ratio of two figures of one run: of a draft's time to that of the longest
chain of calls in the outline; of our processor time for a call to plain Instructor's with the same messages and
answers, taken in turns; of what calls share with earlier ones to all that they send; of memory after many drafts to
that after the first of them.

Prints a Markdown table. `--quick` measures less of everything.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

from speed import EXAMPLES, Row

from specdraft import OUTLINE, Source, draft_async
from specdraft.journal import Journal
from specdraft.judgement import Judge
from specdraft.models.base import Ask, Model, Prompt, Reply, Run
from specdraft.run import Course
from specdraft.tokens import tokens

MODEL = "openai/test"
DOCUMENTS = ("notifications-3000.md", "csv-export.md")
WAVE = 50
"""Documents drafted at once; memory is looked at after each wave."""
OVERHEAD = 1.2
FLAT = 1.05
"""A ratio of memory up to this is called flat."""
DELAY = 0.02
"""Seconds that a call takes where time is not what is measured."""


@dataclass(frozen=True)
class Amounts:
    """How much is measured."""

    delay: float = 1.0
    drafts: int = 3
    rounds: int = 40
    documents: int = 200


QUICK = Amounts(delay=0.25, drafts=1, rounds=8, documents=100)


class Server:
    """The provider, and how to ask it what it was sent."""

    def __init__(self, address: str) -> None:
        self.address = address

    def use(self, delay: float) -> None:
        """Let `openai/...` mean this server, with so many seconds for each call."""
        os.environ["OPENAI_BASE_URL"] = f"{self.address}/{delay}/v1"

    def requests(self, expected: int | None = None) -> list[Any]:
        """The bodies of the latest requests, once it is certain, where a number is expected, that none was repeated."""
        with urlopen(f"{self.address}/requests") as response:  # noqa: S310 - our own, on loopback
            told = json.load(response)
        if expected is not None and told["count"] != expected:
            raise SystemExit(f"{told['count']} requests where {expected} were expected: answers are not good")
        return [json.loads(each) for each in told["latest"]]


@contextmanager
def served() -> Iterator[Server]:
    """A server in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("chat.py"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - for the type
            yield Server(process.stdout.readline().strip())
        finally:
            process.terminate()


def longest_chain() -> int:
    """Calls of a draft that can only be made one after another, by the outline."""
    chains: dict[str, int] = {}
    for plan in OUTLINE:
        chains[plan.name] = 1 + max((chains[need] for need in plan.needs), default=0)
    return max(chains.values())


def time_rows(server: Server, amounts: Amounts) -> Iterator[Row]:
    """Time of a draft over its critical path; the first of the process imports the provider's packages."""
    server.use(amounts.delay)
    path = longest_chain() * amounts.delay
    first = _drafted(EXAMPLES / DOCUMENTS[0])
    what = f"a draft over its critical path of {longest_chain()} calls of {amounts.delay:g} s"
    yield Row(f"{what}: the first of a process", f"{first:.2f} s", first / path)
    took: dict[str, list[float]] = {name: [] for name in DOCUMENTS}
    for _ in range(amounts.drafts):
        for name in DOCUMENTS:
            took[name].append(_drafted(EXAMPLES / name))
    server.requests(len(OUTLINE) * (1 + amounts.drafts * len(DOCUMENTS)))
    for name, each in took.items():
        ratio = median(each) / path
        yield Row(f"{what}: {name}", f"{median(each):.2f} s", ratio, "≤ 1.05", is_met=ratio <= 1.05)


def _drafted(path: Path, *, is_criticised: bool = False) -> float:
    """Seconds that it takes to draft the document, nothing of which was answered before."""
    began = time.perf_counter()
    asyncio.run(draft_async(path, model=MODEL, concurrency=8, resume=False, critique=is_criticised))
    return time.perf_counter() - began


class Listening:
    """A model that keeps what another is asked."""

    def __init__(self, model: Model) -> None:
        self.name, self._model = model.name, model
        self.asks: list[Ask] = []

    async def ask(self, ask: Ask) -> Reply:
        """The other's reply."""
        self.asks.append(ask)
        return await self._model.ask(ask)


Way = Callable[[], Awaitable[Any]]
"""All sections of a run, asked one after another in one of the ways that are compared."""
PLAIN, TOOLS, OURS, WHOLE = "plain Instructor", "plain Instructor with the tools that we send", "ours", "a whole draft"
JUDGING, JOURNAL, PROMPT = "judging", "the journal", "writing the prompt"


@asynccontextmanager
async def ways(server: Server, source: Source, folder: Path) -> AsyncIterator[Mapping[str, Way]]:
    """Plain Instructor, ours, ours without one thing or another, and the whole draft around it."""
    from openai import AsyncOpenAI

    from specdraft.models.instructor_.model import connected

    async with connected(MODEL) as model, AsyncOpenAI(api_key="none") as raw:
        listening = Listening(model)
        await draft_async(source, model=listening, resume=False, critique=False)
        asks = listening.asks
        tools = server.requests(len(OUTLINE))[0]["tools"]
        prompts = {ask.plan.name: ask.prompt() for ask in asks}

        async def ours(without: str = "") -> None:
            with tempfile.TemporaryDirectory(dir=folder) as name:
                course, judge = Course(Journal(Path(name))), Judge(asks[0].material)
                for ask in asks:
                    spared: Mapping[str, dict[str, Any]] = {
                        JUDGING: {"faults": lambda _: []},
                        JOURNAL: {"run": Run()},
                        PROMPT: {"prompt": partial(prompts.__getitem__, ask.plan.name)},
                    }
                    full: dict[str, Any] = {
                        "faults": partial(_faults, judge, ask),
                        "run": course.section(ask.plan.name),
                    }
                    await model.ask(replace(ask, **full | spared.get(without, {})))

        yield {
            PLAIN: plainly(raw, asks, prompts, None),
            TOOLS: plainly(raw, asks, prompts, tools),
            OURS: ours,
            **{part: partial(ours, part) for part in (JUDGING, JOURNAL, PROMPT)},
            WHOLE: lambda: draft_async(source, model=model, resume=False, critique=False),
        }


def _faults(judge: Judge, ask: Ask, section: Any) -> list[str]:
    return judge.faults(ask.plan.name, section, ask.done)


def plainly(raw: Any, asks: Sequence[Ask], prompts: Mapping[str, Prompt], tools: list[Any] | None) -> Way:
    """Instructor as anybody would call it, with these tools if any instead of the section's own."""
    import instructor

    types = {ask.plan.name: instructor.response_schema(ask.plan.model) for ask in asks}
    client: Any = instructor.from_openai(raw)
    if tools:

        async def create(**request: Any) -> Any:
            return await raw.chat.completions.create(**request | {"tools": tools})

        client.create_fn = instructor.patch(create=create, mode=client.mode, provider=client.provider)

    async def way() -> None:
        for name, kind in types.items():
            system, user = prompts[name].system, prompts[name].user
            said = [{"role": "system", "content": system}, {"role": "user", "content": user}]
            await client.create(model="test", response_model=kind, messages=said, max_retries=2, strict=False)

    return way


async def processor(server: Server, source: Source, folder: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds of our processor for each call, by way and round; the ways take turns, each round in another order."""
    took: dict[str, list[float]] = {}
    async with ways(server, source, folder) as compared:
        names = list(compared)
        for number in range(-1, rounds):
            gc.collect()
            for name in names[number % len(names) :] + names[: number % len(names)]:
                began = time.process_time()
                await compared[name]()
                if number >= 0:  # the first fills caches
                    took.setdefault(name, []).append((time.process_time() - began) / len(OUTLINE))
    server.requests(len(OUTLINE) * len(names) * (rounds + 1))
    return took


def processor_rows(server: Server, amounts: Amounts, folder: Path) -> Iterator[Row]:
    """Our processor time for a call over plain Instructor's, and what of it goes where."""
    server.use(0.0)
    for name in DOCUMENTS:
        took = asyncio.run(processor(server, Source.from_path(EXAMPLES / name), folder, amounts.rounds))
        what = f"processor for a call, {name}, {amounts.rounds * len(OUTLINE)} calls"
        yield Row(f"{what}: {PLAIN}", _ms(took[PLAIN]), 1.0)
        ratio = _over(took[OURS], took[PLAIN])
        yield Row(f"{what}: ours over that", _ms(took[OURS]), ratio, "≤ 1.20", is_met=ratio <= OVERHEAD)
        ratio = _over(took[OURS], took[TOOLS])
        yield Row(f"{what}: ours over {TOOLS}", _ms(took[TOOLS]), ratio, "≤ 1.20", is_met=ratio <= OVERHEAD)
        for part in (JUDGING, JOURNAL, PROMPT):
            costs = [with_it - without for with_it, without in zip(took[OURS], took[part], strict=True)]
            yield Row(f"— of which {part}", _ms(costs), _over(costs, took[PLAIN]))
        yield Row(f"— {WHOLE}, by its calls", _ms(took[WHOLE]), _over(took[WHOLE], took[PLAIN]))


def _over(some: Sequence[float], others: Sequence[float]) -> float:
    """The median of the ratios of rounds."""
    return median(one / other for one, other in zip(some, others, strict=True))


def prefix_rows(server: Server) -> Iterator[Row]:
    """How much of what a run sends its provider has seen before, from the first word on."""
    server.use(DELAY)
    for name in DOCUMENTS:
        _drafted(EXAMPLES / name)
        yield from _prefix(f"tokens of {name} in the common prefix", server.requests(len(OUTLINE)))
        _drafted(EXAMPLES / name, is_criticised=True)
        yield from _prefix("the same, with the critic", server.requests())


def _prefix(what: str, bodies: Sequence[Any]) -> Iterator[Row]:
    sent = [_serialised(body) for body in bodies]
    counts = [tokens(each) for each in sent]
    shared = [
        max(tokens(_common(each, earlier)) for earlier in sent[:number]) for number, each in enumerate(sent) if number
    ]
    ratio = sum(shared) / sum(counts[1:])
    figures = f"{sum(shared):,} of {sum(counts[1:]):,}"
    yield Row(f"{what}, calls after the first", figures, ratio, "≥ 0.80", is_met=ratio >= 0.8)
    yield Row(f"{what}, all calls", f"{sum(shared):,} of {sum(counts):,}", sum(shared) / sum(counts))


def _common(one: str, other: str) -> str:
    """What both begin with."""
    return "".join(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _serialised(body: Mapping[str, Any]) -> str:
    """As a provider reads it: the tools, then the messages."""
    said = [f"<{each['role']}>{each['content']}" for each in body["messages"]]
    return "".join([json.dumps(body["tools"], ensure_ascii=False), *said])


def resident() -> float:
    """Bytes of this process that are in memory now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def allocated() -> float:
    """Bytes that Python has allocated and not given back."""
    return tracemalloc.get_traced_memory()[0]


MEASURES: Mapping[str, Callable[[], float]] = {"resident": resident, "allocated by Python": allocated}
"""What a process of its own measures after each wave, with `--measure`."""


def small(number: int) -> str:
    """A small PRD; each number gives another."""
    draw = random.Random(number)
    text = (EXAMPLES / "clinic-booking.md").read_text(encoding="utf-8")
    return f"# Project {number}\n\n" + re.sub(r"\d{2,}", lambda _: str(draw.randrange(10, 1000)), text)


async def waves(measure: Callable[[], float], documents: int) -> list[float]:
    """In this process: memory after each wave of drafts that share a model."""
    from specdraft.models.instructor_.model import connected

    if measure is allocated:
        tracemalloc.start()
    found: list[float] = []
    async with connected(MODEL, concurrency=64) as model:
        for start in range(0, documents, WAVE):
            numbers = range(start, min(start + WAVE, documents))
            sources = [Source.from_text(small(number), name=f"{number}.md") for number in numbers]
            await asyncio.gather(*(draft_async(source, model=model, critique=False) for source in sources))
            del sources
            gc.collect()
            found.append(measure())
    return found


def memory_rows(server: Server, amounts: Amounts) -> Iterator[Row]:
    """Memory after the last wave over that after the first."""
    server.use(DELAY)
    for name in MEASURES:
        command = [sys.executable, __file__, "--measure", name, str(amounts.documents)]
        with tempfile.TemporaryDirectory() as cache:
            environment = os.environ | {"SPECDRAFT_CACHE_DIR": cache}
            found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, env=environment).stdout)
        server.requests(len(OUTLINE) * amounts.documents)
        ratio = found[-1] / found[0]
        figures = ", ".join(f"{each / 1e6:.1f}" for each in found)
        what = f"{amounts.documents} documents in one process, {name}, MB after each {WAVE}: last over first"
        yield Row(what, figures, ratio, "flat", is_met=ratio <= FLAT)


def _ms(seconds: Sequence[float]) -> str:
    return f"{median(seconds) * 1e3:.2f} ms"


def main() -> None:
    """Measure, and print each line when it is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--measure", nargs=2, metavar=("WHAT", "DOCUMENTS"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        name, documents = chosen.measure
        print(json.dumps(asyncio.run(waves(MEASURES[name], int(documents)))))
        return
    amounts = QUICK if chosen.quick else Amounts()
    print("| what | measured | ratio | goal | |\n|---|--:|--:|---|---|")
    with tempfile.TemporaryDirectory() as name, served() as server:
        os.environ |= {"SPECDRAFT_CACHE_DIR": name, "OPENAI_API_KEY": "none"}
        for rows in (
            time_rows(server, amounts),
            processor_rows(server, amounts, Path(name)),
            prefix_rows(server),
            memory_rows(server, amounts),
        ):
            for row in rows:
                print(row, flush=True)


if __name__ == "__main__":
    main()
