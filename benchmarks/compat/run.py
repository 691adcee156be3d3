"""Does a run end well with a real server that nobody here wrote, and a model that knows nothing?

Run: python benchmarks/compat/run.py [PRD]

Builds llama.cpp's server from PyPI in an environment of its own (a C++ compiler is needed; the first time takes some
minutes), writes a model of random weights, starts the server on this machine and drafts PRD with it. All answers are
noise in the shape that the schemas ask for, so every quote is invented: none may be in the spec unless it happens to
stand in the passage that it names.

Prints a Markdown table. Exits 1 if the run does not end as it should. All that was said is in the folder that it names.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from specdraft import Source
from specdraft.document import load_spec
from specdraft.grounding import citations, unfounded

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
REQUIREMENTS = ("llama-cpp-python[server]==0.3.36", "gguf==0.19.0")
BUILD = {"CMAKE_ARGS": "-DLLAVA_BUILD=OFF"}
"""Text is all that is asked of it."""
SERVER = """
    --model_alias tiny --host 127.0.0.1 --seed 1
    --n_ctx 0 --n_batch 2048 --n_ubatch 2048 --flash_attn true --logits_all false
""".split()
LONGEST = 1_800
"""Seconds after which a run counts as hanging."""

_ANSWER = re.compile(r'"POST /v1/chat/completions HTTP/1\.1" (\d+)')
_NO_GRAMMAR = "failed to parse grammar"
"""What the server says of a pattern that it cannot follow; then it dies."""


class Row(NamedTuple):
    """A line of the table."""

    what: str
    found: object
    is_met: bool = True

    def __str__(self) -> str:
        return f"| {self.what} | {self.found} | {'' if self.is_met else '**missed**'} |"


def installed(folder: Path) -> Path:
    """The Python that has the server, made where it is missing."""
    python = folder / "venv" / "bin" / "python"
    mark = folder / "venv" / "installed"
    if not mark.exists() or mark.read_text(encoding="utf-8") != repr(REQUIREMENTS):
        print("building the server, which takes some minutes ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder / "venv")], check=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *REQUIREMENTS]
        subprocess.run(command, check=True, env=os.environ | BUILD)
        mark.write_text(repr(REQUIREMENTS), encoding="utf-8")
    return python


@contextmanager
def served(python: Path, model: Path, log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of a server that answers, and its process; it ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(python), "-m", "llama_cpp.server", "--model", str(model), "--port", str(port), *SERVER]
    with log.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT) as process:
        try:
            url = f"http://127.0.0.1:{port}/v1"
            _await(f"{url}/models", process, log)
            yield url, process
        finally:
            # Not `terminate`: it would first finish an answer that nobody waits for.
            process.kill()


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - the address is our own
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    sys.exit(f"the server did not start; see {log}")


def drafted(prd: Path, out: Path, url: str) -> tuple[int | None, str]:
    """Exit status of the command, none if it hung, and what it said."""
    command = [sys.executable, "-m", "specdraft", "draft", str(prd), "--model", "openai/tiny", "-o", str(out)]
    out.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as cache:  # what an earlier run was answered would be taken instead of asked
        own = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "none", "XDG_CACHE_HOME": cache}
        try:
            run = subprocess.run(
                command, env=os.environ | own, cwd=ROOT, text=True, capture_output=True, check=False, timeout=LONGEST
            )
        except subprocess.TimeoutExpired:
            return None, ""
    return run.returncode, run.stdout + run.stderr


def run_rows(status: int | None, said: str, log: str, *, is_up: bool) -> Iterator[Row]:
    """How the command ended, and what the server had to say."""
    answers = Counter(_ANSWER.findall(log))
    yield Row("exit status (0 done, 1 partial, 3 no answer was of use)", status, status in (0, 1, 3))
    yield Row("tracebacks", said.count("Traceback"), "Traceback" not in said)
    shown = ", ".join(f"{count} x {code}" for code, count in sorted(answers.items()))
    yield Row("answers of the server by status", shown or "none", set(answers) == {"200"})
    yield Row("schemas that its grammar could not take", log.count(_NO_GRAMMAR), _NO_GRAMMAR not in log)
    yield Row("server still up", "yes" if is_up else "no", is_up)


def spec_rows(prd: Path, out: Path) -> Iterator[Row]:
    """What is in the spec that was written, if one was."""
    if not out.exists():
        yield Row("spec", "none written")
        return
    spec, source = load_spec(out), Source.from_path(prd)
    failed = ", ".join(failure.section for failure in spec.meta.failures)
    yield Row("sections that failed", failed or "none")
    yield Row("calls, tokens answered", f"{spec.meta.usage.calls}, {spec.meta.usage.output_tokens:,}")
    yield Row("notices", "; ".join(spec.meta.notices) or "none")
    quotes, left, wrong = list(citations(spec)), list(citations(spec.unplaced)), unfounded(spec, source)
    yield Row("quotes in sections, in what is not placed", f"{len(quotes) - len(left)}, {len(left)}")
    yield Row("quotes that do not stand in their passage", len(wrong), not wrong)


def main() -> None:
    """Build, start, draft, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prd", nargs="?", type=Path, default=ROOT / "examples" / "csv-export.md")
    parser.add_argument("--folder", type=Path, default=ROOT / "out" / "compat", help="where the server is kept")
    chosen = parser.parse_args()
    folder, prd = chosen.folder.resolve(), chosen.prd.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    model, log, out = folder / "tiny.gguf", folder / "server.log", folder / "spec.json"
    python = installed(folder)
    subprocess.run([python, HERE / "model.py", model], check=True)
    began = time.monotonic()
    with served(python, model, log) as (url, process):
        status, said = drafted(prd, out, url)
        is_up = process.poll() is None
    (folder / "run.log").write_text(said, encoding="utf-8")
    rows = [
        *run_rows(status, said, log.read_text(encoding="utf-8", errors="replace"), is_up=is_up),
        *spec_rows(prd, out),
        Row("seconds", f"{time.monotonic() - began:.0f}"),
    ]
    print(f"`{prd.name}`, logs in {folder}\n\n| what | found | |\n|---|---|---|")
    print("\n".join(map(str, rows)))
    sys.exit(not all(row.is_met for row in rows))


if __name__ == "__main__":
    main()
