"""The YOLO engine, on small ONNX graphs that answer known boxes in YOLOv8's layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from ops.box import Box
from ops.errors import ModelUnavailable
from ops.objects import suppressed
from resources.models.choice import EngineChoice
from resources.models.letterbox import letterboxed
from resources.models.yolo import YoloDetector, load_yolo

SIDE = 64
BOXES = 8 * 8 + 4 * 4 + 2 * 2


def choice(file: Path) -> EngineChoice:
    return EngineChoice.parse("objects_engine", f"yolo:{file}")


def answer(*found: tuple[int, float, tuple[float, float, float, float]], classes: int = 3) -> np.ndarray:
    """(1, 4 + classes, 84) float32: each find is a class, a score, and centre x, centre y, width, height in pixels."""
    rows = np.zeros((1, 4 + classes, BOXES), np.float32)
    rows[0, 2:4] = 4.0
    for place, (label, score, box) in enumerate(found):
        rows[0, :4, 7 * place] = box
        rows[0, 4 + label, 7 * place] = score
    return rows


def save_constant(file: Path, given: np.ndarray, *, names: str = "", side: int | str = SIDE, kind: int = 1) -> Path:
    """A graph that answers `given` whatever it sees (an input must be used: its mean counts nothing)."""
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "nothing"], ["zero"]),
        helper.make_node("Add", ["given", "zero"], ["output0"]),
    ]
    constants = [numpy_helper.from_array(given, "given"), numpy_helper.from_array(np.array(0, np.float32), "nothing")]
    return save_graph(file, nodes, constants, list(given.shape), names=names, shape=[1, 3, side, side], kind=kind)


def save_graph(
    file: Path, nodes: list[Any], constants: list[Any], out: list[int], *, names: str, shape: list[Any], kind: int = 1
) -> Path:
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("images", kind, shape)],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, out)],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    if names:
        helper.set_model_props(model, {"names": names})
    onnx.save(model, file)
    return file


def save_finder(file: Path) -> Path:
    """A graph that really looks: every cell of stride 8 answers a box of its own, as sure as it is white."""
    cells = np.arange(8) * 8 + 4.0
    grid = np.stack(np.meshgrid(cells, cells), 0).reshape(1, 2, 64)
    places = np.concatenate([grid, np.full((1, 2, 64), 8.0)], axis=1).astype(np.float32)
    rest = np.zeros((1, 5, BOXES - 64), np.float32)
    nodes = [
        helper.make_node("AveragePool", ["images"], ["cells"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("ReduceMin", ["cells"], ["white"], axes=[1], keepdims=1),
        helper.make_node("Reshape", ["white", "flat"], ["scores"]),
        helper.make_node("Concat", ["places", "scores"], ["fine"], axis=1),
        helper.make_node("Concat", ["fine", "rest"], ["output0"], axis=2),
    ]
    constants = [
        numpy_helper.from_array(np.array([1, 1, 64]), "flat"),
        numpy_helper.from_array(places, "places"),
        numpy_helper.from_array(rest, "rest"),
    ]
    return save_graph(file, nodes, constants, [1, 5, BOXES], names="{0: 'Lamp'}", shape=[1, 3, SIDE, SIDE])


def detector(file: Path) -> YoloDetector:
    return load_yolo(choice(file), device="cpu")


@pytest.mark.parametrize(("width", "height"), [(128, 64), (64, 128), (200, 90), (64, 64), (1000, 333)])
def test_a_white_patch_is_found_where_it_is_whatever_the_shape_of_the_picture(tmp_path: Path, width: int, height: int):
    scale = max(width, height) / SIDE  # pixels of the picture per pixel of the network's input
    beside, above = (SIDE - width / scale) / 2, (SIDE - height / scale) / 2
    left, top = 24 - beside, 32 - above  # of one cell of the network, in its pixels from the picture's corner
    picture = np.zeros((height, width, 3), np.uint8)
    patch = [round(edge * scale) for edge in (left, top, left + 8, top + 8)]
    picture[patch[1] : patch[3], patch[0] : patch[2]] = 255

    (found, *others) = detector(save_finder(tmp_path / "finder.onnx")).detect(picture)

    assert found.label == "lamp"
    assert all(other.score < found.score for other in others)
    in_its_pixels = np.array([*found.box]) * ([width / scale, height / scale] * 2)
    np.testing.assert_allclose(in_its_pixels, [left, top, 8, 8], atol=0.75)  # the letterbox stands on whole pixels


@given(width=st.integers(1, 900), height=st.integers(1, 900), box=st.tuples(*[st.floats(0, 1)] * 4))
@settings(deadline=None, max_examples=60)
def test_a_box_comes_back_from_the_letterbox_as_it_went_in(
    width: int, height: int, box: tuple[float, float, float, float]
):
    left, right = sorted(box[:2])
    top, bottom = sorted(box[2:])
    picture, placed = letterboxed(np.full((height, width, 3), 200, np.uint8), 96, 64)

    inside = np.argwhere((picture == 200).all(axis=2))  # where the picture itself stands, read from the pixels
    (y0, x0), (y1, x1) = inside.min(axis=0), inside.max(axis=0) + 1
    there = [x0 + left * (x1 - x0), y0 + top * (y1 - y0), x0 + right * (x1 - x0), y0 + bottom * (y1 - y0)]

    assert picture.shape == (64, 96, 3)
    assert len(inside) == (y1 - y0) * (x1 - x0)
    np.testing.assert_allclose(placed.back(np.array([there]))[0], [left, top, right, bottom], atol=1e-9)


def test_boxes_of_one_class_are_merged_and_of_two_are_not(tmp_path: Path):
    there = (20.0, 20.0, 16.0, 12.0)
    file = save_constant(
        tmp_path / "m.onnx",
        answer((0, 0.9, there), (0, 0.8, (21.0, 20.0, 16.0, 12.0)), (1, 0.7, there), (2, 0.24, (50.0, 50.0, 8.0, 8.0))),
        names="{0: 'person', 1: 'Dog', 2: 'kite'}",
    )

    found = detector(file).detect(np.zeros((SIDE, SIDE, 3), np.uint8))

    assert [(each.label, round(each.score, 4)) for each in found] == [("person", 0.9), ("dog", 0.7)]
    np.testing.assert_allclose([*found[0].box], [12 / 64, 14 / 64, 16 / 64, 12 / 64], atol=1e-6)


def test_boxes_stay_inside_the_picture_and_numbers_that_are_none_are_left_out(tmp_path: Path):
    nan = float("nan")
    file = save_constant(
        tmp_path / "m.onnx",
        answer((0, 0.9, (2.0, 2.0, 20.0, 20.0)), (1, 0.8, (nan, 5.0, 5.0, 5.0)), (1, nan, (9.0, 9.0, 5.0, 5.0))),
    )

    (found,) = detector(file).detect(np.zeros((SIDE, SIDE, 3), np.uint8))

    assert Box(0, 0, 1, 1).holds(found.box)


def test_80_classes_without_names_are_cocos(tmp_path: Path):
    file = save_constant(tmp_path / "m.onnx", answer((16, 0.9, (20, 20, 8, 8)), classes=80))

    (found,) = detector(file).detect(np.zeros((SIDE, SIDE, 3), np.uint8))

    assert found.label == "dog"


@pytest.mark.parametrize("names", ["__import__('os').abort()", "[1, 2", "7", "{'x': 1}", "(" * 5000])
def test_names_of_any_content_are_text_and_never_run(tmp_path: Path, names: str):
    file = save_constant(tmp_path / "m.onnx", answer((1, 0.9, (20, 20, 8, 8))), names=names)

    (found,) = detector(file).detect(np.zeros((SIDE, SIDE, 3), np.uint8))

    assert found.label == "class 1"


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ((1, BOXES, 7), r"\(1, 84, 7\)"),
        ((1, 300, 6), r"\(1, 300, 6\)"),
        ((1, 7, 10), r"\(1, 7, 10\)"),
        ((1, 4, BOXES), r"\(1, 4, 84\)"),
        ((7, BOXES), r"\(7, 84\)"),
    ],
)
def test_an_output_of_another_layout_is_told_with_its_shape(tmp_path: Path, shape: tuple[int, ...], told: str):
    file = save_constant(tmp_path / "m.onnx", np.zeros(shape, np.float32))

    with pytest.raises(ModelUnavailable, match=rf"SHOWRUNNER_OBJECTS_ENGINE.*{told}"):
        detector(file)


def test_an_input_of_whole_numbers_is_refused(tmp_path: Path):
    nodes = [helper.make_node("Cast", ["images"], ["output0"], to=TensorProto.FLOAT)]
    file = save_graph(
        tmp_path / "m.onnx", nodes, [], [1, 3, 64, 64], names="", shape=[1, 3, 64, 64], kind=TensorProto.UINT8
    )

    with pytest.raises(ModelUnavailable, match="uint8"):
        detector(file)


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x08\x07" * 400])
def test_a_file_that_is_no_model_is_told_with_its_setting(tmp_path: Path, content: bytes):
    file = tmp_path / "m.onnx"
    file.write_bytes(content)

    with pytest.raises(ModelUnavailable, match="SHOWRUNNER_OBJECTS_ENGINE"):
        detector(file)


def test_a_file_that_is_not_there_is_told_with_its_path(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match=r"none\.onnx"):
        detector(tmp_path / "none.onnx")


@given(seed=st.integers(0, 2**32 - 1), overlap=st.sampled_from([0.3, 0.5, 0.7]))
@settings(deadline=None, max_examples=60)
def test_suppression_agrees_with_opencvs_class_by_class(seed: int, overlap: float):
    rng = np.random.default_rng(seed)
    corner, size = rng.integers(0, 60, (40, 2)), rng.integers(8, 40, (40, 2))
    scores, labels = rng.permutation(np.linspace(0.3, 0.95, 40)), rng.integers(0, 3, 40)
    boxes = np.concatenate([corner, corner + size], axis=1).astype(float)

    kept = suppressed(boxes, scores, labels, overlap=overlap)

    expected: set[int] = set()
    for label in range(3):
        places = np.flatnonzero(labels == label)
        rows = [[*corner[place].tolist(), *size[place].tolist()] for place in places]
        stays = cv2.dnn.NMSBoxes(rows, scores[places].tolist(), 0.0, overlap) if rows else []
        expected |= {int(places[place]) for place in np.ravel(stays)}
    assert set(kept.tolist()) == expected
    assert (np.diff(scores[kept]) <= 0).all()


def test_cuda_without_the_library_for_it_is_an_error_and_no_silent_fallback(tmp_path: Path):
    import onnxruntime

    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this ONNX Runtime has CUDA")
    file = save_constant(tmp_path / "m.onnx", answer())

    with pytest.raises(ModelUnavailable, match=r"SHOWRUNNER_DEVICE.*onnxruntime-gpu"):
        load_yolo(choice(file), device="cuda")


def test_a_file_that_leaves_its_size_open_is_given_640_pixels(tmp_path: Path):
    boxes = 80 * 80 + 40 * 40 + 20 * 20
    rows = np.zeros((1, 5, boxes), np.float32)
    rows[0, :, 11] = (320, 320, 64, 128, 0.9)
    file = save_constant(tmp_path / "m.onnx", rows, side="side")

    (found,) = detector(file).detect(np.zeros((640, 640, 3), np.uint8))

    np.testing.assert_allclose([*found.box], [0.45, 0.4, 0.1, 0.2], atol=1e-6)
