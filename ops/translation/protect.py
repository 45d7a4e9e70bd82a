"""What an engine must not touch, taken out of a sentence before and put back after."""

from __future__ import annotations

from dataclasses import dataclass

from ops.translation.terms import NO_TERMS, Terms

__all__ = ["Protected", "protected"]


@dataclass(frozen=True)
class Protected:
    """A sentence made ready for an engine.

    Attributes:
        text: What the engine gets; empty where nothing is left to translate.
    """

    text: str

    def restore(self, translated: str) -> str:
        """A translation with everything put back that was taken out."""
        raise NotImplementedError

    def lost(self, translated: str) -> list[str]:
        """What should stand in a translation as it is, and does not; ask of what `restore` gave."""
        raise NotImplementedError


def protected(
    text: str, *, terms: Terms = NO_TERMS, source: str, target: str, unwritable: str = ""
) -> Protected:
    """Make a sentence ready.

    Args:
        text: The sentence.
        terms: The title's.
        source: Its language's code.
        target: The target's.
        unwritable: Characters that the engine's vocabulary has not.
    """
    raise NotImplementedError
