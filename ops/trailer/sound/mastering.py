"""The master: a mix at its destination's loudness and under its peak, as samples, as FLAC, and as AAC.

Loudness is asked for as the listener gets it: after the AAC coder, whose decoder may peak where the mix did not.
So the sound is coded, decoded and measured, and coded again with a correction until it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream

from ops.audio.flac import FlacWriter
from ops.audio.instruments import SAMPLE_RATE
from ops.audio.limiter import limit, shave
from ops.audio.loudness import FLOOR_LUFS, Loudness, LoudnessMeter
from ops.audio.samples import sound_frame
from ops.audio.weighing import integrated_loudness
from ops.errors import MediaError

__all__ = [
    "CodedSound",
    "Master",
    "encode_aac",
    "loudness_of",
    "loudness_of_file",
    "master",
    "master_aac",
    "write_flac",
]

HEADROOM_DB = 0.5
"""The limiter stays so far under the peak that is allowed: about what AAC adds at 192 kbit/s."""

TOLERANCE_LU = 0.5
_CLOSE_LU = 0.3
"""Good enough to stop trying."""

_MOST_GAIN_DB = 36.0
"""What needs more is near silence; raised, it would be its noise that is heard."""

_MOST_MADE_UP_DB = 12.0
"""For what the limiter takes away: more, and the softer sounds are pumped up between the strokes."""

_MOST_AIMED_OFF_LU = 2.0
"""AAC changes the loudness by tenths; a target that is missed by more is out of reach."""

_ROUNDS = 8

BIT_RATES = (256_000, 320_000)
"""Of AAC, the second where the first overshoots: few bits cost FFmpeg's coder the peaks of sharp strokes. One loop,
held to -1.5 dBTP, came out at +3.2 dBTP with 192 kb/s, at -1.0 with 256 and at -1.2 with 320."""

_LOWEST_CEILING_DB = 4.0
"""What a lower ceiling would take from the sound is worse than the peak that it avoids."""

_PUMPS_DB = 9.0
"""A limiter that takes more away is heard to pump: then the peaks are rounded off before it."""

_FRAME = 1024
"""Samples of an AAC frame."""


@dataclass(frozen=True)
class Master:
    """A mastered sound.

    Attributes:
        samples: (N, 2) float32 at 48 kHz.
        loudness: As measured on it.
        gain_db: By how much the mix was raised.
        limited_db: How much the limiter took away at the most; more than some 6 dB is heard.
    """

    samples: np.ndarray
    loudness: Loudness
    gain_db: float
    limited_db: float


@dataclass(frozen=True)
class CodedSound:
    """A mastered sound as a listener gets it.

    Attributes:
        path: The .m4a; its edit list takes the coder's priming away, so that its first sample is the mix's.
        loudness: Of its decoded sound.
        master: What it was coded from.
        rounds: How often it was coded.
        note: What could not be kept, in words; empty where all was.
    """

    path: Path
    loudness: Loudness
    master: Master
    rounds: int
    note: str = ""


def master(samples: np.ndarray, target_lufs: float, ceiling_dbtp: float) -> Master:
    """Bring a mix to a loudness, under a true peak.

    Args:
        samples: (N, 2) float32 at 48 kHz.
        target_lufs: Programme loudness.
        ceiling_dbtp: Highest true peak.

    Raises:
        MediaError: The mix is silent, or so soft that only its noise would be raised.
    """
    stereo = np.ascontiguousarray(samples.T, dtype=np.float32)
    level = integrated_loudness(stereo)
    if not np.isfinite(level):
        raise MediaError(
            "there is nothing to be heard in the trailer", where="its mix", fix="Give it music, or sound of the film."
        )
    gain_db = target_lufs - level
    if gain_db > _MOST_GAIN_DB:
        raise MediaError(
            f"the trailer's sound is near silence ({level:.1f} LUFS; raised to {target_lufs:g} it would be noise)",
            where="its mix",
            fix="Give it music, or louder sound of the film.",
        )
    ceiling = 10 ** (ceiling_dbtp / 20)
    held, limited_db = limit(stereo * np.float32(10 ** (gain_db / 20)), ceiling)
    peaky = limited_db > _PUMPS_DB
    for nth in range(_ROUNDS):  # what the limiter takes away is given back
        missing = target_lufs - integrated_loudness(held)
        if abs(missing) < 0.05 and (nth or not peaky):
            break
        gain_db = min(gain_db + missing, target_lufs - level + _MOST_MADE_UP_DB)
        raised = stereo * np.float32(10 ** (gain_db / 20))
        held, limited_db = limit(shave(raised, ceiling) if peaky else raised, ceiling)
    mastered = np.ascontiguousarray(held.T)
    return Master(mastered, loudness_of(mastered), gain_db, limited_db)


def master_aac(samples: np.ndarray, out: Path, *, target_lufs: float, peak_dbtp: float) -> CodedSound:
    """Master a mix and code it as AAC so that what is decoded keeps to the target.

    Args:
        samples: (N, 2) float32 at 48 kHz.
        out: Where the .m4a goes.
        target_lufs: Programme loudness, met within 0.5 LU.
        peak_dbtp: Highest true peak.

    Returns:
        The closest that could be had, with a note where the target was missed: a sound of few loud strokes in silence
        cannot be both so loud and so low in its peaks.

    Raises:
        MediaError: As `master` says.
    """
    aim, ceiling = target_lufs, peak_dbtp - HEADROOM_DB
    best = (np.inf, aim, ceiling, BIT_RATES[0])
    for rounds in range(1, _ROUNDS + 1):
        bit_rate = BIT_RATES[min(rounds, len(BIT_RATES)) - 1]
        made, heard = _coded(samples, out, aim, ceiling, bit_rate)
        off = target_lufs - (FLOOR_LUFS if heard.integrated_lufs is None else heard.integrated_lufs)
        over = 0.0 if heard.true_peak_dbtp is None else max(0.0, heard.true_peak_dbtp - peak_dbtp)
        # one correction is worth its time for tenths, more only for what would be refused
        if over == 0 and abs(off) <= (_CLOSE_LU if rounds == 1 else TOLERANCE_LU):
            return CodedSound(out, heard, made, rounds)
        best = min(best, (max(abs(off) - TOLERANCE_LU, 0.0) + 3 * over, aim, ceiling, bit_rate))
        aim = float(np.clip(aim + off, target_lufs - _MOST_AIMED_OFF_LU, target_lufs + _MOST_AIMED_OFF_LU))
        if over and rounds >= len(BIT_RATES):  # more bits come first: they cost no loudness
            ceiling = max(ceiling - over - 0.1, peak_dbtp - _LOWEST_CEILING_DB)
    _, aim, ceiling, bit_rate = best
    made, heard = _coded(samples, out, aim, ceiling, bit_rate)
    return CodedSound(out, heard, made, _ROUNDS + 1, _missed(heard, target_lufs, peak_dbtp))


def _coded(samples: np.ndarray, out: Path, aim: float, ceiling: float, bit_rate: int) -> tuple[Master, Loudness]:
    made = master(samples, aim, ceiling)
    encode_aac(made.samples, out, bit_rate=bit_rate)
    return made, loudness_of_file(out)


def _missed(heard: Loudness, target_lufs: float, peak_dbtp: float) -> str:
    integrated = heard.integrated_lufs if heard.integrated_lufs is not None else -70.0
    if abs(integrated - target_lufs) > TOLERANCE_LU:
        return f"{integrated:.1f} LUFS instead of {target_lufs:g}: its peaks allow no more"
    if heard.true_peak_dbtp is not None and heard.true_peak_dbtp > peak_dbtp:
        return f"true peak {heard.true_peak_dbtp:.1f} dB instead of {peak_dbtp:g}"
    return ""


def encode_aac(samples: np.ndarray, out: Path, *, bit_rate: int = BIT_RATES[0]) -> None:
    """Code (N, 2) float32 at 48 kHz as AAC-LC in an .m4a.

    The coder puts 1,024 samples before the first; they have a negative time stamp and an edit list that leaves them
    out, so that packets copied into an .mp4 with its pictures stay in sync.
    """
    with av.open(
        str(out), "w", format="ipod", container_options={"fflags": "+bitexact", "movflags": "+faststart"}
    ) as m4a:
        stream = m4a.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        assert isinstance(stream, AudioStream)
        stream.bit_rate = bit_rate
        for first in range(0, len(samples), _FRAME):
            block = np.ascontiguousarray(samples[first : first + _FRAME].T, dtype=np.float32)
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = SAMPLE_RATE, first
            m4a.mux(stream.encode(frame))
        m4a.mux(stream.encode(None))


def write_flac(samples: np.ndarray, out: Path) -> None:
    """Keep (N, 2) float32 at 48 kHz as FLAC of 24 bits; what exceeds full scale is clipped."""
    whole = np.clip(np.rint(samples * np.float32(2**23)), -(2**23), 2**23 - 1).astype(np.int32) << 8
    with FlacWriter(out) as flac:
        flac.begin(sound_frame(whole[:1], rate=SAMPLE_RATE, layout="stereo", start=0), bit_depth=24)
        for first in range(0, len(whole), 1 << 16):
            flac.write(whole[first : first + (1 << 16)])
        flac.finish()


def loudness_of(samples: np.ndarray) -> Loudness:
    """EBU R128 of (N, 2) float32 at 48 kHz, by FFmpeg's meter."""
    meter = LoudnessMeter()
    for first in range(0, len(samples), 1 << 14):
        block = np.ascontiguousarray(samples[first : first + (1 << 14)], dtype=np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(block, format="flt", layout="stereo")
        frame.sample_rate = SAMPLE_RATE
        meter.push(frame)
    return meter.finish()


def loudness_of_file(path: Path) -> Loudness:
    """EBU R128 of a file's sound as it is decoded: peaks over full scale are seen."""
    from ops.audio.samples import main_sound
    from ops.media.container import open_media

    meter = LoudnessMeter()
    with open_media(path) as container:
        stream = main_sound(container)
        if stream is None:
            raise MediaError("the file has no sound", where=path)
        for frame in container.decode(stream):
            if isinstance(frame, av.AudioFrame) and frame.samples:
                meter.push(frame)
    return meter.finish()
