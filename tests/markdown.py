"""Markdown that several tests need: the template's headings, places for a text, and documents of odd pieces."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from specdraft import Spec
from specdraft import spec as words

TEMPLATE = [
    "# Problem statement",
    "## Goals",
    "## Non-goals",
    "# Proposed solution",
    "**What are the high level architectural changes?**",
    "**What are the high level data model changes?**",
    "**What are the main changes to the UI?**",
    "## Risks",
    "**Are there any backwards-incompatible changes?**",
    "**Does this project have special implications for security and data privacy?**",
    "**Could this change significantly increase load on any of our backend systems?**",
    "**Does this project have any dependencies?**",
    "# Alternative solutions",
    "# Implementation and rollout plan",
    "**Does this project require a migration?**",
    "**Is this project in an experiment or feature flagged?**",
    "## Success Criteria",
    "**How will you validate the solution is working correctly?**",
    "**What monitoring and alerting will you do to ensure this project doesn’t decrease performance and reliability?**",
]
"""The headings of the house template, in its order."""


def stated(text: str, topic: str | None = None) -> list[words.Statement]:
    return [words.Statement(text=text, topic=topic)]


def quoted(text: str) -> list[words.Statement]:
    return [words.Statement(text="x", citations=[words.Citation(passage="P1", quote=text)])]


PLACES: dict[str, Callable[[str], Spec]] = {
    "statement": lambda text: Spec(problem=words.Problem(statements=stated(text))),
    "goal": lambda text: Spec(problem=words.Problem(goals=[words.Goal(text=text), words.Goal(text="next")])),
    "topic": lambda text: Spec(solution=words.Solution(overview=stated("said", topic=text))),
    "quote": lambda text: Spec(unplaced=quoted(text)),
    "mitigation": lambda text: Spec(risks=words.Risks(items=[words.Risk(title="title", mitigation=text)])),
    "reason": lambda text: Spec(risks=words.Risks(answers=words.Answers(load=words.Answer(answer="no", reason=text)))),
    "fact": lambda text: Spec(success=words.Success(monitors=[words.Monitor(text="watch", signal=text, owner=text)])),
    "link": lambda text: Spec(success=words.Success(test_plan=text)),
    "label": lambda text: Spec(
        solution=words.Solution(diagram=words.Diagram(nodes=[words.Node(key="a", label=text, kind="queue")]))
    ),
    "option": lambda text: Spec(
        alternatives=words.Alternatives(
            options=[words.Option(name=text, scores=[words.Score(criterion="K1", score=2, reason=text)])]
        )
    ),
    "migration": lambda text: Spec(rollout=words.Rollout(migration=words.Migration(steps=stated(text)))),
    "question": lambda text: Spec(open_questions=[words.Question(question=text, slot="solution.ui", default=text)]),
    "failure": lambda text: Spec(meta=words.Meta(failures=[words.Failure(section="x", reason=text)], notices=[text])),
    "summary": lambda text: Spec(summary=text),
    "title": lambda text: Spec(title=text),
}
"""A spec with one text in one place, for each kind of place that a text can stand in."""

FRAGMENTS = [
    *("word", "Zwei Wörter.", "日本語。", "42", "", "", "\\", "**Bold**", "***", "\ufeff"),
    *("a\u2028b", "a\x0cb", "0\x0c", "\x0b0", "\x0c", "\x1f", "Status: draft", "Owner: Ann", "Setext", "===", "---"),
    *("- item", "* item", "1. first", "   12) twelfth", "  - nested", "\t- tab", "- [ ] task", "• dot", "– dash", "1."),
    *("| a | b |", "|---|---|", "| 1 | 2 |", "a | b", "> quote", "> > - deep", "> # Heading"),
    *("# Title", "## Part ##", "```", "~~~ python", "````", "    code", "[^1]: note", "    more", "text[^1]"),
    *("<!--", "-->", "<!-- gone -->", "<div>", "</div>", "<details><summary>More</summary>", "<b>bold</b>"),
    *("<script>", "</script>", "[a]: http://b 'c'", "<?php x ?>", "-", "#", ">"),
]  # fmt: skip
_pieces = st.one_of(st.sampled_from(FRAGMENTS), st.text(st.characters(exclude_characters="\n\r"), max_size=8))
_lines = st.builds("{}{}".format, st.sampled_from(["", "", " ", "  ", "    ", "> ", "- "]), _pieces)
documents = st.lists(_lines, min_size=1, max_size=14).map("\n".join).filter(str.strip)
"""Texts in which anything of Markdown may stand anywhere, closed or not."""
