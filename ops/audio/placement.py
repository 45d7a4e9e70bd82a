"""Where a decoded stretch of sound belongs on the track: silence before it, or samples of it to leave out."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from ops.errors import MediaError

__all__ = ["Placement"]

_TOLERANCE_S = Fraction(1, 25)
"""Time stamps are rounded (1 ms in Matroska) and jitter, so samples follow each other as they come; only when
sound and picture would part by a film frame is a gap filled or an overlap dropped."""

_RESTART_S = 1
"""A step back of this much is no overlap but a clock that starts anew, as where recordings were joined."""

_LONGEST_S = 24 * 3600
"""No title is longer; a time stamp that says so is damaged, and would fill the disk with silence."""


class Placement:
    """Keeps the track's clock: how many samples are placed, and how far time stamps wander from it.

    Args:
        path: The film, for errors.
        zero: Time of sample 0; None takes the first stretch's own time.
    """

    def __init__(self, path: Path, zero: Fraction | None) -> None:
        self.path = path
        self.zero = zero
        self.rate = 0
        self.lead_in = 0
        self._placed = 0
        self._shift = Fraction(0)
        self._begun = False
        self._gaps = self._overlaps = self._restarts = 0
        self._silence = self._dropped = 0

    def place(self, time: Fraction | None, count: int) -> tuple[int, int]:
        """Take the next `count` samples, stamped `time`; they follow the last ones where that is None.

        Returns:
            Samples of silence to put before them, and how many of their own to leave out at their start.

        Raises:
            MediaError: The time stamp leads beyond any film's length.
        """
        silence = skip = 0
        if time is not None:
            if self.zero is None:
                self.zero = time
            ahead = round((time - self.zero + self._shift) * self.rate) - self._placed
            silence, skip = self._step(ahead, count)
        if (self._placed + silence + count) > _LONGEST_S * self.rate:
            raise MediaError("its sound's time stamps lead beyond 24 hours", where=self.path, fix="Re-mux the file.")
        self._placed += silence + count - skip
        return silence, skip

    def repairs(self) -> Iterator[str]:
        """What was mended, a sentence each."""
        if self._gaps:
            missing = self._silence / self.rate
            yield f"{missing:.3f} s of sound are missing and were made silence (gaps: {self._gaps})"
        if self._overlaps:
            twice = self._dropped / self.rate
            yield f"{twice:.3f} s of sound overlap and were left out (times: {self._overlaps})"
        if self._restarts:
            yield f"the clock starts anew and the sound was joined there (times: {self._restarts})"

    def _step(self, ahead: int, count: int) -> tuple[int, int]:
        if not self._begun:
            self.lead_in, self._begun = ahead, True
            return max(0, ahead), min(count, max(0, -ahead))
        if self._placed == 0:  # still before the first picture
            return max(0, ahead), min(count, max(0, -ahead))
        if ahead > _TOLERANCE_S * self.rate:
            self._gaps, self._silence = self._gaps + 1, self._silence + ahead
            return ahead, 0
        if ahead < -_RESTART_S * self.rate:
            self._restarts += 1
            self._shift -= Fraction(ahead, self.rate)
            return 0, 0
        if ahead < -_TOLERANCE_S * self.rate:
            dropped = min(count, -ahead)
            self._overlaps, self._dropped = self._overlaps + 1, self._dropped + dropped
            return 0, dropped
        return 0, 0
