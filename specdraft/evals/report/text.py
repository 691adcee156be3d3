"""A run as text: a Markdown table, which a terminal shows as well, and JUnit XML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from specdraft.evals.compare import Change, verdict
from specdraft.evals.scores import MEASURES, Scored, by_operator, by_severity
from specdraft.evals.statistics import Estimate


def markdown(scores: Scored, changes: Sequence[Change] = ()) -> str:
    """The scores, seeded flaws by operator, alarms by severity, the comparison if there is one, and what went wrong."""
    parts = (_scores(scores), _flaws(scores), _alarms(scores), _changes(changes), _problems(scores))
    return "\n".join(line for part in parts for line in part).strip() + "\n"


def number(value: float) -> str:
    """A figure as short as it can be read."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def interval(estimate: Estimate) -> str:
    """The ends of an interval; a dash where there is none."""
    return f"{number(estimate.low)} to {number(estimate.high)}" if estimate.is_known else "–"


def _scores(scores: Scored) -> Iterator[str]:
    yield from ("| measure | mean | 95 % interval | documents | |", "|---|--:|---|--:|---|")
    summary = scores.summary
    for name, (what, _) in MEASURES.items():
        if name in summary:
            each = summary[name]
            yield f"| {name} | {number(each.mean)} | {interval(each)} | {each.documents} | {what} |"


def _flaws(scores: Scored) -> Iterator[str]:
    rows = by_operator(scores.flaws)
    if rows:
        yield from ("", "| seeded flaw | severity | seeded | spoken of | found at its place |", "|---|---|--:|--:|--:|")
    for row in rows:
        held = " (held out)" if row["held_out"] else ""
        yield f"| {row['operator']}{held} | {row['severity']} | {row['seeded']} | {row['spoken_of']} | {row['found']} |"


def _alarms(scores: Scored) -> Iterator[str]:
    rows = by_severity(scores.alarms)
    if rows:
        yield from ("", "| found in clean specs | findings | through |", "|---|--:|---|")
    for row in rows:
        yield f"| {row['severity']} | {row['alarms']} | {named(row['lenses'])} |"


def named(counts: Sequence[tuple[str, int]]) -> str:
    """Names with how often each occurs."""
    return ", ".join(f"{name} {count}" for name, count in counts)


def _changes(changes: Sequence[Change]) -> Iterator[str]:
    if not changes:
        return
    yield from ("", f"**Compared: {verdict(changes)}.**", "")
    yield from (
        "| measure | before | now | difference | detectable | verdict | moved most |",
        "|---|--:|--:|---|--:|---|---|",
    )
    for change in changes:
        if change.verdict != "the same":
            told = change.difference.estimate
            most = ", ".join(f"{document} {by:+.2g}" for document, by in change.moved[:3])
            detectable = number(change.difference.detectable) if told.is_known else "–"
            yield (
                f"| {change.measure} | {number(change.first)} | {number(change.second)} | {told.mean:+.3g} "
                f"({interval(told)}) | {detectable} | {change.verdict} | {most} |"
            )


def _problems(scores: Scored) -> Iterator[str]:
    if scores.problems:
        yield from ("", "Not scored, or not as recorded:", "")
    for problem in scores.problems:
        first, *rest = problem.splitlines()
        yield f"- {first}"
        yield from (f"      {line}" for line in rest)


def junit(scores: Scored) -> str:
    """A test case for each result: an error where there is none, a failure where its cassette is stale."""
    suite = ET.Element("testsuite", name="specdraft eval", tests=str(len(scores.results)))
    for result in scores.results:
        case = ET.SubElement(suite, "testcase", classname=result.model, name=f"{result.task}/{result.sample}",
                              time=str(result.seconds))  # fmt: skip
        if result.error:
            ET.SubElement(case, "error", message=result.error)
        elif result.stale:
            ET.SubElement(case, "failure", message="stale cassette").text = "\n\n".join(result.stale)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
