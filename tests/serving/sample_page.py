"""Gallery pages of real clips, filled by hand as a caller would: pictures from the film, values plausible."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw

from ops.media.frames import read_frames
from serving.gallery.model import (
    GalleryCheck,
    GalleryFile,
    GalleryKeyframe,
    GalleryPage,
    GalleryShot,
    GallerySound,
    GalleryState,
    GalleryThumbnail,
    GalleryTiming,
)

MADE_AT = datetime(2025, 11, 21, 9, 30, tzinfo=UTC)
ASPECTS = {
    "16:9": (1280, 720),
    "4:3": (1200, 900),
    "1:1": (1080, 1080),
    "2:3": (1000, 1500),
    "9:16": (1080, 1920),
}


def edit_page(data: Path, work: Path) -> GalleryPage:
    """The 20 s edit of known transitions, its shots from the published list, with everything on the page."""
    film = data / "video" / "edit_known_transitions.mp4"
    shots = _shots(data / "video" / "ground_truth" / "edit_known_transitions.transitions.csv", 500, 25.0)
    pictured = _with_keyframes(film, shots, work / "keyframes")
    best = pictured[0].keyframes[0]
    return GalleryPage(
        title="edit-known-transitions-3f2a",
        name="Six clips, one edit",
        made_at=MADE_AT,
        duration_s=20.0,
        width=640,
        height=360,
        frame_rate="25",
        film=film,
        shots=pictured,
        sound=GallerySound(waveform(work), {"Loudness": "−18.2 LUFS", "Tempo": "112 beats a minute"}),
        thumbnails=thumbnails(best.picture, best.time_s, work / "thumbnails"),
        checks=checks(),
        timings=timings(),
        files=tuple(
            GalleryFile(f"thumbnails/{aspect.replace(':', 'x')}", path, path.stat().st_size)
            for aspect in ASPECTS
            for path in [work / "thumbnails" / f"{aspect.replace(':', 'x')}.jpg"]
        ),
    )


def _shots(transitions: Path, frames: int, rate: float) -> tuple[GalleryShot, ...]:
    """Shots between the transitions of a ground-truth list."""
    with transitions.open() as file:
        rows = [row for row in csv.DictReader(file) if row["new_shot_frame"].isdigit()]
    kinds = {"cut": "cut", "dissolve": "dissolve", "wipe": "wipe", "fade_in": "fade", "fade_out": "fade"}
    starts = {int(row["new_shot_frame"]): row for row in rows if row["type"] in kinds}
    edges = [0, *sorted(start for start in starts if 0 < start < frames), frames]
    shots = []
    for index, (start, end) in enumerate(pairwise(edges)):
        row = starts.get(start)
        gradual = row is not None and kinds[row["type"]] != "cut"
        shots.append(
            GalleryShot(
                index=index,
                start=start,
                end=end,
                start_s=start / rate,
                end_s=end / rate,
                transition="start" if start == 0 else kinds[row["type"]] if row else "cut",
                transition_from_s=int(row["first_frame"]) / rate if row and gradual else None,
                transition_to_s=(int(row["last_frame"]) + 1) / rate if row and gradual else None,
            )
        )
    return tuple(shots)


def _with_keyframes(film: Path, shots: tuple[GalleryShot, ...], folder: Path) -> tuple[GalleryShot, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {(shot.start + shot.end) // 2: shot for shot in shots}
    pictured = []
    for frame in read_frames(film):
        shot = wanted.get(frame.index)
        if shot is not None:
            path = folder / f"shot{shot.index:04d}.jpg"
            Image.fromarray(frame.rgb).save(path, quality=92)
            note = "sharp, well exposed" if shot.index % 2 else "sharp, one face, eyes open"
            pictured.append(replace(shot, keyframes=(GalleryKeyframe(path, frame.time_s, note),)))
    return tuple(pictured)


def thumbnails(picture: Path, time_s: float, folder: Path) -> tuple[GalleryThumbnail, ...]:
    """Centre crops of one frame in every aspect."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    with Image.open(picture) as frame:
        for aspect, (width, height) in ASPECTS.items():
            scale = min(frame.width / width, frame.height / height)
            wide, high = width * scale, height * scale
            left, top = (frame.width - wide) / 2, (frame.height - high) / 2
            path = folder / f"{aspect.replace(':', 'x')}.jpg"
            frame.crop((round(left), round(top), round(left + wide), round(top + high))).resize((width, height)).save(
                path
            )
            made.append(
                GalleryThumbnail(
                    aspect=aspect,
                    picture=path,
                    width=width,
                    height=height,
                    score=0.61 + 0.05 * len(made),
                    terms={
                        "thirds": 0.72,
                        "saliency": 0.81,
                        "colourfulness": 0.44,
                        "sharpness": 0.93,
                        "faces": 0.5,
                    },
                    time_s=time_s,
                    crop=(left / frame.width, top / frame.height, wide / frame.width, high / frame.height),
                    frame_aspect=frame.width / frame.height,
                )
            )
    return tuple(made)


def waveform(folder: Path) -> Path:
    """A drawing like the one of the sound: an envelope with beats on dark paper."""
    folder.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", (1600, 240), (22, 24, 27))
    draw = ImageDraw.Draw(image)
    for x in range(1600):
        high = 100 * abs(math.sin(x / 37) * math.sin(x / 211)) + 3
        draw.line([(x, 120 - high), (x, 120 + high)], fill=(120, 150, 170))
    for x in range(20, 1600, 43):
        draw.line([(x, 0), (x, 240)], fill=(230, 180, 80))
    path = folder / "waveform.png"
    image.save(path)
    return path


def checks() -> tuple[GalleryCheck, ...]:
    """Some that passed, a warning and a blocking failure."""
    return (
        GalleryCheck("source_video", "duration_sane", True, "The film is between 0.04 s and 24 h long.", True),
        GalleryCheck("shots", "shots_meet", True, "Each shot starts where the one before ends.", True),
        GalleryCheck(
            "shots",
            "shots_cover_film",
            True,
            "The shots cover the film from its first frame to its last.",
            True,
        ),
        GalleryCheck("keyframes", "keyframes_cover_shots", False, "shot 5 has no keyframe (1 frame)", False),
        GalleryCheck("thumbnails/9x16", "no_face_cut", False, "9x16.jpg cuts 1 face at its left edge", True),
        GalleryCheck("thumbnails/16x9", "score_in_range", True, "The score lies within 0 and 1.", False),
    )


def timings() -> tuple[GalleryTiming, ...]:
    """One row of every state that a finished title has."""
    return (
        GalleryTiming("source_video", GalleryState.REUSED, 0.21, "pyav"),
        GalleryTiming("shots", GalleryState.MADE, 3.42, "scenedetect-adaptive"),
        GalleryTiming("audio_track", GalleryState.MADE, 0.38, "pyav"),
        GalleryTiming("audio_features", GalleryState.MADE, 2.1, "librosa+ebur128"),
        GalleryTiming("keyframes", GalleryState.MADE, 6.75, "embedded/opencv-cascade"),
        GalleryTiming("shot_features", GalleryState.MADE, 1.2, "embedded/descriptors"),
        GalleryTiming("thumbnails/16x9", GalleryState.MADE, 0.81, "embedded"),
        GalleryTiming("thumbnails/9x16", GalleryState.HELD, 0.77, "embedded", "no_face_cut: 9x16.jpg cuts 1 face"),
    )
