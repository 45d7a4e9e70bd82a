"""Are the pictures of a finished trailer those that were ordered? Frame by frame against the film, and against black.

Every frame of the trailer is read once at a small size. Those of a clip are held against the film's own frames: at
both ends of what is the clip's alone (outside joins and words), and throughout for stretches that are frozen in the
trailer: what is still in the film too is the film's, and no fault. Half a second of black within a clip is one whatever
the film shows there: a trailer is black in its dips, and nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from ops.errors import MediaError
from ops.media.ffmpeg import run_ffmpeg
from ops.media.frames import read_frames
from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Clip
from ops.trailer.picture.framing import frame_picture
from ops.trailer.picture.grade import grade_filters
from ops.trailer.picture.pieces import Piece, cut_into_pieces
from ops.trailer.picture.source import FilmSource, open_source

__all__ = ["Flaw", "FrameMatch", "PictureFacts", "measure_pictures"]

_WIDTH = 96
"""Pixels across at which pictures are compared: enough to tell one frame of a walk from the next."""

_BLACK = 10.0
"""Mean of full-range luma below which a picture is black."""

_BLACK_SPREAD = 6.0
_FROZEN = 0.06
"""Mean difference of luma below which a picture repeats the one before: x264 at CRF 18 leaves 0 to 0.03 on stills,
the slowest pushes of the Sintel trailer 0.15 and more."""

_LONGEST_S = 0.5
"""From this length a black or frozen stretch is seen."""

_CLEAR = 1.02
"""How much nearer another frame of the film must be than the right one before it counts: still shots have equals."""


@dataclass(frozen=True)
class FrameMatch:
    """One frame of a clip, held against the film.

    Attributes:
        event: Which event.
        at: The trailer's frame.
        film_frame: The film's frame that was ordered.
        offset: How many frames off the nearest one is; 0 where the right one is as near as any.
        psnr_db: Of the small pictures, against the right one.
    """

    event: int
    at: int
    film_frame: int
    offset: int
    psnr_db: float


@dataclass(frozen=True)
class Flaw:
    """A stretch that should not be.

    Attributes:
        kind: "black" or "frozen".
        start: The trailer's first frame of it.
        end: One past the last.
        event: Within which event.
    """

    kind: str
    start: int
    end: int
    event: int


@dataclass(frozen=True)
class PictureFacts:
    """What the pictures are.

    Attributes:
        matches: First and last frame of each clip's own stretch, against the film.
        flaws: Black stretches of clips, and frozen ones where the film is not.
    """

    matches: tuple[FrameMatch, ...]
    flaws: tuple[Flaw, ...]

    @property
    def worst_offset(self) -> int:
        """The largest distance from the right frame."""
        return max((abs(match.offset) for match in self.matches), default=0)


def measure_pictures(trailer: Path, edl: EditDecisionList, film: Path) -> PictureFacts:
    """Hold a trailer's pictures against its list and its film.

    Raises:
        MediaError: Either cannot be decoded.
    """
    size = _small(edl.size)
    source = open_source(film)
    pieces = [
        piece
        for piece in cut_into_pieces(edl)
        if piece.after is None and isinstance(edl.events[piece.before.event], Clip)
    ]
    ends = [end for piece in pieces for end in _ends(piece, edl)]
    # each asks FFmpeg for three frames of the film: side by side, and while the trailer is read
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="film") as pool:
        near = pool.map(lambda end: _neighbours(end, edl, source), ends)
        shown = np.stack([_luma(frame.rgb) for frame in read_frames(trailer, size=size)])
        matches = [_match(shown[end.at], end, theirs) for end, theirs in zip(ends, near, strict=True)]
    flaws: list[Flaw] = []
    for piece in pieces:
        stretch, at = piece.before, piece.at
        event = edl.events[stretch.event]
        assert isinstance(event, Clip)
        for kind, start, end in _suspects(shown[at : at + stretch.frames], edl.rate):
            if kind == "black":
                flaws.append(Flaw(kind, at + start, at + end, stretch.event))
                continue
            theirs = np.stack(list(_film(event, stretch.start + start, stretch.start + end, edl, source)))
            if not any(kind == k and e - s >= 0.8 * (end - start) for k, s, e in _suspects(theirs, edl.rate)):
                flaws.append(Flaw(kind, at + start, at + end, stretch.event))
    return PictureFacts(tuple(matches), tuple(flaws))


@dataclass(frozen=True)
class _End:
    """A frame at an end of what is a clip's alone: which event, frame of the clip, of the trailer, of the film."""

    event: int
    frame: int
    at: int
    film_frame: int


def _ends(piece: Piece, edl: EditDecisionList) -> list[_End]:
    stretch = piece.before
    clip = edl.events[stretch.event]
    assert isinstance(clip, Clip)
    return [
        _End(stretch.event, frame, piece.at + frame - stretch.start, clip.start + frame)
        for frame in sorted({stretch.start, stretch.end - 1})
        if not _under_words(clip, frame)
    ]


