"""The styles that a look may name: the house's own, and those that people made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ops.style.catalogue import house_styles

if TYPE_CHECKING:
    from ops.style.model import Style
    from resources.settings import Settings

__all__ = ["StyleShelf"]


class StyleShelf:
    """Styles by id, as they are now."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def for_look(self, look: Mapping[str, Any]) -> Mapping[str, Style]:
        """The styles that a look may name."""
        return house_styles()
