"""The typed spec: ids given by code, links that lead somewhere, one form of text, a schema that explains itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from specdraft import Spec, SpecError, SpecVersionError, load_spec
from specdraft import spec as words
from specdraft.spec import LinkFault
from specdraft.spec.ids import ITEMS
from tests.specs import texts

ids = st.lists(st.one_of(st.just(""), st.integers(1, 9).map("G{}".format)), max_size=6)


def goals(*given_ids: str, last_ids: list[str] | None = None) -> Spec:
    """A spec of goals with these ids; an empty one asks for an id."""
    problem = words.Problem(goals=[words.Goal(text=f"goal {at}", id=id_) for at, id_ in enumerate(given_ids)])
    return Spec(problem=problem, meta=words.Meta(last_ids=last_ids or []))


def ids_of(spec: Spec) -> list[str]:
    return [goal.id for goal in spec.problem.goals]


def test_items_without_an_id_get_one_in_their_order() -> None:
    assert ids_of(goals("", "", "")) == ["G1", "G2", "G3"]


def test_an_id_that_is_there_is_kept_and_gaps_are_not_filled() -> None:
    assert ids_of(goals("", "G7", "")) == ["G8", "G7", "G9"]


def test_the_id_of_a_deleted_item_is_not_given_again() -> None:
    assert ids_of(goals("G1", "", last_ids=["G3", "R9"])) == ["G1", "G4"]
    assert goals("G1", "", last_ids=["G3", "R9"]).meta.last_ids == ["G4", "R9"]


@given(ids, st.integers(0, 12))
def test_no_id_is_given_twice_and_none_that_ever_was(given_ids: list[str], last: int) -> None:
    spec = goals(*given_ids, last_ids=[f"G{last}"] if last else [])
    new = [after for before, after in zip(given_ids, ids_of(spec), strict=True) if not before]
    assert [after for before, after in zip(given_ids, ids_of(spec), strict=True) if before] == list(
        filter(None, given_ids)
    )
    assert len(set(new)) == len(new)
    assert set(new).isdisjoint([*given_ids, *(f"G{number}" for number in range(1, last + 1))])
    assert ids_of(Spec.model_validate(spec.model_dump())) == ids_of(spec)


def test_every_kind_of_item_has_a_letter_of_its_own() -> None:
    spec = Spec(
        problem=words.Problem(goals=[words.Goal(text="x")], non_goals=[words.NonGoal(text="x")]),
        risks=words.Risks(items=[words.Risk(title="x")]),
        alternatives=words.Alternatives(criteria=[words.ChoiceCriterion(text="x")], options=[words.Option(name="x")]),
        rollout=words.Rollout(steps=[words.Step(text="x")]),
        success=words.Success(
            criteria=[words.Criterion(text="x")],
            validation=[words.Test(text="x")],
            monitors=[words.Monitor(text="x")],
        ),
        open_questions=[words.Question(question="x")],
        critique=words.Critique(findings=[words.Finding(title="x")]),
    )
    assert sorted(spec.meta.last_ids) == ["A1", "F1", "G1", "K1", "M1", "N1", "Q1", "R1", "S1", "T1", "V1"]
    assert len(spec.meta.last_ids) == len(ITEMS)


def test_a_sound_spec_has_no_link_faults() -> None:
    risks = words.Risks(items=[words.Risk(title="x", mitigated_by=["S1"])])
    steps = [words.Step(text="x", mitigates=["R1"])]
    assert Spec(risks=risks, rollout=words.Rollout(steps=steps)).link_faults() == []


def test_links_that_lead_nowhere_are_kept_and_listed() -> None:
    spec = Spec(
        risks=words.Risks(items=[words.Risk(title="x", mitigated_by=["S4"])]),
        alternatives=words.Alternatives(
            options=[words.Option(name="x", scores=[words.Score(criterion="K2", score=3, reason="y")])]
        ),
        success=words.Success(monitors=[words.Monitor(text="x", watches=["R1", "R2"])]),
    )
    assert spec.risks.items[0].mitigated_by == ["S4"]
    assert spec.link_faults() == [
        LinkFault("dangling", "S4", "R1"),
        LinkFault("dangling", "R2", "M1"),
        LinkFault("dangling", "K2", "A1"),
    ]


def test_an_id_given_twice_is_kept_and_listed() -> None:
    spec = goals("G2", "G2", "")
    assert ids_of(spec) == ["G2", "G2", "G3"]
    assert spec.link_faults() == [LinkFault("duplicate", "G2", "problem.goals")]


def test_a_newer_schema_is_refused_with_what_to_do(tmp_path: Path) -> None:
    newer = json.dumps({"schema_version": 99, "title": "x", "invented_later": 1})
    markdown = Spec().to_markdown().replace("Schema version: 1", "Schema version: 99")
    (tmp_path / "spec.json").write_text(newer)
    readings: list[Callable[[], Spec]] = [
        lambda: Spec.model_validate_json(newer),
        lambda: Spec.from_markdown(markdown),
        lambda: load_spec(tmp_path / "spec.json"),
    ]
    for read in readings:
        with pytest.raises(SpecVersionError, match="schema version 99; this specdraft reads up to 1") as caught:
            read()
        assert "pip install -U specdraft" in caught.value.hint


@pytest.mark.parametrize(
    "data",
    [
        {"titel": "x"},
        {"problem": {"goals": [{"text": "x", "prio": 1}]}},
        {"problem": {"goals": [{"text": "  "}]}},
        {"problem": {"goals": [{"text": "x", "id": "G0"}]}},
        {"unplaced": [{"text": "x", "citations": [{"passage": "page 3", "quote": "x"}]}]},
        {"unplaced": [{"text": "x", "citations": [{"passage": "P3", "quote": " "}]}]},
        {"risks": {"items": [{"title": "x", "mitigated_by": ["G1"]}]}},
        {"meta": {"date": "yesterday"}},
    ],
)
def test_what_is_no_spec_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Spec.model_validate(data)


def test_text_is_kept_in_one_form() -> None:
    spec = Spec(title=" a\t\r\n b\u2028c ", summary="\r\n one\r\ntwo\rthree\x00\ud800 \n")
    assert spec.title == "a b c"
    assert spec.summary == "one\ntwo\nthree\ufffd\ufffd"


@given(texts)
def test_the_form_of_text_is_final(text: str) -> None:
    spec = Spec(title=text, summary=text, unplaced=[words.Statement(text=f"x{text}x", topic=text)])
    assert Spec.model_validate(spec.model_dump()) == spec
    assert spec.model_dump_json().encode()


def test_a_heading_of_nothing_or_a_dash_is_no_topic() -> None:
    assert [words.Statement(text="x", topic=topic).topic for topic in (None, " ", "—", "Data")] == [
        None,
        None,
        None,
        "Data",
    ]


def test_a_spec_always_has_a_title() -> None:
    assert (Spec().title, Spec(title=" \n").title) == ("Untitled spec", "Untitled spec")


def test_what_cites_nothing_is_an_assumption() -> None:
    quoted = words.Statement(text="x", citations=[words.Citation(passage="C1.2", quote="x")])
    assert (words.Statement(text="x").is_assumption, quoted.is_assumption) == (True, False)


def properties() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of the published schema, by model and name."""
    schema = Spec.model_json_schema()
    for model, shape in [("Spec", schema), *schema["$defs"].items()]:
        for name, found in shape.get("properties", {}).items():
            yield f"{model}.{name}", found


