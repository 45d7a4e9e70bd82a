"""A film as its editor reads it: one row of numbers a shot, the curves over its length, the lines that are said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ops.errors import StoreError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "CURVES", "STEP_S", "Line", "SceneAnalysis"]

STEP_S = 0.25
"""Seconds between the points of a curve."""

COLUMNS = (
    "shot", "scene", "start_s", "end_s", "steady_start_s", "steady_end_s",
    "action", "camera", "pan", "tilt", "zoom",
    "faces", "face_area", "speech", "music", "loudness", "loudness_peak", "onsets", "arousal", "valence",
    "warmth", "brightness", "colourfulness", "aesthetics", "stillness", "darkness", "lettering", "highlight",
)  # fmt: skip
"""The columns of `SceneAnalysis.numbers`, in order."""

CURVES = (
    "action", "camera", "loudness", "speech", "music", "onsets", "arousal", "valence", "warmth", "brightness",
    "faces", "aesthetics", "highlight",
)  # fmt: skip
"""The curves of every film."""

_UNRELATED: Mapping[str, float] = {"embedded": 0.2, "clip": 0.55}
"""Cosine of two pictures that have nothing to do with each other, by engine. Embedded: the median of pairs of shots
from different clips; CLIP's pictures all lie in a narrow cone (Liang et al., "Mind the gap", 2022)."""

_COLOUR_REACH = 120.0
"""Distance in RGB at which two mean colours have nothing in common."""

_PICTURE, _COLOUR = 0.7, 0.3


@dataclass(frozen=True)
class Line:
    """Something that is said.

    Attributes:
        start_s: From, in seconds of the film; on the quiet before its first word.
        end_s: To; on the quiet after its last.
        words: What; empty where nobody wrote it down.
        shot: The shot in which it begins.
        alone: 0 to 1, how well it stands alone: a whole sentence, of a good length, that leans on nothing before it.
    """

    start_s: float
    end_s: float
    words: str
    shot: int
    alone: float


