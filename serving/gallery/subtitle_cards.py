"""The subtitles of a page: tracks that its player shows, and what was measured of each language."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from serving.gallery.links import link_to
from serving.gallery.model import GalleryPage, GallerySubtitles
from serving.gallery.pictures import inline_drawing

__all__ = ["SubtitleTrack", "subtitles", "tracks"]

Words = Mapping[str, object]

_WIDTH = 2 * 1136
_TONES = {"published": "good", "draft": "warn", "withheld": "bad"}

_MOST_BYTES = 16_000_000
"""Of all tracks, packed. 202 languages of a two-hour film (1,400 cues each) are 11 MB so, and open in half a second;
what is above stands in its file alone."""

_PLOTTED = 6
"""Languages whose plots stand on the page; the others' lie in the store, as a page of 202 plots opens on no phone."""


@dataclass(frozen=True)
class SubtitleTrack:
    """A track of the player, carried within the page, as a page that is opened from disk may load no other.

    Attributes:
        uri: Its WebVTT file as a data address, of the track that is shown at once; else empty.
        packed: The file by gzip and base64 else, which the page's script unpacks when the track is chosen.
        tag: BCP 47.
        label: What the player's menu calls it.
        default: Whether it is shown at once.
    """

    uri: str
    packed: str
    tag: str
    label: str
    default: bool


def tracks(page: GalleryPage) -> Sequence[SubtitleTrack]:
    """One track a language, in the page's order: of as many as there is room for, by what is spoken and by readers.

    Raises:
        OSError: A file cannot be read.
    """
    carried = {}
    room = _MOST_BYTES
    for one in _by_reach(page.subtitles):
        track = _track(one)
        size = len(track.uri) + len(track.packed)
        if size <= room:
            carried[one.language] = track
            room -= size
    return [carried[one.language] for one in page.subtitles if one.language in carried]


def subtitles(page: GalleryPage, folder: Path, carried: Iterable[SubtitleTrack] = ()) -> Sequence[Words]:
    """One row a language: how far it may be shown and why, what was measured, its files, its plots, its track."""
    plotted = {one.language for one in _by_reach(page.subtitles)[:_PLOTTED]}
    places = {track.tag: place for place, track in enumerate(carried)}
    return [_row(one, folder, one.language in plotted, places.get(one.tag)) for one in page.subtitles]


def _track(one: GallerySubtitles) -> SubtitleTrack:
    written = one.vtt.read_bytes()
    return SubtitleTrack(
        uri=f"data:text/vtt;base64,{_as_text(written)}" if one.spoken else "",
        packed="" if one.spoken else _as_text(gzip.compress(written, mtime=0)),
        tag=one.tag,
        label=one.name if one.showing == "published" else f"{one.name} ({one.showing})",
        default=one.spoken,
    )


def _as_text(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


def _by_reach(languages: Iterable[GallerySubtitles]) -> list[GallerySubtitles]:
    return sorted(languages, key=lambda one: (not one.spoken, -one.readers_m, one.language))


def _row(one: GallerySubtitles, folder: Path, plotted: bool, place: int | None) -> Words:
    alts = (
        f"How fast each cue in {one.name} must be read, over the film",
        f"Which share of the cues in {one.name} keeps to each profile, and what the others break",
    )
    drawn = [inline_drawing(path, width=_WIDTH) for path in one.plots] if plotted else []
    return {
        "tag": one.tag,
        "name": one.name,
        "rtl": one.rtl,
        "showing": one.showing,
        "tone": _TONES.get(one.showing, ""),
        "why": one.why,
        "cues": f"{one.cues:,}",
        "passing": "" if one.pass_rate is None else f"{one.pass_rate:.0%}",
        "conforming": f"{one.conforming:.0%}",
        "speed": f"{one.reading_speed:.1f}",
        "links": [{"name": path.suffix.removeprefix(".").upper(), "link": link_to(path, folder)} for path in one.files],
        "plots": [(picture, alt) for picture, alt in zip(drawn, alts, strict=False) if picture],
        "notes": one.notes,
        "worst": one.worst,
        "mend": bool(one.notes or one.worst),
        "track": place,
    }
