"""The critique: what a second reader found, with its evidence, and what became of it."""

from __future__ import annotations

from html import escape
from typing import Annotated, Literal, get_args

from pydantic import Field

from specdraft.spec.alternatives import Approach, Score
from specdraft.spec.failure import Failure
from specdraft.spec.statement import Id, Item, Line, Model, OwnId, Said, Text

Severity = Literal["S1", "S2", "S3", "S4"]
Likelihood = Literal["L4", "L3", "L2", "L1"]
Reversible = Literal["yes", "with effort", "no"]
Landing = Literal[
    "before build",
    "step",
    "migration",
    "flag",
    "stage gate",
    "test",
    "monitor",
    "runbook",
    "after launch",
    "separate spec",
    "question",
    "alternatives",
]
"""Where in the plan a mitigation lands, the earliest first."""
Place = Annotated[str, Field(pattern=r"^([GNRKASVTMQ][1-9][0-9]*|[a-z_]+([.][a-z_]+)*)$")]
"""A place in the spec: the id of an item, the path of a part such as `rollout.migration`, or `spec` for all of it."""
SEVERITIES: dict[str, str] = {
    "S1": "loss of data, money or safety",
    "S2": "outage or broken contract",
    "S3": "degraded, or few people",
    "S4": "annoyance or rework",
}


class Evidence(Model):
    """Where in the spec a finding shows: by words that stand there, or by words that do not."""

    text: Said = Field(
        description="The words of that place exactly as they are shown; for a silence, what is not said there."
    )
    at: Place = Field(description="The place: an id such as S3, a path such as rollout.migration, or spec.")
    absent: Line = Field(
        default="",
        description="Only for a silence: two to six words or stems with commas, one of which would stand at that place "
        "if it were said, e.g. rollback, undo, revert. Code looks for them.",
    )


class Finding(Item):
    """One thing that a lens found. Its citations are words of the source; its evidence is in the spec."""

    id: OwnId = ""
    title: Said = Field(description="The failure in a line, not the topic: 'An empty feed deletes every vendor'.")
    lens: Line = Field(
        default="", description="Names of the lenses that found it.", json_schema_extra={"readOnly": True}
    )
    kind: Literal["risk", "alternative", "gap", "contradiction"] = Field(
        default="gap",
        description="risk: something may go wrong; alternative: another way to reach the goals; gap: the spec must "
        "answer something and does not; contradiction: two places that cannot both hold.",
    )
    mechanism: Text = Field(
        default="",
        description="Cause, event, consequence in one sentence that names something of this spec. For an "
        "alternative: what it would mean here, as its friend would put it.",
    )
    evidence: list[Evidence] = Field(default_factory=list, description="Where in the spec it shows.")
    severity: Severity = Field(
        default="S3", description=f"{'; '.join(f'{key} {text}' for key, text in SEVERITIES.items())}."
    )
    likelihood: Likelihood = Field(
        default="L2",
        description="L4 in normal use; L3 within the first months; L2 needs a plausible coincidence; L1 rare.",
    )
    reversible: Reversible = Field(default="with effort", description="Can the damage be undone?")
    detection: Text = Field(
        default="", description="The signal that would show it and how soon, from what the spec has; or: none today."
    )
    suggestion: Text = Field(
        default="",
        description="The mitigation: one concrete act that prevents, limits, notices or undoes it. For an alternative: "
        "what speaks against it. For a contradiction: what must be said instead.",
    )
    lands_in: Landing | None = Field(default=None, description="Where in the plan the suggestion lands.")
    question: Text = Field(default="", description="What the author must decide first, if anything, as a question.")
    approach: Approach | None = Field(default=None, description="Of an alternative: what kind of option it is.")
    scores: list[Score] = Field(
        default_factory=list, description="Of an alternative: one score for each of the spec's criteria K1, K2, ..."
    )
    targets: list[Id] = Field(default_factory=list, description="Ids of the items that must change because of it.")
    status: Literal["open", "accepted", "rejected"] = Field(
        default="open", description="What was decided.", json_schema_extra={"readOnly": True}
    )
    resolution: Text = Field(default="", description="What was done, or why not.", json_schema_extra={"readOnly": True})

    @property
    def priority(self) -> tuple[int, int, int]:
        """How urgent it is, the smaller the worse: damage and chance, then reversibility, then when it is due."""
        weight = (5 - int(self.severity[1])) * int(self.likelihood[1])
        due = get_args(Landing).index(self.lands_in) if self.lands_in else len(get_args(Landing))
        return -weight, -get_args(Reversible).index(self.reversible), due


class SetAside(Model):
    """A finding that the referee does not find worth the author's time; kept for a person who thinks otherwise."""

    title: Said = Field(description="The failure in a line.")
    lens: Line = Field(default="", description="Names of the lenses that found it.")
    severity: Severity = Field(default="S3", description="What the lens thought of it.")
    reason: Text = Field(default="", description="Why it was set aside, as the referee says.")


class Revision(Model):
    """One difference between the draft and what the critique made of it."""

    text: Said = Field(description="The item as it is now, or as it was if it is gone.")
    at: Line = Field(default="", description="Its id, or the path of the part that it stands in.")
    change: Literal["added", "changed", "removed"] = Field(default="added", description="What happened to it.")
    before: Text = Field(default="", description="The item as it was, where it was changed.")
    finding: Line = Field(default="", description="Ids of the findings that caused it.")


class Critique(Model):
    """What a second reader found. In a notebook it shows itself as a table."""

    findings: list[Finding] = Field(default_factory=list, description="The findings, worst first.")
    set_aside: list[SetAside] = Field(default_factory=list, description="What the referee set aside, and why.")
    revisions: list[Revision] = Field(
        default_factory=list, description="What the accepted findings changed in the draft."
    )
    failures: list[Failure] = Field(
        default_factory=list, description="Lenses that gave no answer: the spec was not read through them."
    )

    def _repr_html_(self) -> str:
        rows = "".join(_row(finding) for finding in self.findings)
        head = "".join(f"<th>{name}</th>" for name in ("", "where", "finding", "lens", "what to do", "status"))
        table = f'<table class="specdraft"><thead><tr>{head}</tr></thead>{rows or _NONE}</table>'
        return table + (_folded(self.set_aside) if self.set_aside else "")


_NONE = '<tr><td colspan="6">Nothing found.</td></tr>'


def _folded(found: list[SetAside]) -> str:
    items = "".join(f"<li>{escape(f'{each.title} ({each.lens}): {each.reason}')}</li>" for each in found)
    return f"<details><summary>{len(found)} set aside by the referee</summary><ul>{items}</ul></details>"


def _row(finding: Finding) -> str:
    where = ", ".join(dict.fromkeys([*(each.at for each in finding.evidence), *finding.targets]))
    quotes = [*(each.text for each in finding.evidence if not each.absent), *(c.quote for c in finding.citations)]
    said = f"<b>{escape(finding.title)}</b><br>{escape(finding.mechanism)}"
    said += f"<br><i>{escape('“' + quotes[0] + '”')}</i>" if quotes else ""
    cells = (
        escape(f"{finding.id} {finding.severity} {finding.likelihood}"),
        escape(where or ", ".join(citation.passage for citation in finding.citations)),
        said,
        escape(f"{finding.lens} ({finding.kind})"),
        escape(finding.suggestion or finding.question),
        escape(finding.status + (f": {finding.resolution}" if finding.resolution else "")),
    )
    style = ' style="text-align:left;vertical-align:top"'
    return "<tr>" + "".join(f"<td{style}>{cell}</td>" for cell in cells) + "</tr>"
