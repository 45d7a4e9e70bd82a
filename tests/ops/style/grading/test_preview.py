"""A still in a look, through the very graph that films go through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ops.errors import UsageError
from ops.style.catalogue import style_of
from ops.style.grading.preview import house_still, jpeg, styled_still


def _in_look(*stages: dict[str, Any]) -> np.ndarray:
    document = {"id": "any", "name": "Any", "about": "", "family": "grade", "cost": "light", "container": "any"}
    return styled_still(style_of({**document, "stages": list(stages)}, Path()), house_still()).astype(int)


def test_the_still_is_the_films_own_where_nothing_is_done() -> None:
    off = np.abs(_in_look({"op": "grade"}) - house_still())
    assert np.median(off) <= 3 and np.quantile(off, 0.99) < 40  # colour at half the resolution, as in every film


def test_what_lies_over_a_grade_darkens_it_and_turns_no_hue() -> None:
    graded = _in_look({"op": "grade", "warmth": 20})
    both = _in_look({"op": "grade", "warmth": 20}, {"op": "vignette", "amount": 0.3})
    middle = np.s_[110:160, 200:290]
    assert np.abs(both[middle] - graded[middle]).mean() < 4
    corner = np.s_[:20, :20]
    ratios = both[corner].mean(axis=(0, 1)) / graded[corner].mean(axis=(0, 1))
    assert ratios.max() < 0.95 and np.ptp(ratios) < 0.06


def test_a_still_of_odd_size_loses_a_row_and_one_of_no_size_is_refused() -> None:
    style = style_of(
        {"id": "any", "name": "Any", "about": "", "family": "grade", "cost": "light", "container": "any",
         "stages": [{"op": "grade", "mono": 1.0}]},
        Path(),
    )  # fmt: skip
    assert styled_still(style, house_still()[:101, :77]).shape == (100, 76, 3)
    with pytest.raises(UsageError):
        styled_still(style, np.zeros((1, 9, 3), np.uint8))


def test_a_picture_is_written_in_the_right_order_of_colours() -> None:
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 200
    read = cv2.imdecode(np.frombuffer(jpeg(red), np.uint8), cv2.IMREAD_COLOR)
    assert read is not None and read[8, 8, 2] > 180 and read[8, 8, 0] < 40
