"""What must be known of a film's speech before it is turned into words."""

from __future__ import annotations

from assets.checks.expectations import above, between, number
from assets.checks.model import Check, Column, Derived, Kind, Promise, Row, Suite

__all__ = ["SPEECH_PROMISES", "TRANSCRIPT_PROMISES", "transcript_suite", "turns_suite"]

_TURNS_WHOLE = Promise("turns_table_whole", "The table of turns has its columns and types.", True)
_TURNS_IN_FILM = Promise("turns_in_film", "Every turn lasts, and lies within the film's sound.", True)
_TURNS_ORDER = Promise("turns_in_order", "Turns are in order of their beginnings.", True)

SPEECH_PROMISES = (_TURNS_WHOLE, _TURNS_IN_FILM, _TURNS_ORDER)

_WORDS_WHOLE = Promise("words_table_whole", "The table of words has its columns and types, and no hole.", True)
_WORDS_IN_FILM = Promise("words_in_film", "Every word begins and ends within the film's sound.", True)
_WORDS_ORDER = Promise("words_in_order", "No word begins before the one before it.", True)
_WORDS_SURE = Promise("words_are_sure", "Every confidence is a share, and none is so low that it is a guess.", False)
_WORDS_SAYABLE = Promise("words_can_be_said", "No word is said faster than people speak.", False)

TRANSCRIPT_PROMISES = (_WORDS_WHOLE, _WORDS_IN_FILM, _WORDS_ORDER, _WORDS_SURE, _WORDS_SAYABLE)

_GUESS = 0.2
"""A word that a recogniser believes in so little is right less often than not, by every engine here."""

_FASTEST = 40.0
"""Characters a second of one word: fast speech has 25 on average, and its short words come in bursts."""

_SLACK_S = 0.05


def turns_suite(duration_s: float) -> Suite:
    """The checks of `Speech.table()`; a film in which nobody speaks has an empty one.

    Args:
        duration_s: Length of the sound in seconds.
    """

    def outside(row: Row) -> str:
        return f"{row['name']} is from {number(row['start_s'])} to {number(row['end_s'])} s of {number(duration_s)} s"

    return Suite(
        row="turn",
        key="turn",
        columns=(
            Column("start_s", Kind.NUMBER),
            Column("end_s", Kind.NUMBER),
            Column("speaker", Kind.TEXT),
        ),
        whole=_TURNS_WHOLE,
        derived=(Derived("previous_s", ("start_s",), lambda t: t["start_s"].shift(1)),),
        checks=(
            Check(
                _TURNS_IN_FILM,
                (
                    between("start_s", 0, duration_s, says=outside),
                    between("end_s", 0, duration_s + _SLACK_S, says=outside),
                    above("end_s", "start_s", outside),
                ),
            ),
            Check(_TURNS_ORDER, (above("start_s", "previous_s", _early, or_equal=True),)),
        ),
        fewest_rows=0,
    )


def transcript_suite(duration_s: float) -> Suite:
    """The checks of a table of words: `word`, `start_s`, `end_s`, `confidence`, `rate` in characters a second.

    Args:
        duration_s: Length of the sound in seconds.
    """

    def outside(row: Row) -> str:
        return f"“{row['word']}” is from {number(row['start_s'])} to {number(row['end_s'])} s of {number(duration_s)} s"

    return Suite(
        row="word",
        key="place",
        columns=(
            Column("word", Kind.TEXT),
            *(Column(name, Kind.NUMBER) for name in ("start_s", "end_s", "confidence", "rate")),
        ),
        whole=_WORDS_WHOLE,
        derived=(Derived("previous_s", ("start_s",), lambda t: t["start_s"].shift(1)),),
        checks=(
            Check(
                _WORDS_IN_FILM,
                (
                    between("start_s", 0, duration_s + _SLACK_S, says=outside),
                    between("end_s", 0, duration_s + _SLACK_S, says=outside),
                    above("end_s", "start_s", outside),
                ),
            ),
            Check(_WORDS_ORDER, (above("start_s", "previous_s", _early, or_equal=True),)),
            Check(_WORDS_SURE, (between("confidence", _GUESS, 1, says=_unsure),)),
            Check(_WORDS_SAYABLE, (between("rate", 0, _FASTEST, says=_fast),)),
        ),
    )


def _early(row: Row) -> str:
    return f"{row['name']} begins at {number(row['start_s'])} s, the one before at {number(row['previous_s'])} s"


def _unsure(row: Row) -> str:
    return f"“{row['word']}” at {number(row['start_s'])} s has confidence {row['confidence']:.2f}"


def _fast(row: Row) -> str:
    return f"“{row['word']}” at {number(row['start_s'])} s would be said at {row['rate']:.0f} characters a second"
