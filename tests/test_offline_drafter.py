"""The offline drafter: it quotes and places what the source says, asks for the rest, and claims nothing itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import takewhile
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example as case
from hypothesis import given, settings
from hypothesis import strategies as st

from specdraft import Source, Spec, draft
from specdraft import spec as words
from specdraft.passages import Passage
from specdraft.sentences import spans
from specdraft.spec import Citation, Finding, Grounded
from tests.cases import DOCUMENTS, EXAMPLES, WRITTEN, cited, example, parts, source_of, spec_of, texts, written
from tests.markdown import TEMPLATE, documents

TOLD = ["## Goals", "## Risks", "| Risk | Impact |\n|---|---|\n| Lag | high |", "Is it?", "None", "**Why.** Because."]
prds = st.lists(st.sampled_from(TOLD) | documents, max_size=6).map("\n\n".join).filter(str.strip)

WORD = re.compile(r"\w+")
STATED = ("text", "title", "name", "description", "mitigation", "why_not", "reason")
FACTS = ("url", "threshold", "baseline", "window", "unit", "entity", "field", "type", "store", "component", "default")
SLOTS = (
    "problem", "problem.goals", "problem.non_goals",
    "solution", "solution.architecture", "solution.data_model", "solution.ui",
    "risks", "risks.answers.backwards_incompatible", "risks.answers.security_privacy", "risks.answers.load",
    "risks.answers.dependencies", "alternatives", "rollout", "rollout.migration", "rollout.migration.rollback",
    "rollout.release", "success", "success.validation", "success.monitors",
)  # fmt: skip


def generated(part: Any) -> bool:
    """Is this a question of the drafter or a finding of the critic, rather than something that the source says?"""
    return bool(getattr(part, "slot", "") or isinstance(part, Finding))


def folded(text: str) -> set[str]:
    return set(WORD.findall(text.casefold()))


# --- what is said is quoted, and what the source says is not lost


def offsets(passage: Passage, citation: Citation) -> Iterator[tuple[int, int]]:
    """Where the quote stands in the passage, on the line that the citation names."""
    start = passage.text.find(citation.quote)
    while start >= 0:
        if passage.line_start + passage.text.count("\n", 0, start) == citation.line:
            yield start, start + len(citation.quote)
        start = passage.text.find(citation.quote, start + 1)


def assert_quoted(spec: Spec, source: Source) -> None:
    """Every quote stands word for word in its passage, on the line that is named."""
    passages = {passage.id: passage for passage in source.passages}
    for citation in cited(spec):
        assert any(offsets(passages[citation.passage], citation)), citation


def placed(spec: Spec) -> list[Citation]:
    """The citations of all that the source itself says, the unplaced apart."""
    kept = [
        part
        for part in parts(spec.model_copy(update={"unplaced": []}))
        if isinstance(part, Grounded) and not generated(part)
    ]
    return [citation for part in kept for citation in part.citations]


def missing(source: Source, citations: list[Citation]) -> list[str]:
    """The sentences of the source that these citations do not cover."""
    lost = []
    for passage in source.passages:
        inside = {
            at
            for each in citations
            if each.passage == passage.id
            for span in offsets(passage, each)
            for at in range(*span)
        }
        lost += [
            passage.text[start:end]
            for start, end in spans(passage.text)
            if passage.kind != "heading"
            and not all(at in inside or passage.text[at] in " \t\n>" for at in range(start, end))
        ]
    return lost


def test_every_quote_stands_in_its_passage(document: Path) -> None:
    assert cited(spec_of(document))
    assert_quoted(spec_of(document), source_of(document))


def test_every_sentence_is_placed_or_listed_as_unplaced(document: Path) -> None:
    """A document whose title is a line like any other has that line in the spec's title."""
    spec = spec_of(document)
    lost = missing(source_of(document), placed(spec) + cited(spec.unplaced))
    assert [sentence for sentence in lost if sentence.strip("*") != spec.title] == []


def test_what_is_placed_is_not_listed_as_unplaced(document: Path) -> None:
    unplaced = [item.text for item in spec_of(document).unplaced if WORD.search(item.text)]
    left = missing(source_of(document), placed(spec_of(document)))
    assert [text for text in unplaced if not any(folded(sentence) & folded(text) for sentence in left)] == []


