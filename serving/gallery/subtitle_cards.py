"""The subtitles of a page: tracks that its player shows, and what was measured of each language."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from serving.gallery.links import link_to
from serving.gallery.model import GalleryPage, GallerySubtitles
from serving.gallery.pictures import inline_drawing

__all__ = ["SubtitleTrack", "subtitles", "tracks"]

Words = Mapping[str, object]

_WIDTH = 2 * 1136
_TONES = {"published": "good", "draft": "warn", "withheld": "bad"}


@dataclass(frozen=True)
class SubtitleTrack:
    """A track of the player: a data address, as a page that is opened from disk may load no other."""

    uri: str
    tag: str
    label: str
    default: bool


def tracks(page: GalleryPage) -> Sequence[SubtitleTrack]:
    """One track a language, what is spoken first and shown at once.

    Raises:
        OSError: A file cannot be read.
    """
    return [
        SubtitleTrack(
            f"data:text/vtt;base64,{base64.b64encode(one.vtt.read_bytes()).decode('ascii')}",
            one.tag,
            one.name if one.showing == "published" else f"{one.name} ({one.showing})",
            one.spoken,
        )
        for one in page.subtitles
    ]


def subtitles(page: GalleryPage, folder: Path) -> Sequence[Words]:
    """One row a language: how far it may be shown and why, what was measured, its files and its plots."""
    return [_row(one, folder) for one in page.subtitles]


def _row(one: GallerySubtitles, folder: Path) -> Words:
    return {
        "language": one.language,
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
        "plots": [picture for path in one.plots if (picture := inline_drawing(path, width=_WIDTH))],
        "worst": list(one.worst),
    }
