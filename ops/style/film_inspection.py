"""A finished rendition, read back from its file and held against its source: frames, times, sound, light, flicker.

Streams are compared to the packet; pictures at a few places of the film, spread over it, in runs of neighbouring frames
that lie within one shot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ops.media.container import film_stream, open_media
from ops.media.frames import read_frames_at
from ops.media.probe import probe
from ops.style.warping import warping_error

if TYPE_CHECKING:
    import pandas as pd

    from ops.style.film import RenderedFilm

__all__ = ["Change", "Inspection", "Moment", "inspect_rendition"]

_RUNS, _RUN = 4, 5
"""Places that are looked at, and frames of each: 16 pairs, 2 s of work at any length of film."""

_WIDTH = 512
"""Pixels of the pictures that are looked at: what flickers there flickers in a living room."""

_BLACK, _WHITE = 4, 251
"""8-bit values at which nothing more can be told apart on a screen."""


@dataclass(frozen=True)
class Moment:
    """One frame of the film, before and after.

    Attributes:
        frame: Its number.
        time_s: When it is shown, from the film's start.
        before: (H, W, 3) uint8, RGB, full range.
        after: The same, of the rendition.
    """

    frame: int
    time_s: float
    before: np.ndarray
    after: np.ndarray


@dataclass(frozen=True)
class Change:
    """From one frame to the next: how much changes along the film's own motion, 0…1."""

    frame: int
    time_s: float
    film: float
    styled: float


@dataclass(frozen=True)
class _Sound:
    """One stream of sound or subtitles: what is in it, and when it begins after the film's clock's zero."""

    kind: str
    payload: str
    start: Fraction


@dataclass(frozen=True)
class Inspection:
    """What was found.

    Attributes:
        facts: Numbers and flags by name; the table's one row.
        moments: Frames before and after, one for each place that was looked at.
        changes: What changes between neighbouring frames there.
    """

    facts: dict[str, Any]
    moments: tuple[Moment, ...]
    changes: tuple[Change, ...]

    def table(self) -> pd.DataFrame:
        """The facts, as one row."""
        import pandas as pd

        return pd.DataFrame([self.facts])


def inspect_rendition(source: Path, rendered: RenderedFilm) -> Inspection:
    """Read a rendition back and hold it against its source.

    Raises:
        MediaError: Either cannot be read.
    """
    shift = rendered.carried.start_s
    expected = [pts * rendered.time_base - shift for pts in rendered.pts]
    clock, shown = _presentation_times(rendered.path)
    found = [pts * clock for pts in shown]
    before, after = _sounds(source), _sounds(rendered.path)
    heard, kept = ([each for each in side if each.kind == "audio"] for side in (before, after))
    moments, changes = _looked_at(source, rendered, shown)
    info, own = probe(rendered.path), probe(source)
    assert info.video is not None and own.video is not None
    facts = {
        "style": "+".join(rendered.look.styles),
        "frames": len(found),
        "frames_expected": len(expected),
        "off_s": float(max((abs(a - b) for a, b in zip(expected, found, strict=False)), default=Fraction(0))),
        "sounds": len(kept),
        "sounds_expected": len(heard),
        "sounds_same": [each.payload for each in kept] == [each.payload for each in heard],
        "sync_off_s": _sync_off_s(heard, kept, shift),
        "subtitles": len(after) - len(kept),
        "subtitles_expected": len(before) - len(heard),
        "chapters": len(info.chapters),
        "chapters_expected": len(own.chapters),
        "width": info.video.width,
        "height": info.video.height,
        "shape_off": abs(info.video.width - own.video.width * info.video.height / own.video.height),
        "codec": f"{info.video.codec} {info.video.pixel_format}",
        "upright": info.video.rotation == 0 and info.video.pixel_aspect == 1,
        "length_off_s": info.duration_s - own.duration_s,
        **_light(moments),
        **_flicker(changes),
    }
    return Inspection(facts, tuple(moments), tuple(changes))


def _presentation_times(path: Path) -> tuple[Fraction, list[int]]:
    """When pictures are shown: the clock, and the times in order."""
    with open_media(path) as container:
        film = film_stream(container)
        assert film is not None, "a rendition has pictures"
        shown = sorted(packet.pts for packet in container.demux(film) if packet.size and packet.pts is not None)
        return Fraction(film.time_base or 1), shown


