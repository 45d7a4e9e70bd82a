"""A film's keyframes: which frames were chosen, how good they are and why, and which shots have none."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from ops.box import WHOLE, Box
from ops.faces import Face

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Keyframe", "KeyframeSet", "SkippedShot"]


@dataclass(frozen=True)
class Keyframe:
    """A frame that stands for its shot, saved as a picture of the film's display size.

    Attributes:
        frame: Its number in decode order.
        pts: Its presentation time in the stream's time base.
        time_s: The same in seconds.
        shot: The shot it stands for.
        file: Name of its picture.
        sharpness: 0 to 1: whether its edges are in focus, and how much detail it has within this film.
        exposure: 0 to 1; 1 is well exposed.
        lettering: Share of the picture that text covers.
        plainness: Share of the picture that is one plain tone; near 1 for a title card.
        score: 0 to 1, how good a still it is.
        faces: The faces in it, as fractions of the saved picture, surest first.
        area: The part of it that is picture and not black bar.
        life: 0 to 1, whether a figure moves in its shot before a background that does not.
        why: What speaks for it, and what against, in words.
    """

    frame: int
    pts: int
    time_s: float
    shot: int
    file: str
    sharpness: float
    exposure: float
    lettering: float
    plainness: float
    score: float
    faces: tuple[Face, ...] = ()
    area: Box = WHOLE
    life: float = 0.0
    why: str = ""


@dataclass(frozen=True)
class SkippedShot:
    """A shot without a keyframe, and why."""

    shot: int
    why: str


@dataclass(frozen=True)
class KeyframeSet:
    """All keyframes of a film in the order they are shown, and the shots that have none."""

    keyframes: tuple[Keyframe, ...]
    skipped: tuple[SkippedShot, ...] = ()

    def table(self) -> pd.DataFrame:
        """One row a keyframe; `faces` is how many, `eyes_open` says of the largest whether its eyes are."""
        import pandas as pd

        columns = [
            *("frame", "pts", "time_s", "shot", "file", "sharpness", "exposure", "lettering", "plainness", "life"),
            *("score", "faces", "eyes_open", "why"),
        ]
        rows = [_scalars(keyframe) | _told(keyframe.faces) for keyframe in self.keyframes]
        return pd.DataFrame(rows, columns=columns)

    @property
    def usual_area(self) -> Box:
        """What is inside the black bars of most of the film's shots."""
        if not self.keyframes:
            return WHOLE
        edges = [(each.area.x, each.area.y, each.area.right, each.area.bottom) for each in self.keyframes]
        left, top, right, bottom = (round(median(side), 4) for side in zip(*edges, strict=True))
        return Box(left, top, right - left, bottom - top)

    def to_json(self) -> dict[str, Any]:
        """The `keyframes` artifact, as JSON values."""
        return {
            "keyframes": [
                _scalars(keyframe)
                | {
                    "area": [round(edge, 5) for edge in keyframe.area],
                    "faces": [face.to_json() for face in keyframe.faces],
                }
                for keyframe in self.keyframes
            ],
            "skipped": [{"shot": skipped.shot, "why": skipped.why} for skipped in self.skipped],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> KeyframeSet:
        """Read back what `to_json` wrote.

        Raises:
            KeyError, TypeError: It is not such a value.
        """
        keyframes = []
        for row in value["keyframes"]:
            fields = dict(row)
            area = Box(*fields.pop("area"))
            faces = tuple(Face.from_json(face) for face in fields.pop("faces"))
            keyframes.append(Keyframe(**fields, area=area, faces=faces))
        return cls(
            keyframes=tuple(keyframes),
            skipped=tuple(SkippedShot(row["shot"], row["why"]) for row in value["skipped"]),
        )


def _scalars(keyframe: Keyframe) -> dict[str, Any]:
    return {
        "frame": keyframe.frame,
        "pts": keyframe.pts,
        "time_s": round(keyframe.time_s, 6),
        "shot": keyframe.shot,
        "file": keyframe.file,
        "sharpness": round(keyframe.sharpness, 4),
        "exposure": round(keyframe.exposure, 4),
        "lettering": round(keyframe.lettering, 4),
        "plainness": round(keyframe.plainness, 4),
        "life": round(keyframe.life, 4),
        "score": round(keyframe.score, 4),
        "why": keyframe.why,
    }


def _told(faces: tuple[Face, ...]) -> dict[str, Any]:
    largest = max(faces, key=lambda face: face.area, default=None)
    return {"faces": len(faces), "eyes_open": None if largest is None else largest.eyes_open}
