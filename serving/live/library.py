"""The styles that a look may name where there is no database: the house's own, networks that people brought, and
published ones from the store."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ops.style.catalogue import house_styles, read_style
from resources.custom_styles import STYLE_FILE, style_key
from resources.models.style_networks import brought_styles
from resources.store.opening import open_store

if TYPE_CHECKING:
    from ops.style.model import Style
    from resources.settings import Settings
    from resources.store.artifact_store import ArtifactStore

__all__ = ["StyleShelf"]


class StyleShelf:
    """Styles by id, for a worker. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._guard = threading.Lock()
        self._store: ArtifactStore | None = None

    def for_look(self, look: Mapping[str, Any]) -> Mapping[str, Style]:
        """The house's styles and those that people brought, and of the published ones those that a look names.

        Raises:
            StoreError: The store is out of reach.
            UsageError, ModelUnavailable: What people brought cannot be read.
        """
        library = {**house_styles(), **brought_styles()}
        named = {str(part.get("style")) for part in look.get("parts", ()) if isinstance(part, Mapping)}
        own = {name: self._custom(name) for name in named - library.keys()}
        return {**library, **{name: style for name, style in own.items() if style is not None}}

    def _custom(self, name: str) -> Style | None:
        with self._guard:
            self._store = self._store or open_store(self._settings)
            manifest = self._store.manifest(style_key(name))
            return None if manifest is None else read_style(self._store.fetch_all(manifest) / STYLE_FILE)
