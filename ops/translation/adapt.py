"""Cultural adaptation by rules: a translation written as its readers write."""

from __future__ import annotations

from ops.translation.terms import Units

__all__ = ["adapted"]


def adapted(
    text: str,
    *,
    source_text: str,
    source: str,
    target: str,
    formality: str = "default",
    units: Units = Units.CONVERT,
) -> tuple[str, tuple[str, ...]]:
    """Write a translation as the target language's readers write: the same again changes nothing.

    Args:
        text: The translation, as it came from the engine and with everything put back.
        source_text: The sentence.
        source: Its language's code.
        target: The target's.
        formality: "default", "formal" or "informal": what is asked for; rules cannot rewrite an address, so that a
            translation that reads otherwise is only told of.
        units: What becomes of miles, feet, pounds and degrees Fahrenheit.

    Returns:
        The text, and what was changed or is worth telling, as short reasons ("quotes", "5 miles → 8 km").
    """
    raise NotImplementedError
