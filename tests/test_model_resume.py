"""Nothing is paid twice: the client is killed, the server dies, a file is damaged; then the same again."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import specdraft as sd
from specdraft import OUTLINE, ModelError, Spec, ask, prompts, questionnaire
from specdraft.progress import Progress
from tests import wire
from tests.test_cli import command, environment
from tests.wire import ChatServer, Fault

PRD = """# Gift cards

People phone the shop to ask for a gift card, about 40 times a week.

## Goals

- The shop's own page sells gift cards of 10 to 100 €.
- Everybody can see what is left without a phone call.

## Requirements

A card that was spent in part keeps what is left.

- Whoever finds a code can spend it before its owner does.
- The till is offline on two days a year.
"""
NAMES = [plan.name for plan in OUTLINE]
draft, draft_async = partial(sd.draft, critique=False), partial(sd.draft_async, critique=False)
ONCE = Counter(NAMES)
PATIENCE = 60.0
"""Seconds after which a client that should have ended hangs."""


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("SPECDRAFT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-4f9d1c7b2e8a6053")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    return tmp_path / "cache"


@pytest.fixture
def prd(tmp_path: Path) -> Path:
    path = tmp_path / "gift-cards.md"
    path.write_text(PRD, encoding="utf-8")
    return path


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    with ChatServer() as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        yield running


def answers(cache: Path) -> list[Path]:
    """The files of the journal, as they are named when they are whole."""
    return sorted(cache.rglob("*.json"))


def undisturbed(prd: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Spec:
    """The draft of a run in which nothing happens, with a journal of its own."""
    with ChatServer() as server, monkeypatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", server.url)
        patch.setenv("SPECDRAFT_CACHE_DIR", str(tmp_path / "another cache"))
        return draft(prd, model="openai/test")


@contextmanager
def client(prd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command in a process of its own; whatever happens it is gone in the end."""
    started = subprocess.Popen(
        command("draft", prd, "--no-critique", "--model", "openai/test", "--resume"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    try:
        yield started
    finally:
        if started.poll() is None:
            started.kill()
        started.communicate()


def until(true: Callable[[], bool]) -> None:
    """Look until it holds, for a minute at most."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        threading.Event().wait(0.005)


MOMENTS: tuple[tuple[dict[str, float], int], ...] = (
    ({"questions": 0.0}, 0),
    ({"questions": 0.5}, 0),
    ({"problem": 0.0}, 1),
    ({"solution": 0.0}, 2),
    ({"alternatives": 0.0, "risks": 0.0}, 3),
    ({"risks": 0.5}, 4),
    ({"rollout": 0.0}, 5),
    ({"success": 0.0}, 6),
    ({"success": 0.5}, 6),
    ({"agreement": 0.0}, 7),
    ({"headline": 0.0}, 8),
    ({"headline": 0.5}, 8),
)
"""When the client is killed: what it waits for, with how much of it has arrived, and how many answers it has kept."""


def _parked(server: ChatServer, sections: set[str]) -> bool:
    return server.parked() == sections


def _kept(cache: Path, count: int) -> bool:
    return len(answers(cache)) == count


def test_a_client_killed_at_twelve_moments_loses_nothing_that_was_answered(
    server: ChatServer, prd: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    under_way: Counter[str] = Counter()
    for held, kept in MOMENTS:
        server.held = held
        with client(prd) as killed:
            server.until(partial(_parked, server, set(held)))
            until(partial(_kept, cache, kept))
            killed.kill()
        server.until(lambda: not server.parked())
        under_way.update(held.keys())
    server.hold()
    with client(prd) as last:
        out, said = last.communicate(timeout=PATIENCE)
    assert last.returncode == 0, said.decode()
    assert server.answered() == ONCE
    assert server.counts() == ONCE + under_way
    assert Spec.from_markdown(out.decode()) == undisturbed(prd, monkeypatch, tmp_path)
    assert not list(cache.rglob("*.tmp"))


def test_ctrl_c_ends_the_run_at_once_and_the_rest_can_follow(server: ChatServer, prd: Path, cache: Path) -> None:
    server.hold("alternatives", "risks")
    with client(prd) as stopped:
        server.until(lambda: server.parked() == {"alternatives", "risks"})
        stopped.send_signal(signal.SIGINT)
        out, said = stopped.communicate(timeout=PATIENCE)
    assert (stopped.returncode, out) == (130, b"")
    assert "Traceback" not in said.decode()
    assert len(answers(cache)) == 3
    server.until(lambda: not server.parked())
    server.hold()
    assert not draft(prd, model="openai/test").meta.failures
    assert server.answered() == ONCE


def test_a_second_run_asks_nothing_and_gives_the_same(server: ChatServer, prd: Path) -> None:
    heard: list[Progress] = []
    first = draft(prd, model="openai/test")
    assert draft(prd, model="openai/test", progress=heard.append).to_markdown() == first.to_markdown()
    assert server.counts() == ONCE
    assert Counter(event.section for event in heard if event.state == "reused") == ONCE
    draft(prd, model="openai/test", resume=False)
    assert server.counts() == ONCE + ONCE


def test_a_second_run_asks_nothing_where_answers_were_mended(prd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = wire.quoting(lambda citation: citation.update(quote="A card never expires."))
    with ChatServer({"problem": [wire.PROSE, wrong], "risks": [wrong] * 3}) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        first = draft(prd, model="openai/test")
        assert server.counts() == ONCE + Counter(problem=2, risks=2)
        assert draft(prd, model="openai/test") == first
        assert server.counts() == ONCE + Counter(problem=2, risks=2)
        assert first.meta.usage.calls == 13


DISAGREEMENT = Fault(
    section=lambda answer: answer | {"disagreements": [{"section": "rollout", "what": "S1 says too little"}]}
)


def test_a_second_run_asks_nothing_where_a_section_was_made_to_agree(
    prd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ChatServer({"agreement": [DISAGREEMENT]}) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        first = draft(prd, model="openai/test")
        asked = server.counts()
        assert asked["rollout"] == 2
        assert draft(prd, model="openai/test") == first
        assert server.counts() == asked


@pytest.mark.parametrize("fault", [wire.REFUSAL, wire.LENGTH, wire.EMPTY, wire.NO_CHOICES, wire.HTML, wire.BROKEN_JSON])
def test_a_section_that_failed_is_asked_again_and_only_what_follows_from_it(
    prd: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    with ChatServer({"success": [fault] * 5}) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setattr("specdraft.models.instructor_.wire.ATTEMPTS", 1)
        first = draft(prd, model="openai/test")
        assert [failure.section for failure in first.meta.failures] == ["success"]
        server.faults = {}
        before = server.counts()
        second = draft(prd, model="openai/test")
        assert not second.meta.failures
        assert server.counts() - before == Counter(success=1, agreement=1, headline=1)


def test_a_section_without_any_answer_of_its_shape_is_asked_again(prd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer({"success": [wire.PROSE] * 3}) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert draft(prd, model="openai/test").meta.failures
        before = server.counts()
        assert not draft(prd, model="openai/test").meta.failures
        assert server.counts() - before == Counter(success=1, agreement=1, headline=1)


def test_a_server_that_dies_on_the_way_leaves_what_it_answered(
    prd: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("specdraft.models.instructor_.wire.ATTEMPTS", 2)
    with ChatServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)

        def pull_the_plug(event: Progress) -> None:
            if (event.section, event.state) == ("risks", "asked"):
                server.close()

        partial = draft(prd, model="openai/test", progress=pull_the_plug)
    missing = [failure.section for failure in partial.meta.failures]
    assert partial.problem.goals and partial.solution.overview
    assert set(NAMES[4:]) <= set(missing) <= set(NAMES[3:])
    assert any("cannot be reached" in failure.reason for failure in partial.meta.failures)
    with ChatServer() as other:
        monkeypatch.setenv("OPENAI_BASE_URL", other.url)
        assert draft(prd, model="openai/test") == undisturbed(prd, monkeypatch, tmp_path)
        assert set(other.counts()) == set(missing)
        assert other.answered() + server.answered() == ONCE


@pytest.fixture
def templates(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A copy of the prompts, to be changed."""
    copy = tmp_path / "prompts"
    shutil.copytree(str(prompts.folder()), copy)
    monkeypatch.setattr(prompts, "folder", lambda: copy)
    prompts._environment.cache_clear()
    yield copy
    prompts._environment.cache_clear()


CHANGES = {
    "sections/headline.md.j2": {"headline"},
    "sections/success.md.j2": {"success"},
    "sections/alternatives.md.j2": {"alternatives"},
    "sections/questions.md.j2": {"questions"},
    "system.md.j2": set(NAMES),
}
"""By template, what is asked anew where it changes and the answers come out the same."""


@pytest.mark.parametrize(("template", "anew"), CHANGES.items(), ids=CHANGES.keys())
def test_a_changed_prompt_asks_anew_what_it_asks_for_and_nothing_else(
    server: ChatServer, prd: Path, templates: Path, template: str, anew: set[str]
) -> None:
    first = draft(prd, model="openai/test")
    path = templates / template
    path.write_text(path.read_text(encoding="utf-8") + "\nBe brief.\n", encoding="utf-8")
    prompts._environment.cache_clear()
    second = draft(prd, model="openai/test")
    assert server.counts() - ONCE == Counter(anew)
    assert second.problem == first.problem
    assert second.meta.prompt_version != first.meta.prompt_version


def test_a_changed_answer_asks_anew_what_is_built_on_it(
    prd: Path, monkeypatch: pytest.MonkeyPatch, templates: Path
) -> None:
    with ChatServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        draft(prd, model="openai/test")
        path = templates / "sections/risks.md.j2"
        path.write_text(path.read_text(encoding="utf-8") + "\nBe brief.\n", encoding="utf-8")
        prompts._environment.cache_clear()
        fewer = Fault(section=lambda answer: answer | {"items": answer["items"][:1]})
        server.faults = lambda call: fewer if call.section == "risks" else None
        draft(prd, model="openai/test")
        assert server.counts() - ONCE == Counter(["risks", "rollout", "success", "agreement", "headline"])


def test_another_source_mode_or_model_is_another_run(server: ChatServer, prd: Path) -> None:
    draft(prd, model="openai/test")
    draft(prd, model="openai/another")
    draft(prd, model="openai/test", mode="json_schema")
    prd.write_text(PRD.replace("40", "50"), encoding="utf-8")
    draft(prd, model="openai/test")
    assert server.counts() == Counter(NAMES * 4)


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut short": lambda data: data[: len(data) // 2],
    "not JSON": lambda data: b"\x00" + data,
    "not UTF-8": lambda data: data.replace(b'"', b"\xff", 1),
    "a list": lambda _: b"[]",
    "of another kind": lambda data: json.dumps({"kind": "openai:Nothing", "body": json.loads(data)["body"]}).encode(),
    "without a body": lambda data: json.dumps({"kind": json.loads(data)["kind"]}).encode(),
    "with another body": lambda data: json.dumps({"kind": json.loads(data)["kind"], "body": {"choices": 7}}).encode(),
}


def _foreign(data: bytes) -> bytes:
    return json.dumps({"kind": "os:system", "body": json.loads(data)["body"]}).encode()


NOT_YET = pytest.param(_foreign, id="of no vendor's")


@pytest.mark.parametrize("damage", [*(pytest.param(each, id=name) for name, each in DAMAGE.items()), NOT_YET])
def test_a_damaged_answer_is_asked_for_again(
    server: ChatServer, prd: Path, cache: Path, damage: Callable[[bytes], bytes]
) -> None:
    first = draft(prd, model="openai/test")
    hurt = next(path for path in answers(cache) if '"chatcmpl-solution"' in path.read_text(encoding="utf-8"))
    whole = hurt.read_bytes()
    hurt.write_bytes(damage(whole))
    assert draft(prd, model="openai/test") == first
    assert server.counts() - ONCE == Counter(["solution"])
    assert hurt.read_bytes() == whole


def test_a_cache_that_cannot_be_written_costs_the_journal_and_not_the_draft(
    server: ChatServer, prd: Path, cache: Path
) -> None:
    cache.write_text("a file where a folder should be", encoding="utf-8")
    spec = draft(prd, model="openai/test")
    assert not spec.meta.failures
    assert [notice for notice in spec.meta.notices if notice.startswith("answers could not be kept for another run")]
    assert server.counts() == ONCE


def test_two_drafts_at_once_share_a_loop_and_nothing_else(
    server: ChatServer, prd: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = prd.with_name("vouchers.md")
    other.write_text(PRD.replace("ift card", "ift voucher"), encoding="utf-8")

    async def both() -> list[Spec]:
        return list(await asyncio.gather(*(draft_async(path, model="openai/test") for path in (prd, other))))

    server.hold("risks")
    done: list[Spec] = []
    drafting = threading.Thread(target=lambda: done.extend(asyncio.run(both())))
    drafting.start()
    server.until(lambda: [call.section for call in server.calls if call.parked] == ["risks"] * 2)
    server.hold()
    drafting.join(PATIENCE)
    assert server.counts() == ONCE + ONCE
    assert done == [undisturbed(path, monkeypatch, tmp_path) for path in (prd, other)]


@pytest.mark.usefixtures("server")
def test_the_same_draft_twice_at_once_comes_out_the_same(prd: Path) -> None:
    async def both() -> list[Spec]:
        return list(await asyncio.gather(*(draft_async(prd, model="openai/test") for _ in range(2))))

    first, second = asyncio.run(both())
    assert first == second == draft(prd, model="openai/test")
    assert not first.meta.failures


def test_a_cancelled_draft_closes_its_connections_and_keeps_what_it_has(
    server: ChatServer, prd: Path, cache: Path
) -> None:
    server.hold("alternatives", "risks")

    async def cancelled() -> None:
        task = asyncio.create_task(draft_async(prd, model="openai/test"))
        await asyncio.to_thread(server.until, lambda: server.parked() == {"alternatives", "risks"})
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(server.until, lambda: not server.parked())
        assert {call.section for call in server.calls if call.gone} == {"alternatives", "risks"}

    asyncio.run(cancelled())
    assert len(answers(cache)) == 3
    server.hold()
    draft(prd, model="openai/test")
    assert server.answered() == ONCE


def test_a_draft_cancelled_in_the_pause_before_another_attempt_ends_at_once(
    prd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ChatServer({"problem": [wire.error(429, retry_after="30")]}) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)

        async def cancelled() -> None:
            pausing = asyncio.Event()

            def heard(event: Progress) -> None:
                if event.state == "retried":
                    pausing.set()

            task = asyncio.create_task(draft_async(prd, model="openai/test", progress=heard))
            await pausing.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        asyncio.run(cancelled())
        assert server.counts() == Counter(["questions", "problem"])


def test_no_more_requests_are_under_way_than_allowed(server: ChatServer, prd: Path) -> None:
    server.hold("alternatives", "risks")
    done: list[Any] = []
    drafting = threading.Thread(target=lambda: done.append(draft(prd, model="openai/test", concurrency=1)))
    drafting.start()
    server.until(lambda: len(server.parked()) == 1)
    first = next(iter(server.parked()))
    second = ({"alternatives", "risks"} - {first}).pop()
    assert server.counts()[second] == 0
    server.hold(second)
    server.until(lambda: server.parked() == {second})
    server.hold()
    drafting.join(PATIENCE)
    assert server.counts() == ONCE
    assert len(done) == 1


def test_a_draft_in_a_running_loop_is_the_same(
    server: ChatServer, prd: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def in_a_notebook_cell() -> Spec:
        await asyncio.sleep(0)
        return draft(prd, model="openai/test")

    assert asyncio.run(in_a_notebook_cell()) == undisturbed(prd, monkeypatch, tmp_path)
    assert server.counts() == ONCE


def test_a_second_model_error_after_a_first_does_not_lose_what_was_answered(
    prd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ChatServer(lambda _: wire.error(401)) as refusing:
        monkeypatch.setenv("OPENAI_BASE_URL", refusing.url)
        with pytest.raises(ModelError):
            draft(prd, model="openai/test")
    with ChatServer({"solution": [wire.error(401)]}) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert draft(prd, model="openai/test").problem.goals
        assert not draft(prd, model="openai/test").meta.failures
        assert server.counts() == ONCE + Counter(["solution"])


def test_questions_asked_first_are_not_asked_again(prd: Path, server: ChatServer) -> None:
    questions = ask(prd, model="openai/test")
    assert server.counts() == Counter(["questions"])
    spec = draft(prd, model="openai/test")
    assert server.counts() == ONCE
    assert [each.question for each in spec.open_questions] == [each.question for each in questions]


def test_an_answer_asks_anew_for_what_it_touches_and_no_more(prd: Path, server: ChatServer, tmp_path: Path) -> None:
    spec = draft(prd, model="openai/test")
    last = spec.open_questions[-1]
    blocked = last.model_copy(update={"blocks": ["success"]})
    asked = [*spec.open_questions[:-1], blocked]
    path = tmp_path / "questions.md"
    path.write_text(questionnaire.write(asked, prd.name), encoding="utf-8")
    before = server.counts()
    draft(prd, model="openai/test", answers=path)
    assert server.counts() == before, "a file without answers changes nothing"
    told = path.read_text(encoding="utf-8").partition(f"## {last.id} ")
    answered = told[2].replace("\n**Answer:**", "\n**Answer:** The shop keeper.", 1)
    path.write_text(told[0] + told[1] + answered, encoding="utf-8")
    after = draft(prd, model="openai/test", answers=path)
    assert server.counts() - before == Counter(["success", "agreement"])
    assert last.id not in [each.id for each in after.open_questions]
