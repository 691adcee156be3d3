"""Specs that people wrote by the template, without ids, footnotes or anything else of ours."""

from __future__ import annotations

import re
from collections import Counter
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from specdraft import Spec, load_spec
from specdraft.markdown.forms import FORMS
from specdraft.spec import Grounded
from tests.cases import WRITTEN, parts, texts

SEATS, STOCK = load_spec(WRITTEN / "hand-written-spec.md"), load_spec(WRITTEN / "hand-written-terse.md")
both = pytest.mark.parametrize("name", ["hand-written-spec", "hand-written-terse"])

WORD = re.compile(r"\w+")
NOT_SAID = re.compile(r"(?m)^#.*$|^\*\*[^*]+\*\*|^(?:Does|Is) this project [^?]+\?|^TBD$|^\d+[.)] ")
COUNTS = {
    "problem.statements": (3, 1),
    "problem.goals": (4, 3),
    "problem.non_goals": (3, 2),
    "solution.overview": (2, 1),
    "solution.architecture": (3, 3),
    "solution.data_model": (2, 1),
    "solution.ui": (2, 1),
    "risks.items": (3, 3),
    "risks.answers.backwards_incompatible.statements": (1, 1),
    "risks.answers.security_privacy.statements": (1, 1),
    "risks.answers.load.statements": (1, 1),
    "risks.answers.dependencies.statements": (1, 0),
    "rollout.migration.steps": (1, 1),
    "rollout.release.stages": (1, 3),
    "success.criteria": (1, 0),
    "success.validation": (1, 3),
    "success.monitors": (4, 1),
    "open_questions": (0, 0),
    "unplaced": (0, 0),
}


@pytest.mark.parametrize("path", COUNTS)
def test_each_part_holds_what_stands_below_its_heading(path: str) -> None:
    assert len(attrgetter(path)(SEATS)) == COUNTS[path][0]


@pytest.mark.parametrize("path", COUNTS)
def test_headings_that_are_put_in_other_words_or_not_set_in_bold_are_known(path: str) -> None:
    assert len(attrgetter(path)(STOCK)) == COUNTS[path][1]


def test_titles_ids_and_words_are_as_written() -> None:
    assert (SEATS.title, STOCK.title) == ("Seat holds for the box office", "Tech spec - retire the nightly stock file")
    assert [(goal.id, goal.text) for goal in STOCK.problem.goals] == [
        ("G1", "stock in the shop never older than 2 min"),
        ("G2", "oversold orders < 5 / week"),
        ("G3", "the file goes away"),
    ]
    assert texts(STOCK.solution.architecture)[2] == "consumer in the shop that does an upsert"
    assert SEATS.success.monitors[0].text.startswith("Age of the oldest hold.")


def test_a_sentence_before_the_options_is_not_lost_among_them() -> None:
    names = texts(SEATS.alternatives.options)
    assert [name.split()[0] for name in names[-3:]] == ["Holds", "Checking", "Buying"]


def test_an_answer_in_the_line_of_its_question_is_found() -> None:
    answer = STOCK.risks.answers.backwards_incompatible.statements[0]
    assert answer.text.startswith("The finance report reads the file.")


@both
def test_no_word_is_lost(name: str) -> None:
    """Headings, the template's questions, lone TBDs and list numbers apart: each word, as often as in the file."""
    said = Counter(WORD.findall(NOT_SAID.sub("", (WRITTEN / f"{name}.md").read_text(encoding="utf-8"))))
    assert said - Counter(WORD.findall(" ".join(strings(read(name).model_dump())))) == Counter()


@both
def test_all_of_it_is_shown_as_assumed(name: str) -> None:
    spec = read(name)
    stating = [part for part in parts(spec) if isinstance(part, Grounded) and FORMS[type(part)].main]
    assert stating
    assert all(part.is_assumption for part in stating)
    assert spec.to_markdown().count("*(assumption)*") == len(stating)


@both
def test_written_again_it_reads_the_same(name: str) -> None:
    text = read(name).to_markdown()
    assert Spec.from_markdown(text) == read(name)
    assert Spec.from_markdown(text).to_markdown() == text


def test_text_below_no_heading_of_the_template_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "spec.md"
    path.write_text("# Name\n\n## Goals\n\n- one\n\n# Budget\n\nTen days.\n", encoding="utf-8")
    spec = load_spec(path)
    assert (texts(spec.problem.goals), texts(spec.unplaced)) == (["one"], ["Ten days."])


def read(name: str) -> Spec:
    return load_spec(WRITTEN / f"{name}.md")


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in strings(each)]
