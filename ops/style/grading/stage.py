"""The stages "grade" and "lut": what styles' data becomes a LUT by."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ops.errors import UsageError
from ops.style.grading.cube import read_lut
from ops.style.grading.develop import developed
from ops.style.grading.grade import grade_of
from ops.style.grading.luts import grid, smoothed

if TYPE_CHECKING:
    from ops.style.stages import Build

__all__ = ["grade", "lut"]

_SIZE = 33


def grade(build: Build) -> np.ndarray:
    """The LUT of a grade in numbers, at full strength: (33, 33, 33, 3) float32; the strength is the mixer's.

    Raises:
        UsageError: A setting that grades have not, or a value out of its range.
    """
    return _graded(tuple(sorted(build.settings.items())))


@lru_cache(maxsize=64)
def _graded(settings: tuple[tuple[str, float | str], ...]) -> np.ndarray:
    # where the screen's colours end a grade bends between two points of the LUT; eased, pale greens do not band
    made = smoothed(developed(grade_of(dict(settings)), grid(_SIZE)).astype(np.float32))
    made.setflags(write=False)
    return made


def lut(build: Build) -> np.ndarray:
    """The LUT of a file that lies beside the style: setting `file`, a .cube, a .3dl or a Hald .png.

    Raises:
        UsageError: No such file, or no LUT.
    """
    name = build.word("file")
    if not name:
        raise UsageError("names no file", where="lut", fix='Set file = "look.cube", a file beside the style.')
    path = build.folder / Path(name).name
    return _read(path, path.stat().st_mtime_ns if path.is_file() else 0)


@lru_cache(maxsize=16)
def _read(path: Path, changed_ns: int) -> np.ndarray:
    made = read_lut(path)
    made.setflags(write=False)
    return made
