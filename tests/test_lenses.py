"""The lenses: a table of Markdown files, which a team adds to without code."""

from __future__ import annotations

from pathlib import Path

import pytest

import specdraft as sd
from specdraft import lenses
from specdraft import spec as words
from specdraft.spec.risks import Risk

OWN = """# Money moves

Does money move twice, not at all, or to the wrong account?

- Category: data

## Asks

- Which step pays out?

## A good finding

Refunds are paid twice. S1, L2, no.

## Signals

- `refunds?`
- `payouts?`
- `ledger`
"""


@pytest.mark.parametrize("lens", lenses.table(), ids=lambda lens: lens.name)
def test_a_lens_asks_shows_and_says_when_it_is_called_for(lens: lenses.Lens) -> None:
    assert lens.asks.endswith("?")
    assert "## Asks" in lens.text and "## A good finding" in lens.text
    assert not any(f"## {each}" in lens.text for each in ("Signals", "Checklist", "Called for by"))
    assert Risk(title="x", category=lens.category).category == lens.category  # type: ignore[arg-type]
    assert lens.facts or len(lens.signals) >= lenses.AT_LEAST


def test_the_catalogue_has_thirteen_and_some_are_always_read_through() -> None:
    names = {lens.name for lens in lenses.table()}
    assert len(names) == 13
    always = {lens.name for lens in lenses.called_for(sd.Spec(), [])}
    assert always == {"pre-mortem", "rollout", "problem", "measurement", "people", "trade-offs", "drawbacks"}


def test_three_signals_call_for_a_lens_and_two_do_not() -> None:
    def called(text: str) -> bool:
        return "security" in {lens.name for lens in lenses.called_for(sd.Spec(), [text])}

    assert called("Admins invite people, who upload a picture.")
    assert not called("Admins invite people. Admins invite more people.")


@pytest.mark.parametrize(
    ("fact", "spec"),
    [
        ("data", sd.Spec(solution=words.Solution(data_model=[words.DataChange(text="A new table")]))),
        ("data", sd.Spec(rollout=words.Rollout(migration=words.Migration(required="yes")))),
        ("load", sd.Spec(risks=words.Risks(answers=words.Answers(load=words.Answer(answer="yes"))))),
        ("compatibility", sd.Spec(solution=words.Solution(architecture=[words.Change(text="x", change="remove")]))),
        ("dependencies", sd.Spec(risks=words.Risks(answers=words.Answers(dependencies=words.Answer(answer="yes"))))),
        ("privacy", sd.Spec(risks=words.Risks(answers=words.Answers(security_privacy=words.Answer(answer="yes"))))),
    ],
)
def test_a_typed_fact_calls_for_a_lens_whatever_the_words(fact: str, spec: sd.Spec) -> None:
    assert fact in {lens.name for lens in lenses.called_for(spec, [])}


def test_a_team_adds_a_lens_with_a_file(tmp_path: Path) -> None:
    path = tmp_path / "money.md"
    path.write_text(OWN, encoding="utf-8")
    lens = lenses.named(str(path))
    assert (lens.name, lens.category, len(lens.signals)) == ("money-moves", "data", 3)
    assert "Which step pays out?" in lens.text and "ledger" not in lens.text
    assert lens.when == "3 of its signals"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# Money\n\n## Asks\n\n- What?\n", "needs a title, a question below it"),
        ("# Money\n\nIs it right?\n", "`## Asks`"),
        (OWN.replace("`ledger`", "`led(ger`"), "is no regular expression"),
        (OWN + "\n## Called for by\n\n- full moon\n", "no fact 'full moon'"),
    ],
)
def test_a_file_that_is_no_lens_says_what_it_lacks(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "money.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(sd.PromptError, match=said) as caught:
        lenses.named(str(path))
    assert caught.value.hint


def test_a_lens_that_is_not_there_is_an_error_that_lists_them(tmp_path: Path) -> None:
    with pytest.raises(sd.PromptError, match="no lens 'secuity'") as caught:
        lenses.named("secuity")
    assert "security" in caught.value.hint
    with pytest.raises(sd.PromptError, match="cannot read the lens"):
        lenses.named(str(tmp_path / "none.md"))
