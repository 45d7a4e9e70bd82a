"""What the table of shots must hold.

It is the skeleton of every later artifact, so nearly all of it blocks: a gap is a part of the film that no
keyframe, trailer or subtitle will ever see.
"""

from __future__ import annotations

from assets.checks.expectations import above, equal, extreme, number, one_of
from assets.checks.model import Check, Column, Derived, Kind, Promise, Row, Suite
from ops.shots.model import Transition

__all__ = ["SHOTS_PROMISES", "shots_suite"]

_WHOLE = Promise("shots_table_whole", "The table of shots has its columns, their types and at least one row.", True)
_LENGTH = Promise("shots_have_length", "Every shot ends after it starts.", True)
_MEET = Promise("shots_meet", "Each shot starts at the frame where the one before ends: no gap, no overlap.", True)
_COVER = Promise("shots_cover_film", "The first shot starts at frame 0, the last ends where the film ends.", True)
_TIMES = Promise("shot_times_rise", "Presentation times rise from shot to shot and within each.", True)
_TRANSITIONS = Promise(
    "transitions_lie_between_shots",
    "Every transition is of a known kind and lies where two shots meet.",
    False,
)

SHOTS_PROMISES = (_WHOLE, _LENGTH, _MEET, _COVER, _TIMES, _TRANSITIONS)


def shots_suite(frames: int) -> Suite:
    """The checks of `ShotList.table()`.

    Args:
        frames: How many frames the film has.
    """

    def late(row: Row) -> str:
        return f"the first shot starts at frame {number(row['observed'])}, not 0"

    def short(row: Row) -> str:
        return f"the last shot ends at frame {number(row['observed'])}, but the film has {frames} frames"

    return Suite(
        row="shot",
        key="index",
        columns=(
            *(Column(name, Kind.WHOLE) for name in ("index", "start", "end", "start_pts", "end_pts")),
            Column("transition_in", Kind.TEXT),
            Column("transition_start", Kind.WHOLE, optional_values=True),
            Column("transition_end", Kind.WHOLE, optional_values=True),
        ),
        whole=_WHOLE,
        derived=(
            Derived("previous_index", ("index",), lambda t: t["index"].shift(1)),
            Derived("previous_start", ("start",), lambda t: t["start"].shift(1).fillna(t["start"])),
            Derived("previous_end", ("end", "start"), lambda t: t["end"].shift(1).fillna(t["start"])),
            Derived("previous_start_pts", ("start_pts",), lambda t: t["start_pts"].shift(1)),
        ),
        checks=(
            Check(_LENGTH, (above("end", "start", _no_length),)),
            Check(_MEET, (equal("start", "previous_end", _apart),)),
            Check(
                _COVER,
                (
                    extreme("start", smallest=True, is_=0, says=late),
                    extreme("end", smallest=False, is_=frames, says=short),
                ),
            ),
            Check(
                _TIMES,
                (
                    above("start_pts", "previous_start_pts", _backwards),
                    above("end_pts", "start_pts", _reversed),
                ),
            ),
            Check(
                _TRANSITIONS,
                (
                    one_of("transition_in", [str(kind) for kind in Transition], what="transition"),
                    above("transition_end", "transition_start", _elsewhere),
                    above("transition_start", "previous_start", _elsewhere, or_equal=True),
                    above("end", "transition_end", _elsewhere, or_equal=True),
                ),
            ),
        ),
    )


def _no_length(row: Row) -> str:
    return f"{row['name']} starts at {number(row['start'])} and ends at {number(row['end'])}"


def _apart(row: Row) -> str:
    earlier, later = number(row["previous_index"]), number(row["index"])
    start, end = number(row["start"]), number(row["previous_end"])
    fault = "overlap" if row["start"] < row["previous_end"] else "leave a gap"
    return f"shots {earlier} and {later} {fault}: {later} starts at {start}, {earlier} ends at {end}"


def _backwards(row: Row) -> str:
    before = number(row["previous_start_pts"])
    return f"{row['name']} starts at pts {number(row['start_pts'])}, the one before at {before}"


def _reversed(row: Row) -> str:
    return f"{row['name']} starts at pts {number(row['start_pts'])} and ends at {number(row['end_pts'])}"


def _elsewhere(row: Row) -> str:
    span = f"{number(row['transition_start'])} to {number(row['transition_end'])}"
    return f"{row['name']} comes in over frames {span}, but it starts at {number(row['start'])}"
