"""The pictures that give the house's style networks their colours: painted by the code beside this, and nobody else's.

Each is one of our demo film's scenes in a medium; previews of blends learnt their textures too. They are deterministic,
so weights can be trained anew from nothing but this repository.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from ops.demo.paint import Picture, Size
from ops.style.networks.paintings.brushed import charcoal, impasto, ink_wash, pointillism
from ops.style.networks.paintings.cut import engraving, mosaic, stained_glass, woodblock

__all__ = ["PAINTINGS", "painting"]

_SIZE = Size(896, 504)

PAINTINGS: Mapping[str, Callable[[Size], Picture]] = MappingProxyType(
    {
        "impasto": impasto,
        "pointillism": pointillism,
        "ink_wash": ink_wash,
        "charcoal": charcoal,
        "engraving": engraving,
        "stained_glass": stained_glass,
        "mosaic": mosaic,
        "woodblock": woodblock,
    }
)
"""By the name of the style that has its colours."""


@lru_cache(maxsize=len(PAINTINGS))
def painting(name: str) -> np.ndarray:
    """The picture of a style: (504, 896, 3) uint8 RGB, not to be written to."""
    painted = np.asarray(PAINTINGS[name](_SIZE) * 255 + 0.5, np.uint8)
    painted.flags.writeable = False
    return painted
