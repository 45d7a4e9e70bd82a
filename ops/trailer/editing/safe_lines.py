"""Lines whose ends lie in pauses: those that a trailer may speak without cutting a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ops.scenes.model import Line
from ops.trailer.measuring.words import safe_span, speech_levels

__all__ = ["safe_lines"]

_MOST = 60
"""Lines that are listened to, the ones that stand alone best: a feature has a thousand, a trailer speaks four."""


def safe_lines(lines: Sequence[Line], track: Path) -> tuple[Line, ...]:
    """The lines that can be taken out of their film whole, their ends moved to the pauses around them; film order.

    Args:
        lines: The film's.
        track: Its sound.

    Raises:
        MediaError: The sound cannot be read.
    """
    best = sorted(lines, key=lambda line: -line.alone)[:_MOST]
    found = []
    for line in best:
        span = safe_span(speech_levels(track, line.start_s, line.end_s), line.start_s, line.end_s)
        if span.start_safe and span.end_safe:
            found.append(replace(line, start_s=span.start_s, end_s=span.end_s))
    return tuple(sorted(found, key=lambda line: line.start_s))
