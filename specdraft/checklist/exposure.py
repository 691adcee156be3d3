"""Rules on what is exposed: access, personal data, growth, repetition, and what others must deliver."""

from __future__ import annotations

import re
from collections.abc import Iterator

from specdraft.checklist.rule import Hit, Read, Rule, sentence
from specdraft.spec import Evidence

_REACHED = (
    "endpoints?|apis?|pages?|links?|downloads?|uploads?|exports?|shares?|shared|invit|admin|screens?|webhooks?|"
    "dashboards?"
)
_ACCESS = (
    "permission|roles?|authori[sz]|authenticat|access control|only .{0,60}(?:can|may|see)|signed[- ]in|"
    "sign(?:s|ing)? in|"
    "log(?:ged|s|ging)?[- ]in|owners?|tenants?|scopes?|tokens?|allowed|privileg|credential|acl|members? (?:can|may)|"
    "may (?:see|read|change|request|use|download)|keys?"
)
_PERSONAL = (
    "e-?mail address(?:es)?|phone numbers?|(?:postal |home |delivery )?address(?:es)?|birth|health|patients?|"
    "(?:customer|user|employee|full|person'?s?|people'?s?) names?|location of|personal data|ip address"
)
_KEPT = "retention|retain|kept|keep|delet|eras|expir|anonymi|purg|forg[eo]t|days after|months after|removed after"
_GROWS = (
    "exports?|uploads?|attachments?|messages?|events?|notifications?|history|logs?|queues?|sessions?|invitations?|"
    "records?"
)
_BOUND = (
    "at most|max|limit|up to|cap(?:ped)?\\b|bound|per page|page size|no more than|older than|retention|retain|"
    "kept|expir|delet|quota|trim|purg|within|after \\d|\\d+ (?:days|hours|months|per)"
)
_REPEATS = "retr(?:y|ies|ied)|queues?|webhooks?|background|workers?|jobs?|redeliver|resend|consumers?"
_ONCE = "idempot|duplicat|twice|once|dedup|de-dup|unique|same key|same id|exactly|already|again"
_DOWN = (
    "down|unavailable|time ?outs?|timed out|fall ?s? ?back|retr(?:y|ies)|degrad|outage|slow|fail|unreachable|"
    "without it|until"
)


def _who_may(read: Read) -> Iterator[Hit]:
    hit = read.says(_REACHED, "solution.overview", "solution.architecture", "solution.ui")
    if hit and not read.says(_ACCESS, "solution", "risks", "problem"):
        line = sentence(read.texts["solution"], _REACHED)
        yield Hit(
            f"Nothing says who may reach “{hit[0]}”",
            f"“{line}” opens something, and neither the solution nor the risks say who may use it and who may not.",
            [read.silent("solution", "who may", "permission, role, authori, authentic, signed, access, only, tenant")],
            question=f"Who may use what “{line}” opens, on which records, and where is it checked?",
        )


def _kept_for_ever(read: Read) -> Iterator[Hit]:
    hit = read.says(_PERSONAL, "solution", "risks.answers.security_privacy")
    if hit and not read.says(_KEPT, "solution", "risks", "rollout", "success"):
        line = sentence(read.texts["solution"] + "\n" + read.texts.get("risks", ""), _PERSONAL)
        yield Hit(
            f"“{hit[0]}” is kept with no end",
            f"“{line}” holds data of people, and nothing says until when it is kept and what deletes it.",
            [read.silent("solution", "no retention", "retention, retain, kept, delete, erase, expire, purge")],
            question=f"How long is the personal data in “{line}” kept, and what deletes it?",
        )


def _privacy_denied(read: Read) -> Iterator[Hit]:
    answer = read.spec.risks.answers.security_privacy
    hit = read.says(_PERSONAL, "solution.data_model", "solution.overview")
    if hit and answer.answer == "no":
        line = sentence(read.texts["solution"], _PERSONAL)
        at = next(each for each in ("solution.data_model", "solution.overview") if hit[0] in read.texts.get(each, ""))
        yield Hit(
            "Personal data, and no implications for privacy",
            f"The answer on security and privacy is no, while “{line}” holds data of people.",
            [Evidence(text=hit[0], at=at), Evidence(text=answer.reason or "no", at="risks.answers.security_privacy")],
            "Answer the question on privacy with yes, and say what protects the data.",
        )


def _unbounded(read: Read) -> Iterator[Hit]:
    parts = ("solution", "risks", "success", "problem.goals", "rollout")
    sentences = re.split(r"(?<=[.;])\s|\n", "\n".join(read.texts.get(part, "") for part in parts))
    stored = read.texts.get("solution.data_model", "").lower()
    for noun in dict.fromkeys(word.removesuffix("s") for word in re.findall(rf"\b(?:{_GROWS})\b", stored)):
        about = [each for each in sentences if re.search(rf"\b{re.escape(noun)}", each, re.IGNORECASE)]
        if not any(re.search(rf"\b(?:{_BOUND})", each, re.IGNORECASE) for each in about):
            line = sentence(read.texts["solution.data_model"], noun)
            yield Hit(
                f"“{noun}” grows without bound",
                f"“{line}” adds to a store, and nothing that is said of it names a limit, an end or what trims it.",
                [Evidence(text=line, at="solution.data_model")],
                question=f"How many of “{line}” are kept, how large may one be, and what removes the old ones?",
            )


def _twice(read: Read) -> Iterator[Hit]:
    hit = read.says(_REPEATS, "solution.architecture", "solution.overview")
    if hit and not read.says(_ONCE, "solution", "risks.items", "success.validation", "rollout"):
        line = sentence(read.texts["solution"], _REPEATS)
        yield Hit(
            f"Work behind “{hit[0]}” can be done twice",
            f"“{line}” can stop half-way or run again, and nothing says what a second time does.",
            [read.silent("solution", "no word on doing it twice", "idempot, duplicat, twice, once, dedup, unique")],
            f"Give what “{hit[0]}” does a key by which a second time is recognised, and test it twice.",
        )


def _dependency_down(read: Read) -> Iterator[Hit]:
    answer = read.spec.risks.answers.dependencies
    if answer.answer == "yes" and not read.says(_DOWN, "risks.answers.dependencies", "solution", "risks.items"):
        reason = answer.reason or (answer.statements[0].text if answer.statements else "")
        yield Hit(
            "Nothing says what is seen when a dependency is down",
            f"It depends on others ({reason or 'yes'}), and nothing says what happens while they are down or slow.",
            [
                read.silent(
                    "risks.answers.dependencies",
                    "no word on failure",
                    "down, unavailable, timeout, fail, retry",
                )
            ],
            question=f"What do people see while this is down or slow: {reason or 'what it depends on'}?",
        )


RULES = (
    Rule("who may", "security", "S1", "L3", "question", _who_may, reversible="no"),
    Rule("no retention", "privacy", "S2", "L3", "question", _kept_for_ever),
    Rule("privacy denied", "privacy", "S2", "L3", "question", _privacy_denied, "contradiction"),
    Rule("no bound", "load", "S3", "L3", "question", _unbounded),
    Rule("done twice", "pre-mortem", "S2", "L3", "step", _twice),
    Rule("dependency down", "dependencies", "S2", "L2", "question", _dependency_down),
)