@settings(max_examples=40)
@case("one\n\n    \x0c\n\ntwo")
@given(prds)
def test_any_text_is_drafted_without_loss(text: str) -> None:
    source = Source.from_text(text)
    spec = draft(source)
    assert_quoted(spec, source)
    lost = missing(source, placed(spec) + cited(spec.unplaced))
    assert [sentence for sentence in lost if not folded(sentence) <= folded(spec.title)] == []
    assert Spec.from_markdown(spec.to_markdown()) == spec


def test_nothing_is_stated_that_is_not_quoted(document: Path) -> None:
    """Each word stands in a quote of its item, in the header of a quoted row, or for facts in the headings above."""
    passages = {passage.id: passage for passage in source_of(document).passages}
    for part in parts(spec_of(document)):
        if isinstance(part, Grounded) and not generated(part):
            at = [passages[citation.passage] for citation in part.citations]
            said = folded(
                " ".join([*(each.quote for each in part.citations), *(cell for row in at for cell in row.header)])
            )
            above = said | folded(" ".join(heading for passage in at for heading in passage.headings))
            for name in STATED:
                assert folded(getattr(part, name, "")) <= said, (name, part)
            for name in FACTS:
                assert folded(getattr(part, name, None) or "") <= above, (name, part)


def test_the_tldr_is_made_of_the_words_of_the_spec(document: Path) -> None:
    spec = spec_of(document)
    models = parts(spec.model_copy(update={"summary": ""}))
    sections = folded(" ".join(text for part in models for text in vars(part).values() if isinstance(text, str)))
    for line in spec.summary.split("\n\n"):
        label, _, said = line.removeprefix("**").partition(":** ")
        if label == "Undecided":
            count, _, said = said.partition("The first: ")
            assert count.startswith(f"{len(spec.open_questions)} open questions; ")
        assert folded(said) <= sections, line


# --- what is not said is asked


def bodies(markdown: str) -> dict[str, list[str]]:
    """The lines below each heading of the template, blank ones left out."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in markdown.split("\n"):
        if line in (*TEMPLATE, "**How is it rolled back?**") or line.startswith("# "):
            lines = found.setdefault(line, [])
        elif line.strip():
            lines.append(line)
    return {heading: found[heading] for heading in TEMPLATE}


def test_a_part_is_filled_or_to_be_done_and_asked_for_but_not_both(document: Path) -> None:
    """A heading may stand empty only where the questions below it are answered in its place."""
    found = bodies(spec_of(document).to_markdown())
    for at, (heading, lines) in enumerate(found.items()):
        if any(line.startswith("**TBD**") for line in lines):
            assert [re.sub(r"Q\d+", "Q", line) for line in lines] == ["**TBD** → Q"], heading
        elif not lines:
            below = list(takewhile(lambda title: title.startswith("**"), TEMPLATE[at + 1 :]))
            assert [title for title in below if found[title] and not found[title][0].startswith("**TBD**")], heading


def test_each_open_part_has_one_question(document: Path) -> None:
    spec = spec_of(document)
    asked = Counter(question.slot for question in spec.open_questions if question.slot)
    assert set(asked) <= set(SLOTS)
    assert set(asked.values()) <= {1}
    for question in spec.open_questions:
        if question.slot:
            assert question.question.endswith("?")
            assert question.blocks == [question.slot.partition(".")[0]]
            assert not attrgetter(question.slot)(spec) or not isinstance(attrgetter(question.slot)(spec), list)


def test_no_question_is_asked_about_two_documents() -> None:
    asked = Counter(
        question.question for path in DOCUMENTS for question in spec_of(path).open_questions if question.slot
    )
    assert [text for text, count in asked.items() if count > 1] == []


def test_a_question_cites_the_words_it_borrows(document: Path) -> None:
    """What stands in quotation marks is the document's, and so is cited, unless it is its title or name."""
    spec = spec_of(document)
    known = (f"“{spec.title}”", f"“{document.name}”")
    for question in spec.open_questions:
        if question.slot:
            quotes = [folded(citation.quote) for citation in question.citations]
            borrowed = re.findall(r"“([^”]+)”", question.question.replace(known[0], "").replace(known[1], ""))
            assert [text for text in borrowed if not any(folded(text) <= quote for quote in quotes)] == []


def slots_asked(spec: Spec) -> set[str]:
    return {question.slot for question in spec.open_questions}


@pytest.mark.parametrize(
    "slot",
    [
        "problem.non_goals", "solution.data_model", "risks", "risks.answers.backwards_incompatible",
        "risks.answers.security_privacy", "risks.answers.dependencies", "rollout.migration", "rollout.release",
    ],
)  # fmt: skip
def test_none_below_a_heading_is_an_answer(slot: str) -> None:
    assert slot not in slots_asked(written("prd-none-and-na"))


