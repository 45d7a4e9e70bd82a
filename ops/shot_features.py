"""What each shot is like, in numbers: light, motion, sharpness, colour, faces, and a vector of its picture.

Summed up from the signals of its frames and from its keyframes; nothing is decoded again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ops.embedding import ImageEmbedder
from ops.keyframes.model import Keyframe, KeyframeSet
from ops.shots.model import Shot, ShotList
from ops.shots.signals import FrameSignals

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ShotFeatures", "describe_shots"]

_NUMBERS = ("length_s", "luma", "contrast", "motion", "motion_peak", "sharpness", "colourfulness", "faces", "face_area")


@dataclass(frozen=True)
class ShotFeatures:
    """One row a shot, in order.

    Attributes:
        numbers: (N, 9) float32: length in seconds; means of luma, contrast and motion; the 95th percentile of motion;
            medians of sharpness and colourfulness; the number of faces on its best keyframe, and the share of that
            picture which the largest covers.
        colour: (N, 3) uint8 RGB, the mean colour.
        embedding: (N, D) float32, unit rows; all zero for a shot without a keyframe.
        embedder: The engine that made the embedding.
    """

    numbers: np.ndarray
    colour: np.ndarray
    embedding: np.ndarray
    embedder: str

    def save(self, path: Path) -> None:
        """Write an .npz file."""
        with path.open("wb") as out:
            np.savez(
                out,
                numbers=self.numbers,
                colour=self.colour,
                embedding=self.embedding,
                names=np.array(_NUMBERS),
                embedder=np.array(self.embedder),
            )

    @classmethod
    def load(cls, path: Path) -> ShotFeatures:
        """Read back what `save` wrote."""
        with np.load(path, allow_pickle=False) as kept:
            return cls(kept["numbers"], kept["colour"], kept["embedding"], str(kept["embedder"]))

    def table(self) -> pd.DataFrame:
        """One row a shot: its index, the numbers by name, the colour as #rrggbb, and the embedding's length."""
        import pandas as pd

        frame = pd.DataFrame(self.numbers, columns=list(_NUMBERS))
        frame.insert(0, "shot", range(len(frame)))
        frame["faces"] = frame["faces"].astype(int)
        frame["colour"] = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in self.colour]
        frame["embedding_norm"] = np.linalg.norm(self.embedding, axis=1)
        return frame


def describe_shots(
    shots: ShotList, signals: FrameSignals, keyframes: KeyframeSet, folder: Path, *, embedder: ImageEmbedder
) -> ShotFeatures:
    """Sum up every shot of a film.

    Args:
        shots: The film's shots.
        signals: What its frames look like.
        keyframes: Its keyframes.
        folder: Where their pictures lie.
        embedder: Turns the pictures into vectors.
    """
    best: dict[int, Keyframe] = {}
    for keyframe in keyframes.keyframes:
        if keyframe.shot not in best or keyframe.score > best[keyframe.shot].score:
            best[keyframe.shot] = keyframe
    shown = [shot.index for shot in shots.shots if shot.index in best]
    embedding = np.zeros((len(shots.shots), embedder.dimensions), np.float32)
    if shown:
        embedding[shown] = embedder.embed([_picture(folder / best[index].file) for index in shown])
    return ShotFeatures(
        numbers=np.array([_numbers(shots, shot, signals, best.get(shot.index)) for shot in shots.shots], np.float32),
        colour=np.array(
            [np.clip(np.rint(signals.colour[shot.start : shot.end].mean(axis=0)), 0, 255) for shot in shots.shots]
        ).astype(np.uint8),
        embedding=embedding,
        embedder=embedder.name,
    )


def _numbers(shots: ShotList, shot: Shot, signals: FrameSignals, best: Keyframe | None) -> list[float]:
    frames = slice(shot.start, shot.end)
    # the first frame's motion is the cut's, not the shot's
    motion = signals.motion[shot.start + 1 : shot.end] if shot.end - shot.start > 1 else np.zeros(1)
    faces = best.faces if best else ()
    return [
        shots.end_s(shot) - shots.start_s(shot),
        float(signals.luma[frames].mean()),
        float(signals.contrast[frames].mean()),
        float(motion.mean()),
        float(np.percentile(motion, 95)),
        float(np.median(signals.sharpness[frames])),
        float(np.median(signals.colourfulness[frames])),
        float(len(faces)),
        max((face.area for face in faces), default=0.0),
    ]


def _picture(path: Path) -> np.ndarray:
    from PIL import Image

    with Image.open(path) as opened:
        opened.draft("RGB", (320, 320))
        return np.asarray(opened.convert("RGB"))
