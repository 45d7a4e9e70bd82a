"""The sound of a segment: the film's own AAC packets, or its samples coded anew, joined to the sample.

Coded anew, block j of a film is always the same 1,024 samples. Each segment's encoder starts some blocks earlier and
what it says of those is thrown away: a block of AAC is decoded together with the one before it, so that the first block
kept must have heard the same as the last of the segment before.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.error import FFmpegError

from ops.errors import MediaError
from ops.media.container import open_media
from serving.live.film import Film, Sound
from serving.live.fragments import SOUND, Sample, fragment

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext
    from av.audio.stream import AudioStream
    from av.container import InputContainer

__all__ = ["read_sound", "sound_segment"]

_BLOCK = 1024
"""Samples of a block of AAC-LC."""

_WARM_BLOCKS = 4
"""Coded and thrown away at the start of a segment: after two, kept blocks were those of one long encode but for the
choice of short windows, which looks two back."""

_WARM_S = Fraction(1, 4)
"""Decoded before the first sample that is wanted: MP3 frames lean on up to 9 before them."""

_RATES = (48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000)
"""Sampling rates of AAC; a film's own is kept where it is one of these, as resampling has a memory."""

_STRAY_S = 0.05
"""A packet this far from where the ones before it end begins after a gap; less is a container's rounding."""

_LACKS_S = Fraction(1, 2)


def read_sound(container: InputContainer, zero: Fraction, duration: Fraction) -> Sound | None:
    """The first sound stream of a film; None where there is none that can be decoded.

    Args:
        container: Just opened.
        zero: When the first picture is shown, seconds.
        duration: Of the pictures, seconds.
    """
    stream = next((each for each in container.streams.audio if each.codec_context is not None), None)
    if stream is None or not stream.codec_context.sample_rate:
        return None
    decoder = stream.codec_context
    rate, configuration = decoder.sample_rate, bytes(decoder.extradata or b"")
    try:
        first = next((each for each in container.demux(stream) if each.size and each.pts is not None), None)
    except FFmpegError:
        first = None
    if first is None or stream.time_base is None:
        return None
    start = Fraction(first.pts or 0) * stream.time_base - zero
    ends = start + (stream.duration or 0) * stream.time_base
    low_complexity = decoder.name == "aac" and len(configuration) >= 2 and configuration[0] >> 3 == 2
    exact = stream.time_base == Fraction(1, rate)
    if low_complexity and exact and start <= Fraction(1, 10) and ends >= duration - _LACKS_S:
        return Sound(rate, decoder.channels, True, round(start * rate), configuration)
    rate = rate if rate in _RATES else 48_000
    channels = min(2, decoder.channels)
    return Sound(rate, channels, False, -_BLOCK, bytes(_encoder(rate, channels).extradata or b""))


def sound_segment(path: Path, film: Film, number: int) -> bytes:
    """The sound of a segment as a fragment; empty where the film's sound is over.

    Raises:
        MediaError: The film has no sound, or it cannot be read.
    """
    sound, piece = film.sound, film.pieces[number]
    if sound is None:
        raise MediaError("the film has no sound", where=path, fix="Ask for its pictures alone.")
    start = sound.origin if number == 0 else _samples(film, sound, piece.start_tick)
    end = _samples(film, sound, piece.end_tick)
    try:
        with open_media(path) as container:
            stream = next(each for each in container.streams.audio if each.codec_context is not None)
            make = _copied if sound.copied else _coded
            kept = [each for each in make(container, stream, film, start, end) if start <= each[0] < end]
    except (FFmpegError, StopIteration) as error:
        raise MediaError(f"its sound cannot be read ({error})", where=path, fix="Deliver it anew.") from error
    if not kept:
        return b""
    return fragment(SOUND, number + 1, kept[0][0] - sound.origin, [sample for _, sample in kept])


def _samples(film: Film, sound: Sound, tick: int) -> int:
    return int(Fraction(tick, film.timescale) * sound.rate)


def _seek(container: InputContainer, stream: AudioStream, film: Film, sample: int, rate: int) -> None:
    time = Fraction(sample, rate) + film.zero - _WARM_S
    if time > film.zero:
        container.seek(int(time / Fraction(stream.time_base or 1)), stream=stream, backward=True)