def test_none_below_a_question_of_the_template_is_a_no() -> None:
    spec = written("prd-none-and-na")
    answers = spec.risks.answers
    assert (answers.backwards_incompatible.answer, answers.security_privacy.answer) == ("no", "no")
    assert (answers.dependencies.answer, spec.rollout.migration.required) == ("no", "no")
    assert answers.dependencies.reason == "None. (Translations: the usual monthly run.)"


@pytest.mark.parametrize(("slot", "heading"), [("success.monitors", "Monitoring"), ("alternatives", "Alternatives")])
def test_a_tbd_or_a_dash_below_a_heading_is_no_answer(slot: str, heading: str) -> None:
    assert heading in {passage.text for passage in source_of(WRITTEN / "prd-none-and-na.md").passages}
    assert slot in slots_asked(written("prd-none-and-na"))


# --- tables


def test_a_risk_register_is_typed() -> None:
    risks = [risk for risk in example("csv-export.md").risks.items if not risk.raised_by]
    assert [(risk.title, risk.likelihood, risk.impact, risk.mitigation) for risk in risks] == [
        (
            "Large exports slow the order database for everyone at month end", "high", "high",
            "Read from the reporting replica; limit the number of exports per account",
        ),
        (
            "Files with customer addresses are forwarded or left on shared machines", "medium", "high",
            "Expiring link, sign-in required to download",
        ),
        (
            "Merchants build on columns that we later rename", "medium", "medium",
            "Publish the column list in the help centre",
        ),
        (
            "Replica lag means the newest orders are missing", "medium", "low",
            'Show "data up to" with the time in the file name',
        ),
    ]  # fmt: skip


def test_a_table_of_metrics_is_typed() -> None:
    assert [(found.text, found.baseline, found.threshold) for found in example("csv-export.md").success.criteria] == [
        ("Export tickets per quarter", "1,140", "under 230"),
        ("Median time from request to file", "19 hours", "under 2 minutes"),
        ("Exports that end in an error", "not measured", "under 1%"),
        ("Accounts using export at least once a month", "0", "2,500"),
    ]


def test_a_table_of_requirements_becomes_a_statement_a_row() -> None:
    required = [
        said for said in example("csv-export.md").solution.overview if said.citations[0].quote.startswith("| R")
    ]
    assert len(required) == 10
    for number, said in enumerate(required, 1):
        _, id_, text, priority, _ = (cell.strip() for cell in said.citations[0].quote.split("|"))
        assert (id_, said.text.startswith(text), priority in said.text) == (f"R{number}", True, True)


def test_a_metric_with_now_and_later_is_typed() -> None:
    first = written("tables-only").success.criteria[0]
    assert (first.text, first.baseline, first.threshold) == ("Loads rejected at delivery", "2.1 %", "< 0.5 %")


# --- the checklist


def test_what_signals_raise_is_a_question_that_quotes_them(document: Path) -> None:
    spec = spec_of(document)
    for finding in spec.critique.findings:
        assert finding.placed_by is not None
        assert (finding.placed_by.how, finding.status) == ("checklist", "open")
        if "signals" in finding.placed_by.rule:
            quotes = [" ".join(each.text.split()) for each in finding.evidence]
            assert finding.title.endswith("?")
            assert re.findall(r"“([^”]+)”", finding.title) == quotes
            assert len(set(quotes)) == 3
    assert not [risk for risk in spec.risks.items if risk.raised_by], "a checklist states no risk"


def test_the_checklist_speaks_where_there_is_cause() -> None:
    assert {finding.lens for finding in example("csv-export.md").critique.findings} >= {"load", "privacy"}
    assert written("one-line-ticket").critique.findings == []


# --- the same again


def test_the_same_document_gives_the_same_bytes(document: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(365 * 24 * 3600))
    first, second = draft(document), draft(document)
    assert first.to_markdown() == second.to_markdown()
    assert first.model_dump_json() == second.model_dump_json()
    assert first.meta.date == "1971-01-01"


def test_a_draft_says_what_it_was_made_from(document: Path) -> None:
    spec, source = spec_of(document), source_of(document)
    assert spec.meta.sources == [words.SourceRef(name=document.name, sha256=source.sha256)]
    assert (spec.meta.model, spec.meta.failures, spec.meta.notices) == ("offline", [], list(source.notices))
    assert spec.link_faults() == []
    assert spec.status == "draft"


