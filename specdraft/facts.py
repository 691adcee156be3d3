"""The facts in a sentence that can be checked by looking: numbers, dates, identifiers, names.

What differs in form only is the same: `10k` and `10,000`, `two weeks` and `2 weeks`, `SSO` and `single sign-on`.
In doubt a fact counts as said: an honest sentence that is called an assumption is as bad as the reverse.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

_FIGURE = (
    r"(?P<figure>\d{1,3}(?:[ \u00a0\u2009\u202f'’,]\d{3})+(?:\.\d+)?(?!\d)|\d+(?:[.,:/-]\d+)*)"
    r"(?:[ \u00a0-]?(?P<times>k|K|m|M|bn|hundred|thousand|million|billion)\b)?"
)
_NUMBER = re.compile(rf"(?<![\w.])[A-Za-z]{{0,8}}{_FIGURE}")
_NUMBER_ANYWHERE = re.compile(_FIGURE)
_TIMES = {"k": 10**3, "m": 10**6, "M": 10**6, "bn": 10**9, "hundred": 10**2, "thousand": 10**3, "million": 10**6,
          "billion": 10**9}  # fmt: skip
_GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u2009\u202f'’,]\d{3})+(?:\.\d+)?")
_GERMAN_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+")
_DOTTED_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.(?:\d{4}|\d\d)")
_FULL_HOUR = re.compile(r"(?<=\d):00\b")
_OWN_ID = re.compile(r"\b[GNRKASVTMQF][1-9]\d*\b|\b(?:P|C\d+\.)\d+\b")
_LONGEST = 20

_UNITS = "zero one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SPELT = {word: number for number, word in enumerate(_UNITS + _TEENS)}
_SPELT |= {word: 10 * number for number, word in enumerate(_TENS, 2)}
_SPELT |= {f"{ten}-{unit}": _SPELT[ten] + n for ten in _TENS for n, unit in enumerate(_UNITS) if n}
_SPELT_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_SPELT, key=len, reverse=True))})\b", re.IGNORECASE)
_QUANTITY = re.compile(
    rf"({_SPELT_WORD.pattern})[ -](?:(?:full|more|business|working|calendar|consecutive) )?"
    r"(hundred|thousand|million|billion|percent|per cent|times|retry|retries|"
    r"(?:second|minute|hour|day|week|month|quarter|year|attempt)s?)\b",
    re.IGNORECASE,
)
_MEANT = {
    "0": "no none never nothing without zero",
    "1": "a an once single every each per daily weekly hourly monthly yearly first",
    "2": "twice double both pair second half",
    "3": "third triple",
    "4": "fourth quarter",
    "5": "fifth",
    "12": "dozen",
    "14": "fortnight",
    "25": "quarter",
    "50": "half",
    "0.5": "half",
    "100": "hundred all",
    "1000": "thousand",
    "1000000": "million",
}
"""Numbers, and words that say as much."""

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = re.compile(
    r"\b(?:(?i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)|(?:(?<=[a-z\d,] )May)|May(?= \d))\b"
)
_IDENTIFIER = re.compile(
    r"https?://[^\s)>\]]*[^\s)>\].,;:!?]"
    r"|(?P<code>`[^`\n]{1,80}`)"
    r"|(?<![\w/.])/[A-Za-z{][\w/{}.:*-]*[\w}*]"  # /exports/{id}
    r"|(?<![\w/.])[\w.-]*[A-Za-z][\w.-]*(?:/[\w{}.-]*[\w}]){2,}"  # src/jobs/export.py
    r"|(?<![\w/.])[A-Za-z_]\w+(?:(?:\.|::|->|#)[A-Za-z_]\w*)+"  # exportJob.status
    r"|(?<![\w/.])\w*[^\W_]_[^\W_]\w*"  # order_id
    r"|(?<![\w/.])[a-z]+[A-Z]\w*"  # orderId
)
_ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{2,}s?\b")
_PASCAL = re.compile(r"\b[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+\b")
_NAME = re.compile(r"(?:(?<=[^\W_A-Z] )|(?<=[,;] )|(?<=[^\W_A-Z] [(“\"'‘]))([^\W\d_]\w+)")
_WORD = re.compile(r"[^\W\d_]{3,}")
_MARKS = re.compile(r"[\\*`]")
_GENERAL = frozenset(
    "API APIs UI UX URL URLs HTTP HTTPS JSON SQL TBD PRD IDs CPU CPUs RAM QA CSS HTML TLS SSL CRUD FAQ UTC REST".split()
)
"""Terms of the trade: a drafter may use them where the source does not."""
_GERMAN = frozenset("der die und nicht für wird werden eine einen mit auf sie sind wenn oder durch um".split())
"""Where some of these stand, nouns are capitalised, and capitals do not tell names."""
_EMPTY = frozenset(
    "the and for that this with from are was were will would can could should must may might not but has have had "
    "its their there then than when where which who whom what how why all any each every only also into onto over "
    "under per via such other another more most less least very been being does did done use used uses using one two "
    "our your his her him she they them you out off own same too just about after before between during until while "
    "because however either both shall never".split()
)


class _Evidence(NamedTuple):
    """What can be looked up in a text."""

    plain: str
    """The text folded, on one line, and without the marks of Markdown."""
    numbers: frozenset[str]
    initials: str


def numbers(text: str) -> dict[str, str]:
    """Each number as it is written, by the form in which numbers are compared; parts of dates one by one."""
    return {readings[0]: written for written, readings in _figures(_NUMBER, text)}


def missing(text: str, evidence: Iterable[str], anywhere: frozenset[str]) -> list[str]:
    """Numbers, dates and identifiers of the text that are not in the evidence, and names that are nowhere.

    Args:
        text: what is stated.
        evidence: the texts of the passages that it cites.
        anywhere: every word of the material, folded (`vocabulary`).
    """
    shown = [_evidence(each) for each in evidence]
    known = frozenset().union(*(each.numbers for each in shown))
    said = _IDENTIFIER.sub(" ", text)
    found = [
        *(written for written, readings in _figures(_NUMBER, said) if known.isdisjoint(readings)),
        *(each[0] for each in _QUANTITY.finditer(said) if _counted(each) not in known),
        *(month for month in _MONTH.findall(said) if _order(month) not in known),
        *(each for each in _identifiers(text) if not any(_plain(each) in other.plain for other in shown)),
        *(each for each in _acronyms(said) if not any(each.lower() in other.initials for other in shown)
          and not vocabulary([each]) <= anywhere),
        *(each for each in _names(said, anywhere) if not vocabulary([each]) <= anywhere),
    ]  # fmt: skip
    return list(dict.fromkeys(found))


@lru_cache(maxsize=256)
def _evidence(text: str) -> _Evidence:
    plain = _plain(text)
    words = re.findall(r"[^\W_]+", plain)
    text = _OWN_ID.sub(" ", text)
    spelt = _SPELT_WORD.sub(lambda each: str(_SPELT[each[0].lower()]), text)
    known = {one for each in (text, spelt) for _, readings in _figures(_NUMBER_ANYWHERE, each) for one in readings}
    known |= {number for number, meant in _MEANT.items() if not set(meant.split()).isdisjoint(words)}
    known |= {_order(month) for month in _MONTH.findall(text)}
    return _Evidence(plain, frozenset(known), "".join(word[0] for word in words))


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub("", text).casefold().split())


def _figures(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each number as it is written, and what it may mean, the likeliest first."""
    for hit in pattern.finditer(_FULL_HOUR.sub("", _OWN_ID.sub(" ", text))):
        times = _TIMES.get(hit["times"] or "", _TIMES.get((hit["times"] or "").lower(), 1))
        for part in _parts(hit["figure"]):
            values = [_value(reading, times) for reading in part]
            if hit["times"] == "m":
                values = [_value(part[0]), *values]
            yield hit[0].strip(), tuple(values)


