"""HLS playlists (RFC 8216, version 7) of a live stream: a whole film, in segments that are made when asked for."""

from __future__ import annotations

from ops.ladder.rungs import Rung
from serving.live.film import Film
from serving.live.worker.encoding import max_rate

__all__ = ["HLS", "SOUND_NAME", "first_rung", "master_playlist", "picture_playlist", "sound_playlist"]

HLS = "application/vnd.apple.mpegurl"
"""The media type of a playlist."""

SOUND_NAME = "sound"
_SOUND_RATE = 192_000
_FIRST_LINES = 720
"""A player begins with the first rung listed: what a machine of two cores styles in real time."""


def first_rung(film: Film) -> Rung:
    """The size with which a player begins."""
    return next((rung for rung in film.rungs if rung.lines <= _FIRST_LINES), film.rungs[-1])


def master_playlist(film: Film, at: str) -> str:
    """The list of rungs, each with the film's sound.

    Args:
        film: The film.
        at: Where its playlists are: a path that ends with "/", or empty for beside this one.
    """
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if film.sound is not None:
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,'
            f'CHANNELS="{film.sound.channels}",URI="{at}{SOUND_NAME}.m3u8"'
        )
    first = first_rung(film)
    for rung in (first, *(each for each in film.rungs if each is not first)):
        rate = max_rate(rung, film.rate) + (_SOUND_RATE if film.sound else 0)
        codecs = [f"avc1.{film.headers[rung.name][1:4].hex().upper()}", *([film.sound.codec] if film.sound else [])]
        lines.append(
            f'#EXT-X-STREAM-INF:BANDWIDTH={rate},CODECS="{",".join(codecs)}",RESOLUTION={rung.width}x{rung.height},'
            f"FRAME-RATE={float(film.rate):.3f}" + (',AUDIO="sound"' if film.sound else "") + ",CLOSED-CAPTIONS=NONE"
        )
        lines.append(f"{at}{rung.name}.m3u8")
    return "\n".join([*lines, ""])


def picture_playlist(film: Film, rung: str) -> str:
    """The segments of one rung."""
    return _playlist(film, rung)


def sound_playlist(film: Film) -> str:
    """The segments of the sound."""
    return _playlist(film, SOUND_NAME)


def _playlist(film: Film, folder: str) -> str:
    lengths = [(piece.end_tick - piece.start_tick) / film.timescale for piece in film.pieces]
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{int(max(lengths) + 0.5) or 1}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{folder}/init.mp4"',
    ]
    for number, length in enumerate(lengths):
        lines += [f"#EXTINF:{length:.6f},", f"{folder}/{number}.m4s"]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])
