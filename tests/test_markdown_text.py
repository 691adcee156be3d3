"""The Markdown form as a reader sees it: the template's headings, footnotes, and text that stays text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example as case
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from specdraft import Spec
from specdraft import spec as words
from specdraft.markdown.text import decode, encode, escape, unescape
from specdraft.page import page
from specdraft.spec.statement import normal
from tests.cases import cited, example, spec_of, written
from tests.markdown import PLACES, TEMPLATE
from tests.specs import NASTY, texts

TAGS = [
    *("<script>", "</script>", "<img src=x onerror=alert(1)>", "<b>", "</b>", "<a\nhref=x>", "<!-- x -->", "<?php"),
    *("<![CDATA[", "\\", "`", "``", "\n", "\n\n", "    ", "- ", "> ", "| a | b |\n|---|---|\n| ", "word", "[^P1]"),
]  # fmt: skip
tagged = st.lists(st.sampled_from(TAGS), min_size=1, max_size=7).map("".join).filter(str.strip)


def tokens(markdown: str) -> Iterator[Token]:
    """All tokens of a document, those within lines too, with raw HTML switched on."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(footnote_plugin)
    for token in parser.parse(markdown):
        yield token
        yield from token.children or ()


def headings(markdown: str) -> list[str]:
    """Headings, and paragraphs all in bold, at the top level."""
    found = list(tokens(markdown))
    return [
        f"{'#' * int(opened.tag[1:])} {inner.content}" if opened.type == "heading_open" else inner.content
        for opened, inner in pairwise(found)
        if opened.level == 0
        and (opened.type == "heading_open" or (opened.type == "paragraph_open" and is_bold(inner.content)))
    ]


def is_bold(text: str) -> bool:
    return re.fullmatch(r"\*\*[^*]+\*\*", text) is not None and "TBD" not in text


@given(texts)
def test_unescape_is_the_inverse_of_escape(text: str) -> None:
    assert unescape(escape(text)) == text


@given(texts.map(lambda text: str(normal(text)).strip()).filter(bool))
def test_a_literal_text_comes_back_as_it_was(text: str) -> None:
    assert decode(encode(text, literal=True)) == text


def test_a_text_too_long_to_escape_is_literal() -> None:
    text = "<b>[^1]" * 5_000
    spec = Spec(summary=text)
    assert "````" not in spec.to_markdown()
    assert "```literal" in spec.to_markdown()
    assert Spec.from_markdown(spec.to_markdown()).summary == text


def test_an_empty_spec_shows_the_template_and_what_is_to_be_done() -> None:
    empty = Spec(title="New Technical Spec").to_markdown()
    assert [line for line in headings(empty) if line != "**How is it rolled back?**"] == [
        "# New Technical Spec",
        *TEMPLATE,
    ]
    assert empty.count("**TBD**") == len(headings(empty)) - 1


def test_the_headings_of_the_template_stand_in_its_order(document: Path) -> None:
    assert [line for line in headings(spec_of(document).to_markdown()) if line in TEMPLATE] == TEMPLATE


def test_the_tldr_stands_directly_below_the_title(document: Path) -> None:
    title, blank, summary, *_ = spec_of(document).to_markdown().split("\n")
    assert title.startswith("# ")
    assert blank == ""
    assert summary.startswith("> **TL;DR** ")


def test_an_item_shows_its_id_its_links_and_that_it_is_assumed() -> None:
    risk = words.Risk(title="Replica lags", likelihood="high", impact="low", mitigated_by=["S1", "T2"])
    assert "- **R1 → S1, T2** Replica lags *(assumption)*\n  - Likelihood: high · Impact: low\n" in (
        Spec(risks=words.Risks(items=[risk])).to_markdown()
    )


def test_a_footnote_names_passage_line_and_quote() -> None:
    text = example("csv-export.md").to_markdown()
    assert "- **G2** An export of 100,000 orders is ready within 10 minutes of being requested.[^P11]\n" in text
    assert (
        "\n[^P11]: P11, line 27: “An export of 100,000 orders is ready within 10 minutes of being requested.”"
        " (heading-exact: goals)\n"
    ) in text


def test_every_citation_has_its_footnote(document: Path) -> None:
    spec = spec_of(document)
    text = spec.to_markdown()
    entries = re.findall(r"(?m)^(?:\[\^[\w.-]+\]:|   ) ((?:P|A|C\d+\.)\d+), line (\d+): *(.*)$", text)
    assert len(entries) == len(cited(spec))
    marks, notes = re.findall(r"(?<!\\)\[\^([PC][\w.-]+)\](?!:)", text), re.findall(r"(?m)^\[\^([PC][\w.-]+)\]:", text)
    assert sorted(marks) == sorted(set(notes)) == sorted(notes)
    for citation in cited(spec):
        first = escape(citation.quote).split("\n")[0]
        assert any(
            (passage, int(line)) == (citation.passage, citation.line) and (first in quote or not quote.startswith("“"))
            for passage, line, quote in entries
        )


def test_raw_html_of_a_document_is_never_html_in_the_markdown(document: Path) -> None:
    assert raw_html(spec_of(document).to_markdown()) == []


@settings(max_examples=200)
@case("\\<script>", "goal")
@case("\\`<script>`", "goal")
@case("`<script>`<script>`", "fact")
@case("` a\n\n<script> `", "goal")
@case("| a ` | b |\n|---|---|\n| <script> ` | c |", "goal")
@given(tagged, st.sampled_from(sorted(PLACES)))
def test_raw_html_of_a_text_is_never_html_in_the_markdown(text: str, place: str) -> None:
    assert raw_html(PLACES[place](text).to_markdown()) == []


def raw_html(markdown: str) -> list[str]:
    """What a renderer would take for HTML; line breaks in table cells are let through."""
    return [
        token.content
        for token in tokens(markdown)
        if token.type in ("html_block", "html_inline") and not re.fullmatch(r"<br\s*/?>", token.content)
    ]


class Elements(HTMLParser):
    """The elements of a page, and the attributes of each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_a_page_runs_nothing_and_loads_nothing_of_a_hostile_document() -> None:
    elements = Elements(written("hostile")._repr_html_()).found
    assert {"script", "iframe", "img", "object", "embed", "link"} & {tag for tag, _ in elements} == set()
    attributes = [(name, value or "") for _, attrs in elements for name, value in attrs.items()]
    assert [name for name, _ in attributes if name.startswith("on")] == []
    assert [value for _, value in attributes if value.lower().lstrip().startswith("javascript:")] == []


@pytest.mark.parametrize("text", [text for text in NASTY if "<" in text])
def test_a_page_has_no_element_that_a_text_brought(text: str) -> None:
    plain = {tag for tag, _ in Elements(Spec(summary="word")._repr_html_()).found}
    brought = {tag for tag, _ in Elements(Spec(summary=f"word {text} word")._repr_html_()).found} - plain
    assert brought <= {"a", "br", "table", "thead", "tbody", "tr", "td", "th"}


def test_a_page_shows_raw_html_instead_of_running_it() -> None:
    """On its own, whatever was escaped before: the second of two locks."""
    shown = page("<script>alert(1)</script>\n\nand <img src=x onerror=alert(1)> too")
    assert {tag for tag, _ in Elements(shown).found} <= {"style", "div", "p"}
    assert "&lt;script&gt;alert(1)" in shown


def test_a_page_shows_the_words_of_the_spec() -> None:
    shown = example("csv-export.md")._repr_html_()
    assert "An export of 100,000 orders is ready within 10 minutes" in shown
    assert "<h1>Problem statement</h1>" in shown
