"""What is masked, by its shape: a table of rules, earlier ones first. `specdraft.redact` says what they decide."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple


def _luhn(value: str) -> bool:
    """Is it the number of a payment card: an issuer's prefix and length, and the check digit?"""
    digits = re.sub(r"\D", "", value)
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return bool(_ISSUED.fullmatch(digits)) and (doubled + sum(map(int, digits[-1::-2]))) % 10 == 0


def _iban(value: str) -> bool:
    """Does its check sum hold (ISO 13616)?"""
    solid = value.replace(" ", "")
    return int("".join(str(int(char, 36)) for char in solid[4:] + solid[:4])) % 97 == 1


def _phone(value: str) -> bool:
    """Is it grouped as a phone number is, rather than a date, a large number or a plain one?"""
    groups = re.findall(r"\d+", value)
    thousands = len(groups) > 2 and value.endswith("000") and all(len(group) == 3 for group in groups[1:])
    told = value[0] in "+0(" or len(groups) > 1
    return told and not thousands and max(map(len, groups)) > 2 and not re.match(r"\d{4}-\d\d-\d\d", value)


def _address(value: str) -> bool:
    """Not a file such as `icon@2x.png`, and not the user of a repository's address."""
    return not value.startswith("git@") and value.rpartition(".")[2].lower() not in _FILES


def _digit(value: str) -> bool:
    return any(map(str.isdigit, value))


def _password(value: str) -> bool:
    """Letters with a digit or a sign among them, and neither a variable, a link nor stars."""
    if value[0] in "$%*#" or "***" in value or "://" in value:
        return False
    return any(map(str.isalpha, value)) and bool(re.search(r"[\d!@#$^&*?~+]", value))


def _token(value: str) -> bool:
    """Long, with letters and digits, and no words joined by dashes."""
    joined = len(re.findall(r"[-_.]", value)) > len(value) / 8
    return len(value) >= 12 and _password(value) and _digit(value) and (not joined or bool(_HEX.fullmatch(value)))


def _random(value: str) -> bool:
    """Does it look drawn at random: neither a digest, nor words, nor a name in camel case?"""
    solid = re.sub(r"[^A-Za-z0-9]", "", value.rstrip("="))
    if not 24 <= len(value) <= 256 or len(solid) < 0.92 * len(value.rstrip("=")) or _DIGEST.search(value):
        return False
    classes = [char.isdigit() + 2 * char.isupper() for char in solid]
    changes = sum(a != b for a, b in pairwise(classes))
    bits = -sum(n / len(solid) * math.log2(n / len(solid)) for n in Counter(solid).values())
    return classes.count(1) >= 3 and changes >= len(solid) / 3 and bits >= 3.5


_ISSUED = re.compile(r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7]|35|6\d)\d{14}|3[47]\d{13}|3[068]\d{12}")
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F-]+")
_DIGEST = re.compile(r"[0-9a-f]{24}|[0-9A-F]{24}|^(?:0x)?[0-9a-fA-F-]+$|^sha\d+-")
_FILES = frozenset("png jpg jpeg gif svg webp pdf js ts css html md py json".split())
_LENGTHS = (
    "NO15 BE16 DK18 FI18 FO18 GL18 NL18 MK19 SI19 AT20 BA20 EE20 KZ20 LT20 LU20 XK20 CH21 HR21 LI21 LV21 BG22 "
    "BH22 CR22 DE22 GB22 GE22 IE22 ME22 RS22 VA22 AE23 GI23 IL23 IQ23 TL23 AD24 CZ24 ES24 MD24 PK24 RO24 SA24 "
    "SE24 SK24 TN24 VG24 LY25 PT25 ST25 IS26 TR26 FR27 GR27 IT27 MC27 MR27 SM27 AL28 AZ28 BY28 CY28 DO28 GT28 "
    "HU28 LB28 PL28 SV28 BR29 EG29 PS29 QA29 UA29 JO30 KW30 MU30 MT31 SC31 LC32"
).split()
"""Countries, and how long an IBAN is there."""
_IBANS = "|".join(rf"{known[:2]}\d\d(?: ?[A-Z0-9]){{{int(known[2:]) - 4}}}" for known in _LENGTHS)
_IS = r"""["'`*_]{0,3}[ \t]{0,3}(?::=?|=)[ \t*_]{0,5}"""
_QUOTED = r"""["'](?P<value>[^"'\n|]{6,})["']"""
_BARE = r"""["'`]?(?P<value>[^\s"'`<>(){}\[\],;|&]{6,})"""
_WORD = r"(?i:pass(?:word|wd|phrase)|pwd)"
_NAMED = r"(?i:secret|token|credentials?|(?:api|access|private|auth)[ _-]?key)"
_KEYS = r"""(?:
      gh[pousr]_[A-Za-z0-9]{30,} | github_pat_\w{22,} | glpat-[\w-]{20,}
    | (?:AKIA|ASIA)[A-Z0-9]{16} | AIza[\w-]{35} | ya29\.[\w-]{20,}
    | xox[a-z]-[A-Za-z0-9-]{10,} | xapp-[A-Za-z0-9-]{10,} | hf_[A-Za-z0-9]{30,}
    | [spr]k_(?:live|test)_[A-Za-z0-9]{16,} | whsec_[\w+/]{16,} | SG\.[\w-]{16,}\.[\w-]{16,}
    | npm_[A-Za-z0-9]{36} | pypi-[\w-]{50,} | dop_v1_[a-f0-9]{64}
)"""


