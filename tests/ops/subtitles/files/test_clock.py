"""Frames in the units of files: no gap shrinks, nothing overlaps, nothing is late."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ops.subtitles.cue import Cue, CueTrack, Reason
from ops.subtitles.files.clock import CENTISECONDS, MILLISECONDS, quantisation, written_times
from tests.ops.subtitles.files.tracks import tracks

FILM = Fraction(24000, 1001)


def track(*spans: tuple[int, int], rate: Fraction = FILM) -> CueTrack:
    return CueTrack("eng_Latn", rate, tuple(Cue(start, end, ("x",)) for start, end in spans))


def test_two_frames_stay_two_frames_in_hundredths_and_the_move_is_told():
    tight = track((24, 73), (75, 120))  # from 3.044708 s to 3.128125 s: 83.4 ms are not 8 hundredths

    first, second = written_times(tight, CENTISECONDS)

    assert (first.end, second.start) == (303, 312)
    assert (second.start - first.end) / Fraction(100) >= 2 / FILM
    [(index, change)] = quantisation(tight, CENTISECONDS)
    assert (index, change.reason, change.edge) == (0, Reason.QUANTISED, "out")
    assert (change.before, change.after) == ("3.04 s", "3.03 s")


def test_cues_that_touch_still_touch():
    first, second = written_times(track((0, 31), (31, 62)), MILLISECONDS)

    assert first.end == second.start == 1292


def test_a_cue_shorter_than_the_unit_is_still_seen():
    times = written_times(track((0, 1), (1, 2), (2, 3), rate=Fraction(240)), CENTISECONDS)

    assert [(time.start, time.end) for time in times] == [(0, 1), (1, 2), (2, 3)]


@given(tracks(max_cues=8), st.sampled_from([MILLISECONDS, CENTISECONDS]))
def test_a_player_shows_each_cue_on_its_own_frames_and_gaps_do_not_shrink(drawn: CueTrack, per_s: int):
    times = written_times(drawn, per_s)

    for cue, time in zip(drawn.cues, times, strict=True):
        shown = [
            frame
            for frame in range(max(0, cue.start - 2), cue.end + 2)
            if time.start <= frame / drawn.rate * per_s < time.end
        ]
        assert shown[0] == cue.start and cue.end - 2 <= shown[-1] <= cue.end - 1
        if 2 * drawn.rate < per_s:  # a frame holds two units: not one is lost
            assert shown[-1] == cue.end - 1
    for (before, after), (first, second) in zip(pairwise(drawn.cues), pairwise(times), strict=True):
        assert Fraction(second.start - first.end, per_s) >= (after.start - before.end) / drawn.rate
