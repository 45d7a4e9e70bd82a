"""Where a clip's subject is, frame by frame: faces first, else what moves by itself, else what stands out.

Positions are shares of the film's whole frame. What moves is judged after the camera's own move is taken out, so that
a pan does not make a subject of its background.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ops.faces import Face, FaceDetector
from ops.saliency import saliency

__all__ = ["Sight", "track_subject"]

Picture = tuple[float, float, float, float]
"""Left, top, right and bottom of what is inside the bars, as shares of the film's frame."""

_SURE_FACE = 0.6
"""A detector's score from which a face leads; below it one may be a stone."""

_STILL = 4.0
"""Mean difference of luma below which nothing moves but noise: compression at x264's CRF 23 leaves 1 to 2."""

_EXPLAINED = 0.75
"""Share of the difference between two samples that is left once a pan is taken out; else there was none."""

_SPREAD = 0.12
"""Width of the attention around the last place, as a share of the frame: subjects do not jump within a shot."""

_WORKING = 256


@dataclass(frozen=True)
class Sight:
    """The subject in one sampled frame.

    Attributes:
        frame: Of the clip.
        x: Its middle, as a share of the film's frame.
        y: The same, downwards.
        half_width: Half of what belongs to it, across.
        sure: How much the finding is worth, 0 to 1.
    """

    frame: int
    x: float
    y: float
    half_width: float
    sure: float


def track_subject(
    samples: Sequence[tuple[int, np.ndarray]],
    picture: tuple[float, float, float, float],
    faces: FaceDetector | None,
    *,
    face_every: int = 6,
) -> tuple[Sight, ...]:
    """Find the subject in sampled frames.

    Args:
        samples: Frame of the clip and its picture, (H, W, 3) uint8 RGB, bars and all.
        picture: What is inside the bars: left, top, right and bottom as shares.
        faces: Finds faces; None for none.
        face_every: Every how many samples faces are looked for: they are slow to find and slow to move.
    """
    sights: list[Sight] = []
    before: np.ndarray | None = None
    led: Sight | None = None
    box = picture
    for place, (frame, rgb) in enumerate(samples):
        inside = _inside(rgb, picture)
        grey = cv2.GaussianBlur(_small_grey(inside), (0, 0), 1.5)
        found = _face(rgb, frame, faces, picture, led) if faces is not None and place % face_every == 0 else None
        if found is None and led is not None and before is not None:
            found = _followed(before, grey, led, frame, box)  # between looks, the face goes where its pixels go
        if found is not None:
            led = found
        else:
            led = None
            found = _mover(before, grey, frame, box, sights[-1] if sights else None) or _salient(inside, frame, box)
        sights.append(found)
        before = grey
    return tuple(sights)


def _face(
    rgb: np.ndarray,
    frame: int,
    faces: FaceDetector,
    picture: tuple[float, float, float, float],
    led: Sight | None,
) -> Sight | None:
    """The face that the shot is about: large, sure, and where it was."""
    found = [
        face
        for face in faces.detect(rgb)
        if face.score >= _SURE_FACE and picture[0] <= face.x + face.w / 2 <= picture[2]
    ]
    if not found:
        return None

    def worth(face: Face) -> float:
        near = 1.0 if led is None else float(np.exp(-(((face.x + face.w / 2 - led.x) / _SPREAD) ** 2) / 2)) + 0.3
        return face.h * face.score * near

    best = max(found, key=worth)
    head = best.head
    return Sight(frame, head.x + head.w / 2, head.y + head.h / 2, head.w / 2, 1.0)


