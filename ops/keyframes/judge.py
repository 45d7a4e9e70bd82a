"""How good a still a frame is: technically, and with its faces, in one number and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ops.box import WHOLE, Box
from ops.faces import Face
from ops.still_quality import StillQuality

__all__ = ["Candidate", "Judgement", "judge"]

_WEIGHTS = {
    "sharpness": 0.22,
    "exposure": 0.16,
    "contrast": 0.10,
    "colour": 0.10,
    "stillness": 0.06,
    "life": 0.10,
    "faces": 0.26,
}
_NO_FACE = 0.35
"""The face term of a picture without faces: better than a face with closed eyes, worse than a good one."""
_FOCUS_SHARE, _RANK_SHARE = 0.5, 0.2
"""Sharpness is focus, detail by its place within the film, and for the rest how near it comes to its shot's best."""
_LARGE_FACE = 0.12
"""Height of a face, as a fraction of the picture, from which its eyes are seen on a thumbnail."""
_TEXT = (0.008, 0.06)
"""Share of the picture under text from which it tells against it, and at which it rules it out."""
_PLAIN = (0.72, 0.95)
"""The same for the share that is one plain tone."""
_LEAST_SPAN = 0.6
"""Least span of a film's detail, in powers of ten of edge energy: an evenly detailed film has no poor frames."""


@dataclass(frozen=True)
class Candidate:
    """A decoded frame that may become a keyframe.

    Attributes:
        frame: Its number in decode order.
        pts: Its presentation time.
        shot: Its shot.
        quality: What the still is like technically.
        stillness: 0 to 1, how little moves at it, compared with the film.
        life: 0 to 1, whether a figure moves in its shot.
        lettering: Share of the picture under text.
        descriptor: (272,) what it looks like.
        area: Its picture, without bars.
        faces: Its faces, as fractions of the frame; None until they have been looked for.
        light: Mean luma of each face, 0 to 1.
    """

    frame: int
    pts: int
    shot: int
    quality: StillQuality
    stillness: float
    life: float
    lettering: float
    descriptor: np.ndarray
    area: Box = WHOLE
    faces: tuple[Face, ...] | None = None
    light: tuple[float, ...] = ()

    def with_faces(self, faces: Sequence[Face], rgb: np.ndarray) -> Candidate:
        """The same frame once its faces have been looked for in its (H, W, 3) uint8 RGB picture."""
        return replace(self, faces=tuple(faces), light=tuple(_light(face, rgb) for face in faces))

    @property
    def blinks(self) -> bool:
        """Whether its largest face is large enough for its eyes to matter, and they are closed."""
        largest = max(self.faces or (), key=lambda face: face.area, default=None)
        return largest is not None and largest.h >= _LARGE_FACE * self.area.h and largest.eyes_open is False


@dataclass(frozen=True)
class Judgement:
    """A candidate's score and sharpness, 0 to 1, and words for them."""

    score: float
    sharpness: float
    why: str


def judge(candidates: Sequence[Candidate]) -> list[Judgement]:
    """Judge a film's candidates against each other."""
    if not candidates:
        return []
    detail = np.array([each.quality.detail for each in candidates])
    low, high = np.percentile(detail, (5, 95))
    low = min(float(low), float(high) - _LEAST_SPAN)
    ranks = np.clip((detail - low) / (high - low), 0, 1)
    best: dict[int, float] = {}
    for each in candidates:
        best[each.shot] = max(best.get(each.shot, 0.0), each.quality.detail)
    return [
        _judge(each, _sharpness(each.quality, float(rank), short_of_best=best[each.shot] - each.quality.detail))
        for each, rank in zip(candidates, ranks, strict=True)
    ]


def _sharpness(quality: StillQuality, rank: float, *, short_of_best: float) -> float:
    in_shot = float(np.interp(short_of_best, (0, 0.25), (1, 0)))
    return _FOCUS_SHARE * quality.focus + _RANK_SHARE * rank + (1 - _FOCUS_SHARE - _RANK_SHARE) * in_shot


def _judge(candidate: Candidate, sharpness: float) -> Judgement:
    quality = candidate.quality
    terms = {
        "sharpness": sharpness,
        "exposure": quality.exposure,
        "contrast": min(1.0, quality.contrast / 0.22),
        "colour": min(1.0, quality.colourfulness / 60),
        "stillness": candidate.stillness,
        "life": candidate.life,
        "faces": _faces(candidate),
    }
    text = float(np.interp(candidate.lettering, _TEXT, (0, 1)))
    plain = float(np.interp(quality.plainness, _PLAIN, (0, 1)))
    score = sum(_WEIGHTS[name] * value for name, value in terms.items())
    score *= (1 - 0.7 * text) * (1 - 0.75 * plain) * (0.6 if candidate.blinks else 1.0)
    return Judgement(score, sharpness, _words(candidate, terms, text, plain))


def _faces(candidate: Candidate) -> float:
    if not candidate.faces:
        return _NO_FACE
    return max(
        _face(face, candidate.area) * float(np.interp(light, (0.06, 0.22, 0.82, 0.97), (0.3, 1.0, 1.0, 0.6)))
        for face, light in zip(candidate.faces, candidate.light, strict=True)
    )


def _light(face: Face, rgb: np.ndarray) -> float:
    left, top, right, bottom = face.box.pixels(rgb.shape[1], rgb.shape[0])
    return float((rgb[top:bottom, left:right] @ np.array([0.2126, 0.7152, 0.0722])).mean()) / 255


def _face(face: Face, area: Box) -> float:
    """Size, eyes and certainty of one face; pleasing from a tenth to two thirds of the picture's height."""
    size = float(np.interp(face.h / area.h, (0.04, 0.14, 0.65, 1.0), (0.35, 1.0, 1.0, 0.5)))
    eyes = {True: 1.0, None: 0.75, False: 0.15}[face.eyes_open]
    sure = float(np.interp(face.score, (0.5, 0.9), (0.3, 1.0)))
    return _NO_FACE + sure * (size * eyes - _NO_FACE)


def _words(candidate: Candidate, terms: dict[str, float], text: float, plain: float) -> str:
    """For people: what is good about the frame, then what is not."""
    quality = candidate.quality
    said = [
        "sharp" if terms["sharpness"] > 0.6 else "soft" if terms["sharpness"] < 0.25 else "",
        "well exposed" if quality.exposure > 0.8 else "" if quality.exposure > 0.35 else _off(quality),
        "still" if candidate.stillness > 0.75 else "moving" if candidate.stillness < 0.25 else "",
    ]
    if candidate.faces:
        largest = max(candidate.faces, key=lambda face: face.area)
        eyes = {True: ", eyes open", False: ", eyes closed", None: ""}[largest.eyes_open]
        number = len(candidate.faces)
        said.append(f"{'a face' if number == 1 else f'{number} faces'}{eyes}")
    said += ["text over it" if text > 0.3 else "", "mostly one tone" if plain > 0.3 else ""]
    return "; ".join(word for word in said if word) or "fair"


def _off(quality: StillQuality) -> str:
    return "dark or harsh light" if quality.contrast > 0.08 else "dim and flat"
