"""From a finished film to its ladder: probed, chosen, encoded once, measured, packaged."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from ops.errors import MediaError
from ops.ladder.choice import TOLERANCE, Choice, choice, choose
from ops.ladder.complexity import CRF_RANGE, Curve, probe_complexity
from ops.ladder.dash import dash_manifest
from ops.ladder.encoding import VideoEncode, encode_sound, encode_video
from ops.ladder.hls import master_playlist, media_playlist, sound_of
from ops.ladder.model import Ladder, MadeRung, MadeSound
from ops.ladder.poster import choose_poster, write_poster
from ops.ladder.quality import Reference, frame_scores
from ops.ladder.rungs import Rung, plan_rungs
from ops.ladder.storyboard import interval_s, tile_size, write_storyboard
from ops.ladder.track_file import read_track_file
from ops.media.probe import MediaInfo, probe
from ops.progress import Progress, no_progress

__all__ = ["DASH_FILE", "FACTS_FILE", "HLS_FILE", "POSTER_FILE", "STORYBOARD_FILE", "make_ladder"]

HLS_FILE, DASH_FILE = "master.m3u8", "manifest.mpd"
POSTER_FILE, STORYBOARD_FILE, FACTS_FILE = "poster.jpg", "storyboard.vtt", "ladder.json"

_LOW_SOUND = 64_000
"""Bits a second of the sound for slow links; the other is the film's own, or this times two."""

_MEASURED_FRAMES = 45
"""Frames of each rung that VMAF is measured on: of half a minute of Sintel, one in 8 gave 78.7, all of them 78.8."""

_LOOKED_AT = 640
"""Longer side of the frames among which the poster is chosen: below that motion blur hides."""

_PATIENCE = 60.0
"""Seconds a step may take for each second of film in a million pixels, a hundred times what it takes."""


def make_ladder(film: Path, folder: Path, *, encoder: str = "libx264", progress: Progress = no_progress) -> Ladder:
    """Make the ladder of a film: its rungs, playlists, poster and storyboard, all in one folder.

    Args:
        film: A finished film: constant frame rate, standard dynamic range.
        folder: Where to write; emptied by nobody, so give a fresh one.
        encoder: FFmpeg's name of the H.264 encoder, "libx264" or "h264_nvenc"; one that is known to work here.
        progress: Told how far it is.

    Raises:
        MediaError: The film cannot be read, has no pictures, or is not fit for a ladder.
    """
    info = probe(film)
    width, height, rate = _fit(info)
    seconds: dict[str, float] = {}
    timeout_s = 120 + _PATIENCE * info.duration_s * max(1.0, width * height / 1e6)
    began = time.monotonic()
    curves = probe_complexity(film, plan_rungs(width, height), rate=rate, encoder=encoder, timeout_s=timeout_s)
    choices, dropped = choose(curves)
    seconds["probe"] = time.monotonic() - began
    progress(0.25)

    every_s = interval_s(info.duration_s)
    tile, look = tile_size(width, height), _look_size(width, height)
    raw = {size: folder / f"{name}.rgb" for name, size in (("tiles", tile), ("looks", look))}
    pick = f"fps=1/{every_s:g}:start_time=0:round=up"
    stills = [(f"{pick},scale={size[0]}:{size[1]}:flags=area", path) for size, path in raw.items()]
    whole = Reference.whole(film)
    encodes = [_encode(each, folder) for each in choices]
    seconds["encode"] = encode_video(
        whole.inputs, whole.graph, encodes, rate=rate, encoder=encoder, timeout_s=timeout_s, stills=stills,
        progress=lambda done: progress(0.25 + 0.45 * done), duration_s=info.duration_s,
    )  # fmt: skip
    sounds = _sounds(film, info, folder, timeout_s)
    progress(0.7)

    began = time.monotonic()
    rungs = _measured(film, choices, encodes, timeout_s)
    seconds["measure"] = time.monotonic() - began
    progress(0.85)
    began = time.monotonic()
    rungs = _corrected(film, rungs, curves, folder, rate=rate, encoder=encoder, timeout_s=timeout_s)
    seconds["correct"] = time.monotonic() - began

    began = time.monotonic()
    shown = 1 + int(float(rungs[0].track.duration - 1 / rate) / every_s)
    tiles, looks = (list(_pictures(raw[size], size)[:shown]) for size in (tile, look))
    for path in raw.values():
        path.unlink()
    poster_s = choose_poster(looks) * every_s
    write_poster(film, poster_s, folder / POSTER_FILE)
    duration_s = float(rungs[0].track.duration)
    files = {POSTER_FILE: folder / POSTER_FILE, **write_storyboard(tiles, every_s, duration_s, folder)}
    seconds["pictures"] = time.monotonic() - began
    ladder = Ladder(
        source_size=(width, height),
        source_frames=info.video.frames or 0 if info.video else 0,
        source_has_sound=bool(info.audio),
        rate=rate,
        rungs=rungs,
        dropped=dropped,
        sounds=sounds,
        files=files,
        poster_s=poster_s,
        storyboard_every_s=every_s,
        encoder=encoder,
        seconds={step: round(took, 2) for step, took in seconds.items()},
    )
    ladder = _as_heard(ladder)
    progress(1.0)
    return replace(ladder, files={**files, **_packaged(ladder, folder)})


