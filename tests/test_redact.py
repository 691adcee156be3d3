"""Masking: what must not leave the machine is found, hidden everywhere, and put back; nothing else is touched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from specdraft import Source, Spec
from specdraft import spec as words
from specdraft.passages import parse
from specdraft.redact import Secret, hide, hide_all, secrets
from tests.cases import source_of
from tests.markdown import documents

# Keys are put together here, so that no scanner takes this file for a leak.
API_KEY = "sk-" + "proj-Ab3dEf6hIj9kLm2nOp5q"
GITHUB = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" * 2
AWS = "AKIA" + "IOSFODNN7EXAMPLE"
SLACK = "xoxb-" + "123456789012-AbCdEfGh"
JWT = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N"
RANDOM = "wJalrXUtnFEMI7K7MDENG" + "bPxRfiCYzZ8kQ9"
KEY_LINES = ["MIIEpAIBAAKCAQEA75qWCpNX1d1wq8YH0123456789", "abcdefghijklmnop0123456789ABCDEFGHIJKLMNOP=="]
PEM = "\n".join(["-----BEGIN RSA PRIVATE " + "KEY-----", *KEY_LINES, "-----END RSA PRIVATE " + "KEY-----"])

FOUND = [
    ("Ask ann.lee+prd@mail.example.com.", "ann.lee+prd@mail.example.com", "EMAIL"),
    ("<bob@example.co.uk>", "bob@example.co.uk", "EMAIL"),
    ("mailto:jörg@münchen.example", "jörg@münchen.example", "EMAIL"),
    ("Call +49 (0) 30 1234567 now", "+49 (0) 30 1234567", "PHONE"),
    ("+14155550132", "+14155550132", "PHONE"),
    ("(415) 555-0132", "(415) 555-0132", "PHONE"),
    ("at 415.555.0132", "415.555.0132", "PHONE"),
    ("**Tel:** 030 1234567", "030 1234567", "PHONE"),
    ("phone number is 020 7946 0958", "020 7946 0958", "PHONE"),
    ("Card 4242 4242 4242 4242.", "4242 4242 4242 4242", "CARD"),
    ("378282246310005", "378282246310005", "CARD"),
    ("5555-5555-5555-4444", "5555-5555-5555-4444", "CARD"),
    ("DE89 3704 0044 0532 0130 00 AND MORE", "DE89 3704 0044 0532 0130 00", "ACCOUNT"),
    ("GB29NWBK60161331926819", "GB29NWBK60161331926819", "ACCOUNT"),
    ("Account no. 12345678", "12345678", "ACCOUNT"),
    ("acct #: 123 456 789", "123 456 789", "ACCOUNT"),
    (f"OPENAI_API_KEY={API_KEY}", API_KEY, "SECRET"),
    (f"`{GITHUB}`", GITHUB, "SECRET"),
    (f"{AWS},", AWS, "SECRET"),
    (f"bot {SLACK}", SLACK, "SECRET"),
    (f"Authorization: Bearer {JWT}", JWT, "SECRET"),
    ("Authorization: Basic YWxhZGRpbjpvcGVuc2VzYW1lMQ==", "YWxhZGRpbjpvcGVuc2VzYW1lMQ==", "SECRET"),
    ("password: hunter22!", "hunter22!", "SECRET"),
    ("**Password:** `s3cretPass`", "s3cretPass", "SECRET"),
    ('{"db_password": "two w0rds"}', "two w0rds", "SECRET"),
    ("GET /a?access_token=q1w2e3r4t5y6u7&x=1", "q1w2e3r4t5y6u7", "SECRET"),
    ("client_secret = 550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000", "SECRET"),
    ("postgres://app:s3cr3tpw@db.internal/x", "s3cr3tpw", "SECRET"),
    ("https://hooks.slack.com/services/T0AB/B0CD/a1b2c3d4e5f6g7h8", "T0AB/B0CD/a1b2c3d4e5f6g7h8", "SECRET"),
    (f"the key {RANDOM} works", RANDOM, "SECRET"),
]
LEFT = [
    *(
        "commit 3f786850e387550fdab836ed7e6dc881de23001b",
        "550e8400-e29b-41d4-a716-446655440000",
        "PROJ-123",
        "v1.22.333",
    ),
    *(
        "2025-11-22 10:00:00",
        "2025-11-22T10:00:00Z",
        "Phone: 2025-11-22",
        "UTC+05:30",
        "10.0.0.1:8080",
        "1732270000000",
    ),
    *("+10 000 000 users", "mobile: 4000000 sessions", "tel 10 000 000", "4242 4242 4242 4241", "1234567890123456"),
    *("GB29NWBK60161331926818", "account number 12", "account no. TBD", "icon@2x.png", "git@github.com:team/repo.git"),
    *("react@18.2.0", "@ann", "actions/checkout@v4", "password: required", "Password: 8-64", "password: ${DB_PASS1}"),
    *("password=********", "password: https://vault.example/1", "token: 15-minute-expiry-window", "tokens: 128000"),
    *("max_tokens=4096", "Basic authentication", "sk-learn-something-quite-long", "Bearer token", "secret: none"),
    *("getUserAccountSettingsV2Handler123", "q3-2025-roadmap-v2-final-draft-07", "src/components/Foo2/BarBaz3/index4"),
    *("https://docs.example.com/d/1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvWxYz/edit", "https://example.com:8443/a@b"),
    *("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4", "internationalization"),
    *("sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "-----BEGIN PUBLIC KEY-----"),
]


@pytest.mark.parametrize(("text", "value", "kind"), FOUND)
def test_what_must_not_leave_is_masked_and_nothing_around_it(text: str, value: str, kind: str) -> None:
    hidden, mask = hide(Source.from_text(text))
    assert hidden.text == text.replace(value, f"REDACTED_{kind}_1")
    assert mask.count == {kind: 1}
    assert mask.restore(hidden.text) == text


@pytest.mark.parametrize("text", LEFT)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    source = Source.from_text(text)
    hidden, mask = hide(source)
    assert hidden == source
    assert (mask.count, str(mask)) == ({}, "nothing")
    assert secrets(source) == []


def test_a_private_key_is_masked_line_by_line_and_counted_as_one_secret() -> None:
    source = Source.from_text(f"# Keys\n\n> intro\n\n```\n{PEM}\n```\n\nAfter.")
    hidden, mask = hide(source)
    assert not any(line in hidden.text for line in KEY_LINES)
    assert hidden.text.count("\n") == source.text.count("\n")
    assert mask.count == {"KEY": 2}
    assert secrets(source) == [Secret("private key", 7)]


def test_a_private_key_without_an_end_is_masked_up_to_the_empty_line() -> None:
    cut = PEM.rpartition("\n")[0]
    hidden, mask = hide(Source.from_text(f"{cut}\n\nThenComesProse1234567890."))
    assert mask.count == {"KEY": 2}
    assert hidden.text.endswith("\n\nThenComesProse1234567890.")


def test_the_same_original_has_the_same_placeholder_wherever_it_stands() -> None:
    hidden, mask = hide(
        Source.from_text("a@x.example, b@x.example, a@x.example; password: hunter22! I typed hunter22!")
    )
    assert hidden.text == (
        "REDACTED_EMAIL_1, REDACTED_EMAIL_2, REDACTED_EMAIL_1; password: REDACTED_SECRET_1 I typed REDACTED_SECRET_1"
    )
    assert str(mask) == "2 e-mail addresses, 1 secret"


def test_a_digit_behind_a_masked_word_goes_with_it() -> None:
    """It would be read as part of the placeholder's number."""
    text = "password: hunter22!\n\n" + " ".join(f"u{n}@x.example hunter22!{n}" for n in range(12))
    hidden, mask = hide(Source.from_text(text))
    assert "hunter22!" not in hidden.text
    assert mask.restore(hidden.text) == text


