"""Uploaded pictures of any kind as upright 8-bit sRGB, decoded in a process that may crash, hang or swell.

Orientation of EXIF is applied; CMYK, 16 bit, grey, palette and colour profiles become sRGB; what is transparent
lies on white; of an animation the first picture counts.
"""

from __future__ import annotations

import io
import tempfile
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from ops.errors import MediaError, UsageError
from ops.media.isolation import run_isolated
from ops.progress import Progress

__all__ = ["MOST_BYTES", "MOST_PIXELS", "decode_mask", "decode_picture"]

MOST_BYTES = 20 * 2**20
MOST_PIXELS = 40_000_000

_LONGEST = 4096
"""Longer side of what is kept in memory: no blend is larger."""

_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP")
_STALL_S = 30.0
_MEMORY_BYTES = 3 * 2**30
_FIX = "Upload a JPEG, PNG, WebP, AVIF, TIFF, GIF or BMP."


def decode_picture(content: bytes, *, name: str = "picture") -> NDArray[np.uint8]:
    """An uploaded picture as (H, W, 3) uint8 sRGB, upright, its longer side at most 4096.

    Raises:
        UsageError: It is empty or has more than 20 MB.
        MediaError: It is no picture, damaged, over 40 megapixels, or it crashes or hangs its decoder.
    """
    return _isolated(_open_picture, content, name)


def decode_mask(content: bytes, *, name: str = "mask") -> NDArray[np.uint8]:
    """An uploaded mask as (H, W) uint8, 255 where a source goes: its transparency where it has any, else its grey.

    Raises:
        As `decode_picture`.
    """
    return _isolated(_open_mask, content, name)


def _isolated(function, content: bytes, name: str) -> NDArray[np.uint8]:
    if not 0 < len(content) <= MOST_BYTES:
        what = f"{len(content)} bytes" if content else "it is empty"
        raise UsageError(what, where=name, fix=f"Upload at most {MOST_BYTES // 2**20} MB.")
    with tempfile.TemporaryDirectory(prefix="blend-") as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        try:
            return run_isolated(function, path, stall_s=_STALL_S, memory_bytes=_MEMORY_BYTES)
        except MediaError as error:  # a temporary path tells nobody which picture it was
            raise MediaError(error.what, where=name, fix=error.fix) from None


def _open_picture(path: Path, progress: Progress) -> NDArray[np.uint8]:
    picture = _upright(path)
    shown = _srgb(picture)
    if (alpha := _alpha(picture)) is not None:  # last: white is sRGB's, whatever the picture's own colours are
        shown = Image.composite(shown, Image.new("RGB", shown.size, "white"), alpha)
    return np.asarray(_sized(shown))


def _open_mask(path: Path, progress: Progress) -> NDArray[np.uint8]:
    picture = _upright(path)
    alpha = _alpha(picture)
    if alpha is not None and alpha.getextrema() != (255, 255):
        return np.asarray(_sized(alpha))
    return np.asarray(_sized(picture.convert("RGB").convert("L")))


def _upright(path: Path) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(path, formats=_FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise Image.DecompressionBombError
                opened.seek(0)
                opened.load()
                return _eight_bits(ImageOps.exif_transpose(opened))
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            most = MOST_PIXELS // 1_000_000
            raise MediaError(f"more than {most} megapixels", where=path, fix="Upload it smaller.") from None
        except (OSError, ValueError, SyntaxError, EOFError) as error:
            told = "it is no picture" if isinstance(error, Image.UnidentifiedImageError) else "it is damaged"
            raise MediaError(told, where=path, fix=_FIX) from None


def _eight_bits(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith(("I", "F")):  # Pillow clips 16 bits at 255 where it is asked to convert
        values = np.asarray(picture, np.float64)
        depth = 65535.0 if picture.mode.startswith("I") else max(float(values.max()), 1.0)
        scaled = Image.fromarray(np.rint(np.clip(values / depth, 0, 1) * 255).astype(np.uint8))
        scaled.info.update({name: told for name, told in picture.info.items() if name == "icc_profile"})
        return scaled
    return picture


def _alpha(picture: Image.Image) -> Image.Image | None:
    """How opaque each pixel is; None where the picture knows no transparency."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        return picture.convert("RGBA").getchannel("A")
    return None


def _srgb(picture: Image.Image) -> Image.Image:
    """The colours alone, by the picture's profile where it has one: profiles speak of colours, not of transparency."""
    profile = picture.info.get("icc_profile")
    colours = _colours(picture)
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            found = ImageCms.profileToProfile(colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if found is not None:
                return found
        except ImageCms.PyCMSError:
            pass  # a profile that fits the picture's channels not at all is none
    return colours.convert("RGB")


def _colours(picture: Image.Image) -> Image.Image:
    """The channels that a profile can speak of: ink, grey or light; palettes are spelt out, transparency is left."""
    if picture.mode in {"CMYK", "L", "RGB"}:
        return picture
    if picture.mode in {"1", "LA"}:
        return picture.convert("L")
    return picture.convert("RGBA").convert("RGB") if picture.mode in {"P", "PA"} else picture.convert("RGB")


def _sized(picture: Image.Image) -> Image.Image:
    if max(picture.size) <= _LONGEST:
        return picture
    scale = _LONGEST / max(picture.size)
    return picture.resize([max(round(side * scale), 1) for side in picture.size], Image.Resampling.LANCZOS)