def _neighbours(end: _End, edl: EditDecisionList, source: FilmSource) -> dict[int, np.ndarray]:
    """The film's frames n − 1, n and n + 1, as far as it has them, through the clip's framing and grade."""
    clip = edl.events[end.event]
    assert isinstance(clip, Clip)
    offsets = [off for off in (-1, 0, 1) if 0 <= end.film_frame + off < edl.film.frames]
    near = _film(clip, end.frame + offsets[0], end.frame + offsets[-1] + 1, edl, source, window_at=end.frame)
    return dict(zip(offsets, near, strict=True))


def _match(mine: np.ndarray, end: _End, near: Mapping[int, np.ndarray]) -> FrameMatch:
    """Which of the film's neighbouring frames a frame is."""
    errors = {off: float(np.mean((mine - theirs) ** 2)) for off, theirs in near.items()}
    best = min(errors, key=lambda off: errors[off])
    right = errors[0] <= errors[best] * _CLEAR + 0.05
    psnr = 10 * np.log10(255**2 / max(errors[0], 1e-3))
    return FrameMatch(end.event, end.at, end.film_frame, 0 if right else best, float(psnr))


def _film(
    clip: Clip,
    start: int,
    end: int,
    edl: EditDecisionList,
    source: FilmSource,
    *,
    window_at: int | None = None,
) -> Iterator[np.ndarray]:
    """The film's frames, counted as the clip counts, framed and graded as its own; small, without encoding.

    `window_at` holds a moving crop where it stands at that frame, so that neighbours differ by the film alone.
    """
    knots = clip.crop
    if knots and window_at is not None:
        frames = [knot.frame for knot in knots]
        left, top = (np.interp(window_at, frames, [getattr(knot, side) for knot in knots]) for side in ("left", "top"))
        knots = (type(knots[0])(0, float(left), float(top)),)
    framing = frame_picture(source.stored, source.size, edl.film.picture, edl.size, knots=knots, first_frame=start)
    width, height = _small(edl.size)
    chain = [
        *source.frame_filters(clip.start + start, clip.start + end, edl.rate, to_the_end=True),
        *source.colour_filters(framing.crop_filter, framing.size, resized=framing.resized),
        *grade_filters(edl.grade),
        *framing.moving,
        f"scale={width}:{height}:flags=bicubic:in_color_matrix=bt709:in_range=tv:out_range=pc,format=rgb24",
    ]
    count = end - start
    raw = b""
    for attempt in range(source.attempts()):
        done = run_ffmpeg(
            [*source.input_args(clip.start + start, edl.rate, attempt), "-filter_complex",
             f"[0:v]{','.join(chain)}[small]", "-map", "[small]", "-frames:v", str(count), "-fps_mode", "passthrough",
             "-f", "rawvideo", "-"],
            timeout_s=600,
        )  # fmt: skip
        raw = done.stdout
        if len(raw) == count * width * height * 3:
            break
    else:
        raise MediaError(
            f"frames {clip.start + start} to {clip.start + end} cannot be decoded",
            where=source.path,
            fix="Analyse the film again: it may be shorter than its list believes.",
        )
    pictures = np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)
    yield from (_luma(rgb) for rgb in pictures)


def _suspects(luma: np.ndarray, rate: Fraction) -> list[tuple[str, int, int]]:
    """Stretches of half a second or more that are black, or repeat one picture: kind, start and end."""
    longest = max(2, round(_LONGEST_S * rate))
    mean, spread = luma.mean(axis=(1, 2)), luma.std(axis=(1, 2))
    black = (mean < _BLACK) & (spread < _BLACK_SPREAD)
    still = np.zeros(len(luma), bool)
    if len(luma) > 1:
        still[1:] = np.abs(np.diff(luma, axis=0)).mean(axis=(1, 2)) < _FROZEN
    found = [("black", start, end) for start, end in _runs(black) if end - start >= longest]
    # a run of repeats begins with the picture that is repeated
    frozen = [(max(0, start - 1), end) for start, end in _runs(still & ~black)]
    return [*found, *(("frozen", start, end) for start, end in frozen if end - start >= longest)]


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(int)))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _under_words(clip: Clip, frame: int) -> bool:
    return clip.title is not None and clip.title.start <= frame < clip.title.end


def _small(size: tuple[int, int]) -> tuple[int, int]:
    return _WIDTH, max(16, 2 * round(_WIDTH * size[1] / size[0] / 2))


def _luma(rgb: np.ndarray) -> np.ndarray:
    return rgb.astype(np.float32) @ np.array([0.2126, 0.7152, 0.0722], np.float32)
