"""A trailer told second by second, from its edit decision list and back through JSON."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from ops.errors import UsageError
from ops.trailer.edl import EditDecisionList, Film
from ops.trailer.events import Card, CardKind, Clip, Join, Part
from ops.trailer.viewers.on_screen import SECONDS_KEY, seconds_from_json, seconds_of, seconds_to_json


def edit() -> EditDecisionList:
    """Shots of 1.25, 0.6 and 1 s, and a card of half a second, at 24000/1001 frames a second."""
    rate = Fraction(24000, 1001)
    clips = [Clip(0, 30, Part.HOOK, shot=4), Clip(100, 114, Part.RISE, shot=9), Clip(200, 224, Part.CLIMAX, shot=2)]
    card = Card(12, CardKind.END, ("The Film",))
    return EditDecisionList(
        "teaser_15", rate, (640, 360), Film("The Film", "0" * 64, 1000), (*clips, card), (Join(), Join(), Join())
    )


def test_a_second_is_told_by_what_is_on_screen_for_most_of_it():
    told = seconds_of(edit(), {4: {"action": 0.5}, 2: {"action": -1.0, "faces": 2.0}})

    assert [(each.event, each.shot, each.part) for each in told] == [
        (0, 4, Part.HOOK),
        (1, 9, Part.RISE),  # 6 frames of the hook, 14 of the rise, 4 of the climax
        (2, 2, Part.CLIMAX),
        (3, None, Part.BUTTON),
    ]
    assert [dict(each.traits) for each in told] == [{"action": 0.5}, {}, {"action": -1.0, "faces": 2.0}, {}]
    assert told[0].length_s == pytest.approx(1.25125)


def test_it_comes_back_from_json_as_it_was():
    told = seconds_of(edit(), {4: {"action": 0.5}})

    assert seconds_from_json(json.loads(json.dumps({SECONDS_KEY: seconds_to_json(told)}))) == told


@pytest.mark.parametrize("broken", [{}, {SECONDS_KEY: [{"part": "hook"}]}, {SECONDS_KEY: None}])
def test_an_edit_that_does_not_tell_its_seconds_is_refused(broken: dict[str, object]):
    with pytest.raises(UsageError, match="does not tell its seconds"):
        seconds_from_json(broken)
