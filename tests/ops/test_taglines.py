"""Reading a model's answer: what is taken as it stands, and what is refused, with its reason."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.taglines import (
    LONGEST_TAGLINE,
    TRIES,
    gathered,
    read_prompts,
    read_taglines,
    why_no_prompt,
    why_no_tagline,
)
from ops.writing import LONGEST_TITLE, NothingUsable, plain_title


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("Leave a light on.", "Leave a light on."),
        ("1. Leave a light on.", "Leave a light on."),
        ("- Leave a light on.", "Leave a light on."),
        ('2) "Leave a light on."', "Leave a light on."),
        ("“Don't look back.”", "Don't look back."),
        ("  Où vas-tu ?  ", "Où vas-tu ?"),
    ],
)
def test_a_line_is_taken_without_its_bullet_and_quotes(raw: str, read: str):
    assert read_taglines(raw, title="Sintel").taken == (read,)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("x" * (LONGEST_TAGLINE + 1), "characters"),
        ("Hi", "short"),
        ('She said "no" twice.', "quotes"),
        ("The 'chosen' one.", "quotes"),
        ("**Leave** a light on.", "markup"),
        ("<b>Leave a light on.</b>", "plain|markup"),
        ("# Leave a light on", "markup"),
        ("Leave a light on 🔦", "plain"),
        ("Leave a\u202elight on.", "plain"),
        ("Leave a\x07light on.", "plain"),
        ("Visit www.example.net today", "address"),
        ("Sure, no problem", "task"),
        ("Here are three ideas", "task"),
        ("Three ideas for you:", "task"),
        ("Winner of five Oscars", "claims"),
        ("Based on true events.", "claims"),
        ("From the director of Jaws.", "claims"),
        ("Now 20% scarier.", "claims"),
        ("Sintel is waiting.", "title"),
        ("1999 ... 2026 !!", "words"),
    ],
)
def test_what_may_not_be_printed_is_refused_with_its_reason(line: str, why: str):
    reading = read_taglines(line, title="Sintel")
    assert reading.taken == ()
    assert re.search(why, reading.refused[0][1])


def test_doubles_are_one_whatever_their_case_and_punctuation():
    reading = read_taglines("Leave a light on.\n\nLEAVE A LIGHT ON!\nLock the door.", title="Sintel")
    assert reading.taken == ("Leave a light on.", "Lock the door.")
    assert [why for _, why in reading.refused] == ["is there already"]


@given(st.text(max_size=300))
def test_whatever_comes_nothing_unfit_gets_through(answer: str):
    reading = read_taglines(answer, title="Sintel")
    for line in reading.taken:
        assert 3 <= len(line) <= LONGEST_TAGLINE
        assert line.isprintable()
        assert not set(line) & set('"“”<>{}[]|`*_#\n')
        assert why_no_tagline(line, title="Sintel") == ""


@pytest.mark.parametrize(
    ("line", "fine"),
    [
        ("One person seen through fog, low light", True),
        ("portrait of Ann Example, studio light", False),
        ("a wide harbour in Paris at night", False),
        ("fog", False),
        ("a poster with [masked] text and fog", False),
        ("fog over a lake " * 20, False),
    ],
)
def test_a_description_names_nobody(line: str, fine: bool):
    assert (why_no_prompt(line) == "") is fine
    assert bool(read_prompts(line, title="").taken) is fine


def test_asking_goes_on_until_there_are_enough_and_no_longer():
    asked = []

    def ask(attempt: int) -> str:
        asked.append(attempt)
        return f"Line {['alpha', 'beta', 'gamma'][attempt]}."

    lines = gathered(ask, lambda text: read_taglines(text, title=""), count=2, who="model")
    assert lines == ["Line alpha.", "Line beta."]
    assert asked == [0, 1]


def test_few_lines_are_given_and_none_is_an_error_that_says_why():
    def read(text: str):
        return read_taglines(text, title="")

    assert gathered(lambda _: "Only this one.", read, count=3, who="model") == ["Only this one."]
    with pytest.raises(NothingUsable, match=rf"after {TRIES} tries \(3 × holds quotes"):
        gathered(lambda _: 'a "b" c', read, count=3, who="model")
    with pytest.raises(NothingUsable, match="empty"):
        gathered(lambda _: "", read, count=3, who="model")


@given(st.text(max_size=300))
def test_a_plain_title_is_one_short_line_without_structure(name: str):
    plain = plain_title(name)
    assert len(plain) <= LONGEST_TITLE
    assert plain == " ".join(plain.split())
    assert plain.isprintable() or not plain
    assert not set(plain) & set('<>|{}[]`\\"')
    assert plain_title(plain) == plain


def test_an_ordinary_title_stays_as_it_is():
    assert plain_title("Amélie: The Director's Cut (2001)") == "Amélie: The Director's Cut (2001)"
