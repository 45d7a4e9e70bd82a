"""What a title's variants must hold before anyone is shown them: each by itself, and the set as a whole."""

from __future__ import annotations

from assets.checks.expectations import between, number, rows
from assets.checks.model import Check, Column, Kind, Promise, Row, Suite
from assets.checks.thumbnails import LEAST_TONES, MOST_BYTES

__all__ = ["VARIANTS_PROMISES", "variants_suite"]

LEAST_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, at 120 pixels across."""

LEAST_CAP_PX = 5.9
"""Height of capitals there; the craft sets 6, and sizes are whole pixels."""

_WHOLE = Promise("variants_table_whole", "Every variant decodes and was measured in full.", True)
_ASPECT = Promise("variants_aspect_exact", "Each variant has exactly the ratio promised.", True)
_BLANK = Promise("variants_not_blank", "Each variant shows something: its tones are apart.", True)
_FACES = Promise("variants_cut_no_face", "No edge of a variant runs through a face.", True)
_CLEAR = Promise("variant_text_clear", "A title's letters touch no face, no duration badge and no progress bar.", True)
_READ = Promise(
    "variant_text_legible",
    f"At 120 pixels across a title has contrast {LEAST_CONTRAST} or more and capitals of 6 pixels or more.",
    True,
)
_SCORE = Promise("variants_score_in_range", "Each variant's score is a number from 0 to 1.", True)
_LIGHT = Promise("variants_light_enough", "Each variant's file has at most 2 MB, as video platforms take it.", False)
_MANY = Promise("variants_enough", "There are 4 variants or more, so that a test has something to choose from.", False)

VARIANTS_PROMISES = (_WHOLE, _ASPECT, _BLANK, _FACES, _CLEAR, _READ, _SCORE, _LIGHT, _MANY)

_MEASURED = ("aspect_error", "tones", "cut_faces", "covered_faces", "overlaid_text", "score", "bytes")


def variants_suite() -> Suite:
    """The checks of `VariantSet.table()`."""
    return Suite(
        row="variant",
        key="variant",
        columns=(
            Column("variant", Kind.TEXT),
            Column("treatment", Kind.TEXT),
            *(Column(name, Kind.NUMBER) for name in _MEASURED),
            Column("contrast", Kind.NUMBER, optional_values=True),
            Column("cap_px", Kind.NUMBER, optional_values=True),
        ),
        whole=_WHOLE,
        checks=(
            Check(_ASPECT, (between("aspect_error", 0, 0),)),
            Check(_BLANK, (between("tones", LEAST_TONES, 255),)),
            Check(_FACES, (between("cut_faces", 0, 0, says=_cut),)),
            Check(_CLEAR, (between("covered_faces", 0, 0, says=_covers), between("overlaid_text", 0, 0, says=_under))),
            Check(_READ, (between("contrast", LEAST_CONTRAST, 21, says=_faint), between("cap_px", LEAST_CAP_PX, None))),
            Check(_SCORE, (between("score", 0, 1),)),
            Check(_LIGHT, (between("bytes", 1, MOST_BYTES),)),
            Check(_MANY, (rows(4, None, _few),)),
        ),
    )


def _cut(row: Row) -> str:
    return f"{row['name']} ({row['treatment']}) cuts through {number(row['cut_faces'])} of its faces"


def _covers(row: Row) -> str:
    return f"{row['name']} has letters over a face"


def _under(row: Row) -> str:
    return f"{row['name']} has letters where lists draw the duration or the progress"


def _faint(row: Row) -> str:
    return f"{row['name']} has a title of contrast {row['contrast']:.1f} at 120 pixels"


def _few(row: Row) -> str:
    return f"there are only {number(row['observed'])} variants: the film has too little to show for more"
