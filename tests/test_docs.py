"""What the documents show runs: the README's Python, its commands, the notebook."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import specdraft as sd
from specdraft import outline, prompts

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("code", blocks("python"))
def test_python_of_the_readme_runs(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    values: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), values)  # noqa: S102 - it is our own
    spec = values["spec"]
    assert isinstance(spec, sd.Spec)
    assert f"# {spec.problem.goals[1].citations[0].quote!r}"[2:] in code


def test_the_readme_shows_a_spec_as_it_is_drafted() -> None:
    drafted = sd.draft(ROOT / "examples" / "csv-export.md").to_markdown()
    (shown,) = blocks("markdown")
    missing = [line for line in shown.splitlines() if line.strip() and line not in drafted.splitlines()]
    assert missing == []


@pytest.mark.parametrize("command", re.findall(r"\$ (specdraft (?:outline|schema))", README))
def test_commands_of_the_readme_run(command: str) -> None:
    run = subprocess.run([sys.executable, "-m", *shlex.split(command)], capture_output=True, text=True, check=True)
    assert run.stdout.strip()


def test_invariants_name_tests_that_exist() -> None:
    named = set(re.findall(r"`(tests/\w+\.py)`", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")))
    assert named and all((ROOT / name).is_file() for name in named)


def test_every_section_has_its_prompt_and_every_prompt_its_section() -> None:
    asked = {plan.prompt for plan in outline.OUTLINE}
    assert asked == {name for name in prompts.names() if name.startswith("sections/")}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_notebook_runs_and_shows_a_spec_as_a_page() -> None:
    notebook = nbformat.read(ROOT / "notebooks" / "01_first_draft.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT / "notebooks")}}).execute()
    pages = [output["data"]["text/html"] for output in notebook.cells[1].outputs if "data" in output]
    assert pages and "<h2>Goals</h2>" in pages[0] and "Bulk CSV export of orders" in pages[0]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("name", "shown"),
    [("02_reading_a_critique", "The migration has no way back"), ("03_eval_run", "flaws_found")],
)
def test_the_other_notebooks_run(name: str, shown: str) -> None:
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT / "notebooks")}}).execute()
    assert shown in str([cell.get("outputs") for cell in notebook.cells])


def test_notebooks_are_committed_without_output() -> None:
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert not any(cell.get("outputs") for cell in cells), path
