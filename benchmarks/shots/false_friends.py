"""What looks like a change of shot and is none: flashes, whip pans, exposure, freezes, titles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

import cv2
import numpy as np

__all__ = ["Friend", "false_friend"]


class Friend(StrEnum):
    """One kind of false friend."""

    FLASH = "flash"
    WHIP = "whip"
    EXPOSURE = "exposure"
    FREEZE = "freeze"
    TITLE = "title"


def false_friend(random: np.random.Generator, take: np.ndarray, chances: Mapping[Friend, float]) -> np.ndarray:
    """Put into a shot of (T, H, W, 3) uint8 frames at most one thing that is not a shot change."""
    if len(take) < 30:
        return take
    kinds = [*chances, None]
    kind = kinds[random.choice(len(kinds), p=[*chances.values(), 1 - sum(chances.values())])]
    if kind is None:
        return take
    return _MAKERS[kind](random, take, int(random.integers(8, len(take) - 16)))


def _flash(random: np.random.Generator, take: np.ndarray, at: int) -> np.ndarray:
    """A camera flash or lightning: one to four frames, not all of them blown out."""
    lit = take.copy()
    white = np.full_like(take[0], 255)
    for place, strength in enumerate(([1.0], [0.9, 0.5], [0.6, 1.0, 0.5], [0.8, 0.8, 0.5, 0.25])[random.integers(4)]):
        lit[at + place] = cv2.addWeighted(take[at + place], 1 - strength, white, strength, 0)
    return lit


def _whip(random: np.random.Generator, take: np.ndarray, at: int) -> np.ndarray:
    """A fast pan over a scene as wide as the picture and its mirror image, blurred by its own speed."""
    length = int(random.integers(6, 13))
    span = take.shape[2] * int(random.integers(1, 3))
    place = np.clip((np.arange(len(take)) - at) / length, 0, 1)
    offset = np.round(span * (3 * place**2 - 2 * place**3)).astype(int)
    speed = np.diff(offset, prepend=0)
    moved = []
    for picture, left, blur in zip(take, offset, speed, strict=True):
        scene = np.hstack([picture, picture[:, ::-1], picture, picture[:, ::-1]])
        view = scene[:, left : left + take.shape[2]]
        moved.append(cv2.blur(view, (max(1, int(blur) // 2 * 2 + 1), 1)) if blur > 1 else view)
    return np.stack(moved)


def _title(random: np.random.Generator, take: np.ndarray, at: int) -> np.ndarray:
    """Large lettering that comes up over the picture within half a second and stays."""
    layer = np.zeros_like(take[0])
    word = str(random.choice(["THE RETURN", "CHAPTER TWO", "LONDON 1912", "SHOWRUNNER"]))
    cv2.putText(layer, word, (40, 160), cv2.FONT_HERSHEY_DUPLEX, 1.9, (255, 255, 255), 5, cv2.LINE_AA)
    titled = take.copy()
    for place in range(at, len(take)):
        strength = min(1.0, (place - at + 1) / 12)
        titled[place] = np.maximum(take[place], (layer * strength).astype(np.uint8))
    return titled


def _exposure(random: np.random.Generator, take: np.ndarray, at: int) -> np.ndarray:
    """Lights go on or off, or the iris jumps."""
    lit = take.copy()
    gain = float(random.choice([0.65, 1.45]))
    lit[at:] = np.clip(take[at:].astype(np.float32) * gain, 0, 255).astype(np.uint8)
    return lit


def _freeze(random: np.random.Generator, take: np.ndarray, at: int) -> np.ndarray:
    """The picture stands still for half a second, and goes on."""
    held = np.repeat(take[at : at + 1], int(random.integers(8, 16)), axis=0)
    return np.concatenate([take[:at], held, take[at + 1 :]])


_MAKERS: dict[Friend, Callable[[np.random.Generator, np.ndarray, int], np.ndarray]] = {
    Friend.FLASH: _flash,
    Friend.WHIP: _whip,
    Friend.EXPOSURE: _exposure,
    Friend.FREEZE: _freeze,
    Friend.TITLE: _title,
}
