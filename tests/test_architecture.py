"""The rules of the house: floors, owners, sizes, docstrings, and a door that opens at once."""

from __future__ import annotations

import ast
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter

import pytest

import specdraft
from tests.cases import ROOT

FLOORS = {
    "errors": 0, "spec": 0, "progress": 0,
    "passages": 1, "sentences": 1, "tokens": 1, "readers": 1, "source": 1, "context": 1, "material": 1,
    "outline": 1, "markdown": 1, "page": 1,
    "document": 2, "questionnaire": 2, "models": 2,
    "walk": 3, "quotes": 3, "facts": 3, "clashes": 3, "links": 3, "grounding": 3, "judgement": 3, "redact": 3,
    "prompts": 3, "wording": 3, "places": 3, "difference": 3, "lenses": 3, "checklist": 3, "findings": 3,
    "journal": 3, "run": 3,
    "drafter": 4, "critic": 4, "reviser": 4, "sending": 4, "assembly": 4, "display": 4, "opening": 4,
    "pipeline": 5,
    "evals": 6,
    "output": 7, "eval_cli": 7, "flags": 7, "cli": 7, "__main__": 7,
}  # fmt: skip
"""Each part of the package, in the order of the table in ARCHITECTURE.md."""
OWNERS = {
    "pydantic": tuple(FLOORS),
    "markdown_it": ("passages", "readers", "markdown", "page"),
    "mdit_py_plugins": ("passages", "markdown", "page"),
    "charset_normalizer": ("readers",),
    "jinja2": ("prompts", "evals.report.html"),
    "anyio": ("opening",),
    "platformdirs": ("journal",),
    "rich": ("display",),
    "IPython": ("display",),
    "typer": ("cli", "eval_cli", "flags"),
    "pydantic_core": ("models",),
    "openai": ("models.instructor_",),
    "instructor": ("models.instructor_",),
    "tenacity": ("models.instructor_",),
    "vcr": ("evals.cassettes",),
    "yaml": ("evals.cases",),
}
"""Each vendor, and the parts that may know it; those with none are for later."""
LONGEST_MODULE, LONGEST_FUNCTION, MOST_NAMES = 300, 40, 30

FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "specdraft").rglob("*.py"))
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


def imported(module: str) -> Iterator[str]:
    """What a module imports, in functions and for type checking too: ours by module, others as they are written."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            assert node.module
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in FILES else node.module


def part(module: str) -> str:
    """The part of the package that a module belongs to: its name below the root."""
    return [*module.split("."), ""][1]


def own(module: str) -> set[str]:
    """The modules of the package that a module imports."""
    return {name for name in imported(module) if name.split(".")[0] == "specdraft"}


INNER = [module for module in FILES if module != "specdraft"]
modules = pytest.mark.parametrize("module", INNER)


def test_every_part_has_a_floor_and_stands_in_the_table_of_the_architecture() -> None:
    rows = re.findall(r"(?m)^\| *(\d)?[^|]*\| (`[^|]+`) \|", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    told: dict[str, int] = {}
    floor = 0
    for number, names in rows:
        floor = int(number or floor)
        told |= dict.fromkeys([name.split("/")[0] for name in re.findall(r"`([\w/]+)`", names)], floor)
    assert list(told.items()) == [(name, floor) for name, floor in FLOORS.items() if name != "__main__"]
    assert {part(module) for module in INNER} == set(FLOORS)


@modules
def test_a_module_imports_from_below_or_above_it_in_the_table_and_never_from_the_root(module: str) -> None:
    """From floors below its own, or from parts that stand above it on the same floor."""
    order = list(FLOORS)
    assert "specdraft" not in own(module)
    assert {name for name in own(module) if order.index(part(name)) > order.index(part(module))} == set()


def test_there_are_no_cycles_among_modules_or_parts() -> None:
    TopologicalSorter({module: own(module) - {module} for module in INNER}).prepare()
    parts: dict[str, set[str]] = {}
    for module in INNER:
        parts.setdefault(part(module), set()).update({part(name) for name in own(module)} - {part(module)})
    TopologicalSorter(parts).prepare()


@modules
def test_a_vendor_is_known_to_its_owner_only(module: str) -> None:
    vendors = {name.split(".")[0] for name in imported(module)} - sys.stdlib_module_names - {"specdraft"}
    assert vendors <= set(OWNERS)
    inside = module.removeprefix("specdraft.")
    assert {
        vendor for vendor in vendors if not f"{inside}.".startswith(tuple(f"{own}." for own in OWNERS[vendor]))
    } == set()


@pytest.mark.parametrize("module", FILES)
def test_a_module_is_not_too_long_and_says_why_it_is_there(module: str) -> None:
    assert len(FILES[module].read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    assert ast.get_docstring(tree(module))


@pytest.mark.parametrize("module", FILES)
def test_functions_are_not_too_long(module: str) -> None:
    assert {
        node.name for node in ast.walk(tree(module)) if isinstance(node, Function) and length(node) > LONGEST_FUNCTION
    } == set()


def length(function: Function) -> int:
    """Lines of the body, the docstring apart."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("module", FILES)
def test_what_is_public_is_described(module: str) -> None:
    assert [name for name, node in public(tree(module)) if not ast.get_docstring(node)] == []


def public(scope: ast.Module | ast.ClassDef) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    """Classes, functions and methods whose names do not begin with an underscore."""
    for node in scope.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


def test_the_public_names_are_few_sorted_and_all_there() -> None:
    names = specdraft.__all__
    assert names == sorted(names, key=lambda name: (not name.isupper(), name[0].islower(), name))
    assert len(names) == len(set(names)) <= MOST_NAMES
    assert set(dir(specdraft)) == set(names)
    found = {name: getattr(specdraft, name) for name in names if not name.isupper()}
    assert all(getattr(each, "__module__", each.__name__).startswith("specdraft.") for each in found.values())


def test_type_checkers_see_the_same_names() -> None:
    aliases = [
        alias for node in ast.walk(tree("specdraft")) if isinstance(node, ast.ImportFrom) for alias in node.names
    ]
    assert {alias.asname for alias in aliases if alias.asname} == set(specdraft.__all__)


def test_there_is_nothing_else_at_the_door() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'drafft'"):
        specdraft.drafft  # noqa: B018


@pytest.mark.parametrize("door", ["specdraft", "specdraft.cli"])
def test_a_door_opens_without_what_it_does_not_need_yet(door: str) -> None:
    heavy = "openai", "instructor", "pydantic", "markdown_it", "jinja2", "anyio", "charset_normalizer"
    script = f"import sys, {door}; print(*sorted(set(sys.modules) & set({heavy})))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert ran.stdout.split() == []


def test_an_offline_draft_waits_for_no_vendor_that_it_does_not_need() -> None:
    heavy = "openai", "instructor", "tenacity", "jinja2", "platformdirs", "rich"
    draft = "specdraft.draft(specdraft.Source.from_text('Gift cards'))"
    script = f"import sys, specdraft; {draft}; print(*sorted(set(sys.modules) & set({heavy})))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert ran.stdout.split() == []


@pytest.mark.parametrize("connect", ["connect", "connect_ex"])
def test_a_test_cannot_reach_the_network(connect: str) -> None:
    """The guard of conftest; the address is one that is never given to anybody."""
    with socket.socket() as reaching, pytest.raises(PermissionError, match="reached for the network"):
        getattr(reaching, connect)(("192.0.2.1", 9))
