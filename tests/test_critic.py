"""The critic with a model: through the wire, its faults, what it costs, and what people decided before."""

# ruff: noqa: E501 - the tables read better in long lines

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import specdraft as sd
from specdraft import spec as words
from specdraft.lenses import called_for
from specdraft.models.base import Ask, Reply
from specdraft.outline import OUTLINE
from tests import wire
from tests.cases import ROOT
from tests.test_cli import done, refused, run
from tests.wire import ChatServer, Fault, Script

PRD = """# Vendor sync

A nightly job reads the feed of the vendors.

## Goals

- The vendor list is at most one night old.
- Support sees why a vendor is gone.

## Requirements

Vendors that are no longer listed are removed.

- The feed is a file of up to 40,000 lines.
"""
ALWAYS = {lens.name for lens in called_for(sd.Spec(), [])}
SPEC = sd.load_spec(ROOT / "evals" / "clean" / "order-export.md")


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPECDRAFT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-4f9d1c7b2e8a6053")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


@pytest.fixture
def prd(tmp_path: Path) -> Path:
    path = tmp_path / "vendors.md"
    path.write_text(PRD, encoding="utf-8")
    return path


def draft(prd: Path, script: Script, monkeypatch: pytest.MonkeyPatch, **options: Any) -> tuple[sd.Spec, ChatServer]:
    with ChatServer(script) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        return sd.draft(prd, model="openai/test", **options), server


def finding(passage: str, quote: str, **more: Any) -> dict[str, Any]:
    return {
        "title": "An empty feed removes every vendor",
        "kind": "risk",
        "mechanism": "An empty feed makes the nightly job remove all vendors.",
        "citations": [{"passage": passage, "quote": quote}],
        "suggestion": "Refuse runs that would remove more than 5 % of the vendors",
        "lands_in": "step",
    } | more


GOOD = finding("P8", "Vendors that are no longer listed are removed")
FOUND = Fault(section=lambda _: {"findings": [GOOD]})
NOTHING = Fault(section=lambda _: {"findings": []})


def lens_of(call: wire.Call) -> str:
    said = call.body["messages"][1]["content"]
    return str(said.partition("Lens: ")[2].partition(".")[0])


def lenses_in(server: ChatServer) -> set[str]:
    return {lens_of(call) for call in server.calls if call.section == "findings"}


def only(lens: str, fault: Fault) -> Script:
    """That lens answers so, the others find nothing."""
    return lambda call: (fault if lens_of(call) == lens else NOTHING) if call.section == "findings" else None


