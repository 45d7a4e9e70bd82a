"""The finish that makes the scenes one film: bloom, vignette, grain, and eight bits at the end."""

from __future__ import annotations

import cv2
import numpy as np

from ops.demo.paint import Picture, Size, grid, smooth

__all__ = ["Finish"]

GRAIN = 0.008  # of full scale: about 2 code values, enough to keep the skies from banding after H.264
PLATES = 3  # grain plates, a little larger than the picture and placed differently every frame
SLACK = 64


class Finish:
    """Takes painted pictures to film frames; the same picture and frame number always give the same bytes."""

    def __init__(self, size: Size) -> None:
        self.size = size
        xs, ys = grid(size)
        fall = 1 - 0.42 * smooth(0.45, 1.15, np.hypot(xs * 0.9, ys * 1.05))
        self._vignette = cv2.merge([fall, fall, fall])
        random = np.random.default_rng(24)
        shape = (PLATES, size.height + SLACK, size.width + SLACK)
        plates = random.standard_normal(shape, dtype=np.float32)
        # film grain clumps: white noise, softened a little, sits better than single pixels and codes smaller
        self._grain = [cv2.merge([cv2.GaussianBlur(plate, (0, 0), 0.7) * GRAIN * 2.2] * 3) for plate in plates]

    def __call__(self, picture: Picture, frame: int, *, bloom: float = 0.25) -> np.ndarray:
        """`(H, W, 3)` float32 to uint8 RGB; `bloom` is how far bright light bleeds into its surroundings."""
        small = cv2.resize(picture, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
        halo = cv2.GaussianBlur(
            np.maximum(small - 0.55, 0) * np.float32(bloom), (0, 0), max(1.0, self.size.height / 144)
        )
        out = cv2.resize(halo, self.size, interpolation=cv2.INTER_LINEAR)
        cv2.add(out, picture, out)
        cv2.multiply(out, self._vignette, out)
        x, y = frame * 37 % SLACK, frame * 23 % SLACK
        cv2.add(out, self._grain[frame % PLATES][y : y + self.size.height, x : x + self.size.width], out)
        # the absolute value of what grain pushes under black is as good a grain as any
        return cv2.convertScaleAbs(out, None, 255.0, 0.0).astype(np.uint8, copy=False)
