"""Where a trailer's quality ladder is to be had: the addresses that a player needs, of exactly one film's ladder."""

from __future__ import annotations

import logging

from pydantic import BaseModel, Field

from ops.errors import StoreError
from resources.ladder_orders import LADDER
from resources.published_variants import LADDER_FILM
from resources.store.model import ArtifactKey, Manifest
from serving.edge import Edge
from serving.kept_version import kept_version

__all__ = ["StreamOut", "stream_of"]

_FILES = {"hls": "master.m3u8", "dash": "manifest.mpd", "poster": "poster.jpg", "storyboard": "storyboard.vtt"}
_log = logging.getLogger(__name__)


class StreamOut(BaseModel):
    """A film in several qualities; all empty where there is no ladder of it."""

    duration_s: float | None = Field(default=None, description="Length of its pictures.", examples=[30.0])
    width: int | None = Field(default=None, description="Of its best quality.", examples=[1280])
    height: int | None = Field(default=None, examples=[720])
    hls: str | None = Field(default=None, description="HLS playlist of all qualities.")
    dash: str | None = Field(default=None, description="DASH manifest of all qualities.")
    poster: str | None = Field(default=None, description="A picture to show before it plays (JPEG).")
    storyboard: str | None = Field(default=None, description="Pictures for scrubbing (WebVTT with `#xywh=`).")


def stream_of(edge: Edge, title: str, cut: str, film: str) -> StreamOut:
    """What a player needs of a film's ladder.

    Where the store is out of reach there is none: a film that is known is played whole rather than not at all.

    Args:
        edge: The edge.
        title: Whose trailer.
        cut: Which.
        film: The SHA-256 of the film that is shown: a ladder of another one is of no use.
    """
    try:
        manifest = _ladder_of(edge, ArtifactKey(title, LADDER, cut), film)
    except StoreError as error:
        _log.warning("the ladder of %s %s cannot be looked for: %s", title, cut, error)
        manifest = None
    if manifest is None:
        return StreamOut()
    key, version, of = manifest.key, manifest.version, manifest.file
    return StreamOut(
        duration_s=manifest.quality["duration_s"],
        width=manifest.quality["width"],
        height=manifest.quality["height"],
        **{part: edge.links.to(key, version, name, of(name).sha256) for part, name in _FILES.items()},
    )


def _ladder_of(edge: Edge, key: ArtifactKey, film: str) -> Manifest | None:
    """The ladder that was made of a film: usually the published one; after a rollback perhaps an older one."""

    def is_of(manifest: Manifest | None) -> bool:
        return manifest is not None and manifest.made_by.parameters.get(LADDER_FILM) == film

    current = edge.store.manifest(key)
    if current is None or is_of(current):
        return current
    kept = (kept_version(edge.store, key, version) for version in edge.store.versions(key))
    return next((manifest for manifest in kept if is_of(manifest)), None)
