"""What the table of shot features must hold: rankings and trailers add these numbers up, so a NaN would spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assets.checks.expectations import LARGEST, between, number, one_row_a_shot
from assets.checks.model import Check, Column, Derived, Kind, Promise, Row, Suite

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SHOT_FEATURES_PROMISES", "shot_features_suite"]

UNIT_SLACK = 1e-3
"""How far an embedding's length may be from 1: rows of float16 models are off by up to 5e-4."""

_WHOLE = Promise("shot_features_table_whole", "The table of shot features has its columns, types and no hole.", True)
_COVER = Promise("shot_features_cover_shots", "There is exactly one row for every shot.", True)
_RANGE = Promise("shot_features_in_range", "Every number is finite and on its scale; face areas are from 0 to 1.", True)
_UNIT = Promise("embeddings_of_unit_length", "Every embedding has length 1, or 0 where a shot has no keyframe.", True)

SHOT_FEATURES_PROMISES = (_WHOLE, _COVER, _RANGE, _UNIT)

_SCALES = {
    "length_s": (0.0, LARGEST),
    "luma": (0.0, 255.0),
    "contrast": (0.0, 127.5),
    "motion": (0.0, 255.0),
    "motion_peak": (0.0, 255.0),
    "sharpness": (0.0, LARGEST),
    "colourfulness": (0.0, LARGEST),
    "faces": (0.0, 1_000.0),
    "face_area": (0.0, 1.0),
}


def shot_features_suite(shots: int) -> Suite:
    """The checks of `ShotFeatures.table()`.

    Args:
        shots: How many shots the film has.
    """
    return Suite(
        row="shot",
        key="shot",
        columns=(
            Column("shot", Kind.WHOLE),
            *(Column(name, Kind.NUMBER) for name in _SCALES),
            Column("embedding_norm", Kind.NUMBER),
        ),
        whole=_WHOLE,
        derived=(Derived("embedding_off", ("embedding_norm",), _off),),
        checks=(
            Check(_COVER, one_row_a_shot(shots)),
            Check(_RANGE, tuple(between(name, low, high) for name, (low, high) in _SCALES.items())),
            Check(_UNIT, (between("embedding_off", 0, UNIT_SLACK, says=_not_unit),)),
        ),
    )


def _off(table: pd.DataFrame) -> Any:
    """How far an embedding's length is from 1, or from 0 if that is nearer."""
    length = table["embedding_norm"].abs()
    return length.where(length < 0.5, (length - 1).abs())


def _not_unit(row: Row) -> str:
    return f"{row['name']} has an embedding of length {number(row['embedding_norm'])}, not 1"
