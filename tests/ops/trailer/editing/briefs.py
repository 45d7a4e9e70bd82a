"""What is asked of the editor in these tests."""

from __future__ import annotations

from fractions import Fraction

from ops.scenes.model import SceneAnalysis
from ops.trailer.cuts import CUTS
from ops.trailer.editing.editor import Brief
from ops.trailer.editing.structure import Genre, genre_of, structure_of
from ops.trailer.edl import Film
from ops.trailer.music.bed import synthesised_bed

__all__ = ["GENRES", "brief_for", "genre"]

GENRES = ("action", "drama", "comedy", "documentary", "music")


def genre(name: str) -> Genre:
    """A genre that the house knows."""
    found = genre_of(name)
    assert found is not None
    return found


def brief_for(
    analysis: SceneAnalysis,
    cut: str = "trailer_30",
    style: str | Genre = "action",
    *,
    rate: Fraction = Fraction(24),
    seed: int = 0,
    music: bool = True,
    **more: object,
) -> Brief:
    """A brief as the cutting room writes it, with a bed of our own making."""
    own = genre(style) if isinstance(style, str) else style
    seconds = float(round(CUTS[cut].seconds * rate) / rate)
    shares = {plan.part: plan.share for plan in structure_of(CUTS[cut].structure).parts}
    bed = synthesised_bed(seconds, own.music, seed, shares=shares) if music else None
    film = Film("film", "ab" * 32, int(analysis.duration_s * rate))
    asked = {"name": "The Film", "tagline": "Some are lost", "seed": seed} | more
    return Brief(CUTS[cut], film, rate, (320, 180), own, bed, **asked)  # type: ignore[arg-type]
