"""Uploads of every kind become upright sRGB, or are refused in words."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ops.blend import reading
from ops.blend.reading import decode_mask, decode_picture
from ops.errors import MediaError, UsageError
from ops.progress import no_progress


def opened(path: Path) -> np.ndarray:
    """What the isolated process would give; one process a picture would take the suite's time."""
    return reading._open_picture(path, no_progress)


def test_every_odd_picture_is_read(data: Path):
    for path in sorted((data / "images" / "odd").iterdir()):
        picture = opened(path)
        assert (picture.dtype, picture.ndim, picture.shape[2]) == (np.uint8, 3, 3), path.name


def test_an_upright_picture_comes_of_a_turned_one(data: Path):
    turned = opened(data / "images/odd/home_exif_orientation6.jpg")
    with Image.open(data / "images/odd/home_exif_orientation6.jpg") as stored:
        assert turned.shape[:2] == (stored.width, stored.height)
        assert np.abs(turned.astype(int) - np.rot90(np.asarray(stored.convert("RGB")), -1)).max() <= 1


def test_sixteen_bits_are_scaled_and_not_clipped(data: Path):
    path = data / "images/odd/gradient_16bit.png"
    stored = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert stored is not None
    assert stored.dtype == np.uint16
    shown = opened(path)[..., 0].astype(float) if stored.ndim == 2 else opened(path)[..., ::-1].astype(float)
    assert np.abs(shown - stored / 257.0).max() <= 1.0


def test_what_is_transparent_lies_on_white(tmp_path: Path):
    Image.new("RGBA", (4, 4), (200, 0, 0, 0)).save(tmp_path / "clear.png")
    assert opened(tmp_path / "clear.png").min() == 255


def test_a_mask_is_a_picture_s_transparency_where_it_has_any_else_its_grey():
    clear = io.BytesIO()
    Image.fromarray(np.dstack([np.full((4, 4, 3), 9, np.uint8), np.eye(4, dtype=np.uint8) * 255])).save(clear, "PNG")
    assert decode_mask(clear.getvalue()).tolist() == (np.eye(4, dtype=int) * 255).tolist()


def bomb() -> bytes:
    """A PNG of 60,000 x 60,000 pixels in a few hundred bytes of zeros."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def test_a_bomb_is_refused_by_its_name_in_the_process_that_opens_it():
    with pytest.raises(MediaError, match=r"^holiday.png: more than 40 megapixels"):
        decode_picture(bomb(), name="holiday.png")


@pytest.mark.parametrize("content", [b"x" * 99, b"\x89PNG\r\n\x1a\n" + b"\0" * 60, b"GIF89a" + b"\xff" * 40, b"<svg/>"])
def test_what_is_no_picture_is_told(content: bytes, tmp_path: Path):
    (tmp_path / "upload").write_bytes(content)
    with pytest.raises(MediaError, match=r"no picture|damaged"):
        opened(tmp_path / "upload")


def test_half_a_picture_is_damaged(data: Path, tmp_path: Path):
    (tmp_path / "half.jpg").write_bytes((data / "images/content/home.jpg").read_bytes()[:9000])
    with pytest.raises(MediaError, match="damaged"):
        opened(tmp_path / "half.jpg")


def test_too_much_and_nothing_are_refused_before_they_are_opened():
    for content in (b"", b"\0" * (reading.MOST_BYTES + 1)):
        with pytest.raises(UsageError):
            decode_picture(content)
