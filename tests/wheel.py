"""The wheel as a user gets it: no file twice, prompts inside, and a PRD drafted from an empty environment.

Run by `make check`, outside of pytest because it installs: python tests/wheel.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


ASKING = """
from specdraft import Source
from specdraft.material import Material
from specdraft.models.facts import facts
from specdraft.wording import system

print(system(Material(Source.from_text("x"))), facts("openai/gpt-5-mini").window)
"""
"""What a model would be sent, and what is known of one: both need files that must be in the wheel."""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command away from the checkout; its standard output."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def main() -> None:
    """Build, look inside, install, draft."""
    with tempfile.TemporaryDirectory() as folder:
        aside = Path(folder)
        run(sys.executable, "-m", "build", "--no-isolation", "--outdir", aside, ROOT, cwd=aside)
        (wheel,) = aside.glob("*.whl")
        names = zipfile.ZipFile(wheel).namelist()
        twice = [name for name, count in Counter(names).items() if count > 1]
        missing = [name for name in ("specdraft/prompts_data/system.md.j2", "specdraft/py.typed") if name not in names]
        assert not twice and not missing, (twice, missing)
        assert not any(name.startswith(("tests/", "benchmarks/")) for name in names)
        run(sys.executable, "-m", "venv", aside / "empty", cwd=aside)
        python = aside / "empty" / "bin" / "python"
        constraint = ROOT / "requirements.lock"
        run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", constraint, wheel, cwd=aside)
        (aside / "prd.md").write_text("# Dark mode\n\n## Goals\n\n- Read at night\n", encoding="utf-8")
        run(aside / "empty" / "bin" / "specdraft", "draft", "prd.md", "-o", "spec.md", cwd=aside)
        assert "- **G1** Read at night[^P3]" in (aside / "spec.md").read_text(encoding="utf-8")
        asks = run(python, "-c", ASKING, cwd=aside)
        assert "[P1] x" in asks and "400000" in asks
        print(f"{wheel.name}: {len(names)} files, drafts a PRD in an empty environment")


if __name__ == "__main__":
    main()
