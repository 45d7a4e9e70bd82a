"""Uploads of every kind become upright sRGB, or are refused in words."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

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


def swapped_profile() -> bytes:
    """The profile of a screen whose red shines green, and whose green red: sRGB's with two primaries changed over."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # ICC.1, 7.2: a table of (signature, offset, size) follows the 128 bytes of the header
    return profile[:128] + profile[128:].replace(b"rXYZ", b"tmp!", 1).replace(b"gXYZ", b"rXYZ", 1).replace(
        b"tmp!", b"gXYZ", 1
    )


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "clear P"])
def test_a_profile_is_read_in_pictures_of_every_mode(mode: str, tmp_path: Path):
    colours = Image.new("RGBA", (8, 8), (220, 20, 20, 255))
    picture = colours.convert(mode.removeprefix("clear "))
    if mode == "clear P":
        picture.info["transparency"] = 255
    picture.save(tmp_path / "swapped.png", icc_profile=swapped_profile())
    red, green, blue = opened(tmp_path / "swapped.png")[4, 4].astype(int)
    assert green > 200
    assert max(red, blue) < 60


def test_half_transparent_colours_are_mixed_with_white_after_the_profile(tmp_path: Path):
    Image.new("RGB", (8, 8), (220, 20, 20)).save(tmp_path / "solid.png", icc_profile=swapped_profile())
    Image.new("RGBA", (8, 8), (220, 20, 20, 51)).save(tmp_path / "fifth.png", icc_profile=swapped_profile())
    solid, fifth = (opened(tmp_path / name)[4, 4].astype(float) for name in ("solid.png", "fifth.png"))
    assert np.abs(fifth - (0.2 * solid + 0.8 * 255)).max() <= 1


def test_a_grey_profile_holds_beside_transparency_and_at_sixteen_bits(tmp_path: Path):
    grey = Image.new("L", (8, 8), 120)
    grey.save(tmp_path / "plain.png", icc_profile=linear_grey_profile())
    Image.merge("LA", [grey, Image.new("L", (8, 8), 255)]).save(
        tmp_path / "clear.png", icc_profile=linear_grey_profile()
    )
    deep = Image.fromarray(np.full((8, 8), 120 * 257, np.uint16))
    deep.save(tmp_path / "deep.png", icc_profile=linear_grey_profile())
    plain, clear, deep = (opened(tmp_path / name) for name in ("plain.png", "clear.png", "deep.png"))
    # linear light 120/255 by the sRGB curve (IEC 61966-2-1)
    assert abs(int(plain[4, 4, 0]) - round(255 * (1.055 * (120 / 255) ** (1 / 2.4) - 0.055))) <= 1
    assert np.array_equal(plain, clear)
    assert np.array_equal(plain, deep)


def linear_grey_profile() -> bytes:
    """A grey profile of linear light, written by the tables of ICC.1:2001-04."""

    def fixed(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    white = b"XYZ " + b"\0" * 4 + fixed(0.9642) + fixed(1.0) + fixed(0.8249)
    curve = b"curv" + b"\0" * 4 + struct.pack(">I", 0)  # no entries: the identity
    told = b"desc" + b"\0" * 4 + struct.pack(">I", 2) + b"x\0" + b"\0" * 78
    told += b"\0" * (-len(told) % 4)
    body, table = b"", b""
    for signature, tag in ((b"desc", told), (b"wtpt", white), (b"kTRC", curve)):
        table += signature + struct.pack(">II", 128 + 4 + 3 * 12 + len(body), len(tag))
        body += tag
    size = 128 + 4 + len(table) + len(body)
    header = struct.pack(">I4sI4s4s4s", size, b"\0" * 4, 0x02400000, b"mntr", b"GRAY", b"XYZ ")
    header += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28
    header += fixed(0.9642) + fixed(1.0) + fixed(0.8249)
    return header.ljust(128, b"\0") + struct.pack(">I", 3) + table + body


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
