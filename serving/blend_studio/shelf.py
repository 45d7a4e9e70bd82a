"""The pictures of people's blends, as the studio works with them: decoded, upright, and small."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

import numpy as np

from ops.blend.reading import decode_mask, decode_picture
from ops.errors import UsageError
from resources.blends import Blends, BlendSource
from serving.blend_studio.pictures import shrunk
from serving.blend_studio.protocol import LONGEST_PICTURE

__all__ = ["Shelf"]

_MOST = 24
"""Pictures at hand: 3 MB each, and eight to a blend."""


class Shelf:
    """Decodes a picture once for all who blend with it.

    Args:
        blends: Where their bytes are.
    """

    def __init__(self, blends: Blends) -> None:
        self._blends = blends
        self._kept: OrderedDict[tuple[str, str], np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def picture(self, name: str) -> np.ndarray:
        """A source: (H, W, 3) uint8 sRGB, upright, its longer side `LONGEST_PICTURE` at most.

        Raises:
            UsageError: Nobody has uploaded it.
        """
        return self._found("picture", name, lambda source: decode_picture(source.content, name=source.name))

    def mask(self, name: str) -> np.ndarray:
        """A mask: (H, W) uint8.

        Raises:
            UsageError: Nobody has uploaded it.
        """
        return self._found("mask", name, lambda source: decode_mask(source.content, name=source.name))

    def _found(self, kind: str, name: str, decoded: Callable[[BlendSource], np.ndarray]) -> np.ndarray:
        source = self._blends.source(name)  # each time: there may be a better delivery of it by now
        if source is None:
            raise UsageError("is not here", where=f"the {kind} {name[:12]}", fix="Upload it again.")
        key = (kind, source.sha256)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        small = shrunk(decoded(source), LONGEST_PICTURE)
        with self._lock:
            self._kept[key] = small
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return small
