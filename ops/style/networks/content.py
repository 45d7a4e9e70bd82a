"""What networks are trained on: frames and photographs, as luma; on a machine with nothing else, our own demo film."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

import av
import cv2
import numpy as np
from av.error import FFmpegError

from ops.demo.paint import Size
from ops.errors import MediaError

__all__ = ["crops", "demo_frames", "frames_of", "luma_of", "picture_of"]

_SCENES = (
    *("aurora", "birds", "city", "desert", "flowers", "forest"),
    *("planet", "rain", "road", "sea", "statue", "sunrise"),
)
_WIDTH = 720
"""Pictures are brought to this width: strokes are a size in pixels, and crops must hold some of the world."""

_PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".bmp"}
_FILMS = {".mp4", ".mkv", ".webm", ".mov"}


def demo_frames(each: int = 3) -> list[np.ndarray]:
    """Frames of the house's own demo film, of all its scenes: (405, 720, 3) uint8 RGB."""
    frames = []
    for name in _SCENES:
        paint = getattr(import_module(f"ops.demo.scenes.{name}"), name)(Size(_WIDTH, _WIDTH * 9 // 16), 6.0)
        for second in np.linspace(0.5, 5.5, each):
            frames.append(np.asarray(np.clip(paint(float(second)), 0, 1) * 255 + 0.5, np.uint8))
    return frames


def frames_of(paths: Iterable[Path], *, every_s: float = 0.7) -> list[np.ndarray]:
    """The pictures of folders and files, and frames of the films among them.

    Args:
        paths: Files, and folders of which all is taken.
        every_s: Seconds between two frames of a film.

    Returns:
        (H, W, 3) uint8 RGB, 720 wide or narrower.

    Raises:
        MediaError: There is nothing to train on, or a file cannot be read.
    """
    found: list[np.ndarray] = []
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix.lower() in _PICTURES:
                found.append(picture_of(file))
            elif file.suffix.lower() in _FILMS:
                found.extend(_film(file, every_s))
    if not found:
        names = ", ".join(str(path) for path in paths)
        raise MediaError("holds neither pictures nor films", where=names, fix="Name a folder with some of either.")
    return found


def picture_of(file: Path) -> np.ndarray:
    """A file as (H, W, 3) uint8 RGB, 720 wide or narrower.

    Raises:
        MediaError: It is no picture.
    """
    pixels = cv2.imread(str(file), cv2.IMREAD_COLOR)
    if pixels is None:
        raise MediaError("cannot be read as a picture", where=file, fix="Take it out of the folder.")
    return _scaled(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))


def _film(file: Path, every_s: float) -> list[np.ndarray]:
    frames = []
    try:
        with av.open(str(file)) as film:
            next_s = 0.0
            for frame in film.decode(video=0):
                if frame.time is not None and frame.time >= next_s:
                    frames.append(_scaled(frame.to_ndarray(format="rgb24")))
                    next_s = frame.time + every_s
    except (FFmpegError, IndexError) as error:
        raise MediaError("cannot be read as a film", where=file, fix="Take it out of the folder.") from error
    return [frame for frame in frames if frame.std() > 12]  # fades and title cards teach nothing


def _scaled(rgb: np.ndarray) -> np.ndarray:
    width = min(_WIDTH, rgb.shape[1])
    return cv2.resize(rgb, (width, round(rgb.shape[0] * width / rgb.shape[1])), interpolation=cv2.INTER_AREA)


def luma_of(rgb: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 RGB to (H, W) float32 luma of BT.709, 0 to 1."""
    return cv2.transform(rgb.astype(np.float32), np.array([[0.2126, 0.7152, 0.0722]], np.float32) / 255)


def crops(pictures: Sequence[np.ndarray], count: int, side: int, *, random: np.random.Generator) -> np.ndarray:
    """Square pieces of luma pictures: mirrored by chance, larger or smaller, brighter or darker.

    Args:
        pictures: (H, W) float32, 0 to 1.
        count: How many.
        side: Pixels of the result.
        random: Draws.

    Returns:
        (count, 1, side, side) float32, 0 to 1.
    """
    out = np.empty((count, 1, side, side), np.float32)
    for place in range(count):
        picture = pictures[int(random.integers(len(pictures)))]
        least = min(picture.shape)
        taken = int(np.clip(side * random.uniform(0.75, 1.6), 24, least))
        y = int(random.integers(picture.shape[0] - taken + 1))
        x = int(random.integers(picture.shape[1] - taken + 1))
        piece = cv2.resize(picture[y : y + taken, x : x + taken], (side, side), interpolation=cv2.INTER_AREA)
        piece = piece[:, ::-1] if random.random() < 0.5 else piece
        piece = np.clip(piece, 0, 1) ** random.uniform(0.7, 1.4)
        out[place, 0] = np.clip((piece - 0.5) * random.uniform(0.75, 1.25) + 0.5 + random.uniform(-0.08, 0.08), 0, 1)
    return out
