"""The facts in a sentence that can be checked by looking: numbers, dates, identifiers, names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:[.,:/\u2009\u00a0'’-]?\d+)*(?=(\s?(?:[kKmM]\b))?)")
_OWN_ID = re.compile(r"\b[GNRKASVTMQF][1-9]\d*\b|\b(?:P|C\d+\.)\d+\b")
_PART = re.compile(r"\d+(?:\.\d+)?")
_IDENTIFIER = re.compile(
    r"(?<![\w/.])(?:/?[A-Za-z][\w-]*(?:[_/]|::)[\w/:.{}-]*\w|[a-z]+[A-Z]\w*|[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)+|/[a-z][\w/{}.-]+)"
)
_ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{2,}s?\b")
_NAME = re.compile(r"(?<=[a-z,;:’'\")] )[A-Z][a-z]+(?:[A-Z]\w*)?\b")
_MONTH = re.compile(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b", re.IGNORECASE)
_DATED = re.compile(
    r"\b(?:\d{1,2}(?:st|nd|rd|th)? (?:of )?)?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d"
)
_WORD = re.compile(r"[^\W\d_]{3,}")

_GENERAL = frozenset("API APIs UI UX URL URLs HTTP HTTPS JSON SQL TBD PRD IDs CPU CPUs RAM QA CSS HTML TLS SSL".split())
"""Terms of the trade: a drafter may use them where the source does not."""
_COUNTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
).split()
_MULTIPLES = {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "ninety": "90", "hundred": "100",
              "thousand": "1000", "million": "1000000", "dozen": "12", "once": "1", "twice": "2", "half": "50",
              "single": "1", "daily": "1", "weekly": "1", "hourly": "1", "monthly": "1", "yearly": "1"}  # fmt: skip
_SPELT = {word: str(number) for number, word in enumerate(_COUNTED)} | _MULTIPLES
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_TIMES = {"k": 1_000, "m": 1_000_000}
_EMPTY = frozenset(
    "the and for that this with from are was were will would can could should must may might not but has have had "
    "its their there then than when where which who whom what how why all any each every only also into onto over "
    "under per via such other another more most less least very been being does did done use used uses using one two "
    "our your his her him she they them you out off own same too just about after before between during until while "
    "because however either both".split()
)


def numbers(text: str) -> dict[str, str]:
    """Each number as it is written, by the form in which numbers are compared; parts of dates one by one."""
    found: dict[str, str] = {}
    for hit in _NUMBER.finditer(_OWN_ID.sub(" ", text)):
        plain = re.sub(r"[\u2009\u00a0'’]|,(?=\d{3}\b)", "", hit[0])
        for part in _PART.findall(plain.replace(",", ".")):
            value = float(part) * _TIMES.get((hit[1] or "").strip().lower(), 1)
            found[f"{value:g}" if value < 1e15 else part] = hit[0].strip()
    return found


def missing(text: str, evidence: Iterable[str], anywhere: frozenset[str]) -> list[str]:
    """Numbers, dates and identifiers of the text that are not in the evidence, and names that are nowhere.

    Args:
        text: what is stated.
        evidence: the texts of the passages that it cites.
        anywhere: every word of the material, folded (`vocabulary`).
    """
    shown = "\n".join(evidence)
    lower = shown.casefold()
    known = set(numbers(shown)) | {_SPELT[word] for word in re.findall(r"[a-z]+", lower) if word in _SPELT}
    known |= {str(_MONTHS.index(month[1].lower()) + 1) for month in _MONTH.finditer(shown)}
    return [
        *(written for value, written in numbers(text).items() if value not in known),
        *(month for month in _DATED.findall(text) if month.lower() not in lower and _order(month) not in known),
        *(each for each in _IDENTIFIER.findall(text) if each.strip("/").casefold() not in lower),
        *(each for each in _named(text) if not vocabulary([each]) <= anywhere),
    ]


def _order(month: str) -> str:
    return str(_MONTHS.index(month.lower()) + 1)


def _named(text: str) -> Iterator[str]:
    """Acronyms and capitalised words inside of a sentence."""
    text = _OWN_ID.sub(" ", text)
    yield from (each for each in _ACRONYM.findall(text) if each not in _GENERAL)
    yield from _NAME.findall(text)


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """Every word, folded, a plural as its singular."""
    return frozenset(
        word.removesuffix("s") for text in texts for word in re.findall(r"\w+", text.casefold()) if len(word) > 1
    )


_FEWEST = 5


def support(text: str, evidence: Iterable[str], *, fewest: int = _FEWEST) -> float:
    """The share of the words that carry meaning whose stems stand in the evidence; 1 where there are fewer."""
    known = {_stem(word) for each in evidence for word in _WORD.findall(each.casefold())}
    words = [_stem(word) for word in _WORD.findall(text.casefold()) if word not in _EMPTY]
    return sum(word in known for word in words) / len(words) if len(words) >= fewest else 1.0


def stems(text: str) -> frozenset[str]:
    """Of the words of a text that carry meaning."""
    return frozenset(_stem(word) for word in _WORD.findall(text.casefold()) if word not in _EMPTY)


def _stem(word: str) -> str:
    """Its first letters: enough to hold "export" and "exporting" together."""
    return word[:5] if len(word) > 5 else word.removesuffix("s")
