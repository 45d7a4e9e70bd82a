"""The camels and their drivers, in silhouette, with legs that walk."""

from __future__ import annotations

import numpy as np

from ops.demo.paint import Picture, rgb, silhouette

__all__ = ["Caravan"]

# outlines face right, feet at 0, hump at 1, y upwards; in units of the animal's height
BODY = [(0.36, 0.72), (0.48, 0.60), (0.60, 0.64), (0.67, 0.86), (0.72, 1.03), (0.82, 1.06), (0.95, 0.97), (0.95, 0.92)]
BODY += [(0.83, 0.92), (0.78, 0.84), (0.73, 0.62), (0.60, 0.46), (0.46, 0.40), (0.10, 0.37), (-0.28, 0.40)]
BODY += [
    (-0.46, 0.46),
    (-0.50, 0.58),
    (-0.42, 0.72),
    (-0.24, 0.78),
    (-0.13, 0.95),
    (-0.01, 1.02),
    (0.10, 0.97),
    (0.22, 0.79),
]
TAIL = [(-0.48, 0.62), (-0.55, 0.52), (-0.56, 0.34), (-0.52, 0.34), (-0.52, 0.50), (-0.46, 0.54)]
PACK = [
    (-0.26, 0.92),
    (-0.18, 1.04),
    (0.16, 1.06),
    (0.25, 0.92),
    (0.28, 0.58),
    (0.08, 0.50),
    (-0.20, 0.52),
    (-0.30, 0.62),
]
RIDER = [
    (-0.14, 0.94),
    (-0.13, 1.14),
    (-0.07, 1.26),
    (0.05, 1.27),
    (0.12, 1.14),
    (0.24, 1.04),
    (0.22, 0.98),
    (0.08, 0.94),
]
TURBAN = [(-0.04, 1.26), (-0.08, 1.33), (-0.05, 1.42), (0.04, 1.44), (0.10, 1.38), (0.09, 1.31), (0.04, 1.25)]
ROBE = [
    (-0.11, 0.16),
    (-0.08, 0.46),
    (-0.09, 0.60),
    (-0.03, 0.66),
    (0.05, 0.65),
    (0.08, 0.50),
    (0.12, 0.14),
    (0.02, 0.10),
]
HEAD = [(-0.02, 0.66), (-0.05, 0.73), (-0.02, 0.81), (0.05, 0.82), (0.09, 0.76), (0.06, 0.67)]
_Outline = np.ndarray | list[tuple[float, float]]
COAT = ("#3a2019", "#43261b", "#331b17", "#4a2a1c")
CLOTH = ("#6b1a1c", "#173744", "#74480f", "#6e5a49")
TALL = 0.46  # a camel's height in the scene's units
STEP = 1.05  # strides a second
ANIMALS = 6
DRIVERS = (2, ANIMALS + 1)  # who walks on foot among them


class Caravan:
    """Six camels and two drivers on foot, strung out along the crest."""

    def __init__(self) -> None:
        random = np.random.default_rng(600)
        self._gap = np.cumsum(random.uniform(0.56, 0.74, ANIMALS + 2))
        self._phase = random.uniform(0, 2 * np.pi, ANIMALS + 2)
        self._scale = random.uniform(0.9, 1.06, ANIMALS + 2)

    def places(self, t: float) -> list[float]:
        """Where each walker stands along the crest, before the whole train's own way is added."""
        return [float(x + 0.012 * np.sin(0.8 * t + p)) for x, p in zip(self._gap, self._phase, strict=True)]

    def draw(self, picture: Picture, foot: tuple[float, float], unit: float, place: float, t: float) -> None:
        """One walker in place, its feet at `foot` pixels; `unit` is the pixels of one scene unit."""
        index = int(np.argmin(np.abs(self._gap - place)))
        phase = 2 * np.pi * STEP * t + self._phase[index]
        tall = TALL * unit * self._scale[index]
        parts = self._driver(index, phase) if index in DRIVERS else self._camel(index, phase)
        for outline, colour in parts:
            # lit from the right, as the dunes are
            silhouette(picture, np.multiply(outline, (tall, -tall)) + foot, rgb(colour), sides=(0.7, 1.35))

    @staticmethod
    def _driver(index: int, phase: float) -> list[tuple[_Outline, str]]:
        legs = [_leg(0.0, 0.34, swing, 0.05) for swing in (0.40 * np.sin(phase), -0.40 * np.sin(phase))]
        return [*((leg, COAT[2]) for leg in legs), (ROBE, CLOTH[3]), (HEAD, CLOTH[index % 3])]

    @staticmethod
    def _camel(index: int, phase: float) -> list[tuple[_Outline, str]]:
        """Both legs of a side swing together: a camel paces."""
        coat = COAT[index % 4]
        swings = [0.36 * np.sin(phase + offset) for offset in (0.0, 0.5, np.pi, np.pi + 0.5)]
        hips = [(-0.36, 0.50), (0.42, 0.48), (-0.40, 0.50), (0.38, 0.48)]
        bob = np.array([0.0, 0.012 * np.sin(2 * phase)])
        nodding = np.add(BODY, bob)
        nodding[2:12, 0] += 0.03 * np.sin(phase)
        parts: list[tuple[_Outline, str]] = [
            (_leg(x, y, swing, 0.075), coat) for (x, y), swing in zip(hips, swings, strict=True)
        ]
        parts += [(nodding, coat), (TAIL, coat), (np.add(PACK, bob), CLOTH[index % 3])]
        if index % 3 == 0:
            parts += [(np.add(RIDER, bob), CLOTH[3]), (np.add(TURBAN, bob), CLOTH[(index + 1) % 3])]
        return parts


def _leg(x: float, hip: float, swing: float, thick: float) -> np.ndarray:
    """A leg of two bones from the hip to the ground; the knee gives while the foot is carried forward."""
    bend = 0.55 * max(0.0, swing)
    half = hip / 2 + 0.01
    knee_x, knee_y = x + half * np.sin(swing), hip - half * np.cos(swing)
    foot_x, foot_y = knee_x + half * np.sin(swing - bend), knee_y - half * np.cos(swing - bend)
    back = [(x - thick, hip), (knee_x - 0.5 * thick, knee_y), (foot_x - 0.4 * thick, foot_y)]
    front = [(foot_x + 0.8 * thick, foot_y), (knee_x + 0.5 * thick, knee_y), (x + thick, hip)]
    return np.array(back + front)
