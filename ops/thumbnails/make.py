"""From a title's keyframes to its thumbnail of one aspect: the best frame, its best crop, finished and saved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from ops.box import Box
from ops.errors import MediaError
from ops.faces import Face
from ops.objects import DetectedObject
from ops.thumbnails.aspect import Aspect
from ops.thumbnails.composition import weights_of
from ops.thumbnails.framing import Layout, best_framing, shown, size_of
from ops.thumbnails.recipe import clean_recipe
from ops.thumbnails.saving import DigitalSource, save_picture
from ops.thumbnails.study import Study

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Layout", "RunnerUp", "ThumbnailChoice", "make_thumbnail"]

RUNNERS_UP = 5


@dataclass(frozen=True)
class RunnerUp:
    """Another frame that was considered."""

    shot: int
    time_s: float
    score: float


@dataclass(frozen=True)
class ThumbnailChoice:
    """One thumbnail, and why it is this one.

    Attributes:
        aspect: Its shape.
        picture: The JPEG file.
        width: Its width in pixels.
        height: Its height in pixels.
        layout: "crop", or "extended" where no crop of this shape leaves the faces whole.
        shot: The shot it shows.
        frame: The frame, in decode order.
        time_s: When that frame is shown.
        crop: What part of the frame it shows, in fractions of it.
        frame_size: The frame's width and height in pixels.
        score: 0 to 1.
        terms: What the score is made of, each 0 to 1.
        faces: The faces it shows, as fractions of the thumbnail.
        objects: What else was detected in it, as fractions of the thumbnail.
        aesthetics: How pleasing its frame was found, 0 to 1.
        cut_faces: How many faces an edge runs through: none, by the hard rule.
        runners_up: The next best frames.
    """

    aspect: Aspect
    picture: Path
    width: int
    height: int
    layout: Layout
    shot: int
    frame: int
    time_s: float
    crop: Box
    frame_size: tuple[int, int]
    score: float
    terms: Mapping[str, float]
    faces: tuple[Face, ...] = ()
    cut_faces: int = 0
    objects: tuple[DetectedObject, ...] = ()
    aesthetics: float | None = None
    runners_up: tuple[RunnerUp, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """JSON values; scores to four decimals."""
        return {
            "aspect": str(self.aspect),
            "picture": self.picture.name,
            "width": self.width,
            "height": self.height,
            "layout": str(self.layout),
            "shot": self.shot,
            "frame": self.frame,
            "time_s": round(self.time_s, 3),
            "crop": [round(edge, 5) for edge in self.crop],
            "frame_size": list(self.frame_size),
            "score": round(self.score, 4),
            "terms": {name: round(value, 4) for name, value in self.terms.items()},
            "weights": {name: round(value, 4) for name, value in weights_of(self.terms).items()},
            "faces": [face.to_json() for face in self.faces],
            "objects": [each.to_json() for each in self.objects],
            "aesthetics": None if self.aesthetics is None else round(self.aesthetics, 4),
            "runners_up": [
                {"shot": each.shot, "time_s": round(each.time_s, 3), "score": round(each.score, 4)}
                for each in self.runners_up
            ],
        }

    def table(self) -> pd.DataFrame:
        """One row, for the quality gates; read back from the published picture where it can be."""
        import pandas as pd

        with Image.open(self.picture) as opened:
            opened.load()
            width, height, extrema = opened.width, opened.height, opened.convert("L").getextrema()
        across, down = self.aspect.ratio
        return pd.DataFrame(
            [
                {
                    "aspect": str(self.aspect),
                    "width": width,
                    "height": height,
                    "aspect_error": abs(width * down - height * across) / (height * across),
                    "tones": int(extrema[1]) - int(extrema[0]),  # type: ignore[arg-type]
                    "cut_faces": self.cut_faces,
                    "score": self.score,
                    "bytes": self.picture.stat().st_size,
                }
            ]
        )


def make_thumbnail(
    studies: Sequence[Study], aspect: Aspect, *, into: Path, barred: Collection[str] = ()
) -> ThumbnailChoice:
    """Choose, cut, finish and save a title's thumbnail.

    Args:
        studies: The title's studied keyframes.
        aspect: The shape to make.
        into: The folder to save into.
        barred: Ids of recipes that a person rejected; what they show is not chosen.

    Raises:
        MediaError: If there is no keyframe to make it from.
    """
    allowed = [study for study in studies if clean_recipe(study.keyframe.frame).id not in barred]
    if not allowed:
        raise MediaError(
            "the film has no keyframe that could be a thumbnail, or all were rejected",
            fix="Deliver a film with a picture in it, or take back a rejection.",
        )
    ranked = sorted((best_framing(study, aspect) for study in allowed), key=lambda each: -each.score)
    chosen = ranked[0]
    study, size = chosen.study, size_of(chosen, aspect)
    picture = into / f"{aspect}.jpg"
    save_picture(shown(chosen, size), picture, source=DigitalSource.ENHANCED)
    return ThumbnailChoice(
        aspect=aspect,
        picture=picture,
        width=size[0],
        height=size[1],
        layout=chosen.layout,
        shot=study.keyframe.shot,
        frame=study.keyframe.frame,
        time_s=study.keyframe.time_s,
        crop=chosen.in_frame,
        frame_size=(study.width, study.height),
        score=chosen.score,
        terms=chosen.terms,
        faces=chosen.faces,
        cut_faces=chosen.cut_faces,
        objects=chosen.objects,
        aesthetics=study.aesthetics,
        runners_up=tuple(
            RunnerUp(each.study.keyframe.shot, each.study.keyframe.time_s, each.score)
            for each in ranked[1 : 1 + RUNNERS_UP]
        ),
    )
