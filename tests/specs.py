"""Hypothesis strategies for specs: any text that Markdown could take for something else."""

# ruff: noqa: E501 - the tables read better in long lines

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from specdraft import Spec
from specdraft import spec as words

NASTY = [
    "- ", "* ", "1. ", "> ", "# ", "#### Goals", "**Goals**", "**G1** ", "**R1 → S2** ", "|", "| a | b |\n|---|---|\n| 1 | 2 |",
    "```", "````literal", "```literal\nx\n```", "~~~", "`", "``", "\\", "\\\\<b>", "<b>", "</details>", "<!--", "-->", "<br>", "<https://x.y>",
    "[^1]", "[^P1]", "[^P1]: P1: “x”", "*(assumption)*", "TBD", "**TBD** → Q1", "Reason: ", "- Reason: x", "- Category: load",
    " · ", "Likelihood: high", "“", "”", "\n", "\n\n", "\n    ", "  ", "\t", "---", "===", "[a]: http://b", "[a](b)", "{{ 7*6 }}",
    "&lt;", "&#10;", "$x$", "@me", "日本語", "العربية", "e\u0301", "🙂", "\u2028", "\x85", "\x0b", "\x1c", "\r\n", "\x00", "\ufeff",
    "word", "Merchants export orders.", ": ", "(cue: x)", "- [ ] ", "Q1", "Status: draft", "Answer: no", "Topic: x", "Usage:",
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=6)), max_size=6).map("".join)
said = texts.filter(lambda text: text.replace("\x00", "x").strip() != "")
ids = st.integers(1, 40)


def refs(letters: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.builds("{}{}".format, st.sampled_from(letters), ids), max_size=3)


citations = st.lists(
    st.builds(words.Citation, passage=st.sampled_from(["P1", "P2", "A1", "C1.2"]), quote=said, line=st.none() | ids),
    max_size=3,
)
placed = st.none() | st.builds(words.Placement, how=st.sampled_from(["cue", "heading-exact"]), rule=texts)


def item(model: Any, **fields: Any) -> st.SearchStrategy[Any]:
    """The model with random grounds; `text` unless its main field has another name."""
    if "text" in model.model_fields:
        fields.setdefault("text", said)
    if "topic" in model.model_fields:
        fields["topic"] = st.none() | texts
    return st.builds(model, citations=citations, placed_by=placed, **fields)


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(strategy, max_size=3)


level = st.none() | st.sampled_from(["low", "high"])
yes_no = st.sampled_from(["yes", "no", "unknown"])
change = st.none() | st.sampled_from(["add", "remove"])
statements = some(item(words.Statement))
answer = item(words.Answer, answer=yes_no, reason=texts, statements=statements)
scores = some(st.builds(words.Score, criterion=ids.map("K{}".format), score=st.integers(1, 5), reason=said))
key = st.sampled_from(["a", "b_1", "api"])

