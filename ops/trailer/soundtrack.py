"""What is heard in a trailer: the film's own sound, the music, and what points at the picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ops.trailer.events import Part

__all__ = ["Accent", "AccentKind", "Bed", "BedKind", "FilmSound", "SoundRole"]


class SoundRole(StrEnum):
    """What a piece of the film's own sound does in the trailer."""

    DIALOGUE = "dialogue"
    """Is to be understood: the music gives way to it."""
    EFFECTS = "effects"
    """Is felt under the music."""


class BedKind(StrEnum):
    """Where the music comes from."""

    FILM = "film"
    SUPPLIED = "supplied"
    SYNTHESISED = "synthesised"


class AccentKind(StrEnum):
    """Sounds laid on the music to point at the picture."""

    RISER = "riser"
    """Swells up to its last frame."""
    HIT = "hit"
    """A deep stroke on its first frame."""
    BOOM = "boom"
    """A hit that rings on, under a title."""


@dataclass(frozen=True)
class FilmSound:
    """A piece of the film's own sound.

    Attributes:
        start: Frame of the film at which it begins.
        end: One past the frame at which it ends.
        at: Frame of the trailer at which it begins: with its picture, before it (a J cut), or it ends after (an L cut).
        role: What it does.
        gain_db: Louder (positive) or softer than is common for its role: dialogue at one level, effects at the music's.
        fade_in_s: Equal-power fade, at least 0.02 s so that nothing clicks.
        fade_out_s: The same at its end.
        words: What is said, where that is known.
        reason: Why it is heard.
    """

    start: int
    end: int
    at: int
    role: SoundRole
    gain_db: float = 0.0
    fade_in_s: float = 0.02
    fade_out_s: float = 0.02
    words: str = ""
    reason: str = ""

    @property
    def frames(self) -> int:
        """Its length."""
        return self.end - self.start


@dataclass(frozen=True)
class Bed:
    """The music.

    Attributes:
        kind: Where it comes from.
        start_s: Where in its track the trailer's first frame falls; 0 for a synthesised one.
        tempo_bpm: Its tempo; None where it has no beat.
        beats_s: When its beats fall, seconds of the trailer.
        downbeats_s: Those that begin a bar.
        source: The supplied track's file name; for a synthesised bed the name of its style.
        seed: Of a synthesised bed: another seed is another piece.
        reason: Why this one.
        parts: Where the music itself begins each part of a trailer, seconds of the trailer; empty where it has none.
        splices: Where its track is joined: at this second of the trailer it goes on from that second of the track.
    """

    kind: BedKind
    start_s: float = 0.0
    tempo_bpm: float | None = None
    beats_s: tuple[float, ...] = ()
    downbeats_s: tuple[float, ...] = ()
    source: str = ""
    seed: int = 0
    reason: str = ""
    parts: tuple[tuple[Part, float], ...] = ()
    splices: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Accent:
    """A sound laid on the music, from a frame of the trailer on, for so many frames."""

    kind: AccentKind
    at: int
    frames: int
