"""Capitals and stops for words that were heard without any."""

from __future__ import annotations

from ops.transcript.letter_sounds import number_words, sounds_of
from ops.transcript.model import Word
from ops.transcript.writing import is_bare, written


def said(text: str) -> list[Word]:
    """Words of 0.3 s; "/" is a pause of 0.8 s."""
    words: list[Word] = []
    at = 0.0
    for word in text.split():
        if word == "/":
            at += 0.8
        else:
            words.append(Word(word, at, at + 0.3))
            at += 0.3
    return words


def text(heard: str) -> str:
    return " ".join(word.text for word in written(said(heard)))


def test_a_pause_ends_a_sentence_and_the_next_begins_with_a_capital():
    assert text("he was not an ill disposed man / mr dashwood had leisure") == (
        "He was not an ill disposed man. Mr. dashwood had leisure."
    )


def test_a_pause_after_a_word_that_leans_on_the_next_ends_nothing():
    assert text("we went to the / house by the sea") == "We went to the house by the sea."


def test_a_question_is_told_by_its_order():
    assert text("what is the time / will you come home") == "What is the time? Will you come home?"


def test_i_and_its_contractions_are_capitals():
    assert text("and then i'm sure i said it's monday") == "And then I'm sure I said it's Monday."


def test_text_that_is_written_already_is_not_bare():
    assert is_bare(said("we went home"))
    assert not is_bare(said("We went home"))
    assert not is_bare(said("we went home."))
    assert not is_bare([])


def test_numbers_are_said_as_people_say_them():
    assert number_words("20") == ["twenty"]
    assert number_words("1961") == ["nineteen", "sixty", "one"]
    assert number_words("2006") == ["two", "thousand", "six"]
    assert number_words("305") == ["three", "hundred", "five"]
    assert number_words("007") == ["zero", "zero", "seven"]


def test_a_word_sounds_about_like_its_letters():
    assert sounds_of("gatekeeper") == "G AE T EH K IY P ER"
    assert sounds_of("Façade") == "F AE K AE D"
    assert sounds_of("見る") is None
