"""How long work tells how far it is: a callable that takes the fraction done."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Progress", "no_progress"]

Progress = Callable[[float], None]
"""Called with the fraction done, 0 to 1, never falling; cheap enough to be called for every frame."""


def no_progress(fraction: float) -> None:
    """Listen to nobody: the default where no one watches."""
