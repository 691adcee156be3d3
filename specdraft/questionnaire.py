"""The questions file: what a source leaves open, for a person to answer, and the answers read back.

A question is a heading with the mark **Answer:** somewhere below it:

    ## Q3 How long are exported files kept?

    > P12, line 31: “Files stay available for some time.”

    - Why it matters: …
    - Blocks: rollout, risks
    - Until answered: 30 days

    **Answer:**

Every line of the file that the source has a say in is indented or has a mark before it. So a heading
or an **Answer:** where a line begins is always ours or a person's, whatever a question quotes, and an
answer need not be parsed: it is what stands there until the next question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from specdraft.errors import SourceError
from specdraft.markdown import footnotes
from specdraft.markdown.footnotes import Note
from specdraft.markdown.forms import FieldForm, key_of
from specdraft.markdown.items import is_tbd, known_label, read_field
from specdraft.markdown.text import blocks, decode, encode, escape, indented
from specdraft.passages import Passage
from specdraft.spec import Question
from specdraft.spec.ids import number
from specdraft.spec.statement import normal

MARK = "**Answer:**"
FIELDS: dict[str, FieldForm] = {
    key_of(field.label): field
    for field in (
        FieldForm("question", "Question", "text"),
        FieldForm("why", "Why it matters", "text"),
        FieldForm("blocks", "Blocks", "fact", many=True),
        FieldForm("default", "Until answered", "text"),
        FieldForm("slot", "Part of the spec", "text"),
        FieldForm("topic", "Topic", "text"),
    )
}
"""The bullets below a question; `Question` only where its text does not fit into a heading."""

_HOW = (
    f"Write below {MARK}, in as many lines as you like. Leave empty what nobody knows yet; delete a question, "
    "or add one, as you see fit. Then run `specdraft draft PRD --answers FILE`."
)
_NONE = "It leaves nothing open that a spec needs."
_MARKER = re.compile(
    r"^(?:(?P<level>#{1,6})[ \t]+(?:(?P<id>Q[1-9][0-9]{0,8})(?:[.:)]?[ \t]+|[.:)]?$))?(?P<text>.*)"
    r"|(?P<mark>[*_]{0,2}(?i:answer)(?::[*_]{0,2}|[*_]{1,2}:)))",
    re.MULTILINE,
)
_QUOTED = re.compile(r" {0,3}> ?")
_SAYS_NOTHING = " \t\n*_>.…?–—-"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a questions file holds after a person has been at it."""

    questions: list[Question]
    """Those that are left or were added, by id."""
    passages: tuple[Passage, ...]
    """The answers that are filled in: that to `Q3` is passage `A3`, on its lines of the file, below its question."""

    @property
    def answers(self) -> dict[str, str]:
        """The Markdown of each answer that is filled in, by the id of its question."""
        return {f"Q{passage.id[1:]}": passage.text for passage in self.passages}