def _followed(before: np.ndarray, grey: np.ndarray, led: Sight, frame: int, box: Picture) -> Sight | None:
    """Where the patch around the last place has gone, by matching it nearby; None where it is lost."""
    height, width = grey.shape
    x, y = _to_small(led, box, width, height)
    half = max(6, round(led.half_width / (box[2] - box[0]) * width))
    left, top = max(0, round(x - half)), max(0, round(y - half))
    patch = before[top : min(height, round(y + half)), left : min(width, round(x + half))]
    if min(patch.shape) < 6:
        return None
    reach = max(8, half)
    from_x, from_y = max(0, left - reach), max(0, top - reach)
    room = grey[from_y : top + patch.shape[0] + reach, from_x : left + patch.shape[1] + reach]
    if room.shape[0] < patch.shape[0] or room.shape[1] < patch.shape[1] or patch.std() < 2.0:
        return None
    likeness = cv2.matchTemplate(room, patch, cv2.TM_CCOEFF_NORMED)
    _, best, _, at = cv2.minMaxLoc(likeness)
    if best < 0.5:
        return None
    dx, dy = from_x + at[0] - left, from_y + at[1] - top
    return Sight(
        frame,
        led.x + dx / width * (box[2] - box[0]),
        led.y + dy / height * (box[3] - box[1]),
        led.half_width,
        0.8 * best,
    )


def _mover(before: np.ndarray | None, grey: np.ndarray, frame: int, box: Picture, last: Sight | None) -> Sight | None:
    """The middle of what moves by itself."""
    if before is None:
        return None
    height, width = grey.shape
    window = cv2.createHanningWindow((width, height), cv2.CV_32F)
    shift, trust = cv2.phaseCorrelate(before.copy(), grey.copy(), window)  # it windows what it is given, in place
    moved = before
    if trust > 0.15 and max(abs(shift[0]), abs(shift[1])) > 0.3:
        turn = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
        panned = cv2.warpAffine(before, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
        # a large subject before a plain wall also shifts the picture's phase: only a shift that explains it counts
        if float(np.abs(grey - panned).mean()) < _EXPLAINED * float(np.abs(grey - before).mean()):
            moved = panned
    apart = cv2.GaussianBlur(np.abs(grey - moved), (0, 0), 3.0)
    edge = max(2, round(abs(shift[0])) + 1)
    apart[:, :edge] = apart[:, -edge:] = 0.0
    if float(np.percentile(apart, 99.0)) < _STILL:
        return None
    weight = np.maximum(apart - 0.4 * float(apart.max()), 0.0)
    if last is not None:
        x, _ = _to_small(last, box, width, height)
        across = np.exp(-(((np.arange(width) - x) / (2.0 * _SPREAD * width)) ** 2) / 2)
        weight *= 0.15 + 0.85 * across[None, :]
    return _middle(weight, frame, box, sure=0.6)


def _salient(inside: np.ndarray, frame: int, box: Picture) -> Sight:
    """The middle of what stands out: better than the middle of the frame, not much to trust."""
    found = saliency(inside) ** 3
    return _middle(found, frame, box, sure=0.25)


def _middle(weight: np.ndarray, frame: int, box: Picture, *, sure: float) -> Sight:
    height, width = weight.shape
    total = max(1e-6, float(weight.sum()))
    across, down = weight.sum(axis=0) / total, weight.sum(axis=1) / total
    xs, ys = (np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height
    x = float(np.interp(0.5, np.cumsum(across), xs))  # the median: a bird far off does not pull the walker's window
    y = float(np.interp(0.5, np.cumsum(down), ys))
    low, high = (float(np.interp(share, np.cumsum(across), xs)) for share in (0.15, 0.85))
    wide, high_ = box[2] - box[0], box[3] - box[1]
    return Sight(frame, box[0] + x * wide, box[1] + y * high_, min(0.25, (high - low) / 2) * wide, sure)


def _to_small(sight: Sight, box: Picture, width: int, height: int) -> tuple[float, float]:
    return (sight.x - box[0]) / (box[2] - box[0]) * width, (sight.y - box[1]) / (box[3] - box[1]) * height


def _inside(rgb: np.ndarray, picture: tuple[float, float, float, float]) -> np.ndarray:
    height, width = rgb.shape[:2]
    left, top, right, bottom = picture
    return rgb[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]


def _small_grey(rgb: np.ndarray) -> np.ndarray:
    height = max(16, round(_WORKING * rgb.shape[0] / rgb.shape[1]))
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, (_WORKING, height), interpolation=cv2.INTER_AREA).astype(np.float32)