def test_what_looks_like_a_placeholder_already_is_not_taken_for_one() -> None:
    text = "Was REDACTED_EMAIL_1, REDACTEDX_EMAIL_1; now ann@x.example."
    hidden, mask = hide(Source.from_text(text))
    assert hidden.text == "Was REDACTED_EMAIL_1, REDACTEDX_EMAIL_1; now REDACTEDXX_EMAIL_1."
    assert mask.restore(hidden.text) == text


def test_passages_stay_where_they_were_even_if_a_placeholder_reads_otherwise() -> None:
    """`REDACTED_EMAIL_1: PM` below a title would be a property of the document."""
    source = Source.from_text("# Plan\n\nann@x.example: PM\nbob@x.example: design\n\n## Of ann@x.example\n\nMore.")
    hidden, _ = hide(source)
    assert [(p.id, p.kind, p.line_start, p.line_end) for p in hidden.passages] == [
        (p.id, p.kind, p.line_start, p.line_end) for p in source.passages
    ]
    assert hidden.passages[-1].headings == ("Plan", "Of REDACTED_EMAIL_1")


def test_cells_headers_and_the_title_are_masked_too() -> None:
    ticket = b'{"title": "Ask ann@x.example", "body": "| ann@x.example |\\n|---|\\n| bob@x.example |", "number": 1}'
    hidden, mask = hide(Source.from_bytes(ticket, "a.ticket.json"))
    assert hidden.title == "Ask REDACTED_EMAIL_1"
    assert (hidden.passages[-1].header, hidden.passages[-1].cells) == (("REDACTED_EMAIL_1",), ("REDACTED_EMAIL_2",))
    assert mask.restore(hidden.title) == "Ask ann@x.example"
    assert hidden.sha256 == Source.from_bytes(ticket, "a.ticket.json").sha256


def test_a_spec_comes_back_with_every_original() -> None:
    _, mask = hide(Source.from_text(" ".join(f"u{n}@x.example" for n in range(1, 13))))
    given_back = mask.restore(
        Spec(
            summary="Ask REDACTED_EMAIL_1 or REDACTED\\_EMAIL\\_12, not REDACTED_EMAIL_13.",
            problem=words.Problem(
                statements=[
                    words.Statement(
                        text="REDACTED_EMAIL_2's queue",
                        topic="REDACTED_EMAIL_3",
                        citations=[words.Citation(passage="P1", quote="REDACTED_EMAIL_1 REDACTED_EMAIL_2")],
                    )
                ]
            ),
        )
    )
    assert given_back.summary == "Ask u1@x.example or u12@x.example, not REDACTED_EMAIL_13."
    said = given_back.problem.statements[0]
    assert (said.text, said.topic) == ("u2@x.example's queue", "u3@x.example")
    assert said.citations[0].quote == "u1@x.example u2@x.example"
    assert isinstance(given_back, Spec)


