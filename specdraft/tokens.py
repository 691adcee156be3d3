"""How many tokens a text is, roughly, for budgets: each vendor counts differently, so none is asked."""

from __future__ import annotations

import re
from math import ceil

_BLANKS = re.compile(rb"\s{2,}")
_DENSE = b"0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
"""Digits and marks: models spell out numbers, and code is full of marks."""
_PLAIN = bytes(set(range(128)) - set(_DENSE))


def tokens(text: str) -> int:
    """Estimate the tokens of a text; 0 for the empty text only.

    An estimate, not a count: four letters, or two digits or marks, or three bytes of another script
    make one token, and a run of blanks counts as one letter. It is meant to err upwards; expect up to a
    quarter off for English and for code, and up to twice or half the true number for other scripts,
    emoji, and random strings such as keys. A text is never less than a part of it, nor more than its
    parts together.
    """
    data = _BLANKS.sub(b" ", text.encode("utf-8", "surrogatepass"))
    plain = len(data) - len(data.translate(None, _PLAIN))
    dense = len(data) - len(data.translate(None, _DENSE))
    foreign = len(data) - plain - dense
    return ceil((3 * plain + 6 * dense + 4 * foreign) / 12)
