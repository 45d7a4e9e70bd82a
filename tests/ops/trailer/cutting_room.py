"""A cutting room for sound: short lists of decisions over real recordings, and FFmpeg's own meter as a witness."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from ops.audio.track import extract_track
from ops.trailer.edl import EditDecisionList, Film
from ops.trailer.events import Clip, Part
from ops.trailer.soundtrack import Accent, Bed, FilmSound, SoundRole
from tests.ops.media.witness import ffmpeg

__all__ = ["FILM_RATE", "ebur128", "lag", "line", "sound_list", "track_of"]

FILM_RATE = Fraction(24_000, 1001)


def sound_list(
    seconds: float,
    sounds: Sequence[FilmSound] = (),
    *,
    bed: Bed | None = None,
    accents: Sequence[Accent] = (),
    rate: Fraction = FILM_RATE,
) -> EditDecisionList:
    """A trailer of one picture, for its sound."""
    frames = round(seconds * rate)
    return EditDecisionList(
        "trailer_30", rate, (640, 360), Film("film", "0", max(frames, 100_000)), (Clip(0, frames, Part.HOOK),), (),
        tuple(sounds), bed, tuple(accents),
    )  # fmt: skip


def line(start_s: float, end_s: float, at_s: float, *, rate: Fraction = FILM_RATE) -> FilmSound:
    """A line of the film, in whole frames."""
    return FilmSound(round(start_s * rate), round(end_s * rate), round(at_s * rate), SoundRole.DIALOGUE)


def track_of(path: Path, folder: Path) -> Path:
    """A recording's sound as the house keeps it."""
    track = extract_track(path, folder / f"{path.stem}.flac")
    assert track is not None
    return track.path


def ebur128(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak of a file, as the FFmpeg program prints them."""
    said = ffmpeg("-i", path, "-map", "0:a:0", "-af", "ebur128=peak=true", "-f", "null", "-").stderr.decode()
    summary = said[said.rindex("Summary:") :]
    loudness, peak = (re.search(rf"{word}:\s+(-?[\d.]+|-inf)", summary) for word in ("I", "Peak"))
    assert loudness and peak
    return float(loudness[1]), float(peak[1])


def lag(heard: np.ndarray, sought: np.ndarray, reach: int) -> int:
    """Samples by which mono `sought` comes late in mono `heard`, by plain correlation."""
    from scipy.signal import correlate

    padded = np.pad(heard.astype(np.float64), reach)
    return int(np.argmax(correlate(padded, sought.astype(np.float64), "valid")[: 2 * reach + 1])) - reach
