"""The closing title: daybreak on the edge of a world, and the film's name, set letter by letter with moviepy."""

from __future__ import annotations

import cv2
import numpy as np

from ops.demo.paint import Mask, Painter, Picture, Size, cover, grid, noise, rgb, smooth, spark, spread, tint

__all__ = ["TITLE", "closing_title"]

TITLE = "FIRST LIGHT"
CREDIT = "PAINTED, SCORED AND SPOKEN BY SHOWRUNNER"
LIMB = (0.0, 2.62, 2.42)  # the world's disc: centre and radius in picture heights; only its upper edge is in view


def closing_title(size: Size, seconds: float) -> Painter:
    """Day comes round again."""
    xs, ys = grid(size)
    half = Size(size.width // 2, size.height // 2)
    hx, hy = grid(half)
    above = np.hypot(hx - LIMB[0], hy - LIMB[1]) - LIMB[2]
    air = np.exp(-np.maximum(above, 0) / 0.020) + 0.35 * np.exp(-np.maximum(above, 0) / 0.085)
    ground = smooth(0.0015, -0.0015, np.hypot(xs - LIMB[0], ys - LIMB[1]) - LIMB[2])
    land = _land(size, xs, ys)
    stars = np.zeros((size.height, size.width, 3), np.float32)
    random = np.random.default_rng(1400)
    for _ in range(420):
        x, y = random.random(2) * size
        spark(stars, x, y, size.height * random.uniform(0.0006, 0.0012), rgb("#dbe6ff") * float(random.beta(0.7, 2.6)))
    title = _Lettering(size, seconds)

    def paint(t: float) -> Picture:
        u = t / seconds
        sun = (-0.02 + 0.05 * u, LIMB[1] - LIMB[2] + 0.035 - 0.055 * float(smooth(0, 0.8, u)))
        distance = np.hypot(hx - sun[0], hy - sun[1])
        rise = 0.25 + 0.75 * float(smooth(0.05, 0.75, u))
        along = np.exp(-np.abs(hx - sun[0]) / (0.22 + 0.35 * rise))
        sky = tint(air * along * (0.5 + rise), "#3f8cff", 0.85) + tint(
            np.exp(-np.maximum(above, 0) / 0.012) * along * rise, "#ffd9a0", 0.9
        )
        flare = np.exp(-np.abs(hy - sun[1]) / 0.012) * np.exp(-np.abs(hx - sun[0]) / 0.42) * rise
        bursting = 0.028 / (distance + 0.012) * rise**2
        light = sky + tint(np.minimum(bursting, 2.0).astype(np.float32), "#ffe9c4", 0.55)
        picture = cv2.add(stars, spread(light.astype(np.float32), size))
        cover(picture, cv2.add(land, spread(tint((bursting * 0.16).astype(np.float32), "#ffb469"), size)), ground)
        picture += spread(tint(flare.astype(np.float32), "#ffcf9a", 0.55), size)
        title.lay_on(picture, t)
        return picture

    return paint


def _land(size: Size, xs: Mask, ys: Mask) -> Picture:
    """The night side: clouds, coastlines of lamps, and the first blue over the edge."""
    inside = LIMB[2] - np.hypot(xs - LIMB[0], ys - LIMB[1])
    cloud = smooth(0.45, 0.95, noise(size, (7, 22), 1410, octaves=6, gain=0.55))
    edge = np.exp(-np.maximum(inside, 0) / 0.030)
    picture = (
        tint(np.full_like(xs, 1.0), "#02040a")
        + tint(cloud, "#16243f", 0.55)
        + tint(edge.astype(np.float32), "#2a62b8", 0.55)
    )
    random = np.random.default_rng(1411)
    towns = smooth(0.55, 0.95, noise(size, (9, 20), 1412, octaves=4)) * (1 - cloud)
    placed = 0
    while placed < 260:
        x, y = random.random(2) * size
        if inside[int(y), int(x)] > 0.02 and random.random() < towns[int(y), int(x)] + 0.01:
            spark(
                picture, x, y, size.height * random.uniform(0.0008, 0.0022), rgb("#ffb85c") * random.uniform(0.15, 0.6)
            )
            placed += 1
    return picture.astype(np.float32)


class _Lettering:
    """The words, composed by moviepy as one masked clip in a strip of the picture; each letter arrives on its own."""

    def __init__(self, size: Size, seconds: float) -> None:
        from moviepy import CompositeVideoClip  # costs a second to import, and only a render needs it

        unit = size.height
        self.top, height = int(0.20 * unit), int(0.26 * unit)
        large, small = int(0.105 * unit), int(0.0265 * unit)
        letters = _line(TITLE, large, 0.34 * large, 0.0, size.width, start=0.25, step=0.085, fade=0.7, seconds=seconds)
        credit = _line(
            CREDIT, small, 0.30 * small, 0.165 * unit, size.width, start=1.2, step=0.006, fade=0.8, seconds=seconds
        )
        self.clip = CompositeVideoClip(
            [*letters, *credit], size=(size.width, height), bg_color=(0, 0, 0)
        ).with_duration(seconds)

    def lay_on(self, picture: Picture, t: float) -> None:
        """Cover the picture with the words as they stand at `t` seconds."""
        t = min(t, self.clip.duration - 1e-3)
        words = np.ascontiguousarray(self.clip.get_frame(t), np.float32) / np.float32(255)
        strip = picture[self.top : self.top + words.shape[0]]
        # white on black: moviepy has already weighed each letter by its own fade
        alpha: np.ndarray = words[..., 0]
        cover(strip, np.ascontiguousarray(np.broadcast_to(rgb("#fff6e6"), words.shape)), alpha)


def _line(
    text: str,
    font_size: int,
    spacing: float,
    y: float,
    width: int,
    *,
    start: float,
    step: float,
    fade: float,
    seconds: float,
):
    """One line of widely set capitals, centred, as a clip a letter."""
    from moviepy import TextClip, vfx

    # the height is given because moviepy 2.2 sizes a label by its ink and then draws it an ascender lower
    box = (None, round(1.35 * font_size))
    glyphs = {
        c: TextClip(text=c, font_size=font_size, color="white", size=box, vertical_align="top", margin=(2, 0))
        for c in sorted(set(text) - {" "})
    }
    advances = [glyphs[c].w - 4 if c != " " else 0.34 * font_size for c in text]
    x = (width - sum(advances) - spacing * (len(text) - 1)) / 2
    clips = []
    for i, (letter, advance) in enumerate(zip(text, advances, strict=True)):
        if letter != " ":
            begin = start + i * step
            clip = (
                glyphs[letter].with_start(begin).with_duration(seconds - begin).with_position((round(x) - 2, round(y)))
            )
            clips.append(clip.with_effects([vfx.CrossFadeIn(fade)]))
        x += advance + spacing
    return clips
