"""The stage on which a bed is played: bars to samples, harmony to notes, and silence where the music stops."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops.audio.desk import Desk
from ops.audio.instruments import SAMPLE_RATE
from ops.trailer.events import Part
from ops.trailer.music.plan import BEATS, Plan
from ops.trailer.music.styles import STYLES, Chord, Style

__all__ = ["Bar", "Stage"]

_MIDDLE = 60
"""Chords are voiced around middle C, each note as near to it as it comes: so most stay or move by a step."""

_DAMP_S = 0.05

_LOUDNESS = {
    Part.HOOK: (0.72, 0.72),
    Part.SETUP: (0.68, 0.85),
    Part.RISE: (0.80, 1.0),
    Part.CLIMAX: (1.15, 1.20),
    Part.BUTTON: (1.1, 1.1),
}
"""How hard the players play, at the beginning and at the end of each part."""

_RHYTHMS = (
    ((0.0, 1.5), (1.5, 0.5), (2.0, 2.0), (4.0, 1.5), (5.5, 0.5), (6.0, 2.0)),
    ((0.0, 3.0), (3.0, 1.0), (4.0, 2.0), (6.0, 2.0)),
    ((0.0, 1.0), (1.0, 1.0), (2.0, 2.0), (4.0, 1.0), (5.0, 1.0), (6.0, 1.0), (7.0, 1.0)),
    ((0.0, 2.0), (2.0, 1.5), (3.5, 0.5), (4.0, 4.0)),
    ((0.0, 2.5), (2.5, 0.5), (3.0, 1.0), (4.0, 2.5), (6.5, 0.5), (7.0, 1.0)),
)
"""Two bars of a theme: beat and length of each note."""


@dataclass(frozen=True)
class Bar:
    """A bar to be played.

    Attributes:
        number: From 0.
        part: Of the trailer.
        share: How far within the part, 0 to 1.
        loud: How hard to play.
        root: MIDI note of the chord's bass.
        chord: Its notes around middle C, ascending.
    """

    number: int
    part: Part
    share: float
    loud: float
    root: int
    chord: tuple[int, ...]

    def step(self, index: int) -> int:
        """The chord's notes counted upwards, over the octave."""
        octave, place = divmod(index, len(self.chord))
        return self.chord[place] + 12 * octave


class Stage:
    """A piece being played.

    Args:
        plan: What to play.
        length: Samples.
    """

    def __init__(self, plan: Plan, length: int) -> None:
        self.plan, self.length = plan, length
        self.style: Style = STYLES[plan.style]
        chance = np.random.default_rng((plan.seed, 2))
        self.key = self.style.keys[int(chance.integers(len(self.style.keys)))]
        self._harmony = self.style.progressions[int(chance.integers(len(self.style.progressions)))]
        self.figure = self.style.figures[int(chance.integers(len(self.style.figures)))]
        rhythm = _RHYTHMS[int(chance.integers(len(_RHYTHMS)))]
        self.theme = [(*note, step) for note, step in zip(rhythm, _contour(chance, len(rhythm)), strict=True)]
        beat = plan.bar_s / BEATS * SAMPLE_RATE
        self.desk = Desk(length, recovery=round(0.6 * beat))
        button = plan.firsts[4] * BEATS
        self._silence = self._sample(button - plan.stop_beats), self._sample(button)

    def bar(self, number: int) -> Bar:
        """What a bar is to be like."""
        part, share = self.plan.part_of(number)
        low, high = _LOUDNESS[part]
        # the loop of chords comes home with the climax, and the button is at home
        at_home = part is Part.BUTTON
        chord = self._harmony[0 if at_home else (number - self.plan.firsts[3]) % len(self._harmony)]
        return Bar(number, part, share, low + (high - low) * share, self._root(chord), self._voicing(chord))

    def at(self, bar: Bar, beat: float) -> int:
        """The sample of a beat of a bar."""
        return self._sample(bar.number * BEATS + beat)

    def seconds(self, beats: float) -> float:
        """How long so many beats last."""
        return beats * self.plan.bar_s / BEATS

    def put(
        self, sound: np.ndarray, bar: Bar, beat: float, loud: float, pan: float = 0.0, *, wet: float = 0.2,
        pumped: bool = False,
    ) -> None:  # fmt: skip
        """Lay a sound on a beat; nothing begins while the music stops, and what sounds is damped."""
        start = self.at(bar, beat)
        heard = self._until_silence(sound, start)
        if heard is not None and start < self.length:
            self.desk.put(heard, start, loud * bar.loud, pan, wet=wet, pumped=pumped)

    def kick(self, bar: Bar, beat: float, loud: float) -> None:
        """A kick that pumps."""
        start = self.at(bar, beat)
        if not self._silence[0] <= start < self._silence[1] and start < self.length:
            self.desk.kick(start, min(1.0, loud * bar.loud))

    def _until_silence(self, sound: np.ndarray, start: int) -> np.ndarray | None:
        stop, again = self._silence
        if stop <= start < again:
            return None
        left = stop - start
        if start >= again or left >= sound.shape[-1]:
            return sound
        cut = sound[..., :left].copy()
        damp = min(left, int(_DAMP_S * SAMPLE_RATE))
        cut[..., left - damp :] *= np.cos(np.linspace(0, np.pi / 2, damp, dtype=np.float32))
        return cut

    def _sample(self, beats: float) -> int:
        return round(beats * self.plan.bar_s / BEATS * SAMPLE_RATE)

    def _root(self, chord: Chord) -> int:
        root = self.key + chord.root
        return root if root < self.key + 7 else root - 12

    def _voicing(self, chord: Chord) -> tuple[int, ...]:
        notes = {(self.key + chord.root + note) % 12 for note in chord.notes}
        return tuple(sorted((note - _MIDDLE + 6) % 12 + _MIDDLE - 6 for note in notes))


def _contour(chance: np.random.Generator, notes: int) -> list[int]:
    """Steps of the chord that rise, then come back: an arch with small wilful turns."""
    arch = 2.4 * np.sin(np.linspace(0.15, 0.95, notes) * np.pi)
    return [round(step) for step in np.clip(arch + chance.uniform(-0.9, 0.9, notes), 0, 4)]
