"""Is the finished file what was ordered? Measured on the file itself, as plain values for checks to judge.

Belongs here: the container and the codecs (`measure_file`). Pictures are judged in `pictures.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.error import FFmpegError
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from ops.errors import MediaError

if TYPE_CHECKING:
    from av.container import InputContainer

__all__ = ["FileFacts", "faults_of", "index_first", "measure_file"]

_LONGEST_GROUP_S = 2.0
_SOUND_ENDS_S = 0.05
"""By how much the sound may end before or after the pictures: two blocks of AAC."""

_HIGHEST_LEVEL = 42
_HIGH_PROFILE = 100
"""profile_idc of H.264 High (ISO/IEC 14496-10, annex A)."""


@dataclass(frozen=True)
class FileFacts:
    """What a trailer's file is.

    Attributes:
        frames: Pictures.
        rate: Frames a second where every picture lies exactly on it; None where they do not.
        size: Width and height.
        video_codec: "h264", "av1".
        profile: profile_idc of H.264; 0 for others.
        level: Ten times the level of H.264; 0 for others.
        pixel_format: "yuv420p".
        bt709: Whether matrix, primaries, transfer and range are tagged as BT.709, limited.
        square_pixels: Whether the pixels are square.
        longest_group_s: Most between two key frames.
        closed_groups: Whether no picture of a group is shown before its key frame, though stored behind it.
        video_start_s: When the first picture is shown.
        video_s: From the first picture to the end of the last.
        audio_codec: "aac"; empty without sound.
        audio_profile: "LC".
        sample_rate: Of the sound.
        channels: Of the sound.
        audio_start_s: When the first sample that is to be heard is heard.
        audio_s: Length of the sound.
        index_first: Whether the index stands ahead of the media.
        bytes: Size of the file.
    """

    frames: int
    rate: Fraction | None
    size: tuple[int, int]
    video_codec: str
    profile: int
    level: int
    pixel_format: str
    bt709: bool
    square_pixels: bool
    longest_group_s: float
    closed_groups: bool
    video_start_s: float
    video_s: float
    audio_codec: str
    audio_profile: str
    sample_rate: int
    channels: int
    audio_start_s: float
    audio_s: float
    index_first: bool
    bytes: int

    @property
    def audio_offset_s(self) -> float:
        """How much later the sound starts than the picture; 0 without sound."""
        return self.audio_start_s - self.video_start_s if self.audio_codec else 0.0


def measure_file(path: Path, rate: Fraction) -> FileFacts:
    """Measure a file, its packets included; no picture but the first is decoded.

    Args:
        path: A finished trailer.
        rate: The rate it should have.

    Raises:
        MediaError: It cannot be read, or has no pictures.
    """
    try:
        with av.open(f"file:{path.absolute()}") as container:
            return _measured(container, path, rate)
    except (FFmpegError, IndexError) as error:
        raise MediaError(f"the trailer cannot be read ({error})", where=path, fix="Render it again.") from error


def faults_of(facts: FileFacts, *, frames: int, rate: Fraction, size: tuple[int, int], sound: bool) -> tuple[str, ...]:
    """What is not as ordered, in words; empty for a file that conforms."""
    found: list[str] = []

    def expect(fine: bool, what: str) -> None:
        if not fine:
            found.append(what)

    expect(facts.frames == frames, f"it has {facts.frames} pictures, not {frames}")
    expect(facts.rate == rate, f"its pictures do not all lie on {rate} frames a second")
    expect(facts.size == size, f"it is {facts.size[0]}x{facts.size[1]}, not {size[0]}x{size[1]}")
    expect(facts.video_codec in ("h264", "av1"), f"its pictures are {facts.video_codec}")
    if facts.video_codec == "h264":
        expect(facts.profile == _HIGH_PROFILE, f"its H.264 profile is {facts.profile}, not High")
        expect(facts.level <= _HIGHEST_LEVEL, f"its H.264 level is {facts.level / 10:.1f}, above 4.2")
    expect(facts.pixel_format == "yuv420p", f"its samples are {facts.pixel_format}")
    expect(facts.bt709, "its colours are not tagged as BT.709")
    expect(facts.square_pixels, "its pixels are not square")
    expect(facts.longest_group_s <= _LONGEST_GROUP_S + 1e-6, f"a key frame is {facts.longest_group_s:.2f} s away")
    expect(facts.closed_groups, "a group of pictures is open")
    expect(abs(facts.video_start_s) < 1e-6, f"its first picture is shown at {facts.video_start_s:.3f} s")
    expect(facts.index_first, "its index stands behind the media")
    if sound:
        expect(
            facts.audio_codec == "aac" and facts.audio_profile == "LC", f"its sound is {facts.audio_codec or 'none'}"
        )
        expect(facts.sample_rate == 48_000, f"its sound has {facts.sample_rate} Hz")
        away_s = facts.audio_s - facts.video_s
        expect(
            not facts.audio_codec or abs(away_s) <= _SOUND_ENDS_S,
            f"its sound is {abs(away_s):.2f} s {'shorter' if away_s < 0 else 'longer'} than its pictures",
        )
        expect(facts.channels == 2, f"its sound has {facts.channels} channels")
    else:
        expect(not facts.audio_codec, "it has sound")
    return tuple(found)


def index_first(path: Path) -> bool:
    """Whether an MP4's index (moov) stands ahead of its media (mdat), so that it plays while it loads."""
    with path.open("rb") as file:
        while len(head := file.read(8)) == 8:
            length, kind = int.from_bytes(head[:4], "big"), head[4:]
            if kind in (b"moov", b"mdat"):
                return kind == b"moov"
            skipped = 8
            if length == 1:
                length, skipped = int.from_bytes(file.read(8), "big"), 16
            if length < skipped:
                return False
            file.seek(length - skipped, 1)
    return False


