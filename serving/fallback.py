"""The picture that stands in where a title has none yet: painted here, so that a front page never shows a hole."""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from PIL import Image, ImageDraw

from ops.thumbnails.aspect import Aspect

__all__ = ["Fallback", "fallback"]

_TOP, _BOTTOM, _LAMP = (31, 35, 42), (13, 14, 17), (230, 180, 80)


@dataclass(frozen=True)
class Fallback:
    """A stand-in picture (JPEG)."""

    content: bytes
    sha256: str


@functools.cache
def fallback(aspect: Aspect) -> Fallback:
    """The stand-in of a shape: a dark stage, lit from above, with a play mark; the same bytes at every start."""
    width, height = aspect.size
    across = np.linspace(-1, 1, width)[None, :] * width / height
    down = np.linspace(0, 1, height)[:, None]
    light = np.exp(-(across**2) * 0.9 - (down * 1.8) ** 2)[..., None]
    stage = np.array(_TOP) * (1 - down[..., None]) + np.array(_BOTTOM) * down[..., None] + light * 34
    picture = Image.fromarray(np.clip(stage, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    size = min(width, height) * 0.09
    x, y = width / 2, height / 2
    draw.ellipse([x - 2 * size, y - 2 * size, x + 2 * size, y + 2 * size], outline=_LAMP, width=max(2, int(size / 9)))
    draw.polygon([(x - 0.6 * size, y - size), (x - 0.6 * size, y + size), (x + 1.1 * size, y)], fill=_LAMP)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return Fallback(out.getvalue(), sha256(out.getvalue()).hexdigest())
