"""The parts of a request that several operations share: bounded before anything looks at them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from ops.experiments.exhibit import EXHIBITS
from ops.thumbnails.aspect import Aspect
from serving.edge import Edge

__all__ = [
    "EXHIBIT_PATTERN",
    "VIEWER_PATTERN",
    "AspectQuery",
    "SegmentQuery",
    "TheEdge",
    "TitlePath",
    "ViewerQuery",
    "title_pattern",
]

EXHIBIT_PATTERN = f"^({'|'.join(EXHIBITS)})$"
"""What can be under test: a thumbnail's shape, or a trailer's cut."""
title_pattern = "^[a-z0-9](-?[a-z0-9])*$"
VIEWER_PATTERN = r"^[^\x00-\x1f\x7f]*$"
"""What a viewer may be called: anything without control characters."""


def _edge(request: Request) -> Edge:
    return request.app.state.edge


TheEdge = Annotated[Edge, Depends(_edge)]
TitlePath = Annotated[
    str, Path(pattern=title_pattern, max_length=63, description="The title's id.", examples=["big-buck-bunny"])
]
AspectQuery = Annotated[Aspect, Query(description="The thumbnail's shape.", examples=["16x9"])]
SegmentQuery = Annotated[
    str,
    Query(
        max_length=32,
        pattern="^[A-Za-z0-9_.:-]*$",
        description="The viewer's coarse audience, as their events tell it: some see pictures of their own.",
        examples=["family"],
    ),
]
ViewerQuery = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        pattern=VIEWER_PATTERN,
        description="What you call the viewer; only a keyed hash of it is kept.",
        examples=["u-1042"],
    ),
]
