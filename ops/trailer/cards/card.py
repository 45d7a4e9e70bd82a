"""Cards: title, tagline and end, composed by moviepy of a backdrop, letters and a rule, each moving a little.

The backdrop comes slowly nearer, the letters appear and drift apart, and the rule grows from its middle. The same card
gives the same pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from ops.thumbnails.palette import INK
from ops.thumbnails.typeface import font_file, shaped, width_in_em
from ops.trailer.cards.backdrop import Backdrop, Ground, dark_ground, film_ground
from ops.trailer.cards.setting import SetCard, SetLine, drawn_line, set_card, settable
from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Card, CardKind, Clip

if TYPE_CHECKING:
    from moviepy import VideoClip

    from ops.trailer.picture.source import FilmSource

__all__ = ["CardDrawing", "card_background", "unset_lines"]

_DESIGN = 2
"""Raised when cards are to look different: what was drawn before is not used again then."""

_PUSH = 0.045
"""How much nearer the backdrop comes while a card stands."""

_DRIFT = 0.30
"""Share of the final space between letters that they begin without."""

_ARRIVAL_S, _STAGGER_S, _LEAVE_S = 0.55, 0.30, 0.45
_GRAIN = 1.1
"""Standard deviation of the grain that keeps a dark, soft backdrop from showing steps."""


_GRAINS = 5
"""Pictures of grain, shown in turn: the eye finds no pattern in them."""


@dataclass(frozen=True)
class CardDrawing:
    """Some frames of a card.

    Attributes:
        card: Its words.
        size: Width and height.
        rate: Frames a second.
        start: First frame, below 0 where a dissolve reaches ahead of the card: it shows the card's first frame then.
        end: One past the last; beyond the card's length it holds its last frame.
        genre: Whose lettering is used.
        background: A picture of the film; None for the dark alone.
        last: Whether the trailer ends with it, so that it goes out.
    """

    card: Card
    size: tuple[int, int]
    rate: Fraction
    start: int
    end: int
    genre: str
    background: Backdrop | None
    last: bool

    def facts(self) -> Mapping[str, Any]:
        """All that decides how it looks."""
        setting = set_card(self.card, self.size, self.genre)
        files = sorted({font_file(line.text, line.style) for line in setting.lines} if setting else ())
        return {
            "card": _DESIGN,
            "lines": self.card.lines,
            "kind": self.card.kind,
            "frames": [self.card.frames, self.start, self.end],
            "size": self.size,
            "rate": str(self.rate),
            "genre": self.genre,
            "background": asdict(self.background) if self.background else None,
            "last": self.last,
            "set": [[line.text, line.size, line.centre, line.baseline] for line in setting.lines] if setting else [],
            "type": [sha256(file.read_bytes()).hexdigest() for file in files],
        }

    def frames(self, source: FilmSource) -> Iterator[np.ndarray]:
        """Its pictures, (H, W, 3) uint8 RGB.

        Raises:
            MediaError: The backdrop cannot be decoded.
        """
        ground = (
            film_ground(self.background, source, self.size, self.rate) if self.background else dark_ground(self.size)
        )
        composed = self._composed(ground)
        for frame in range(self.start, self.end):
            held = min(max(frame, 0), self.card.frames - 1)
            picture = composed.get_frame(float((held + 0.5) / self.rate))
            assert picture is not None
            yield np.ascontiguousarray(picture, dtype=np.uint8)

    def _composed(self, ground: Ground) -> VideoClip:
        from moviepy import CompositeVideoClip, VideoClip

        seconds = float(self.card.frames / self.rate)
        layers = [VideoClip(lambda t: self._ground_at(ground, t, seconds), duration=seconds)]
        setting = set_card(self.card, self.size, self.genre)
        if setting is not None:
            left, top, right, bottom = _room(setting, self.size)
            letters = _flat((right - left, bottom - top), INK, seconds)
            ink = VideoClip(
                lambda t: self._ink_at(setting, (left, top, right, bottom), t, seconds), is_mask=True, duration=seconds
            )
            layers.append(letters.with_mask(ink).with_position((left, top)))
        if setting is not None and setting.rule is not None:
            x0, y0, x1, y1 = setting.rule
            span = (int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1)))
            bar = VideoClip(
                lambda t: self._rule_at((span[2] - span[0], span[3] - span[1]), t, seconds),
                is_mask=True,
                duration=seconds,
            )
            colour = _flat((span[2] - span[0], span[3] - span[1]), ground.accent, seconds)
            layers.append(colour.with_mask(bar).with_position(span[:2]))
        return CompositeVideoClip(layers, size=self.size).with_duration(seconds)

    def _ground_at(self, ground: Ground, t: float, seconds: float) -> np.ndarray:
        width, height = self.size
        small_height, small_width = ground.light.shape[:2]
        zoom = (1.0 + _PUSH * t / seconds) * width / small_width
        turn = np.array(
            [[zoom, 0.0, (width - zoom * small_width) / 2], [0.0, zoom, (height - zoom * small_height) / 2]], np.float32
        )
        light = cv2.warpAffine(
            ground.light, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
        light *= self._presence(t, seconds)
        light += _grain(self.size)[int(t * float(self.rate)) % _GRAINS][..., None]
        return np.clip(light + 0.5, 0, 255).astype(np.uint8)

    def _ink_at(self, setting: SetCard, room: tuple[int, int, int, int], t: float, seconds: float) -> np.ndarray:
        left, top, right, bottom = room
        ink = np.zeros((bottom - top, right - left), np.float32)
        for line in setting.lines:
            opacity = _arrived(t, line.rank * self._paced(_STAGGER_S), self._paced(_ARRIVAL_S))
            if opacity > 0:
                drawn = _line_at(line, room, _settled(t / seconds))
                ink = np.maximum(ink, drawn * opacity * (1.0 if line.rank == 0 else 0.82))
        return (ink * self._presence(t, seconds)).astype(float)

    def _rule_at(self, size: tuple[int, int], t: float, seconds: float) -> np.ndarray:
        grown = _arrived(t, 0.5 * self._paced(_STAGGER_S), self._paced(_ARRIVAL_S)) * size[0]
        x = np.abs(np.arange(size[0]) + 0.5 - size[0] / 2)
        row = np.clip(grown / 2 - x + 0.5, 0.0, 1.0) if grown > 0 else np.zeros(size[0])
        return np.repeat(row[None, :], size[1], axis=0) * self._presence(t, seconds)

    def _paced(self, seconds: float) -> float:
        """A short card lets its words arrive sooner."""
        return min(seconds, 0.25 * float(self.card.frames / self.rate))

    def _presence(self, t: float, seconds: float) -> float:
        """1, falling to 0 at the end of the trailer's last card."""
        if not self.last:
            return 1.0
        leave = min(_LEAVE_S, 0.2 * seconds)
        return 1.0 - _smooth((t - (seconds - leave)) / leave)


