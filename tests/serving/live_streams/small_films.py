"""Small films for live streams: an excerpt with sound in the sizes of a test, delivered as a title."""

from __future__ import annotations

from pathlib import Path

from resources.catalogue import Catalogue
from resources.masters import Masters
from tests.ops.media.witness import ffmpeg
from tests.serving.live import Live

__all__ = ["deliver_film", "excerpt"]


def excerpt(
    data: Path, path: Path, *, seconds: float = 10, filters: str = "scale=160:90", sound: tuple[str, ...] = ()
) -> Path:
    """The first seconds of Big Buck Bunny, small, at 24 frames a second; its sound as AAC unless told otherwise."""
    source = data / "video" / "big_buck_bunny_0_30_720p.webm"
    ffmpeg(
        *("-ss", "4", "-t", str(seconds), "-i", source, "-vf", filters, "-c:v", "libx264", "-preset", "veryfast"),
        *("-bf", "2", "-crf", "18", *(sound or ("-c:a", "aac", "-b:a", "96k")), path),
    )
    return path


def deliver_film(live: Live, data: Path, folder: Path, **more: object) -> str:
    """A title "bunny" in a house; gives its id."""
    film = excerpt(data, folder / "bunny.mp4", **more)  # type: ignore[arg-type]
    return Masters(live.settings).deliver(film, Catalogue(live.database)).title
