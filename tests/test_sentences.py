"""Sentences: where they begin and end, and that nothing of the text is lost between them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specdraft.sentences import LONGEST, spans

CASES = [
    ("ends", "One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
    ("nothing", "", []),
    ("white space only", " \n\t ", []),
    ("no full stop", "A goal without a full stop", ["A goal without a full stop"]),
    ("for example", "Use a queue, e.g. Redis. It is fast.", ["Use a queue, e.g. Redis.", "It is fast."]),
    ("that is", "The owner, i.e. Anna, signs. Done.", ["The owner, i.e. Anna, signs.", "Done."]),
    ("etc inside", "Names, ages, etc. are kept. Nothing else.", ["Names, ages, etc. are kept.", "Nothing else."]),
    ("etc at the end", "Names, ages, etc. Nothing else.", ["Names, ages, etc.", "Nothing else."]),
    ("version number", "Needs v1.2.3 now. Later 2.0 follows.", ["Needs v1.2.3 now.", "Later 2.0 follows."]),
    ("figure", "See Fig. 3 and Sec. 4. Then stop.", ["See Fig. 3 and Sec. 4.", "Then stop."]),
    ("number one", "Risk No. 1 is time. It passes.", ["Risk No. 1 is time.", "It passes."]),
    ("the answer is no", "The answer is no. We checked.", ["The answer is no.", "We checked."]),
    ("title", "Ask Dr. Brown. She knows.", ["Ask Dr. Brown.", "She knows."]),
    ("disaster recovery", "This breaks DR. We need a plan.", ["This breaks DR.", "We need a plan."]),
    ("initial", "By J. Smith. Second.", ["By J. Smith.", "Second."]),
    ("company", "Acme Inc. (Berlin) pays. We ship.", ["Acme Inc. (Berlin) pays.", "We ship."]),
    ("company at the end", "We sell to Acme Inc. They pay.", ["We sell to Acme Inc.", "They pay."]),
    ("month", "Due on Jan. 5 at noon. Then ship.", ["Due on Jan. 5 at noon.", "Then ship."]),
    ("time zone", "It starts at 5 p.m. UTC daily. Fine.", ["It starts at 5 p.m. UTC daily.", "Fine."]),
    ("time at the end", "It starts at 5 p.m. Then it ends.", ["It starts at 5 p.m.", "Then it ends."]),
    ("unit", "It takes 10ms. We want 5ms.", ["It takes 10ms.", "We want 5ms."]),
    ("decimal", "It costs 3.50 a day. Too much.", ["It costs 3.50 a day.", "Too much."]),
    ("address", "See https://example.org/a.b?c=d. Then go.", ["See https://example.org/a.b?c=d.", "Then go."]),
    ("code", "Call `a. B` first. Then `c`.", ["Call `a. B` first.", "Then `c`."]),
    ("code in two ticks", "Call ``a! B`` first. End.", ["Call ``a! B`` first.", "End."]),
    ("code starts", "First this. `run` comes second.", ["First this.", "`run` comes second."]),
    ("product name", "It runs on a phone. iOS comes first.", ["It runs on a phone.", "iOS comes first."]),
    ("file name", "Open config.yml. node.js reads it.", ["Open config.yml.", "node.js reads it."]),
    ("snake case", "Two columns. user_id is the key.", ["Two columns.", "user_id is the key."]),
    ("option", "Pass a flag. --force skips it.", ["Pass a flag.", "--force skips it."]),
    ("lower case goes on", "Yahoo! is a name. so is this", ["Yahoo! is a name. so is this"]),
    ("question goes on", 'He asks "why?" and leaves. Good.', ['He asks "why?" and leaves.', "Good."]),
    ("quotes", '"It works." She left.', ['"It works."', "She left."]),
    ("brackets", "It works. (Mostly.) We hope.", ["It works.", "(Mostly.)", "We hope."]),
    ("bold", "**Risk.** It may fail. **Fix.** Retry.", ["**Risk.**", "It may fail.", "**Fix.**", "Retry."]),
    ("bold lead-in", "**Risk:** it may fail. Often.", ["**Risk:** it may fail.", "Often."]),
    ("ellipsis", "Wait... then go. Now… Stop.", ["Wait... then go.", "Now…", "Stop."]),
    ("footnote", "It is known.[^1] It is cited [2]. End.", ["It is known.[^1]", "It is cited [2].", "End."]),
    ("list number", "1. First comes this. 2. Then that.", ["1. First comes this.", "2. Then that."]),
    ("emoji", "It is done. 🚀 Next we rest.", ["It is done.", "🚀 Next we rest."]),
    ("lines", "It goes\nover two lines. This\n  too.", ["It goes\nover two lines.", "This\n  too."]),
    ("quoted lines", "It goes\n> over two lines.\n> And on.", ["It goes\n> over two lines.", "And on."]),
    ("nested quote", "One.\n> > Two.\n> >\n> > Three.", ["One.", "Two.", "Three."]),
    ("other scripts", "Ça va. Élan est là. Где он. Он там.", ["Ça va.", "Élan est là.", "Где он.", "Он там."]),
]


@pytest.mark.parametrize(("text", "sentences"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_cuts_at_the_ends_of_sentences(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in spans(text)] == sentences


WORDS = ". ? ! … ... ` `` ( ) [ ] ** _ > * 1. A. e.g. etc. No. https://a.b/c. [^1] Word word iOS é 漢 🚀".split()
PIECES = st.sampled_from([*WORDS, " ", "  ", "\n", "\t", "\n\n", "\n> ", "\n  > > ", "\u00a0", "x" * 50])
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join), st.lists(PIECES, max_size=60).map(" ".join))


def white(text: str, start: int, end: int) -> bool:
    """Is there only white space, or a quoted line's prefix, between the offsets?"""
    unquoted = re.sub(r"^[ \t]*>[ \t>]*", lambda found: " " * len(found[0]), text, flags=re.MULTILINE)
    return not unquoted[start:end].strip()


