"""The command line as a person meets it: real runs on real files, exit codes, and errors that say what to do."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from specdraft import OUTLINE, Spec
from tests.cases import EXAMPLES

PRD = EXAMPLES / "clinic-booking.md"
SPYING = """
import sys

def report(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        print("NETWORK", event, args, file=sys.stderr)

sys.addaudithook(report)
"""


def command(*args: object) -> list[str]:
    return [sys.executable, "-m", "specdraft", *map(str, args)]


def environment(**more: str) -> dict[str, str]:
    """Ours, with a fixed day and any warning an error."""
    return {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "PYTHONWARNINGS": "error", **more}


def run(*args: object, stdin: str = "", **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command(*args), input=stdin.encode(), capture_output=True, check=False, env=environment(**env)
    )


def done(*args: object, stdin: str = "", **env: str) -> tuple[str, list[str]]:
    """Standard output, and the lines of standard error, of a run that must succeed."""
    ran = run(*args, stdin=stdin, **env)
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout.decode(), ran.stderr.decode().splitlines()


def refused(code: int, *args: object, stdin: str = "", **env: str) -> str:
    """The message of a run that must fail: one, with a hint, without a traceback, and nothing on standard output."""
    ran = run(*args, stdin=stdin, **env)
    message = ran.stderr.decode()
    assert (ran.returncode, ran.stdout) == (code, b""), message
    assert "Traceback" not in message
    assert message.startswith("error: ")
    assert message.count("error: ") == 1
    first, *hints = message.splitlines()
    assert hints
    assert all(line.startswith("  ") and line.strip() for line in hints)
    return first.removeprefix("error: ")


@pytest.fixture
def prd(tmp_path: Path) -> Path:
    """A small PRD of one's own, in a folder of its own."""
    path = tmp_path / "prd.md"
    path.write_text("# Gift cards\n\n## Goals\n\n- Sell gift cards of 10 to 100 €.\n", encoding="utf-8")
    return path


def test_a_draft_goes_to_standard_output_and_remarks_to_standard_error() -> None:
    out, remarks = done("draft", PRD)
    spec = Spec.from_markdown(out)
    assert spec.title == "Online booking for the walk-in clinics"
    assert spec.meta.date == "2023-11-14"
    assert len(remarks) == 1
    assert remarks[0].startswith(
        f"drafted from clinic-booking.md by offline: {len(spec.open_questions)} open questions"
    )


@pytest.mark.parametrize("suffix", [".json", ".MD"])
def test_a_draft_goes_to_the_file_in_the_form_of_its_suffix(prd: Path, suffix: str) -> None:
    out = prd.with_name(f"spec{suffix}")
    assert done("draft", prd, "-o", out)[0] == ""
    text = out.read_text(encoding="utf-8")
    spec = Spec.model_validate_json(text) if suffix == ".json" else Spec.from_markdown(text)
    assert spec.problem.goals[0].text == "Sell gift cards of 10 to 100 €."
    assert sorted(path.name for path in prd.parent.iterdir()) == ["prd.md", out.name]


def test_a_spec_that_is_there_is_replaced(prd: Path) -> None:
    out = prd.with_name("spec.md")
    out.write_text("old\n" * 10_000, encoding="utf-8")
    done("draft", prd, "--out", out)
    assert out.read_text(encoding="utf-8").startswith("# Gift cards\n")
    assert "old\n" not in out.read_text(encoding="utf-8")


def test_a_prd_comes_in_by_standard_input(prd: Path) -> None:
    out, remarks = done("draft", "-", stdin=prd.read_text(encoding="utf-8"))
    spec = Spec.from_markdown(out)
    assert [goal.text for goal in spec.problem.goals] == ["Sell gift cards of 10 to 100 €."]
    assert spec.meta.sources[0].name == "standard input"
    assert remarks[0].startswith("drafted from standard input")


def test_a_draft_is_the_same_bytes_in_any_process() -> None:
    here = EXAMPLES / "csv-export.md"
    other = run("draft", here, PYTHONHASHSEED="2", PYTHONIOENCODING="ascii")
    assert run("draft", here, PYTHONHASHSEED="1").stdout == other.stdout != b""


def test_a_spec_is_rendered_there_and_back(prd: Path) -> None:
    first, middle, last = (prd.with_name(name) for name in ("a.md", "b.json", "c.md"))
    done("draft", prd, "-o", first)
    done("render", first, "-o", middle)
    done("render", middle, "-o", last)
    assert json.loads(middle.read_text(encoding="utf-8"))["title"] == "Gift cards"
    assert last.read_bytes() == first.read_bytes()
    assert done("render", middle)[0] == first.read_text(encoding="utf-8")


def test_rendering_remarks_upon_links_that_lead_nowhere(prd: Path) -> None:
    spec = prd.with_name("spec.md")
    spec.write_text("# Gift cards\n\n## Risks\n\n- **R1 → S9** Fraud\n", encoding="utf-8")
    out, remarks = done("render", spec)
    assert "- **R1 → S9** Fraud" in out
    assert remarks == ["note: R1: dangling id S9"]


def test_the_outline_shows_each_section_and_what_it_asks() -> None:
    lines = done("outline")[0].splitlines()
    assert [line.split()[0] for line in lines] == [plan.name for plan in OUTLINE]
    assert all(plan.asks in line for plan, line in zip(OUTLINE, lines, strict=True))


def test_the_schema_is_that_of_a_spec() -> None:
    assert json.loads(done("schema")[0]) == Spec.model_json_schema()


@pytest.mark.parametrize("args", [["--help"], ["draft", "--help"], ["render", "--help"]])
def test_help_is_there(args: list[str]) -> None:
    out, remarks = done(*args)
    assert out.lstrip().startswith("Usage: ")
    assert remarks == []


@pytest.mark.parametrize("args", [["draft"], ["draft", "a", "b"], ["draft", "--colour", "a"], ["craft"]])
def test_a_wrong_call_is_refused_with_the_usage(args: list[str]) -> None:
    ran = run(*args)
    assert ran.returncode == 2
    assert b"Usage: " in ran.stderr
    assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.md", None, "cannot read "),
        (".", None, "cannot read "),
        ("empty.md", b"", "empty.md: there is no text in it"),
        ("program.md", b"\x7fELF\x02\x01\x00\x00" * 50, "program.md: this is "),
        ("other.json", b'{"color": "red"}', "other.json: this JSON is no ticket of a known shape"),
        ("broken.json", b'{"title":', "broken.json: broken JSON at line 1"),
    ],
)
def test_what_cannot_be_drafted_from_is_refused(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert refused(2, "draft", tmp_path / name).startswith(message)


def test_nothing_on_standard_input_is_refused() -> None:
    assert refused(2, "draft", "-") == "standard input: there is no text in it"


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("spec.docx", "what is written is a .md or .markdown or .json file"),
        ("spec", "what is written is a .md or .markdown or .json file"),
        ("missing/spec.md", "its folder does not exist"),
        ("folder.md", "its folder does not exist, or it is one"),
        ("prd.md", "is the PRD itself"),
        ("link.md", "is the PRD itself"),
        ("x" * 250 + ".md", "cannot write "),
    ],
)
def test_where_it_cannot_be_written_nothing_is_changed(prd: Path, out: str, message: str) -> None:
    (prd.parent / "folder.md").mkdir()
    (prd.parent / "link.md").symlink_to(prd)
    before = prd.read_bytes()
    assert message in refused(2, "draft", prd, "-o", prd.with_name(out) if "/" not in out else prd.parent / out)
    assert prd.read_bytes() == before
    assert sorted(path.name for path in prd.parent.iterdir()) == ["folder.md", "link.md", "prd.md"]


