"""Masks what should not leave the machine, and puts it back into what comes home.

Found by shape (`shapes`): e-mail addresses, phone numbers, payment cards, bank accounts, and
secrets. What is found once is masked wherever it stands. Decided on purpose:

- A number must look its part: a card has an issuer's prefix and its check digit, an IBAN its country's length
  and check sum, an account number words before it. A phone number begins with `+`, has the North American
  shape, or stands behind a word such as `tel`.
- A password or token that is assigned (`password: ...`, `token=...`) must have a digit or a sign among its
  letters: `password: required` is prose. `${NAME}` and `****` hide theirs already.
- Commit hashes, UUIDs, digests, dates, versions, ticket ids, addresses without credentials and embedded images
  are left alone; so are random-looking parts of a link, which are names of documents far more often than keys.
- The lines of a private key are masked one by one, so that every passage keeps its lines.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from typing import Any, TypeVar

from pydantic import BaseModel

from specdraft.redact.shapes import finds
from specdraft.source import Source

Part = TypeVar("Part", bound=BaseModel | str)

KINDS: dict[str, tuple[str, str]] = {
    "EMAIL": ("e-mail address", "e-mail addresses"),
    "PHONE": ("phone number", "phone numbers"),
    "CARD": ("card number", "card numbers"),
    "ACCOUNT": ("account number", "account numbers"),
    "SECRET": ("secret", "secrets"),
    "KEY": ("line of a private key", "lines of private keys"),
}
"""What a placeholder can stand for, as a notice names one and many of it."""

_PREFIX = "REDACTED"
_SHORTEST = 6
"""Characters. What is shorter would be masked in the middle of words all over the text."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Something that looks like a live secret. It says where, and never what."""

    kind: str
    """`private key`, `API key`, `password` or `token`."""
    line: int
    """From 1."""


@dataclass(frozen=True, slots=True)
class Mask:
    """What each placeholder stands for. `str(mask)` counts it by kind: `3 e-mail addresses, 1 secret`."""

    prefix: str = _PREFIX
    originals: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def count(self) -> dict[str, int]:
        """How many different originals there are of each of `KINDS` that occurs."""
        counted = Counter(placeholder.split("_")[1] for placeholder in self.originals)
        return {kind: counted[kind] for kind in KINDS if counted[kind]}

    def __str__(self) -> str:
        return ", ".join(f"{count} {KINDS[kind][count > 1]}" for kind, count in self.count.items()) or "nothing"

    def restore(self, part: Part) -> Part:
        """A copy of a text, or of a spec or any part of it, with the originals back in every string.

        Underscores may be escaped, as in Markdown. A placeholder that was never given stays as it is.
        """
        placeholder = re.compile(rf"{self.prefix}\\?_([A-Z]+)\\?_([0-9]+)")

        def restored(text: str) -> str:
            return placeholder.sub(lambda m: self.originals.get(f"{self.prefix}_{m[1]}_{m[2]}", m[0]), text)

        return _rewritten(part, restored)

    def cover(self, part: Part) -> Part:
        """The same the other way round: a copy in which what this mask hides is hidden too.

        For what quotes the source, such as a question about it. The mask takes note of any new placeholder.
        """
        kinds = {value: placeholder.split("_")[1] for placeholder, value in self.originals.items()}
        hiding = _Hiding(kinds, self.prefix, self.originals)
        covered = _rewritten(part, hiding.masked)
        self.originals.update(hiding.originals)
        return covered


def _rewritten(part: Part, change: Callable[[str], str]) -> Part:
    """A copy with every string changed, however deep it lies."""

    def again(part: Any) -> Any:
        match part:
            case str():
                return change(part)
            case BaseModel():
                named = {name: again(getattr(part, name)) for name in type(part).model_fields}
                return part.model_copy(update=named)
            case list() | tuple():
                return type(part)(map(again, part))
            case dict():
                return {key: again(each) for key, each in part.items()}
            case _:
                return part

    rewritten: Part = again(part)
    return rewritten


def hide(source: Source, *, word: str = _PREFIX) -> tuple[Source, Mask]:
    """The source with placeholders such as `REDACTED_EMAIL_1`, and the mask that puts the originals back.

    Name, digest and notices stay. Passages are cut where they were, not parsed anew, so that count, ids, kinds
    and lines are the same whatever a placeholder looks like to the parser. The same original has the same
    placeholder, and numbers follow the text. `word` begins the placeholders; it grows if the text has it already.
    """
    (hidden,), mask = hide_all([source], word=word)
    return hidden, mask