def card_background(edl: EditDecisionList, event: int) -> Backdrop | None:
    """What lies behind a card: titles and ends keep a picture of the clip ahead, or of the next; taglines the dark."""
    card = edl.events[event]
    assert isinstance(card, Card)
    if card.kind is CardKind.TAGLINE:
        return None
    clips = [*reversed(edl.events[:event]), *edl.events[event + 1 :]]
    clip = next((each for each in clips if isinstance(each, Clip)), None)
    if clip is None:
        return None
    knot = (clip.crop[0].left, clip.crop[0].top) if clip.crop else None
    return Backdrop(clip.start + clip.frames // 2, edl.film.sha256, edl.film.picture, knot)


def unset_lines(edl: EditDecisionList) -> tuple[str, ...]:
    """Lines of cards with a letter that no typeface of the house has: their cards stand without them."""
    return tuple(
        line
        for event in edl.events
        if isinstance(event, Card)
        for line in event.lines
        if line.strip() and not settable(line, edl.grade)
    )


def _line_at(line: SetLine, room: tuple[int, int, int, int], settled: float) -> np.ndarray:
    """A line's ink in the room of all lines, its letters as far apart as they are by then."""
    final = 0.0 if shaped(line.text) else line.style.tracking
    tracking = final * (1.0 - _DRIFT * (1.0 - settled))
    wide = line.size * width_in_em(font_file(line.text, line.style), line.text, tracking)
    left, top, right, bottom = room
    at = (line.centre - wide / 2 - left, line.baseline - top)
    return drawn_line(line.text, line.style, line.size, canvas=(right - left, bottom - top), at=at, tracking=tracking)


def _room(setting: SetCard, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The letters' box with room for what letters do beyond it, in whole pixels."""
    air = 0.35 * max(line.size for line in setting.lines)
    left, top, right, bottom = setting.box
    return (
        max(0, int(left - air)),
        max(0, int(top - air)),
        min(size[0], int(right + air)),
        min(size[1], int(bottom + air)),
    )


@lru_cache(maxsize=2)
def _grain(size: tuple[int, int]) -> tuple[np.ndarray, ...]:
    noise = np.random.default_rng(0).standard_normal((_GRAINS, size[1] // 2, size[0] // 2), np.float32) * _GRAIN
    return tuple(cv2.resize(each, size, interpolation=cv2.INTER_LINEAR) for each in noise)


def _flat(size: tuple[int, int], colour: tuple[int, int, int], seconds: float) -> VideoClip:
    from moviepy import ColorClip

    return ColorClip(size, colour, duration=seconds)


def _arrived(t: float, start: float, length: float) -> float:
    return _smooth((t - start) / max(1e-6, length))


def _settled(share: float) -> float:
    """Quick at first, then ever slower, never at rest: how letters drift apart."""
    return 1.0 - (1.0 - min(1.0, max(0.0, share))) ** 2


def _smooth(share: float) -> float:
    x = min(1.0, max(0.0, share))
    return x * x * (3.0 - 2.0 * x)
