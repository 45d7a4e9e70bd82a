"""What is heard besides the music: the lines, the pictures' own sound, and strokes that point at the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ops.trailer.editing.dialogue import PlacedLine
from ops.trailer.editing.pacing import Slot
from ops.trailer.events import Part
from ops.trailer.soundtrack import Accent, AccentKind, Bed, BedKind, FilmSound, SoundRole

__all__ = ["ShownStretch", "accents_of", "film_effects", "spoken_lines"]

_RISER_S, _BOOM_S, _HIT_S = 2.0, 2.5, 1.2
_EFFECT_FADE_S = 0.08
_LINE_FADE_S = 0.04
_SPOKEN = 0.1
"""Share of any quarter second with speech from which a stretch's sound is not used: half a word would be heard, however
long the rest of the stretch is silent."""

_SCORED, _SCORED_TWICE = 0.5, 0.1
"""Share of a shot with music from which its sound is not laid under another music; under the film's own, which it
would double, almost any is too much."""


@dataclass(frozen=True)
class ShownStretch:
    """A stretch of the film in its place: the trailer's frame, from and to in the film, how much music is in it."""

    at: int
    start: int
    end: int
    music: float


def spoken_lines(lines: Sequence[PlacedLine]) -> list[FilmSound]:
    """The lines as they were placed."""
    return [
        FilmSound(
            line.start,
            line.end,
            line.at,
            SoundRole.DIALOGUE,
            fade_in_s=_LINE_FADE_S,
            fade_out_s=_LINE_FADE_S,
            words=line.line.words,
            reason=f"stands alone ({line.line.alone:.0%})",
        )
        for line in lines
    ]


def film_effects(
    shown: Sequence[ShownStretch],
    lines: Sequence[PlacedLine],
    speech: np.ndarray,
    step_s: float,
    rate: Fraction,
    *,
    gain_db: float,
    over: Bed | None,
) -> list[FilmSound]:
    """The film's own sound under its pictures, where nobody speaks in it, no other music plays and no line is heard.

    Args:
        shown: What is seen of the film.
        lines: What is said.
        speech: (T,) where there is speech in the film, 0 to 1.
        step_s: Its step.
        rate: The trailer's rate.
        gain_db: How loud beside the film.
        over: The music that it lies under.
    """
    frames_a_step = float(Fraction(step_s).limit_denominator(1000) * rate)
    most_music = _SCORED_TWICE if over is not None and over.kind is BedKind.FILM else _SCORED
    found = []
    for each in shown:
        heard = speech[int(each.start / frames_a_step) : int(each.end / frames_a_step) + 1]
        until = each.at + each.end - each.start
        talked_over = any(line.at < until and each.at < line.until for line in lines)
        if talked_over or each.music > most_music or (len(heard) and float(heard.max()) > _SPOKEN):
            continue
        found.append(
            FilmSound(
                each.start,
                each.end,
                each.at,
                SoundRole.EFFECTS,
                gain_db=gain_db,
                fade_in_s=_EFFECT_FADE_S,
                fade_out_s=_EFFECT_FADE_S,
                reason="the picture's own sound",
            )
        )
    return found


def accents_of(slots: Sequence[Slot], rate: Fraction) -> tuple[Accent, ...]:
    """A riser into the climax, a hit as it opens, a boom under the name."""
    climax = next(slot.start for slot in slots if slot.part is Part.CLIMAX)
    button = next(slot.start for slot in slots if slot.part is Part.BUTTON)
    riser = min(climax, round(Fraction(_RISER_S) * rate))
    rings = min(slots[-1].end - button, round(Fraction(_BOOM_S) * rate))
    return (
        Accent(AccentKind.RISER, climax - riser, riser),
        Accent(AccentKind.HIT, climax, round(Fraction(_HIT_S) * rate)),
        Accent(AccentKind.BOOM, button, rings),
    )
