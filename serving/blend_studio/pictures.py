"""Pictures as the studio handles them: small, upright, sRGB."""

from __future__ import annotations

import io
import warnings

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from ops.errors import MediaError
from serving.blend_studio.protocol import LONGEST_PICTURE

__all__ = ["as_jpeg", "as_png", "mask_of", "shrunk"]

_QUALITY = 92
"""JPEG's: below 90 the flat areas of a drawing show blocks when the page zooms in."""


def as_jpeg(picture: np.ndarray) -> bytes:
    """A picture, (H, W, 3) uint8 sRGB, as JPEG."""
    done, data = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    assert done, "OpenCV encodes every uint8 picture"
    return data.tobytes()


def as_png(plane: np.ndarray) -> bytes:
    """A mask, (H, W) uint8, as PNG."""
    done, data = cv2.imencode(".png", plane)
    assert done, "OpenCV encodes every uint8 plane"
    return data.tobytes()


def shrunk(picture: np.ndarray, longest: int) -> np.ndarray:
    """A picture whose longer side has `longest` pixels at most."""
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return picture
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def mask_of(png: bytes, name: str) -> np.ndarray:
    """A painted mask, (H, W) uint8.

    Raises:
        MediaError: It is no PNG, damaged, or too large.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
                if max(opened.size) > LONGEST_PICTURE:
                    raise MediaError("is too large", where=name, fix=f"{LONGEST_PICTURE} pixels a side at most.")
                return np.asarray(opened.convert("L"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombWarning):
        raise MediaError("is damaged", where=name, fix="Paint it anew.") from None
