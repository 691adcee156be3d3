"""Quotes: found by exact span whatever the typography, given back as the source has them, never matched by likeness."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specdraft import Source
from specdraft.quotes import Found, Index, folded
from tests.specs import texts

WORDS = (
    "merchant’s “export” naïve 10,000 10.5 order_id café Ünïcödé — non‑stop 日本語 ﬁle x² **bold** `code` _so_ "
    "can't 3 <b> >"
).split()
PIECES = st.sampled_from([*WORDS, "\n", "\n> ", "\u00a0", " ", "\u00ad", "e\u0323\u0302", "\u1ec7"]) | st.text(
    max_size=4
)
prose = st.lists(PIECES, min_size=1, max_size=40).map(" ".join)
sources = st.one_of(prose, texts).filter(lambda text: text.replace("\x00", "x").strip()).map(Source.from_text)


def straight(text: str) -> str:
    """As it comes out of a keyboard."""
    return text.translate({0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2014: "-", 0x2011: "-", 0xA0: " "})


def curly(text: str) -> str:
    """As a word processor prints it."""
    return text.translate({0x27: "\u2019", 0x22: "\u201d", 0x2D: "\u2013", 0x20: "\u00a0"})


CHANGES = {
    "none": str,
    "straight": straight,
    "curly": curly,
    "composed": lambda text: unicodedata.normalize("NFC", text),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "one line": lambda text: " ".join(text.split()),
    "wrapped": lambda text: " ".join(text.split()).replace(" ", "\n   ").replace("\n   >", " >"),
    "plain": lambda text: text.replace("**", "").replace("`", ""),
    "soft hyphens": lambda text: text.replace("o", "o\u00ad"),
}
"""What a careful typist changes without noticing."""


def is_sound(found: Found, source: Source, quote: str) -> bool:
    """Is it a verbatim slice, on the right line, that says what was quoted?"""
    at = found.passage.start + found.start
    return (
        source.text[at : at + len(found.text)] == found.text
        and found.line == source.text.count("\n", 0, at) + 1
        and folded(found.text)[0].strip(" ") == folded(quote)[0].strip(" ")
    )


@given(sources, st.data())
def test_whole_sentences_are_found_in_any_typography(source: Source, data: st.DataObject) -> None:
    passage = data.draw(st.sampled_from(source.passages)) if source.passages else None
    how = data.draw(st.sampled_from(sorted(CHANGES)))
    if passage and any(map(str.isalnum, folded(passage.text)[0])):
        quote = CHANGES[how](passage.text)
        found = Index(source.passages).find(passage.id, quote)
        assert found
        assert found.passage == passage
        assert is_sound(found, source, quote)


@given(sources, st.data())
def test_what_is_found_says_exactly_what_was_quoted(source: Source, data: st.DataObject) -> None:
    text = source.text
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    change = CHANGES[data.draw(st.sampled_from(sorted(CHANGES)))]
    quote = data.draw(
        st.sampled_from([change(text[start:end]), change(text[start:end]) + "x", text[end:] + text[:start]])
    )
    index = Index(source.passages)
    for passage in ("P1", "P2", "C1.1"):
        if found := index.find(passage, quote):
            assert is_sound(found, source, quote)
            again = index.find(found.passage.id, found.text)
            assert again == found, "what was found is found again"


@given(st.lists(st.from_regex(r"[a-z]{4,8}", fullmatch=True), min_size=4, max_size=12, unique=True), st.data())
def test_a_near_miss_is_not_found(vocabulary: list[str], data: st.DataObject) -> None:
    index = Index(Source.from_text(" ".join(vocabulary)).passages)
    at = data.draw(st.integers(0, len(vocabulary) - 2))
    word = vocabulary[at]
    wrong = [
        [*vocabulary[:at], word[:-1] + ("q" if word[-1] != "q" else "x"), *vocabulary[at + 1 :]],
        [*vocabulary[:at], vocabulary[at + 1], word, *vocabulary[at + 2 :]],
        [*vocabulary[: at + 1], "not", *vocabulary[at + 1 :]],
        [*vocabulary[: at + 1], word, *vocabulary[at + 1 :]],
        [*vocabulary[: at + 1], "…", *vocabulary[at + 1 :]],
    ]
    assert index.find("P1", " ".join(vocabulary))
    for words in wrong:
        assert index.find("P1", " ".join(words)) is None


FOUND = [
    ('the merchant\'s "order"', "the merchant’s “order”"),
    ("10-20 rows", "10–20 rows"),
    ("no break here", "no\u00a0break here"),
    ("on two lines", "> on two\n> lines"),
    ("on two lines", "on\n  two lines"),
    ("very bold words", "very **bold** words"),
    ("very soft words", "very _soft_ words"),
    ("very strong words", "very __strong__ words"),
    ("the code id", "the `code` id"),
    ("order_id is kept", "the `order_id` is kept"),
    ("cafe\u0301 au lait", "café au lait"),
    ("café au lait", "cafe\u0301 au lait"),
    ("vi\u1ec7t", "vie\u0323\u0302t"),
    ("vie\u0302\u0323t", "vi\u1ec7t"),
    ("the file", "the ﬁle"),
    ("wait...", "wait…"),
    ("订单导出", "商家需要订单导出功能。"),
    ("エクスポート", "注文のエクスポート機能"),
    ("limit is 10", "The limit is 10."),
    ("5 %", "up to 5 % of it"),
    ("snake\\_case name", "snake\\_case name"),
    ("snake_case name", "snake\\_case name"),
]
MISSED = [
    ("The Limit", "the limit"),
    ("limit is 10", "limit is 10.5"),
    ("limit is 10.", "limit is 10.5"),
    ("5 rows", "10.5 rows"),
    ("1,000", "1,000,000 rows"),
    ("000 rows", "1,000 rows"),
    ("at 14", "at 14:30"),
    ("Users can", "Users can't export"),
    ("Users can", "Users can’t export"),
    ("the user", "the user_id column"),
    ("id column", "the user_id column"),
    ("port orders", "export orders"),
    ("export order", "export orders"),
    ("cafe", "café"),
    ("cafe", "cafe\u0301"),
    ("2 hours", "1½ hours"),
    ("2 hours", "½ hours"),
    ("102 rows", "10² rows"),
    ("wait.", "wait…"),
    ("one … three", "one two three"),
    ("one three", "one two three"),
    ("never exported", "never  ever exported"),
    ("—", "one — two"),
    ("", "one two"),
    ("…", "wait…"),
]


@pytest.mark.parametrize(("quote", "text"), FOUND)
def test_typography_does_not_matter(quote: str, text: str) -> None:
    source = Source.from_text(text)
    found = Index(source.passages).find("P1", quote)
    assert found
    assert is_sound(found, source, quote)


@pytest.mark.parametrize(("quote", "text"), MISSED)
def test_other_words_or_words_cut_in_two_are_missed(quote: str, text: str) -> None:
    assert Index(Source.from_text(text).passages).find("P1", quote) is None


def test_emphasis_around_the_words_comes_with_them() -> None:
    found = Index(Source.from_text("Be **very** _quick_ now").passages).find("P1", "very quick")
    assert found
    assert found.text == "**very** _quick_"


def test_words_of_one_other_passage_are_found_there() -> None:
    source = Source.from_text("One is here.\n\nTwo is there.\n\nTwo is here.\n\nIt is here.\n\nIt is here.")
    index = Index(source.passages)
    moved = index.find("P1", "Two is there.")
    assert moved
    assert (moved.passage.id, moved.line) == ("P2", 3)
    assert index.find("P1", "It is here.") is None
    assert index.find("P99", "One is here.") == Found(source.passages[0], 0, "One is here.")


def test_the_first_whole_place_in_the_passage_counts() -> None:
    found = Index(Source.from_text("exports\nof an export and an export").passages).find("P1", "export")
    assert found
    assert (found.start, found.line) == (14, 2)


def test_nearest_are_the_passages_that_share_the_rarest_words() -> None:
    common = "the order of the merchant is in the list of the orders of the merchant"
    source = Source.from_text(f"{common}\n\n{common}\n\nrefunds of the week\n\n{common}\n\nnothing")
    index = Index(source.passages)
    assert [each.id for each in index.nearest("the refunds of the day of the merchant", 1)] == ["P3"]
    assert index.nearest("xyzzy") == []
    assert index.nearest("") == []
