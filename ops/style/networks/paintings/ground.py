"""What the painters share: a scene to paint, the way its forms run, and marks that follow it."""

from __future__ import annotations

from importlib import import_module

import cv2
import numpy as np

from ops.demo.paint import Mask, Picture, Size, noise

__all__ = ["along", "canvas_of", "flow", "luma", "relief", "sweep", "tooth"]


def canvas_of(
    scene: str, size: Size, second: float, *, crop: tuple[float, float, float, float] = (0, 0, 1, 1)
) -> Picture:
    """A frame of one of the demo film's scenes, as what a painter has before him.

    Args:
        scene: A module of `ops.demo.scenes`.
        size: Of the result.
        second: When in the shot of 6 seconds.
        crop: Left, top, right and bottom as shares of the frame.

    Returns:
        (H, W, 3) float32, 0 to 1.
    """
    left, top, right, bottom = crop
    whole = Size(round(size.width / (right - left)), round(size.height / (bottom - top)))
    painted = getattr(import_module(f"ops.demo.scenes.{scene}"), scene)(whole, 6.0)(second)
    x, y = round(left * whole.width), round(top * whole.height)
    return np.clip(painted[y : y + size.height, x : x + size.width], 0.0, 1.0).astype(np.float32)


def luma(picture: Picture) -> Mask:
    """(H, W) float32 of BT.709."""
    return cv2.transform(picture, np.array([[0.2126, 0.7152, 0.0722]], np.float32))


def flow(tone: Mask, *, reach: float, swirl: Mask | None = None) -> Mask:
    """Which way a hand would draw there: along edges, and along a swirl where nothing is.

    The structure tensor's minor axis, smoothed; doubled angles make opposite directions agree.

    Args:
        tone: (H, W).
        reach: Sigma of the smoothing, in pixels.
        swirl: (H, W) angles in radians for flat places; level without.

    Returns:
        (H, W) float32 angles in radians, modulo π.
    """
    gx = cv2.Sobel(tone, cv2.CV_32F, 1, 0, ksize=3)
    gy = cv2.Sobel(tone, cv2.CV_32F, 0, 1, ksize=3)
    xx, yy, xy = (cv2.GaussianBlur(field, (0, 0), reach) for field in (gx * gx, gy * gy, gx * gy))
    cosine, sine = -(xx - yy), -2 * xy
    quiet = 0.02 + 0.02 * float(np.sqrt(cosine**2 + sine**2).mean())
    base = np.zeros_like(tone) if swirl is None else swirl
    cosine = cosine + quiet * np.cos(2 * base)
    sine = sine + quiet * np.sin(2 * base)
    cosine, sine = (cv2.GaussianBlur(field, (0, 0), reach / 2) for field in (cosine, sine))
    return np.asarray(0.5 * np.arctan2(sine, cosine), np.float32)


def along(field: Mask, angles: Mask, length: int) -> Mask:
    """A field smeared along a flow (line integral convolution, Cabral and Leedom 1993).

    Args:
        field: (H, W).
        angles: (H, W), as `flow` gives.
        length: Pixels each way.
    """
    height, width = field.shape
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    dx, dy = np.cos(angles), np.sin(angles)
    total = field.copy()
    for way in (1.0, -1.0):
        x, y = xs.copy(), ys.copy()
        heading_x, heading_y = way * dx, way * dy
        for _ in range(length):
            x, y = x + heading_x, y + heading_y
            total += cv2.remap(field, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
            next_x = cv2.remap(dx, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
            next_y = cv2.remap(dy, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
            turned = np.where(next_x * heading_x + next_y * heading_y < 0, -1.0, 1.0).astype(np.float32)
            heading_x, heading_y = turned * next_x, turned * next_y
    return total / (2 * length + 1)


def sweep(start: np.ndarray, angles: Mask, steps: int, pace: float) -> np.ndarray:
    """The paths of many strokes at once.

    Args:
        start: (N, 2) points as x and y.
        angles: (H, W) flow.
        steps: Points of a path.
        pace: Pixels from one to the next.

    Returns:
        (N, steps, 2) float32.
    """
    height, width = angles.shape
    points = [start.astype(np.float32)]
    heading: np.ndarray | None = None
    for _ in range(steps - 1):
        here = points[-1]
        column = np.clip(here[:, 0].astype(int), 0, width - 1)
        row = np.clip(here[:, 1].astype(int), 0, height - 1)
        angle = angles[row, column]
        step = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        if heading is not None:
            step = step * np.where((step * heading).sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
        heading = step
        points.append((here + pace * step).astype(np.float32))
    return np.stack(points, axis=1)


def relief(height: Mask, *, depth: float) -> Mask:
    """How light from the upper left falls on paint of some thickness: (H, W) about 1."""
    gx = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3) * depth
    gy = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3) * depth
    lit = (-0.5 * gx - 0.62 * gy + 0.6) / np.sqrt(1 + gx * gx + gy * gy)
    return np.asarray(lit / 0.6, np.float32)


def tooth(size: Size, seed: int, *, grain: float = 2.0) -> Mask:
    """The roughness of paper: (H, W) 0 to 1, grains of about so many pixels."""
    fine = noise(size, (size.width / grain, size.height / grain), seed, octaves=2)
    broad = noise(size, (size.width / grain / 4, size.height / grain / 4), seed + 1, octaves=2)
    return 0.7 * fine + 0.3 * broad
