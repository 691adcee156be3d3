"""Sentences of a passage, as offsets into its verbatim text.

A quote has to be found again byte for byte, so nothing is cleaned here: the text is only looked at
through a mask of the same length, in which code, addresses and the `> ` of quoted lines say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

LONGEST = 2000
"""No sentence is longer: what looks like one is a dump of data, and is cut at white space where it has any."""

_QUOTE_PREFIX = re.compile(r"^[ \t]{0,99}>[ \t>]*", re.MULTILINE)
_CODE = re.compile(r"(?<!`)(`{1,2})(?!`)[^`]{1,300}\1(?!`)")
_URL = re.compile(r"(?:https?://|www\.)[^\s)>\]]{0,1999}[^\s)>\].,;:!?]")

_TERMINATOR = re.compile(r"(?<![.!?…])(?P<mark>[.!?…]++)(?P<closers>[\"')\]”’*_]*+)(?:\[\^?[\w-]{1,20}\]){0,5}(?=\s|$)")
_STARTS = re.compile(
    r"(?:[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f]++ ?)?[\"“'‘(\[*_<§~]*+"
    r"(?:[^\W_a-zß-ÿ]|[`$@#]|[a-z]+\.js\b|v\d|[a-z]+[A-Z]|[a-z]+_[a-z]|--?[a-z])"
)
_VISIBLE = re.compile(r"\S.{0,79}")
_LIST_NUMBER = re.compile(r"[(\[]?(?:\d{1,3}|[A-Za-z]|[ivx]{1,4})\.")
_LAST_WORD = re.compile(r"(?<![A-Za-z.])[A-Za-z][A-Za-z.]*+$")
_TIME_ZONE = re.compile(r"(?:UTC|GMT|[ECMP][SD]?T)\b")

_BEFORE_A_NUMBER = frozenset("no nos fig figs sec eq ref refs ch pp p vol ver max min approx ca art para".split())
_TITLES = frozenset("Dr Mr Mrs Ms Prof".split())
_NEVER_LAST = frozenset(
    "e.g i.e e.x ex vs cf viz incl approx prof st al est pte ltd inc corp co jr sr dept u.s e.u u.k "
    "jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_AT_TIMES_LAST = frozenset("etc a.m p.m al inc ltd corp".split())


def spans(text: str) -> list[tuple[int, int]]:
    """Offsets `(start, end)` of the sentences of one passage, in order, without white space around them.

    Between two of them stands white space only, the `> ` of quoted lines counting as such; or nothing,
    where a run of more than `LONGEST` characters has no white space to cut at. Linear in the text's length.
    """
    masked = _mask(text)
    bounds = pairwise([0, *_ends(masked), len(masked)])
    return [piece for start, end in bounds for piece in _pieces(masked, start, end)]


def _mask(text: str) -> str:
    """The text with the same length and the same white space, and no full stops that end nothing."""
    text = _QUOTE_PREFIX.sub(lambda found: " " * len(found[0]), text)
    text = _CODE.sub(lambda found: "".join(c if c.isspace() or c == "`" else "x" for c in found[0]), text)
    return _URL.sub(lambda found: "u" * len(found[0]), text)


def _ends(masked: str) -> Iterator[int]:
    """Where sentences end, the end of the text apart."""
    start = 0
    for found in _TERMINATOR.finditer(masked):
        following = _VISIBLE.search(masked, found.end())
        if following and _is_end(masked, start, found, following[0]):
            start = found.end()
            yield start


def _is_end(masked: str, start: int, found: re.Match[str], following: str) -> bool:
    """Whether the terminator found ends the sentence that began at `start`, seen what follows."""
    starts = _STARTS.match(following) is not None
    if found["mark"] != ".":
        return starts or (not found["closers"] and found["mark"][-1] == "?" and not following[0].islower())
    if not starts:
        return False
    until = found.end("mark")
    if until - start <= 99 and _LIST_NUMBER.fullmatch(masked[start:until].strip()):
        return False
    word = _LAST_WORD.search(masked, max(start, until - 24), until - 1)
    return word is None or _may_be_last(word[0], following)


def _may_be_last(word: str, following: str) -> bool:
    """Whether a sentence may end with this word and a full stop: abbreviations and initials mostly may not."""
    lower = word.lower()
    if lower in _BEFORE_A_NUMBER and following[0] in "0123456789#§":
        return False
    if lower in _AT_TIMES_LAST:
        return not _TIME_ZONE.match(following) and not (lower in _NEVER_LAST and following[0] == "(")
    initial = len(word) == 1 and word.isupper() and word not in "AI"
    return not initial and word not in _TITLES and lower not in _NEVER_LAST


def _pieces(masked: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span between two ends without white space around it, in pieces that are not too long."""
    while True:
        while start < end and masked[start].isspace():
            start += 1
        while start < end and masked[end - 1].isspace():
            end -= 1
        if start == end:
            return
        cut = end if end - start <= LONGEST else _cut(masked, start)
        yield start, start + len(masked[start:cut].rstrip())
        start = cut


def _cut(masked: str, start: int) -> int:
    """Where to cut a sentence that is too long: the last white space that is not too far, else anywhere."""
    for at in range(start + LONGEST, start, -1):
        if masked[at].isspace():
            return at
    return start + LONGEST
