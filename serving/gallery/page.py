"""Writes gallery pages: one file each, which works from disk, from a web server, and sent by mail."""

from __future__ import annotations

import base64
import functools
import hashlib
import os
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import jinja2
from markupsafe import Markup

from ops.trailer.cuts import CUTS
from serving.gallery import cards, rendition_cards, subtitle_cards, trailer_cards, variant_cards, view
from serving.gallery.film import put_on_page
from serving.gallery.links import link_to
from serving.gallery.model import GalleryPage
from serving.gallery.pictures import InlinePicture, inline_drawing, inline_photo
from serving.gallery.reel import Reel, lay_out
from serving.gallery.wording import counted, date_in_words, duration_in_words

__all__ = ["render_gallery", "render_index"]

PAGE = "index.html"

_WAVEFORM_WIDTH = 2 * 1136
"""Twice the width it is shown at."""

_CURVES_WIDTH = 2 * 1136


def render_gallery(page: GalleryPage, folder: Path) -> Path:
    """Write a title's page as `folder/index.html`, atomically, and return that path.

    What it shows is inside the file; only a film over 12 MB lies beside it, as `preview.mp4` (or `.webm`).
    Links to full-size files are relative and need those files in place. A picture that cannot be read is
    shown as missing.

    Raises:
        OSError: The folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    best_s = next((one.time_s for one in page.thumbnails if one.time_s is not None), None)
    reel = lay_out(page.shots, poster_s=best_s)
    film = None if page.film is None else put_on_page(page.film, folder)
    tracks = subtitle_cards.tracks(page) if film else ()
    still = None if film or reel is None else _still(page, reel)
    script = _own_file("gallery.js")
    html = (
        _templates()
        .get_template("page.html")
        .render(
            page=page,
            counted=counted,
            css=Markup(_own_file("gallery.css")),  # noqa: S704  our own file
            script=Markup(script),  # noqa: S704  our own file
            script_hash=_csp_hash(script),
            facts=view.facts(page),
            chips=view.chips(page),
            film=film,
            tracks=tracks,
            reel=reel,
            still=still,
            thumbnails=cards.thumbnails(page, folder),
            variants=variant_cards.variants(page, folder),
            trailers=trailer_cards.trailers(page, folder),
            renditions=rendition_cards.renditions(page, folder),
            subtitles=subtitle_cards.subtitles(page, folder, tracks),
            sheet=cards.sheet(page.shots, large=film is None),
            waveform=_waveform(page),
            curves=_curves(page),
            checks=view.checks(page),
            timings=view.timings(page),
            total=view.total(page),
            files=view.files(page, folder),
            absent={
                "thumbnails": view.absent(page, "thumbnails"),
                "keyframes": view.absent(page, "shots", "keyframes", "shot_features"),
                "sound": view.absent(page, "audio_track", "audio_features"),
                "scenes": view.absent(page, "scenes"),
                "subtitles": view.absent(page, "speech", "transcript", "subtitles"),
                "trailers": view.absent(page, *(f"trailer/{cut}" for cut in CUTS)),
            },
            made_at=date_in_words(page.made_at),
        )
    )
    return _write(folder / PAGE, html)


def render_index(pages: Sequence[tuple[GalleryPage, Path]], folder: Path) -> Path:
    """Write `folder/index.html`, which shows several titles, each linking to its own page.

    Args:
        pages: Each title with the path of its page, as `render_gallery` returned it, in the order to show.
        folder: Where to write.

    Raises:
        OSError: The folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    titles = [
        {
            "name": page.name,
            "link": link_to(at, folder),
            "cover": _cover(page),
            "facts": " · ".join(_index_facts(page)),
            "chip": view.state(page),
        }
        for page, at in pages
    ]
    held = sum(bool(page.quarantine) for page, _ in pages)
    chips = [view.Chip("", counted(len(pages), "title"))]
    if held:
        chips.append(view.Chip("bad", f"{held} in quarantine"))
    html = (
        _templates()
        .get_template("titles.html")
        .render(
            css=Markup(_own_file("gallery.css")),  # noqa: S704  our own file
            titles=titles,
            chips=chips,
        )
    )
    return _write(folder / PAGE, html)


@functools.cache
def _templates() -> jinja2.Environment:
    # titles, notes and reasons are strangers' text: everything printed is escaped
    return jinja2.Environment(
        loader=jinja2.PackageLoader("serving.gallery", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def _own_file(name: str) -> str:
    return resources.files("serving.gallery").joinpath(name).read_text(encoding="utf-8")


def _csp_hash(script: str) -> str:
    """The only script that the page may run, by its hash (Content Security Policy level 3, hash-source).

    The policy allows eval besides: the page itself never calls it, but drivers that test pages wait by it.
    """
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def _still(page: GalleryPage, reel: Reel) -> InlinePicture | None:
    """The picture on the stage where there is no film to play."""
    chosen = next((block.index for block in reel.shots if block.picture == reel.poster and reel.poster), None)
    shown = next((shot for shot in page.shots if shot.index == chosen), None)
    return None if shown is None else inline_photo(shown.keyframes[0].picture, width=1280, height=1280)


def _curves(page: GalleryPage) -> InlinePicture | None:
    """The timeline of scenes, as large as it was drawn: its words are small."""
    if page.scenes is None or page.scenes.timeline is None:
        return None
    return inline_drawing(page.scenes.timeline, width=_CURVES_WIDTH)


def _waveform(page: GalleryPage) -> InlinePicture | None:
    if page.sound is None or page.sound.waveform is None:
        return None
    return inline_drawing(page.sound.waveform, width=_WAVEFORM_WIDTH)


def _cover(page: GalleryPage) -> InlinePicture | None:
    """The title's broadest thumbnail, else its first keyframe."""
    pictures = [one.picture for one in sorted(page.thumbnails, key=lambda one: one.height / one.width)]
    pictures += [keyframe.picture for shot in page.shots for keyframe in shot.keyframes[:1]][:1]
    covers = (inline_photo(picture, width=640, height=640) for picture in pictures)
    return next((cover for cover in covers if cover), None)


def _index_facts(page: GalleryPage) -> list[str]:
    known = [] if page.duration_s is None else [duration_in_words(page.duration_s)]
    if page.shots:
        known.append(counted(len(page.shots), "shot"))
    if page.thumbnails:
        known.append(counted(len(page.thumbnails), "thumbnail"))
    return known or [page.quarantine or "Nothing made yet"]


def _write(path: Path, html: str) -> Path:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with part.open("w", encoding="utf-8") as file:
        file.write(html)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return path
