"""The readers through their door: every format, every refusal, and nothing but SourceError ever."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import random
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdraft.errors import SourceError
from specdraft.passages import Passage, parse
from specdraft.readers import MAX_BYTES, Document, read

DOCUMENTS = Path(__file__).parent / "documents" / "readers"
QUIET = "Quiet hours for couriers 5d0c1f7e9a3b4c2d8e6f00112233aabb"
ROLLOUT = "Rollout notes aa11bb22cc33dd44ee55ff6600778899"
INTERVIEW = "Interview log 00ff11ee22dd33cc44bb55aa66997788"

Node = dict[str, Any]


def fixture(name: str) -> bytes:
    return (DOCUMENTS / name).read_bytes()


def zipped(entries: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in entries.items():
            archive.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def notion_export() -> dict[str, bytes]:
    return {
        f"{QUIET}/{ROLLOUT}.md": fixture(f"{ROLLOUT}.md"),
        f"{QUIET}/settings.png": b"\x89PNG\r\n\x1a\n",
        f"{QUIET}.md": fixture(f"{QUIET}.md"),
        f"{QUIET}/Interviews 1122334455667788990011223344aaff.csv": b"Name,Date\n",
        f"{QUIET}/Interviews 1122334455667788990011223344aaff_all.csv": b"Name,Date\n",
        f"{QUIET}/Interviews/{INTERVIEW}.md": fixture(f"{INTERVIEW}.md"),
    }


def jira(description: object, **more: object) -> bytes:
    return json.dumps({"key": "X-1", "fields": {"summary": "Title", "description": description, **more}}).encode()


def adf(*nodes: Node) -> Node:
    return {"type": "doc", "version": 1, "content": list(nodes)}


def text(words: str, *marks: str) -> Node:
    return {"type": "text", "text": words, "marks": [{"type": mark} for mark in marks]}


def node(kind: str, *content: Node, **attrs: object) -> Node:
    return {"type": kind, "attrs": attrs, "content": list(content)}


def paragraph(words: str) -> Node:
    return node("paragraph", text(words))


def converted(*nodes: Node) -> str:
    return read(jira(adf(*nodes)), "X-1.json").text.removeprefix("# Title").strip("\n")


def refusal(data: bytes, name: str = "prd.md") -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(data, name)
    assert str(caught.value).startswith(f"{name}: ")
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    return caught.value


def kinds(passages: tuple[Passage, ...]) -> list[str]:
    return [passage.kind for passage in passages]


# Markdown and plain text


def test_markdown_stays_byte_for_byte() -> None:
    data = fixture("lantern.md")
    assert read(data, "lantern.md") == Document(data.decode())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-be"])
def test_a_byte_order_mark_decides(encoding: str) -> None:
    plain = fixture("lantern.md").decode()
    marked = plain if encoding in ("utf-8-sig", "utf-16", "utf-32") else f"\ufeff{plain}"
    assert read(marked.encode(encoding), "lantern.md") == Document(plain)


def test_line_ends_become_newlines() -> None:
    assert read(b"# A\r\n\r\none\rtwo\n", "a.md").text == "# A\n\none\ntwo\n"


def test_what_is_not_utf8_is_guessed_and_said() -> None:
    document = read(fixture("stamps.cp1252.txt"), "stamps.txt")
    assert "guest\u2019s stamps are lost when the résumé page reloads — “too often”" in document.text
    assert len(document.notices) == 1
    assert "read as cp1252" in document.notices[0]


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("The user\u2019s file costs \u20ac5 \u2013 \u201cfine\u201d.", "cp1252"),
        ("Die Größe der Straße darf höchstens 30 Zeichen betragen.", "cp1252"),
        ("Uživatel musí být schopen rezervovat místo. Příliš žluťoučký kůň.", "cp1250"),
        ("Пользователь должен иметь возможность забронировать место.", "cp1251"),
        ("予約機能\n\n利用者は、二秒以内に予約を完了できること。", "shift_jis"),
        ("用户必须能够在两秒钟内完成预订。管理员可以取消预订。", "gb18030"),
    ],
)
def test_usual_encodings_are_recognised(words: str, encoding: str) -> None:
    document = read(words.encode(encoding), "prd.txt")
    assert document.text == words
    assert encoding in document.notices[0]


def test_text_that_begins_like_json_is_markdown_unless_it_is_called_json() -> None:
    assert read(b"{placeholder} is replaced.\n", "prd.md") == Document("{placeholder} is replaced.\n")
    assert read(b"[1] is a fine list to [begin](with)\n", "prd.md").notices == ()
    assert read(b"[1]\n", "prd.md").text == "[1]\n"
    truncated = read(b'{"title": "x", "bo', "standard input")
    assert truncated.text.startswith('{"title"')
    assert "line 1, column 16" in truncated.notices[0]


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xff\xfe", "\u2003\n".encode()])
def test_nothing_to_read_is_refused(data: bytes) -> None:
    assert "there is no text" in str(refusal(data))


def test_size_is_limited() -> None:
    assert read(b"a" * MAX_BYTES, "a.md").text == "a" * MAX_BYTES
    assert "5,000,001 bytes" in str(refusal(b"a" * (MAX_BYTES + 1)))


def test_no_plausible_encoding_is_refused() -> None:
    assert "no known text encoding" in str(refusal(bytes(range(1, 256)) * 40))
    assert "no known text encoding" in str(refusal(random.Random(5).randbytes(200_000).replace(b"\x00", b"")))


def test_broken_unicode_is_refused() -> None:
    assert "marked as UTF-16, but byte 4" in str(refusal(b"\xff\xfea\x00b"))
    assert "marked as UTF-8, but byte 4" in str(refusal(b"\xef\xbb\xbfa\xe9b"))


@pytest.mark.parametrize(
    ("data", "name", "what", "hint"),
    [
        (b"%PDF-1.7\n1 0 obj", "prd.pdf", "a PDF", "pdftotext -layout prd.pdf prd.md"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "prd.doc", "an old Office document", "pandoc prd.docx -t gfm"),
        (b"{\\rtf1\\ansi hello}", "my prd.rtf", "an RTF document", "pandoc 'my prd.rtf' -t gfm -o 'my prd.md'"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "prd.png", "a PNG image", "Write down"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "prd.jpg", "a JPEG image", "Write down"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "prd.webp", "a WebP image", "Write down"),
        (gzip.compress(b"# PRD"), "prd.md.gz", "a gzip archive", "gunzip < prd.md.gz > prd.md"),
        (b"BZh91AY&SY\x01", "prd.bz2", "a bzip2 archive", "bunzip2"),
        (b"# PRD\x00\x01", "prd.md", "binary", "UTF-16 without a byte order mark"),
        ("# PRD".encode("utf-16-le"), "prd.md", "binary", "UTF-16 without a byte order mark"),
        (b"<!DOCTYPE html>\n<p>x", "prd.html", "an HTML page", "pandoc prd.html -t gfm -o prd.md"),
        (b"\n<HTML lang='en'><p>x", "prd.md", "an HTML page", "pandoc -f html prd.md -t gfm -o prd.converted.md"),
        (b'<?xml version="1.0"?>\n<html><p>x', "standard input", "an HTML page", "pandoc prd.html"),
    ],
)
def test_what_is_no_text_is_named_with_the_command_that_converts_it(
    data: bytes, name: str, what: str, hint: str
) -> None:
    error = refusal(data, name)
    assert what in str(error)
    assert hint in error.hint


@pytest.mark.parametrize(
    ("paths", "name", "what"),
    [
        (["[Content_Types].xml", "word/document.xml"], "prd.docx", "a Word document"),
        (["[Content_Types].xml", "xl/workbook.xml"], "prd.xlsx", "an Excel workbook"),
        (["[Content_Types].xml", "ppt/presentation.xml"], "prd.pptx", "a PowerPoint presentation"),
        (["mimetype", "content.xml"], "prd.odt", "an OpenDocument file"),
        (["mimetype", "META-INF/container.xml"], "prd.epub", "an EPUB book"),
    ],
)
def test_office_documents_are_zips_and_are_named(paths: list[str], name: str, what: str) -> None:
    assert what in str(refusal(zipped(dict.fromkeys(paths, b"<x/>")), name))


def test_the_hint_for_word_is_a_command_to_copy() -> None:
    docx = zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})
    assert refusal(docx, "prd.docx").hint == "Convert it first: pandoc prd.docx -t gfm -o prd.md"
    assert "pandoc -f docx prd.bin -t gfm -o prd.md" in refusal(docx, "prd.bin").hint


def test_html_inside_markdown_is_welcome() -> None:
    page = b"# How <html> pages are built\n\n<details>\n\nx\n\n</details>\n"
    assert read(page, "prd.md").text == page.decode()


# Notion


def test_a_notion_page_has_a_title_and_is_kept_as_it_is() -> None:
    document = read(fixture(f"{QUIET}.md"), f"{QUIET}.md")
    assert document == Document(fixture(f"{QUIET}.md").decode(), "Quiet hours for couriers")
    assert kinds(parse(document.text))[:6] == ["heading", "meta", "meta", "meta", "meta", "paragraph"]


def test_a_notion_page_without_a_heading_is_called_like_its_file() -> None:
    assert read(b"Some text", f"{QUIET}.md").title == "Quiet hours for couriers"
    assert read(b"Some text", f"{QUIET.replace(' ', '%20')}.md").title == "Quiet hours for couriers"
    assert read(b"# Heading\n", "plain name.md").title == ""


def test_a_notion_export_is_its_root_page_and_then_the_others() -> None:
    document = read(zipped(notion_export()), "Export.zip")
    assert document.title == "Quiet hours for couriers"
    assert document.notices == ("left out of the zip: 1 image, 2 CSV files",)
    headings = [passage.text for passage in parse(document.text) if passage.kind == "heading"]
    assert headings == ["Quiet hours for couriers", "Problem", "Requirements", "Interview log", "Rollout notes"]
    assert fixture(f"{QUIET}.md").decode() in document.text


def test_a_large_notion_export_is_a_zip_of_zips() -> None:
    pages = notion_export()
    first = {path: data for path, data in pages.items() if ROLLOUT not in path}
    rest = {path: data for path, data in pages.items() if ROLLOUT in path}
    outer = zipped(
        {
            "ExportBlock-7f6e-Part-1.zip": zipped(rest),
            "ExportBlock-7f6e-Part-2.zip": zipped(first),
        }
    )
    assert read(outer, "Export.zip") == read(zipped(pages), "Export.zip")


def test_zips_are_opened_one_level_deep_only() -> None:
    page = zipped({"page.md": b"# Page"})
    assert "no Markdown page" in str(refusal(zipped({"a.zip": zipped({"b.zip": page})}), "x.zip"))
    beside = read(zipped({"root.md": b"# Root", "attached.zip": page}), "x.zip")
    assert (beside.text, beside.notices) == ("# Root", ("left out of the zip: 1 other file",))


def test_of_several_roots_the_largest_comes_first() -> None:
    export = zipped(
        {
            "a.md": b"# Small\n",
            "b.md": b"# Large\n\nWith a text.\n",
            "b/sub.md": b"# Sub\n",
            "__MACOSX/._b.md": b"\x00\x05",
        }
    )
    document = read(export, "x.zip")
    assert re.findall("# (.*)", document.text) == ["Large", "Small", "Sub"]
    assert (document.title, document.notices) == ("Large", ())


def test_a_page_cannot_swallow_the_next() -> None:
    pages = {"a.md": b"# A\n\n```\nleft open, and long enough to be first\n", "b.md": b"# B\n"}
    document = read(zipped(pages), "x.zip")
    assert [p.text for p in parse(document.text) if p.kind == "heading"] == ["A", "B"]


def test_a_page_in_another_encoding_is_read_and_said() -> None:
    document = read(zipped({"a.md": fixture("stamps.cp1252.txt")}), "x.zip")
    assert "café" in document.text.lower()
    assert document.notices[0].startswith("a.md: not UTF-8")


@pytest.mark.parametrize(
    "path",
    [
        "../up.md",
        "a/../../up.md",
        "/etc/up.md",
        "C:/up.md",
        "c:up.md",
        "..\\up.md",
        "a\\up.md",
        "a/..",
        "x\ny/../up.md",
    ],
)
def test_a_path_that_leads_out_of_the_zip_is_refused(path: str) -> None:
    assert "leads out of it" in str(refusal(zipped({"ok.md": b"# Fine", path: b"# Not"}), "x.zip"))


def test_dots_in_a_title_do_not_lead_out() -> None:
    assert read(zipped({"Wait... what.md": b"# Wait... what?"}), "x.zip").title == "Wait... what?"


def patched(data: bytes, offset: int, local: int, value: bytes) -> bytes:
    """The zip with a field of its first entry changed, in the directory and in the entry itself."""
    changed = bytearray(data)
    directory = data.index(b"PK\x01\x02")
    changed[directory + offset : directory + offset + len(value)] = value
    changed[local : local + len(value)] = value
    return bytes(changed)


def test_an_encrypted_zip_is_refused() -> None:
    assert "encrypted" in str(refusal(patched(zipped({"a.md": b"# A"}), 8, 6, b"\x01\x00"), "x.zip"))


def test_an_unusual_packing_method_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.md", b"# A")
    assert "method 14" in str(refusal(buffer.getvalue(), "x.zip"))


def test_more_entries_than_allowed_are_refused_also_across_parts() -> None:
    half = zipped({f"{number}.md": b"# A" for number in range(1_100)})
    assert read(half, "x.zip").text
    assert "more than 2,000 entries" in str(refusal(zipped({"1.zip": half, "2.zip": half}), "x.zip"))
    many = zipped({f"{number}.md": b"" for number in range(2_001)})
    assert "more than 2,000 entries" in str(refusal(many, "x.zip"))


def test_a_zip_that_unpacks_to_too_much_is_refused() -> None:
    bomb = zipped({f"{number}.md": b"word " * 400_000 for number in range(3)})
    assert len(bomb) < 20_000
    assert "unpacks to more than 5,000,000 bytes" in str(refusal(bomb, "x.zip"))
    assert "unpacks to more than 5,000,000 bytes" in str(refusal(zipped({"1.zip": bomb}), "x.zip"))


def test_what_the_header_says_of_the_size_is_not_believed() -> None:
    bomb = zipped({"a.md": b"word " * 1_200_000})
    assert "unpacks to more" in str(refusal(bomb, "x.zip"))
    lying = patched(bomb, 24, 22, struct.pack("<I", 10))
    assert "broken at 'a.md'" in str(refusal(lying, "x.zip"))


def test_overlapping_entries_are_refused() -> None:
    data = zipped({"a.md": bytes(range(32, 127)) * 3})
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    record = data[start:end]
    copies = 1_000
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, copies, copies, len(record) * copies, start, 0)
    assert "overlap" in str(refusal(data[:start] + record * copies + tail, "x.zip"))


def test_a_broken_or_empty_zip_is_refused() -> None:
    whole = zipped(notion_export())
    assert "broken" in str(refusal(whole[: len(whole) // 2], "x.zip"))
    assert "no Markdown page" in str(refusal(zipped({}), "x.zip"))
    assert "no Markdown page" in str(refusal(zipped({"index.html": b"<html>"}), "x.zip"))
    assert "there is no text" in str(refusal(zipped({"a.md": b" \n"}), "x.zip"))
    assert "'a.md' in the zip: this is a PDF" in str(refusal(zipped({"a.md": b"%PDF-1.4"}), "x.zip"))


# Tickets


@pytest.mark.parametrize("name", ["github-issue", "github-rest", "linear", "jira-v2", "jira-v3"])
def test_a_ticket_becomes_markdown(name: str) -> None:
    document = read(fixture(f"{name}.json"), f"{name}.json")
    expected = fixture(f"{name}.expected.md").decode()
    assert document.text == expected
    assert f"# {document.title}\n" == expected.splitlines(keepends=True)[0]


@pytest.mark.parametrize("name", ["github-issue", "linear", "jira-v3"])
def test_a_ticket_needs_no_suffix_and_may_stand_in_a_list(name: str) -> None:
    data = fixture(f"{name}.json")
    expected = read(data, f"{name}.json")
    assert read(b"\n " + data, "standard input") == expected
    assert read(b"[" + data + b"]", "standard input") == expected
    assert read(data.decode().encode("utf-16"), "issue.json") == expected


def test_searches_with_one_hit_are_that_ticket() -> None:
    issue = json.loads(fixture("jira-v2.json"))
    linear = json.loads(fixture("linear.json"))["data"]["issue"]
    assert read(json.dumps({"issues": [issue], "total": 1}).encode(), "a.json").title == issue["fields"]["summary"]
    expected = read(fixture("linear.json"), "linear.json")
    assert read(json.dumps({"data": {"issues": {"nodes": [linear]}}}).encode(), "a.json") == expected
    assert read(json.dumps(linear).encode(), "a.json") == expected


def test_several_tickets_are_refused_with_their_number() -> None:
    data = fixture("github-issue.json")
    assert "3 tickets" in str(refusal(b"[" + b",".join([data] * 3) + b"]", "issues.json"))
    assert "no ticket" in str(refusal(b"[]", "issues.json"))
    assert "2 tickets" in str(refusal(b'{"issues": [{"fields": {}}, {"fields": {}}]}', "search.json"))


@pytest.mark.parametrize(
    "data",
    [b"{}", b'{"name": "package", "version": "1"}', b'{"title": "Schema", "description": "x", "type": "object"}'],
)
def test_json_of_another_shape_is_refused_with_the_shapes_known(data: bytes) -> None:
    hint = refusal(data, "standard input").hint
    assert all(tracker in hint for tracker in ("GitHub", "Jira", "Linear"))


@pytest.mark.parametrize("data", [b"17", b'"text"', b"null", b"[1, 2]", b"[[]]", b"NaN"])
def test_other_json_values_are_refused_where_the_name_says_json(data: bytes) -> None:
    assert "no ticket of a known shape" in str(refusal(data, "a.json"))


def test_broken_json_is_refused_with_its_place() -> None:
    assert "broken JSON at line 3, column 1" in str(refusal(b'{"title": "x",\n"body": "y",\n}', "a.json"))
    assert "broken JSON at line 1, column 1" in str(refusal(b"# A heading", "a.json"))


@pytest.mark.parametrize("name", ["a.json", "standard input"])
@pytest.mark.parametrize("opener", [b"[", b'{"a":'])
def test_absurd_nesting_is_refused(name: str, opener: bytes) -> None:
    assert "nested too deep" in str(refusal(opener * 100_000, name))


def test_numbers_of_any_length_are_no_trouble() -> None:
    data = b'{"title": "T", "body": "B", "number": ' + b"9" * 10_000 + b"}"
    assert read(data, "a.json").text == "# T\n\nB\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"errors": [{"message": "Entity not found: Issue"}], "data": null}', "Entity not found: Issue"),
        (b'{"errorMessages": ["Issue does not exist."], "errors": {}}', "Issue does not exist."),
        (b'{"message": "Not Found", "documentation_url": "https://docs.example.com"}', "Not Found"),
    ],
)
def test_an_error_of_the_tracker_is_passed_on(data: bytes, said: str) -> None:
    assert said in str(refusal(data, "a.json"))


def test_an_empty_ticket_is_refused() -> None:
    assert "neither a title nor a description" in str(refusal(b'{"title": null, "body": " "}', "a.json"))
    assert "neither" in str(refusal(b'{"key": "A-1", "fields": {"summary": "", "description": null}}', "a.json"))


@pytest.mark.parametrize(
    "data",
    [
        b'{"title": "T", "body": null, "labels": null, "author": null, "comments": null, "user": null}',
        b'{"title": "T", "body": null, "labels": [null, {"name": null}], "comments": [null, {"body": null}]}',
        b'{"data": {"issue": {"title": "T", "description": null, "labels": null, "comments": {"nodes": null}}}}',
        b'{"identifier": "A-1", "title": "T", "description": null, "labels": {"nodes": [null]}}',
        b'{"key": "A-1", "fields": {"summary": "T", "description": null, "comment": null, "customfield_1": null}}',
        b'{"key": "A-1", "names": null, "fields": {"summary": "T", "customfield_1": [null, 3, {}, []]}}',
    ],
)
def test_nulls_are_tolerated_everywhere(data: bytes) -> None:
    assert read(data, "a.json").text == "# T\n"


def test_labels_may_be_strings_and_authors_unknown() -> None:
    issue = {
        "title": "T",
        "body": "B",
        "labels": ["one", {"name": "two"}],
        "comments": [
            {"author": None, "body": "ghost"},
            {"user": {"login": "rest"}, "body": "b", "created_at": "2026-01-02T03:04:05Z"},
        ],
    }
    assert read(json.dumps(issue).encode(), "a.json").text == (
        "# T\n\nLabels: one, two\n\nB\n\n# Comment\n\nghost\n\n# Comment by rest on 2026-01-02\n\nb\n"
    )


@pytest.mark.parametrize("opener", ["```", "~~~~ text", "- a\n\n      code\n\n```", "<!-- hidden", "<pre>\nx"])
def test_a_body_cannot_swallow_the_comments(opener: str) -> None:
    issue: Node = {"title": "T", "body": f"One.\n\n{opener}\nleft open", "comments": [{"body": "Two."}]}
    document = read(json.dumps(issue).encode(), "a.json")
    assert issue["body"] in document.text
    assert [p.text for p in parse(document.text) if p.kind == "heading"] == ["T", "Comment"]


def test_a_closed_fence_stays_as_it_is() -> None:
    issue = {"title": "T", "body": "```\ncode\n```", "comments": [{"body": "Two."}]}
    assert read(json.dumps(issue).encode(), "a.json").text == "# T\n\n```\ncode\n```\n\n# Comment\n\nTwo.\n"


def test_lone_surrogates_and_nuls_do_not_survive() -> None:
    assert read(rb'{"title": "a\ud800b", "body": "c\u0000d\r\ne \ud83d\ude00"}', "a.json").text == (
        "# a\ufffdb\n\nc\ufffdd\ne \U0001f600\n"
    )


def test_wiki_markup_is_kept_and_said() -> None:
    assert "wiki markup" in read(fixture("jira-v2.json"), "a.json").notices[0]
    assert read(jira("Just text, no markup."), "a.json").notices == ()


@pytest.mark.parametrize(
    "value",
    [
        None,
        5.0,
        True,
        "",
        " ",
        "0|i00abc:",
        "1.5",
        "{}",
        {"id": "1"},
        [],
        [None],
        {"name": "Ovens", "avatarUrl": "https://x"},
        {"displayName": "A", "avatarUrls": {}},
        "10000_*:*_1_*:*_4563786_*|*_10001_*:*_1_*:*_0",
        '{pullrequest={dataType=pullrequest, state=OPEN, stateCount=1}, json={"isStale":true}}',
    ],
)
def test_fields_that_nobody_wrote_are_left_out(value: object) -> None:
    assert read(jira("B", customfield_10001=value), "a.json").text == "# Title\n\nB\n"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("As a baker\nI want quiet.", "As a baker\nI want quiet."),
        ({"value": "Tablet"}, "Tablet"),
        ({"name": "BAK 2.1"}, "BAK 2.1"),
        (["ovens", {"value": "Wall"}, {"name": "N"}, adf(paragraph("rich"))], "- ovens\n- Wall\n- N\n- rich"),
        ({"value": "A", "child": {"value": "B"}}, "A: B"),
        (adf(paragraph("rich")), "rich"),
        ("2026-06-01", "2026-06-01"),
    ],
)
def test_custom_fields_are_read_by_their_kind(value: object, expected: str) -> None:
    document = read(jira(None, customfield_10001=value), "a.json")
    assert document.text == f"# Title\n\n## customfield_10001\n\n{expected}\n"


# Atlassian's document format


@pytest.mark.parametrize(
    "line",
    [
        "# not a heading",
        "#",
        "- no item",
        "+ no item",
        "* no item",
        "-",
        "1. no item",
        "12) no item",
        "> no quote",
        "``` no fence",
        "~~~ no fence",
        "---",
        "- - -",
        "***",
        "_ _ _",
        "===",
        "<div> no tag",
        "<!-- no comment",
        "[x]: no-definition",
        "[^1]: no footnote",
        "    no code",
        "\tno code",
        "[a\\]b]: no-definition",
        "|---|",
    ],
)
def test_text_is_not_read_again_as_markdown(line: str) -> None:
    for nodes in (
        [paragraph(line)],
        [paragraph(f"before\n{line}\nafter")],
        [node("paragraph", text("a | b"), node("hardBreak"), text(line))],
        [node("paragraph", text(line, "strong"), text(" plain"))],
    ):
        passages = parse(read(jira(adf(*nodes)), "a.json").text)
        assert kinds(passages) == ["heading", "paragraph"]


@pytest.mark.parametrize(
    "line", ["plain", "a # b", "#hash", "-5 degrees", "1.5 s", "*starred* a_b", "2 > 1", "[link](x)", "C:\\path", "a|b"]
)
def test_text_that_begins_no_block_stays_as_it_is(line: str) -> None:
    assert converted(paragraph(line)) == line


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(alphabet="#->*+`~_=|:[]()<>!^.1a& \t\n\\", min_size=1, max_size=25), min_size=1, max_size=3))
def test_each_paragraph_stays_one_paragraph(lines: list[str]) -> None:
    said = [line for line in lines if line.strip()]
    passages = parse(read(jira(adf(*map(paragraph, said))), "a.json").text)
    assert kinds(passages) == ["heading"] + ["paragraph"] * len(said)


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([text("a ", "strong"), text("b", "strong", "em"), text(" c")], "**a *b*** c"),
        ([text(" spaced ", "em"), text("x")], " *spaced* x".strip()),
        ([text("a`b", "code")], "``a`b``"),
        ([text("`", "code"), text(".")], "`` ` ``."),
        ([text("x", "underline", "textColor")], "x"),
        ([text("gone", "strike")], "~~gone~~"),
        ([node("mention", text="@Ana"), text(" ok")], "@Ana ok"),
        ([node("mention", id="77")], "@77"),
        ([node("emoji", shortName=":wave:")], ":wave:"),
        ([node("date", timestamp="1769904000000")], "2026-02-01"),
        ([node("date", timestamp="9" * 30)], "9" * 30),
        ([node("date", timestamp=None)], ""),
        ([node("status", text="DONE")], "DONE"),
        ([node("inlineCard", url="https://x.example/1")], "https://x.example/1"),
        ([node("inlineCard", data={"url": "https://x.example/2"})], "https://x.example/2"),
        ([node("mediaInline", alt="a plan")], "[image: a plan]"),
        ([node("unheardOf", text("kept"))], "kept"),
        ([{"type": "unheardOf", "content": "a bare string"}], "a bare string"),
        ([text("a"), text(" ", "strong"), text("b")], "a b"),
        ([node("placeholder", text="fill in")], "fill in"),
        ([text("a"), node("hardBreak"), text("b")], "a\nb"),
    ],
)
def test_inline_nodes(nodes: list[Node], expected: str) -> None:
    assert converted(node("paragraph", *nodes)) == expected


def test_links_keep_their_target() -> None:
    link = {"type": "text", "text": "docs", "marks": [{"type": "link", "attrs": {"href": "https://x.example/a b(c)"}}]}
    assert converted(node("paragraph", link)) == "[docs](https://x.example/a%20b%28c%29)"
    bare = link | {"text": "https://x.example/a b(c)"}
    assert converted(node("paragraph", bare)) == "https://x.example/a b(c)"


def test_headings_keep_their_level_and_their_hashes() -> None:
    assert converted(node("heading", text("Goals"), level=3)) == "### Goals"
    assert converted(node("heading", text("Why C #"), level=99)) == "# Why C \\#"
    passages = parse(read(jira(adf(node("heading", text("#"), level=2))), "a.json").text)
    assert kinds(passages) == ["heading", "heading"]


def test_a_fence_is_longer_than_what_stands_in_it() -> None:
    code = node("codeBlock", text("````\nx\n````"), language="md extra")
    assert converted(code) == "`````md\n````\nx\n````\n`````"


def cell(words: str, kind: str = "tableCell", **attrs: object) -> Node:
    return node(kind, paragraph(words), **attrs)


def test_tables_without_a_header_row() -> None:
    plain = node("table", node("tableRow", cell("Risk"), cell("Owner")), node("tableRow", cell("Fire"), cell("Ana")))
    assert converted(plain) == "| Risk | Owner |\n| --- | --- |\n| Fire | Ana |"
    sideways = node(
        "table",
        node("tableRow", cell("Owner", "tableHeader"), cell("Ana")),
        node("tableRow", cell("Due", "tableHeader"), cell("May")),
    )
    assert converted(sideways) == "|  |  |\n| --- | --- |\n| Owner | Ana |\n| Due | May |"


def test_cells_hold_one_line_whatever_stands_in_them() -> None:
    busy = node(
        "tableCell",
        paragraph("a|b"),
        node("bulletList", node("listItem", paragraph("one")), node("listItem", paragraph("two"))),
        node("codeBlock", text("x = 1\ny = 2")),
    )
    table = node("table", node("tableRow", cell("H", "tableHeader"), cell("I", "tableHeader")), node("tableRow", busy))
    assert converted(table).splitlines()[2] == "| a\\|b<br>- one<br>- two<br>`x = 1`<br>`y = 2` |"
    rows = [p for p in parse(read(jira(adf(table)), "a.json").text) if p.kind == "row"]
    assert rows[1].header == ("H", "I")


def test_spans_of_absurd_size_are_no_trouble() -> None:
    row = node("tableRow", *[cell("x", colspan=10**9, rowspan=10**9) for _ in range(300)])
    assert len(converted(node("table", *[row] * 20))) < 100_000


def test_lists_nest_and_empty_items_vanish() -> None:
    inner = node("bulletList", node("listItem", paragraph("in")), node("listItem", node("paragraph")))
    outer = node("orderedList", node("listItem", paragraph("out"), inner), node("listItem", paragraph("next")), order=9)
    assert converted(outer) == "9. out\n   - in\n10. next"
    passages = parse(read(jira(adf(outer)), "a.json").text)
    assert [(p.text, p.level) for p in passages[1:]] == [("out", 1), ("in", 2), ("next", 1)]


def test_deep_nesting_is_refused() -> None:
    deep = paragraph("x")
    for _ in range(60):
        deep = node("blockquote", deep)
    assert "levels deep" in str(refusal(jira(adf(deep)), "a.json"))


def test_what_grows_with_each_level_is_refused() -> None:
    deep = node("codeBlock", text("x\n" * 600_000))
    for _ in range(30):
        deep = node("blockquote", deep)
    assert "too large" in str(refusal(jira(adf(deep)), "a.json"))


# Whatever comes


def check(data: bytes, name: str) -> None:
    """A document in normal form or a refusal with a hint; anything else fails the test."""
    try:
        document = read(data, name)
    except SourceError as error:
        document = Document(str(error), error.hint)
        assert document.title
    assert document.text.strip()
    assert not re.search("[\r\x00\ud800-\udfff]", document.text)
    assert not document.text.startswith("\ufeff")
    document.text.encode()
    assert all("\n" not in line for line in (document.title, *document.notices))


NAMES = st.sampled_from(["a.md", "a.json", "a.zip", "standard input", "", ".", "..", "a.", "\x00", f"{QUIET}.md"])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), NAMES)
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    check(data, name)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["utf-8", "utf-16", "utf-32", "cp1252", "utf-8-sig"]), NAMES)
def test_any_text_is_read_or_refused(words: str, encoding: str, name: str) -> None:
    check(words.encode(encoding, "replace"), name)


ZIP = zipped({"a/b.md": b"# Page\n" * 20, "c.md": b"# C", "p.png": b"x"})
NESTED = zipped({"1.zip": ZIP})


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([ZIP, NESTED]), st.lists(st.tuples(st.integers(0, 2_000), st.binary(max_size=4)), max_size=4))
def test_any_damaged_zip_is_read_or_refused(data: bytes, damages: list[tuple[int, bytes]]) -> None:
    damaged = bytearray(data)
    for place, change in damages:
        at = place % len(damaged)
        damaged[at : at + len(change)] = change
    check(bytes(damaged), "x.zip")


KEYS = st.sampled_from(
    [
        "title",
        "body",
        "labels",
        "author",
        "user",
        "login",
        "comments",
        "nodes",
        "data",
        "issue",
        "issues",
        "identifier",
        "description",
        "fields",
        "summary",
        "key",
        "names",
        "comment",
        "customfield_1",
        "environment",
        "value",
        "name",
        "child",
        "content",
        "type",
        "text",
        "marks",
        "attrs",
        "doc",
        "level",
        "errors",
        "message",
        "errorMessages",
        "documentation_url",
        "number",
        "created",
        "createdAt",
        "order",
        "href",
        "url",
        "timestamp",
    ]
)
NUMBERS = st.booleans() | st.integers() | st.floats()
SCALARS = st.none() | NUMBERS | st.text(max_size=12) | st.sampled_from(["doc", "text"])
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=25
)


@settings(max_examples=300, deadline=None)
@given(JSON, NAMES)
def test_any_json_is_read_or_refused(value: object, name: str) -> None:
    check(json.dumps(value).encode(), name)


@settings(max_examples=200, deadline=None)
@given(JSON, JSON, JSON)
def test_any_value_in_a_ticket_is_tolerated(one: object, two: object, three: object) -> None:
    check(json.dumps({"title": "T", "body": one, "labels": two, "comments": three}).encode(), "a.json")
    issue = {"title": "T", "description": one, "labels": two, "comments": three}
    check(json.dumps({"data": {"issue": issue}}).encode(), "a.json")
    fields = {"summary": "T", "description": one, "labels": two, "comment": {"comments": three}, "customfield_1": one}
    check(json.dumps({"key": "A-1", "names": two, "fields": fields}).encode(), "a.json")


INLINE = ["text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard", "mediaInline", "placeholder"]
BLOCKS = [
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "listItem",
    "taskList",
    "taskItem",
    "decisionList",
    "decisionItem",
    "blockquote",
    "codeBlock",
    "rule",
    "table",
    "tableRow",
    "tableHeader",
    "tableCell",
    "panel",
    "expand",
    "nestedExpand",
    "mediaSingle",
    "media",
    "mediaGroup",
    "blockCard",
    "layoutSection",
    "unheardOf",
    "caption",
]
MARKS = st.lists(
    st.sampled_from(["strong", "em", "code", "strike", "underline"]).map(lambda mark: {"type": mark})
    | st.sampled_from(["https://x.example", "a b", ""]).map(lambda href: {"type": "link", "attrs": {"href": href}}),
    max_size=3,
)
WORDS = st.lists(
    st.sampled_from(["w", "w", "w", "#", "-", "1.", "|", "```", ">", "\n", "<b>", "\\", "[x]:", "é"]),
    min_size=1,
    max_size=6,
).map(" ".join)
TEXTS = st.builds(lambda words, marks: {"type": "text", "text": words, "marks": marks}, WORDS, MARKS)
ATTRS = st.fixed_dictionaries(
    {},
    optional={
        "level": st.integers(-1, 9),
        "order": st.integers(-1, 10**10),
        "state": st.sampled_from(["DONE", "TODO"]),
        "colspan": st.integers(0, 4),
        "rowspan": st.integers(0, 4),
        "timestamp": st.text("0123456789-.e", max_size=20),
    }
    | dict.fromkeys(["title", "text", "alt", "language", "url"], WORDS),
)
TREES = st.recursive(
    TEXTS | st.builds(lambda kind, attrs: {"type": kind, "attrs": attrs}, st.sampled_from(INLINE[1:]), ATTRS),
    lambda inner: st.builds(
        lambda kind, attrs, content: {"type": kind, "attrs": attrs, "content": content},
        st.sampled_from(BLOCKS),
        ATTRS,
        st.lists(inner, max_size=4),
    ),
    max_leaves=20,
)


def numbered(tree: Node, words: Iterator[str]) -> Node:
    """The tree with each `w` in its text leaves made a word that occurs once: `w0w`, `w1w`, ..."""
    own = {"text": re.sub("w", lambda _: next(words), tree["text"])} if tree["type"] == "text" else {}
    return tree | own | {"content": [numbered(child, words) for child in tree.get("content", [])]}


@settings(max_examples=60, deadline=None)
@given(st.lists(TREES, max_size=4))
def test_each_word_of_any_rich_text_stands_once_and_in_its_place(trees: list[Node]) -> None:
    words = (f"w{number}w" for number in itertools.count())
    document = read(jira(adf(*[numbered(tree, words) for tree in trees])), "a.json")
    said = int(next(words)[1:-1])
    assert re.findall(r"w\d+w", document.text) == [f"w{number}w" for number in range(said)]
    quoted = " ".join(passage.text for passage in parse(document.text))
    assert re.findall(r"w\d+w", quoted) == [f"w{number}w" for number in range(said)]


@pytest.mark.parametrize("path", sorted(DOCUMENTS.iterdir()), ids=lambda path: path.name)
def test_every_fixture_cuts_into_passages(path: Path) -> None:
    document = read(path.read_bytes(), path.name)
    passages = parse(document.text)
    assert passages
    assert all(document.text[p.start : p.start + len(p.text)] == p.text for p in passages)
    assert "other" not in kinds(passages)