def write(questions: Sequence[Question], source: str) -> str:
    """The questions file, ending in a newline; what blocks most sections comes first.

    Args:
        questions: each with an id of its own.
        source: name of the document that leaves them open.
    """
    lines = [f"# Questions that {escape(' '.join(source.split()))} leaves open", "", _HOW if questions else _NONE]
    for question in sorted(questions, key=lambda question: -len(question.blocks)):
        lines += ["", *_reading_back(question), "", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _reading_back(question: Question) -> list[str]:
    """The plain form if it reads back the same, else the one in which each text is a literal fence."""
    for literal in (False, True):
        lines = _section(question, literal=literal)
        with suppress(SourceError):
            if read("\n".join(lines)) == Answered([question], ()):
                return lines
    raise AssertionError(f"a question that does not read back: {lines!r}")  # pragma: no cover


def _section(question: Question, *, literal: bool) -> list[str]:
    first, *rest = encode(question.question, literal=literal)
    lines = [f"## {question.id}" if rest else f"## {question.id} {first}", ""]
    if question.citations or question.placed_by:
        head, *more = footnotes.write("x", Note(question.citations, question.placed_by))
        note = [head.removeprefix("[^x]: "), *(line.removeprefix("    ") for line in more)]
        lines += [*(f"> {line}" if line else ">" for line in note), ""]
    for field in FIELDS.values():
        value = getattr(question, field.name)
        if value and (rest or field.name != "question"):
            first, *more = [", ".join(value)] if field.many else encode(value, literal=literal)
            lines += [f"- {field.label}: {first}".rstrip(" "), *indented(more, 2)]
    return [*lines, "", MARK] if lines[-1] else [*lines, MARK]


def read(text: str, *, name: str = "the questions file") -> Answered:
    """The questions and the answers of a file that `write` made and a person filled in.

    A question added without an id, or with one that is taken, gets the next. An answer that is empty, or only
    dashes, dots, a question mark or TBD, is none.

    Raises:
        SourceError: there is no question in it.
    """
    text = str(normal(text))
    found = [_read_section(text, *section) for section in _sections(text)]
    if not found:
        raise SourceError(
            f"there are no questions in {name}",
            hint=f"Pass the file that `specdraft ask` wrote: headings such as `## Q1 …?`, each with {MARK} below it.",
        )
    taken: set[str] = set()
    for question, _ in found:
        question.id = "" if question.id in taken else question.id
        taken.add(question.id)
    number([("Q", [question for question, _ in found])])
    found.sort(key=lambda pair: int(pair[0].id[1:]))
    return Answered(
        [question for question, _ in found],
        tuple(_passage(text, question, answer) for question, answer in found if _is_filled(text[answer])),
    )


def _sections(text: str) -> Iterator[tuple[re.Match[str], int, int, int]]:
    """Heading of each question; where what belongs to it ends, where its answer begins and ends.

    A heading is a question's if the next thing that could be a heading or a mark of ours is a mark. One with an id
    that nothing else has is a question too: somebody wrote over its mark. Any other heading is part of an answer.
    """
    markers = [
        marker
        for marker in _MARKER.finditer(text)
        if marker["mark"] or marker["id"] or (marker["level"] == "##" and marker["text"].strip())
    ]
    pairs = list(zip(markers, [*markers[1:], None], strict=False))
    taken = {marker["id"] for marker, after in pairs if after and after["mark"]}
    opened: list[tuple[re.Match[str], re.Match[str] | None]] = []
    for marker, after in pairs:
        mark = after if after and after["mark"] else None
        if marker["level"] and (mark or (marker["id"] and marker["id"] not in taken)):
            opened.append((marker, mark))
            taken.add(marker["id"])
    for (marker, mark), (below, _) in zip(opened, [*opened[1:], (None, None)], strict=False):
        end = below.start() if below else len(text)
        yield (marker, mark.start(), mark.end(), end) if mark else (marker, end, end, end)


def _read_section(text: str, heading: re.Match[str], end: int, begin: int, last: int) -> tuple[Question, slice]:
    """A question, and the slice of the text that is its answer.

    What somebody wrote below our bullets instead of below the mark is the answer too; anything else that stands
    above the mark is part of the question.
    """
    lines = text[heading.end() : end].split("\n")
    values, own = _own_parts(lines)
    answer = slice(begin, last)
    below = max(own, default=-1 if begin == end else len(lines)) + 1
    if not _is_filled(text[answer]) and below < len(lines):
        start = heading.end() + sum(len(line) + 1 for line in lines[:below])
        lines, answer = lines[:below], slice(start, end)
    others = decode([line for at, line in enumerate(lines) if at not in own])
    said = [decode([heading["text"]]), values.get("question", ""), others]
    question = "\n\n".join(filter(None, said)) or heading["id"]
    return Question.model_validate(values | {"id": heading["id"] or "", "question": question}), answer


def _own_parts(lines: list[str]) -> tuple[dict[str, Any], set[int]]:
    """What our quote block and our bullets say, and the lines on which they stand."""
    values: dict[str, Any] = {}
    own: set[int] = set()
    for block in blocks(lines):
        end = block.first + len(block.lines)
        quoted = [_QUOTED.sub("", line, count=1) for line in block.lines]
        if block.kind == "blockquote" and (note := footnotes.read(quoted)):
            values |= {"citations": note.citations, "placed_by": note.placed_by}
            own.update(range(block.first, end))
        for start, stop, item in zip(block.starts, [*block.starts[1:], end], block.items, strict=False):
            is_emptied = known_label(FIELDS, item[0]) and not "\n".join(item).partition(":")[2].strip("* \n")
            if read_field(Question, FIELDS, item, {}, values) or is_emptied:
                own.update(range(start, stop))
    return values, own


def _is_filled(answer: str) -> bool:
    return bool(answer.strip(_SAYS_NOTHING)) and not is_tbd([answer])


def _passage(text: str, question: Question, answer: slice) -> Passage:
    said = text[answer].strip()
    start = text.index(said, answer.start)
    first = text.count("\n", 0, start) + 1
    return Passage(
        f"A{question.id[1:]}", said, start, first, first + said.count("\n"), (question.question,), kind="other"
    )