def test_an_accepted_risk_is_in_the_draft_with_what_meets_it(prd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, server = draft(prd, only("pre-mortem", FOUND), monkeypatch)
    assert server.counts()["findings"] == len(lenses_in(server))
    assert lenses_in(server) >= ALWAYS
    assert server.counts()["rulings"] == 1
    (found,) = spec.critique.findings
    assert (found.id, found.lens, found.status) == ("F1", "pre-mortem", "accepted")
    risk = spec.risks.items[-1]
    assert (risk.title, risk.raised_by) == ("An empty feed removes every vendor", "critic:pre-mortem")
    assert risk.mitigation.startswith("Proposed: "), "the source does not say it"
    assert spec.rollout.steps[-1].mitigates == [risk.id]
    assert found.resolution == f"→ {risk.id}, {spec.rollout.steps[-1].id}."
    assert {each.finding for each in spec.critique.revisions} == {"F1"}
    assert spec.link_faults() == []
    assert sd.Spec.from_markdown(spec.to_markdown()) == spec


def test_a_draft_without_a_critique_asks_no_lens(prd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, server = draft(prd, {}, monkeypatch, critique=False)
    assert set(server.counts()) == {plan.name for plan in OUTLINE}
    assert spec.critique == words.Critique()


def test_lenses_are_picked_by_hand_a_teams_own_too(prd: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "vendors-lens.md"
    own.write_text("# Vendors\n\nWho loses a vendor?\n\n## Asks\n\n- Which vendor is lost?\n", encoding="utf-8")
    _, server = draft(prd, {}, monkeypatch, lens=["security", str(own)])
    assert lenses_in(server) == {"security", "vendors"}
    assert any("Which vendor is lost?" in call.body["messages"][1]["content"] for call in server.calls)


def test_every_ask_of_a_critique_begins_with_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        sd.critique(SPEC, ROOT / "examples" / "csv-export.md", model="openai/test")
    systems = {call.body["messages"][0]["content"] for call in server.calls}
    assert len(systems) == 1
    (system,) = systems
    assert "[S3] " in system and "[P6] " in system and "rollout.release:" in system
    assert len({str(call.body["tools"]) for call in server.calls}) == 1


def test_nothing_found_is_no_reason_to_ask_the_referee(monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer({"findings": [NOTHING] * 20}) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert sd.critique(SPEC, model="openai/test").findings == []
    assert set(server.counts()) == {"findings"}


def test_what_is_not_there_is_asked_again_and_then_dropped(prd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_up = Fault(
        section=lambda _: {"findings": [GOOD, finding("P8", "Vendors are deleted for ever", title="Gone is gone")]}
    )
    spec, server = draft(prd, only("pre-mortem", made_up), monkeypatch)
    asked = [call for call in server.calls if call.section == "findings"]
    again = [call for call in asked if "does not stand in P8" in str(call.body["messages"])]
    assert len(asked) == len(lenses_in(server)) + 2
    assert len(again) == 2
    assert [each.title for each in spec.critique.findings] == ["An empty feed removes every vendor"]


def test_a_lens_without_an_answer_costs_that_lens(prd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script: Script = lambda call: (  # noqa: E731
        (wire.REFUSAL if lens_of(call) == "people" else FOUND) if call.section == "findings" else None
    )
    spec, _ = draft(prd, script, monkeypatch)
    assert [(each.section, "refused" in each.reason) for each in spec.critique.failures] == [("critic:people", True)]
    assert spec.critique.findings, "the others were heard"
    assert spec.meta.failures == []
    assert sd.Spec.from_markdown(spec.to_markdown()) == spec


def test_without_a_referee_all_findings_stay_open(prd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script: Script = lambda call: (  # noqa: E731
        wire.REFUSAL if call.section == "rulings" else only("pre-mortem", FOUND)(call)
    )
    spec, _ = draft(prd, script, monkeypatch)
    assert [each.status for each in spec.critique.findings] == ["open"]
    assert [each.section for each in spec.critique.failures] == ["critic:referee"]


def rulings(*rows: tuple[str, str, str | None]) -> Fault:
    told = [{"finding": name, "verdict": verdict, "into": into} for name, verdict, into in rows]
    return Fault(section=lambda _: {"rulings": told})


TWO = Fault(
    section=lambda _: {
        "findings": [
            GOOD,
            finding("P7", "The feed is a file of up to 40,000 lines", title="Large feeds outlast the night",
                    mechanism="40,000 lines take longer than the night, so the vendor list is older than it may be."),
        ]
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([("F1", "keep", None), ("F2", "drop", None)], [("F1", "open")]),
        ([("F1", "accept", None), ("F2", "merge", "F1")], [("F1", "accepted")]),
        ([("F1", "drop", None), ("F2", "drop", None)], []),
    ],
)
def test_the_referee_is_obeyed(
    prd: Path, monkeypatch: pytest.MonkeyPatch, rows: list[Any], kept: list[tuple[str, str]]
) -> None:
    two = Fault(section=lambda a: TWO.section(a) if TWO.section else a)
    script: Script = lambda call: rulings(*rows) if call.section == "rulings" else only("pre-mortem", two)(call)  # noqa: E731
    spec, _ = draft(prd, script, monkeypatch)
    assert [(each.id, each.status) for each in spec.critique.findings] == kept
    assert len(spec.critique.set_aside) == [verdict for _, verdict, _ in rows].count("drop")


def test_what_the_referee_sets_aside_is_kept_folded_away_with_the_reason(
    prd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [
        {"finding": "F1", "verdict": "keep"},
        {"finding": "F2", "verdict": "drop", "reason": "S2 answers it, see F1 and F9."},
    ]
    ruled = Fault(section=lambda _: {"rulings": told})
    script: Script = lambda call: ruled if call.section == "rulings" else only("pre-mortem", TWO)(call)  # noqa: E731
    spec, _ = draft(prd, script, monkeypatch)
    aside = spec.critique.set_aside[0]
    assert (aside.title, aside.lens) == ("Large feeds outlast the night", "pre-mortem")
    assert aside.reason == f"S2 answers it, see “{spec.critique.findings[0].title}” and F9."
    text = spec.to_markdown()
    assert "<summary>1 finding</summary>" in text.partition("## What the referee set aside")[2]
    assert sd.Spec.from_markdown(text) == spec
    assert "1 set aside by the referee" in spec.critique._repr_html_()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("F1", "keep", None)], "there is no ruling on F2"),
        ([("F1", "keep", None), ("F2", "keep", None), ("F9", "drop", None)], "there is no finding F9"),
        ([("F1", "drop", None), ("F2", "merge", "F1")], "F2 is merged into F1, which does not stay"),
    ],
)
def test_a_referee_who_misses_something_is_asked_again(
    prd: Path, monkeypatch: pytest.MonkeyPatch, rows: list[Any], said: str
) -> None:
    script: Script = lambda call: (  # noqa: E731
        rulings(*rows) if call.section == "rulings" and call.attempt == 1 else only("pre-mortem", TWO)(call)
    )
    _, server = draft(prd, script, monkeypatch)
    asked = [str(call.body["messages"]) for call in server.calls if call.section == "rulings"]
    assert len(asked) == 2
    assert said in asked[1]


def test_an_accepted_contradiction_has_its_section_drafted_again(prd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clash = finding("P5", "The vendor list is at most one night old", kind="contradiction", targets=["V1"],
                    title="V1 measures another thing than the vendor list", evidence=[{"text": "Support sees why", "at": "G2"}],
                    suggestion="V1 must measure the age of the vendor list")  # fmt: skip
    again = Fault(section=lambda answer: answer | {"test_plan": ""})
    script: Script = lambda call: (  # noqa: E731
        again
        if call.section == "success"
        else only("measurement", Fault(section=lambda _: {"findings": [clash]}))(call)
    )
    spec, server = draft(prd, script, monkeypatch)
    assert server.counts()["success"] == 2
    remade = [call for call in server.calls if call.section == "success"][1].body["messages"][1]["content"]
    assert "V1 measures another thing than the vendor list" in remade
    assert "V1 must measure the age of the vendor list" in remade
    assert spec.critique.findings[0].kind == "contradiction"


def test_a_second_run_pays_for_nothing(prd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer(only("pre-mortem", FOUND)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        first = sd.draft(prd, model="openai/test")
        calls = len(server.calls)
        assert sd.draft(prd, model="openai/test") == first
        assert len(server.calls) == calls
        critique = sd.critique(first, prd, model="openai/test")
        paid = len(server.calls)
        assert sd.critique(first, prd, model="openai/test") == critique
        assert len(server.calls) == paid


def test_what_people_decided_is_shown_and_not_raised_anew(prd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, _ = draft(prd, {}, monkeypatch, critique=False)
    with ChatServer(only("pre-mortem", FOUND)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        critique = sd.critique(spec, prd, model="openai/test")
        text = sd.revise(spec, critique).to_markdown()
        assert [each.status for each in critique.findings] == ["accepted"]
        rejected = sd.Spec.from_markdown(
            sd.revise(spec, _open(critique)).to_markdown().replace("Status: open", "Status: rejected")
        )
        after = sd.critique(rejected, prd, model="openai/test")
    assert "Status: accepted" in text
    assert [(each.id, each.status) for each in after.findings] == [("F1", "rejected")]
    shown = [call.body["messages"][1]["content"] for call in server.calls if call.section == "findings"][-1]
    assert "Decided already by people" in shown
    assert "An empty feed removes every vendor (rejected)" in shown


def _open(critique: words.Critique) -> words.Critique:
    found = [each.model_copy(update={"status": "open"}) for each in critique.findings]
    return words.Critique(findings=found)


def test_a_critique_that_nobody_answers_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer(lambda _: wire.QUOTA) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        with pytest.raises(sd.ModelError, match="has no quota left"):
            sd.critique(SPEC, model="openai/test")
    assert len(server.calls) == 1


def test_a_model_that_is_gone_on_the_way_leaves_what_it_said(prd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script: Script = lambda call: wire.QUOTA if call.section == "rulings" else only("pre-mortem", FOUND)(call)  # noqa: E731
    spec, _ = draft(prd, script, monkeypatch)
    assert [each.title for each in spec.critique.findings] == ["An empty feed removes every vendor"]
    assert {each.section for each in spec.meta.failures} == {"headline"}


def test_no_lens_is_asked_once_the_model_cannot_be_used(prd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script: Script = lambda call: wire.QUOTA if call.section == "success" else None  # noqa: E731
    spec, server = draft(prd, script, monkeypatch)
    assert "findings" not in server.counts()
    assert {each.section for each in spec.meta.failures} == {"success", "agreement", "headline"}


def test_secrets_in_a_spec_are_told_before_it_is_sent_and_can_be_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    key = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    spec = SPEC.model_copy(deep=True)
    spec.solution.overview.append(words.Statement(text=f"The job signs in with {key}."))
    told: list[str] = []
    with ChatServer() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        sd.critique(spec, model="openai/test", progress=lambda each: told.append(each.detail))
        assert any("looks like" in each for each in told)
        assert any(key in str(call.body) for call in server.calls)
        sent = len(server.calls)
        sd.critique(spec, model="openai/test", redact=True)
        assert not any(key in str(call.body) for call in server.calls[sent:])


class Silent:
    """A model of one's own that finds nothing."""

    name = "test/silent"

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    async def ask(self, ask: Ask) -> Reply:
        self.asked[ask.plan.name] += 1
        return Reply(ask.plan.model())


def test_a_model_of_ones_own_is_asked_lens_by_lens() -> None:
    model = Silent()
    critique = asyncio.run(sd.critique_async(SPEC, model=model, lens=["load", "data"]))
    assert critique == words.Critique()
    assert model.asked == {"critic:load": 1, "critic:data": 1}


def test_on_the_command_line_a_table_with_places(tmp_path: Path) -> None:
    spec = tmp_path / "spec.md"
    broken = SPEC.model_copy(deep=True)
    broken.rollout.migration.rollback = []
    broken.rollout.migration.required = "yes"
    spec.write_text(broken.to_markdown(), encoding="utf-8")
    out, said = done("critique", spec)
    assert out.startswith("S2 outage or broken contract\n  F1 The migration has no way back (L3, rollout, gap)")
    assert "rollout.migration.rollback: nothing on roll back" in out
    assert said == []


def test_a_person_accepts_in_the_file_and_runs_it_again(tmp_path: Path) -> None:
    spec, after = tmp_path / "spec.md", tmp_path / "after.md"
    broken = SPEC.model_copy(deep=True)
    broken.rollout.migration.rollback = []
    broken.rollout.migration.required = "yes"
    spec.write_text(broken.to_markdown(), encoding="utf-8")
    _, said = done("critique", spec, "-o", spec)
    assert said == [f"1 findings, 0 changes to the spec -> {spec}"]
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace("Status: open", "Status: accepted"), encoding="utf-8")
    _, said = done("critique", spec, "-o", after)
    assert said == [f"1 findings, 1 changes to the spec -> {after}"]
    found = sd.load_spec(after)
    assert found.critique.findings[0].resolution.startswith("→ S")
    assert found.rollout.steps[-1].text == found.critique.findings[0].suggestion


def test_the_lenses_are_listed() -> None:
    out, _ = done("outline", "--lenses")
    assert len(out.splitlines()) == 13
    assert "people         Who has to use, learn, support, run and maintain it for years?  [always]" in out


def test_what_the_critique_changed_is_shown(prd: Path) -> None:
    with ChatServer(only("pre-mortem", FOUND)) as server:
        ran = run(
            "draft", prd, "--model", "openai/test", "--show-revision", OPENAI_BASE_URL=server.url, OPENAI_API_KEY="x"
        )
    lines = ran.stderr.decode().splitlines()
    assert any(line.startswith("+ R3 (F1): An empty feed removes every vendor") for line in lines)


def test_a_spec_that_is_none_and_a_lens_that_is_none_are_told(tmp_path: Path) -> None:
    assert "cannot read the spec" in refused(2, "critique", tmp_path / "none.md")
    spec = tmp_path / "spec.md"
    spec.write_text(SPEC.to_markdown(), encoding="utf-8")
    assert refused(2, "critique", spec, "--lens", "secuity") == "there is no lens 'secuity'"


def test_in_a_notebook_a_critique_is_a_table() -> None:
    broken = SPEC.model_copy(deep=True)
    broken.alternatives.options[0].name = "<script>alert(1)</script>"
    broken.alternatives.options[0].scores, broken.alternatives.options[1].scores = (
        broken.alternatives.options[1].scores,
        broken.alternatives.options[0].scores,
    )
    page = sd.critique(broken)._repr_html_()
    assert page.startswith("<table") and "S3 L4" in page and "should have been chosen" in page
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "Nothing found." in words.Critique()._repr_html_()
