"""Cassettes of whole drafts: recorded once from a language model, replayed in the tests without a key or a network.

To record one, start any server that speaks chat completions, then:

    OPENAI_API_KEY=... OPENAI_BASE_URL=... python -m tests.recorded csv-export openai/gpt-5-mini

A request is known by a digest of its body. Of the body itself only the part that differs from ask to ask is kept.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import vcr

import specdraft as sd
from tests.cases import ROOT

CASSETTES = ROOT / "tests" / "cassettes"
PRDS = {
    "clinic-booking": ROOT / "examples" / "clinic-booking.md",
    "csv-export": ROOT / "examples" / "csv-export.md",
    "saml-login": ROOT / "examples" / "saml-login.ticket.json",
}
DAY = "1795305600"
"""Recordings are dated, so that a replay gives the same bytes."""


def cassette(name: str, mode: str) -> Any:
    """The cassette of that name as a context; `mode` is vcrpy's: `none` only replays, `once` records a new one."""
    tape = vcr.VCR(
        serializer="json",
        record_mode=mode,
        match_on=["method", "path", "body"],
        before_record_request=_known_by_digest,
        before_record_response=_without_headers,
        filter_headers=[],
    )
    return tape.use_cassette(str(CASSETTES / f"{name}.json"))


def _known_by_digest(request: Any) -> Any:
    """The request without its headers, and with what it asks instead of all that comes before."""
    if request.headers.get("x-digested"):
        return request
    known = copy.copy(request)
    sent = json.loads(request.body)
    known.body = json.dumps(
        {
            "digest": hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest(),
            "section": sent["tool_choice"]["function"]["name"],
            "asked": [message.get("content") or "" for message in sent["messages"][1:]],
        },
        ensure_ascii=False,
    ).encode()
    known.headers = {"x-digested": "1", "content-type": "application/json"}
    known.uri = "http://recorded/v1/chat/completions"
    return known


def _without_headers(response: Any) -> Any:
    return response | {"headers": {"content-type": ["application/json"]}}


def main(name: str, model: str) -> None:
    """Record the draft of a PRD, and write the spec beside its PRD."""
    os.environ["SOURCE_DATE_EPOCH"] = DAY
    with cassette(name, "once"):
        spec = sd.draft(
            PRDS[name], model=model, resume=False, timeout=3000.0, progress=lambda each: print(each.section, each.state)
        )
    spec_path(name).write_text(spec.to_markdown(), encoding="utf-8")


def spec_path(name: str) -> Path:
    """What the model's answers made: to read, and to hold replays against."""
    return ROOT / "examples" / "specs" / f"{name}.md"


if __name__ == "__main__":
    main(*sys.argv[1:])
