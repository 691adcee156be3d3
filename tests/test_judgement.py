"""Judgement: whatever a model answers, no word that it made up is left as a quote, and no link leads nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from specdraft import Source, Spec, draft
from specdraft import spec as words
from specdraft.errors import AnswerError
from specdraft.grounding import unfounded
from specdraft.judgement import Judge
from specdraft.links import link_faults
from specdraft.material import Material
from specdraft.models.base import Ask, Reply
from tests.cases import cited, parts, source_of, spec_of
from tests.specs import ids, specs, texts
from tests.test_quotes import CHANGES, sources

SECTIONS = ("problem", "solution", "alternatives", "risks", "rollout", "success")
PRD = Source.from_text(
    "# Export\n\nMerchants wait up to **20 minutes** for an export of 10,000 orders.\n\n"
    "- The export runs in the background.\n- A mail with a link is sent when `order_export` is done.\n\n"
    "> Support answers “where is my file” thirty times a week.\n"
)


@st.composite
def quotes(draw: Any, source: Source) -> words.Citation:
    """Words of the source in some typography, near misses of them, or words that are nowhere."""
    passage = draw(st.sampled_from(source.passages)) if source.passages else None
    text = passage.text if passage else "x"
    start = draw(st.integers(0, len(text)))
    quote = CHANGES[draw(st.sampled_from(sorted(CHANGES)))](text[start : draw(st.integers(start, len(text)))])
    at = draw(st.integers(0, len(quote)))
    wrong = [f"{quote[:at]}7{quote[at + 1 :]}", " ".join(reversed(quote.split())), f"{quote} not", "**a**"]
    quote = draw(st.sampled_from([quote, text, *wrong]) | texts)
    name = draw(st.sampled_from([passage.id if passage else "P1", "P1", "P2", "P99", "A1", "C1.1"]))
    return words.Citation(passage=name, quote=quote if quote.replace("\x00", "x").strip() else "x", line=draw(ids))


@st.composite
def answers(draw: Any, source: Source) -> dict[str, BaseModel]:
    """An answer to every ask, with whatever ids, links and citations."""
    spec: Spec = draw(specs)
    sections: dict[str, BaseModel] = {name: getattr(spec, name) for name in SECTIONS}
    sections["questions"] = words.Questions(open_questions=spec.open_questions)
    sections["agreement"] = words.Agreement(
        disagreements=draw(
            st.lists(
                st.builds(words.Disagreement, section=st.sampled_from(SECTIONS), what=st.just("They differ.")),
                max_size=2,
            )
        ),
    )
    sections["Findings"] = words.Findings(findings=spec.critique.findings)
    names = [f"F{n}" for n, _ in enumerate(spec.critique.findings * 7, 1)]
    verdicts = st.sampled_from(["accept", "keep", "merge", "drop"])
    into = st.sampled_from([None, "F1", "F2", "F99"])
    sections["Rulings"] = words.Rulings(
        rulings=[words.Ruling(finding=name, verdict=draw(verdicts), into=draw(into)) for name in names]
    )
    sections["headline"] = words.Headline(title=spec.title, summary=draw(texts | st.just(source.text)))
    how = draw(st.sampled_from(["given", "none", "any"]))
    for part in parts(list(sections.values())):
        if isinstance(part, words.Grounded):
            part.citations = draw(st.lists(quotes(source), max_size=2))
        if how == "none" and hasattr(part, "id"):
            part.id = ""
        elif how == "any" and getattr(part, "id", ""):
            part.id = f"{part.id[0]}{draw(ids)}"
    return sections


@st.composite
def cases(draw: Any) -> tuple[Source, dict[str, BaseModel]]:
    """A source, and answers that were drafted from it or not."""
    source = draw(st.just(PRD) | sources)
    return source, draw(answers(source))


def stated(section: Any) -> list[tuple[str, str]]:
    """The items of a section, by what they say."""
    said = ("text", "title", "name", "question", "reason", "answer")
    items = [part for part in parts(section) if isinstance(part, words.Grounded)]
    return [(type(part).__name__, str([getattr(part, field, "") for field in said])) for part in items]


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(cases(), st.sampled_from([*SECTIONS, "questions", "agreement", "headline"]))
def test_what_is_settled_quotes_the_source_and_links_to_what_is_there(
    case: tuple[Source, dict[str, BaseModel]], name: str
) -> None:
    source, sections = case
    judge, section = Judge(Material(source)), sections.pop(name)
    done = {each: part for each, part in sections.items() if each in ("problem", "risks")}
    before = stated(section)
    judge.faults(name, section, done)
    told = judge.settle(name, section, done)
    assert all(told)
    assert unfounded(section, source) == []
    passages = {passage.id: passage for passage in source.passages}
    for each in cited(section):
        passage = passages[each.passage]
        lines = {passage.line_start + passage.text.count("\n", 0, at) for at in _places(passage.text, each.quote)}
        assert each.line in lines
    assert link_faults(name, section, done) == []
    assert [each for each in judge.faults(name, section, done) if "does not stand in" in each] == []
    assert stated(section) == before, "no item is lost"
    once = section.model_dump_json()
    judge.settle(name, section, done)
    assert section.model_dump_json() == once, "settling twice changes nothing"
    judge.mark(section)
    marked = section.model_dump_json()
    judge.mark(section)
    assert section.model_dump_json() == marked, "what is marked is marked once"


def _places(text: str, quote: str) -> list[int]:
    return [at for at in range(len(text)) if text.startswith(quote, at)]


class Hostile:
    """A model that answers what it likes."""

    name = "test/hostile"

    def __init__(self, sections: dict[str, BaseModel], failing: tuple[str, ...] = ()) -> None:
        self.sections, self.failing = sections, failing

    async def ask(self, ask: Ask) -> Reply:
        if ask.plan.name in self.failing:
            raise AnswerError("it would not say")
        answer = self.sections.get(ask.plan.name) or self.sections.get(ask.plan.model.__name__) or ask.plan.model()
        ask.faults(answer)
        return Reply(answer.model_copy(deep=True))


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(cases(), st.lists(st.sampled_from(SECTIONS), max_size=2))
def test_a_draft_by_any_model_ends_without_a_made_up_quote(
    case: tuple[Source, dict[str, BaseModel]], failing: list[str]
) -> None:
    source, sections = case
    spec = draft(source, model=Hostile(sections, tuple(failing)))
    assert unfounded(spec, source) == []
    assert [fault for fault in spec.link_faults() if fault.kind == "dangling"] == []
    assert {failure.section for failure in spec.meta.failures} == set(failing)
    assert Spec.model_validate_json(spec.model_dump_json()) == spec
    assert Spec.from_markdown(spec.to_markdown()) == spec


def problem(text: str, *quotes: tuple[str, str]) -> words.Problem:
    """One statement that cites these words of these passages."""
    found = [words.Citation(passage=passage, quote=quote) for passage, quote in quotes]
    return words.Problem(statements=[words.Statement(text=text, citations=found)])


WAIT = ("P2", "Merchants wait up to 20 minutes")


def faults(section: BaseModel) -> list[str]:
    """What the judge has against the section."""
    return Judge(Material(PRD)).faults("problem", section, {})


def settled(section: Any, done: dict[str, Any] | None = None) -> tuple[Any, list[str]]:
    """The section when no more is asked, and what was taken out."""
    judge = Judge(Material(PRD))
    told = judge.settle(type(section).__name__.lower(), section, done or {})
    judge.mark(section)
    return section, told


def marked(section: Any) -> Any:
    """The section with marks on what it says beyond its source."""
    Judge(Material(PRD)).mark(section)
    return section


def test_an_honest_statement_has_no_fault_and_its_quote_is_put_as_the_source_has_it() -> None:
    section = problem("Merchants wait 20 minutes for 10k orders.", WAIT)
    assert faults(section) == []
    section, told = settled(section)
    assert told == []
    assert section.statements[0].citations == [
        words.Citation(passage="P2", quote="Merchants wait up to **20 minutes**", line=3)
    ]


def test_a_made_up_quote_is_named_with_the_passages_that_are_nearest() -> None:
    section = problem("Support is asked for files.", ("P4", "Support is asked where the file is"))
    (fault,) = faults(section)
    assert "statements[0]: the quote 'Support is asked where the file is' does not stand in P4" in fault
    assert "Nearest: [P5] Support answers" in fault
    section, told = settled(section)
    assert section.statements[0].is_assumption
    assert told == ["1 citation taken out: the words are not in the source"]


def test_one_good_quote_of_two_is_kept() -> None:
    section, told = settled(problem("Merchants wait 20 minutes.", WAIT, ("P2", "Merchants wait up to 30 minutes")))
    assert [each.quote for each in section.statements[0].citations] == ["Merchants wait up to **20 minutes**"]
    assert len(told) == 1


@pytest.mark.parametrize(
    ("text", "extra"),
    [
        ("Merchants wait 30 minutes.", "30"),
        ("Merchants wait 20 minutes for `order_export`.", "order_export"),
        ("Merchants wait 20 minutes for Stripe.", "Stripe"),
        ("Merchants wait 20 minutes, up to three times a week.", "three times"),
        ("Webhooks notify partner systems about shipments.", "Webhooks notify partner systems about shipments."),
    ],
)
def test_what_is_said_beyond_what_is_cited_makes_an_assumption(text: str, extra: str) -> None:
    section = problem(text, WAIT)
    (fault,) = faults(section)
    assert repr(extra) in fault
    section, told = settled(section)
    assert section.statements[0].is_assumption
    assert told == ["1 item shown as an assumption: more is said than is cited"]


def test_facts_of_two_cited_passages_may_be_joined() -> None:
    section = problem(
        "Merchants wait 20 minutes and support answers 30 times a week.", WAIT, ("P5", "thirty times a week")
    )
    assert faults(section) == []


def test_a_quote_of_a_letter_or_two_shows_nothing() -> None:
    (fault,) = faults(problem("Merchants wait.", ("P2", "up")))
    assert "too short to show anything" in fault
    assert settled(problem("Merchants wait.", ("P2", "up")))[0].statements[0].is_assumption


def test_addresses_that_are_not_in_the_source_are_left_out() -> None:
    section = words.Problem(links=[words.Link(text="The design", url="https://wiki.example/design")])
    assert any("is not in the source" in each for each in faults(section))
    assert settled(section)[0].links[0].url == ""


def test_a_proposal_beside_a_quote_is_marked() -> None:
    risk = words.Risk(
        title="Merchants wait for an export",
        mitigation="Shard the tenants over several Kafka brokers.",
        citations=[words.Citation(passage=WAIT[0], quote=WAIT[1])],
    )
    section = marked(words.Risks(items=[risk]))
    assert section.items[0].mitigation == "Proposed: Shard the tenants over several Kafka brokers."


def test_what_a_model_thought_of_itself_is_not_put_down_to_the_source() -> None:
    risk = words.Risk(title="Brokers lose messages", citations=[words.Citation(passage=WAIT[0], quote=WAIT[1])])
    assert marked(words.Risks(items=[risk])).items[0].raised_by == "drafter"


def test_the_proposed_solution_is_not_put_down_to_the_drafter() -> None:
    quote = words.Citation(passage=WAIT[0], quote=WAIT[1])
    options = [words.Option(name="A faster way", chosen=chosen, citations=[quote]) for chosen in (True, False)]
    section, _ = settled(words.Alternatives(options=options))
    assert [option.raised_by for option in section.options] == ["", "drafter"]


def test_sentences_of_the_summary_that_nothing_says_are_taken_out() -> None:
    done = {"problem": problem("Merchants wait 20 minutes.", WAIT)}
    section = words.Headline(title="Export", summary="Merchants wait 20 minutes. It costs 40k EUR. The export ends.")
    section, told = settled(section, done)
    assert section.summary == "Merchants wait 20 minutes. The export ends."
    assert len(told) == 1


def test_a_diagram_of_parts_that_nothing_names_is_taken_out() -> None:
    nodes = [words.Node(key="a", label="Export"), words.Node(key="b", label="Kafka")]
    section, told = settled(words.Solution(diagram=words.Diagram(nodes=nodes)))
    assert section.diagram is None
    assert len(told) == 1


def test_a_run_says_in_its_notices_what_was_taken_out() -> None:
    empty = {plan: model() for plan, model in _EMPTY.items()}
    spec = draft(PRD, model=Hostile({**empty, "problem": problem("It costs 40k EUR.", ("P2", "It costs 40k EUR"))}))
    assert spec.problem.statements[0].is_assumption
    assert "problem: 1 citation taken out: the words are not in the source" in spec.meta.notices


_EMPTY: dict[str, type[BaseModel]] = {
    "questions": words.Questions,
    "problem": words.Problem,
    "solution": words.Solution,
    "alternatives": words.Alternatives,
    "risks": words.Risks,
    "rollout": words.Rollout,
    "success": words.Success,
    "agreement": words.Agreement,
    "headline": words.Headline,
}


def test_a_section_that_failed_does_not_stop_the_others_from_being_made_to_agree() -> None:
    sections = {plan: model() for plan, model in _EMPTY.items()}
    sections["agreement"] = words.Agreement(disagreements=[words.Disagreement(section="problem", what="They differ.")])
    spec = draft(PRD, model=Hostile(sections, ("success",)))
    assert [failure.section for failure in spec.meta.failures] == ["success"]


def test_statements_in_the_words_of_the_source_have_no_fault(document: Any) -> None:
    source, spec = source_of(document), spec_of(document)
    judge = Judge(Material(source))
    told = [
        fault
        for name in SECTIONS
        for fault in judge.faults(name, getattr(spec, name), {})
        if "does not stand in" in fault or "which the passages" in fault
    ]
    assert told == []


def test_marks_of_emphasis_do_not_make_a_quote_longer() -> None:
    section, _ = settled(problem("Merchants wait.", ("P2", "**up**")))
    assert section.statements[0].is_assumption


def test_a_box_whose_name_is_nowhere_is_not_drawn() -> None:
    nodes = [words.Node(key="a", label="Kafka export topic"), words.Node(key="b", label="Export")]
    assert settled(words.Solution(diagram=words.Diagram(nodes=nodes)))[0].diagram is None


def test_an_answer_with_another_reason_than_its_quote_is_an_assumption() -> None:
    answer = words.Answer(
        answer="no",
        reason="Partner systems already encrypt shipments before anything leaves their network.",
        citations=[words.Citation(passage=WAIT[0], quote=WAIT[1])],
    )
    section, _ = settled(words.Risks(answers=words.Answers(security_privacy=answer)))
    assert section.answers.security_privacy.is_assumption


def test_the_reason_of_a_score_says_nothing_that_is_nowhere() -> None:
    section = words.Alternatives(
        criteria=[words.ChoiceCriterion(text="Cost")],
        options=[
            words.Option(
                name="The export runs in the background",
                citations=[words.Citation(passage="P3", quote="The export runs in the background.")],
                scores=[words.Score(criterion="K1", score=2, reason="Kafka costs 900 EUR a month.")],
            )
        ],
    )
    assert any("900" in fault for fault in Judge(Material(PRD)).faults("alternatives", section, {}))
    assert settled(section)[0].options[0].scores == []
