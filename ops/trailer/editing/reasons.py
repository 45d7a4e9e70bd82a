"""Why this shot, here: a sentence for whoever reads the edit."""

from __future__ import annotations

from ops.trailer.editing.dialogue import PlacedLine
from ops.trailer.editing.moments import Moments
from ops.trailer.editing.pacing import Slot
from ops.trailer.editing.structure import TERMS, Genre

__all__ = ["reason_for"]


def reason_for(slot: Slot, candidate: int, moments: Moments, genre: Genre, line: PlacedLine | None) -> str:
    """The reason for a shot in its slot.

    Args:
        slot: Where it stands.
        candidate: Which of the moments.
        moments: All of them.
        genre: What a moment is worth.
        line: What is said in it; None where nothing is.
    """
    return _worth(slot, candidate, moments, genre) if line is None else _said(slot, line, float(moments.rate))


def _said(slot: Slot, line: PlacedLine, rate: float) -> str:
    told = f"“{line.line.words}” is said in it" if line.line.words else "a line is spoken in it"
    if line.lead:
        told += f", heard {line.lead / rate:.1f} s before it is seen (J cut)"
    if line.until > slot.end:
        told += f", going on over the next picture (L cut, {(line.until - slot.end) / rate:.1f} s)"
    return told


def _worth(slot: Slot, candidate: int, moments: Moments, genre: Genre) -> str:
    traits = dict(zip(TERMS, moments.traits[candidate].tolist(), strict=True))
    best = sorted(traits, key=lambda term: -genre.values[term] * traits[term])[:2]
    ranks = ", ".join(f"{term} {traits[term]:.0%}" for term in best if genre.values[term] * traits[term] > 0)
    at_s = int(moments.first[candidate] / moments.rate)
    intensity, scene = float(moments.intensity[candidate]), int(moments.scene[candidate])
    return (
        f"{ranks or 'the best that fits'} within the film; intensity {intensity:.0%} where the {slot.part} asks "
        f"{slot.intensity:.0%}; from {at_s // 60}:{at_s % 60:02d}, scene {scene}"
    )
