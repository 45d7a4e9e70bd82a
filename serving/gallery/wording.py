"""Numbers as the page prints them."""

from __future__ import annotations

from datetime import datetime

__all__ = ["bytes_in_words", "counted", "date_in_words", "duration_in_words", "seconds_in_words", "timecode"]


def timecode(seconds: float) -> str:
    """A place in the film: "0:04.7", "12:04.7", "1:02:04.7"; never negative."""
    tenths = round(max(0.0, seconds) * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{clock}:{rest // 10:02d}.{rest % 10}"


def duration_in_words(seconds: float) -> str:
    """A length: "9.6 s", "12 min 04 s", "1 h 52 min"."""
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def seconds_in_words(seconds: float) -> str:
    """A cost in time: "<0.01 s", "0.42 s", "12.3 s", "2 min 05 s"."""
    if seconds < 0.01:
        return "<0.01 s"
    if seconds < 10:
        return f"{seconds:.2f} s"
    return duration_in_words(seconds)


def counted(count: int, noun: str) -> str:
    """A count with its noun: "1 shot", "1,200 shots"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def bytes_in_words(size: int) -> str:
    """A size in decimal units: "512 B", "84 kB", "1.3 MB"."""
    if size < 1000:
        return f"{size} B"
    for unit, scale in (("kB", 1e3), ("MB", 1e6), ("GB", 1e9)):
        value = size / scale
        if value < 999.5 or unit == "GB":
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    raise AssertionError("the last unit takes every size")


def date_in_words(when: datetime) -> str:
    """A moment: "21 November 2025, 01:02 UTC"."""
    zone = when.strftime("%Z")
    return f"{when.day} {when:%B %Y, %H:%M}{f' {zone}' if zone else ''}"
