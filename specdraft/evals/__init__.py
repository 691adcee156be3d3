"""Evals: how good drafts and critiques are, measured so that anybody can measure it again without a key.

from pathlib import Path
from specdraft import evals

tasks = evals.draft_tasks(evals.load_cases(Path("evals/cases")))
results = evals.run(tasks, evals.Configuration("offline"), Path("out/run.jsonl"))
print(evals.markdown(evals.scored(tasks, results)))
"""

from specdraft.evals.cases import Case, CleanSpec, Gold, load_cases, load_clean, load_corpus
from specdraft.evals.compare import baseline, compared, verdict
from specdraft.evals.report import html, junit, markdown
from specdraft.evals.run import Configuration, Result, read, run, shard
from specdraft.evals.scores import Scored, scored
from specdraft.evals.tasks import draft_tasks, joint_flaws, single_flaws

__all__ = [
    "Case",
    "CleanSpec",
    "Configuration",
    "Gold",
    "Result",
    "Scored",
    "baseline",
    "compared",
    "draft_tasks",
    "html",
    "joint_flaws",
    "junit",
    "load_cases",
    "load_clean",
    "load_corpus",
    "markdown",
    "read",
    "run",
    "scored",
    "shard",
    "single_flaws",
    "verdict",
]
