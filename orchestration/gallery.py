"""A title's gallery page: what the store holds of it, handed to the page as plain values."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from assets.audio import FEATURES_FILE, WAVEFORM_FILE
from assets.families import ARTIFACTS
from assets.keyframes import KEYFRAMES_FILE
from assets.renditions import STRIP_FILE
from assets.scenes import SUMMARY_FILE, TIMELINE_FILE
from assets.shots import SHOTS_FILE
from assets.source_video import SOURCE_FILE
from assets.thumbnails import CHOICE_FILE, VARIANTS_FILE
from assets.trailers import EDIT_FILE, SHEET_FILE
from ops.style.catalogue import house_styles
from orchestration.gallery_subtitles import subtitles_of
from orchestration.make import TitleReport
from resources.catalogue import TitleState
from resources.published_variants import TRAILER_FILE
from resources.store.model import ArtifactKey, Manifest
from resources.studio import Studio
from serving.gallery.model import (
    GalleryCheck,
    GalleryFile,
    GalleryKeyframe,
    GalleryPage,
    GalleryRendition,
    GalleryScenes,
    GalleryShot,
    GallerySound,
    GalleryState,
    GalleryThumbnail,
    GalleryTiming,
    GalleryTrailer,
    GalleryVariant,
)
from serving.gallery.page import PAGE, render_gallery
from serving.gallery.preview import browser_preview

__all__ = ["write_gallery"]

_ALONE = 0.7
"""From here on a line of dialogue is told as one that stands alone."""


def write_gallery(report: TitleReport, studio: Studio) -> Path:
    """Write the title's page, unless it stands and nothing changed; returns its path."""
    folder = studio.settings.galleries_folder / report.title
    page = folder / PAGE
    if report.unchanged and page.is_file():
        return page
    return render_gallery(_page(report, studio, folder), folder)


def _page(report: TitleReport, studio: Studio, folder: Path) -> GalleryPage:
    published = {
        asset: manifest
        for asset in ARTIFACTS
        if (manifest := studio.store.manifest(ArtifactKey.of_asset(report.title, asset))) is not None
    }
    source = _json(studio, published.get("source_video"), SOURCE_FILE)
    video = source.get("video") or {}
    title = studio.catalogue.title(report.title)
    quarantine = title.reason if title.state is TitleState.QUARANTINED else ""
    return GalleryPage(
        title=report.title,
        name=report.name,
        made_at=datetime.now(UTC),
        duration_s=source.get("duration_s"),
        width=video.get("width"),
        height=video.get("height"),
        frame_rate=_rate(video),
        film=None if quarantine or not source else _preview(report, studio, folder),
        quarantine=quarantine,
        shots=tuple(_shots(studio, published)),
        sound=_sound(studio, published.get("audio_features")),
        scenes=_scenes(studio, published.get("scenes")),
        subtitles=subtitles_of(studio, published),
        thumbnails=tuple(
            _thumbnail(studio, manifest) for asset, manifest in published.items() if asset.startswith("thumbnails/")
        ),
        variants=tuple(
            variant
            for asset, manifest in published.items()
            if asset.startswith("thumbnails/")
            for variant in _variants(studio, manifest)
        ),
        trailers=tuple(
            _trailer(studio, manifest) for asset, manifest in published.items() if asset.startswith("trailer/")
        ),
        renditions=tuple(
            _rendition(studio, manifest) for asset, manifest in published.items() if asset.startswith("rendition/")
        ),
        checks=tuple(
            GalleryCheck(asset, check["name"], check["passed"], check["why"], check["blocking"])
            for asset, manifest in published.items()
            for check in manifest.quality["checks"]
        ),
        timings=tuple(_timings(report)),
        files=tuple(
            GalleryFile(asset, studio.store.fetch(manifest, file.name), file.size_bytes)
            for asset, manifest in published.items()
            for file in manifest.files
        ),
    )


def _preview(report: TitleReport, studio: Studio, folder: Path) -> Path:
    return browser_preview(report.film, folder, progress=lambda done: studio.watch("film for the page", done))