def _fit(info: MediaInfo) -> tuple[int, int, Fraction]:
    """The film's display size and rate.

    Raises:
        MediaError: It is not fit for a ladder.
    """
    video = info.video
    if video is None:
        raise MediaError("has no pictures", where=info.path, fix="Give a film.")
    if video.frame_rate is None:
        raise MediaError(
            "its frame rate varies, so no two rungs would change at the same frame",
            where=info.path,
            fix="Render it at a constant rate first.",
        )
    if video.hdr:
        raise MediaError(f"is in {video.hdr}, which 8-bit rungs cannot show", where=info.path, fix="Tone-map it first.")
    if video.interlaced:
        raise MediaError("is interlaced", where=info.path, fix="Deinterlace it first.")
    return video.width, video.height, video.frame_rate


def _encode(chosen: Choice, folder: Path) -> VideoEncode:
    return VideoEncode(chosen.rung, chosen.crf, chosen.max_rate, folder / f"video_{chosen.rung.name}.mp4")


def _measured(
    film: Path, choices: Sequence[Choice], encodes: Sequence[VideoEncode], timeout_s: float, top: Rung | None = None
) -> tuple[MadeRung, ...]:
    """Encodes with the VMAF that they have."""
    tracks = [read_track_file(each.path) for each in encodes]
    frames = sum(segment.frames for segment in tracks[0].segments)
    scores = frame_scores(
        Reference.whole(film),
        [each.path for each in encodes],
        top or encodes[0].rung,
        every=max(1, frames // _MEASURED_FRAMES),
        timeout_s=timeout_s,
    )
    return tuple(
        MadeRung(chosen, track, float(np.mean(list(score.values()))), min(score.values()))
        for chosen, track, score in zip(choices, tracks, scores, strict=True)
    )


def _corrected(
    film: Path,
    rungs: Sequence[MadeRung],
    curves: Sequence[Curve],
    folder: Path,
    *,
    rate: Fraction,
    encoder: str,
    timeout_s: float,
) -> tuple[MadeRung, ...]:
    """The rungs, those that missed their target encoded once more at what the miss tells."""
    again: dict[Rung, Choice] = {}
    for rung in rungs:
        miss = rung.vmaf - rung.choice.target
        if abs(miss) <= TOLERANCE or rung.why_off:
            continue
        place, curve = next((nth, each) for nth, each in enumerate(curves) if each.rung == rung.choice.rung)
        step = curve.crf_for(rung.choice.predicted_vmaf - miss) - curve.crf_for(rung.choice.predicted_vmaf)
        crf = round(4 * min(max(rung.choice.crf + step, CRF_RANGE[0]), CRF_RANGE[1])) / 4
        told = choice(curve, place, crf)
        again[rung.choice.rung] = replace(
            told, max_rate=max(told.max_rate, rung.choice.max_rate), predicted_vmaf=rung.choice.target
        )
    if not again:
        return tuple(rungs)
    whole = Reference.whole(film)
    encodes = [_encode(each, folder) for each in again.values()]
    encode_video(whole.inputs, whole.graph, encodes, rate=rate, encoder=encoder, timeout_s=timeout_s)
    top = rungs[0].choice.rung
    made = {each.choice.rung: each for each in _measured(film, list(again.values()), encodes, timeout_s, top)}
    return tuple(
        replace(made[rung.choice.rung], tries=2) if rung.choice.rung in made else rung for rung in rungs
    )  # fmt: skip


def _sounds(film: Path, info: MediaInfo, folder: Path, timeout_s: float) -> tuple[MadeSound, ...]:
    """The film's sound at two rates: its own AAC as it is, where it is AAC, and a leaner one."""
    if not info.audio:
        return ()
    copied = info.audio[0].codec == "aac" and info.audio[0].channels <= 2
    made = []
    for name, bit_rate in (("high", None if copied else 2 * _LOW_SOUND), ("low", _LOW_SOUND)):
        path = folder / f"sound_{name}.mp4"
        encode_sound(film, path, bit_rate=bit_rate, timeout_s=timeout_s)
        made.append(MadeSound(name, read_track_file(path), copied and name == "high"))
    high, low = made
    if high.average_rate < 1.25 * low.average_rate:  # the film's own is as lean
        low.track.path.unlink()
        return (high,)
    return (high, low)


def _as_heard(ladder: Ladder) -> Ladder:
    """The ladder without sounds that no rung goes with: a film of 360 lines has one rung, and needs no leaner sound."""
    used = {sound.name for rung in ladder.rungs if (sound := sound_of(ladder, rung)) is not None}
    for sound in ladder.sounds:
        if sound.name not in used:
            sound.track.path.unlink()
    return replace(ladder, sounds=tuple(sound for sound in ladder.sounds if sound.name in used))


def _packaged(ladder: Ladder, folder: Path) -> dict[str, Path]:
    """Playlists, manifest and facts written; returns everything but the pictures, by name."""
    tracks = [each.track for each in (*ladder.rungs, *ladder.sounds)]
    texts = {
        HLS_FILE: master_playlist(ladder),
        DASH_FILE: dash_manifest(ladder),
        FACTS_FILE: json.dumps(ladder.to_json(), indent=1),
        **{f"{track.path.stem}.m3u8": media_playlist(track) for track in tracks},
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {name: folder / name for name in texts} | {track.path.name: track.path for track in tracks}


def _look_size(width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, _LOOKED_AT / max(width, height))
    return max(2, round(width * scale)), max(2, round(height * scale))


def _pictures(raw: Path, size: tuple[int, int]) -> np.ndarray:
    width, height = size
    return np.memmap(raw, np.uint8, "r").reshape(-1, height, width, 3)
