"""Where the words of a quote stand: by exact span, once Unicode and white space are brought to one form.

Nothing is matched by likeness. What may differ is what a careful typist changes without noticing:
the kind of quotation mark, dash and space, composed or decomposed letters, line breaks, and the
marks of Markdown emphasis. What is found is given back as the source's own words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from specdraft.passages import Passage

_SINGLE, _DOUBLE, _DASH = "‘’‚‛′ʼ", "“”„‟″«»", "‐‑‒–—―−"
_ALIKE = (
    dict.fromkeys(map(ord, _SINGLE), "'") | dict.fromkeys(map(ord, _DOUBLE), '"') | dict.fromkeys(map(ord, _DASH), "-")
)
_SILENT = frozenset("*`\\\u00ad\u200b\u200c\u200d\u2060\ufeff")
_MARKS = "*`_"
_LINE_START = re.compile(r"\n[ \t]*>[ \t>]*")
_EMPHASIS = re.compile(r"(?<![^\W_])(?<![_\\])_+|_+(?![^\W_]|_)")
"""Underscores but those inside of a word: `order_id` keeps its own."""
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese: no space shows where a word ends."""
_INSIDE = re.compile(
    rf"(?<=[^\W{_UNSPACED}])[^\W{_UNSPACED}]"  # a word
    r"|(?<=\d)[.,:]\d|(?<=\d[.,:])\d"  # 10.5 and 14:30
    r"|(?<=\w)'[^\W\d_]|(?<=\w')[^\W\d_]"  # can't
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Found:
    """Words of a passage: `text` is `passage.text[start : start + len(text)]`."""

    passage: Passage
    start: int
    text: str

    @property
    def line(self) -> int:
        """Line of the document on which they begin."""
        return self.passage.line_start + self.passage.text.count("\n", 0, self.start)


def folded(text: str) -> tuple[str, list[int]]:
    """The text in the form in which quotes are compared, and for each of its characters where it came from."""
    text = _LINE_START.sub(lambda found: "\n" + " " * (len(found[0]) - 1), text)
    text = _EMPHASIS.sub(lambda found: "*" * len(found[0]), text)
    letters: list[str] = []
    origins: list[int] = []
    for at, each in enumerate(text):
        for letter in _letters(each):
            place = len(letters)
            if letter == " " and (not letters or letters[-1] == " "):
                continue
            if mark := 0 if letter.isascii() else unicodedata.combining(letter):
                while place and unicodedata.combining(letters[place - 1]) > mark:
                    place -= 1
            letters.insert(place, letter)
            origins.insert(place, at)
    return "".join(letters).rstrip(), origins


@lru_cache(maxsize=4096)
def _letters(each: str) -> str:
    """One character in its plain form, decomposed: nothing if nobody sees it. `²` and `½` are no plain numbers."""
    if each in _SILENT:
        return ""
    if each.isspace():
        return " "
    if each.isascii():
        return each
    plain = unicodedata.normalize("NFKD", _ALIKE.get(ord(each), each))
    exact = " " in plain or (each.isnumeric() and not each.isdecimal())
    return unicodedata.normalize("NFD", each) if exact else plain


@lru_cache(maxsize=4096)
def _needle(quote: str) -> str:
    """A quote as it is looked for; the same ones are, several times."""
    return folded(quote)[0]


class Index:
    """The passages that may be quoted."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self.passages = {passage.id: passage for passage in passages}
        self._folded: dict[str, tuple[str, list[int]]] = {}
        self._holders: dict[str, list[str]] = {}

    def find(self, passage: str, quote: str) -> Found | None:
        """The words in that passage, or in the only other passage that holds them; None if they stand nowhere."""
        needle = _needle(quote)
        if not any(map(str.isalnum, needle)):
            return None
        if passage in self.passages and (found := self._within(self.passages[passage], needle)):
            return found
        places = (self._within(other, needle) for other in self.passages.values() if other.id != passage)
        hits = [found for found in places if found]
        return hits[0] if len(hits) == 1 else None

    def nearest(self, quote: str, count: int = 2) -> list[Passage]:
        """The passages that share most words with the quote, rare ones first, to tell a model where to look."""
        if not self._holders:
            for each in self.passages.values():
                for word in set(_WORD.findall(each.text.casefold())):
                    self._holders.setdefault(word, []).append(each.id)
        shared: dict[str, float] = {}
        for word in sorted(set(_WORD.findall(quote.casefold()))):
            holders = self._holders.get(word, [])
            for holder in holders:
                shared[holder] = shared.get(holder, 0) + 1 / len(holders)
        best = sorted(shared, key=lambda each: -shared[each])[:count]
        return [self.passages[each] for each in best]

    def _within(self, passage: Passage, needle: str) -> Found | None:
        if passage.id not in self._folded:
            self._folded[passage.id] = folded(passage.text)
        text, origins = self._folded[passage.id]
        for at in _whole(text, origins, needle):
            origin = origins[at : at + len(needle)]
            start, end = min(origin), max(origin) + 1
            first, last = start, end
            while first > 0 and passage.text[first - 1] in _MARKS:
                first -= 1
            while last < len(passage.text) and passage.text[last] in _MARKS:
                last += 1
            # The marks beside the words belong to them where they close what is open.
            spans = ((start, end), (first, last), (first, end), (start, last))
            start, end = next((each for each in spans if _is_closed(passage.text[slice(*each)])), (start, end))
            return Found(passage, start, passage.text[start:end])
        return None


def _is_closed(text: str) -> bool:
    """Does each run of marks of emphasis have its like?"""
    return not any(len(re.findall(rf"{re.escape(mark)}+", text)) % 2 for mark in _MARKS)


def _whole(text: str, origins: list[int], needle: str) -> Iterator[int]:
    """Where the needle stands without cutting a word, a number or a character in two."""
    at = text.find(needle)
    while at >= 0:
        if not any(_cut(text, origins, edge) for edge in (at, at + len(needle))):
            yield at
        at = text.find(needle, at + 1)


def _cut(text: str, origins: list[int], at: int) -> bool:
    """Do the characters before and after belong together?"""
    if not 0 < at < len(text):
        return False
    return origins[at - 1] == origins[at] or bool(unicodedata.combining(text[at]) or _INSIDE.match(text, at))
