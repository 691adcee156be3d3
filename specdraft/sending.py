"""What is about to be sent: the source with its context and answers, masked if asked for, and no more than fits.

Nothing leaves the machine here. This is where it is decided what would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from specdraft import context as contexts
from specdraft import wording
from specdraft.errors import SourceError
from specdraft.markdown.write import write
from specdraft.material import Material
from specdraft.models.base import is_verbatim
from specdraft.models.facts import facts
from specdraft.outline import OUTLINE, SectionPlan
from specdraft.passages import Passage
from specdraft.questionnaire import Answered
from specdraft.questionnaire import read as read_questions
from specdraft.redact import Mask, hide_all, secrets
from specdraft.source import Source
from specdraft.spec import Question, SpecFields
from specdraft.tokens import tokens

_HOW = "Write it with: specdraft ask PRD -o FILE"
CONTEXT_TOKENS = 30_000
"""What the context documents may take of a model's window, together."""
_TOOLS, _ASK, _ANSWER = 7_000, 8_000, 4_000
"""Tokens of a request beside the material: the sections' schemas, the ask with the sections done, the answer."""


@dataclass(frozen=True, slots=True)
class Sending:
    """The material as it is sent, and what a person should know about it."""

    material: Material
    questions: list[Question]
    """Those of a questions file; empty where the model is to ask."""
    mask: Mask = field(default_factory=Mask)
    """Puts the originals back into what was drafted."""
    notices: tuple[str, ...] = ()


def prepared(
    source: str | Path | Source,
    *,
    model: object = "offline",
    context: Sequence[str | Path] = (),
    answers: Answered | str | Path | None = None,
    redact: bool = False,
) -> Sending:
    """All that a draft is made from.

    Raises:
        SourceError: something cannot be read, or it does not fit into the model's window.
    """
    source = source if isinstance(source, Source) else Source.from_path(source)
    found = answers if isinstance(answers, Answered | None) else read_answers(Path(answers))
    gathered = contexts.gather(context)
    others = tuple(document for document in gathered.documents if document.sha256 != source.sha256)
    gathered = replace(gathered, documents=others)  # the folder may hold the source itself
    chosen = contexts.choose(source.text, gathered, _room(source, model))
    material = Material(
        source,
        chosen.documents,
        found.passages if found else (),
        (*gathered.notices, *chosen.notices()),
    )
    questions = found.questions if found else []
    if model == "offline" or is_verbatim(model):
        unread = ("the offline drafter reads the source alone, not the context",) if chosen.documents else ()
        return Sending(replace(material, context=()), questions, notices=unread)
    if redact:
        return _masked(material, questions)
    told = [
        f"line {secret.line} of {document.name} looks like {secret.kind}; take it out, or draft with --redact"
        for document in (material.source, *material.context, _joined(material.answers))
        for secret in secrets(document)
    ]
    return Sending(material, questions, notices=tuple(told))


@dataclass(frozen=True, slots=True)
class SpecSending:
    """A spec as it is sent to a critic, with its source if that is at hand."""

    spec: SpecFields
    material: Material | None
    digests: tuple[str, ...]
    """Of all that is read."""
    mask: Mask = field(default_factory=Mask)
    notices: tuple[str, ...] = ()


def prepared_spec(spec: SpecFields, source: str | Path | Source | None, **gathering: Any) -> SpecSending:
    """All that a critique is made from.

    Args:
        spec: what is read.
        source: what it was drafted from, if that is at hand.
        gathering: as `prepared`.

    Raises:
        SourceError: something cannot be read, or it does not fit into the model's window.
    """
    text = Source.from_text(write(spec), name=spec.title)
    if source is None:
        mask = hide_all((text,))[1] if gathering.get("redact") else Mask()
        sending = Sending(Material(text), [], mask)
    else:
        sending = prepared(source, **gathering)
    material = sending.material if source is not None else None
    if gathering.get("redact"):
        spec = sending.mask.cover(spec)
        told = sending.notices
    else:
        live = () if gathering.get("model", "offline") == "offline" else secrets(text)
        told = (*sending.notices, *(f"line {each.line} of the spec looks like {each.kind}" for each in live))
    documents = (text, *((material.source, *material.context) if material else ()))
    return SpecSending(spec, material, tuple(each.sha256 for each in documents), sending.mask, told)


def read_answers(path: Path) -> Answered:
    """A questions file that was filled in.

    Raises:
        SourceError: it cannot be read, or holds no questions.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}", hint=_HOW) from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8 text", hint=_HOW) from error
    return read_questions(text, name=path.name)


def _room(source: Source, model: object) -> int:
    """Tokens that the context may take.

    Raises:
        SourceError: the source alone is more than the model's window holds.
    """
    known = facts(model) if isinstance(model, str) else None
    if known is None:
        return CONTEXT_TOKENS
    needed = tokens(source.text) + 4 * len(source.passages) + _TOOLS + _ASK + _ANSWER
    if needed > known.window:
        raise SourceError(
            f"{source.name} needs about {needed:,} tokens with the instructions; {model} reads {known.window:,}",
            hint="Use a model with a larger window, or pass the part of it that describes one project.",
        )
    return min(CONTEXT_TOKENS, (known.window - needed) // 2)


def _masked(material: Material, questions: list[Question]) -> Sending:
    """The same with placeholders for addresses, numbers and secrets; one mask for all, so that each has one."""
    documents = (material.source, *material.context, _joined(material.answers))
    (source, *context, answers), mask = hide_all(documents)
    masked = replace(material, source=source, context=tuple(context), answers=answers.passages)
    notices = (f"masked before sending: {mask}",) if mask.count else ()
    return Sending(masked, [mask.cover(question) for question in questions], mask, notices)


def _joined(answers: Sequence[Passage]) -> Source:
    """The answers as one text of which each is a slice."""
    passages: list[Passage] = []
    for passage in answers:
        before = passages[-1].start + len(passages[-1].text) + 1 if passages else 0
        passages.append(replace(passage, start=before))
    return Source("answers", "\n".join(passage.text for passage in answers), "", tuple(passages))


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will take, about."""

    source: str
    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    """None where the model's price is not known."""

    def __str__(self) -> str:
        cost = "price not known" if self.cost_usd is None else f"${self.cost_usd:.3f}"
        calls = f"{self.calls} call{'s' if self.calls > 1 else ''}"
        tokens_ = f"{self.input_tokens:,} tokens in, {self.output_tokens:,} out"
        return f"{self.source} goes to {self.model}: about {calls}, {tokens_}, {cost}"


def estimate(material: Material, model: str, plans: Sequence[SectionPlan] = OUTLINE) -> Estimate:
    """Before anything is sent, by what the recorded drafts took; the shared beginning is read from the cache."""
    shared = _TOOLS + sum(tokens(passage.text) + 4 for passage in material.passages)
    calls = round(len(plans) * _AGAIN)
    answered = round((_QUESTIONS + _TOKENS_PER_WORD * wording.length(material)) * len(plans) / len(OUTLINE))
    given = calls * (shared + answered // 3)
    known = facts(model)
    cost = known.cost(given, (calls - 1) * shared, answered) if known else None
    return Estimate(material.source.name, model, calls, given, answered, cost)


_AGAIN = 4 / 3
"""Calls a section: one in three is asked again, for its faults or to agree with the others."""
_QUESTIONS, _TOKENS_PER_WORD = 3000, 10
"""Tokens of the answers: some for the questions, whatever the length; and for each word of the spec, as its quotes,
ids and braces are most of it."""
