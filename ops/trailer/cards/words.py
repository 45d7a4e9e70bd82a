"""Words over a clip: a lower third that slides up behind a rule, stands, and goes; drawn with alpha by moviepy.

Only a strip of the picture is drawn, and only the frames on which it is seen are mixed with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from ops.thumbnails.palette import INK
from ops.thumbnails.typeface import STYLES, Style, font_file
from ops.thumbnails.typesetting import Block, blocks
from ops.trailer.cards.setting import TITLE_SAFE, drawn_line, genre_style, settable
from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Clip

if TYPE_CHECKING:
    from ops.trailer.picture.source import FilmSource

__all__ = ["WordsDrawing", "unset_titles"]

_DESIGN = 2
_CAP = 0.040
"""Height of the capitals, as a share of the shorter side: 29 pixels at 720p, which a telephone still shows."""

_ARRIVAL_S, _LEAVE_S = 0.45, 0.35
_SCRIM = 0.55
"""Darkest of the veil under the words, where letters would else meet a bright picture."""

_ACCENT = (217, 180, 95)


@dataclass(frozen=True)
class WordsDrawing:
    """Some frames of the words over a clip.

    Attributes:
        words: The line.
        frames_in_all: How long it is seen.
        start: First frame of it drawn here.
        end: One past the last.
        size: Width and height of the trailer's picture.
        rate: Frames a second.
        genre: Whose lettering is used.
        picture: Left, top, right and bottom of the film's picture between its bars, pixels.
    """

    words: str
    frames_in_all: int
    start: int
    end: int
    size: tuple[int, int]
    rate: Fraction
    genre: str
    picture: tuple[int, int, int, int]
    _latest: tuple[float, tuple[np.ndarray, np.ndarray]] | None = field(default=None, init=False, compare=False)

    @property
    def can_be_set(self) -> bool:
        """Whether the house has a typeface for it."""
        return settable(self.words, self.genre)

    @property
    def place(self) -> tuple[int, int]:
        """Left and top of the strip that is drawn, even."""
        return self.picture[0] // 2 * 2, self._strip[0]

    def facts(self) -> Mapping[str, Any]:
        """All that decides how it looks."""
        file = font_file(self.words, self._style)
        return {
            "words": _DESIGN,
            "text": self.words,
            "frames": [self.frames_in_all, self.start, self.end],
            "size": self.size,
            "rate": str(self.rate),
            "genre": self.genre,
            "picture": self.picture,
            "type": sha256(file.read_bytes()).hexdigest(),
        }

    def frames(self, source: FilmSource) -> Iterator[np.ndarray]:
        """Its pictures, (h, w, 4) uint8 RGB with straight alpha, of the strip alone."""
        from moviepy import VideoClip

        seconds = float(self.frames_in_all / self.rate)
        mask = VideoClip(lambda t: self._layers_at(t)[1], is_mask=True, duration=seconds)
        words = VideoClip(lambda t: self._layers_at(t)[0], duration=seconds).with_mask(mask)
        for frame in range(self.start, self.end):
            t = float((frame + 0.5) / self.rate)
            rgb, alpha = words.get_frame(t), mask.get_frame(t)
            assert rgb is not None and alpha is not None
            yield np.dstack([rgb, np.rint(alpha * 255).astype(np.uint8)])

    def _layers_at(self, t: float) -> tuple[np.ndarray, np.ndarray]:
        """Colour and alpha of veil, letters and rule over each other; moviepy's own mask of several layers keeps one.

        Returns:
            (h, w, 3) uint8 straight RGB, (h, w) float 0 to 1.
        """
        if self._latest is not None and self._latest[0] == t:
            return self._latest[1]
        veil, ink, rule = self._veil_at(t), self._ink_at(t), self._rule_at(t)
        shown = ink * (1 - rule)
        alpha = 1 - (1 - veil) * (1 - ink) * (1 - rule)
        light = shown[..., None] * np.array(INK, np.float32) + rule[..., None] * np.array(_ACCENT, np.float32)
        rgb = light / np.maximum(alpha, 1 / 255)[..., None]
        made = np.clip(np.rint(rgb), 0, 255).astype(np.uint8), np.clip(alpha, 0, 1).astype(float)
        object.__setattr__(self, "_latest", (t, made))
        return made

    @cached_property
    def _style(self) -> Style:
        name, style = genre_style(self.genre)
        if name == "classic":
            style = STYLES["poster"]  # hairlines of a book face break up over moving pictures
        return replace(style, capitals=True, tracking=0.09, leading=0.55, rule="", stacked=False)

    @cached_property
    def _block(self) -> Block:
        cap = _CAP * min(self.size)
        width = self.picture[2] - self.picture[0]
        room = TITLE_SAFE * width * (0.62 if self.size[0] > self.size[1] else 0.94)
        return next(
            iter(
                blocks(
                    " ".join(self.words.split()),
                    self._style,
                    widths=(room,),
                    tallest=6 * cap,
                    largest_cap=cap,
                    centred=False,
                )
            )
        )

    @cached_property
    def _origin(self) -> tuple[float, float]:
        """Left and top of the words: in the title-safe area's lower left, above the picture's lower edge."""
        left, top, right, bottom = self.picture
        margin = (1 - TITLE_SAFE) / 2
        lowest = min((1 - margin) * self.size[1], bottom - 0.07 * (bottom - top))
        if self.size[0] < self.size[1]:
            lowest = min(lowest, 0.80 * self.size[1])  # telephones lay their buttons over the lowest fifth
        x = max(margin * self.size[0], left + 0.04 * (right - left))
        return x + 0.55 * self._block.cap, lowest - self._block.height

    @cached_property
    def _strip(self) -> tuple[int, int]:
        y = self._origin[1]
        air = 2.2 * self._block.cap
        top = max(self.picture[1], int(y - air)) // 2 * 2
        bottom = -(-min(self.picture[3], int(y + self._block.height + air)) // 2) * 2
        return top, min(bottom, self.size[1] // 2 * 2)

    def _state(self, t: float) -> tuple[float, float]:
        """How far the words have come, and how much of them is there still."""
        seconds = float(self.frames_in_all / self.rate)
        arrival, leave = min(_ARRIVAL_S, 0.3 * seconds), min(_LEAVE_S, 0.25 * seconds)
        return _eased(t / arrival), 1.0 - _eased((t - seconds + leave) / leave)

    def _ink_at(self, t: float) -> np.ndarray:
        come, there = self._state(t)
        canvas = self._canvas
        ink = np.zeros((canvas[1], canvas[0]), np.float32)
        x0, y0 = self._origin[0] - self.place[0], self._origin[1] - self._strip[0]
        rise = (1.0 - come) * 1.2 * self._block.cap
        for line in self._block.lines:
            own = line.style or self._style
            at = (x0 + line.x, y0 + line.baseline + rise)
            drawn = drawn_line(line.text, own, line.size, canvas=canvas, at=at, tracking=own.tracking)
            floor = round(y0 + line.baseline + 0.22 * line.size)
            drawn[max(0, floor) :] = 0.0  # they rise from behind their own baseline
            ink = np.maximum(ink, drawn)
        return ink * come * there

    def _rule_at(self, t: float) -> np.ndarray:
        come, there = self._state(t)
        come = min(1.0, 1.6 * come)
        canvas = self._canvas
        bar = np.zeros((canvas[1], canvas[0]), np.float32)
        x0, y0 = self._origin[0] - self.place[0], self._origin[1] - self._strip[0]
        thick = max(2, round(0.16 * self._block.cap))
        left = round(x0 - 0.55 * self._block.cap)
        high = self._block.height * come
        bar[round(y0 + self._block.height - high) : round(y0 + self._block.height), left : left + thick] = 1.0
        return bar * there

    def _veil_at(self, t: float) -> np.ndarray:
        come, there = self._state(t)
        return self._veil * come * there

    @cached_property
    def _canvas(self) -> tuple[int, int]:
        return self.picture[2] - self.place[0], self._strip[1] - self._strip[0]

    @cached_property
    def _veil(self) -> np.ndarray:
        """(h, w) float32: dark behind the words, fading out before the strip's edges."""
        width, height = self._canvas
        x0, y0 = self._origin[0] - self.place[0], self._origin[1] - self._strip[0]
        cap = self._block.cap
        veil = np.zeros((height, width), np.float32)
        top, bottom = round(y0 - 0.35 * cap), round(y0 + self._block.height + 0.35 * cap)
        veil[max(0, top) : bottom, max(0, round(x0 - cap)) : round(x0 + self._block.width + cap)] = 1.0
        soft = cv2.GaussianBlur(veil, (0, 0), 0.75 * cap, borderType=cv2.BORDER_CONSTANT)
        edge = np.minimum(np.arange(height), np.arange(height)[::-1]).astype(np.float32)
        return _SCRIM * soft * np.clip(edge / max(1.0, 0.6 * cap), 0, 1)[:, None]


def unset_titles(edl: EditDecisionList) -> tuple[str, ...]:
    """Words over clips with a letter that no typeface of the house has: their clips are seen without them."""
    return tuple(
        event.title.words
        for event in edl.events
        if isinstance(event, Clip) and event.title is not None and not settable(event.title.words, edl.grade)
    )


def _eased(share: float) -> float:
    x = min(1.0, max(0.0, share))
    return x * x * (3.0 - 2.0 * x)
