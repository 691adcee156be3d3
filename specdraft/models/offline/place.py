"""Each piece of the source to one part of the spec, with how that was decided; or to none.

Headings decide first, then lead-ins, then tables' headers, then cues, which abstain unless they
are clear. A piece is a whole passage, or a run of its sentences where they belong apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from specdraft.models.offline import cues
from specdraft.models.offline.headings import Match
from specdraft.models.offline.layout import Layout, Line, runs
from specdraft.passages import Passage, shown
from specdraft.sentences import spans
from specdraft.spec import Citation, Placement

UNPLACED = Placement(how="unplaced")
DEFERRED = ("non_goals", Placement(how="cue", rule="out of scope"))
"""What stands below a line such as `Left for later:`."""
_LONGEST = 2_000
_ENOUGH = 200
"""Sentences that tell what the text under a heading is about."""
_UNSAID = re.compile(
    r"\W*(?:tb[dc]|to ?do|to be (?:determined|decided|defined|done|written|added|filled in))?\W*$", re.IGNORECASE
)
"""What says that nothing is said yet."""
_STORY = re.compile(r"(?:As an?|I|So that|Given|When|Then|And)\b")
"""A user story written on several lines is one sentence."""
_NONE = re.compile(
    r"(?:\W|no[a-z]* (?:known|currently|at this time)?)*(?:none|n/?a|not applicable|no|nothing|nil)\b[\w\s,]{0,30}\W*$",
    re.IGNORECASE,
)
_SPLIT_LABELS = {"goals", "non_goals", "requirements", "risk_general", "open_questions", "alternatives"}


@dataclass(slots=True)
class Piece:
    """A contiguous, verbatim part of a passage, and where it belongs."""

    passage: Passage
    start: int
    end: int
    label: str
    """A label of the tables, or `unplaced`."""
    placed_by: Placement
    line: Line
    field: str = ""
    """Of a lead-in such as `Mitigation:`: the part of the item before that it gives."""

    @property
    def quote(self) -> str:
        """The words as they stand."""
        return self.passage.text[self.start : self.end]

    @property
    def text(self) -> str:
        """The words on one line, unless they are code."""
        return self.quote if self.passage.kind == "code" else shown(self.quote)

    @property
    def citation(self) -> Citation:
        """The words, cited."""
        return cite(self.passage, self.start, self.end)

    @property
    def is_none(self) -> bool:
        """Is this `None`, `N/A` or the like: an answer, and it is no?"""
        return bool(_NONE.match(self.text)) and len(self.text) < 60


def cite(passage: Passage, start: int = 0, end: int | None = None) -> Citation:
    """The words from `start` to `end` of a passage, cited."""
    quote = passage.text[start:end]
    line = passage.line_start + passage.text.count("\n", 0, start)
    return Citation.model_construct(passage=passage.id, quote=quote, line=line)


def place(layout: Layout) -> list[Piece]:
    """All pieces of a source, in its order: nothing is left out."""
    pieces: list[Piece] = []
    for run in runs(layout.lines):
        decided = _decided_by_cues(run) if run[0].label is None else None
        deferred: int | None = None
        for line in run:
            if deferred is not None and line.passage.level <= deferred:
                deferred = None
            pieces += _pieces(line, DEFERRED if deferred is not None else decided, now=deferred is None)
            if line.passage.text.endswith(":") and cues.is_out_of_scope(line.passage.text[:_LONGEST]):
                deferred = line.passage.level
    return pieces


def _decided_by_cues(run: list[Line]) -> tuple[str, Placement] | None:
    """What all the text under a heading that tells nothing is about, if its cues are clear."""
    texts = [line.passage.text for line in run if line.passage.kind in ("paragraph", "item") and line.lead is None]
    sentences = (shown(text[start:end]) for text in texts for start, end in spans(text))
    found = cues.best_block(islice(sentences, _ENOUGH))
    return (found.label, Placement(how="cue", rule=found.rule)) if found else None


def _pieces(line: Line, decided: tuple[str, Placement] | None, *, now: bool) -> Iterator[Piece]:
    """The passage as one piece, or as several where its sentences belong apart."""
    passage = line.passage
    if passage.kind in ("comment", "meta") or line.is_contents:
        yield Piece(passage, 0, len(passage.text), "unplaced", UNPLACED, line)
        return
    if _UNSAID.match(passage.text):
        yield Piece(passage, 0, len(passage.text), "unplaced", UNPLACED, line)
        return
    base, placed_by, field = _base(line, decided) if now or decided is None else (*decided, "")
    if passage.kind in ("code", "row"):
        yield Piece(passage, 0, len(passage.text), base, placed_by, line, field)
        return
    is_listing = _is_listing(passage, base)
    runs_: list[tuple[int, int, str, Placement]] = []
    for start, end in _lines(passage) if is_listing else spans(passage.text):
        label, how = _sentence_label(shown(passage.text[start:end]), base, placed_by, line.label)
        if runs_ and runs_[-1][2] == label and not is_listing:
            runs_[-1] = (runs_[-1][0], end, label, how)
        else:
            runs_.append((start, end, label, how))
    for start, end, label, how in runs_:
        yield Piece(passage, start, end, label, how, line, field if label == base else "")


def _base(line: Line, decided: tuple[str, Placement] | None) -> tuple[str, Placement, str]:
    """Where the passage belongs as a whole."""
    label = line.label
    if (
        line.lead
        and line.lead.label != "meta"
        and (label is None or line.lead.label == label.label or _yields(label, line))
    ):
        return line.lead.label, Placement(how="lead-in", rule=line.lead_words), line.lead.field
    if line.passage.kind == "other":
        return "meta", UNPLACED, ""
    if label:
        return label.label, Placement(how=label.how, rule=label.rule), ""
    if decided:
        return *decided, ""
    if line.heading is None and line.passage.kind != "row" and not (line.lead and line.lead.label == "meta"):
        return "summary", Placement(how="opening"), ""
    return "unplaced", UNPLACED, ""


def _yields(label: Match, line: Line) -> bool:
    """Does the heading leave the decision to a lead-in below it?"""
    return label.label in ("summary", "meta") or (line.lead is not None and line.lead.label in label.others)


def _is_listing(passage: Passage, base: str) -> bool:
    """Lines that are items without markers, as word processors export them."""
    lines = passage.text.split("\n")
    return (
        passage.kind == "paragraph"
        and len(lines) > 1
        and base in _SPLIT_LABELS
        and all(line[:1].isupper() and len(line) < 90 and not _STORY.match(line) for line in lines)
        and sum(len(line) for line in lines[:-1]) < 65 * (len(lines) - 1)
    )


def _lines(passage: Passage) -> list[tuple[int, int]]:
    units, start = [], 0
    for line in passage.text.split("\n"):
        units.append((start, start + len(line.rstrip())))
        start += len(line) + 1
    return units


def _sentence_label(sentence: str, base: str, placed_by: Placement, label: Match | None) -> tuple[str, Placement]:
    """Where one sentence belongs: with its passage, unless its own words say otherwise."""
    if base == "unplaced" or placed_by.how == "opening":
        found = cues.best(sentence)
        if found and base == "summary" and found.label == "problem":
            return base, placed_by
        return (found.label, Placement(how="cue", rule=found.rule)) if found else (base, placed_by)
    if base in ("goals", "requirements") and cues.is_out_of_scope(sentence):
        return "non_goals", Placement(how="cue", rule="out of scope")
    if base != "open_questions" and label and "open_questions" in label.others and cues.is_question(sentence):
        return "open_questions", Placement(how="cue", rule="question")
    return base, placed_by
