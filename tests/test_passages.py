"""Passages: what a citation can point at. Each is a verbatim slice, and nothing of the text is outside of all."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings

from specdraft import Passage, Source
from specdraft.passages import shown
from tests.cases import source_of
from tests.markdown import documents

TAGS_ONLY = re.compile(r"\s*(?:</?[A-Za-z][^<>]*>\s*)+$")
MARKS = re.compile(r"(?:[\s>]|[-*+] |\d{1,9}[.)](?:\s|$)|\[\^[^\]]+\]:|#{1,6}\s)*")


def passages(text: str) -> tuple[Passage, ...]:
    return Source.from_text(text).passages


def seen(text: str) -> list[tuple[str, str]]:
    """Kind and text of each passage."""
    return [(passage.kind, passage.text) for passage in passages(text)]


def assert_cut_well(source: Source) -> None:
    """What holds for the passages of any text."""
    text, found = source.text, source.passages
    assert [passage.id for passage in found] == [f"P{number}" for number in range(1, len(found) + 1)]
    for passage in found:
        end = passage.start + len(passage.text)
        assert text[passage.start : end] == passage.text == passage.text.strip() != ""
        assert passage.line_start == text.count("\n", 0, passage.start) + 1
        assert passage.line_end == text.count("\n", 0, end) + 1
    for before, after in pairwise(found):
        assert before.start + len(before.text) <= after.start
    left = [
        char if char == "\n" else "\0" if inside else char for char, inside in zip(text, covered(source), strict=True)
    ]
    for line, outside in zip(text.split("\n"), "".join(left).split("\n"), strict=True):
        said = outside[len(MARKS.match(line)[0]) :]  # type: ignore[index]
        assert TAGS_ONLY.match(line) or not any(map(str.isalnum, said)), line


def covered(source: Source) -> list[bool]:
    """For each character, whether a passage holds it."""
    inside = [False] * len(source.text)
    for passage in source.passages:
        inside[passage.start : passage.start + len(passage.text)] = [True] * len(passage.text)
    return inside


@settings(max_examples=400)
@given(documents)
def test_any_text_is_cut_into_verbatim_passages_and_nothing_is_left(text: str) -> None:
    assert_cut_well(Source.from_text(text))


def test_a_document_is_cut_into_verbatim_passages_and_nothing_is_left(document: Path) -> None:
    assert_cut_well(source_of(document))


def test_a_passage_stands_below_its_headings() -> None:
    found = {passage.text: passage.headings for passage in passages("# T\n\na\n\n## X\n\nb\n\n### Y\n\nc\n\n## Z\n\nd")}
    assert found["a"] == ("T",)
    assert found["b"] == ("T", "X")
    assert found["c"] == ("T", "X", "Y")
    assert found["d"] == ("T", "Z")
    assert found["Y"] == ("T", "X")


@pytest.mark.parametrize("text", ["one\n\n    \x0c\n\ntwo", "1. one\n\n       \x0c\n\ntwo", "    \x1f\none\n\ntwo"])
def test_a_page_break_is_no_passage(text: str) -> None:
    """As text files from printers have them, indented or not."""
    assert [passage.text for passage in passages(text)] == ["one", "two"]


def test_a_heading_has_its_level_and_no_marks() -> None:
    found = passages("# One\n\nTwo\n---\n\n### Three ###")
    assert [(passage.kind, passage.text, passage.level) for passage in found] == [
        ("heading", "One", 1),
        ("heading", "Two", 2),
        ("heading", "Three", 3),
    ]


def test_a_table_row_has_cells_and_the_header() -> None:
    header, *rows = passages("| Risk | How `a\\|b` |\n|---|:-:|\n| Lag | high |\n| Loss | |")
    assert (header.kind, header.cells, header.header) == ("row", ("Risk", "How `a|b`"), ())
    assert [row.cells for row in rows] == [("Lag", "high"), ("Loss", "")]
    assert {row.header for row in rows} == {header.cells}
    assert {row.block for row in rows} == {header.block} != {0}
    assert [row.text for row in rows] == ["| Lag | high |", "| Loss | |"]


def test_two_tables_are_two_blocks() -> None:
    found = passages("| a |\n|---|\n| 1 |\n\ntext\n\n| b |\n|---|\n| 2 |")
    assert found[0].block == found[1].block != found[3].block == found[4].block
    assert found[4].header == ("b",)


def test_nested_items_have_their_depth_and_their_list() -> None:
    found = passages("- a\n  - b\n    1. c\n- d\n\n  still d\n")
    assert [(passage.kind, passage.text, passage.level) for passage in found] == [
        ("item", "a", 1),
        ("item", "b", 2),
        ("item", "c", 3),
        ("item", "d", 1),
        ("paragraph", "still d", 1),
    ]
    assert found[0].block == found[3].block
    assert len({passage.block for passage in found[:3]}) == 3


def test_a_fence_is_one_passage_with_its_marks() -> None:
    assert seen("a\n\n```json\n{\n\n}\n```\n\nb") == [
        ("paragraph", "a"),
        ("code", "```json\n{\n\n}\n```"),
        ("paragraph", "b"),
    ]


def test_what_looks_like_markdown_in_a_fence_is_code() -> None:
    assert seen("~~~\n# no heading\n- no item\n~~~") == [("code", "~~~\n# no heading\n- no item\n~~~")]


def test_a_footnote_is_a_passage_of_its_own() -> None:
    assert seen("Said[^1].\n\n[^1]: Because.\n    And so on.") == [
        ("paragraph", "Said[^1]."),
        ("footnote", "Because.\n    And so on."),
    ]


def test_front_matter_is_meta_data_line_by_line() -> None:
    assert seen("---\ntitle: X\ntags: [a]\n---\n\nText") == [
        ("meta", "title: X"),
        ("meta", "tags: [a]"),
        ("paragraph", "Text"),
    ]


def test_properties_below_the_title_are_meta_data() -> None:
    """As Notion exports them; further down the same words are text."""
    assert seen("# T\n\nStatus: Done\nOwner: Ann\n\nText\n\nStatus: Done\nOwner: Ann") == [
        ("heading", "T"),
        ("meta", "Status: Done"),
        ("meta", "Owner: Ann"),
        ("paragraph", "Text"),
        ("paragraph", "Status: Done\nOwner: Ann"),
    ]


def test_typographic_bullets_are_a_list() -> None:
    found = passages("•\tone\n•\ttwo\n  more\n• three")
    assert [(passage.kind, passage.text, passage.level) for passage in found] == [
        ("item", "one", 1),
        ("item", "two\n  more", 1),
        ("item", "three", 1),
    ]


def test_a_comment_is_kept_apart() -> None:
    assert seen("a\n\n<!-- old goal:\n- x -->\n\nb") == [
        ("paragraph", "a"),
        ("comment", "<!-- old goal:\n- x -->"),
        ("paragraph", "b"),
    ]


def test_what_a_toggle_hides_is_text() -> None:
    found = seen("<details>\n<summary>More</summary>\n\n1. one\n\n</details>\n\n<aside>\n💡 Tip\n\n</aside>")
    assert ("item", "one") in found
    assert any("More" in text for _, text in found)
    assert any("Tip" in text and "aside" not in text for _, text in found)


def test_a_link_definition_is_not_lost() -> None:
    assert seen("See [a].\n\n[a]: https://example.org 'The plan'")[-1] == (
        "other",
        "[a]: https://example.org 'The plan'",
    )


def test_quoted_lines_keep_their_marks_between_the_lines_only() -> None:
    assert seen("> one\n> two\n>\n> three") == [("paragraph", "one\n> two"), ("paragraph", "three")]


def test_ten_thousand_nested_quotes() -> None:
    source = Source.from_text("> " * 10_000 + "deep\n\nshallow")
    assert_cut_well(source)
    assert source.passages[-1].text == "shallow"


def test_a_line_of_a_million_characters() -> None:
    source = Source.from_text("word " * 200_000)
    assert [(passage.kind, len(passage.text)) for passage in source.passages] == [("paragraph", 999_999)]


def test_what_looks_like_a_tag_in_code_is_shown() -> None:
    assert shown("Read `plugins/<name>.yaml` <br> and `<b>`") == "Read `plugins/<name>.yaml` and `<b>`"
