"""The embedded face engine: the Haar cascades that come with OpenCV, made to agree with each other.

One cascade alone reports a false face in every second picture without faces. Here two frontal cascades and
the profile one (both ways) propose boxes; boxes at one place form a candidate; and a logistic regression weighs
what speaks for it: which cascades see it and how surely, the colour of skin, eyes where eyes should be, contrast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ops.box import Box
from ops.errors import ModelUnavailable
from ops.faces import Face
from resources.models.eyes import Eye, EyeReader

__all__ = ["CascadeFaces"]

_WORKING_SIZE = 640
"""Longer side, in pixels, at which faces are looked for; 480 lost one face in eight of the labelled set."""
_SMALLEST = 0.05
"""Least height of a face, as a fraction of the picture's; smaller ones carry no thumbnail."""
_CLOSE_UP = 0.45
"""Height, as a fraction of the picture's, from which a face may reach beyond the picture's edge."""
_CLOSE_UP_SIZE = 320
"""Longer side at which such faces are looked for, in a picture continued beyond its top and bottom."""
_BEYOND = 0.22
"""How far it is continued, as a fraction of its height: a close-up crops forehead and chin."""
_SCALE_STEP = 1.1
_NEIGHBOURS = 2
_SAME_PLACE = 0.35
"""Boxes that overlap by this much (intersection over union) speak of one face."""
_EYES_FROM = 56
"""Least width of a face in the picture's own pixels for an opinion on its eyes."""
_OPEN, _CLOSED = 0.55, 0.2
"""Eyes are open above the one, closed below the other (mean of both); in between nothing is claimed."""


@dataclass(frozen=True)
class _Hit:
    cascade: str
    box: Box
    weight: float

    def placed_by(self, frame: Box) -> _Hit:
        """The same hit, seen in a part of the picture or beyond it, as fractions of the picture."""
        x, y, w, h = self.box
        return _Hit(
            self.cascade, Box(frame.x + x * frame.w, frame.y + y * frame.h, w * frame.w, h * frame.h), self.weight
        )


class CascadeFaces:
    """Upright human faces, frontal and in profile. One instance a thread: cascades keep state.

    Measured on 376 pictures labelled by hand (portraits, five films, animation, street, birds, landscapes; 147
    faces of every size, a third of them dark, blurred or in profile): with every clip left out of the fit in
    turn, 84 % of the faces that any cascade proposes are kept, with 8 false faces in all.

    Raises:
        ModelUnavailable: This OpenCV has no cascades.
    """

    name = "embedded/opencv-cascade"

    def __init__(self) -> None:
        self._default = _load("haarcascade_frontalface_default.xml")
        self._alternative = _load("haarcascade_frontalface_alt2.xml")
        self._profile = _load("haarcascade_profileface.xml")
        self._eyes = EyeReader()

    def detect(self, rgb: np.ndarray) -> list[Face]:
        """The faces of an (H, W, 3) uint8 RGB picture, surest first."""
        height, width = rgb.shape[:2]
        if min(height, width) < 24:
            return []
        grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
        hits = self._hits(_prepared(grey, _WORKING_SIZE), _SMALLEST)
        beyond = round(_BEYOND * height)
        continued = cv2.copyMakeBorder(grey, beyond, beyond, 0, 0, cv2.BORDER_REPLICATE)
        frame = Box(0.0, -beyond / height, 1.0, 1.0 + 2 * beyond / height)
        least = _CLOSE_UP / frame.h
        hits += [hit.placed_by(frame) for hit in self._hits(_prepared(continued, _CLOSE_UP_SIZE), least)]
        faces = [self._judge(rgb, continued, frame, group) for group in _grouped(hits)]
        return _without_doubles([face for face in faces if face.score >= 0.5])

    def _hits(self, grey: np.ndarray, least: float) -> list[_Hit]:
        """What every cascade sees in a grey picture, from faces of `least` of its height."""
        mirrored = np.ascontiguousarray(grey[:, ::-1])
        hits = _scan(self._default, grey, "default", least) + _scan(self._alternative, grey, "alternative", least)
        hits += _scan(self._profile, grey, "left", least)
        for hit in _scan(self._profile, mirrored, "right", least):
            x, y, w, h = hit.box
            hits.append(_Hit("right", Box(1 - x - w, y, w, h), hit.weight))
        return hits

    def _judge(self, rgb: np.ndarray, continued: np.ndarray, frame: Box, hits: Sequence[_Hit]) -> Face:
        whole = _box_of(hits)
        left, top, right, bottom = whole.within(frame).pixels(continued.shape[1], continued.shape[0])
        eyes = self._eyes.read(continued[top:bottom, left:right])
        box = whole.clipped()
        left, top, right, bottom = box.pixels(rgb.shape[1], rgb.shape[0])
        evidence = _evidence(hits, rgb[top:bottom, left:right], eyes)
        seen = [eye for eye in eyes if eye.seen]
        return Face(
            *box,
            score=float(1 / (1 + np.exp(-(evidence @ _WEIGHTS + _BIAS)))),
            eyes=tuple((whole.x + eye.x * whole.w, whole.y + eye.y * whole.h) for eye in seen),
            eyes_open=_eyes_open(hits, eyes) if right - left >= _EYES_FROM else None,
            facing=_facing(hits),
        )


_WEIGHTS = np.array([0.005, 0.200, 1.277, 1.494, 0.627, 1.202, 2.519, 1.339, 1.231])
"""Of the numbers in `_evidence`, in its order; the fit is told in the docstring of `CascadeFaces`."""
_BIAS = -6.232