def _sounds(path: Path) -> list[_Sound]:
    """All sound and subtitles of a file, each stream by the hash of what its packets hold."""
    with open_media(path) as container:
        streams = [
            each
            for each in container.streams
            if each.type == "subtitle" or (each.type == "audio" and each.codec_context is not None)
        ]
        hashes = {each.index: sha256() for each in streams}
        starts: dict[int, Fraction] = {}
        for packet in container.demux(streams) if streams else ():
            if packet.size:
                hashes[packet.stream_index].update(_payload(bytes(packet)))
                if packet.pts is not None:
                    starts.setdefault(packet.stream_index, packet.pts * Fraction(packet.time_base))
        return [
            _Sound(each.type, hashes[each.index].hexdigest(), starts.get(each.index, Fraction(0))) for each in streams
        ]


def _payload(packet: bytes) -> bytes:
    """A packet without the header that AAC has in broadcast streams (ADTS, ISO/IEC 13818-7) and not in files."""
    if len(packet) > 7 and packet[0] == 0xFF and packet[1] & 0xF6 == 0xF0:
        return packet[7 if packet[1] & 1 else 9 :]
    return packet


def _sync_off_s(heard: Sequence[_Sound], kept: Sequence[_Sound], shift: Fraction) -> float:
    """By how much a sound is off its place beside the pictures, whose own times are held apart."""
    return float(max((abs(b.start - a.start + shift) for a, b in zip(heard, kept, strict=False)), default=Fraction(0)))


def _looked_at(source: Path, rendered: RenderedFilm, shown: Sequence[int]) -> tuple[list[Moment], list[Change]]:
    runs = _runs(min(len(rendered.pts), len(shown)), rendered.cuts)
    frames = [frame for run in runs for frame in run]
    before = _pictures(source, [rendered.pts[frame] for frame in frames])
    after = _pictures(rendered.path, [shown[frame] for frame in frames])
    by_frame = dict(zip(frames, zip(before, after, strict=True), strict=True))
    times = {frame: float((rendered.pts[frame] - rendered.pts[0]) * rendered.time_base) for frame in frames}
    moments = [Moment(run[0], times[run[0]], *by_frame[run[0]]) for run in runs]
    changes = []
    for run in runs:
        for one, other in pairwise(run):
            film, styled = ([by_frame[one][side], by_frame[other][side]] for side in (0, 1))
            change = Change(other, times[other], warping_error(film), warping_error(styled, flows_from=film))
            changes.append(change)
    return moments, changes


def _runs(frames: int, cuts: frozenset[int]) -> list[range]:
    """Runs of neighbouring frames, spread over the film; none has a cut within."""
    runs = []
    for place in range(_RUNS):
        start = round((place + 0.5) / _RUNS * frames)
        while any(start < cut < start + _RUN for cut in cuts):
            start = next(cut for cut in sorted(cuts) if start < cut < start + _RUN)
        run = range(start, min(start + _RUN, frames))
        if run and (not runs or run.start >= runs[-1].stop):
            runs.append(run)
    return runs or [range(frames)]


def _pictures(path: Path, pts: Sequence[int]) -> list[np.ndarray]:
    return [frame.rgb for frame in read_frames_at(path, pts, width=_WIDTH)]


def _light(moments: Sequence[Moment]) -> dict[str, float]:
    """Shares of pixels that are crushed to black and blown to white, before and after."""
    sides = {"before": [each.before for each in moments], "after": [each.after for each in moments]}
    told = {}
    for side, pictures in sides.items():
        brightest = [picture.max(axis=2) for picture in pictures]
        told[f"black_{side}"] = float(np.mean([(each <= _BLACK).mean() for each in brightest]))
        told[f"white_{side}"] = float(np.mean([(picture.min(axis=2) >= _WHITE).mean() for picture in pictures]))
        told[f"luma_{side}"] = float(np.mean([picture @ np.array([0.2126, 0.7152, 0.0722]) for picture in pictures]))
    told["white_added"] = told["white_after"] - told["white_before"]
    return told


def _flicker(changes: Sequence[Change]) -> dict[str, float]:
    """The warping error of the rendition over the film's own (Lai et al. 2018), whose rounding is its least."""
    if not changes:
        return {"film_change": 0.0, "styled_change": 0.0, "flicker": 1.0}
    floor = 0.5 / 255
    film = max(float(np.mean([each.film for each in changes])), floor)
    styled = max(float(np.mean([each.styled for each in changes])), floor)
    return {"film_change": film, "styled_change": styled, "flicker": styled / film}