@dataclass(frozen=True, eq=False)
class SceneAnalysis:
    """One film. All times are seconds from its first picture; speeds are in picture diagonals a second.

    Attributes:
        numbers: (N, 28) float32, one row a shot, in the order of `COLUMNS`: the shot and its scene, from 0; where it
            begins and ends, and the part of it that no gradual transition touches; action (how fast the twentieth of
            the picture moves that moves most beside the camera), the camera's speed, pan (right), tilt (up) and zoom
            (closer, log of scale a second); faces and the share of the picture that the largest covers; shares of
            speech and music; mean short-term and highest momentary LUFS; onsets a second; arousal (0 to 1) and valence
            (-1 to 1); warmth (-1 to 1), brightness (0 to 1), colourfulness; aesthetics (0 to 1, 0.5 where the shot
            has no keyframe); shares of its time that stand still, are black, are a title or credits; highlight (0 to 1
            within the title).
        colour: (N, 3) uint8 RGB, mean colour.
        embedding: (N, D) float32, unit rows; all zero for a shot without a keyframe.
        lines: What is said, in order.
        curves: (T,) float32 each, by the names of `CURVES`, at 0, `step_s`, … to the film's end.
        step_s: Seconds between their points.
        engines: What judged, by capability: embedding, aesthetics, speech_emotion, face_emotion, words.
    """

    numbers: np.ndarray
    colour: np.ndarray
    embedding: np.ndarray
    lines: tuple[Line, ...]
    curves: Mapping[str, np.ndarray]
    step_s: float
    engines: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.numbers)

    def column(self, name: str) -> np.ndarray:
        """(N,) float32, one of the columns.

        Raises:
            ValueError: There is no such column.
        """
        return self.numbers[:, COLUMNS.index(name)]

    @property
    def duration_s(self) -> float:
        """Length of the film."""
        return float(self.column("end_s")[-1])

    @property
    def scene_count(self) -> int:
        """How many scenes there are."""
        return int(self.column("scene")[-1]) + 1

    def likeness(self, one: np.ndarray | int, other: np.ndarray | int) -> np.ndarray:
        """How alike shots look, 0 to 1: their pictures' embeddings, and their colours.

        Args:
            one: Indices of shots, any shape.
            other: Indices of shots that broadcast against them; `likeness(i[:, None], i[None])` is a matrix.

        Returns:
            float32 of the broadcast shape.
        """
        return likeness_of(self.embedding, self.colour, self.engines["embedding"], np.asarray(one), np.asarray(other))

    def table(self) -> pd.DataFrame:
        """One row a shot, for checks and people: the columns, shot and scene as whole numbers, colour as #rrggbb."""
        import pandas as pd

        table = pd.DataFrame(self.numbers.astype(np.float64), columns=list(COLUMNS))
        table[["shot", "scene"]] = table[["shot", "scene"]].astype(int)
        table["colour"] = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in self.colour]
        return table

    def lines_table(self) -> pd.DataFrame:
        """One row a line: shot, start_s, end_s, words, alone."""
        import pandas as pd

        rows = [asdict(line) for line in self.lines]
        return pd.DataFrame(rows, columns=["shot", "start_s", "end_s", "words", "alone"])

    def curves_table(self) -> pd.DataFrame:
        """One row a point of the curves: time_s and each curve."""
        import pandas as pd

        points = len(next(iter(self.curves.values())))
        return pd.DataFrame(
            {"time_s": np.arange(points) * self.step_s} | {name: self.curves[name].astype(float) for name in CURVES}
        )

    def to_json(self) -> dict[str, Any]:
        """What a person or a page reads: scenes, lines, engines; the numbers stay in the .npz file."""
        starts, ends, scenes = self.column("start_s"), self.column("end_s"), self.column("scene")
        return {
            "duration_s": round(self.duration_s, 4),
            "engines": dict(self.engines),
            "scenes": [
                {
                    "scene": scene,
                    "first_shot": int(np.flatnonzero(scenes == scene)[0]),
                    "last_shot": int(np.flatnonzero(scenes == scene)[-1]),
                    "start_s": round(float(starts[scenes == scene][0]), 4),
                    "end_s": round(float(ends[scenes == scene][-1]), 4),
                }
                for scene in range(self.scene_count)
            ],
            "lines": [
                asdict(line) | {"start_s": round(line.start_s, 4), "end_s": round(line.end_s, 4)} for line in self.lines
            ],
        }

    def save(self, path: Path) -> None:
        """Write an .npz file; the same analysis gives the same bytes."""
        with path.open("wb") as out:
            np.savez_compressed(
                out,
                numbers=self.numbers,
                columns=np.array(COLUMNS),
                colour=self.colour,
                embedding=self.embedding,
                step_s=np.array(self.step_s),
                line_times=np.array([[line.start_s, line.end_s] for line in self.lines], np.float64).reshape(-1, 2),
                line_words=np.array([line.words for line in self.lines], dtype=np.str_),
                line_shots=np.array([line.shot for line in self.lines], np.int64),
                line_alone=np.array([line.alone for line in self.lines], np.float64),
                curves=np.stack([self.curves[name] for name in CURVES]),
                curve_names=np.array(CURVES),
                engines=np.array([[name, engine] for name, engine in self.engines.items()], dtype=np.str_),
            )

    @classmethod
    def load(cls, path: Path) -> SceneAnalysis:
        """Read back what `save` wrote.

        Raises:
            StoreError: The file is not such a file, or of another version.
        """
        try:
            with np.load(path, allow_pickle=False) as kept:
                if tuple(kept["columns"]) != COLUMNS or tuple(kept["curve_names"]) != CURVES:
                    raise ValueError("its columns are those of another version")
                said = zip(kept["line_times"], kept["line_words"], kept["line_shots"], kept["line_alone"], strict=True)
                return cls(
                    numbers=kept["numbers"],
                    colour=kept["colour"],
                    embedding=kept["embedding"],
                    lines=tuple(
                        Line(float(start), float(end), str(words), int(shot), float(alone))
                        for (start, end), words, shot, alone in said
                    ),
                    curves=dict(zip(CURVES, kept["curves"], strict=True)),
                    step_s=float(kept["step_s"]),
                    engines={str(name): str(engine) for name, engine in kept["engines"]},
                )
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise StoreError(
                f"the scene analysis cannot be read ({error})", where=path, fix="Make the scenes artifact again."
            ) from error


def likeness_of(
    embedding: np.ndarray, colour: np.ndarray, engine: str, one: np.ndarray, other: np.ndarray
) -> np.ndarray:
    """`SceneAnalysis.likeness`, of the parts it is made from; a shot without a keyframe is judged by colour alone."""
    floor = _UNRELATED["clip" if engine.startswith("clip") else "embedded"]
    tone = colour.astype(np.float32)
    if one.ndim == other.ndim == 2 and one.shape[1] == other.shape[0] == 1:  # each with each: a feature has 3.6 million
        rows, columns = one[:, 0], other[0]
        cosine = embedding[rows] @ embedding[columns].T
        light = (tone**2).sum(axis=1)  # whole numbers below 2**24: exact
        apart = np.sqrt(light[rows, None] + light[None, columns] - 2 * (tone[rows] @ tone[columns].T))
        one, other = np.broadcast_arrays(one, other)
    else:
        one, other = np.broadcast_arrays(one, other)
        cosine = np.einsum("...d,...d->...", embedding[one], embedding[other])
        apart = np.linalg.norm(tone[one] - tone[other], axis=-1)
    picture = np.clip((cosine - floor) / (1 - floor), 0, 1)
    near = np.clip(1 - apart / _COLOUR_REACH, 0, 1)
    seen = np.linalg.norm(embedding, axis=1) > 0
    known = seen[one] & seen[other]
    return np.where(known, _PICTURE * picture + _COLOUR * near, near * 0.5).astype(np.float32)
