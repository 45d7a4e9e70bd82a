"""Moves the planes of a frame to other places, by parts of a pixel."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from ops.style.stages import Planes

__all__ = ["places", "remapped", "turned"]


def turned(planes: Planes, matrix: np.ndarray) -> Planes:
    """The frame under an affine map.

    Args:
        planes: Of a frame.
        matrix: (2, 3), from places of the frame that is made to places of the one given, in pixels of luma.
    """
    half = matrix.copy()
    # a pixel of colour lies between two of luma: its place c is luma's 2c + 0.5
    half[:, 2] = (matrix[:, 2] + 0.5 * matrix[:, :2].sum(axis=1) - 0.5) / 2
    return Planes(
        _affine(planes.luma, matrix, cv2.INTER_CUBIC),
        _affine(planes.blue, half, cv2.INTER_LINEAR),
        _affine(planes.red, half, cv2.INTER_LINEAR),
    )


def _affine(plane: np.ndarray, matrix: np.ndarray, flag: int) -> np.ndarray:
    flag |= cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(_fast(plane), matrix, plane.shape[::-1], flags=flag, borderMode=cv2.BORDER_REFLECT_101)
    return _rounded(warped)


def _fast(plane: np.ndarray) -> np.ndarray:
    """OpenCV's cubic warp takes 6 ms of a core for 1080p as float32, and 23 ms as uint8."""
    return plane.astype(np.float32)


def _rounded(plane: np.ndarray) -> np.ndarray:
    """As uint8; a cubic's ringing below 0, which film's black at 16 hardly lets happen, comes back as above it."""
    return cv2.convertScaleAbs(plane)


def remapped(planes: Planes, columns: np.ndarray, rows: np.ndarray) -> Planes:
    """The frame by a mesh.

    Args:
        planes: Of a frame, luma (H, W).
        columns: (H / 2, W / 2) float32: where each pixel of colour comes from, in pixels of luma.
        rows: The same, down.
    """
    size = planes.luma.shape[::-1]
    fine_x = cv2.resize(columns, size, interpolation=cv2.INTER_LINEAR)
    fine_y = cv2.resize(rows, size, interpolation=cv2.INTER_LINEAR)
    half_x, half_y = (columns - 0.5) / 2, (rows - 0.5) / 2
    border = cv2.BORDER_REFLECT_101
    luma = cv2.remap(_fast(planes.luma), fine_x, fine_y, cv2.INTER_CUBIC, borderMode=border)
    return Planes(
        _rounded(luma),
        cv2.remap(planes.blue, half_x, half_y, cv2.INTER_LINEAR, borderMode=border),
        cv2.remap(planes.red, half_x, half_y, cv2.INTER_LINEAR, borderMode=border),
    )


@lru_cache(maxsize=4)
def places(width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the middles of a mesh's cells lie, two pixels of luma each: two (height / 2, width / 2) float32."""
    columns, rows = np.meshgrid(
        np.arange(width // 2, dtype=np.float32) * 2 + 0.5, np.arange(height // 2, dtype=np.float32) * 2 + 0.5
    )
    return columns, rows
