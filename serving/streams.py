"""Where a published ladder is to be had: the addresses that a player needs, by the artifact's key."""

from __future__ import annotations

from pydantic import BaseModel, Field

from ops.errors import StoreError
from resources.store.artifact_store import ArtifactStore
from resources.store.model import ArtifactKey, Manifest
from serving.edge import Edge

__all__ = ["StreamOut", "stream_of"]

_FILES = {"hls": "master.m3u8", "dash": "manifest.mpd", "poster": "poster.jpg", "storyboard": "storyboard.vtt"}
_FILM = "trailer.mp4"


class StreamOut(BaseModel):
    """A film in several qualities."""

    title: str = Field(examples=["sintel"])
    cut: str = Field(examples=["trailer_30"])
    duration_s: float = Field(description="Length of its pictures.", examples=[30.0])
    width: int = Field(description="Of its best quality.", examples=[1280])
    height: int = Field(examples=[720])
    hls: str = Field(description="HLS playlist of all qualities.")
    dash: str = Field(description="DASH manifest of all qualities.")
    mp4: str | None = Field(description="The film itself, whole, where that very version is still kept.")
    poster: str = Field(description="A picture to show before it plays (JPEG).")
    storyboard: str = Field(description="Pictures for scrubbing (WebVTT with `#xywh=`).")


def stream_of(edge: Edge, ladder: ArtifactKey, film: ArtifactKey) -> StreamOut | None:
    """What a player needs of a ladder as it is published now; None where none is.

    Args:
        edge: The edge.
        ladder: The ladder.
        film: The film that it was made of.

    Raises:
        StoreError: The store is out of reach.
    """
    manifest = edge.store.manifest(ladder)
    if manifest is None:
        return None

    def address(of: Manifest, name: str) -> str:
        return edge.links.to(of.key, of.version, name, of.file(name).sha256)

    source = _version_of(edge.store, film, manifest.inputs.get(film.asset, ""))
    return StreamOut(
        title=ladder.title,
        cut=ladder.variant,
        duration_s=manifest.quality["duration_s"],
        width=manifest.quality["width"],
        height=manifest.quality["height"],
        mp4=None if source is None else address(source, _FILM),
        **{part: address(manifest, name) for part, name in _FILES.items()},
    )


def _version_of(store: ArtifactStore, key: ArtifactKey, data_version: str) -> Manifest | None:
    """The kept version of an artifact that has this payload: usually the current one."""
    current = store.manifest(key)
    if current is None or current.data_version == data_version:
        return current
    for version in store.versions(key):
        if version.endswith(data_version[:12]):
            try:
                found = store.manifest(key, version)
            except StoreError:
                continue
            if found is not None and found.data_version == data_version:
                return found
    return None
