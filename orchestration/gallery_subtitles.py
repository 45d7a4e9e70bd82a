"""What a title's page shows of its subtitles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from assets.captions import PROFILES_FILE, QUALITY_FILE, SPEED_FILE
from assets.subtitle_languages import is_subtitles
from ops.languages.table import language
from resources.store.model import Manifest
from resources.studio import Studio
from serving.gallery.model import GalleryLine, GallerySubtitles

__all__ = ["subtitles_of"]

_ORDER = ("published", "draft", "withheld")
_WORST = 5
_TO_MEND = ("cues_conform", "corrections_apply")
"""Checks whose words tell which cues a person should look at."""


def subtitles_of(studio: Studio, published: Mapping[str, Manifest]) -> tuple[GallerySubtitles, ...]:
    """A title's languages: what is spoken first, then those that may be shown, by name."""
    languages = [_language(studio, manifest) for asset, manifest in published.items() if is_subtitles(asset)]
    return tuple(sorted(languages, key=lambda one: (not one.spoken, _ORDER.index(one.showing), one.name)))


def _language(studio: Studio, manifest: Manifest) -> GallerySubtitles:
    told = json.loads(studio.store.fetch(manifest, QUALITY_FILE).read_text(encoding="utf-8"))
    files = {name: studio.store.fetch(manifest, f"{told['bcp47']}.{name}") for name in ("srt", "vtt", "ass")}
    of_table = language(told["language"])
    return GallerySubtitles(
        language=told["language"],
        tag=told["bcp47"],
        name=told["name"],
        rtl=of_table.rtl,
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
        readers_m=of_table.readers_m,
        notes=tuple(_to_mend(manifest, told)),
        worst=tuple(_worst(told["sentences"])),
    )


def _to_mend(manifest: Manifest, told: Mapping[str, Any]) -> Iterator[str]:
    for check in manifest.quality["checks"]:
        if check["name"] in _TO_MEND and not check["passed"]:
            yield check["why"]
    yield from told["waiting"]


def _worst(sentences: list[dict[str, Any]]) -> Iterator[GalleryLine]:
    failed = [each for each in sentences if not each["passed"]]
    for each in sorted(failed, key=lambda one: -len(one["faults"]))[:_WORST]:
        yield GalleryLine(each["text"], each["source"], ", ".join(each["faults"]))