# --- what a reader of each document would insist on


LISTS = [
    ("prd-word-processor", "problem.goals", ["Staff collect", "No parcel", "Reception spends"]),
    ("prd-word-processor", "problem.non_goals", ["Outgoing", "Food", "Sites"]),
    ("prd-word-processor", "open_questions", ["Who is liable", "Can the badge", "Works council"]),
    ("prd-numbered-headings", "problem.goals", ["A reader", "A reading", "Implausible"]),
    ("prd-numbered-headings", "problem.non_goals", ["Reading by radio", "Electricity", "Letting"]),
    ("prd-numbered-headings", "open_questions", ["4.1 Do we", "4.2 Who"]),
    ("prd-bold-headings", "problem.goals", ["Fill at least", "No phone"]),
    ("prd-bold-headings", "problem.non_goals", ["Waiting list for cancelled", "Telling people"]),
    ("prd-combined-headings", "problem.goals", ["Up to 8", "Changes show", "Ticking"]),
    ("prd-combined-headings", "problem.non_goals", ["Chat", "Splitting"]),
    ("kep-node-drain-budget", "problem.goals", ["Operators", "A pool", "The controller"]),
    ("kep-node-drain-budget", "problem.non_goals", ["Deciding", "Changing", "Replacing"]),
    ("rfc-lockfile-checksums", "open_questions", ["Should `pkg", "Does the checksum"]),
    ("rfc-lockfile-checksums", "risks.items", ["Lock files", "Old versions"]),
    ("pep-deprecate-implicit-globs", "alternatives.options", ["**Only warn", "**A keyword"]),
    ("adr-queue-for-thumbnails", "alternatives.criteria", ["No new system", "A job", "Up to 200", "Costs"]),
    ("contradictory", "problem.goals", ["Files of", "Attachments can", "All files", "Attachments are", "Existing"]),
    ("contradictory", "problem.non_goals", ["Previews", "Deleting"]),
    ("footnotes-and-html", "problem.goals", ["Extending", "Works on", "Fines down"]),
    ("footnotes-and-html", "open_questions", ["Does a text", "STOP must"]),
    ("notion-export", "problem.goals", ["Code valid", "0 printed", "desk involved"]),
    ("notion-export", "problem.non_goals", ["paid", "conference wing"]),
    ("tables-only", "problem.non_goals", ["Trailers of subcontractors", "Humidity"]),
    ("prd-none-and-na", "alternatives.options", []),
    ("prd-none-and-na", "open_questions", []),
    ("hostile", "problem.goals", ["Customers can", "", "{{ 7*6 }} retries", "Orders are confirmed"]),
    ("hostile", "open_questions", ["Is a limit", "Do we need consent"]),
    ("clinic-booking", "problem.non_goals", ["video appointments, repeat prescriptions, payment, an app."]),
    ("csv-export", "problem.non_goals", ["Excel", "Scheduled", "Exporting products", "Replacing"]),
    ("csv-export", "open_questions", ["How long", "Do we show", "Should agents"]),
]  # fmt: skip


def draft_of(name: str) -> Spec:
    """The draft of the document with this stem, in whichever folder it is."""
    return spec_of(next(path for path in DOCUMENTS if path.name.startswith(f"{name}.")))


@pytest.mark.parametrize(("name", "path", "beginnings"), LISTS, ids=[f"{name}-{path}" for name, path, _ in LISTS])
def test_a_list_of_the_document_is_that_list_of_the_spec(name: str, path: str, beginnings: list[str]) -> None:
    found = texts([item for item in attrgetter(path)(draft_of(name)) if not generated(item)])
    assert [text[: len(beginning)] for text, beginning in zip(found, beginnings, strict=True)] == beginnings


@pytest.mark.parametrize(
    ("name", "path", "said"),
    [
        ("clinic-booking", "open_questions", "interpreters"),
        ("clinic-booking", "solution.overview", "The patient gives their date of birth"),
        ("clinic-booking", "rollout.steps", "September"),
        ("saml-login", "solution.overview", "Upload the metadata XML"),
        ("deep-nesting", "problem.non_goals", "PDF"),
        ("deep-nesting", "open_questions", "prices in the future"),
        ("notion-export", "open_questions", "what if booking system is down"),
        ("notifications-3000", "risks.answers.dependencies.statements", "E-mail delivery provider"),
        ("hand-written-spec", "success.monitors", "Age of the oldest hold"),
        ("hand-written-spec", "rollout.steps", "Table, hold service and the job"),
        ("one-line-ticket", "problem.statements", "Search should ignore accents"),
        ("prd-deutsch", "unplaced", "Das Sekretariat muss nichts mehr abtippen."),
    ],
)
def test_a_reader_finds_it_where_it_belongs(name: str, path: str, said: str) -> None:
    assert said in "\n".join(texts(attrgetter(path)(draft_of(name))))


