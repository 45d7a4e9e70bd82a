"""How a film moves: pairs of neighbouring pictures measured all along it, in one decode and flat memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from ops.media.film_reader import open_film
from ops.media.frames import yuv_matrix
from ops.progress import Progress, no_progress
from ops.scenes.camera import STRONGEST, CameraMeter, PairMotion
from ops.scenes.cards import CARD_WIDTH, looks_like_card
from ops.shots.model import ShotList

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from ops.media.film_reader import FilmReader

__all__ = ["Movement", "measure_movement"]

_WIDTH = 160
"""Pixels of a landscape picture's longer side: a person who crosses the picture in three seconds moves 2 px a frame."""

_PAIRS_PER_S = 4

_STILLS = 5
"""Pictures of a shot that are looked at for letters: a title may stand over the shot's end alone."""

_EDGES = np.concatenate([[0.0], np.geomspace(1e-3, 20.0, 160)])
"""Diagonals a second: bins of about 6 %, from what is noise to a whip pan's blur."""


@dataclass(frozen=True, eq=False)
class Movement:
    """Pairs of neighbouring pictures, P of them, in order; everything is in picture diagonals a second.

    Attributes:
        frame: (P,) int64, the first picture of each pair.
        camera: (P,) float32, mean length of the camera's movement.
        pan: (P,) float32, positive where the camera turns to the right.
        tilt: (P,) float32, positive upwards.
        zoom: (P,) float32, log of the scale a second, positive closer.
        action: (P,) float32, mean of the twentieth of the picture that moves most beside the camera.
        shot_action: (N,) float32, the same for each shot, over its points and pairs together.
        lettering: (N,) float32, for each shot the share of five of its pictures that are titles or credits.
    """

    frame: np.ndarray
    camera: np.ndarray
    pan: np.ndarray
    tilt: np.ndarray
    zoom: np.ndarray
    action: np.ndarray
    shot_action: np.ndarray
    lettering: np.ndarray


def measure_movement(path: Path, shots: ShotList, *, progress: Progress = no_progress) -> Movement:
    """Decode the film once, small and in draft, and measure at least four pairs of pictures a second.

    No pair spans a cut or lies within a gradual transition, unless its whole shot is one. A film that is decoded to
    fewer pictures than its shots tell of is measured as far as it goes.

    Raises:
        MediaError: The film cannot be opened, or is damaged on the way.
    """
    wanted, stills = _shot_of_pairs(shots), _shot_of_stills(shots)
    meter = CameraMeter()
    cards: list[list[bool]] = [[] for _ in shots.shots]
    rows: list[tuple[float, ...]] = []
    counts = np.zeros((len(shots.shots), len(_EDGES)), np.int64)
    before: tuple[int, int, np.ndarray] | None = None
    for frame, pts, picture, still in _small_pictures(path, wanted, stills):
        progress(min(1.0, frame / shots.frames))
        if still is not None:
            cards[stills[frame]].append(looks_like_card(still))
        if picture is None:
            continue
        if before is not None and before[0] == frame - 1 and frame - 1 in wanted:
            rate = 1 / float((pts - before[1]) * shots.time_base)
            pair = meter.measure(before[2], picture)
            rows.append(_row(frame - 1, pair, rate))
            counts[wanted[frame - 1]] += np.bincount(
                np.searchsorted(_EDGES, pair.residual * rate, side="left").clip(0, len(_EDGES) - 1),
                minlength=len(_EDGES),
            )
        before = frame, pts, picture
    table = np.array(rows, np.float64).reshape(len(rows), 6)
    columns = (table[:, place].astype(np.float32) for place in range(1, 6))
    return Movement(
        table[:, 0].astype(np.int64),
        *columns,
        shot_action=_strongest(counts),
        lettering=np.array([np.mean(each) if each else 0.0 for each in cards], np.float32),
    )


def _row(frame: int, pair: PairMotion, rate: float) -> tuple[float, ...]:
    return frame, pair.camera * rate, pair.pan * rate, pair.tilt * rate, pair.zoom * rate, pair.action * rate


def _strongest(counts: np.ndarray) -> np.ndarray:
    """(N,) float32: the mean of the largest twentieth of each row's counts, each bin taken at its middle."""
    middles = np.concatenate([[0.0], (_EDGES[1:] + _EDGES[:-1]) / 2])
    wanted = STRONGEST * counts.sum(axis=1, keepdims=True)
    falling = counts[:, ::-1]
    taken = np.clip(wanted - (falling.cumsum(axis=1) - falling), 0, falling)
    return ((taken @ middles[::-1]) / np.maximum(wanted[:, 0], 1e-9)).astype(np.float32)


def _shot_of_pairs(shots: ShotList) -> dict[int, int]:
    """The shot of every pair to measure, by the pair's first picture.

    The step is odd and no multiple of five, so that animation on twos and film in video (3:2) show their moving and
    their repeated pictures in turn, and the mean speed is the true one.
    """
    seconds = float((shots.shots[-1].end_pts - shots.shots[0].start_pts) * shots.time_base)
    most = max(1, int(shots.frames / max(seconds, 1e-6) / _PAIRS_PER_S))
    step = next(each for each in range(most, 0, -1) if gcd(each, 10) == 1)
    pairs: dict[int, int] = {}
    for shot in shots.shots:
        first, end = shots.steady(shot)
        if end - first < 2:
            first, end = shot.start, shot.end
        pairs |= dict.fromkeys(range(first, end - 1, step), shot.index)
    return pairs


def _shot_of_stills(shots: ShotList) -> dict[int, int]:
    """The shot of every picture that is looked at by itself."""
    return {
        shot.start + int((shot.end - shot.start) * (place + 0.5) / _STILLS): shot.index
        for shot in shots.shots
        for place in range(_STILLS)
    }


def _small_pictures(
    path: Path, wanted: dict[int, int], stills: dict[int, int]
) -> Iterator[tuple[int, int, np.ndarray | None, np.ndarray | None]]:
    """Number, presentation time, (H, W) uint8 where it is of a wanted pair, (H, W, 3) RGB where it is a still."""
    with open_film(path, draft=True) as reader:
        grey, colour = _Scaler(reader, _WIDTH, "gray"), _Scaler(reader, CARD_WIDTH, "rgb24")
        for frame, (pts, picture) in enumerate(reader.pictures()):
            paired, alone = frame in wanted or frame - 1 in wanted, frame in stills
            if paired or alone:
                yield frame, pts, grey(picture) if paired else None, colour(picture) if alone else None


class _Scaler:
    """Stored pictures to small ones as displayed, `longest` pixels along their longer side."""

    def __init__(self, reader: FilmReader, longest: int, kind: str) -> None:
        shrink = longest / max(reader.width, reader.height)
        size = (max(32, round(reader.width * shrink)), max(32, round(reader.height * shrink)))
        self._stored = reader.orientation.size(*size)
        self._orientation = reader.orientation
        self._kind = kind
        self._reformatter = VideoReformatter()

    def __call__(self, picture: VideoFrame) -> np.ndarray:
        small = self._reformatter.reformat(
            picture, width=self._stored[0], height=self._stored[1], format=self._kind,
            src_colorspace=yuv_matrix(picture), dst_color_range=ColorRange.JPEG, interpolation=Interpolation.AREA,
            threads=1,
        )  # fmt: skip
        return np.ascontiguousarray(self._orientation.turn(small.to_ndarray()))
