"""HLS playlists (RFC 8216, version 7): byte ranges of the track files, so that DASH reads the very same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ops.ladder.encoding import SEGMENT_S
from ops.ladder.model import Ladder, MadeRung, MadeSound
from ops.ladder.track_file import TrackFile

__all__ = ["master_playlist", "media_playlist", "sound_of"]

_FIRST_RATE = 2_000_000
"""Bits a second that a first guess may take: the first rung listed is where a player begins (Apple's authoring
specification, 9.14, for Wi-Fi)."""


def master_playlist(ladder: Ladder) -> str:
    """The list of rungs, each with its sound; the one to begin with stands first, the others from the top down."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for sound in ladder.sounds:
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound-{sound.name}",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,'
            f'CHANNELS="{sound.track.channels}",URI="{_playlist(sound.track)}"'
        )
    for rung in _in_order(ladder):
        sound = sound_of(ladder, rung)
        codecs = ",".join(each.codec for each in (rung.track, sound.track if sound else None) if each)
        lines.append(
            f"#EXT-X-STREAM-INF:BANDWIDTH={rung.peak_rate + (sound.peak_rate if sound else 0)},"
            f"AVERAGE-BANDWIDTH={rung.average_rate + (sound.average_rate if sound else 0)},"
            f'CODECS="{codecs}",RESOLUTION={rung.track.width}x{rung.track.height},'
            f"FRAME-RATE={float(ladder.rate):.3f}"
            + (f',AUDIO="sound-{sound.name}"' if sound else "")
            + ",CLOSED-CAPTIONS=NONE"
        )
        lines.append(_playlist(rung.track))
    return "\n".join([*lines, ""])


def media_playlist(track: TrackFile) -> str:
    """The segments of one track file."""
    name = track.path.name
    longest = max(each.duration for each in track.segments)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{max(SEGMENT_S, _rounded(longest))}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{name}",BYTERANGE="{track.header_bytes}@0"',
    ]
    for each in track.segments:
        lines += [f"#EXTINF:{float(each.duration):.6f},", f"#EXT-X-BYTERANGE:{each.size}@{each.offset}", name]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def sound_of(ladder: Ladder, rung: MadeRung) -> MadeSound | None:
    """The sound that goes with a rung: the best with the top one, and while it takes a quarter of its bits."""
    if not ladder.sounds:
        return None
    if rung is ladder.rungs[0]:
        return ladder.sounds[0]
    return next((each for each in ladder.sounds if 4 * each.average_rate <= rung.average_rate), ladder.sounds[-1])


def _in_order(ladder: Ladder) -> Sequence[MadeRung]:
    first = next((rung for rung in ladder.rungs if rung.peak_rate <= _FIRST_RATE), ladder.rungs[-1])
    return [first, *(rung for rung in ladder.rungs if rung is not first)]


def _playlist(track: TrackFile) -> str:
    return f"{track.path.stem}.m3u8"


def _rounded(seconds: Fraction) -> int:
    """To the nearest whole number, a half upwards, as RFC 8216 (4.3.3.1) compares durations."""
    return int(seconds + Fraction(1, 2))
