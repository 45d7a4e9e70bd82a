"""LUTs against FFmpeg's lut3d, and what must hold for any of them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from av.filter import Graph
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.errors import UsageError
from ops.style.grading.cube import read_cube, read_lut, write_cube
from ops.style.grading.luts import applied, banding, composed, grid, resized, sampled


def _random_lut(size: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((size, size, size, 3)).astype(np.float32)


def _by_ffmpeg(picture: np.ndarray, filter_name: str, **options: str) -> np.ndarray:
    graph = Graph()
    height, width, _ = picture.shape
    source = graph.add_buffer(
        width=width, height=height, format=VideoFormat("rgb24", width, height), time_base=Fraction(1)
    )
    look, pixels, sink = graph.add(filter_name, **options), graph.add("format", "rgb24"), graph.add("buffersink")
    source.link_to(look)
    look.link_to(pixels)
    pixels.link_to(sink)
    graph.configure()
    graph.vpush(VideoFrame.from_ndarray(picture, format="rgb24"))
    return graph.vpull().to_ndarray()


@pytest.fixture(scope="module")
def every_shade() -> np.ndarray:
    """A picture of 64x64 steps of red and green, with blue running through them."""
    red, green = np.meshgrid(np.linspace(0, 255, 192), np.linspace(0, 255, 128))
    return np.rint(np.stack([red, green, (red * 3 + green * 7) % 256], axis=-1)).astype(np.uint8)


@pytest.mark.parametrize("size", [2, 9, 33])
def test_a_lut_that_we_write_does_in_ffmpeg_what_it_does_here(tmp_path: Path, every_shade, size: int) -> None:
    lut = _random_lut(size)
    write_cube(tmp_path / "look.cube", lut)

    theirs = _by_ffmpeg(every_shade, "lut3d", file=str(tmp_path / "look.cube"), interp="tetrahedral")

    # FFmpeg cuts fractions off where we round
    assert np.abs(theirs.astype(int) - applied(lut, every_shade)).max() <= 1


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    lut = _random_lut(5)
    write_cube(tmp_path / "a.cube", lut)
    assert np.allclose(read_cube(tmp_path / "a.cube"), lut, atol=1e-6)


def test_a_lut_over_another_domain_does_what_it_does_in_ffmpeg(tmp_path: Path, every_shade) -> None:
    rows = "\n".join(" ".join(map(str, each)) for each in [(r, g, b) for b in (0, 1) for g in (0, 1) for r in (0, 1)])
    text = f'# by hand\nTITLE "two"\nLUT_3D_SIZE 2\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 2 2 2\n{rows}\n'
    (tmp_path / "a.cube").write_text(text)

    ours = applied(read_cube(tmp_path / "a.cube"), every_shade)

    assert np.abs(ours.astype(int) - every_shade // 2).max() <= 1


def test_a_one_dimensional_lut_is_expanded(tmp_path: Path) -> None:
    (tmp_path / "a.cube").write_text("LUT_1D_SIZE 2\n1 1 1\n0 0 0\n")
    assert np.allclose(read_cube(tmp_path / "a.cube"), 1 - grid(33), atol=1e-6)


def test_a_hald_picture_is_the_lut_that_ffmpeg_makes_of_it(tmp_path: Path) -> None:
    import cv2

    graph = Graph()
    source, pixels, sink = graph.add("haldclutsrc", "level=4"), graph.add("format", "rgb24"), graph.add("buffersink")
    source.link_to(pixels)
    pixels.link_to(sink)
    graph.configure()
    identity = graph.vpull().to_ndarray()
    cv2.imwrite(str(tmp_path / "hald.png"), identity[..., ::-1])

    assert np.abs(read_lut(tmp_path / "hald.png") - grid(16)).max() <= 0.5 / 255 + 1e-6


def test_a_3dl_runs_blue_fastest(tmp_path: Path) -> None:
    rows = [f"{r * 4095} {g * 4095} {b * 4095}" for r in (0, 1) for g in (0, 1) for b in (0, 1)]
    (tmp_path / "a.3dl").write_text("\n".join(["# made by hand", "0 1023", *rows]))
    assert np.array_equal(read_lut(tmp_path / "a.3dl"), grid(2))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "LUT_3D_SIZE 2\n0 0 0\n",
        "LUT_3D_SIZE 2\n" + "0 0 nan\n" * 8,
        "LUT_3D_SIZE 2\n" + "0 0\n" * 8,
        "LUT_3D_SIZE 1\n0 0 0\n",
        "LUT_3D_SIZE 999999999\n0 0 0\n",
        "LUT_3D_SIZE -2\n",
        "LUT_3D_SIZE two\n",
        "LUT_3D_SIZE\n",
        "LUT_3D_SIZE 2\nLUT_1D_SIZE 8\n" + "0 0 0\n" * 8,
        "LUT_3D_SIZE 2\nDOMAIN_MIN 1 1 1\n" + "0 0 0\n" * 8,
        "LUT_3D_SIZE 2\nDOMAIN_MAX inf 1 1\n" + "0 0 0\n" * 8,
        "LUT_3D_SIZE 2\nEVIL yes\n" + "0 0 0\n" * 8,
        "\x00\xff" * 400,
    ],
)
def test_a_file_that_is_no_lut_is_refused_in_words(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.cube").write_text(text)
    with pytest.raises(UsageError) as refused:
        read_cube(tmp_path / "a.cube")
    assert refused.value.where == "a.cube"


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_no_text_makes_the_reader_fall(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.cube"
    file.write_text("LUT_3D_SIZE 2\n" + text, encoding="utf-8", errors="replace")
    try:
        lut = read_cube(file)
    except UsageError:
        return
    assert lut.shape == (2, 2, 2, 3)


def test_the_grid_is_the_lut_that_changes_nothing() -> None:
    colours = np.random.default_rng(1).random((500, 3)).astype(np.float32)
    assert np.allclose(sampled(grid(17), colours), colours, atol=1e-6)
    assert np.allclose(resized(grid(2), 33), grid(33), atol=1e-6)


def test_a_lut_after_another_does_what_both_do() -> None:
    first, then = _random_lut(9, 1), _random_lut(17, 2)
    points = grid(9).reshape(-1, 3)
    assert np.allclose(sampled(composed(first, then), points), sampled(then, sampled(first, points)), atol=1e-5)


def test_banding_is_nothing_in_a_straight_lut_and_shows_a_wrong_point() -> None:
    lut = grid(33)
    assert banding(lut) < 1e-3
    lut[16, 16, 16] += 10 / 255
    assert banding(lut) == pytest.approx(20, abs=0.01)
