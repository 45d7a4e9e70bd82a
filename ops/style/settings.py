"""What each operation may be set to.

A style may come from anybody, and a number costs memory and time: rain at a million times a downpour takes 67 GiB. The
ranges are where an operation still looks like what it is named, and a frame costs about what one of the house's does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from ops.style.grading.grade import RANGES

__all__ = ["SETTINGS", "File", "Name", "Range", "Setting", "Words"]


class Setting(Protocol):
    """What one setting may be; as a string, said so that it follows "must be"."""

    def takes(self, value: object) -> bool:
        """Whether it may be that."""
        ...


@dataclass(frozen=True)
class Range:
    """Numbers from one to another, both among them."""

    low: float
    high: float

    def takes(self, value: object) -> bool:
        """Whether it is such a number; what is not finite is none."""
        return isinstance(value, int | float) and not isinstance(value, bool) and self.low <= value <= self.high

    def __str__(self) -> str:
        return f"a number from {self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Words:
    """One of a few words."""

    words: tuple[str, ...]

    def takes(self, value: object) -> bool:
        """Whether it is one of them."""
        return value in self.words

    def __str__(self) -> str:
        return f"one of {', '.join(self.words)}"


@dataclass(frozen=True)
class Name:
    """A word that the operation looks up in its file, and refuses where it is not there."""

    def takes(self, value: object) -> bool:
        """Whether it is a word."""
        return isinstance(value, str)

    def __str__(self) -> str:
        return "a word"


@dataclass(frozen=True)
class File:
    """A file that lies beside the style."""

    def takes(self, value: object) -> bool:
        """Whether it is a word; whether it leads out of the folder is whoever's to see who knows the folder."""
        return isinstance(value, str)

    def __str__(self) -> str:
        return "the name of a file beside the style"


_SHARE = Range(0.0, 1.0)

SETTINGS: Mapping[str, Mapping[str, Setting]] = MappingProxyType(
    {
        "grade": {name: Range(low, high) for name, (low, high) in RANGES.items()},
        "lut": {"file": File()},
        "cartoon": {"steps": Range(2.0, 32.0), "lines": _SHARE, "colour": Range(0.0, 3.0)},
        "oil_paint": {"brush": Range(0.25, 4.0), "relief": _SHARE, "linen": _SHARE},
        "watercolour": dict.fromkeys(("bleed", "edges", "paper"), _SHARE),
        "pencil": dict.fromkeys(("hatching", "outlines", "colour", "paper"), _SHARE),
        "network": {
            **dict.fromkeys(("file", "encoder", "picture"), File()),
            "style": Name(),
            "strength": _SHARE,
            "colour": _SHARE,
            "stroke": Range(0.5, 2.0),
        },
        "grain": {"amount": _SHARE, "size": Range(0.25, 4.0)},
        "halation": {"amount": _SHARE, "radius": Range(0.1, 10.0), "threshold": _SHARE},
        "gate_weave": {"amount": _SHARE},
        "vignette": {"amount": _SHARE},
        "vhs": dict.fromkeys(("amount", "noise", "wobble"), _SHARE),
        "overlay": {
            "kind": Words(("rain", "snow", "dust", "light_leaks")),
            **dict.fromkeys(("amount", "wear", "warmth"), _SHARE),
            "wind": Range(-1.0, 1.0),
        },
        "camera": {
            "kind": Words(("push_in", "handheld", "dolly_zoom", "parallax")),
            "amount": _SHARE,
            "seconds": Range(0.5, 120.0),
        },
    }
)
"""By operation and setting."""