def test_a_write_that_fails_half_way_leaves_the_old_spec_and_nothing_else(prd: Path) -> None:
    """A full disk, played by a limit on the size of files."""
    out = prd.with_name("spec.md")
    out.write_text("old\n", encoding="utf-8")
    env = {name: value for name, value in environment(PYTHONDONTWRITEBYTECODE="1").items() if "COVERAGE" not in name}
    ran = subprocess.run(
        command("draft", prd, "-o", out),
        capture_output=True,
        check=False,
        env=env,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000)),
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith(b"error: cannot write ")
    assert b"Traceback" not in ran.stderr
    assert out.read_text(encoding="utf-8") == "old\n"
    assert sorted(path.name for path in prd.parent.iterdir()) == ["prd.md", "spec.md"]


@pytest.mark.parametrize(("args", "env"), [(["--model", "gpt-9"], {}), ([], {"SPECDRAFT_MODEL": "gpt-9"})])
def test_an_unknown_model_is_refused_with_a_code_of_its_own(prd: Path, args: list[str], env: dict[str, str]) -> None:
    assert refused(3, "draft", prd, *args, **env) == "there is no model 'gpt-9' here"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.md", None, "cannot read the spec "),
        ("spec.json", "[]", " is not a spec"),
        ("spec.json", '{"schema_version": 99}', "this spec follows schema version 99"),
        ("spec.md", "# X\n\nStatus: draft · Schema version: 99\n", "this spec follows schema version 99"),
    ],
)
def test_what_is_no_spec_is_not_rendered(tmp_path: Path, name: str, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert message in refused(2, "render", tmp_path / name)


def test_an_old_encoding_is_remarked_upon(tmp_path: Path) -> None:
    path = tmp_path / "old.md"
    path.write_bytes("# Preise\n\n5 € – “net”".encode("cp1252"))
    out, remarks = done("draft", path)
    assert "5 € – “net”" in out
    assert [line.startswith("note: not UTF-8: read as cp1252") for line in remarks] == [True, False]


def test_a_key_in_the_environment_is_hinted_at_once_and_not_used(prd: Path) -> None:
    (prd.parent / "sitecustomize.py").write_text(SPYING, encoding="utf-8")
    spied = {"PYTHONPATH": str(prd.parent)}
    plain, keyed = done("draft", prd, **spied), done("draft", prd, OPENAI_API_KEY="sk-test", **spied)
    assert keyed[0] == plain[0]
    assert [line for line in keyed[1] if line not in plain[1]] == [
        "hint: drafted offline, nothing was sent anywhere, although OPENAI_API_KEY is set"
    ]
    assert len(keyed[1]) == 2
    assert "NETWORK" not in "".join(keyed[1])


def test_the_spy_of_the_test_above_sees_the_network(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(SPYING, encoding="utf-8")
    reach = "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
    env = environment(PYTHONPATH=str(tmp_path))
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", reach], capture_output=True, check=True, env=env)
    assert b"NETWORK socket.connect" in ran.stderr


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    ran = run("--debug", "draft", tmp_path / "missing.md")
    assert ran.returncode == 2
    assert b"Traceback (most recent call last)" in ran.stderr
    assert b"SourceError: cannot read " in ran.stderr


def test_a_reader_that_stops_early_is_no_error() -> None:
    """As in `specdraft draft prd.md | head`."""
    process = subprocess.Popen(command("draft", PRD), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    with process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        message = process.stderr.read()
    assert b"Traceback" not in message
    assert b"Exception ignored" not in message
    assert process.returncode == 0


def test_the_command_is_installed(prd: Path) -> None:
    installed = Path(sys.executable).with_name("specdraft")
    ran = subprocess.run([installed, "draft", prd], capture_output=True, check=False, env=environment())
    assert ran.returncode == 0
    assert ran.stdout.startswith(b"# Gift cards\n")


def test_questions_are_written_to_be_filled_in_and_given_back(prd: Path, tmp_path: Path) -> None:
    questions, spec = tmp_path / "questions.md", tmp_path / "spec.md"
    out, remarks = done("ask", prd, "-o", questions)
    assert out == "" and remarks[-1].endswith(f"-> {questions}")
    text = questions.read_text(encoding="utf-8")
    assert done("ask", prd)[0] == text
    count = text.count("\n**Answer:**")
    assert remarks[-1].startswith(f"{count} open questions in prd.md")
    questions.write_text(text.replace("\n**Answer:**", "\n**Answer:** As the shop says.", 1), encoding="utf-8")
    done("draft", prd, "--answers", questions, "-o", spec)
    drafted = Spec.from_markdown(spec.read_text(encoding="utf-8"))
    assert len(drafted.open_questions) == count - 1
    assert "As the shop says." in drafted.to_markdown()


def test_progress_as_json_is_a_line_an_event_on_standard_error(prd: Path) -> None:
    _, lines = done("draft", prd, "--json-progress")
    events = [json.loads(line) for line in lines if line.startswith("{")]
    assert [event["section"] for event in events] == [plan.name for plan in OUTLINE]
    assert {event["state"] for event in events} == {"drafted"}


def test_questions_are_markdown_only(prd: Path, tmp_path: Path) -> None:
    assert "questions.json" in refused(2, "ask", prd, "-o", tmp_path / "questions.json")


def test_answers_that_are_not_there_are_refused(prd: Path, tmp_path: Path) -> None:
    assert "cannot read" in refused(2, "draft", prd, "--answers", tmp_path / "none.md")


@pytest.mark.parametrize("model", ["openai/gpt-5-mini", "nobody/knows-it", "openai", "anthropic/claude"])
def test_a_model_that_cannot_be_used_costs_nothing_and_says_what_to_do(prd: Path, model: str) -> None:
    refused(3, "draft", prd, "--model", model)
