"""Cassettes: what was answered is on disk, comes back without a network, and a changed prompt is named as such."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest

import specdraft as sd
from specdraft import prompts
from specdraft.errors import EvalError
from specdraft.evals import cassettes
from specdraft.evals.recorded import digest, load
from tests import wire
from tests.test_cli import environment
from tests.wire import ChatServer, Fault

# ruff: noqa: E501 - the source reads better in long lines
PRD = sd.Source.from_text(
    "# Vendor sync\n\nA nightly job reads the feed of the vendors.\n\n## Goals\n\n- The list is one night old at most.\n\n"
    "Vendors that are no longer listed are removed.\n",
    name="vendors.md",
)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


def draft() -> sd.Spec:
    return sd.draft(PRD, model="openai/test", keep=False)


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, sd.Spec]:
    """A cassette, and the draft whose answers it holds."""
    path = tmp_path / "tapes" / "vendors.json"
    with ChatServer() as server, monkeypatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", server.url)
        with cassettes.opened(path, replay=False, about={"answered_by": "a test"}):
            return path, draft()


def test_a_replay_gives_the_same_draft_without_a_network(recorded: tuple[Path, sd.Spec]) -> None:
    path, spec = recorded
    with cassettes.opened(path) as tape:
        assert draft() == spec
        with pytest.raises(EvalError, match="reached for the network"):
            _reach()
    assert (tape.missed, tape.unplayed()) == ([], [])
    assert tape.recorded.about["answered_by"] == "a test"


def _reach() -> None:
    with socket.socket() as reaching:
        reaching.connect(("127.0.0.1", 9))


def test_a_replay_needs_no_key_and_asks_no_server(
    recorded: tuple[Path, sd.Spec], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with cassettes.opened(recorded[0]):
        assert draft() == recorded[1]


@pytest.mark.parametrize("name", ["sections/success.md.j2", "system.md.j2", "lens.md.j2"])
def test_one_changed_word_of_a_prompt_is_a_stale_cassette_and_restoring_it_mends_it(
    recorded: tuple[Path, sd.Spec], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, spec = recorded
    read = prompts._read
    old, new = {"sections/success.md.j2": ("figures", "numbers"), "system.md.j2": ("guess", "gamble"),
                "lens.md.j2": ("clever", "witty")}[name]  # fmt: skip

    def changed(each: str) -> str:
        return read(each).replace(old, new, 1) if each == name else read(each)

    with monkeypatch.context() as patch:
        patch.setattr(prompts, "_read", changed)
        prompts._environment.cache_clear()
        ends = pytest.raises(sd.ModelError) if name == "system.md.j2" else nullcontext()
        with cassettes.opened(path) as tape, ends:
            draft()
    prompts._environment.cache_clear()
    said = str(tape.missed[0])
    assert said.startswith("stale cassette: the request for ")
    assert any(line.startswith("-") and old in line for line in said.splitlines())
    assert any(line.startswith("+") and new in line for line in said.splitlines())
    with cassettes.opened(path) as tape:
        assert draft() == spec
    assert tape.missed == []


def test_a_change_in_the_middle_of_a_long_line_is_shown(recorded: tuple[Path, sd.Spec]) -> None:
    text = PRD.text.replace("Vendors that", "Long. " * 60 + "Sellers that")
    with cassettes.opened(recorded[0]) as tape, pytest.raises(sd.ModelError):
        sd.draft(sd.Source.from_text(text, name="vendors.md"), model="openai/test", keep=False)
    assert "Sellers that" in str(tape.missed[0]) or "Long. Long." in str(tape.missed[0])


def test_what_is_recorded_is_not_asked_again_and_what_is_not_is(
    recorded: tuple[Path, sd.Spec], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, spec = recorded
    data = json.loads(path.read_text(encoding="utf-8"))
    data["answers"] = [each for each in data["answers"] if each["ask"] != "Headline"]
    path.write_text(json.dumps(data), encoding="utf-8")
    with ChatServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        with cassettes.opened(path, replay=False):
            assert draft() == spec
    assert server.counts() == {"headline": 1}


def test_what_nobody_asks_for_any_more_is_told_and_pruned(
    recorded: tuple[Path, sd.Spec], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = recorded
    with cassettes.opened(path) as tape:
        sd.draft(PRD, model="openai/test", keep=False, critique=False)
    assert set(tape.unplayed()) == {"Findings", "Rulings"} | {"Headline"} & set(tape.unplayed())
    with ChatServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        with cassettes.opened(path, replay=False) as tape:
            sd.draft(PRD, model="openai/test", keep=False, critique=False)
            tape.prune()
    kinds = {json.loads(json.dumps(each))["ask"] for each in json.loads(path.read_text("utf-8"))["answers"]}
    assert "Findings" not in kinds


def test_samples_of_one_request_are_kept_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.json"
    titles = iter(["First", "Second"])
    script = {"headline": [Fault(section=lambda answer: answer | {"title": next(titles)})] * 2}
    with ChatServer(script) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        for sample in "01":
            with cassettes.opened(path, replay=False, sample=sample):
                draft()
    found = []
    for sample in "10":
        with cassettes.opened(path, sample=sample):
            found.append(draft().title)
    assert found == ["Second", "First"]


def test_a_failure_of_the_server_is_not_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.json"
    with ChatServer({"problem": [wire.error(429, retry_after="0")], "headline": [wire.QUOTA]}) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        with cassettes.opened(path, replay=False):
            spec = draft()
    assert [each.section for each in spec.meta.failures] == ["headline"]
    statuses = {each["response"]["status"] for each in json.loads(path.read_text("utf-8"))["answers"]}
    assert statuses == {200}


def test_a_cassette_holds_no_key_no_cookie_and_no_address(recorded: tuple[Path, sd.Spec]) -> None:
    text = recorded[0].read_text(encoding="utf-8")
    assert "127.0.0.1" not in text
    assert "stainless" not in text.casefold()
    headers = {name for each in json.loads(text)["answers"] for name in each["response"]["headers"]}
    assert headers <= {"content-type", "retry-after", "Content-Type", "Retry-After"}


@pytest.mark.parametrize("where", ["source", "environment"])
def test_a_secret_is_refused_when_it_would_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    kept = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    if where == "environment":
        kept = "Vendors that are no longer"
        monkeypatch.setenv("SHOP_API_KEY", kept)
    source = sd.Source.from_text(PRD.text.replace("Vendors that are no longer", kept), name="vendors.md")
    with ChatServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        tape = cassettes.opened(tmp_path / "t.json", replay=False)
        with pytest.raises(EvalError, match="would hold"), tape, suppress(sd.ModelError):
            sd.draft(source, model="openai/test", keep=False)
    assert server.calls == []
    assert not (tmp_path / "t.json").exists()


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"version": 1, "about": {}, "texts": {}, "answers": [{}]}'])
def test_a_damaged_cassette_is_an_error_that_says_what_to_do(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EvalError, match="is no cassette") as caught, cassettes.opened(path):
        pass
    assert "specdraft eval record" in caught.value.hint
    with pytest.raises(EvalError, match="there is no cassette"), cassettes.opened(tmp_path / "none.json"):
        pass


def test_the_version_that_pydantic_names_does_not_matter() -> None:
    bodies = [
        {"messages": [{"content": f"see https://errors.pydantic.dev/{each}/v/missing"}]} for each in ("2.14", "2.15")
    ]
    assert digest("/v1", bodies[0], "0") == digest("/v1", bodies[1], "0")
    assert digest("/v1", bodies[0], "0") != digest("/v1", bodies[0], "1")
    assert digest("/v1", {"a": 1, "b": 2}, "0") == digest("/v1", {"b": 2, "a": 1}, "0")


RECORDER = """
import sys
from contextlib import nullcontext, suppress
from pathlib import Path
import specdraft as sd
from specdraft.evals import cassettes
with cassettes.opened(Path(sys.argv[1]), replay=False):
    sd.draft(sys.argv[2], model="openai/test", keep=False)
"""


def test_a_recorder_that_is_killed_loses_nothing_that_was_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, prd = tmp_path / "t.json", tmp_path / "vendors.md"
    prd.write_text(PRD.text, encoding="utf-8")
    with ChatServer() as server:
        server.hold("alternatives", "risks")
        env = environment(OPENAI_BASE_URL=server.url)
        child = subprocess.Popen([sys.executable, "-c", RECORDER, str(path), str(prd)], env=env)
        server.until(lambda: server.parked() == {"alternatives", "risks"})
        child.send_signal(signal.SIGKILL)
        child.wait()
        kept = load(path)
        assert sum(map(len, kept.answers.values())) == 3
        server.hold()
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        before = server.counts()
        with cassettes.opened(path, replay=False):
            sd.draft(prd, model="openai/test", keep=False)
        again = server.counts() - before
    assert {"questions", "problem", "solution"} & set(again) == set()
