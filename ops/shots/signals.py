"""What every frame of a film looks like, in numbers: one row a frame, measured in the pass that finds shots.

The picture is measured small (about 256×144, its proportions kept), so that values compare within and between
films whatever their size. Luma is full range, 0 to 255.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ops.errors import StoreError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FrameSignals"]


@dataclass(frozen=True, eq=False)
class FrameSignals:
    """Per-frame measurements of a film of T frames; every array has length T.

    Attributes:
        time_base: Seconds that one tick of `pts` lasts.
        pts: int64, presentation times.
        luma: float32, mean luma.
        contrast: float32, standard deviation of luma (RMS contrast).
        clipped: float32, share of pixels crushed (luma <= 4) or blown (luma >= 251), 0 to 1.
        motion: float32, mean absolute luma difference to the frame before; 0 for the first.
        sharpness: float32, variance of the Laplacian of luma.
        colourfulness: float32, M of Hasler and Süsstrunk, "Measuring colourfulness in natural images" (2003):
            0 grey, 15 slightly, 33 moderately, 59 quite, 109 extremely colourful.
        colour: (T, 3) uint8, mean RGB.
    """

    time_base: Fraction
    pts: np.ndarray
    luma: np.ndarray
    contrast: np.ndarray
    clipped: np.ndarray
    motion: np.ndarray
    sharpness: np.ndarray
    colourfulness: np.ndarray
    colour: np.ndarray

    def __len__(self) -> int:
        return len(self.pts)

    @property
    def time_s(self) -> np.ndarray:
        """(T,) float64, presentation times in seconds."""
        return self.pts * float(self.time_base)

    def save(self, path: Path) -> None:
        """Write an .npz file; the same measurements give the same bytes."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "time_base"}
        clock = np.array([self.time_base.numerator, self.time_base.denominator], dtype=np.int64)
        with path.open("wb") as file:
            np.savez_compressed(file, time_base=clock, **arrays)

    @classmethod
    def load(cls, path: Path) -> FrameSignals:
        """Read what `save` wrote.

        Raises:
            StoreError: The file is not such a file.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {field.name: file[field.name] for field in fields(cls)}
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise StoreError(
                f"the frame signals cannot be read ({error})",
                where=path,
                fix="Make the shots artifact again.",
            ) from error
        numerator, denominator = (int(n) for n in arrays.pop("time_base"))
        return cls(time_base=Fraction(numerator, denominator), **arrays)

    def table(self) -> pd.DataFrame:
        """One row a frame: its number, times and measurements; mean colour as three columns."""
        import pandas as pd

        columns: dict[str, np.ndarray] = {"frame": np.arange(len(self)), "time_s": self.time_s}
        for field in fields(self):
            if field.name not in ("time_base", "colour"):
                columns[field.name] = getattr(self, field.name)
        for channel, name in enumerate(("red", "green", "blue")):
            columns[name] = self.colour[:, channel]
        return pd.DataFrame(columns)
