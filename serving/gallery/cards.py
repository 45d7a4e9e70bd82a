"""The pictures of a page with what is told beside them: the contact sheet and the thumbnails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from serving.gallery.links import link_to
from serving.gallery.model import GalleryKeyframe, GalleryPage, GalleryShot, GalleryThumbnail
from serving.gallery.pictures import InlinePicture, inline_photo
from serving.gallery.reel import keyframe_id
from serving.gallery.wording import timecode

__all__ = ["score_terms", "sheet", "thumbnails"]

Words = Mapping[str, object]


def sheet(shots: Sequence[GalleryShot], *, large: bool) -> list[Words]:
    """The contact sheet, one entry a keyframe in the film's order.

    Args:
        shots: With their keyframes.
        large: True where the pictures also stand on the stage, because there is no film to play.
    """
    count = sum(len(shot.keyframes) for shot in shots)
    edge, quality = _keyframe_size(count, large=large)
    origin = shots[0].start_s if shots else 0.0
    return [
        _frame(
            shot,
            nth,
            keyframe,
            origin,
            inline_photo(keyframe.picture, width=edge, height=edge, quality=quality),
        )
        for shot in shots
        for nth, keyframe in sorted(enumerate(shot.keyframes), key=lambda one: one[1].time_s)
    ]


def _keyframe_size(count: int, *, large: bool) -> tuple[int, int]:
    """Longest edge in pixels and JPEG quality: about 2 MB a page up to 60 pictures, 8 MB for 1,500."""
    if count <= 60:
        return (960 if large and count <= 24 else 480), 80
    return (320, 76) if count <= 240 else (208, 70)


def _frame(
    shot: GalleryShot, nth: int, keyframe: GalleryKeyframe, origin: float, picture: InlinePicture | None
) -> Words:
    time = timecode(keyframe.time_s - origin)
    return {
        "id": keyframe_id(shot.index, nth),
        "shot": shot.index,
        "at": f"{max(0.0, keyframe.time_s - origin):.6f}",
        "time": time,
        "note": keyframe.note,
        "picture": picture,
        "alt": f"Shot {shot.index} at {time}",
    }


_BROAD, _NARROW, _TALLEST = 560, 355, 384
"""The room for a thumbnail on a wide screen, in CSS pixels; inlined at twice that, for sharp screens."""


def thumbnails(page: GalleryPage, folder: Path) -> list[Words]:
    """The cards of the thumbnails, pictures at display size."""
    return [_thumbnail(page, one, folder) for one in page.thumbnails]


def _thumbnail(page: GalleryPage, one: GalleryThumbnail, folder: Path) -> Words:
    broad = one.width >= 1.2 * one.height
    room = _BROAD if broad else _NARROW
    picture = inline_photo(one.picture, width=2 * room, height=2 * _TALLEST, quality=82)
    shown = (0, 0)
    if picture:
        scale = min(1.0, room / picture.width, _TALLEST / picture.height)
        shown = round(picture.width * scale), round(picture.height * scale)
    return {
        "aspect": one.aspect,
        "width": one.width,
        "height": one.height,
        "broad": broad,
        "picture": picture,
        "shown_width": shown[0],
        "shown_height": shown[1],
        "score": "" if one.score is None else f"{one.score:.2f}",
        "terms": list(score_terms(one.terms)),
        "map": _map(one),
        "origin": _origin(page, one),
        "note": one.note,
        "link": link_to(one.picture, folder) if picture else "",
    }


def score_terms(terms: Mapping[str, float]) -> Iterable[Words]:
    """The terms of a score as names, values and shares of a bar."""
    for name, value in terms.items():
        share = 100 * min(1.0, max(0.0, value))
        yield {"name": name.replace("_", " "), "value": f"{value:.2f}", "share": f"{share:.0f}"}


def _map(one: GalleryThumbnail) -> Words | None:
    """The frame, 100 high, with the crop in it."""
    if one.crop is None or not one.frame_aspect:
        return None
    width = 100 * one.frame_aspect
    left, top, wide, high = one.crop
    return {
        "width": round(width, 1),
        "x": round(left * width + 1.5, 1),
        "y": round(top * 100 + 1.5, 1),
        "w": round(max(1.0, wide * width - 3), 1),
        "h": round(max(1.0, high * 100 - 3), 1),
    }


def _origin(page: GalleryPage, one: GalleryThumbnail) -> str:
    parts = []
    if one.time_s is not None:
        begins = page.shots[0].start_s if page.shots else 0.0
        parts.append(f"Frame at {timecode(one.time_s - begins)}")
    if one.crop is not None:
        parts.append(f"{100 * one.crop[2] * one.crop[3]:.0f} % of it kept")
    return ", ".join(parts)
