"""The questions file comes back as it was written, with the answers word for word, whatever a person does to it."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specdraft import questionnaire
from specdraft.errors import SourceError
from specdraft.questionnaire import Answered
from specdraft.spec import Citation, Placement, Question
from specdraft.spec.statement import normal
from tests.specs import item, said, texts

MARK = "**Answer:**"
SECTIONS = ["problem", "solution", "risks", "alternatives", "rollout", "success"]

KEPT = Question(
    id="Q1",
    question="How long are exported files kept?",
    why="Whether a job must clean up.",
    blocks=["rollout"],
    default="30 days.",
    slot="rollout.migration",
    topic="Storage",
    citations=[Citation(passage="P12", quote="Files stay\navailable for some time.", line=31)],
    placed_by=Placement(how="checklist", rule="retention"),
)
WHO = Question(id="Q2", question="Who may export?", blocks=["solution", "risks"])
PAYS = Question(id="Q3", question="Who pays for storage?")
ALL = [KEPT, WHO, PAYS]
FILE = questionnaire.write(ALL, "prd.md")


def filled(text: str, answers: list[str], between: str = "\n\n") -> str:
    """The file with the answers below its marks, in the order in which these stand."""
    lines = text.split("\n")
    marks = [at for at, line in enumerate(lines) if line == MARK]
    for at, answer in zip(marks, answers, strict=True):
        lines[at] += between + answer
    return "\n".join(lines)


def edited(*changes: tuple[str, str]) -> Answered:
    """The file read after somebody replaced places that occur once."""
    text = FILE
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return questionnaire.read(text)


def answering(answer: str) -> Answered:
    """The file read after somebody put this below the mark of `WHO`, which comes first in the file."""
    return edited((f"risks\n\n{MARK}\n", f"risks\n\n{MARK}\n{answer}\n"))


def by_id(questions: list[Question]) -> list[Question]:
    return sorted(questions, key=lambda question: int(question.id[1:]))


def questions_of(text: str | None) -> st.SearchStrategy[list[Question]]:
    """Lists of questions with ids of their own; each with this text in a place, or with any."""
    words, names = (said, texts) if text is None else (st.just(text), st.sampled_from(["", text]))
    return st.lists(
        item(
            Question,
            id=st.integers(1, 60).map("Q{}".format),
            question=words,
            why=names,
            default=names,
            slot=names,
            blocks=st.lists(st.sampled_from(SECTIONS), max_size=4),
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda question: question.id,
    )


PASTED = [
    "## Pasted\n",
    "### Details\n",
    "# Title\n",
    "```\n",
    "## Q1 numbers\n",
    "> quoted\n",
    "- **Why**: x\n",
    "---\n",
]
answered = st.lists(st.sampled_from(PASTED) | texts, max_size=6).map(lambda parts: str(normal("".join(parts))).strip())


def can_stand(answer: str, ids: set[str]) -> bool:
    """Does it say something, with no mark of its own and no heading with the id of a question that is not there?"""
    headed = re.findall(r"^#+[ \t]+(Q\d+)", answer, re.MULTILINE)
    marked = re.search(r"^[*_]*answer", answer, re.MULTILINE | re.IGNORECASE)
    return any(map(str.isalnum, answer)) and "TBD" not in answer and not marked and ids.issuperset(headed)


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(questions_of(None), texts)
def test_any_questions_come_back_as_they_were_written(questions: list[Question], source: str) -> None:
    text = questionnaire.write(questions, source)
    back = questionnaire.read(text)
    assert back == Answered(by_id(questions), ())
    headed = re.findall(r"^## (Q\d+)", text, re.MULTILINE)
    assert headed == [question.id for question in sorted(questions, key=lambda question: -len(question.blocks))]
    assert questionnaire.write(sorted(back.questions, key=questions.index), source) == text


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(st.data(), said)
def test_any_text_survives_wherever_it_stands_in_a_question(data: st.DataObject, text: str) -> None:
    questions = data.draw(questions_of(text))
    assert questionnaire.read(questionnaire.write(questions, "prd.md")) == Answered(by_id(questions), ())


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.data(), questions_of(None), st.sampled_from(["\n\n", "\n", " "]))
def test_any_answers_come_back_word_for_word_as_slices_of_the_file(
    data: st.DataObject, questions: list[Question], between: str
) -> None:
    ids = {question.id for question in questions}
    answers = [
        data.draw(st.just("") | answered.filter(lambda answer: can_stand(answer, ids)), label=question.id)
        for question in questions
    ]
    in_file_order = sorted(zip(questions, answers, strict=True), key=lambda pair: -len(pair[0].blocks))
    text = filled(questionnaire.write(questions, "prd.md"), [answer for _, answer in in_file_order], between)
    back = questionnaire.read(text)
    assert back.questions == by_id(questions)
    assert back.answers == {question.id: answer for question, answer in in_file_order if answer}
    asked = {question.id: question.question for question in questions}
    for passage in back.passages:
        assert text[passage.start : passage.start + len(passage.text)] == passage.text
        assert passage.text in "\n".join(text.split("\n")[passage.line_start - 1 : passage.line_end])
        assert passage.headings == (asked[f"Q{passage.id[1:]}"],)


@given(
    st.text()
    | st.lists(
        st.sampled_from([*PASTED, f"{MARK} x\n", "Answer:\n", "## Q1\n", f"## Q{'9' * 5000} z\n", "## Q2 b?\n"])
    ).map("".join)
)
def test_any_text_is_questions_or_an_error_and_each_question_has_an_id_of_its_own(text: str) -> None:
    with suppress(SourceError):
        back = questionnaire.read(text)
        ids = [question.id for question in back.questions]
        assert ids and len(set(ids)) == len(ids) and set(back.answers) <= set(ids)


def test_a_person_sees_question_quote_reasons_and_room() -> None:
    assert (
        f"""## Q1 How long are exported files kept?

