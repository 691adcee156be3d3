"""What becomes of a draft when the server, the network or the model fails: against a server on loopback."""

from __future__ import annotations

import logging
import subprocess
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tenacity import wait_none

import specdraft as sd
from specdraft import OUTLINE, ModelError, Source, Spec
from specdraft.errors import AnswerError
from specdraft.grounding import unfounded
from tests import wire
from tests.cases import cited
from tests.test_cli import refused, run
from tests.wire import ChatServer, Fault, Script

KEY = "sk-test-4f9d1c7b2e8a6053"
PRD = """# Gift cards

People phone the shop to ask for a gift card, about 40 times a week.

## Goals

- The shop's own page sells gift cards of 10 to 100 €.
- Everybody can see "what is left" without a phone call.

## Requirements

A code has 16 letters and is valid for three years.

A card that was spent in part keeps what is left.

- Whoever finds a code can spend it before its owner does.
- The till is offline on two days a year.
"""
NAMES = [plan.name for plan in OUTLINE]
draft = partial(sd.draft, critique=False)
"""The critic's own faults are in `test_critic.py`."""
Drafting = Callable[..., tuple[Spec, ChatServer]]


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPECDRAFT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Spec:
    """The draft of a run in which nothing fails."""
    home = tmp_path_factory.mktemp("undisturbed")
    (home / "gift-cards.md").write_text(PRD, encoding="utf-8")
    with ChatServer() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPECDRAFT_CACHE_DIR", str(home / "cache"))
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        patch.setenv("OPENAI_API_KEY", KEY)
        patch.setenv("OPENAI_BASE_URL", server.url)
        return draft(home / "gift-cards.md", model="openai/test")


@pytest.fixture
def prd(tmp_path: Path) -> Path:
    path = tmp_path / "gift-cards.md"
    path.write_text(PRD, encoding="utf-8")
    return path