def _parts(figure: str) -> Iterator[tuple[str, ...]]:
    """The numbers in a figure, each in its readings: a date has three, `1.000` is one or a thousand."""
    if _GROUPED.fullmatch(figure):
        joined = re.sub(r"[^\d.]", "", figure)
        yield (joined, figure.replace(",", ".")) if re.fullmatch(r"\d+,\d+", figure) else (joined,)
        return
    for part in re.split(r"[:/-]", figure):
        if _GERMAN_GROUPED.fullmatch(part):
            yield (part, part.replace(".", "")) if part.count(".") == 1 else (part.replace(".", ""), part)
        elif _DOTTED_DATE.fullmatch(part) or part.count(",") > 1:
            yield from ((each,) for each in re.split("[.,]", part))
        else:
            yield (part.replace(",", "."),)


def _value(number: str, times: int = 1) -> str:
    """The form in which numbers are compared; a version, `2.3.1`, is compared as it is."""
    if number.count(".") > 1 or len(number) > _LONGEST:
        return number
    return f"{(Decimal(number) * times).normalize():f}"


def _counted(quantity: re.Match[str]) -> str:
    return str(_SPELT[quantity[1].lower()] * _TIMES.get(quantity[2].lower(), 1))


def _order(month: str) -> str:
    return str(_MONTHS.index(month[:3].lower()) + 1)


def _identifiers(text: str) -> Iterator[str]:
    """Paths, addresses, names of code, and whatever is written as code."""
    for hit in _IDENTIFIER.finditer(text):
        if each := " ".join(hit[0].strip("`").split()):
            yield each


def _acronyms(text: str) -> Iterator[str]:
    for each in _ACRONYM.findall(_OWN_ID.sub(" ", text)):
        if each not in _GENERAL and each.lower() not in _EMPTY:
            yield each


def _names(text: str, anywhere: frozenset[str]) -> Iterator[str]:
    """Capitalised words inside of a sentence, and those with a capital inside."""
    yield from _PASCAL.findall(text)
    if len(_GERMAN & anywhere) < _FEW:
        inside = _NAME.findall(_MONTH.sub("x", text))
        yield from (each for each in inside if each[0].isupper() and not each.isupper())


_FEW = 3


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """Every word, folded, a plural as its singular."""
    return frozenset(
        word.removesuffix("s") for text in texts for word in re.findall(r"\w+", text.casefold()) if len(word) > 1
    )


_FEWEST = 5


def support(text: str, evidence: Iterable[str], *, fewest: int = _FEWEST) -> float:
    """The share of the words that carry meaning whose stems stand in the evidence; 1 where there are fewer."""
    known = frozenset().union(*map(stems, evidence))
    words = [_stem(word) for word in _WORD.findall(text.casefold()) if word not in _EMPTY and word not in _SPELT]
    return sum(word in known for word in words) / len(words) if len(words) >= fewest else 1.0


def is_empty(word: str) -> bool:
    """Does the word carry no meaning of its own?"""
    return word.casefold() in _EMPTY


@lru_cache(maxsize=256)
def stems(text: str) -> frozenset[str]:
    """Of the words of a text that carry meaning."""
    return frozenset(
        _stem(word) for word in _WORD.findall(text.casefold()) if word not in _EMPTY and word not in _SPELT
    )


def _stem(word: str) -> str:
    """Its first letters: enough to hold "export" and "exporting" together."""
    return word[:5] if len(word) > 5 else word.removesuffix("s")
