"""A spec as places: whatever stands in it can be found at its address, and nothing else."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from specdraft import Spec, load_spec
from specdraft import spec as words
from specdraft.difference import difference
from specdraft.places import PARTS, Places, section_of
from specdraft.spec.ids import items
from tests.cases import WRITTEN, example
from tests.specs import specs

HAND_WRITTEN = load_spec(WRITTEN / "hand-written-spec.md")


def test_every_item_stands_at_its_id_and_in_the_parts_above_it() -> None:
    spec = example("csv-export.md")
    texts = Places(spec).texts
    for path, item in items(spec):
        if path != "critique.findings":
            said = next(getattr(item, name) for name in ("text", "title", "name", "question") if hasattr(item, name))
            assert all(said in texts[address] for address in (item.id, path, path.partition(".")[0], "spec"))


def test_what_a_person_wrote_is_shown_whole() -> None:
    shown = Places(HAND_WRITTEN).shown()
    for text in ("pushed over the existing live connection", "Buying a sales platform", "190 seat picks per second"):
        assert text in shown


def test_a_part_that_is_empty_is_shown_as_nothing() -> None:
    shown = Places(Spec(problem=words.Problem(goals=[words.Goal(text="Sell")]))).shown()
    assert "[G1] Sell" in shown
    assert "rollout.migration.rollback: (nothing)" in shown
    assert "rollout.migration: (nothing)" in shown


def test_an_address_belongs_to_a_section() -> None:
    assert [section_of(each) for each in ("S3", "A1", "rollout.migration", "K2", "V1")] == [
        "rollout", "alternatives", "rollout", "alternatives", "success",
    ]  # fmt: skip


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(specs)
def test_any_spec_has_places_and_differs_from_itself_in_nothing(spec: Spec) -> None:
    places = Places(spec)
    assert set(places.listed) == set(PARTS)
    assert all(passage.text in places.texts["spec"] for passage in places.passages)
    assert difference(spec, spec) == []


def test_a_difference_names_what_was_added_changed_and_removed() -> None:
    before = Spec(
        problem=words.Problem(goals=[words.Goal(text="Sell"), words.Goal(text="Earn")]),
        solution=words.Solution(ui=[words.Statement(text="A button")]),
    )
    after = before.model_copy(deep=True)
    after.problem.goals[0].text = "Sell more"
    del after.problem.goals[1]
    after.solution.ui.append(words.Statement(text="A list"))
    found = [(each.change, each.at, each.text, each.before) for each in difference(before, after)]
    assert found == [
        ("changed", "G1", "Sell more", "Sell"),
        ("removed", "G2", "Earn", ""),
        ("added", "solution.ui", "A list", ""),
    ]