specs = st.builds(
    Spec,
    title=texts,
    summary=texts,
    status=st.sampled_from(["draft", "approved"]),
    problem=st.builds(
        words.Problem,
        statements=statements,
        links=some(item(words.Link, url=texts)),
        goals=some(item(words.Goal)),
        non_goals=some(item(words.NonGoal, reason=texts)),
    ),
    solution=st.builds(
        words.Solution,
        overview=statements,
        architecture=some(item(words.Change, component=texts, change=change)),
        diagram=st.none()
        | st.builds(
            words.Diagram,
            nodes=some(st.builds(words.Node, key=key, label=texts, kind=st.sampled_from(["service", "store", "external"]))),
            edges=some(st.builds(words.Edge, source=key, target=key, label=texts)),
        ),
        data_model=some(
            item(words.DataChange, store=texts, entity=texts, field=texts, type=texts, change=change, reversible=st.none() | yes_no)
        ),
        ui=statements,
    ),
    risks=st.builds(
        words.Risks,
        answers=st.builds(words.Answers, backwards_incompatible=answer, load=answer),
        items=some(
            item(
                words.Risk, title=said, description=texts, category=st.sampled_from(["load", "other"]), likelihood=level,
                impact=level, mitigation=texts, mitigated_by=refs("STM"), raised_by=texts,
            )
        ),
    ),
    alternatives=st.builds(
        words.Alternatives,
        criteria=some(item(words.ChoiceCriterion, weight=st.none() | st.floats(0, 1e9))),
        options=some(
            item(
                words.Option, name=said, description=texts, chosen=st.booleans(), why_not=texts, raised_by=texts,
                approach=st.none() | st.sampled_from(["do nothing", "other design"]), scores=scores,
            )
        ),
    ),
    rollout=st.builds(
        words.Rollout,
        status=st.sampled_from(["drafted", "tbd"]),
        steps=some(item(words.Step, mitigates=refs("R"), rollback=texts)),
        migration=item(words.Migration, required=yes_no, separate_spec=texts, steps=statements, rollback=statements),
        release=item(
            words.Release, kind=st.none() | st.sampled_from(["flag", "all at once"]), flag_removal=texts,
            stages=some(item(words.Stage, exit_criteria=texts)),
        ),
    ),
    success=st.builds(
        words.Success,
        criteria=some(
            item(
                words.Criterion, goals=refs("G"), metric=texts, comparator=st.none() | st.sampled_from(["<", ">="]), threshold=texts,
                unit=texts, baseline=texts, window=texts,
            )
        ),
        validation=some(item(words.Test, kind=st.none() | st.just("end-to-end"), verifies=refs("GRSV"))),
        test_plan=texts,
        monitors=some(item(words.Monitor, signal=texts, threshold=texts, alert=texts, owner=texts, watches=refs("GRSV"))),
    ),
    open_questions=some(
        item(
            words.Question, question=said, why=texts, blocks=st.lists(st.sampled_from(["risks", "rollout"]), max_size=2), default=texts,
            slot=st.sampled_from(["", "solution.ui", "rollout", "success"]),
        )
    ),
    critique=st.builds(
        words.Critique,
        findings=some(
            item(
                words.Finding, title=said, lens=texts, kind=st.sampled_from(["risk", "gap", "alternative", "contradiction"]),
                severity=st.just("S1"), likelihood=st.sampled_from(["L1", "L2"]), reversible=st.sampled_from(["yes", "no"]),
                targets=refs("GRSM"), mechanism=texts, detection=texts, suggestion=texts, question=texts,
                evidence=some(
                    st.builds(words.Evidence, text=said, at=st.sampled_from(["S1", "R2", "rollout.steps", "spec"]), absent=texts)
                ),
                lands_in=st.none() | st.sampled_from(["before build", "step", "test", "monitor", "question", "alternatives"]),
                approach=st.none() | st.just("do nothing"), scores=scores,
                status=st.sampled_from(["open", "accepted", "rejected"]), resolution=texts,
            )
        ),
        set_aside=some(st.builds(words.SetAside, title=said, lens=texts, reason=texts)),
        revisions=some(
            st.builds(words.Revision, text=said, at=texts, change=st.sampled_from(["added", "removed"]), before=texts, finding=texts)
        ),
        failures=some(st.builds(words.Failure, section=st.just("critic:load"), reason=texts)),
    ),
    unplaced=statements,
    meta=st.builds(
        words.Meta,
        date=st.sampled_from(["", "2026-01-31"]),
        model=texts,
        prompt_version=texts,
        usage=st.builds(words.Usage, calls=st.integers(0, 9), cost_usd=st.floats(0, 1e6)),
        sources=some(st.builds(words.SourceRef, name=said.filter(lambda t: " ".join(t.replace("\x00", "x").split()) != ""), sha256=st.just("0" * 64))),
        failures=some(st.builds(words.Failure, section=said, reason=texts)),
        notices=some(said),
    ),
)  # fmt: skip