def test_sources_that_are_sent_together_share_one_mask() -> None:
    texts = ["Ask ann@x.example; password: hunter22!", "REDACTED: hunter22! is what ann@x.example types.", "Nothing."]
    sources = [Source.from_text(text) for text in texts]
    hidden, mask = hide_all(sources)
    assert [each.text for each in hidden] == [
        "Ask REDACTEDX_EMAIL_1; password: REDACTEDX_SECRET_1",
        "REDACTED: REDACTEDX_SECRET_1 is what REDACTEDX_EMAIL_1 types.",
        "Nothing.",
    ]
    assert [mask.restore(each.text) for each in hidden] == texts


def test_placeholders_may_begin_with_another_word() -> None:
    assert hide(Source.from_text("ann@x.example"), word="REDACTED2")[0].text == "REDACTED2_EMAIL_1"


def test_what_quotes_the_source_is_covered_and_comes_back() -> None:
    _, mask = hide(Source.from_text("ann@x.example; password: hunter22!"))
    asked = words.Question(question="Who is ann@x.example, and is hunter22!7 hers?")
    covered = mask.cover(asked)
    assert covered.question == "Who is REDACTED_EMAIL_1, and is REDACTED_SECRET_2 hers?"
    assert mask.restore(covered) == asked
    assert mask.cover("nothing of it") == "nothing of it"


def test_to_restore_does_not_change_what_it_is_given() -> None:
    _, mask = hide(Source.from_text("ann@x.example"))
    part = words.Problem(statements=[words.Statement(text="REDACTED_EMAIL_1")])
    assert mask.restore(part) != part
    assert part.statements[0].text == "REDACTED_EMAIL_1"


def test_secrets_are_told_by_kind_and_line_and_never_shown() -> None:
    source = Source.from_text(f"Ann: ann@x.example\n\n{API_KEY}\npassword: hunter22!\n\n+14155550132 {JWT}")
    found = secrets(source)
    assert found == [Secret("API key", 3), Secret("password", 4), Secret("token", 6)]
    _, mask = hide(source)
    for shown in (repr(found), repr(mask), str(mask)):
        assert not any(value in shown for value in (API_KEY, "hunter22", JWT, "ann@x"))


pieces = st.one_of(documents, st.sampled_from([text for text, _, _ in FOUND]), st.just(PEM), st.sampled_from(LEFT))
glued = st.lists(pieces, min_size=1, max_size=6).flatmap(
    lambda parts: st.sampled_from(["\n\n", "\n", " ", ", "]).map(lambda joint: joint.join(parts))
)


@settings(max_examples=300)
@given(glued)
@example("password: hunter22!\n- x hunter22!7")
@example("# password: 'one two ##1 ##' ##")
def test_masking_any_text_can_be_undone_and_leaves_nothing(text: str) -> None:
    source = Source.from_text(text)
    hidden, mask = hide(source)
    assert mask.restore(hidden.text) == source.text
    assert [value for value in mask.originals.values() if value in hidden.text] == []
    assert len(hidden.passages) == len(source.passages)
    for was, now in zip(source.passages, hidden.passages, strict=True):
        assert hidden.text[now.start : now.start + len(now.text)] == now.text
        assert mask.restore(now.text) == was.text
        assert [mask.restore(each) for each in (*now.headings, *now.cells)] == [*was.headings, *was.cells]
        assert (now.id, now.kind, now.level, now.block) == (was.id, was.kind, was.level, was.block)
        assert (now.line_start, now.line_end) == (was.line_start, was.line_end)
    assert hide(source) == (hidden, mask)


@given(documents)
def test_a_text_without_anything_to_mask_is_the_same(text: str) -> None:
    source = Source.from_text("x" + re.sub(r"[@\d]", "", text))
    assert hide(source)[0] == source


def test_a_document_that_was_masked_reads_as_it_did(document: Path) -> None:
    source = source_of(document)
    hidden, mask = hide(source)
    assert parse(hidden.text) == hidden.passages
    assert mask.restore(hidden.text) == source.text


@pytest.mark.parametrize(
    "unit",
    [
        "a@",
        "a.",
        "1 ",
        "+1 1 ",
        "-----BEGIN PRIVATE KEY-----\n\n",
        "password='",
        "eyJa.",
        "x://a:",
        "DE89 ",
        "a-",
    ],
)
def test_a_megabyte_of_beginnings_is_read_to_its_end(unit: str) -> None:
    """Each would take hours if what a rule reads grew with the square of the text."""
    source = Source("x", unit * (1_000_000 // len(unit)) + " ann@x.example", "0" * 64, ())
    assert hide(source)[1].count == {"EMAIL": 1}
