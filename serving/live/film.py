"""What a stream must know of a film: its clock, its size, and where its segments begin and end.

A segment is a run of whole frames, told by their numbers in the film, so that whoever makes it makes the same one. The
clock is exact: a film of constant rate ticks by it, one of variable rate by the times of its frames.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from ops.ladder.rungs import Rung, plan_rungs

__all__ = ["SEGMENT_S", "Film", "Piece", "Sound"]

SEGMENT_S = 2
"""Seconds of a segment: where a look and a quality may change. Shorter ones change sooner, and cost more key frames."""

FIRST_S = 1
"""Seconds of a film's first segment: it is what a viewer waits for."""

_LEAST_SCALE = 10_000
"""Ticks a second, at least: some players compute in single milliseconds."""

_VARIABLE_SCALE = 90_000


@dataclass(frozen=True)
class Sound:
    """The film's first sound stream.

    Attributes:
        rate: Samples a second of what is delivered.
        channels: The same.
        copied: Whether its packets are delivered as they are (AAC), else coded anew.
        start: The first packet's time from the film's beginning, in samples; below 0 is a lead-in.
        configuration: The AudioSpecificConfig.
    """

    rate: int
    channels: int
    copied: bool
    start: int
    configuration: bytes

    @property
    def origin(self) -> int:
        """Where its decode times count from, in samples of the film's clock."""
        return min(0, self.start)

    @property
    def codec(self) -> str:
        """As RFC 6381 names it."""
        kind = self.configuration[0] >> 3
        if kind == 31:
            kind = 32 + ((self.configuration[0] & 7) << 3 | self.configuration[1] >> 5)
        return f"mp4a.40.{kind}"


@dataclass(frozen=True)
class Piece:
    """One segment.

    Attributes:
        number: From 0.
        start: Its first frame.
        end: The frame after its last.
        start_tick: When it begins, in the film's ticks.
        end_tick: When it is over.
    """

    number: int
    start: int
    end: int
    start_tick: int
    end_tick: int


@dataclass(frozen=True)
class Film:
    """A film as a stream of it sees it.

    Attributes:
        width: For display, in pixels.
        height: The same.
        rate: Frames a second: exact, or the mean where frames are not evenly spaced.
        zero: When the first picture is shown on the file's own clock, in seconds.
        frames: How many.
        ticks: When each frame is shown, in ticks of `timescale` from the first, and when the last is over; empty for a
            constant rate.
        headers: The decoder's configuration of every rung, by its name.
        sound: The film's sound; None for a silent film.
    """

    width: int
    height: int
    rate: Fraction
    zero: Fraction
    frames: int
    ticks: tuple[int, ...]
    headers: Mapping[str, bytes]
    sound: Sound | None

    @property
    def timescale(self) -> int:
        """Ticks a second."""
        if self.ticks:
            return _VARIABLE_SCALE
        return self.rate.numerator * -(-_LEAST_SCALE // self.rate.numerator)

    @property
    def duration(self) -> Fraction:
        """Seconds, exact."""
        return Fraction(self.tick(self.frames), self.timescale)

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """The sizes in which it is delivered, the largest first."""
        return plan_rungs(self.width, self.height)

    def rung(self, name: str) -> Rung | None:
        """The size of that name."""
        return next((each for each in self.rungs if each.name == name), None)

    def tick(self, frame: int) -> int:
        """When a frame is shown."""
        return self.ticks[frame] if self.ticks else int(frame * self.timescale / self.rate)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Its segments."""
        cuts = self._cuts()
        return tuple(
            Piece(number, start, end, self.tick(start), self.tick(end))
            for number, (start, end) in enumerate(zip(cuts, [*cuts[1:], self.frames], strict=True))
        )

    def piece_at(self, start_s: float) -> Piece:
        """The segment that is on at a time; the last one after the film's end."""
        starts = [piece.start_tick for piece in self.pieces]
        return self.pieces[max(0, bisect_right(starts, round(start_s * self.timescale)) - 1)]

    def _cuts(self) -> Sequence[int]:
        if not self.ticks:
            first = max(1, round(FIRST_S * self.rate))
            return [0, *range(first, self.frames, max(1, round(SEGMENT_S * self.rate)))]
        cuts, due = [0], FIRST_S * _VARIABLE_SCALE
        while True:
            cut = bisect_left(self.ticks, due, lo=cuts[-1] + 1, hi=self.frames)
            if cut >= self.frames:
                return cuts
            cuts.append(cut)
            due = self.ticks[cut] + SEGMENT_S * _VARIABLE_SCALE

    def to_json(self) -> dict[str, Any]:
        """As a worker tells it and a cache keeps it."""
        sound = self.sound and {**vars(self.sound), "configuration": self.sound.configuration.hex()}
        return {
            "width": self.width,
            "height": self.height,
            "rate": str(self.rate),
            "zero": str(self.zero),
            "frames": self.frames,
            "ticks": list(self.ticks),
            "headers": {name: each.hex() for name, each in self.headers.items()},
            "sound": sound,
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Film:
        """What `to_json` told."""
        sound = told["sound"]
        return cls(
            width=told["width"],
            height=told["height"],
            rate=Fraction(told["rate"]),
            zero=Fraction(told["zero"]),
            frames=told["frames"],
            ticks=tuple(told["ticks"]),
            headers={name: bytes.fromhex(each) for name, each in told["headers"].items()},
            sound=Sound(**{**sound, "configuration": bytes.fromhex(sound["configuration"])}) if sound else None,
        )
