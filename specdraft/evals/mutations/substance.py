"""Operators on what is built: access, limits, repeats, retention, failure of others, scope."""

from __future__ import annotations

import re

from specdraft.document import Spec
from specdraft.evals.mutations.operator import Operator, Seeded, following, sentences_out, without
from specdraft.spec import Change, Statement, Step

_ACCESS = (
    "only .{0,80}(?:may|can)|may (?:create|see|read|request|use|download|change|call|edit)|permission|author|roles?"
)


def _drop_authorisation(spec: Spec) -> Seeded:
    gone = sentences_out(spec.solution.overview, _ACCESS)
    return (("solution.overview", "solution.architecture"), f"nobody says any more: {gone[0]}") if gone else None


def _unbound(spec: Spec) -> Seeded:
    gone = sentences_out(spec.solution.overview, r"at most \d|max|limit|up to \d|pages? of|per page|quota")
    return (("solution.overview", "solution.data_model"), f"without its limit: {gone[0]}") if gone else None


def _grow(spec: Spec) -> Seeded:
    text = "A recommendation engine ranks third-party offers by what each person clicked."
    spec.solution.architecture.append(Change(text=text, component="recommendation engine", change="add"))
    step = Step(text="Train and launch the recommendation engine.", rollback="Switch the engine off.")
    spec.rollout.steps.insert(len(spec.rollout.steps) // 2, step)
    return ("solution.architecture", f"S{following(spec, 'S')}"), "a recommendation engine that nobody asked for"


def _drop_idempotency(spec: Spec) -> Seeded:
    words = "idempot|twice|duplicat|repeat|dedup|same key|again|exactly once|at most once"
    gone = sentences_out(spec.solution.overview, words)
    gone += [each.text for each in without(spec.success.validation, words)]
    return (("solution.overview", "solution.architecture"), f"nothing on repeats: {gone[0]}") if gone else None


def _drop_retention(spec: Spec) -> Seeded:
    words = (
        r"retention|retain|kept (?:for )?\d|keeps? .{0,40}\d|delet\w* after|expir|purg|erase|erasure|days? after|"
        r"ages? out"
    )
    gone = sentences_out(spec.solution.overview, words)
    return (("solution.overview", "solution.data_model"), f"kept without end: {gone[0]}") if gone else None


def _build_non_goal(spec: Spec) -> Seeded:
    if not spec.problem.non_goals:
        return None
    ruled_out = spec.problem.non_goals[0]
    text = ruled_out.text.rstrip(".")
    spec.rollout.steps.append(Step(text=f"Build {text[:1].lower()}{text[1:]}.", rollback="Hide it."))
    spec.solution.overview.append(Statement(text=f"{text} are part of the first release."))
    return (ruled_out.id, f"S{following(spec, 'S')}", "solution.overview"), f"{ruled_out.id} is built: {text}"


def _silent_dependency(spec: Spec) -> Seeded:
    words = "down|unavailable|time ?outs?|falls? back|degrad|outage|unreachable|fails?"
    answer = spec.risks.answers.dependencies
    parts = [answer.statements, spec.solution.overview]
    gone = [each for part in parts for each in sentences_out(part, words)]
    if answer.answer != "yes" or not gone:
        return None
    answer.reason = (
        "; ".join(each for each in answer.reason.split("; ") if not re.search(rf"\b(?:{words})", each)) or "See above."
    )
    return ("risks.answers.dependencies", "solution.overview"), f"nothing on failure: {gone[0]}"


OPERATORS: tuple[Operator, ...] = (
    Operator(
        "authorisation removed",
        "S1",
        r"\bwho\b|authori|permission|roles?\b|access|allowed|\bmay\b",
        _drop_authorisation,
    ),
    Operator(
        "list unbounded", "S3", r"limit|bound|how many|\bmax|page|size|grow|at most|cap\b|quota|exhaust", _unbound
    ),
    Operator("scope grown", "S3", r"recommend", _grow),
    Operator(
        "idempotency removed",
        "S2",
        r"idempot|twice|duplicat|repeat|again|retr|second time|redeliver",
        _drop_idempotency,
    ),
    Operator(
        "retention removed",
        "S2",
        r"retention|kept|keep|delet|how long|expir|eras|purg|forever|end\b",
        _drop_retention,
        held_out=True,
    ),
    Operator(
        "non-goal built",
        "S3",
        r"non-goal|\bN1\b|rules? out|ruled out|out of scope|scope|exclud|contradict",
        _build_non_goal,
        held_out=True,
    ),
    Operator(
        "dependency silent",
        "S2",
        r"down|fail|outage|unavailable|time ?out|slow|unreachable|degrad",
        _silent_dependency,
        held_out=True,
    ),
)
