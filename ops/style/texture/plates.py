"""Plates: pictures that a filter graph makes once and lays over every frame."""

from __future__ import annotations

from ops.style.stages import Node

__all__ = ["KEPT_RANGE", "film", "plate"]

_TAGS = {"range": "tv", "colorspace": "bt709"}

KEPT_RANGE = {"in_range": "tv", "out_range": "tv", "in_color_matrix": "bt709", "out_color_matrix": "bt709"}
"""For every `scale`: where ranges are left to negotiation FFmpeg may convert a plate, and clip its ends to a disc."""


def film() -> Node:
    """The frame, tagged as what it is: where tags differ, FFmpeg converts one to the other."""
    return Node("film", "setparams", _TAGS)


def plate(name: str, colour: str, size: str, pixels: str) -> tuple[Node, ...]:
    """One flat frame, which filters with two inputs repeat for as long as the film runs."""
    return (
        Node(f"{name}_flat", "color", {"color": colour, "size": size, "rate": "1", "duration": "1"}, ()),
        Node(f"{name}_pixels", "format", {"pix_fmts": pixels}, (f"{name}_flat",)),
        Node(name, "setparams", _TAGS, (f"{name}_pixels",)),
    )