def hide_all(sources: Sequence[Source], *, word: str = _PREFIX) -> tuple[list[Source], Mask]:
    """The same for sources that are sent together: what is found in one is masked in all, by one mask."""
    kinds: dict[str, str] = {}
    for source in sources:
        for text, cuts in (source.text, _edges(source)), (source.title, []):
            for find in finds(text):
                for value in _pieces(text, find.start, find.end, cuts):
                    kinds.setdefault(value, find.rule.kind)
    if not kinds:
        return list(sources), Mask()
    while any(word in source.text or word in source.title for source in sources):
        word += "X"  # Nothing in the sources may be taken for a placeholder.
    hiding = _Hiding(kinds, word)
    hidden = [_hidden(source, hiding) for source in sources]
    return hidden, Mask(word, hiding.originals)


def _edges(source: Source) -> list[int]:
    """Where its passages begin and end, between the text's own ends."""
    return [0, *(edge for p in source.passages for edge in (p.start, p.start + len(p.text))), len(source.text)]


def _hidden(source: Source, hiding: _Hiding) -> Source:
    """A copy with every text masked, and its passages where they are then."""
    masked = [hiding.masked(source.text[start:end]) for start, end in pairwise(_edges(source))]
    starts = list(accumulate(map(len, masked), initial=0))
    passages = tuple(
        replace(
            passage,
            text=masked[number],
            start=starts[number],
            headings=tuple(map(hiding.masked, passage.headings)),
            cells=tuple(map(hiding.masked, passage.cells)),
            header=tuple(map(hiding.masked, passage.header)),
        )
        # Of the pieces between the edges, those at odd places are the passages.
        for number, passage in zip(range(1, len(masked), 2), source.passages, strict=True)
    )
    return replace(source, text="".join(masked), passages=passages, title=hiding.masked(source.title))


def secrets(source: Source) -> list[Secret]:
    """What in it looks like a live secret, by line; a private key once, however long it is."""
    live = sorted((find for find in finds(source.text) if find.rule.what), key=lambda find: find.start)
    found: list[Secret] = []
    line, at, block = 1, 0, -1
    for find in live:
        line, at = line + source.text.count("\n", at, find.start), find.start
        if find.block < 0 or find.block != block:
            found.append(Secret(find.rule.what, line))
        block = find.block
    return found


def _pieces(text: str, start: int, end: int, cuts: list[int]) -> Iterator[str]:
    """The words found, cut where a passage begins or ends within them."""
    inner = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
    for a, b in pairwise([start, *inner, end]):
        if b - a >= _SHORTEST:
            yield text[a:b]


class _Hiding:
    """Replaces known values by placeholders, and numbers those in the order in which they are met."""

    def __init__(self, kinds: Mapping[str, str], prefix: str, given: Mapping[str, str] | None = None) -> None:
        self.kinds, self.prefix = kinds, prefix
        self.placeholders = {value: placeholder for placeholder, value in (given or {}).items()}
        self.numbers = Counter(placeholder.split("_")[1] for placeholder in given or {})
        # Values by how they begin, so that one walk over a text finds all of them, the longest first.
        lengths: dict[str, set[int]] = {}
        for value in kinds:
            lengths.setdefault(value[:_SHORTEST], set()).add(len(value))
        self.lengths = {begin: sorted(known, reverse=True) for begin, known in lengths.items()}

    @property
    def originals(self) -> dict[str, str]:
        """What each placeholder stands for."""
        return {placeholder: value for value, placeholder in self.placeholders.items()}

    def masked(self, text: str) -> str:
        """The text with each of the values, wherever it stands, as its placeholder."""
        done: list[str] = []
        copied = at = 0
        while at <= len(text) - _SHORTEST:
            for length in self.lengths.get(text[at : at + _SHORTEST], ()):
                kind = self.kinds.get(text[at : at + length])
                if kind:
                    end = at + length
                    # A digit behind the placeholder would be read as part of its number.
                    while text[end : end + 1].isdigit():
                        end += 1
                    done += text[copied:at], self._placeholder(kind, text[at:end])
                    copied, at = end, end - 1
                    break
            at += 1
        return "".join([*done, text[copied:]])

    def _placeholder(self, kind: str, value: str) -> str:
        if value not in self.placeholders:
            self.numbers[kind] += 1
            self.placeholders[value] = f"{self.prefix}_{kind}_{self.numbers[kind]}"
        return self.placeholders[value]
