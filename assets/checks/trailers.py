"""What a trailer must hold before viewers see it.

Measured on the finished file: its length, codecs, loudness, peaks, black, frozen and wrong frames, sync, and the beats,
where the ear is sure of them. Told by its edit, which the frames and the sync tie to the file: words (heard in the
film's own sound at the edit's ends), the beats where the ear is not sure, spoilers, barred and repeated shots, pace. By
its rendering: words that could not be set.
"""

from __future__ import annotations

from assets.checks.expectations import between, number
from assets.checks.model import Check, Column, Kind, Promise, Row, Suite

__all__ = ["TRAILER_PROMISES", "trailer_suite"]

_WHOLE = Promise("trailer_table_whole", "The finished file was measured in full.", True)
_LENGTH = Promise("length_within_a_quarter_second", "It is as long as its cut promises, to 0.25 s.", True)
_CODECS = Promise(
    "codecs_conform",
    "H.264 High up to level 4.2 (or AV1), 4:2:0, BT.709, constant rate, closed groups of 2 s, AAC, index first.",
    True,
)
_LOUD = Promise("loudness_on_target", "Programme loudness is within 0.5 LU of its destination's target.", True)
_PEAK = Promise("peaks_below_limit", "No true peak is above −1 dBTP.", True)
_SEEN = Promise(
    "no_black_or_frozen_stretch", "No shot is black for half a second, or frozen where the film is not.", True
)
_WORDS = Promise("no_clipped_word", "Nothing that is heard of the film begins or ends within a word.", True)
_BEATS = Promise("cuts_on_beats", "Half of the hard cuts, at least, are within a frame of a beat.", True)
_SYNC = Promise("sound_in_sync", "The sound is within 20 ms of its pictures.", True)
_EXACT = Promise("frames_exact", "Every shot begins and ends on the very frame of the film that was chosen.", True)
_SPOILERS = Promise("no_spoiler", "Nothing is shown from beyond the spoiler limit, nor of the film's last scene.", True)
_SAFE = Promise("no_barred_shot", "No shot is shown that the safety gate or a person barred.", True)
_ONCE = Promise("no_repeated_shot", "No shot of the film is shown twice.", False)
_SET = Promise("every_word_is_set", "Every word of its cards is in the picture.", False)
_PACE = Promise("pace_of_a_trailer", "Shots last 0.8 to 3.5 s on average, as in trailers.", False)

TRAILER_PROMISES = (
    _WHOLE, _LENGTH, _CODECS, _LOUD, _PEAK, _SEEN, _WORDS, _BEATS, _SYNC, _EXACT, _SPOILERS, _SAFE, _ONCE, _SET, _PACE,
)  # fmt: skip

_MEASURED = (
    "length_error_s", "faults", "loudness_error_lu", "over_peak_db", "flaws", "clipped_words", "offset_ms",
    "frame_offset", "late", "barred", "repeated", "unset_words", "mean_shot_s",
)  # fmt: skip


def trailer_suite() -> Suite:
    """The checks of `Inspection.table()`."""
    return Suite(
        row="trailer",
        key="cut",
        columns=(
            Column("cut", Kind.TEXT),
            Column("faults_told", Kind.TEXT),
            Column("unset_told", Kind.TEXT),
            Column("beat_error_frames", Kind.NUMBER, optional_values=True),
            *(Column(name, Kind.NUMBER) for name in _MEASURED),
        ),
        whole=_WHOLE,
        checks=(
            Check(_LENGTH, (between("length_error_s", -0.25, 0.25, says=_length),)),
            Check(_CODECS, (between("faults", 0, 0, says=_faults),)),
            Check(_LOUD, (between("loudness_error_lu", 0, 0.5, says=_loudness),)),
            Check(_PEAK, (between("over_peak_db", 0, 0, says=_peak),)),
            Check(_SEEN, (between("flaws", 0, 0, says=_flaws),)),
            Check(_WORDS, (between("clipped_words", 0, 0, says=_words),)),
            Check(_BEATS, (between("beat_error_frames", 0, 1, says=_beats),)),
            Check(_SYNC, (between("offset_ms", 0, 20, says=_offset),)),
            Check(_EXACT, (between("frame_offset", 0, 0, says=_frames),)),
            Check(_SPOILERS, (between("late", 0, 0, says=_late),)),
            Check(_SAFE, (between("barred", 0, 0, says=_barred),)),
            Check(_ONCE, (between("repeated", 0, 0, says=_repeated),)),
            Check(_SET, (between("unset_words", 0, 0, says=_set),)),
            Check(_PACE, (between("mean_shot_s", 0.8, 3.5, says=_pace),)),
        ),
    )


def _length(row: Row) -> str:
    return f"{row['name']} is {row['length_error_s']:+.2f} s off its length"


def _faults(row: Row) -> str:
    return f"{row['name']}: {row['faults_told']}"


def _loudness(row: Row) -> str:
    return f"{row['name']} is {row['loudness_error_lu']:.1f} LU off its loudness"


def _peak(row: Row) -> str:
    return f"{row['name']} peaks {row['over_peak_db']:.1f} dB above its limit"


def _flaws(row: Row) -> str:
    return f"{row['name']} has {number(row['flaws'])} black or frozen stretches"


def _words(row: Row) -> str:
    return f"{row['name']} cuts {number(row['clipped_words'])} words in half"


def _beats(row: Row) -> str:
    return f"{row['name']} cuts {row['beat_error_frames']:.1f} frames off the beat, in the middling case"


def _offset(row: Row) -> str:
    return f"the sound of {row['name']} is {row['offset_ms']:.0f} ms off its pictures"


def _frames(row: Row) -> str:
    return f"a shot of {row['name']} is {number(row['frame_offset'])} frames off"


def _late(row: Row) -> str:
    return f"{row['name']} shows {number(row['late'])} shots from beyond the spoiler limit"


def _barred(row: Row) -> str:
    return f"{row['name']} shows {number(row['barred'])} shots that are barred"


def _repeated(row: Row) -> str:
    return f"{row['name']} shows {number(row['repeated'])} shots again"


def _set(row: Row) -> str:
    return f"{row['name']} lacks words that no typeface of the house can set: {row['unset_told']}"


def _pace(row: Row) -> str:
    return f"shots of {row['name']} last {row['mean_shot_s']:.1f} s on average"