def _copied(
    container: InputContainer, stream: AudioStream, film: Film, start: int, end: int
) -> Iterator[tuple[int, Sample]]:
    """The film's own packets about a stretch, each with its first sample's number."""
    assert film.sound is not None
    zero = round(film.zero * film.sound.rate)
    _seek(container, stream, film, start, film.sound.rate)
    for packet in container.demux(stream):
        if not packet.size or packet.pts is None:
            continue
        at = packet.pts - zero
        if at >= end:
            return
        yield at, Sample(bytes(packet), packet.duration or _BLOCK)


def _coded(
    container: InputContainer, stream: AudioStream, film: Film, start: int, end: int
) -> Iterator[tuple[int, Sample]]:
    """Blocks about a stretch, coded anew, each with its first sample's number."""
    sound = film.sound
    assert sound is not None
    first = (start // _BLOCK) - _WARM_BLOCKS
    last = -(-end // _BLOCK) + 2
    heard = _heard(container, stream, film, first * _BLOCK, last * _BLOCK)
    encoder = _encoder(sound.rate, sound.channels)
    frames: list[AudioFrame | None] = []
    for block in range(last - first):
        content = np.ascontiguousarray(heard[:, block * _BLOCK : (block + 1) * _BLOCK])
        frame = AudioFrame.from_ndarray(content, format="fltp", layout=encoder.layout.name)
        frame.sample_rate, frame.time_base = sound.rate, Fraction(1, sound.rate)
        frame.pts = (first + block) * _BLOCK
        frames.append(frame)
    for frame in [*frames, None]:
        for packet in encoder.encode(frame):
            if packet.pts is not None:
                yield packet.pts, Sample(bytes(packet), _BLOCK)


def _heard(container: InputContainer, stream: AudioStream, film: Film, start: int, end: int) -> np.ndarray:
    """Samples of a stretch, (channels, N) float32 in -1…1; silence where the film has none."""
    sound = film.sound
    assert sound is not None
    layout = "mono" if sound.channels == 1 else "stereo"
    heard = np.zeros((sound.channels, end - start), dtype=np.float32)
    _seek(container, stream, film, start, sound.rate)
    run: list[tuple[float, np.ndarray]] = []
    resampler = AudioResampler(format="fltp", layout=layout, rate=sound.rate)
    for decoded in _decoded(container, stream):
        if decoded.pts is None:
            continue
        at = float((decoded.pts * Fraction(stream.time_base or 1) - film.zero) * sound.rate)
        if at >= end:
            break
        for part in resampler.resample(decoded):
            due = run[-1][0] + run[-1][1].shape[1] if run else at
            if run and abs(at - due) > _STRAY_S * sound.rate:
                _lay(heard, run, start)
                run = []
            run.append((at, part.to_ndarray()))
            at += part.samples
    _lay(heard, run, start)
    return heard


def _decoded(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    for packet in container.demux(stream):
        try:
            yield from cast("list[AudioFrame]", packet.decode())
        except FFmpegError:
            continue  # a damaged packet is a moment of silence


def _lay(heard: np.ndarray, run: list[tuple[float, np.ndarray]], start: int) -> None:
    """Put packets that follow each other where they belong.

    A container's times may be rounded to a millisecond, and the first after a seek be wrong; the middle one of all
    their strays is the same in every segment.
    """
    if not run:
        return
    lengths = np.cumsum([0, *(part.shape[1] for _, part in run)])
    strays = np.array([at for at, _ in run]) - lengths[:-1]
    samples = np.concatenate([part for _, part in run], axis=1)
    place = round(float(np.median(strays))) - start
    begin, stop = max(0, place), min(heard.shape[1], place + samples.shape[1])
    if begin < stop:
        heard[:, begin:stop] = samples[:, begin - place : stop - place]


def _encoder(rate: int, channels: int) -> AudioCodecContext:
    encoder = cast("AudioCodecContext", av.CodecContext.create("aac", "w"))
    encoder.sample_rate, encoder.layout, encoder.format = rate, "mono" if channels == 1 else "stereo", "fltp"
    encoder.time_base = Fraction(1, rate)
    encoder.bit_rate = 72_000 * channels
    encoder.flags |= 0x400000  # AV_CODEC_FLAG_GLOBAL_HEADER
    encoder.open()
    return encoder
