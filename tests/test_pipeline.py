"""Drafting from Python: by path, by source, in and out of a running loop, with a model of one's own."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest

from specdraft import OUTLINE, ModelError, Source, SourceError, Spec, draft, draft_async
from specdraft import spec as words
from specdraft.models.base import Ask, Reply
from tests.cases import EXAMPLES, spec_of

PRD = EXAMPLES / "clinic-booking.md"


class Parrot:
    """A model that gives back what it is asked: one goal, in the words of the first passage."""

    name = "test/parrot"

    def __init__(self) -> None:
        self.asked: list[Ask] = []

    async def ask(self, ask: Ask) -> Reply:
        await asyncio.sleep(0)
        self.asked.append(ask)
        section = ask.plan.model()
        if isinstance(section, words.Problem):
            first = ask.source.passages[0]
            quote = words.Citation(passage=first.id, quote=first.text)
            section.goals.append(words.Goal(text="Have it", citations=[quote]))
        if isinstance(section, words.Questions):
            section.open_questions.append(words.Question(question=f"{len(ask.done)} sections?"))
        return Reply(section, words.Usage(calls=1, input_tokens=10))


class Unreachable:
    """A model that has no key."""

    name = "test/unreachable"

    async def ask(self, ask: Ask) -> Reply:
        raise ModelError(f"no key for {ask.plan.name}", hint="Set one.", retryable=True)


def test_a_path_a_string_and_a_source_give_the_same_draft() -> None:
    assert draft(PRD) == draft(str(PRD)) == draft(Source.from_path(PRD)) == spec_of(PRD)


def test_a_draft_in_a_running_loop_is_the_same() -> None:
    async def awaited() -> Spec:
        return await draft_async(PRD)

    async def in_a_notebook_cell() -> Spec:
        await asyncio.sleep(0)
        return draft(PRD)

    assert asyncio.run(awaited()) == asyncio.run(in_a_notebook_cell()) == draft(PRD)


def test_two_documents_are_drafted_at_once() -> None:
    other = Source.from_text("# Gift cards\n\n## Goals\n\n- Sell them")

    async def both() -> list[Spec]:
        return list(await asyncio.gather(draft_async(PRD), draft_async(other)))

    assert asyncio.run(both()) == [draft(PRD), draft(other)]


def test_a_string_is_a_path_and_never_prose() -> None:
    with pytest.raises(SourceError, match="cannot read We want gift cards"):
        draft("We want gift cards.")


def test_an_unknown_model_is_named_and_the_known_ones_offered() -> None:
    with pytest.raises(ModelError, match="there is no model 'offlin' here") as caught:
        draft(PRD, model="offlin")
    assert "offline" in caught.value.hint
    assert not caught.value.retryable


def test_a_model_of_ones_own_is_asked_section_by_section() -> None:
    model, source = Parrot(), Source.from_text("# Gift cards\n\nSell them.")
    spec = draft(source, model=model, critique=False)
    assert [ask.plan for ask in model.asked] == list(OUTLINE)
    assert all(tuple(ask.done) == ask.plan.needs for ask in model.asked)
    assert all(ask.source is source for ask in model.asked)
    assert spec.meta.model == "test/parrot"
    assert [(goal.id, goal.text) for goal in spec.problem.goals] == [("G1", "Have it")]
    assert [question.question for question in spec.open_questions] == ["0 sections?"]
    assert [item.text for item in spec.unplaced] == ["Sell them."]


def test_what_the_answers_took_is_added_up() -> None:
    usage = draft(Source.from_text("Gift cards"), model=Parrot(), critique=False).meta.usage
    assert (usage.calls, usage.input_tokens) == (len(OUTLINE), 10 * len(OUTLINE))


def test_a_model_that_cannot_be_used_says_so() -> None:
    with pytest.raises(ModelError, match="no key for questions") as caught:
        draft(PRD, model=Unreachable())
    assert (caught.value.hint, caught.value.retryable) == ("Set one.", True)


def test_a_section_comes_after_those_that_it_needs() -> None:
    names = [plan.name for plan in OUTLINE]
    assert all(names.index(need) < at for at, plan in enumerate(OUTLINE) for need in plan.needs)
    assert all("?" in plan.asks for plan in OUTLINE)


def test_the_date_is_today_or_that_of_the_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "prd.md"
    path.write_text("Gift cards", encoding="utf-8")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert draft(path).meta.date == "2023-11-14"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    before = date.today()  # noqa: DTZ011 - the day where the person is
    assert before.isoformat() <= draft(path).meta.date <= date.today().isoformat()  # noqa: DTZ011