def test_the_schema_says_what_each_property_is() -> None:
    models = Spec.model_json_schema()["$defs"]
    silent = [
        name
        for name, found in properties()
        if "description" not in found
        and "description" not in models.get(found.get("$ref", "").removeprefix("#/$defs/"), {})
        and not name.endswith(".id")
    ]
    assert silent == []


def test_the_schema_says_that_code_fills_in_ids_and_placement() -> None:
    given_by_code = {name for name, found in properties() if found.get("readOnly")}
    assert {name for name, _ in properties() if name.endswith((".id", ".placed_by", ".line", ".slot"))} <= given_by_code
    assert not {name for name, _ in properties() if name.endswith((".text", ".quote", ".citations"))} & given_by_code


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("spec.json", "[1]", "is not a spec"),
        ("spec.json", "{", "is not a spec"),
        ("spec.json", "[" * 100_000, "is not a spec"),
        ("spec.json", '{"problem": {"gaols": []}}', "problem.gaols"),
        ("spec.md", b"\xff\xfe\x00", "is not UTF-8 text"),
    ],
)
def test_a_file_that_is_no_spec_is_refused_with_a_hint(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    with pytest.raises(SpecError, match=message) as caught:
        load_spec(write(tmp_path / name, content))
    assert name in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["missing.md", "."])
def test_a_path_that_cannot_be_read_is_refused_with_a_hint(tmp_path: Path, name: str) -> None:
    with pytest.raises(SpecError, match="cannot read the spec") as caught:
        load_spec(tmp_path / name)
    assert caught.value.hint