@given(TEXTS)
def test_nothing_but_white_space_stands_between_sentences(text: str) -> None:
    found = spans(text)
    bounds = [0, *(offset for span in found for offset in span), len(text)]
    assert bounds == sorted(bounds)
    assert all(white(text, end, start) for end, start in zip(bounds[::2], bounds[1::2], strict=True))
    assert all(start < end for start, end in found)
    assert not any(white(text, start, start + 1) or white(text, end - 1, end) for start, end in found)


@given(TEXTS, TEXTS)
def test_no_sentence_is_longer_than_the_longest(left: str, right: str) -> None:
    assert all(end - start <= LONGEST for start, end in spans(left * 40 + right * 40))


@given(st.lists(st.text("abc", min_size=1, max_size=9), min_size=1, max_size=900))
def test_what_is_too_long_is_cut_between_words(words: list[str]) -> None:
    text = " ".join(words)
    assert " ".join(text[start:end] for start, end in spans(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "." * 1_000_000,
        "`" * 1_000_000,
        "[" * 1_000_000,
        "x" * 1_000_000,
        "\n" * 1_000_000,
        ">" * 1_000_000,
        "word " * 200_000,
        "e.g. " * 200_000,
        ". " * 500_000,
        "`a" * 500_000,
        ".)" * 500_000,
        "www." * 250_000,
        "http://" + "." * 1_000_000,
        "." + ")" * 1_000_000 + "x",
        "> \n" * 330_000,
        "a." + " " * 1_000_000 + "b",
    ],
    ids=lambda text: text[:6],
)
def test_a_megabyte_on_one_line_is_cut_all_the_same(text: str) -> None:
    found = spans(text)
    kept = sum(end - start for start, end in found)
    assert kept >= len(re.sub(r"[\s>]", "", text))
    assert all(end - start <= LONGEST for start, end in found)