> P12, line 31: “Files stay
> available for some time.” (checklist: retention)

- Why it matters: Whether a job must clean up.
- Blocks: rollout
- Until answered: 30 days.
- Part of the spec: rollout.migration
- Topic: Storage

{MARK}


"""
        in FILE
    )


def test_the_file_begins_with_what_it_is_and_what_to_do_with_it() -> None:
    head = FILE.partition("## ")[0]
    assert head.startswith("# Questions that prd.md leaves open\n")
    assert MARK in head and "`specdraft draft PRD --answers FILE`" in head


def test_what_blocks_more_sections_comes_first_and_else_the_order_stays() -> None:
    more = [*ALL, Question(id="Q9", question="Which rate?", blocks=["success"]), Question(id="Q4", question="Why?")]
    assert re.findall(r"^## (Q\d)", questionnaire.write(more, "prd.md"), re.MULTILINE) == ["Q2", "Q1", "Q9", "Q3", "Q4"]


def test_a_file_without_questions_says_so_and_asks_for_nothing() -> None:
    assert MARK not in questionnaire.write([], "prd.md")


@pytest.mark.parametrize("text", ["", "# A PRD\n\n## Goals\n\nShip it.\n", questionnaire.write([], "prd.md"), MARK])
def test_a_file_that_holds_no_questions_is_an_error_with_a_hint(text: str) -> None:
    with pytest.raises(SourceError, match=r"prd\.md") as caught:
        questionnaire.read(text, name="prd.md")
    assert "specdraft ask" in caught.value.hint


def test_nothing_filled_in_is_no_answer() -> None:
    assert questionnaire.read(FILE) == Answered(ALL, ())


@pytest.mark.parametrize("answer", ["", "   ", "…", "...", "-", "?", "TBD", "**TBD**", "tbd.", "\n>\n", "____"])
def test_what_says_nothing_is_no_answer(answer: str) -> None:
    assert answering(answer) == Answered(ALL, ())


@pytest.mark.parametrize(
    "answer",
    [
        "Admins.",
        "n/a",
        "No",
        "1",
        "Admins.\n\nLater everybody:\n\n1. sales\n   - on request\n2. support\n\n    psql -c 'x'",
        "```sql\n## Q3 in a comment\nselect 1;\n```",
        "```\nnever closed",
        "# Who\n\n## Now\n\nAdmins.\n\n### Q3 2026\n\nEverybody.\n\n## Q1\n\nNobody.",
        "Who\n---\n\nAdmins",
        "| who | may |\n|---|---|\n| admin | yes |",
        "> Admins, says the head of sales.",
        "<details>\n\n<!-- never closed",
        "It depends. Answer: admins.",
        "[^1]\n\n[^1]: a footnote of their own",
    ],
)
def test_an_answer_is_taken_word_for_word(answer: str) -> None:
    back = answering(answer)
    assert back.questions == ALL
    assert back.answers == {"Q2": answer}


def test_an_answer_is_a_passage_on_its_lines_below_its_question() -> None:
    text = filled(FILE, ["Admins.\n\nAnd support.", "", "Sales."])
    lines = text.split("\n")
    second, third = questionnaire.read(text).passages
    assert (second.id, second.kind, second.headings) == ("A2", "other", (WHO.question,))
    assert lines[second.line_start - 1 : second.line_end] == ["Admins.", "", "And support."]
    assert (third.id, third.text, third.headings) == ("A3", "Sales.", (PAYS.question,))
    assert text[third.start :] == "Sales.\n"


@pytest.mark.parametrize("mark", [MARK, "Answer:", "**Answer**:", "__Answer:__", "**answer:**"])
def test_an_answer_may_stand_behind_its_mark_however_that_is_typed(mark: str) -> None:
    back = edited((f"risks\n\n{MARK}\n", f"risks\n\n{mark} Admins.\nAnd support.\n"))
    assert back.questions == ALL
    assert back.answers == {"Q2": "Admins.\nAnd support."}


@pytest.mark.parametrize("answer", ["Admins.", "- Admins.\n- Support.", "> Admins."])
def test_an_answer_written_over_its_mark_is_taken(answer: str) -> None:
    back = edited((f"risks\n\n{MARK}\n", f"risks\n\n{answer}\n"))
    assert back.questions == ALL
    assert back.answers == {"Q2": answer}


def test_an_answer_written_above_its_mark_is_taken() -> None:
    back = edited(("Blocks: solution, risks\n", "Blocks: solution, risks\n- Admins.\n"))
    assert back.questions == ALL
    assert back.answers == {"Q2": "- Admins."}


def test_all_but_the_heading_of_a_question_may_be_written_over() -> None:
    section = FILE[FILE.index("- Blocks: solution") : FILE.index("## Q1")]
    back = edited((section, "Admins.\n\n"))
    assert back.questions == [KEPT, WHO.model_copy(update={"blocks": []}), PAYS]
    assert back.answers == {"Q2": "Admins."}


def test_a_deleted_question_is_gone_and_the_others_keep_their_ids() -> None:
    section = FILE[FILE.index("## Q1") : FILE.index("## Q3")]
    assert edited((section, "")) == Answered([WHO, PAYS], ())


def test_a_question_is_reworded_and_keeps_the_rest() -> None:
    back = edited(("How long are exported files kept?", "How many <b>days</b> are exports kept?"))
    reworded = KEPT.model_copy(update={"question": "How many <b>days</b> are exports kept?"})
    assert back == Answered([reworded, WHO, PAYS], ())


def test_a_question_is_continued_below_its_heading() -> None:
    back = edited(("## Q2 Who may export?\n", "## Q2 Who may export?\n\nAnd who may see it?\n"))
    assert back == Answered(
        [KEPT, WHO.model_copy(update={"question": "Who may export?\n\nAnd who may see it?"}), PAYS], ()
    )


def test_a_question_whose_words_are_deleted_keeps_its_answer() -> None:
    back = edited(("## Q3 Who pays for storage?\n\n**Answer:**", "## Q3\n\n**Answer:** Sales."))
    assert [question.question for question in back.questions] == [KEPT.question, WHO.question, "Q3"]
    assert back.answers == {"Q3": "Sales."}


def test_the_reasons_below_a_question_are_changed_and_emptied() -> None:
    back = edited(
        ("Until answered: 30 days.", "Until answered: 7 days."),
        ("- Blocks: rollout\n", "- Blocks:\n"),
        ("Why it matters: Whether a job must clean up.", "Why it matters:"),
    )
    assert back.questions[0] == KEPT.model_copy(update={"default": "7 days.", "blocks": [], "why": ""})


def test_words_that_fit_no_field_stay_in_the_question() -> None:
    back = edited(("- Blocks: rollout\n", "- Blocks: the launch party\n"))
    assert back.questions[0].question == f"{KEPT.question}\n\n- Blocks: the launch party"


@pytest.mark.parametrize("heading", ["## Which rate?", "## Q2 Which rate?"])
def test_a_question_added_without_an_id_of_its_own_gets_the_next(heading: str) -> None:
    added = f"{heading}\n\n{MARK} 5 a day.\n\n## Q3"
    back = edited((f"risks\n\n{MARK}\n", f"risks\n\n{MARK}\nAdmins.\n"), ("## Q3", added))
    assert back.questions == [*ALL, Question(id="Q4", question="Which rate?")]
    assert back.answers == {"Q2": "Admins.", "Q4": "5 a day."}


def test_a_question_added_with_remarks_and_no_answer_is_left_open() -> None:
    back = questionnaire.read(f"{FILE}\n## Which rate?\n\nThe vendor has a limit.\n\n{MARK}\n")
    assert back == Answered([*ALL, Question(id="Q4", question="Which rate?\n\nThe vendor has a limit.")], ())


@pytest.mark.parametrize(
    "heading", ["### Q3. Who pays for storage?", "# Q3: Who pays for storage?", "## Q3) Who pays for storage?"]
)
def test_the_heading_of_a_question_may_be_typed_in_other_ways(heading: str) -> None:
    assert edited(("## Q3 Who pays for storage?", heading)) == Answered(ALL, ())


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_another_system_change_nothing(ends: str) -> None:
    text = filled(FILE, ["Admins.\n\nAnd support.", "", ""])
    back = questionnaire.read(text.replace("\n", ends))
    assert back == questionnaire.read(text)
    assert back.answers == {"Q2": "Admins.\n\nAnd support."}


def test_an_editor_that_trims_lines_and_folds_blank_ones_changes_nothing() -> None:
    text = filled(FILE, ["", "7 days.", ""])
    trimmed = "\n".join(line.rstrip() for line in text.split("\n"))
    folded = re.sub(r"\n{3,}", "\n\n", trimmed)
    for changed in (trimmed, folded):
        back = questionnaire.read(changed)
        assert (back.questions, back.answers) == (ALL, {"Q1": "7 days."})


def test_a_formatter_may_choose_its_own_bullets() -> None:
    text = re.sub(r"^- ", "* ", FILE, flags=re.MULTILINE)
    assert text != FILE
    assert questionnaire.read(text) == Answered(ALL, ())


def test_the_introduction_may_go() -> None:
    assert questionnaire.read(FILE[FILE.index("## ") :]) == Answered(ALL, ())
