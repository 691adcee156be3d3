"""What would be sent, and what comes back of it: context, answers, masks, budgets, windows; through the public door."""

from __future__ import annotations

from pathlib import Path

import pytest

import specdraft as sd
from specdraft import questionnaire
from specdraft import spec as words
from specdraft.models.base import Ask, Prompt, Reply
from specdraft.progress import Progress
from specdraft.sending import estimate, prepared

PRD = """# Gift cards

Shops lose 12 sales a week without gift cards. Ask ann.smith@example.com or +1 (415) 555-0132.

## Goals

- Sell gift cards before December.
"""


class Echo:
    """A model that quotes the third passage, and keeps what it was sent."""

    name = "test/echo"

    def __init__(self) -> None:
        self.sent: dict[str, Prompt] = {}
        self.asked: list[str] = []

    async def ask(self, ask: Ask) -> Reply:
        ask.run.admit(1000)
        self.sent[ask.plan.name] = ask.prompt()
        self.asked.append(ask.plan.name)
        section = ask.plan.model()
        if isinstance(section, words.Questions):
            section.open_questions += [
                words.Question(question="Who may buy one?", blocks=["risks"]),
                words.Question(question="In which currency?", blocks=["solution", "success"]),
            ]
        if isinstance(section, words.Problem):
            for passage in [*ask.material.source.passages, *ask.material.answers]:
                quote = words.Citation(passage=passage.id, quote=passage.text)
                section.statements.append(words.Statement(text=passage.text, citations=[quote]))
        return Reply(section, words.Usage(calls=1, input_tokens=1000, output_tokens=100))


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPECDRAFT_CACHE_DIR", str(tmp_path / "cache"))


def source(text: str = PRD) -> sd.Source:
    return sd.Source.from_text(text, name="prd.md")


def test_what_is_masked_is_not_sent_and_comes_back() -> None:
    model = Echo()
    spec = sd.draft(source(), model=model, redact=True)
    sent = "".join(prompt.system + prompt.user for prompt in model.sent.values())
    assert "ann.smith" not in sent and "555-0132" not in sent
    assert "ann.smith@example.com" in spec.to_markdown() and "555-0132" in spec.to_markdown()
    assert "REDACTED" not in spec.to_markdown()
    assert any(notice.startswith("masked before sending: 1 e-mail address") for notice in spec.meta.notices)
    assert [each.quote for s in spec.problem.statements for each in s.citations] == [
        s.text for s in spec.problem.statements
    ]


def test_without_masking_a_live_secret_is_warned_of_before_anything_is_sent() -> None:
    events: list[Progress] = []
    model = Echo()
    key = "sk-" + "proj-9fK2mQ7xLw4TzR8vBn3Y" * 2
    spec = sd.draft(source(f"{PRD}\nThe key is {key}\n"), model=model, progress=events.append)
    noted = [event.detail for event in events if event.state == "noted"]
    assert any("line 9 of prd.md looks like" in note and "--redact" in note for note in noted)
    assert not any(key in note for note in [*noted, *spec.meta.notices])
    assert [event.state for event in events][:2] == ["noted", "noted"]


def test_the_estimate_comes_first() -> None:
    events: list[Progress] = []
    sd.draft(source(), model=Echo(), progress=events.append)
    assert events[0].detail.startswith("prd.md goes to test/echo: about 12 calls")
    known = estimate(prepared(source(), model="openai/gpt-5-mini").material, "openai/gpt-5-mini")
    assert known.cost_usd is not None and 0 < known.cost_usd < 0.1
    assert estimate(prepared(source()).material, "openai/of-my-own").cost_usd is None


def test_the_questions_alone_are_one_call() -> None:
    events: list[Progress] = []
    sd.ask(source(), model=Echo(), progress=events.append)
    assert "about 1 call, " in events[0].detail


def test_offline_nothing_is_told_or_kept(tmp_path: Path) -> None:
    events: list[Progress] = []
    sd.draft(source(), progress=events.append)
    assert {event.state for event in events} == {"drafted"}
    assert not (tmp_path / "cache").exists()


def test_asking_is_the_first_call_of_a_draft() -> None:
    model = Echo()
    questions = sd.ask(source(), model=model)
    assert [(q.id, q.question) for q in questions] == [("Q1", "Who may buy one?"), ("Q2", "In which currency?")]
    assert model.asked == ["questions"]