def _measured(container: InputContainer, path: Path, rate: Fraction) -> FileFacts:
    video = container.streams.video[0]
    audio = container.streams.audio[0] if container.streams.audio else None
    unit = Fraction(video.time_base or 1)
    shown: list[Fraction] = []
    keys: list[Fraction] = []
    closed, last_s = True, Fraction(0)
    heard: list[tuple[Fraction, Fraction]] = []
    for packet in container.demux():
        if not packet.size or packet.pts is None:
            continue
        if packet.stream_index == video.index:
            time = packet.pts * unit
            if packet.is_keyframe:
                keys.append(time)
            closed &= not keys or time >= keys[-1]  # shown ahead of its key frame: it leans on the group before
            shown.append(time)
            last_s = max(last_s, time + (packet.duration or 0) * unit)
        elif audio is not None and packet.stream_index == audio.index:
            base = Fraction(audio.time_base or 1)
            heard.append((packet.pts * base, (packet.duration or 0) * base))
    if not shown:
        raise MediaError("the trailer has no pictures", where=path, fix="Render it again.")
    shown.sort()
    exact = all(abs(time - (shown[0] + place / rate)) < unit for place, time in enumerate(shown))
    groups = [b - a for a, b in zip(keys, [*keys[1:], last_s], strict=True)]
    context = video.codec_context
    aspect = video.sample_aspect_ratio
    end_s = max((start + length for start, length in heard), default=Fraction(0))
    # priming samples lie before 0 by the edit list, and are not heard
    start_s = max(heard[0][0], Fraction(0)) if heard else Fraction(0)
    return FileFacts(
        frames=len(shown),
        rate=rate if exact else None,
        size=(context.width, context.height),
        video_codec=context.codec.canonical_name,
        profile=_h264(context.extradata)[0] if context.codec.canonical_name == "h264" else 0,
        level=_h264(context.extradata)[1] if context.codec.canonical_name == "h264" else 0,
        pixel_format=context.pix_fmt or "",
        bt709=(context.colorspace, context.color_primaries, context.color_trc, context.color_range)
        == (Colorspace.ITU709, ColorPrimaries.BT709, ColorTrc.BT709, ColorRange.MPEG),
        square_pixels=aspect in (None, 1),
        longest_group_s=float(max(groups, default=Fraction(0))),
        closed_groups=closed,
        video_start_s=float(shown[0]),
        video_s=float(last_s - shown[0]),
        audio_codec=audio.codec_context.codec.canonical_name if audio is not None else "",
        audio_profile=str(audio.codec_context.profile or "") if audio is not None else "",
        sample_rate=int(audio.codec_context.sample_rate or 0) if audio is not None else 0,
        channels=audio.codec_context.channels if audio is not None else 0,
        audio_start_s=float(start_s),
        audio_s=float(end_s - start_s),
        index_first=index_first(path),
        bytes=path.stat().st_size,
    )


def _h264(extradata: bytes | None) -> tuple[int, int]:
    """profile_idc and level_idc of an avcC record (ISO/IEC 14496-15, 5.3.3.1)."""
    return (extradata[1], extradata[3]) if extradata and len(extradata) > 4 and extradata[0] == 1 else (0, 0)
