"""Where the words of a quote stand: by exact span, once Unicode and white space are brought to one form.

Nothing is matched by likeness. What may differ is what a careful typist changes without noticing:
the kind of quotation mark, dash and space, composed or decomposed letters, line breaks, and the
marks of Markdown emphasis. What is found is given back as the source's own words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from specdraft.passages import Passage

_SINGLE, _DOUBLE, _DASH = "‘’‚‛′ʼ", "“”„‟″«»", "‐‑‒–—―−"
_ALIKE = (
    dict.fromkeys(map(ord, _SINGLE), "'") | dict.fromkeys(map(ord, _DOUBLE), '"') | dict.fromkeys(map(ord, _DASH), "-")
)
_SILENT = frozenset("*`\\\u00ad\u200b\u200c\u200d\u2060\ufeff")
_MARKS = "*`"
_LINE_START = re.compile(r"\n[ \t]*>[ \t>]*")
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
    letters: list[str] = []
    origins: list[int] = []
    for at, each in enumerate(text):
        if each in _SILENT:
            continue
        forms = each if each.isascii() else unicodedata.normalize("NFKD", _ALIKE.get(ord(each), each))
        for form in forms:
            letter = " " if form.isspace() else form
            if letter != " " or (letters and letters[-1] != " "):
                letters.append(letter)
                origins.append(at)
    return "".join(letters).rstrip(), origins


class Index:
    """The passages that may be quoted."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self.passages = {passage.id: passage for passage in passages}
        self._folded: dict[str, tuple[str, list[int]]] = {}
        self._words: dict[str, Counter[str]] = {}

    def find(self, passage: str, quote: str) -> Found | None:
        """The words in that passage, or in the only other passage that holds them; None if they stand nowhere."""
        needle, _ = folded(quote)
        if not any(map(str.isalnum, needle)):
            return None
        if passage in self.passages and (found := self._within(self.passages[passage], needle)):
            return found
        places = (self._within(other, needle) for other in self.passages.values() if other.id != passage)
        hits = [found for found in places if found]
        return hits[0] if len(hits) == 1 else None

    def nearest(self, quote: str, count: int = 2) -> list[Passage]:
        """The passages that share most words with the quote, to tell a model where to look."""
        wanted = Counter(_WORD.findall(quote.casefold()))
        shared = {each.id: (self._vocabulary(each) & wanted).total() for each in self.passages.values()}
        best = sorted(shared, key=lambda each: -shared[each])[:count]
        return [self.passages[each] for each in best if shared[each]]

    def _vocabulary(self, passage: Passage) -> Counter[str]:
        if passage.id not in self._words:
            self._words[passage.id] = Counter(_WORD.findall(passage.text.casefold()))
        return self._words[passage.id]

    def _within(self, passage: Passage, needle: str) -> Found | None:
        if passage.id not in self._folded:
            self._folded[passage.id] = folded(passage.text)
        text, origins = self._folded[passage.id]
        for at in _whole(text, needle):
            start, end = origins[at], origins[at + len(needle) - 1] + 1
            while start > 0 and passage.text[start - 1] in _MARKS:
                start -= 1
            while end < len(passage.text) and passage.text[end] in _MARKS:
                end += 1
            return Found(passage, start, passage.text[start:end])
        return None


def _whole(text: str, needle: str) -> Iterator[int]:
    """Where the needle stands without cutting a word in two."""
    at = text.find(needle)
    while at >= 0:
        end = at + len(needle)
        cut_before = at > 0 and text[at - 1].isalnum() and needle[0].isalnum()
        cut_after = end < len(text) and text[end].isalnum() and needle[-1].isalnum()
        if not cut_before and not cut_after:
            yield at
        at = text.find(needle, at + 1)
