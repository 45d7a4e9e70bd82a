"""An edit of nothing: what a person's edit is read by where the house has none of its own."""

from __future__ import annotations

from fractions import Fraction

from ops.trailer.cuts import Destination
from ops.trailer.edl import EditDecisionList, Film
from ops.trailer.events import Card, CardKind

__all__ = ["blank_edit"]


def blank_edit(
    cut: str, rate: Fraction, size: tuple[int, int], film: Film, destination: Destination = Destination.WEB
) -> EditDecisionList:
    """One black frame without music or sound, as `read_otio` takes what a file does not tell from it.

    Args:
        cut: Which trailer.
        rate: Its rate.
        size: Its picture, pixels.
        film: What it is cut from.
        destination: Where it is shown.
    """
    return EditDecisionList(
        cut=cut,
        rate=rate,
        size=size,
        film=film,
        events=(Card(1, CardKind.TAGLINE, ("",)),),
        joins=(),
        target_lufs=destination.target_lufs,
        peak_dbtp=destination.peak_dbtp,
    )
