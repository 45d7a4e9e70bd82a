"""Names that a person gave, kept when the speakers are numbered otherwise."""

from __future__ import annotations

from ops.speech.model import Turn
from ops.speech.names import NamedTurn, carried_over

NAMED = (NamedTurn(0, 4, "Kennedy"), NamedTurn(10, 14, "Kennedy"), NamedTurn(5, 9, "Marianne"))


def test_a_name_follows_its_voice_to_another_number():
    turns = [Turn(0.1, 4, "S2"), Turn(5, 8.8, "S1"), Turn(10, 14, "S2")]

    assert carried_over(NAMED, turns) == {"S2": "Kennedy", "S1": "Marianne"}


def test_a_divided_voice_keeps_its_name_on_both_parts():
    turns = [Turn(0, 4, "S1"), Turn(5, 9, "S2"), Turn(10, 14, "S3")]

    assert carried_over(NAMED, turns) == {"S1": "Kennedy", "S2": "Marianne", "S3": "Kennedy"}


def test_two_voices_made_one_keep_the_name_of_the_longer():
    assert carried_over(NAMED, [Turn(0, 14, "S1")]) == {"S1": "Kennedy"}


def test_a_neighbour_who_touches_a_named_turn_gets_no_name():
    turns = [Turn(0, 3.8, "S1"), Turn(3.8, 5, "S2"), Turn(5, 9, "S3"), Turn(10, 14, "S1"), Turn(20, 30, "S2")]

    assert carried_over(NAMED, turns) == {"S1": "Kennedy", "S3": "Marianne"}


def test_one_named_turn_names_all_that_its_voice_says():
    turns = [Turn(0, 4, "S1"), Turn(20, 60, "S1"), Turn(5, 9, "S2")]

    assert carried_over([NamedTurn(1, 3, "Kennedy")], turns) == {"S1": "Kennedy"}


def test_people_who_speak_at_once_each_keep_their_own_name():
    turns = [Turn(0, 10, "S1"), Turn(2, 4, "S2")]

    names = carried_over([NamedTurn(0, 10, "Anna"), NamedTurn(2, 4, "Bert")], turns)

    assert names == {"S1": "Anna", "S2": "Bert"}


def test_nothing_named_or_nothing_found_names_nobody():
    assert carried_over([], [Turn(0, 1, "S1")]) == {}
    assert carried_over(NAMED, []) == {}
