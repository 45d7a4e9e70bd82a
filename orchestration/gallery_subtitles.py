"""What a title's page shows of its subtitles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from assets.captions import PROFILES_FILE, QUALITY_FILE, SPEED_FILE
from assets.subtitle_languages import is_subtitles
from ops.languages.table import language
from resources.store.model import Manifest
from resources.studio import Studio
from serving.gallery.model import GallerySubtitles

__all__ = ["subtitles_of"]

_PLOTTED = 6
"""Languages whose plots stand on the page; the others' lie in the store, as a page of 202 plots opens on no phone."""


def subtitles_of(studio: Studio, published: Mapping[str, Manifest]) -> tuple[GallerySubtitles, ...]:
    """A title's languages: what is spoken first, then those that may be shown, by name."""
    languages = [_language(studio, manifest) for asset, manifest in published.items() if is_subtitles(asset)]
    ordered = sorted(languages, key=lambda one: (not one.spoken, _ORDER.index(one.showing), one.name))
    return tuple(one if nth < _PLOTTED else replace(one, plots=()) for nth, one in enumerate(ordered))


_ORDER = ("published", "draft", "withheld")


def _language(studio: Studio, manifest: Manifest) -> GallerySubtitles:
    told = json.loads(studio.store.fetch(manifest, QUALITY_FILE).read_text(encoding="utf-8"))
    files = {name: studio.store.fetch(manifest, f"{told['bcp47']}.{name}") for name in ("srt", "vtt", "ass")}
    return GallerySubtitles(
        language=told["language"],
        tag=told["bcp47"],
        name=told["name"],
        rtl=language(told["language"]).rtl,
        spoken=told["spoken"],
        showing=told["showing"],
        why=told["why"] or told["origin"],
        vtt=files["vtt"],
        files=tuple(files.values()),
        plots=tuple(studio.store.fetch(manifest, name) for name in (SPEED_FILE, PROFILES_FILE)),
        cues=manifest.quality["cue_count"],
        pass_rate=told["pass_rate"],
        conforming=manifest.quality["conforming"],
        reading_speed=told["reading_speed"],
        worst=tuple(told["waiting"])
        + tuple(
            f"“{each['text']}” for “{each['source']}”: {', '.join(each['faults'])}"
            for each in told["sentences"]
            if not each["passed"]
        )[:5],
    )
