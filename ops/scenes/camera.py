"""The camera's movement told apart from what moves before it, between two neighbouring pictures.

Dense optical flow (Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV 2016, as OpenCV has it) is read
on a grid; a similarity (shift, turn, zoom) fitted to it by RANSAC and refined on its inliers is the camera, and what
the fit leaves over is the movement of things.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

__all__ = ["STILL", "STRONGEST", "CameraMeter", "PairMotion"]

STRONGEST = 0.05
"""The share of a picture whose movement counts as its action. Its mean and not the 95th percentile, which is nothing
for three people who cross a square: they cover less than a twentieth of it."""

_GRID = 4
"""Pixels between the points that are read: some 900 on a picture of 160×90."""

_TEXTURE = 4.0
"""Mean gradient, in steps of luma a pixel, from which a point's flow is measured and not filled in from around."""

_LIT = 24
"""Luma up to which a row or column, from the edge on, may be a bar and not picture."""

_FEWEST = 24
"""Points below which there is nothing to fit: a black or plain picture."""

_NOISE_PX = 0.06
"""What a coder and the flow itself move a point by while nothing moves, in pixels of the small picture: the 95th
percentile on frozen and static shots of the open clips was 0.03 to 0.08."""

_INLIER_PX = 0.25
"""How far a point of the background may be off the camera's movement, and its share of that movement: flow is some
percent short on fast pans."""
_INLIER_SHARE = 0.08


_ALIKE, _ALIKE_SHARE = 2.5, 0.3
"""Steps of luma by which a coder changes what stands still, and the gradient's share that a shift of a third of a
pixel costs: below, the camera explains a point."""


@dataclass(frozen=True, eq=False)
class PairMotion:
    """What moved from one picture to the next, in diagonals of the picture; turn in radians, zoom as log of scale.

    Attributes:
        pan: The camera's turn to the right (the picture goes left).
        tilt: The camera's turn upwards (the picture goes down).
        zoom: Positive closer.
        roll: The camera's turn about its axis, clockwise as the picture turns.
        camera: Mean length of the camera's flow over the picture.
        residual: (M,) float32, length of what is left at each textured point.
    """

    pan: float
    tilt: float
    zoom: float
    roll: float
    camera: float
    residual: np.ndarray

    @property
    def action(self) -> float:
        """The mean of the twentieth of the points that moved most."""
        count = max(1, round(STRONGEST * len(self.residual)))
        return float(np.sort(self.residual)[-count:].mean()) if len(self.residual) else 0.0


STILL = PairMotion(0.0, 0.0, 0.0, 0.0, 0.0, np.zeros(0, np.float32))
"""Nothing moved, or nothing could be seen to."""


class CameraMeter:
    """Measures pairs of small grey pictures; keeps the flow's tables between them."""

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)

    def measure(self, before: np.ndarray, after: np.ndarray) -> PairMotion:
        """What moved between two (H, W) uint8 pictures about 160 wide."""
        height, width = before.shape
        diagonal = float(np.hypot(height, width))
        rows, columns = _picture_area(before, after)
        before, after = np.ascontiguousarray(before[rows, columns]), np.ascontiguousarray(after[rows, columns])
        if min(before.shape) < 2 * 12:  # the flow's patches need room
            return STILL
        flow = self._flow.calc(before, after, None)  # pyright: ignore[reportCallIssue, reportArgumentType]
        texture = _texture(before)
        places = _textured(texture)
        if len(places[0]) < _FEWEST:
            return STILL
        moved = flow[places]
        centre = np.array([before.shape[1] - 1, before.shape[0] - 1], np.float32) / 2
        points = np.stack([places[1], places[0]], axis=1).astype(np.float32) - centre
        fit = _similarity(points, moved)
        background = points @ fit[:, :2].T + fit[:, 2] - points
        residual = np.linalg.norm(moved - background, axis=1)
        residual = np.maximum(0, residual - _NOISE_PX).astype(np.float32)
        residual[_explained(before, after, fit, centre, texture)[places]] = 0.0
        camera = _mean_flow(fit, before.shape)
        return PairMotion(
            pan=-float(fit[0, 2]) / diagonal,
            tilt=float(fit[1, 2]) / diagonal,
            zoom=float(np.log(np.hypot(fit[0, 0], fit[1, 0]))),
            roll=float(np.arctan2(fit[1, 0], fit[0, 0])),
            camera=max(0.0, camera - _NOISE_PX) / diagonal,
            residual=residual / np.float32(diagonal),
        )


