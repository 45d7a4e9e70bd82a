"""What a blend must hold before it is shown: its size, its tones, a loss that fell, and masks that were kept to."""

from __future__ import annotations

from assets.checks.expectations import between, number
from assets.checks.model import Check, Column, Kind, Promise, Row, Suite

__all__ = ["BLEND_PROMISES", "blend_suite"]

LEAST_TONES = 24
"""Grey levels between the darkest and the lightest pixel: a flat picture that was painted on has up to 16."""

MOST_BARE_CHANGE = 0.012
"""Mean change of lightness where no style was to go: three codes of 255, which scaling alone may cost."""

_WHOLE = Promise("blend_table_whole", "The published picture decodes and was measured in full.", True)
_SIZE = Promise("blend_size_exact", "Its longer side has exactly the pixels that the recipe asks for.", True)
_FINITE = Promise("blend_loss_finite", "Every loss on the way is a number.", True)
_FLAT = Promise("blend_not_flat", "There is something to see: its tones are apart.", True)
_MASKS = Promise("blend_masks_kept", "Where no style was painted in, the contents are as they were.", True)
_SAFE = Promise("blend_image_safe", "The image checker, where one is set, finds nothing in it.", True)
_FELL = Promise("blend_loss_fell", "The walk led down: the first scale's loss fell.", False)

BLEND_PROMISES = (_WHOLE, _SIZE, _FINITE, _FLAT, _MASKS, _SAFE, _FELL)

_MEASURED = ("size_error", "not_finite", "tones", "bare_change", "unsafe", "loss_fell")


def blend_suite() -> Suite:
    """The checks of a blend's one row."""
    return Suite(
        row="blend",
        key="blend",
        columns=(Column("blend", Kind.TEXT), Column("why", Kind.TEXT), *(Column(n, Kind.NUMBER) for n in _MEASURED)),
        whole=_WHOLE,
        checks=(
            Check(_SIZE, (between("size_error", 0, 0, says=_misfit),)),
            Check(_FINITE, (between("not_finite", 0, 0, says=lambda row: f"{row['name']} has a loss that is none"),)),
            Check(_FLAT, (between("tones", LEAST_TONES, 255, says=_flat),)),
            Check(_MASKS, (between("bare_change", 0, MOST_BARE_CHANGE, says=_spilt),)),
            Check(_SAFE, (between("unsafe", 0, 0, says=lambda row: f"{row['name']}: {row['why']}"),)),
            Check(_FELL, (between("loss_fell", 0, 1, says=_rose),)),
        ),
    )


def _misfit(row: Row) -> str:
    return f"{row['name']} is {number(row['size_error'])} pixels off its size"


def _flat(row: Row) -> str:
    return f"{row['name']} shows next to nothing: {number(row['tones'])} grey levels from darkest to lightest"


def _spilt(row: Row) -> str:
    return f"{row['name']} changed by {100 * row['bare_change']:.1f} % of lightness where no style was painted in"


def _rose(row: Row) -> str:
    return f"{row['name']}: its loss rose by {-100 * row['loss_fell']:.0f} %"
