"""What a thumbnail must hold before front pages show it: read back from the picture file, not from its plan."""

from __future__ import annotations

from assets.checks.expectations import between, number
from assets.checks.model import Check, Column, Derived, Kind, Promise, Row, Suite

__all__ = ["THUMBNAIL_PROMISES", "thumbnail_suite"]

LEAST_PIXELS = 64
"""A side shorter than this is no picture on any page."""

SHARP_ENOUGH_PIXELS = 300
"""The shorter side that a card of 150 CSS pixels needs on a screen of double density."""

MOST_BYTES = 2_000_000
"""The commonest upload limit of video platforms."""

LEAST_TONES = 24
"""Grey levels between the darkest and the lightest pixel: a black frame that was compressed has up to 16."""

_WHOLE = Promise("thumbnail_table_whole", "The published picture decodes and was measured in full.", True)
_ASPECT = Promise("thumbnail_aspect_exact", "Its width and height have exactly the ratio promised.", True)
_SIZE = Promise("thumbnail_has_size", f"Each side has at least {LEAST_PIXELS} pixels.", True)
_BLANK = Promise("thumbnail_not_blank", "There is something to see: its tones are apart.", True)
_FACES = Promise("no_face_cut", "No edge runs through a face.", True)
_SCORE = Promise("thumbnail_score_in_range", "Its score is a number from 0 to 1.", True)
_SHARP = Promise(
    "thumbnail_large_enough", f"Its shorter side has at least {SHARP_ENOUGH_PIXELS} pixels, for sharp screens.", False
)
_LIGHT = Promise("thumbnail_light_enough", "Its file has at most 2 MB, as video platforms take it.", False)

THUMBNAIL_PROMISES = (_WHOLE, _ASPECT, _SIZE, _BLANK, _FACES, _SCORE, _SHARP, _LIGHT)

_MEASURED = ("width", "height", "aspect_error", "tones", "cut_faces", "score", "bytes")


def thumbnail_suite() -> Suite:
    """The checks of `ThumbnailChoice.table()`."""
    return Suite(
        row="thumbnail",
        key="aspect",
        columns=(Column("aspect", Kind.TEXT), *(Column(name, Kind.NUMBER) for name in _MEASURED)),
        whole=_WHOLE,
        derived=(Derived("shorter_side", ("width", "height"), lambda t: t[["width", "height"]].min(axis=1)),),
        checks=(
            Check(_ASPECT, (between("aspect_error", 0, 0, says=_misshapen),)),
            Check(_SIZE, (between("shorter_side", LEAST_PIXELS, None, says=_small),)),
            Check(_BLANK, (between("tones", LEAST_TONES, 255, says=_blank),)),
            Check(_FACES, (between("cut_faces", 0, 0, says=_cut),)),
            Check(_SCORE, (between("score", 0, 1),)),
            Check(_SHARP, (between("shorter_side", SHARP_ENOUGH_PIXELS, None, says=_small),)),
            Check(_LIGHT, (between("bytes", 1, MOST_BYTES, says=_heavy),)),
        ),
    )


def _misshapen(row: Row) -> str:
    share = f"{100 * row['aspect_error']:.2f}"
    return f"{row['name']} has {number(row['width'])} × {number(row['height'])} pixels, {share} % off its shape"


def _small(row: Row) -> str:
    return f"{row['name']} has only {number(row['width'])} × {number(row['height'])} pixels"


def _blank(row: Row) -> str:
    return f"{row['name']} shows next to nothing: {number(row['tones'])} grey levels from darkest to lightest"


def _cut(row: Row) -> str:
    faces = "one face" if row["cut_faces"] == 1 else f"{number(row['cut_faces'])} faces"
    return f"{row['name']} cuts through {faces}"


def _heavy(row: Row) -> str:
    return f"{row['name']} has {row['bytes'] / 1e6:.1f} MB"