def _evidence(hits: Sequence[_Hit], face: np.ndarray, eyes: Sequence[Eye]) -> np.ndarray:
    """(9,) what speaks for a candidate; a cascade's weights count from where its false hits lie."""
    default = [hit.weight for hit in hits if hit.cascade == "default"]
    alternative = [hit.weight for hit in hits if hit.cascade == "alternative"]
    profile = [hit.weight for hit in hits if hit.cascade in ("left", "right")]
    return np.array(
        [
            bool(default),
            max(default, default=0.0),
            bool(alternative),
            max(alternative, default=55.0) - 55.0,
            bool(profile),
            max(profile, default=-1.0) + 1.0,
            _skin(face),
            sum(eye.seen for eye in eyes),
            min(float(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY).std()) / 60, 1.0),
        ]
    )


def _skin(face: np.ndarray) -> float:
    """Share of the middle that has the chroma of skin, of any tone; one half where the picture has no colour.

    After Chai and Ngan, "Face segmentation using skin-color map", IEEE TCSVT 9(4), 1999, with a little more room.
    """
    height, width = face.shape[:2]
    middle = face[height // 5 : max(height // 5 + 1, -(-height * 4 // 5)), width // 5 : max(1, width * 4 // 5)]
    chroma = cv2.cvtColor(middle, cv2.COLOR_RGB2YCrCb)[..., 1:].astype(np.int16)
    red, blue = chroma[..., 0], chroma[..., 1]
    if float(np.abs(chroma - 128).mean()) < 2.5:
        return 0.5
    return float(((red > 133) & (red < 178) & (blue > 75) & (blue < 130)).mean())


def _eyes_open(hits: Sequence[_Hit], eyes: tuple[Eye, Eye]) -> bool | None:
    """Both eyes together; a face in profile shows one, and only a plainly open one counts."""
    openness = [eye.openness for eye in eyes]
    if all(hit.cascade in ("left", "right") for hit in hits):
        return True if max(openness) > 0.8 else None
    if min(openness) > 0.5 or sum(openness) / 2 > _OPEN:
        return True
    return False if sum(openness) / 2 < _CLOSED else None


def _facing(hits: Sequence[_Hit]) -> float:
    """The balance of the two profile cascades, damped by the frontal ones."""
    surest = {
        name: max((hit.weight + 1 for hit in hits if hit.cascade == name), default=0.0) for name in ("left", "right")
    }
    turned = surest["right"] - surest["left"]
    frontal = sum(hit.cascade in ("default", "alternative") for hit in hits)
    return float(np.clip(turned / 3, -1, 1)) / (1 + frontal)


def _box_of(hits: Sequence[_Hit]) -> Box:
    """Where the face is: the frontal cascades' boxes where they see it (brow to chin), else the profile's."""
    frontal = [hit.box for hit in hits if hit.cascade in ("default", "alternative")]
    boxes = np.array([tuple(box) for box in frontal or [hit.box for hit in hits]])
    return Box(*(float(value) for value in boxes.mean(axis=0)))


def _prepared(grey: np.ndarray, size: int) -> np.ndarray:
    """A picture as the cascades like it: small, its contrast evened out so that faces in shadow show."""
    height, width = grey.shape
    scale = min(1.5, size / max(height, width))
    small = cv2.resize(
        grey,
        (max(1, round(width * scale)), max(1, round(height * scale))),
        interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC,
    )
    return cv2.createCLAHE(2.0, (8, 8)).apply(small)


def _scan(cascade: cv2.CascadeClassifier, grey: np.ndarray, name: str, least: float) -> list[_Hit]:
    height, width = grey.shape
    side = max(24, round(least * height))
    boxes, _, weights = cascade.detectMultiScale3(
        grey, _SCALE_STEP, _NEIGHBOURS, 0, (side, side), outputRejectLevels=True
    )
    hits = [
        _Hit(name, Box(x / width, y / height, w / width, h / height), float(weight))
        for (x, y, w, h), weight in zip(boxes, np.ravel(weights), strict=True)
    ]
    # OpenCV's threads find them in any order.
    return sorted(hits, key=lambda hit: (tuple(hit.box), hit.weight))


def _grouped(hits: Sequence[_Hit]) -> list[list[_Hit]]:
    """Hits at one place, the largest first."""
    groups: list[list[_Hit]] = []
    for hit in sorted(hits, key=lambda hit: -hit.box.area):
        home = next((g for g in groups if any(_iou(hit.box, other.box) > _SAME_PLACE for other in g)), None)
        if home is None:
            groups.append([hit])
        else:
            home.append(hit)
    return groups


def _without_doubles(faces: Sequence[Face]) -> list[Face]:
    """Surest first; what lies mostly inside a surer face, or around it, is the same face again."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: (-face.score, face.x, face.y)):
        if all(face.box.overlap(k.box) < 0.2 * min(face.area, k.area) for k in kept):
            kept.append(face)
    return kept


def _iou(a: Box, b: Box) -> float:
    both = a.overlap(b)
    return both / (a.area + b.area - both)


def _load(name: str) -> cv2.CascadeClassifier:
    path = Path(cv2.data.haarcascades) / name  # pyright: ignore[reportAttributeAccessIssue]
    cascade = cv2.CascadeClassifier(str(path)) if path.is_file() else None
    if cascade is None or cascade.empty():
        raise ModelUnavailable(
            "this OpenCV has no face cascades", where=path, fix='Install "opencv-python-headless<5".'
        )
    return cascade