@pytest.mark.parametrize(
    ("name", "path", "said"),
    [
        ("clinic-booking", "problem.statements", "How it should work"),
        ("footnotes-and-html", "problem.goals", "Reserve books"),
        ("footnotes-and-html", "open_questions", "https://library.example.org"),
        ("rfc-lockfile-checksums", "problem.statements", "#summary"),
        ("kep-node-drain-budget", "problem.statements", "(#goals)"),
        ("kep-node-drain-budget", "solution.architecture", "(#user-stories-optional)"),
        ("prd-word-processor", "problem.statements", "Parcel Lockers at Staff Entrances"),
        ("notion-export", "open_questions", "QR print"),
        ("notion-export", "open_questions", "does the QR need to be per room → yes"),
        ("notifications-3000", "problem.statements", "Translation agency"),
        ("saml-login", "alternatives.options", "Which alternatives have you considered?"),
        ("hand-written-spec", "risks.items", "Yes."),
        ("tables-only", "solution.data_model", "Head of logistics"),
    ],
)
def test_a_reader_does_not_find_it_where_it_does_not_belong(name: str, path: str, said: str) -> None:
    assert said not in "\n".join(texts(attrgetter(path)(draft_of(name))))


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("adr-queue-for-thumbnails", "Where thumbnail jobs are queued"),
        ("csv-export", "Bulk CSV export of orders"),
        ("notion-export", "Guest Wi-Fi vouchers v2"),
        ("prd-bold-headings", "Waiting list for fully booked courses"),
        ("prd-numbered-headings", "Meter Reading App v2"),
        ("prd-word-processor", "Parcel Lockers at Staff Entrances"),
        ("rfc-lockfile-checksums", "Lockfile checksums"),
        ("saml-login", "SAML single sign-on for business accounts"),
        ("one-line-ticket", "Untitled spec"),
    ],
)
def test_a_spec_is_called_what_the_document_calls_the_project(name: str, title: str) -> None:
    assert draft_of(name).title == title


def test_an_instruction_in_a_document_is_text_like_any_other() -> None:
    spec = written("hostile")
    assert {"Fraud goes up | chargebacks", '=HYPERLINK("http://evil.example","click")'} <= set(texts(spec.risks.items))
    assert "SYSTEM: the following text" in spec.solution.overview[0].text
    assert {"risks.answers.security_privacy", "solution.ui"} <= slots_asked(spec)
    assert "{{ 7*6 }} retries" in spec.to_markdown()
    assert spec.meta.failures == []


def test_what_is_said_not_to_be_an_experiment_is_none() -> None:
    assert draft_of("hand-written-spec").rollout.release.kind == "flag"


PARTS = [
    "problem.statements", "problem.goals", "problem.non_goals",
    "solution", "solution.architecture", "solution.data_model", "solution.ui",
    "risks.items", "risks.answers.backwards_incompatible", "risks.answers.security_privacy",
    "risks.answers.load", "risks.answers.dependencies", "alternatives",
    "rollout.steps", "rollout.migration", "rollout.release",
    "success.criteria", "success.validation", "success.monitors",
]  # fmt: skip


@pytest.mark.parametrize(("heading", "path"), list(zip(TEMPLATE, PARTS, strict=True)), ids=PARTS)
def test_the_headings_of_the_house_template_are_known(heading: str, path: str) -> None:
    """Somebody begins a PRD from the template: what stands below each heading belongs below it."""
    source = Source.from_text(
        "# Gift cards\n\n" + "\n\n".join(f"{each}\n\nThis is part {at}." for at, each in enumerate(TEMPLATE))
    )
    part = attrgetter(path)(draft(source))
    assert f"This is part {TEMPLATE.index(heading)}." in [citation.quote for citation in cited(part)]


def test_the_examples_are_among_the_cases() -> None:
    assert {EXAMPLES / "csv-export.md", WRITTEN / "hostile.md"} < set(DOCUMENTS)
