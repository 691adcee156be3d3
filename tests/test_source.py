"""A source: read from a path, bytes or text, always by name, and never guessed from a string."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from specdraft import Source, SourceError
from specdraft.readers import MAX_BYTES
from tests.cases import DOCUMENTS, source_of


def file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_document_keeps_the_digest_of_its_bytes(document: Path) -> None:
    assert source_of(document).sha256 == hashlib.sha256(document.read_bytes()).hexdigest()
    assert source_of(document).name == document.name


def test_line_ends_and_marks_are_folded_in_the_text_but_not_in_the_digest(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf# One\r\n\r\nTwo\rthree\r\n"
    source = Source.from_path(file(tmp_path, "prd.md", data))
    assert source.text == "# One\n\nTwo\nthree\n"
    assert [passage.line_start for passage in source.passages] == [1, 3]
    assert source.sha256 == hashlib.sha256(data).hexdigest()


def test_a_path_may_be_a_string() -> None:
    assert Source.from_path(str(DOCUMENTS[0])) == Source.from_path(DOCUMENTS[0])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.md", b"", "there is no text in it"),
        ("blank.md", b" \n\t\n", "there is no text in it"),
        ("program.md", bytes(range(256)) * 4, "this is binary"),
        ("page.pdf", b"%PDF-1.7\n", "this is a PDF"),
        ("broken.json", b'{"title": ', "broken JSON at line 1"),
        ("other.json", b'{"color": "red"}', "no ticket of a known shape"),
    ],
)
def test_a_file_that_is_no_document_is_refused_by_name_with_a_hint(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        Source.from_path(file(tmp_path, name, content))
    assert name in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["missing.md", ".", "missing/prd.md", "We want exports.\n" * 100, "a\x00b"])
def test_a_path_that_cannot_be_read_is_refused_with_a_hint(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match="cannot read") as caught:
        Source.from_path(tmp_path / name)
    assert caught.value.hint


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.md"
    with path.open("wb") as huge:
        huge.truncate(MAX_BYTES + 1)
    with pytest.raises(SourceError, match="specdraft reads up to") as caught:
        Source.from_path(path)
    assert caught.value.hint


def test_text_is_read_as_it_is_and_named() -> None:
    source = Source.from_text("One.\r\n\r\n{\x00}", name="a  chat\n")
    assert (source.name, source.text, source.title, source.notices) == ("a chat", "One.\n\n{\ufffd}", "", ())
    assert [passage.text for passage in source.passages] == ["One.", "{\ufffd}"]
    assert source.sha256 == hashlib.sha256(source.text.encode()).hexdigest()


@pytest.mark.parametrize("text", ["", " \n \t"])
def test_no_text_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="chat is empty") as caught:
        Source.from_text(text, name="chat")
    assert caught.value.hint


def test_an_old_encoding_is_read_and_remarked_upon(tmp_path: Path) -> None:
    source = Source.from_path(file(tmp_path, "old.txt", "Price: 5 € – “net”".encode("cp1252")))
    assert source.text == "Price: 5 € – “net”"
    assert ["cp1252" in notice for notice in source.notices] == [True]


def test_a_ticket_has_its_title_and_body() -> None:
    ticket = source_of(next(path for path in DOCUMENTS if path.name == "saml-login.ticket.json"))
    assert ticket.title == "[Feature]: SAML single sign-on for business accounts"
    assert ticket.text.startswith("# ")


def test_a_source_does_not_change() -> None:
    with pytest.raises(AttributeError):
        source_of(DOCUMENTS[0]).text = "other"  # type: ignore[misc]
