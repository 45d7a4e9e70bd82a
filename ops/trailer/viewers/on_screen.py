"""What is on screen in each second of a trailer: the shot, the part it plays in, and the traits of its moment.

The editor publishes this beside the trailer, in `edit.json`; what viewers leave at is explained by it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ops.errors import UsageError
from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Clip, Part

__all__ = ["SECONDS_KEY", "Second", "seconds_from_json", "seconds_of", "seconds_to_json"]

SECONDS_KEY = "seconds"
"""Under this name the list stands in `edit.json`."""


@dataclass(frozen=True)
class Second:
    """One second of a trailer, told by what is on screen for most of it.

    Attributes:
        part: Which part of the trailer plays.
        event: Number of the event, from 0: a shot or a card.
        shot: The film's shot; None of a card, or where a person put the clip in.
        length_s: How long the event stands.
        traits: What the moment is like, by the names that highlights are valued by; z-scores within the film, or any
            other scale that is the same for all seconds. Empty of a card.
    """

    part: Part
    event: int
    shot: int | None
    length_s: float
    traits: Mapping[str, float] = field(default_factory=dict)


def seconds_of(edit: EditDecisionList, traits: Mapping[int, Mapping[str, float]]) -> list[Second]:
    """Tell a trailer second by second.

    Args:
        edit: The trailer.
        traits: Of each of the film's shots, by its number; a shot that is not told has none.
    """
    told = []
    starts, rate = edit.starts, edit.rate
    ends = [start + event.frames for start, event in zip(starts, edit.events, strict=True)]
    for second in range(math.ceil(edit.frames / rate)):
        first, last = second * rate, min((second + 1) * rate, edit.frames)
        longest = max(
            range(len(starts)), key=lambda place: (min(ends[place], last) - max(starts[place], first), -place)
        )
        event = edit.events[longest]
        shot = event.shot if isinstance(event, Clip) else None
        own = dict(traits.get(shot, {})) if shot is not None else {}
        told.append(Second(event.part, longest, shot, float(event.frames / rate), own))
    return told


def seconds_to_json(seconds: Sequence[Second]) -> list[dict[str, Any]]:
    """JSON values for `edit.json`."""
    return [
        {**asdict(each), "part": str(each.part), "traits": {k: round(v, 4) for k, v in each.traits.items()}}
        for each in seconds
    ]


def seconds_from_json(edit: Mapping[str, Any]) -> list[Second]:
    """Read the seconds of an `edit.json` back.

    Raises:
        UsageError: It tells of none, or not in this form.
    """
    try:
        return [
            Second(
                part=Part(each["part"]),
                event=int(each["event"]),
                shot=None if each["shot"] is None else int(each["shot"]),
                length_s=float(each["length_s"]),
                traits={str(name): float(value) for name, value in each["traits"].items()},
            )
            for each in edit[SECONDS_KEY]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"does not tell its seconds ({error!r})", where="edit.json", fix="Make the trailer again."
        ) from None