def _json(studio: Studio, manifest: Manifest | None, name: str) -> dict[str, Any]:
    return {} if manifest is None else json.loads(studio.store.fetch(manifest, name).read_text())


def _rate(video: Mapping[str, Any]) -> str:
    if not video:
        return ""
    rate = video.get("frame_rate")
    return "variable" if rate is None else f"{float(Fraction(rate)):.6g}"


def _shots(studio: Studio, published: Mapping[str, Manifest]) -> Iterator[GalleryShot]:
    shown = defaultdict(list)
    keyframes = published.get("keyframes")
    if keyframes is not None:
        chosen = _json(studio, keyframes, KEYFRAMES_FILE)["keyframes"]
        for row in sorted(chosen, key=lambda row: -row["score"]):
            picture = studio.store.fetch(keyframes, row["file"])
            shown[row["shot"]].append(GalleryKeyframe(picture, row["time_s"], row["why"]))
    film = _json(studio, published.get("shots"), SHOTS_FILE)
    for row in film.get("shots", ()):
        seconds = row["end_s"] - row["start_s"]
        frames = max(1, row["end"] - row["start"])

        def at(frame: int | None, row: Mapping[str, Any] = row, step: float = seconds / frames) -> float | None:
            return None if frame is None else row["start_s"] + (frame - row["start"]) * step

        yield GalleryShot(
            index=row["index"],
            start=row["start"],
            end=row["end"],
            start_s=row["start_s"],
            end_s=row["end_s"],
            transition=row["transition_in"],
            transition_from_s=at(row["transition_start"]),
            transition_to_s=at(row["transition_end"]),
            keyframes=tuple(shown[row["index"]]),
        )


def _sound(studio: Studio, manifest: Manifest | None) -> GallerySound | None:
    if manifest is None:
        return None
    heard = _json(studio, manifest, FEATURES_FILE)
    loudness, rhythm = heard["loudness"], heard["rhythm"]
    seconds: dict[str, float] = defaultdict(float)
    for segment in heard["segments"]:
        seconds[segment["kind"]] += segment["end_s"] - segment["start_s"]
    facts = {
        "Loudness": _with_unit(loudness["integrated_lufs"], "LUFS"),
        "Loudness range": _with_unit(loudness["range_lu"], "LU"),
        "True peak": _with_unit(loudness["true_peak_dbtp"], "dBTP"),
        "Tempo": _with_unit(rhythm["tempo_bpm"], "beats a minute") or rhythm["reason"],
        **{kind.capitalize(): f"{length:.1f} s" for kind, length in seconds.items()},
    }
    return GallerySound(
        waveform=studio.store.fetch(manifest, WAVEFORM_FILE),
        facts={name: told for name, told in facts.items() if told},
    )


def _scenes(studio: Studio, manifest: Manifest | None) -> GalleryScenes | None:
    if manifest is None:
        return None
    told = _json(studio, manifest, SUMMARY_FILE)
    lines, judges = told["lines"], told["engines"]
    models = [judges[one] for one in ("speech_emotion", "face_emotion") if not judges[one].startswith("embedded/")]
    facts = {
        "Scenes": f"{len(told['scenes']):,}",
        "Lines": f"{len(lines):,}",
        "Lines that stand alone": f"{sum(line['alone'] >= _ALONE for line in lines):,}" if lines else "",
        "Words": "of the film's subtitles" if any(line["words"] for line in lines) else "",
        "Mood": ", ".join(models) or "a proxy by features of sound and colour",
    }
    return GalleryScenes(
        timeline=studio.store.fetch(manifest, TIMELINE_FILE),
        facts={name: value for name, value in facts.items() if value},
    )


def _rendition(studio: Studio, manifest: Manifest) -> GalleryRendition:
    style, quality = house_styles()[manifest.key.variant], manifest.quality
    film = next(file.name for file in manifest.files if file.media_type.startswith("video/"))
    return GalleryRendition(
        style=style.id,
        name=style.name,
        film=studio.store.fetch(manifest, film),
        strip=studio.store.fetch(manifest, STRIP_FILE),
        told=f"{style.about} Change along motion: {quality['flicker']:.2f} times the film's own.",
        width=quality["width"],
        height=quality["height"],
    )


