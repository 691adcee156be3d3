"""Context documents: all that is in a folder gets a number, and what is near to the PRD is taken while it fits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdraft import Passage, Source, SourceError
from specdraft.context import Chosen, Gathered, choose, gather
from specdraft.tokens import tokens
from tests.cases import ROOT
from tests.markdown import documents

KAFKA = "# Events\n\nWe publish order events to Kafka.\n\n- One topic per tenant.\n\n# Office\n\nPlants need water.\n"
SCHEMA = """CREATE TABLE user_account (
    id bigint,
\temail text
);


-- who pays
CREATE TABLE invoice (id bigint);
"""


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "replace"))  # a lone surrogate cannot be on disk
    return folder


def names(gathered: Gathered) -> list[str]:
    return [document.name for document in gathered.documents]


def texts(chosen: Chosen) -> list[str]:
    return [passage.text for document in chosen.documents for passage in document.passages]


def passages(read: Gathered | Chosen) -> Iterator[Passage]:
    for document in read.documents:
        yield from document.passages


def cost(read: Gathered | Chosen) -> int:
    """Of the passages and their numbers."""
    return sum(tokens(passage.text) + tokens(passage.id) for passage in passages(read))


def assert_verbatim(document: Source) -> None:
    lines = document.text.split("\n")
    for passage in document.passages:
        assert document.text[passage.start : passage.start + len(passage.text)] == passage.text != ""
        assert passage.text in "\n".join(lines[passage.line_start - 1 : passage.line_end])
        assert passage.line_start == document.text.count("\n", 0, passage.start) + 1


# Tokens


@given(st.text(), st.text())
def test_a_text_has_no_fewer_tokens_than_its_parts_and_no_more_than_both(one: str, other: str) -> None:
    assert max(tokens(one), tokens(other)) <= tokens(one + other) <= tokens(one) + tokens(other)
    assert (tokens(one) == 0) == (one == "")


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("The quick brown fox jumps over the lazy dog.", 9, 13),
        ("if (a[i] != b[j]) { return x->y; }", 12, 22),
        ("\n" + " " * 400 + "end", 1, 3),
        ("2024-11-05T10:20:30Z", 8, 16),
        ("我们需要一个新的系统", 7, 14),
        ("🎉" * 12, 12, 36),
        ("\ud800", 1, 2),
    ],
)
def test_the_estimate_is_near_to_what_models_count(text: str, least: int, most: int) -> None:
    assert least <= tokens(text) <= most


# Gathering


def test_documents_are_named_by_their_path_and_numbered_in_the_order_of_their_names(tmp_path: Path) -> None:
    written(tmp_path, {"b.md": "two\n\nthree", "a/z.txt": "one", "c.sql": SCHEMA})
    gathered = gather([tmp_path])
    assert names(gathered) == ["a/z.txt", "b.md", "c.sql"]
    assert [passage.id for passage in passages(gathered)] == ["C1.1", "C2.1", "C2.2", "C3.1", "C3.2"]
    assert gathered.notices == ()


def test_the_order_in_which_paths_are_given_and_giving_one_twice_changes_nothing(tmp_path: Path) -> None:
    written(tmp_path, {"adr/1.md": "one", "adr/2.md": "two", "schema.sql": SCHEMA})
    once = gather([tmp_path])
    assert gather([tmp_path / "adr" / "2.md", tmp_path]) == gather([tmp_path, tmp_path / "adr" / "2.md"]) == once
    assert gather(str(path) for path in [tmp_path, tmp_path]) == once


def test_code_is_cut_at_blank_lines_and_keeps_its_bytes(tmp_path: Path) -> None:
    (schema,) = gather([written(tmp_path, {"schema.sql": SCHEMA}) / "schema.sql"]).documents
    assert schema.name == "schema.sql"
    assert [(passage.text, passage.line_start, passage.line_end, passage.kind) for passage in schema.passages] == [
        ("CREATE TABLE user_account (\n    id bigint,\n\temail text\n);", 1, 4, "code"),
        ("-- who pays\nCREATE TABLE invoice (id bigint);", 7, 8, "code"),
    ]


def test_code_without_blank_lines_is_cut_into_pieces_that_can_be_cited(tmp_path: Path) -> None:
    written(tmp_path, {"api.yaml": "\n".join(f"key{n}: {n}" for n in range(100))})
    (document,) = gather([tmp_path]).documents
    assert [(passage.line_start, passage.line_end) for passage in document.passages] == [(1, 40), (41, 80), (81, 100)]


def test_a_comment_in_code_is_no_heading(tmp_path: Path) -> None:
    written(tmp_path, {"run.py": "# Setup\nimport os\n\n- 1\n\n```\n\nx = 1"})
    (document,) = gather([tmp_path]).documents
    assert {(passage.kind, passage.headings) for passage in document.passages} == {("code", ())}


@settings(max_examples=150)
@given(documents)
def test_every_passage_is_a_slice_of_its_document_and_code_loses_no_line(text: str) -> None:
    with TemporaryDirectory() as folder:
        written(Path(folder), {"a.md": text, "b.py": text, "c.md": "always here"})
        gathered = gather([folder])
    for document in gathered.documents:
        assert_verbatim(document)
        if document.name == "b.py":
            held = [line.strip() for passage in document.passages for line in passage.text.split("\n")]
            assert held == [line.strip() for line in document.text.split("\n") if line.strip()]


def test_what_is_hidden_installed_binary_or_empty_is_passed_over_without_a_word(tmp_path: Path) -> None:
    written(
        tmp_path,
        {
            "kept.md": "kept",
            ".hidden.md": "x",
            ".git/a.md": "x",
            "node_modules/a.md": "x",
            "sub/venv/a.md": "x",
            "my-python/pyvenv.cfg": "home = /usr",
            "my-python/lib/a.md": "x",
            "logo.png": "\x89PNG",
            "Makefile": "all:",
            "pkg/__init__.py": "",
        },
    )
    gathered = gather([tmp_path])
    assert (names(gathered), gathered.notices) == (["kept.md"], ())


def test_what_is_hidden_is_read_when_it_is_named(tmp_path: Path) -> None:
    written(tmp_path, {".notes/a.md": "x", "Makefile": "all:"})
    assert names(gather([tmp_path / ".notes", tmp_path / "Makefile"])) == ["Makefile", "a.md"]


def test_a_file_in_a_folder_that_cannot_be_read_is_a_notice_and_takes_no_number(tmp_path: Path) -> None:
    written(
        tmp_path, {"a/bad.json": "no", "b.pdf": "%PDF-1.7", "c.sql": "x\x00", "d.md": "  ", "e.md": "***", "f.md": "f"}
    )
    (tmp_path / "big.md").write_bytes(b"x" * 5_000_001)
    gathered = gather([tmp_path])
    assert [(document.name, document.passages[0].id) for document in gathered.documents] == [("f.md", "C1.1")]
    assert gathered.notices == (
        "context: a/bad.json was not read: broken JSON at line 1, column 1: Expecting value",
        "context: b.pdf was not read: this is a PDF, not text",
        "context: big.md was not read: it is 5,000,001 bytes; specdraft reads up to 5,000,000",
        "context: c.sql was not read: this is binary, not text: it holds NUL bytes",
        "context: d.md was not read: there is no text in it",
        "context: e.md was not read: there is nothing in it to cite",
    )


@pytest.mark.parametrize("name", ["missing.md", "bad.json", "page.html", "empty.md", "rule.md"])
def test_a_path_that_is_named_and_cannot_be_read_is_an_error(tmp_path: Path, name: str) -> None:
    written(tmp_path, {"bad.json": "{", "page.html": "<html></html>", "empty.md": "", "rule.md": "***"})
    for paths in ([tmp_path / name], [tmp_path, tmp_path / name], [tmp_path / name, tmp_path]):
        with pytest.raises(SourceError, match=name):
            gather(paths)


def test_a_ticket_and_a_text_that_is_not_utf8_are_read_as_a_source_is(tmp_path: Path) -> None:
    written(tmp_path, {"ticket.json": json.dumps({"title": "Export", "body": "As CSV."})})
    (tmp_path / "old.txt").write_bytes("naïve".encode("cp1252"))
    old, ticket = (gathered := gather([tmp_path])).documents
    assert (old.text, ticket.title) == ("naïve", "Export")
    assert gathered.notices == (f"context: old.txt: {old.notices[0]}",)


def test_documents_of_the_same_name_are_told_apart_by_the_folders_above(tmp_path: Path) -> None:
    written(tmp_path, {"x/docs/README.md": "1", "y/docs/README.md": "2", "y/docs/own.md": "3"})
    assert names(gather([tmp_path / "x" / "docs", tmp_path / "y" / "docs"])) == [
        "own.md",
        "x/docs/README.md",
        "y/docs/README.md",
    ]


def test_a_name_that_is_no_text_still_gives_one(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"a\xff\n b.md")).write_text("x", encoding="utf-8")
    assert names(gather([tmp_path])) == ["a\N{REPLACEMENT CHARACTER} b.md"]


def test_a_link_is_followed_only_when_it_is_named(tmp_path: Path) -> None:
    written(tmp_path, {"secret.md": "secret", "docs/a.md": "a"})
    (tmp_path / "docs" / "link.md").symlink_to(tmp_path / "secret.md")
    (tmp_path / "docs" / "folder").symlink_to(tmp_path)
    gathered = gather([tmp_path / "docs"])
    assert names(gathered) == ["a.md"]
    assert gathered.notices == ("context: link.md was not read: it is a link, not a file; name it to have it read",)
    assert names(gather([tmp_path / "docs", tmp_path / "docs" / "link.md"])) == ["a.md", "link.md"]


def test_a_folder_with_nothing_to_read_is_a_notice(tmp_path: Path) -> None:
    gathered = gather([written(tmp_path, {"empty/logo.png": "x"}) / "empty"])
    assert (gathered.documents, gathered.notices) == ((), ("context: there is nothing to read in the folder empty",))
    assert choose("x", gathered, 100).notices() == ()


def test_a_folder_that_may_not_be_read_is_an_error_if_named_and_else_a_notice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, {"a.md": "a", "locked/b.md": "b"})
    real = os.scandir

    def scandir(path: str) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)  # the tests may run as root, whom no lock stops
    gathered = gather([tmp_path])
    assert (names(gathered), gathered.notices) == (
        ["a.md"],
        ("context: locked was not read: Permission denied",),
    )
    with pytest.raises(SourceError, match="locked: Permission denied"):
        gather([tmp_path / "locked"])


# Choosing


def test_everything_is_taken_if_it_fits(tmp_path: Path) -> None:
    gathered = gather([written(tmp_path, {"a.md": KAFKA, "s.sql": SCHEMA})])
    chosen = choose("nothing of this", gathered, cost(gathered))
    assert chosen.documents == gathered.documents
    assert chosen.whole == ("a.md", "s.sql")
    assert chosen.notices() == (f"context documents: budget {cost(gathered)} tokens, 2 used whole",)


def test_what_is_near_to_the_query_is_taken_with_its_heading_and_the_rest_is_named(tmp_path: Path) -> None:
    written(tmp_path, {"a.md": KAFKA, "b.md": "Holiday calendar.", "s.sql": SCHEMA})
    chosen = choose("Order events go to Kafka, for every invoice.", gather([tmp_path]), 40)
    assert texts(chosen) == [
        "Events",
        "We publish order events to Kafka.",
        "One topic per tenant.",
    ]
    assert (chosen.whole, chosen.in_part, chosen.left_out) == ((), ("a.md",), ("b.md", "s.sql"))
    assert chosen.notices() == (
        "context documents: budget 40 tokens, 0 used whole; 1 in part: a.md; 2 left out: b.md, s.sql",
    )


@pytest.mark.parametrize(
    "query", ["the user", "ACCOUNT", "userAccount", "UserACCOUNTTable", "user_account", "what about accounts of a user"]
)
def test_identifiers_are_found_by_their_parts_whatever_their_case(tmp_path: Path, query: str) -> None:
    written(
        tmp_path, {"a.sql": SCHEMA.split("\n\n", maxsplit=1)[0], "b.md": "Nothing of the kind is in here at all. " * 9}
    )
    assert choose(query, gather([tmp_path]), 60).whole == ("a.sql",)


def test_words_are_found_in_a_script_without_blanks(tmp_path: Path) -> None:
    written(tmp_path, {"a.md": "我们需要一个新的支付系统", "b.md": "今天天气很好"})
    assert choose("支付", gather([tmp_path]), 20).whole == ("a.md",)


def test_a_run_that_does_not_fit_is_passed_over_for_a_smaller_one(tmp_path: Path) -> None:
    written(tmp_path, {"big.sql": "refund " * 200, "small.md": "A refund takes days.", "z.md": "Plants " * 50})
    assert choose("refund", gather([tmp_path]), 50).whole == ("small.md",)


def test_a_rare_word_weighs_more_than_common_ones(tmp_path: Path) -> None:
    common = {f"{n}.md": f"The service stores data of service {n}." for n in range(9)}
    written(tmp_path, common | {"x.md": "The ledger is a service."})
    query = "The service stores data. " * 50 + "The ledger."
    assert choose(query, gather([tmp_path]), 14).left_out == tuple(sorted(common))


@pytest.mark.parametrize("budget", [0, -5])
def test_nothing_fits_into_no_budget(tmp_path: Path, budget: int) -> None:
    chosen = choose("Kafka", gather([written(tmp_path, {"a.md": KAFKA})]), budget)
    assert (chosen.documents, chosen.left_out) == ((), ("a.md",))


def test_text_without_a_word_can_be_left_out(tmp_path: Path) -> None:
    gathered = gather([written(tmp_path, {"!.sql": "};\n\n};"})])
    assert choose("", gathered, 1).documents == ()


@settings(max_examples=150)
@given(st.lists(documents, min_size=1, max_size=4), documents, st.integers(0, 400), st.integers(0, 400))
def test_the_budget_holds_and_changes_no_number(many: list[str], query: str, budget: int, other: int) -> None:
    with TemporaryDirectory() as folder:
        written(Path(folder), {f"{n}.{'md' if n % 2 else 'py'}": text for n, text in enumerate(many)})
        gathered = gather([folder])
    known = {passage.id: passage for passage in passages(gathered)}
    for allowed in (budget, other):
        chosen = choose(query, gathered, allowed)
        taken = list(passages(chosen))
        assert cost(chosen) <= allowed
        assert all(known[passage.id] is passage for passage in taken)
        assert [passage for passage in known.values() if passage in taken] == taken
        assert sorted(chosen.whole + chosen.in_part + chosen.left_out) == names(gathered)
        assert [document.name for document in chosen.documents] == sorted(chosen.whole + chosen.in_part)


def test_the_choice_does_not_depend_on_the_order_of_hashes() -> None:
    script = (
        "import sys; from specdraft.context import choose, gather;"
        "query, *paths = sys.argv[1:];"
        "chosen = choose(open(query).read(), gather(paths), 900);"
        "print([passage.id for document in chosen.documents for passage in document.passages])"
    )
    paths = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "specdraft" / "spec"]
    command = [sys.executable, "-c", script, *map(str, paths)]
    runs = {
        subprocess.run(command, capture_output=True, check=True, env=os.environ | {"PYTHONHASHSEED": seed}).stdout
        for seed in "123"
    }
    assert len(runs) == 1
    assert runs.pop().strip() != b"[]"


def test_many_documents_and_a_long_query_are_no_burden(tmp_path: Path) -> None:
    """Two hundred documents of ten thousand characters, and a PRD of a hundred thousand words."""
    said = "It stores rows and tells a queue of them. " * 5
    filler = "\n\n".join(f"# Part {n}\n\nThis is service {n}. {said}" for n in range(40))
    written(tmp_path, {f"{n:03}.md": f"{filler}\n\n# End\n\nOnly the settlement{n} is here." for n in range(200)})
    query = "A service stores rows. " * 25_000 + "What of settlement77?"
    chosen = choose(query, gather([tmp_path]), 60)
    assert "Only the settlement77 is here." in texts(chosen)
    assert cost(chosen) <= 60