class Rule(NamedTuple):
    """What is found by `regex`, its group `value` if it has one, and passes the `check`."""

    kind: str
    what: str
    """As `Secret.kind`; empty where it is none."""
    regex: re.Pattern[str]
    check: Callable[[str], bool] = bool


_KEY = Rule("KEY", "private key", re.compile(r"[A-Za-z0-9+/=]{16,}"), _digit)
_RULES = (
    Rule("SECRET", "API key", re.compile(rf"(?x)(?<![A-Za-z0-9_]){_KEYS}(?![A-Za-z0-9_])")),
    Rule("SECRET", "API key", re.compile(r"(?<![A-Za-z0-9_-])sk-[\w-]{16,}"), _digit),
    Rule("SECRET", "token", re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}")),
    Rule("SECRET", "token", re.compile(r"hooks\.slack\.com/services/(?P<value>[\w/]{20,})")),
    Rule(
        "SECRET", "token", re.compile(r"(?i:bearer|authorization: basic)[ \t]{1,3}(?P<value>[\w.~+/-]{16,}=*)"), _token
    ),
    Rule("SECRET", "password", re.compile(r"\w://[^\s/:@]{0,99}:(?P<value>[^\s/@\"'`<>|{}]{6,})@"), _password),
    Rule("SECRET", "password", re.compile(_WORD + _IS + _QUOTED), _password),
    Rule("SECRET", "password", re.compile(_WORD + _IS + _BARE), _password),
    Rule("SECRET", "token", re.compile(_NAMED + _IS + _QUOTED), _token),
    Rule("SECRET", "token", re.compile(_NAMED + _IS + _BARE), _token),
    Rule("EMAIL", "", re.compile(r"(?<![\w.%+/-])[\w.%+-]+@(?:[\w-]+\.)+[A-Za-z]{2,24}(?![\w-])"), _address),
    Rule("ACCOUNT", "", re.compile(rf"(?<![A-Za-z0-9])(?=[A-Z]{{2}}\d\d)(?:{_IBANS})(?![A-Za-z0-9])"), _iban),
    Rule("CARD", "", re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])"), _luhn),
    Rule(
        "ACCOUNT",
        "",
        re.compile(
            r"(?i:\b(?:account|acct|a/c|konto|routing)[ \t-]?(?:no\b|nr\b|num(?:ber|mer)?\b|#)?)"
            r"(?: is)?[.:#=*_ \t]{1,5}(?P<value>\d(?:[ -]?\d){6,17})(?![\w-])"
        ),
    ),
    Rule("PHONE", "", re.compile(r"(?<![\w+])\+[1-9](?:[ ().\-/]{0,2}\d){6,14}(?!\w)"), _phone),
    Rule("PHONE", "", re.compile(r"(?<![\w.+-])(?:\([2-9]\d\d\) ?|[2-9]\d\d([-.]))[2-9]\d\d[-.]\d{4}(?![\w-])")),
    Rule(
        "PHONE",
        "",
        re.compile(
            r"(?i:\b(?:phone|tel|telephone|telefon|mobile|fax|whatsapp|hotline)\b(?: (?:number|no|nr)\b)?)"
            r"(?: is)?[.:*_ \t]{1,5}(?P<value>\(?\d(?:[ ().\-/]{0,2}\d){5,14})(?!\w)"
        ),
        _phone,
    ),
    # A link and an embedded image are stepped over; only what is named `value` counts.
    Rule(
        "SECRET",
        "token",
        re.compile(r"https?://\S+|data:[\w/+.-]+;base64,\S*|(?<![\w+/-])(?P<value>[\w+/-]{24,}={0,2})(?![\w+/-])"),
        _random,
    ),
)
_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")


class Find(NamedTuple):
    """Where something is that a rule found; `block` numbers the private keys."""

    start: int
    end: int
    rule: Rule
    block: int = -1


def finds(text: str) -> Iterator[Find]:
    """Everything that a rule finds, earlier rules first, none within another."""
    taken = bytearray(len(text))
    for find in (*_key_lines(text), *_matches(text)):
        if taken.find(1, find.start, find.end) < 0:
            taken[find.start : find.end] = bytes([1]) * (find.end - find.start)
            yield find


def _matches(text: str) -> Iterator[Find]:
    for rule in _RULES:
        group = "value" if "value" in rule.regex.groupindex else 0
        for match in rule.regex.finditer(text):
            if match[group] and rule.check(match[group]):
                yield Find(*match.span(group), rule)


def _key_lines(text: str) -> Iterator[Find]:
    """The lines of each private key, up to its end mark or, where there is none, to an empty line."""
    last = text.rfind("-----END")
    at = block = 0
    while begin := _KEY_BEGINS.search(text, at):
        at = text.find("-----END" if begin.end() <= last else "\n\n", begin.end())
        at = len(text) if at < 0 else at
        block += 1
        for match in _KEY.regex.finditer(text, begin.end(), at):
            if _KEY.check(match[0]):
                yield Find(*match.span(), _KEY, block)
