"""A finished ladder as a value: its rungs, its sound, its pictures for scrubbing, and what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.ladder.choice import TOLERANCE, Choice, Dropped
from ops.ladder.encoding import SEGMENT_S
from ops.ladder.track_file import TrackFile, average_rate, peak_rate

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Ladder", "MadeRung", "MadeSound"]


@dataclass(frozen=True)
class MadeRung:
    """A rung as delivered.

    Attributes:
        choice: How it was encoded, and what was expected.
        track: Its file, read back.
        vmaf: What it really has, over the whole film.
        worst_vmaf: Its worst measured frame.
        tries: How often it was encoded: twice where the first missed the target.
    """

    choice: Choice
    track: TrackFile
    vmaf: float
    worst_vmaf: float
    tries: int = 1

    @property
    def name(self) -> str:
        """ "720p"."""
        return self.choice.rung.name

    @property
    def average_rate(self) -> int:
        """Bits a second."""
        return average_rate(self.track.segments)

    @property
    def peak_rate(self) -> int:
        """Bits a second of its dearest segments."""
        return peak_rate(self.track.segments, SEGMENT_S)

    @property
    def why_off(self) -> str:
        """Why its VMAF is off its target; empty where it is not, or nothing explains it."""
        if abs(self.vmaf - self.choice.target) <= TOLERANCE:
            return ""
        if self.choice.bound:
            return self.choice.bound
        if self.vmaf < self.choice.target and self.peak_rate > 0.9 * self.choice.max_rate:
            return f"its dearest seconds are held to {self.choice.max_rate // 1000} kb/s"
        return ""


@dataclass(frozen=True)
class MadeSound:
    """The sound at one rate.

    Attributes:
        name: "high" or "low".
        track: Its file, read back.
        copied: Whether it is the film's own, not coded again.
    """

    name: str
    track: TrackFile
    copied: bool

    @property
    def average_rate(self) -> int:
        """Bits a second."""
        return average_rate(self.track.segments)

    @property
    def peak_rate(self) -> int:
        """Bits a second of its dearest segments."""
        return peak_rate(self.track.segments, SEGMENT_S)


@dataclass(frozen=True)
class Ladder:
    """Everything that was made of a film.

    Attributes:
        source_size: Width and height of the film for display.
        source_frames: Frames of the film.
        source_has_sound: Whether it has a sound stream.
        rate: Its frame rate, which every rung keeps.
        rungs: The largest first.
        dropped: Sizes that were not worth having, and why.
        sounds: The best first; none for a silent film.
        files: Everything to publish, by name.
        poster_s: When in the film the poster is shown.
        storyboard_every_s: Seconds from one storyboard picture to the next.
        encoder: What encoded it.
        seconds: Wall time of each step.
    """

    source_size: tuple[int, int]
    source_frames: int
    source_has_sound: bool
    rate: Fraction
    rungs: tuple[MadeRung, ...]
    dropped: tuple[Dropped, ...]
    sounds: tuple[MadeSound, ...]
    files: dict[str, Path]
    poster_s: float
    storyboard_every_s: float
    encoder: str
    seconds: dict[str, float]

    @property
    def duration_s(self) -> float:
        """Length of its pictures."""
        return float(self.rungs[0].track.duration)

    def table(self) -> pd.DataFrame:
        """One row a rung: what was asked, expected and delivered."""
        import pandas as pd

        return pd.DataFrame([self._row(rung) for rung in self.rungs])

    def segments_table(self) -> pd.DataFrame:
        """One row a segment of a rung, beside the same segment of the top rung."""
        import pandas as pd

        top = self.rungs[0].track.segments
        rows = []
        for rung in self.rungs:
            for number, segment in enumerate(rung.track.segments):
                same = top[number] if number < len(top) else None
                rows.append({
                    "segment": f"{rung.name} {number}",
                    "rung": rung.name,
                    "starts_with_key": segment.starts_with_key,
                    "frames": segment.frames,
                    "off_top_frames": float("inf") if same is None else float((segment.start - same.start) * self.rate),
                    "off_grid_frames": float(segment.start * self.rate) % 1.0,
                    "duration_s": float(segment.duration),
                    "keys_inside": sum(
                        segment.start < key < segment.start + segment.duration for key in rung.track.key_frames
                    ),
                    "lacking": len(top) - len(rung.track.segments),
                })  # fmt: skip
        return pd.DataFrame(rows)

    def to_json(self) -> dict[str, Any]:
        """The facts that a player's page and a reader want; deterministic, so without times of the making."""
        return {
            "duration_s": round(self.duration_s, 6),
            "frame_rate": f"{self.rate.numerator}/{self.rate.denominator}",
            "encoder": self.encoder,
            "poster_s": round(self.poster_s, 3),
            "storyboard_every_s": self.storyboard_every_s,
            "rungs": [self._row(rung) for rung in self.rungs],
            "dropped": [{"rung": each.rung.name, "why": each.why} for each in self.dropped],
            "sounds": [
                {
                    "name": each.name,
                    "codec": each.track.codec,
                    "average_rate": each.average_rate,
                    "peak_rate": each.peak_rate,
                    "copied": each.copied,
                }
                for each in self.sounds
            ],
        }

    def _row(self, rung: MadeRung) -> dict[str, Any]:
        told, track = rung.choice, rung.track
        return {
            "rung": rung.name,
            "width": track.width,
            "height": track.height,
            "codec": track.codec,
            "crf": told.crf,
            "max_rate": told.max_rate,
            "ceiling_vmaf": told.ceiling,
            "target_vmaf": told.target,
            "predicted_vmaf": told.predicted_vmaf,
            "vmaf": round(rung.vmaf, 1),
            "worst_vmaf": round(rung.worst_vmaf, 1),
            "predicted_rate": round(told.predicted_rate),
            "average_rate": rung.average_rate,
            "peak_rate": rung.peak_rate,
            "tries": rung.tries,
            "why_off": rung.why_off,
        }
