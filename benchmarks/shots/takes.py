"""The raw material of the synthetic edits: stretches of real clips without a shot change inside.

Frame ranges (first, one past the last) were read off `data/video/ground_truth` and looked through; a stretch
keeps clear of the fades and dissolves of its own film.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ops.media.frames import read_frames

__all__ = ["STRETCHES", "Stretch", "read_take"]


@dataclass(frozen=True)
class Stretch:
    """Frames `first` to `end` (exclusive) of a clip at a constant rate: one shot, or a part of one."""

    clip: str
    first: int
    end: int
    rate: float

    def __len__(self) -> int:
        return self.end - self.first


def _of(clip: str, rate: float, *ranges: tuple[int, int]) -> list[Stretch]:
    return [Stretch(clip, first, end, rate) for first, end in ranges]


STRETCHES: tuple[tuple[Stretch, ...], ...] = tuple(
    tuple(_of(clip, rate, *ranges))
    for clip, rate, ranges in (
        ("big_buck_bunny_0_30_720p.webm", 24, [(50, 283), (283, 376), (376, 486), (551, 720)]),
        ("bikes_640x272.mp4", 25, [(0, 30), (30, 76), (76, 137), (137, 187), (187, 242)]),
        ("chaplin_640x360.mp4", 25, [(0, 241)]),
        ("cockatoo_720p.mp4", 20, [(0, 280)]),
        ("seeking_720x480.mp4", 25, [(0, 150)]),
        ("vtest_pedestrians_768x576.avi", 10, [(0, 795)]),
        (
            "sintel_trailer_720p.mp4",
            24,
            [(156, 191), (305, 333), (335, 355), (475, 490), (552, 571), (571, 621), (621, 658),
             (702, 754), (793, 833), (868, 939)],
        ),
    )
)  # fmt: skip
"""One tuple a clip, so that a draw may be fair to clips rather than to their lengths."""


def read_take(folder: Path, stretch: Stretch, first: int, length: int, size: tuple[int, int]) -> np.ndarray:
    """Frames `first` to `first + length` of the stretch's clip, as (length, H, W, 3) uint8 RGB.

    The picture is scaled to cover `size` = (width, height) and cropped in the middle.
    """
    width, height = size
    half = 0.5 / stretch.rate
    frames = read_frames(
        folder / stretch.clip,
        start_s=first / stretch.rate - half,
        end_s=(first + length) / stretch.rate - half,
    )
    pictures = [_cover(frame.rgb, width, height) for frame in frames]
    if len(pictures) != length:
        raise ValueError(f"{stretch.clip} gave {len(pictures)} frames from {first}, not {length}")
    return np.stack(pictures)


def _cover(rgb: np.ndarray, width: int, height: int) -> np.ndarray:
    scale = max(width / rgb.shape[1], height / rgb.shape[0])
    inner = max(width, round(rgb.shape[1] * scale)), max(height, round(rgb.shape[0] * scale))
    large = cv2.resize(rgb, inner, interpolation=cv2.INTER_AREA)
    left, top = (inner[0] - width) // 2, (inner[1] - height) // 2
    return large[top : top + height, left : left + width]
