"""ASS as libass draws it: on its own frames, in its own place."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from ops.media.ffmpeg import run_ffmpeg
from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.files.ass import write_ass

SIZE = (320, 180)


def drawn(track: CueTrack, frames: int, folder: Path, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A track on black: (T, H, W) bool, lit or not."""
    script = folder / "track.ass"
    script.write_text(write_ass(track, size=size), encoding="utf-8")
    black = f"color=c=black:s={size[0]}x{size[1]}:r={track.rate}"
    done = run_ffmpeg(
        ["-f", "lavfi", "-i", black, "-frames:v", str(frames), "-vf", f"ass={script}", "-pix_fmt", "gray", "-f",
         "rawvideo", "pipe:1"],
        timeout_s=120,
    )  # fmt: skip
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, size[1], size[0]) > 60


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001)])
def test_a_cue_is_drawn_on_its_own_frames_and_no_other(tmp_path: Path, rate: Fraction):
    spans = [(7, 19), (21, 33), (35, 50), (50, 61), (64, 88), (90, 113)]
    track = CueTrack("eng_Latn", rate, tuple(Cue(start, end, ("Words",)) for start, end in spans))

    lit = np.flatnonzero(drawn(track, 120, tmp_path).reshape(120, -1).max(axis=1))

    assert lit.tolist() == [frame for span in spans for frame in range(*span)]


@pytest.mark.parametrize(("at_top", "size"), [(False, SIZE), (True, SIZE), (False, (180, 320)), (True, (180, 320))])
def test_a_full_cue_stands_within_the_margins_at_its_end_of_the_picture(
    tmp_path: Path, at_top: bool, size: tuple[int, int]
):
    row = "Forty-two characters are the longest line."
    row = row if size[0] > size[1] else row[:24]
    track = CueTrack("eng_Latn", Fraction(24), (Cue(0, 4, (row, row), at_top=at_top),))

    rows, columns = np.nonzero(drawn(track, 2, tmp_path, size)[0])

    assert columns.min() >= 0.03 * size[0] and columns.max() <= 0.97 * size[0]
    assert abs((columns.min() + columns.max()) / 2 - size[0] / 2) < 0.02 * size[0]
    free = rows.min() if at_top else size[1] - rows.max()
    assert 0.02 * size[1] < free < 0.25 * size[1]
    assert np.ptp(rows) < 0.14 * size[1]  # two rows; a third would mean that one was broken
