"""How a studied frame becomes a picture of a shape: its crops, each with its terms, and the cut from the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from PIL import Image

from ops.box import WHOLE, Box
from ops.faces import Face
from ops.objects import DetectedObject
from ops.thumbnails.aspect import MAX_UPSCALE, Aspect
from ops.thumbnails.composition import composition_terms, total
from ops.thumbnails.crop import best_crops
from ops.thumbnails.finish import extended, finished
from ops.thumbnails.recipe import Framing
from ops.thumbnails.study import Study

__all__ = ["Framed", "Layout", "best_framing", "framings", "opened", "shown", "size_of", "terms_of"]

_SHAPES = 7
"""Shapes tried from the thumbnail's to the frame's own, until one leaves the faces whole."""

EXTENDED_WORTH = 0.8
"""What an extended picture's score counts: a crop of a frame nearly as good looks more like a thumbnail."""

_CLOSE = 0.80
"""Share of the largest crop from which a framing is close."""


class Layout(StrEnum):
    """How a frame becomes a picture of another shape."""

    CROP = "crop"
    EXTENDED = "extended"
    """As much of the frame as leaves its faces whole, over a blurred enlargement of itself."""


@dataclass(frozen=True)
class Framed:
    """A crop of a studied frame, in fractions of its picture area, and how well composed it is."""

    study: Study
    crop: Box
    layout: Layout
    terms: Mapping[str, float]

    @property
    def score(self) -> float:
        """0 to 1."""
        return total(self.terms) * (EXTENDED_WORTH if self.layout is Layout.EXTENDED else 1.0)

    @property
    def in_frame(self) -> Box:
        """The crop as a part of the whole frame, bars and all."""
        area = self.study.area
        crop = self.crop
        return Box(area.x + crop.x * area.w, area.y + crop.y * area.h, crop.w * area.w, crop.h * area.h)

    @property
    def faces(self) -> tuple[Face, ...]:
        """The faces that it shows, as fractions of the crop."""
        return tuple(face.seen_in(self.crop) for face in self.study.faces if self.crop.holds(face.box.clipped()))

    @property
    def objects(self) -> tuple[DetectedObject, ...]:
        """What it shows more than half of, as fractions of the crop."""
        shown = (each for each in self.study.objects if self.crop.overlap(each.box) > 0.5 * each.box.area)
        return tuple(each.seen_in(self.crop) for each in shown)

    @property
    def subject(self) -> DetectedObject | None:
        """The detected subject, where it shows more than half of it, as a fraction of the crop."""
        subject = self.study.subject
        if subject is None or self.crop.overlap(subject.box) <= 0.5 * subject.box.area:
            return None
        return subject.seen_in(self.crop)

    @property
    def cut_faces(self) -> int:
        """How many faces an edge runs through."""
        return sum(self.crop.cuts(face.box.clipped()) for face in self.study.faces)


def best_framing(study: Study, aspect: Aspect, framing: Framing = Framing.WIDE) -> Framed:
    """The best crop of the shape; where none leaves the faces whole, the frame extended."""
    return max(framings(study, aspect, framing, most=3), key=lambda each: each.score)


def framings(study: Study, aspect: Aspect, framing: Framing = Framing.WIDE, *, most: int) -> list[Framed]:
    """Up to `most` good crops of the shape, of which none cuts a face.

    Args:
        study: The frame.
        aspect: The shape.
        framing: Close goes in by a fifth at least, where that leaves the faces whole.
        most: How many to look at.
    """
    across, down = aspect.ratio
    frame_ratio = study.area.w * study.width / (study.area.h * study.height)
    largest = min(study.area.w * study.width, study.area.h * study.height * across / down)
    sharpest = min(1.0, aspect.size[0] / MAX_UPSCALE / largest)
    near = [(across / down, 0.0, _CLOSE)] if framing is Framing.CLOSE else []
    tries = [
        *near,
        (across / down, sharpest, 1.0),
        *((float(ratio), 0.0, 1.0) for ratio in np.geomspace(across / down, frame_ratio, _SHAPES)),
    ]
    for ratio, closest, widest in tries:
        crops = best_crops(
            study.saliency,
            study.faces,
            frame_ratio=frame_ratio,
            ratio=ratio,
            closest=closest,
            widest=widest,
            most=most,
            subject=None if study.subject is None else study.subject.box,
        )
        if crops:
            layout = Layout.CROP if np.isclose(ratio, across / down) else Layout.EXTENDED
            return [Framed(study, crop, layout, terms_of(study, crop)) for crop in crops]
    return [Framed(study, WHOLE, Layout.EXTENDED, terms_of(study, WHOLE))]


def size_of(framed: Framed, aspect: Aspect) -> tuple[int, int]:
    """The full size of the shape, or less where that would enlarge the film's pixels too far."""
    across, down = aspect.ratio
    study, crop = framed.study, framed.in_frame
    return aspect.size_for(int(min(crop.w * study.width, crop.h * study.height * across / down) + 0.5))


def shown(framed: Framed, size: tuple[int, int], frame: Image.Image | None = None) -> Image.Image:
    """The framed part of the keyframe at that size, finished.

    Args:
        framed: The crop.
        size: Width and height in pixels.
        frame: The whole keyframe where it is open already.
    """
    cut = finished if framed.layout is Layout.CROP else extended
    return cut(frame or opened(framed.study), size, framed.in_frame)


def opened(study: Study) -> Image.Image:
    """The whole keyframe, RGB."""
    with Image.open(study.path) as file:
        return file.convert("RGB")


def terms_of(study: Study, crop: Box) -> dict[str, float]:
    """The composition terms of a part of the studied frame's picture area."""
    terms = composition_terms(
        study.small,
        study.saliency,
        study.faces,
        crop,
        still=study.keyframe.score,
        sharpness=study.keyframe.sharpness,
        plainness=study.keyframe.plainness,
        lettering=study.keyframe.lettering,
        life=study.keyframe.life,
        subject=study.subject,
    )
    if study.aesthetics_counts and study.aesthetics is not None:
        terms["aesthetics"] = study.aesthetics
    return terms