def _texture(picture: np.ndarray) -> np.ndarray:
    """Mean gradient around each pixel, in steps of luma a pixel."""
    across, down = (cv2.Sobel(picture, cv2.CV_32F, *order, scale=0.125) for order in ((1, 0), (0, 1)))
    return cv2.blur(cv2.magnitude(across, down), (5, 5))


def _textured(texture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the grid's points where there is something to follow."""
    height, width = texture.shape
    rows, columns = np.mgrid[2 : height - 2 : _GRID, 2 : width - 2 : _GRID]
    seen = texture[rows, columns] > _TEXTURE
    return rows[seen], columns[seen]


def _explained(
    before: np.ndarray, after: np.ndarray, fit: np.ndarray, centre: np.ndarray, texture: np.ndarray
) -> np.ndarray:
    """(H, W) bool: where the camera's movement alone leads from one picture to the next.

    Flow is wrong at the picture's edge, along bare lines and in repeated patterns; a wrong vector there is no movement
    if the picture, moved as the camera moved, is already the same.
    """
    shift = fit[:, 2] + centre - fit[:, :2] @ centre
    back = cv2.warpAffine(
        after, np.column_stack([fit[:, :2], shift]), (before.shape[1], before.shape[0]),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT, borderValue=0,
    )  # fmt: skip
    inside = cv2.warpAffine(
        np.full_like(after, 255), np.column_stack([fit[:, :2], shift]), (before.shape[1], before.shape[0]),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT, borderValue=0,
    )  # fmt: skip
    off = cv2.blur(cv2.absdiff(before, back).astype(np.float32), (5, 5))
    return (off < np.maximum(_ALIKE, _ALIKE_SHARE * texture)) | (cv2.erode(inside, np.ones((5, 5), np.uint8)) < 255)


def _similarity(points: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """(2, 3) of the similarity that most points follow; points are relative to the picture's centre."""
    length = float(np.median(np.linalg.norm(moved, axis=1)))
    reach = max(_INLIER_PX, _INLIER_SHARE * length)
    fit, _ = cv2.estimateAffinePartial2D(
        points, points + moved, method=cv2.RANSAC, ransacReprojThreshold=reach, maxIters=500, refineIters=10
    )
    if fit is None:  # points on a line, or no two of one mind
        return np.array([[1, 0, np.median(moved[:, 0])], [0, 1, np.median(moved[:, 1])]], np.float64)
    return fit


def _mean_flow(fit: np.ndarray, shape: tuple[int, ...]) -> float:
    """Mean length, in pixels, of the camera's flow over the picture, read at sixteen points."""
    height, width = shape
    x, y = np.meshgrid(np.linspace(-0.375, 0.375, 4) * width, np.linspace(-0.375, 0.375, 4) * height)
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    return float(np.linalg.norm(points @ fit[:, :2].T + fit[:, 2] - points, axis=1).mean())


def _picture_area(before: np.ndarray, after: np.ndarray) -> tuple[slice, slice]:
    """Both pictures without the black bars that they share, whose still edges would hold the fit back."""
    lit = np.maximum(before, after) > _LIT
    area = []
    for axis, length in ((1, before.shape[0]), (0, before.shape[1])):
        places = np.flatnonzero(lit.mean(axis=axis) > 0.02)
        if not len(places) or places[-1] + 1 - places[0] < length // 2:
            return slice(None), slice(None)
        inset = 1  # scaling mixes the bar's edge into the picture
        first = places[0] + inset if places[0] > 0 else 0
        last = places[-1] + 1 - inset if places[-1] + 1 < length else length
        area.append(slice(int(first), int(last)))
    return area[0], area[1]