def _trailer(studio: Studio, manifest: Manifest) -> GalleryTrailer:
    """The trailer that viewers are shown; a challenger under test has its place on the experiment's page."""
    told = _json(studio, manifest, EDIT_FILE)
    measured = told["measured"]
    film = studio.store.fetch(manifest, TRAILER_FILE)
    width, height = told["size"]
    beats = measured.get("beat_error_frames")
    facts = [
        f"{measured['loudness_lufs']:.1f} LUFS, peaks at {measured['peak_dbtp']:.1f} dBTP",
        f"shots of {measured['mean_shot_s']:.2f} s",
        "" if beats is None else f"cuts {beats:.1f} frames off the beat",
        f"sound {abs(measured['offset_ms']):.0f} ms off the picture",
        f"by {told['encoder']['name']}",
    ]
    return GalleryTrailer(
        cut=told["cut"],
        film=film,
        sheet=studio.store.fetch(manifest, SHEET_FILE),
        width=width,
        height=height,
        told="; ".join(fact for fact in facts if fact),
        decisions=told["notes"],
        events=tuple(told["events"]),
    )


def _with_unit(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:.1f} {unit}"


def _thumbnail(studio: Studio, manifest: Manifest) -> GalleryThumbnail:
    choice = _json(studio, manifest, CHOICE_FILE)
    left, top, width, height = choice["crop"]
    frame_width, frame_height = choice["frame_size"]
    return GalleryThumbnail(
        aspect=choice["aspect"].replace("x", ":"),
        picture=studio.store.fetch(manifest, choice["picture"]),
        width=choice["width"],
        height=choice["height"],
        score=choice["score"],
        terms=choice["terms"],
        time_s=choice["time_s"],
        crop=(left, top, width, height),
        frame_aspect=frame_width / frame_height,
        note="" if choice["layout"] == "crop" else "whole frame: every crop of this shape would cut a face",
    )


def _variants(studio: Studio, manifest: Manifest) -> Iterator[GalleryVariant]:
    if all(file.name != VARIANTS_FILE for file in manifest.files):
        return  # published before there were variants, and not made again yet
    told = _json(studio, manifest, VARIANTS_FILE)
    for row in told["variants"]:
        recipe, text = row["recipe"], row["text"]
        what = [recipe["treatment"], "" if recipe["grade"] == "natural" else recipe["grade"].replace("_", " ")]
        what += [recipe["lettering"], "close" if recipe["framing"] == "close" else ""]
        yield GalleryVariant(
            recipe=row["id"],
            label=", ".join(filter(None, what)),
            aspect=told["aspect"].replace("x", ":"),
            picture=studio.store.fetch(manifest, row["file"]),
            width=row["width"],
            height=row["height"],
            score=row["score"],
            terms=row["terms"],
            first=row["id"] == told["first"],
            note=""
            if text is None
            else f"At 120 pixels its title has contrast {text['contrast']:.1f}, "
            f"capitals of {text['cap_px_at_120']:.0f} pixels",
        )


def _timings(report: TitleReport) -> Iterator[GalleryTiming]:
    made = {artifact.asset: artifact for artifact in report.artifacts}
    for asset in ARTIFACTS:
        if asset in made:
            state = GalleryState.REUSED if made[asset].reused else GalleryState.MADE
            manifest = made[asset].manifest
            yield GalleryTiming(asset, state, manifest.cost["seconds"], manifest.made_by.engine)
        elif asset in report.skipped:
            yield GalleryTiming(asset, GalleryState.SKIPPED, why=report.skipped[asset])
        elif asset in report.held:
            yield GalleryTiming(asset, GalleryState.HELD, why=report.held[asset])
        elif asset in report.failed:
            yield GalleryTiming(asset, GalleryState.FAILED, why=report.failed[asset])
        elif asset in report.waiting:
            yield GalleryTiming(asset, GalleryState.WAITING)
