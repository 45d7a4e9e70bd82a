"""Documents that are styles, and documents that would crash or stall whoever runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.errors import UsageError
from ops.style.camera.stage import CameraMove
from ops.style.catalogue import read_style, style_of
from ops.style.model import Style
from ops.style.overlays.stage import OverlayKind
from ops.style.settings import SETTINGS, Range, Words
from ops.style.stages import STAGES, Canvas
from tests.ops.style.graphs import built, shown

_HEAD = {"id": "any", "name": "Any", "about": "", "family": "overlay", "cost": "light", "container": "any"}
_RAIN = {"op": "overlay", "kind": "rain"}


def _style(*stages: dict[str, Any], **parameter: Any) -> Style:
    """A style of these stages, with the one parameter `turned` where its ends are given."""
    ranged = [{"name": "turned", "label": "Turned", "default": parameter.get("low"), **parameter}] if parameter else []
    return style_of({**_HEAD, "stages": list(stages), "parameters": ranged}, Path())


@pytest.mark.parametrize(
    ("stage", "where", "limits"),
    [
        ({**_RAIN, "amount": 1e6}, "overlay, amount", "0 to 1"),
        ({"op": "gate_weave", "amount": 1e9}, "gate_weave, amount", "0 to 1"),
        ({"op": "oil_paint", "brush": 1e5}, "oil_paint, brush", "0.25 to 4"),
        ({"op": "vhs", "amount": 1e4}, "vhs, amount", "0 to 1"),
        ({"op": "halation", "radius": 1e9}, "halation, radius", "0.1 to 10"),
        ({"op": "camera", "kind": "push_in", "seconds": 0}, "camera, seconds", "0.5 to 120"),
        ({"op": "grade", "exposure": 9}, "grade, exposure", "-3 to 3"),
        ({"op": "grain", "amount": "abc"}, "grain, amount", "0 to 1"),
        ({"op": "grain", "amount": True}, "grain, amount", "0 to 1"),
        ({"op": "grain", "amount": [1]}, "grain, amount", "0 to 1"),
        ({"op": "grain", "amount": float("nan")}, "grain, amount", "0 to 1"),
        ({"op": "grain", "amount": float("inf")}, "grain, amount", "0 to 1"),
        ({"op": "grain", "amount": 16**5000}, "grain, amount", "0 to 1"),
        ({"op": "overlay", "kind": "frogs"}, "overlay, kind", "rain, snow"),
        ({"op": "lut", "file": 3}, "lut, file", "beside the style"),
    ],
)
def test_a_setting_out_of_its_range_is_refused_by_name_and_range(
    stage: dict[str, Any], where: str, limits: str
) -> None:
    with pytest.raises(UsageError) as refused:
        _style(stage)

    assert refused.value.where == where
    assert limits in str(refused.value)


def test_a_setting_that_an_operation_has_not_is_refused() -> None:
    with pytest.raises(UsageError, match="amuont"):
        _style({"op": "grain", "amuont": 0.3})


@pytest.mark.parametrize(("low", "high"), [(0.0, 1e9), (-1.0, 1.0)])
def test_no_parameter_can_be_turned_to_what_its_setting_cannot_be(low: float, high: float) -> None:
    with pytest.raises(UsageError, match=r"turned.*0 to 1.*amount|amount.*0 to 1.*turned"):
        _style({**_RAIN, "amount": "$turned"}, low=low, high=high)
    assert _style({**_RAIN, "wind": "$turned"}, low=-1.0, high=1.0).parameters[0].high == 1.0


@pytest.mark.parametrize("stage", [{"op": "overlay", "kind": "$turned"}, {"op": "lut", "file": "$turned"}])
def test_no_parameter_stands_for_a_word(stage: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        _style(stage, low=0.0, high=1.0)


@pytest.mark.parametrize("high", [10**400, float("nan"), float("inf"), "much", None])
def test_a_parameter_without_a_finite_range_is_refused(high: object) -> None:
    with pytest.raises(UsageError):
        _style({"op": "grain"}, low=0.0, high=high)


def test_a_parameter_may_be_set_to_the_ends_of_a_range_that_is_finer_than_values_are() -> None:
    (parameter,) = _style({"op": "grain", "amount": "$turned"}, low=0.12345, high=0.98765).parameters
    for end in (parameter.low, parameter.high):
        assert parameter.checked(parameter.checked(end)) == end


@pytest.mark.parametrize("name", ["encoder", "picture", "file"])
def test_every_file_of_a_stage_lies_beside_the_style(name: str) -> None:
    with pytest.raises(UsageError):
        _style({"op": "network", "file": "own.safetensors", name: "../elsewhere.png"})


@pytest.mark.parametrize("content", ["[" * 60_000, '{"stages": NaN}', "[1]", '{"id": "any", "stages": [3]}'])
def test_a_file_that_is_no_style_is_refused_whatever_it_holds(content: str, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text(content)
    with pytest.raises(UsageError):
        read_style(tmp_path / "bad.json")


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("$turned"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)


@given(
    st.sampled_from(sorted(STAGES)).flatmap(
        lambda op: st.dictionaries(st.sampled_from(sorted(SETTINGS[op])) | st.text(max_size=6), _ANYTHING, max_size=3)
    .map(lambda settings: {**settings, "op": op})),
    _ANYTHING, _ANYTHING,
)  # fmt: skip
def test_a_document_is_a_style_or_is_refused(stage: dict[str, Any], low: object, high: object) -> None:
    try:
        style = _style(stage, low=low, high=high)
    except UsageError:
        return
    assert json.dumps([dict(each.settings) for each in style.stages], allow_nan=False)


def _ends(op: str, end: Callable[[Range], float]) -> dict[str, float]:
    return {name: end(setting) for name, setting in SETTINGS[op].items() if isinstance(setting, Range)}


@pytest.mark.parametrize(
    ("op", "kind"),
    [
        (op, "")
        for op in ("cartoon", "oil_paint", "watercolour", "pencil", "grain", "halation", "gate_weave", "vignette")
    ]
    + [("vhs", ""), *(("overlay", kind) for kind in OverlayKind), *(("camera", kind) for kind in CameraMove)],
)
@pytest.mark.parametrize("end", [lambda each: each.low, lambda each: each.high], ids=["low", "high"])
def test_an_operation_works_at_both_ends_of_its_ranges(op: str, kind: str, end: Callable[[Range], float]) -> None:
    canvas = Canvas(96, 64, Fraction(24))
    frame = np.random.default_rng(1).integers(0, 256, (64, 96, 3), np.uint8)
    made = built(op, canvas, **{**_ends(op, end), **({"kind": kind} if kind else {})})
    (result,) = shown(made, [frame], canvas, first=30)
    assert result.shape == frame.shape


def test_the_kinds_that_styles_may_name_are_those_there_are() -> None:
    assert SETTINGS["overlay"]["kind"] == Words(tuple(OverlayKind))
    assert SETTINGS["camera"]["kind"] == Words(tuple(CameraMove))