def test_answers_are_passages_and_their_questions_are_closed(tmp_path: Path) -> None:
    model = Echo()
    text = questionnaire.write(sd.ask(source(), model=model), "prd.md")
    path = tmp_path / "questions.md"
    path.write_text(text.replace("\n**Answer:**", "\n**Answer:** Everybody.", 1), encoding="utf-8")
    model = Echo()
    spec = sd.draft(source(), model=model, answers=path)
    assert "questions" not in model.asked
    assert [q.id for q in spec.open_questions] == ["Q1"], "Q2 blocks more, comes first in the file, and is answered"
    cited = spec.problem.statements[-1].citations[0]
    assert (cited.passage, cited.quote, cited.line) == (
        "A2",
        "Everybody.",
        text[: text.index("\n**Answer:**")].count("\n") + 2,
    )
    shown = {name for name, prompt in model.sent.items() if "[A2]" in prompt.user}
    assert all("[A2]" in prompt.system for name, prompt in model.sent.items() if name.startswith("critic:"))
    assert shown == {"solution", "success", "agreement"}


def test_offline_an_answer_goes_where_its_question_stands(tmp_path: Path) -> None:
    asked = sd.ask(source())
    text = questionnaire.write(asked, "prd.md")
    text = text.replace("**Answer:**\n", "**Answer:**\n\nAs decided.\n")
    path = tmp_path / "questions.md"
    path.write_text(text, encoding="utf-8")
    spec = sd.draft(source(), answers=path)
    assert not spec.open_questions
    assert [s.text for s in spec.rollout.migration.rollback] == ["As decided."]
    assert [s.text for s in spec.risks.answers.load.statements] == ["As decided."]
    assert sd.Spec.from_markdown(spec.to_markdown()) == spec


def test_context_is_shown_beside_the_source_and_listed(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "shop.md").write_text("# Shop\n\nThe shop sells vouchers on paper.", encoding="utf-8")
    (folder / "prd.md").write_text(PRD, encoding="utf-8")
    model = Echo()
    spec = sd.draft(folder / "prd.md", model=model, context=[folder])
    assert "[C2.2] The shop sells vouchers on paper." in model.sent["problem"].system
    assert [ref.name for ref in spec.meta.sources] == ["prd.md", "shop.md"], "the source itself is no context"
    offline = sd.draft(folder / "prd.md", context=[folder])
    assert any("offline drafter reads the source alone" in notice for notice in offline.meta.notices)


def test_at_the_limit_the_run_stops_with_what_it_has() -> None:
    model = Echo()
    spec = sd.draft(source(), model=model, budget_tokens=6500)
    assert model.asked == ["questions", "problem", "solution", "alternatives"][: len(model.asked)]
    assert 1 <= len(model.asked) < 8
    assert spec.open_questions
    reasons = {failure.reason for failure in spec.meta.failures}
    assert len(reasons) == 1 and "budget of 6,500 tokens" in reasons.pop()


def test_a_budget_of_nothing_drafts_nothing() -> None:
    with pytest.raises(sd.BudgetError, match="budget of 10 tokens") as caught:
        sd.draft(source(), model=Echo(), budget_tokens=10)
    assert "--budget-tokens" in caught.value.hint


def test_a_budget_in_dollars_needs_a_price() -> None:
    with pytest.raises(sd.SpecdraftError, match="price of test/echo is not known"):
        sd.draft(source(), model=Echo(), budget_usd=1.0)


def test_a_source_beyond_the_window_is_refused_with_the_numbers() -> None:
    with pytest.raises(sd.SourceError, match=r"prd.md needs about [\d,]+ tokens .* openai/gpt-4o-mini reads 128,000"):
        sd.draft(source("word " * 200_000), model="openai/gpt-4o-mini")


@pytest.mark.parametrize(
    ("data", "said"),
    [(None, "cannot read"), (b"\xff\xfe\x00", "is not UTF-8"), (b"# Nothing", "question")],
    ids=["missing", "binary", "no questions"],
)
def test_an_answers_file_that_is_none_is_refused(tmp_path: Path, data: bytes | None, said: str) -> None:
    path = tmp_path / "answers.md"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(sd.SourceError, match=said):
        sd.draft(source(), answers=path)
