"""Films for these tests, and what is known of them before their scenes are looked for, by the house's own analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from ops.audio.measure import measure
from ops.audio.track import extract_track
from ops.keyframes.model import Keyframe, KeyframeSet
from ops.media.ffmpeg import run_ffmpeg
from ops.media.frames import read_frames_at
from ops.media.writer import VideoWriter
from ops.scenes.known import Known
from ops.shot_features import describe_shots
from ops.shots.analyse import analyse
from resources.models.embedding import DescriptorEmbedder

__all__ = ["Take", "assembled", "known_of", "painted"]


@dataclass(frozen=True)
class Take:
    """A stretch of a clip, with the sound that plays over it; its own where none is named."""

    clip: str
    start_s: float
    length_s: float
    sound: str = ""
    sound_start_s: float = 0.0
    part: tuple[float, float, float] = (0.0, 0.0, 1.0)
    """Left and upper edge and size of the part that is shown, as shares."""


def assembled(path: Path, data: Path, takes: Sequence[Take], *, size: tuple[int, int] = (320, 180)) -> Path:
    """Cut takes together at 24 frames a second; each is a whole number of frames long."""
    pieces = []
    for place, take in enumerate(takes):
        frames, (left, top, share) = round(take.length_s * 24), take.part
        piece = path.with_name(f"{path.stem}-{place}.mkv")
        sound = ["-ss", str(take.sound_start_s), "-i", data / "audio" / take.sound] if take.sound else []
        picture = (
            f"crop=iw*{share}:ih*{share}:iw*{left}:ih*{top},"
            f"scale={size[0]}:{size[1]}:force_original_aspect_ratio=increase,crop={size[0]}:{size[1]},fps=24,setsar=1,"
            f"tpad=stop_mode=clone:stop_duration=1,trim=start={take.start_s},setpts=PTS-STARTPTS,trim=end_frame={frames}"
        )
        heard = "" if take.sound else f"atrim=start={take.start_s},asetpts=PTS-STARTPTS,"
        run_ffmpeg(
            ["-i", data / "video" / take.clip, *sound, "-map", "0:v:0", "-map", "1:a:0" if sound else "0:a:0",
             "-vf", picture, "-af", f"{heard}aresample=48000,aformat=channel_layouts=stereo,apad",
             "-t", str(frames / 24), "-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p",
             "-c:a", "pcm_s16le", piece],
            timeout_s=120,
        )  # fmt: skip
        pieces.append(piece)
    listed = path.with_suffix(".txt")
    listed.write_text("".join(f"file '{piece}'\n" for piece in pieces))
    run_ffmpeg(["-f", "concat", "-safe", "0", "-i", listed, "-c:v", "copy", "-c:a", "pcm_s16le", path], timeout_s=120)
    return path


def painted(path: Path, frames: Sequence[np.ndarray], rate: int = 24) -> Path:
    """A silent film of (H, W, 3) uint8 pictures."""
    with VideoWriter(path, size=(frames[0].shape[1], frames[0].shape[0]), rate=Fraction(rate), crf=12) as writer:
        for frame in frames:
            writer.write(frame)
    return path


def known_of(film: Path, folder: Path, *, track: Path | None = None) -> Known:
    """Shots, signals, features and sound; the middle picture of each shot is its keyframe, faces are not sought.

    Args:
        film: The film.
        folder: For pictures and the track.
        track: The sound of a film that has none.
    """
    found = analyse(film)
    cut, signals = found.shots, found.signals
    if track is None:
        extracted = extract_track(film, folder / "audio.flac")
        assert extracted is not None
        track = folder / "audio.flac"
    middles = [int(signals.pts[(shot.start + shot.end) // 2]) for shot in cut.shots]
    keyframes = []
    for shot, frame in zip(cut.shots, read_frames_at(film, middles), strict=True):
        name = f"keyframe_{shot.index}.jpg"
        Image.fromarray(frame.rgb).save(folder / name, quality=92)
        place = (shot.start + shot.end) // 2
        keyframes.append(Keyframe(place, frame.pts, frame.time_s, shot.index, name, 1.0, 1.0, 0.0, 0.0, 0.5))
    chosen = KeyframeSet(tuple(keyframes))
    features = describe_shots(cut, signals, chosen, folder, embedder=DescriptorEmbedder())
    return Known(cut, signals, chosen, folder, features, measure(track), track)
