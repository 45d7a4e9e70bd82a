"""Styles that people made up, as the store keeps them, and the library that they join.

What comes of a wish is a folder of data. Nobody's code is ever run: `ops.style.catalogue` reads it as it reads the
house's own.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ops.errors import UsageError
from ops.style.catalogue import house_styles, read_style
from resources.database import Database
from resources.models.style_networks import brought_styles
from resources.store.model import ArtifactKey
from resources.style_wishes import StyleWishes

if TYPE_CHECKING:
    from ops.style.model import Style
    from resources.store.artifact_store import ArtifactStore
    from resources.store.model import Manifest
    from resources.style_wish_model import StyleWish

__all__ = ["CUSTOM", "STYLE_FILE", "style_key", "style_library"]

CUSTOM = "custom_style"
"""Of the asset."""

STYLE_FILE = "style.json"

_PLACE = "styles"
"""Where the store keeps them, in a title's stead."""

_log = logging.getLogger(__name__)


def style_key(style: str) -> ArtifactKey:
    """Where the store keeps a custom style."""
    return ArtifactKey(_PLACE, CUSTOM, style)


def style_library(database: Database, store: ArtifactStore) -> Mapping[str, Style]:
    """Every style that may be used: the house's own, networks that people brought, what was made up and published.

    A style that was published and cannot be read any more (it names an operation that the house gave up) is left out,
    and the log tells of it: one of a hundred must not take the others with it.

    Raises:
        StoreError: Store or database are out of reach.
    """
    library = {**house_styles(), **brought_styles()}
    for wish in StyleWishes(database).ready():
        try:
            style = _read(store.fetch_all(_manifest(wish, store)) / STYLE_FILE)
            if style.id != wish.id:
                raise UsageError(f"calls itself {style.id}", where=wish.id, fix="Ask for it again.")
        except UsageError as error:
            _log.warning("a custom style cannot be used: %s", error)
            continue
        library[style.id] = style
    return MappingProxyType(library)


_manifests: WeakKeyDictionary[ArtifactStore, dict[tuple[str, str | None], Manifest]] = WeakKeyDictionary()


def _manifest(wish: StyleWish, store: ArtifactStore) -> Manifest:
    """A version's manifest, which never changes: asked of the store once."""
    known = _manifests.setdefault(store, {})
    name = (wish.id, wish.version)
    if name not in known:
        manifest = store.manifest(style_key(wish.id), wish.version)
        if manifest is None:
            raise UsageError("is gone from the store", where=wish.id, fix="Ask for it again.")
        known[name] = manifest
    return known[name]


@lru_cache(maxsize=512)
def _read(file: Path) -> Style:
    """A version's folder never changes."""
    return read_style(file)