@pytest.fixture
def drafting(prd: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Drafting:
    """Draft against a server with these faults. The key is nowhere, and every quote in the source, whatever happens."""
    caplog.set_level(logging.INFO)

    def run(faults: Script, **options: Any) -> tuple[Spec, ChatServer]:
        with ChatServer(faults) as server:
            monkeypatch.setenv("OPENAI_BASE_URL", server.url)
            try:
                spec = draft(prd, model="openai/test", **options)
            finally:
                assert KEY not in caplog.text
                assert not [path for path in (tmp_path / "cache").rglob("*.json") if KEY in path.read_text("utf-8")]
        assert KEY not in spec.model_dump_json()
        assert not unfounded(spec, Source.from_path(prd))
        assert not spec.link_faults()
        return spec, server

    return run


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause before another attempt, where the server does not ask for one."""
    monkeypatch.setattr("specdraft.models.instructor_.wire._BACKOFF", wait_none())


def failures(spec: Spec) -> dict[str, str]:
    return {failure.section: failure.reason for failure in spec.meta.failures}


def told(spec: Spec, section: str, *words: str) -> bool:
    """Is there a notice on the section that says so?"""
    return any(note.startswith(f"{section}: ") and all(each in note for each in words) for note in spec.meta.notices)


TRANSIENT = {
    "429 with a wait": wire.BUSY,
    "429 with a wait of a part of a second": wire.error(429, retry_after="0.05"),
    "429 with a wait in milliseconds": wire.error(429, retry_after_ms="5"),
    "429 with a date": wire.busy_until_now(),
    "429 with a wait that is no number": wire.error(429, retry_after="nan"),
    "429 with a wait below zero": wire.error(429, retry_after="-5"),
    "429 with nonsense": wire.error(429, retry_after="soon"),
    "429 without a wait": wire.error(429),
    "408": wire.error(408, retry_after="0"),
    "409": wire.error(409, retry_after="0"),
    "500": wire.BROKEN,
    "502 as HTML": Fault(502, {"Content-Type": "text/html", "Retry-After": "0"}, "<h1>Bad gateway</h1>"),
    "503": wire.UNAVAILABLE,
    "reset before any byte": wire.RESET,
    "reset in the middle of the body": wire.CUT,
    "truncated JSON": wire.BROKEN_JSON,
}
LASTING = {
    "429": (wire.BUSY, "127.0.0.1:{port} limits the rate of requests (429): slow down"),
    "500": (wire.BROKEN, "127.0.0.1:{port} failed (500): oops"),
    "500 that repeats the key": (wire.error(500, f"no worker for {KEY}", retry_after="0"), "no worker for [key]"),
    "503": (wire.UNAVAILABLE, "127.0.0.1:{port} failed (503): overloaded"),
    "reset before any byte": (wire.RESET, "the connection to 127.0.0.1:{port} broke"),
    "reset in the middle of the body": (wire.CUT, "the connection to 127.0.0.1:{port} broke"),
    "an empty body": (Fault(body=""), "127.0.0.1:{port} answered with something that is not JSON"),
    "truncated JSON": (wire.BROKEN_JSON, "127.0.0.1:{port} answered with something that is not JSON"),
}
REFUSED = {
    "no quota": (
        wire.QUOTA,
        "has no quota left (429): You exceeded your current quota",
        "Check the account's billing.",
    ),
    "wrong key": (
        wire.error(401, f"Incorrect API key provided: {KEY}"),
        "did not accept the key (401)",
        "Check the key",
    ),
    "no access": (
        wire.error(403, f"{KEY} may not"),
        "refused access (403): [key] may not",
        "Check what the key may use",
    ),
    "no such model": (wire.error(404, "no such model"), "no such model or no such address (404)", "ends in /v1"),
    "not accepted": (wire.error(400, "tools?"), "did not accept the request (400): tools?", "--mode json_schema"),
    "window": (wire.TOO_LONG, "does not fit into the model's window (400)", "Use a larger one, or pass less."),
}


def _with_choice(**fields: Any) -> Fault:
    return Fault(completion=lambda completion: completion["choices"][0].update(fields))


USELESS = {
    "refusal": (wire.REFUSAL, "the model refused: I cannot help with that."),
    "content filter": (wire.FILTERED, "the provider's content filter stopped the answer"),
    "length": (wire.LENGTH, "the answer was cut off at the model's output limit"),
    "empty choices": (wire.NO_CHOICES, "the model answered with nothing"),
    "no choices": (Fault(completion=lambda completion: completion.update(choices=None)), "answered with nothing"),
    "no message": (_with_choice(message=None), "the model answered with nothing"),
    "another body": (Fault(body="{}"), "the model answered with nothing"),
    "empty content": (wire.EMPTY, "the model answered with nothing"),
    "5 MB": (wire.HUGE, "a section has at most 1,000,000"),
}
MISFITS = {
    "prose": wire.PROSE,
    "half of the JSON": wire.HALF_ARGUMENTS,
    "a hundred thousand brackets": Fault(section=lambda _: "[" * 100_000),
    "not a number": Fault(section=lambda _: '{"goals": NaN}'),
    "half of a character": Fault(section=lambda _: '{"statements": [{"text": "\\ud800"}]}'),
    "a list": Fault(section=lambda _: "[1, 2]"),
    "wrong types": Fault(section=lambda answer: answer | {"goals": "many", "statements": 7}),
    "missing fields": Fault(section=lambda answer: answer | {"goals": [{"citations": []}]}),
    "unknown fields": Fault(section=lambda answer: answer | {"confidence": 0.9}),
    "no passage": wire.quoting(lambda citation: citation.pop("passage")),
}
MODES = pytest.mark.parametrize("mode", ["tools", "json_schema"])


def each(table: dict[str, Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", table.values(), ids=table.keys())


@MODES
def test_a_whole_draft_takes_a_call_a_section(drafting: Drafting, mode: str) -> None:
    spec, server = drafting({}, mode=mode)
    assert [call.section for call in server.calls if call.section not in ("alternatives", "risks")] == [
        name for name in NAMES if name not in ("alternatives", "risks")
    ]
    assert server.counts() == server.answered() == dict.fromkeys(NAMES, 1)
    assert (spec.meta.failures, spec.meta.notices, spec.meta.usage.calls) == ([], [], 9)
    assert 0 < spec.meta.usage.cached_tokens < spec.meta.usage.input_tokens
    assert (len(spec.problem.goals), len(spec.risks.items), spec.title) == (2, 2, "Gift cards")


@each(TRANSIENT)
def test_what_passes_is_tried_again_and_leaves_no_trace(drafting: Drafting, undisturbed: Spec, case: Fault) -> None:
    heard: list[Any] = []
    spec, server = drafting({"problem": [case]}, progress=heard.append)
    assert server.counts() == dict.fromkeys(NAMES, 1) | {"problem": 2}
    assert [event.section for event in heard if event.state == "retried"] == ["problem"]
    assert spec == undisturbed


def test_an_answer_that_does_not_come_in_time_is_asked_for_again(drafting: Drafting) -> None:
    spec, server = drafting({"problem": [wire.HANG]}, timeout=1.0)
    assert server.counts() == dict.fromkeys(NAMES, 1) | {"problem": 2}
    assert server.calls[1].gone
    assert not spec.meta.failures


@pytest.mark.usefixtures("_hasty")
def test_a_section_that_never_comes_in_time_is_given_up(drafting: Drafting) -> None:
    spec, server = drafting({"success": [wire.HANG] * 5}, timeout=0.5)
    assert failures(spec)["success"].endswith("did not answer in time")
    assert server.counts()["success"] == 5


@pytest.mark.usefixtures("_hasty")
@each(LASTING)
def test_what_lasts_costs_one_section_and_the_others_are_there(drafting: Drafting, case: tuple[Fault, str]) -> None:
    fault, said = case
    spec, server = drafting({"problem": [fault] * 9})
    assert list(failures(spec)) == ["problem"]
    assert said.format(port=server.url.rsplit(":", 1)[1].removesuffix("/v1")) in failures(spec)["problem"]
    assert server.counts() == dict.fromkeys(NAMES, 1) | {"problem": 5}
    assert not spec.problem.goals
    assert spec.solution.overview and spec.risks.items and spec.success.validation and spec.summary


@pytest.mark.parametrize("wait", ["3600", "inf"])
def test_a_wait_that_is_too_long_is_not_waited_for(drafting: Drafting, wait: str) -> None:
    spec, server = drafting({"problem": [wire.error(429, "slow down", retry_after=wait)]}, timeout=60.0)
    assert list(failures(spec)) == ["problem"]
    assert server.counts() == dict.fromkeys(NAMES, 1)


UNUSUAL = {
    "no usage": Fault(completion=lambda completion: completion.update(usage=None)),
    "usage that is none": Fault(completion=lambda completion: completion.update(usage={"prompt_tokens": "many"})),
    "no reason to end": _with_choice(finish_reason=None),
}


@each(UNUSUAL)
def test_an_answer_with_less_around_it_is_taken(drafting: Drafting, case: Fault) -> None:
    spec, server = drafting(lambda _: case)
    assert server.counts() == dict.fromkeys(NAMES, 1)
    assert not spec.meta.failures
    assert spec.meta.usage.calls == 9
    assert spec.meta.usage.input_tokens > 0
    assert spec.meta.usage.output_tokens > 0


def test_an_answer_whose_usage_is_below_zero_is_taken(drafting: Drafting) -> None:
    negative = Fault(completion=lambda completion: completion["usage"].update(completion_tokens=-5))
    assert not drafting({"problem": [negative]})[0].meta.failures


def test_a_page_of_html_is_no_answer_and_asking_again_would_not_help(drafting: Drafting) -> None:
    spec, server = drafting({"problem": [wire.HTML]})
    assert list(failures(spec)) == ["problem"]
    assert failures(spec)["problem"].endswith("answered with something that is not JSON")
    assert server.counts() == dict.fromkeys(NAMES, 1)
    with pytest.raises(ModelError, match=r"nothing could be drafted: .* answered with something that is not JSON"):
        drafting(lambda _: wire.HTML, resume=False)


@each(REFUSED)
def test_a_refusal_at_the_first_call_is_said_once(drafting: Drafting, case: tuple[Fault, str, str]) -> None:
    fault, said, hint = case
    calls: list[str] = []

    def faults(call: wire.Call) -> Fault:
        calls.append(call.section)
        return fault

    with pytest.raises(ModelError) as caught:
        drafting(faults)
    assert said in str(caught.value)
    assert KEY not in f"{caught.value} {caught.value.hint}"
    assert hint in caught.value.hint
    assert not isinstance(caught.value, AnswerError)
    assert not caught.value.retryable
    assert calls == ["questions"]


CUT_SHORT = wire.error(401, f"{'Your plan does not cover this. ' * 9}Contact us: {KEY} is not known here.")


def test_a_key_at_the_end_of_a_long_message_is_not_shown_in_part(drafting: Drafting) -> None:
    with pytest.raises(ModelError) as caught:
        drafting(lambda _: CUT_SHORT)
    assert KEY[:6] not in str(caught.value)


def test_a_password_in_the_base_url_is_not_shown(prd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer(lambda _: wire.error(404)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url.replace("//", "//gateway:swordfish@"))
        with pytest.raises(ModelError) as caught:
            draft(prd, model="openai/test")
    assert "127.0.0.1:" in str(caught.value)
    assert "swordfish" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
def test_a_traceback_does_not_show_the_key(drafting: Drafting, status: int) -> None:
    with pytest.raises(ModelError) as caught:
        drafting(lambda _: wire.error(status, f"{KEY} may not do that"))
    assert KEY not in "".join(traceback.format_exception(caught.value))


@each(REFUSED)
def test_a_refusal_on_the_way_leaves_what_was_drafted(drafting: Drafting, case: tuple[Fault, str, str]) -> None:
    fault, said, _ = case
    spec, server = drafting({"solution": [fault]})
    assert server.counts() == {"questions": 1, "problem": 1, "solution": 1}
    assert list(failures(spec)) == NAMES[2:]
    assert all(said in reason for reason in failures(spec).values())
    assert spec.problem.goals and spec.open_questions


@MODES
@each(USELESS)
def test_an_answer_of_no_use_is_named_and_not_asked_again(
    drafting: Drafting, case: tuple[Fault, str], mode: str
) -> None:
    fault, said = case
    spec, server = drafting({"problem": [fault]}, mode=mode)
    assert list(failures(spec)) == ["problem"]
    assert said in failures(spec)["problem"]
    assert server.counts() == dict.fromkeys(NAMES, 1)
    assert spec.meta.usage.calls == 9
    assert spec.solution.overview and spec.success.validation


@each(MISFITS)
def test_an_answer_of_the_wrong_shape_is_asked_again(drafting: Drafting, case: Fault) -> None:
    heard: list[Any] = []
    spec, server = drafting({"problem": [case, case]}, progress=heard.append)
    assert server.counts() == dict.fromkeys(NAMES, 1) | {"problem": 3}
    assert [event.section for event in heard if event.state == "reasked"] == ["problem"] * 2
    assert (spec.meta.failures, spec.meta.usage.calls) == ([], 11)
    assert len(spec.problem.goals) == 2


@each(MISFITS)
def test_an_answer_that_keeps_the_wrong_shape_costs_one_section(drafting: Drafting, case: Fault) -> None:
    spec, server = drafting({"problem": [case] * 9}, mode="json_schema")
    assert list(failures(spec)) == ["problem"]
    assert failures(spec)["problem"].startswith("no answer had the section's shape")
    assert server.counts() == dict.fromkeys(NAMES, 1) | {"problem": 3}
    assert spec.solution.overview and spec.success.validation


INVENTED = wire.quoting(lambda citation: citation.update(quote="A card never expires, says the board."))
CHANGED = wire.quoting(lambda citation: citation.update(quote=citation["quote"].replace("is", "was", 1) + " ..."))
HARMLESS = {
    "curly quotation marks": lambda quote: quote.replace('"', "”").replace("'", "’"),
    "other white space": lambda quote: quote.replace(" ", "\u00a0 \n"),
    "decomposed letters": lambda quote: quote.replace("€", "\u200b€"),
}


@pytest.mark.parametrize("fault", [INVENTED, CHANGED], ids=["invented", "corrected"])
def test_a_quote_that_is_not_there_is_asked_again_with_the_nearest_passages(drafting: Drafting, fault: Fault) -> None:
    spec, server = drafting({"problem": [fault]})
    assert server.counts() == dict.fromkeys(NAMES, 1) | {"problem": 2}
    again = str(server.calls[2].body["messages"][2:])
    assert "does not stand in P2" in again
    assert "Nearest: [P" in again
    assert all(goal.citations for goal in spec.problem.goals)
    assert not spec.meta.notices


def test_a_quote_that_is_never_there_is_taken_out_and_its_statement_is_an_assumption(drafting: Drafting) -> None:
    spec, server = drafting({"problem": [INVENTED] * 9})
    assert server.counts() == dict.fromkeys(NAMES, 1) | {"problem": 3}
    assert len(spec.problem.goals) == 2
    assert all(goal.is_assumption for goal in spec.problem.goals)
    assert told(spec, "problem", "3 citations")
    assert not spec.meta.failures


def test_no_invented_quote_is_in_a_draft_whatever_the_model_does(drafting: Drafting) -> None:
    spec, server = drafting(lambda _: INVENTED)
    assert all(count <= 3 for count in server.counts().values())
    assert [part for part in cited(spec) if "board" in part.quote] == []
    assert "says the board" not in spec.to_markdown()
    assert not spec.meta.failures
    assert spec.unplaced


@pytest.mark.parametrize("typed", HARMLESS.values(), ids=HARMLESS.keys())
def test_a_quote_that_differs_as_a_typist_would_is_taken_as_the_source_has_it(
    drafting: Drafting, typed: Callable[[str], str]
) -> None:
    spec, server = drafting(lambda _: wire.quoting(lambda citation: citation.update(quote=typed(citation["quote"]))))
    assert server.counts() == dict.fromkeys(NAMES, 1)
    assert [goal.citations[0].quote for goal in spec.problem.goals] == [
        "The shop's own page sells gift cards of 10 to 100 €.",
        'Everybody can see "what is left" without a phone call.',
    ]
    assert not spec.meta.notices


WRONG_PASSAGES = pytest.mark.parametrize("passage", ["P1", "P999", "C1.1"])


@WRONG_PASSAGES
def test_a_right_quote_with_a_wrong_passage_gets_the_right_one(drafting: Drafting, passage: str) -> None:
    spec, _ = drafting({"problem": [wire.quoting(lambda citation: citation.update(passage=passage))] * 9})
    assert [goal.citations[0].passage for goal in spec.problem.goals] == ["P4", "P5"]
    assert not spec.meta.notices


@WRONG_PASSAGES
def test_a_right_quote_with_a_wrong_passage_costs_no_further_call(drafting: Drafting, passage: str) -> None:
    _, server = drafting({"problem": [wire.quoting(lambda citation: citation.update(passage=passage))]})
    assert server.counts() == dict.fromkeys(NAMES, 1)


LINKED = {
    "goals": ("success", wire.with_items(criteria=[{"text": "More are sold", "goals": ["G7"]}])),
    "risks": ("rollout", wire.with_items(steps=[{"text": "Tell the tills", "mitigates": ["R9"]}])),
    "criteria": (
        "alternatives",
        Fault(section=lambda answer: answer | {"criteria": answer["criteria"][:1]}),
    ),
}


@each(LINKED)
def test_an_id_that_does_not_exist_is_asked_again(drafting: Drafting, case: tuple[str, Fault]) -> None:
    section, fault = case
    spec, server = drafting({section: [fault]})
    assert server.counts() == dict.fromkeys(NAMES, 1) | {section: 2}
    assert not spec.meta.notices


@each(LINKED)
def test_an_id_that_never_exists_is_taken_out(drafting: Drafting, case: tuple[str, Fault]) -> None:
    section, fault = case
    spec, server = drafting({section: [fault] * 9})
    assert server.counts() == dict.fromkeys(NAMES, 1) | {section: 3}
    assert told(spec, section, "link", "taken out")
    assert not spec.meta.failures


def _exaggerated(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"goals": [{**goal, "text": goal["text"] + " By 7,500 people."} for goal in answer["goals"]]}


def test_a_number_that_no_quote_holds_is_asked_again_and_then_an_assumption(drafting: Drafting) -> None:
    fault = Fault(section=_exaggerated)
    assert drafting({"problem": [fault]})[0] == drafting({"problem": [fault]})[0]
    spec, server = drafting({"problem": [fault] * 9}, resume=False)
    assert server.counts()["problem"] == 3
    assert "7,500" in str(server.calls[2].body["messages"][2:])
    assert all(goal.is_assumption for goal in spec.problem.goals)
    assert told(spec, "problem", "2 items")


def _disagreeing(section: str) -> Fault:
    return wire.with_items(disagreements=[{"section": section, "what": "S1 says too little", "remedy": "Settle S1"}])


def test_a_section_that_cannot_be_mended_stays_as_it_was(drafting: Drafting) -> None:
    spec, server = drafting({"agreement": [_disagreeing("rollout")], "rollout": [Fault(), wire.REFUSAL]})
    assert server.counts() == dict.fromkeys(NAMES, 1) | {"rollout": 2}
    assert "Settle S1" in str(server.calls[-3].body["messages"]) + str(server.calls[-2].body["messages"])
    assert len(spec.rollout.steps) == 1
    assert not spec.meta.failures
    assert told(spec, "rollout", "the model refused")


def test_a_run_stops_at_its_budget_with_what_it_has(drafting: Drafting) -> None:
    spec, server = drafting({}, budget_tokens=16_000)
    asked = list(server.counts())
    assert 0 < len(asked) < 9
    assert list(failures(spec)) == [name for name in NAMES if name not in asked]
    assert all("the budget of 16,000 tokens is spent" in reason for reason in failures(spec).values())
    assert spec.meta.usage.input_tokens + spec.meta.usage.output_tokens <= 16_000


def test_a_command_without_a_key_says_which_to_set(prd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    assert refused(3, "draft", prd, "--no-critique", "--model", "openai/test") == "there is no key for openai/test"


def test_a_command_with_a_mode_that_does_not_exist_names_those_that_do(prd: Path) -> None:
    ran = run("draft", prd, "--no-critique", "--model", "openai/test", "--mode", "telepathy")
    assert (ran.returncode, ran.stdout) == (2, b"")
    *_, error, hint = ran.stderr.decode().splitlines()
    assert error == "error: there is no mode 'telepathy'"
    assert hint.startswith("  Modes: ")
    assert "json_schema" in hint


def failed(ran: subprocess.CompletedProcess[bytes], status: int) -> str:
    """The one message of a command that ended so, without a word on standard output and without the key."""
    said = ran.stderr.decode()
    assert (ran.returncode, ran.stdout) == (status, b""), said
    assert "Traceback" not in said
    assert KEY not in said
    assert [line.startswith("error: ") for line in said.splitlines()].count(True) == 1
    return said.partition("error: ")[2]


def test_a_command_to_a_server_that_is_not_there_says_so(prd: Path) -> None:
    with ChatServer() as server:
        url = server.url
    message = failed(run("draft", prd, "--no-critique", "--model", "openai/test", OPENAI_BASE_URL=url), 3)
    assert message.startswith(f"{url.removeprefix('http://').removesuffix('/v1')} cannot be reached")
    assert "Is it running, and is the base URL right?" in message


def against(prd: Path, faults: Script, *args: str) -> subprocess.CompletedProcess[bytes]:
    """The command, drafting by a server with these faults."""
    with ChatServer(faults) as server:
        return run("draft", prd, "--no-critique", "--model", "openai/test", *args, OPENAI_BASE_URL=server.url)


def test_a_command_whose_draft_is_partial_writes_it_and_says_what_is_missing(prd: Path) -> None:
    ran = against(prd, {"risks": [wire.REFUSAL], "rollout": [wire.BUSY]})
    said = ran.stderr.decode()
    assert "Traceback" not in said
    assert ran.returncode == 1
    assert failures(Spec.from_markdown(ran.stdout.decode())) == {"risks": "the model refused: I cannot help with that."}
    assert "not drafted: risks: the model refused: I cannot help with that." in said.splitlines()


def test_a_command_with_a_key_that_is_refused_does_not_repeat_it(prd: Path) -> None:
    message = failed(
        against(prd, lambda _: wire.error(401, f"Incorrect API key provided: {KEY}"), "--json-progress"), 3
    )
    assert "Incorrect API key provided: [key]" in message
