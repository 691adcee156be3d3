"""A good answer to each section, from the passages in the request: each quote is there, each link leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_PASSAGE = re.compile(r"^\[((?:P|C\d+\.)\d+)\] (.*?)(?=\n\[(?:P|C)[\d.]+\] |\n={20} )", re.MULTILINE | re.DOTALL)

Answer = dict[str, Any]


def answer_to(section: str, system: str, user: str) -> Answer:
    """What a good model would fill in, asked with these two messages."""
    return WRITERS[section](_PASSAGE.findall(system), user)


Passages = list[tuple[str, str]]


def _said(passages: Passages) -> list[Answer]:
    """A statement for each passage, in its own words."""
    return [
        {"text": " ".join(text.split()), "citations": [{"passage": name, "quote": text}]}
        for name, text in passages
        if len(text.split()) > 3
    ]


def _ids(user: str, letter: str) -> list[str]:
    return sorted(set(re.findall(rf'"id": "({letter}\d+)"', user)))


def _questions(passages: Passages, _: str) -> Answer:
    asked = [
        {"question": f"Who decides about this: {each['text']}?", "citations": each["citations"], "blocks": ["rollout"]}
        for each in _said(passages)[:2]
    ]
    return {"open_questions": asked}


def _problem(passages: Passages, _: str) -> Answer:
    first, *goals = _said(passages)[:3]
    return {"statements": [first], "goals": goals}


def _alternatives(passages: Passages, _: str) -> Answer:
    criteria = _said(passages)[:2]
    scores = [{"criterion": f"K{n}", "score": 3, "reason": "As well as the other."} for n, _ in enumerate(criteria, 1)]
    options: list[Answer] = [{"name": "Build it", "chosen": True, "scores": scores}]
    for name, approach in (("Wait", "do nothing"), ("Buy it", "buy or reuse"), ("Try it", "smaller first step")):
        options.append({"name": name, "approach": approach, "scores": scores})
    return {"criteria": criteria, "options": options}


def _risks(passages: Passages, _: str) -> Answer:
    return {"items": [{"title": each["text"], "citations": each["citations"]} for each in _said(passages)[-2:]]}


def _rollout(_: Passages, user: str) -> Answer:
    return {"status": "drafted", "steps": [{"text": "Try it with a few people", "mitigates": _ids(user, "R")[:1]}]}


def _success(passages: Passages, user: str) -> Answer:
    first = _said(passages)[0]
    return {
        "criteria": [{**first, "goals": [goal]} for goal in _ids(user, "G")],
        "validation": [{"text": f"Provoke {risk}", "verifies": [risk]} for risk in _ids(user, "R")],
    }


def _headline(passages: Passages, _: str) -> Answer:
    return {"title": " ".join(passages[0][1].split()), "summary": _said(passages)[0]["text"]}


def _findings(passages: Passages, user: str) -> Answer:
    """Of each lens one finding, about another passage, with its words as proof."""
    lens = re.findall(r"Lens: ([\w-]+)", user)[0]
    said = _said(passages)
    about = said[sum(map(ord, lens)) % len(said)]
    return {
        "findings": [
            {
                "title": f"{lens} fails: {about['text']}",
                "kind": "risk",
                "mechanism": f"If {about['text']} is wrong, the {lens} of it breaks.",
                "citations": about["citations"],
                "suggestion": f"Rehearse {lens} with ten of them",
                "lands_in": "step",
            }
        ]
    }


def _rulings(_: Passages, user: str) -> Answer:
    found = re.findall(r"^\[(F\d+)\] ", user, re.MULTILINE)
    return {"rulings": [{"finding": each, "verdict": "accept" if each == "F1" else "keep"} for each in found]}


def _verdicts(_: Passages, user: str) -> Answer:
    return {
        "verdicts": [{"question": each, "answer": "no"} for each in re.findall(r"^\[(J\d+)\] ", user, re.MULTILINE)]
    }


WRITERS: dict[str, Callable[[Passages, str], Answer]] = {
    "questions": _questions,
    "problem": _problem,
    "solution": lambda passages, _: {"overview": _said(passages)},
    "alternatives": _alternatives,
    "risks": _risks,
    "rollout": _rollout,
    "success": _success,
    "agreement": lambda *_: {"disagreements": [], "open_questions": []},
    "headline": _headline,
    "findings": _findings,
    "rulings": _rulings,
    "verdicts": _verdicts,
}
"""What a good answer is, by section: from the passages and what else the request says."""
