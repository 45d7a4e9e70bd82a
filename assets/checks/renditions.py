"""What a rendition must hold before viewers see it: the film's own frames and sound, in another look."""

from __future__ import annotations

from assets.checks.expectations import between, equal, number, one_of
from assets.checks.model import Check, Column, Derived, Kind, Promise, Row, Suite

__all__ = ["RENDITION_PROMISES", "rendition_suite"]

A_TICK_S = 0.0011
"""Times are exact in MP4; Matroska rounds to a millisecond."""

IN_SYNC_S = 0.002

STEADY = 4.0
"""Warping error over the film's own: artistic filters that forget the frame before have 9, those that follow its motion
2.6 (measured on a network's output)."""

MOST_WHITE_ADDED = 0.05
"""Share of the picture that may lose its last light tones to a look."""

_WHOLE = Promise("rendition_table_whole", "The finished file was read back in full.", True)
_FRAMES = Promise("rendition_frames_kept", "Each picture of the film is there once, at its very time.", True)
_SOUND = Promise("rendition_sound_untouched", "Every sound is the film's own to the packet, in its place.", True)
_CARRIED = Promise("rendition_streams_carried", "All subtitles and chapters came along.", True)
_LENGTH = Promise("rendition_length_kept", "It is as long as the film.", True)
_PICTURE = Promise("rendition_picture_conforms", "It is H.264, 4:2:0, upright, of the film's shape.", True)
_STEADY = Promise("rendition_steady", f"It flickers at most {STEADY:g} times as much as the film.", False)
_WHITE = Promise("rendition_highlights_kept", "Light tones stay apart where the film has them apart.", False)

RENDITION_PROMISES = (_WHOLE, _FRAMES, _SOUND, _CARRIED, _LENGTH, _PICTURE, _STEADY, _WHITE)

_COUNTS = ("frames", "sounds", "subtitles", "chapters")
_MEASURED = ("off_s", "sync_off_s", "length_off_s", "shape_off", "flicker", "white_added", "width", "height")


def rendition_suite(*, judged_by_motion: bool) -> Suite:
    """The checks of `Inspection.table()`.

    Args:
        judged_by_motion: Whether the look keeps every point of the picture in its place and adds nothing that moves by
            itself. Grain, rain and camera moves change pictures along the film's motion, and are meant to.
    """
    limit = STEADY if judged_by_motion else None
    return Suite(
        row="rendition",
        key="style",
        columns=(
            Column("style", Kind.TEXT),
            Column("codec", Kind.TEXT),
            *(Column(name, Kind.FLAG) for name in ("sounds_same", "upright")),
            *(Column(name, Kind.WHOLE) for each in _COUNTS for name in (each, f"{each}_expected")),
            *(Column(name, Kind.NUMBER) for name in _MEASURED),
        ),
        whole=_WHOLE,
        derived=(Derived("length_off", ("length_off_s",), lambda t: t["length_off_s"].abs()),),
        checks=(
            Check(
                _FRAMES,
                (equal("frames", "frames_expected", _counted("frames")), between("off_s", 0, A_TICK_S, says=_late)),
            ),
            Check(
                _SOUND,
                (
                    equal("sounds", "sounds_expected", _counted("sounds")),
                    one_of("sounds_same", (True,)),
                    between("sync_off_s", 0, IN_SYNC_S, says=_shifted),
                ),
            ),
            Check(
                _CARRIED,
                (
                    equal("subtitles", "subtitles_expected", _counted("subtitles")),
                    equal("chapters", "chapters_expected", _counted("chapters")),
                ),
            ),
            Check(_LENGTH, (between("length_off", 0, 0.1, what="a length that is off by", unit=" s"),)),
            Check(
                _PICTURE,
                (
                    one_of("codec", ("h264 yuv420p",)),
                    one_of("upright", (True,)),
                    between("shape_off", 0, 2.01, what="a width off its shape by", unit=" pixels"),
                ),
            ),
            Check(_STEADY, (between("flicker", 0, limit, says=_flickers),)),
            Check(_WHITE, (between("white_added", -1, MOST_WHITE_ADDED, says=_blown),)),
        ),
    )


def _counted(what: str):
    def says(row: Row) -> str:
        return f"{row['name']} has {number(row[what])} {what}, the film {number(row[f'{what}_expected'])}"

    return says


def _late(row: Row) -> str:
    return f"a picture of {row['name']} is {1000 * row['off_s']:.1f} ms off its time"


def _shifted(row: Row) -> str:
    return f"a sound of {row['name']} is {1000 * row['sync_off_s']:.1f} ms off its place"


def _flickers(row: Row) -> str:
    return f"{row['name']} changes {row['flicker']:.1f} times as much along the film's motion as the film does"


def _blown(row: Row) -> str:
    return f"{row['name']} has {row['white_added']:.1%} of its pictures blown to white that the film has not"
