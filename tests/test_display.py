"""A run as it is shown: JSON, lines, a table in a terminal, a bar in a notebook."""

from __future__ import annotations

import io
import json

import nbformat
import pytest
from nbclient import NotebookClient

from specdraft.display import as_json, as_line, shown
from specdraft.progress import Progress

EVENTS = [
    Progress("", "noted", "prd.md goes to openai/test: about 9 calls", 0.0),
    Progress("problem", "asked", "", 0.1),
    Progress("problem", "retried", "busy; again in 0.5 s", 0.2),
    Progress("problem", "drafted", "3 goals [not markup]", 2.25, 2, 12_345, 678, 0.0123),
    Progress("solution", "failed", "the model refused", 3.0),
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_an_event_is_one_line_of_json() -> None:
    assert [json.loads(as_json(event)) for event in EVENTS][3] == {
        "section": "problem",
        "state": "drafted",
        "detail": "3 goals [not markup]",
        "seconds": 2.25,
        "calls": 2,
        "input_tokens": 12_345,
        "output_tokens": 678,
        "cost_usd": 0.0123,
    }


def test_in_a_log_an_event_is_a_line() -> None:
    out = io.StringIO()
    with shown(out) as watch:
        assert watch
        for event in EVENTS:
            watch(event)
    lines = out.getvalue().splitlines()
    assert lines[0] == "prd.md goes to openai/test: about 9 calls"
    assert (
        lines[3].split() == "2.2 s problem drafted 2 calls, 12,345 + 678 tokens, $0.0123, 3 goals [not markup]".split()
    )
    assert lines == [as_line(event) for event in EVENTS]


def test_in_a_terminal_ends_are_kept_above_a_table_of_all_sections() -> None:
    out = Terminal()
    with shown(out) as watch:
        assert watch
        for event in EVENTS:
            watch(event)
    written = out.getvalue()
    assert "3 goals [not markup]" in written and "the model refused" in written
    assert all(word in written for word in ("section", "tokens in", "headline", "12,345", "$0.0123"))


def test_events_are_json_in_a_terminal_too_if_asked_for() -> None:
    out = Terminal()
    with shown(out, as_events=True) as watch:
        assert watch
        watch(EVENTS[0])
    assert json.loads(out.getvalue())["state"] == "noted"


def test_a_quiet_draft_is_not_watched() -> None:
    with shown(Terminal(), quiet=True) as watch:
        assert watch is None


CELL = """
import specdraft as sd
from specdraft.models.base import Reply

class Empty:
    name = "test/empty"
    async def ask(self, ask):
        ask.run.tell("asked")
        return Reply(ask.plan.model())

sd.{draft}(sd.Source.from_text("Gift cards"), model={model}).title
"""


@pytest.mark.parametrize(("model", "is_shown"), [("Empty()", True), ('"offline"', False)])
def test_in_a_notebook_a_long_run_is_a_bar(
    model: str, is_shown: bool, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPECDRAFT_CACHE_DIR", str(tmp_path))
    cell = nbformat.v4.new_code_cell(CELL.format(draft="draft", model=model))
    notebook = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    pages = [each["data"].get("text/html", "") for each in notebook.cells[0].outputs if "data" in each]
    bars = [page for page in pages if "<progress" in page]
    assert bool(bars) == is_shown
    if is_shown:
        assert '<progress max="16" value="16"></progress> 16 of 16' in bars[0], "9 sections and 7 lenses"
