"""What a film's rungs cost: a few seconds of it encoded at two qualities and measured, and a curve laid through.

A film is probed by six windows of half a segment each: the middle ones of its sixths from cheap to dear, as the
film's own packets tell (they are there to be counted, nothing is decoded). What a window costs is carried over to its
sixth by the ratio of those packets, so that a dear window found by chance does not make the whole film dear. On 30 s of
the Sintel trailer three windows of a whole segment, as long in all, missed the film's VMAF by 4.6 and its bits by 20 %;
these missed them by 0.6 and 2 %.

Quality over bits: a rung has a ceiling, the VMAF of the film merely scaled down and up again. What coding loses below
it falls by a constant factor with each doubling of the bits. Two encodes fix that curve; the ceiling keeps it honest
where bits are plenty.
"""

from __future__ import annotations

import itertools
import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError

from ops.errors import MediaError
from ops.ladder.encoding import VideoEncode, encode_video, frames_a_segment
from ops.ladder.quality import Reference, frame_scores
from ops.ladder.rungs import Rung

__all__ = ["CRF_RANGE", "Curve", "Window", "choose_windows", "probe_complexity"]

_PROBED = (21.0, 30.0)
"""x264's constant qualities that bracket what ladders are made of: VMAF 96 and 87 at the film's own size, on the
Sintel trailer in 720p."""

CRF_RANGE = (16.0, 38.0)
"""Below the first nobody sees a difference, above the second everybody does."""

_EVERY = 8
"""Of how many frames of a window one is measured: three of a window of 24."""

_PARTS = 6


@dataclass(frozen=True)
class Window:
    """A stretch of the film, and the part of the film that it stands for.

    Attributes:
        first: Its first frame.
        frames: How many it has.
        parts: How many such windows its part of the film has.
        scale: Bits of its part over its own, in the film's own packets.
    """

    first: int
    frames: int
    parts: int
    scale: float


@dataclass(frozen=True)
class Curve:
    """What a rung costs and gives at each constant quality.

    Attributes:
        rung: Its size.
        ceiling: VMAF that its size can reach.
        crf: The two probed qualities.
        bits: Bits a second that the whole film is expected to take at each.
        vmaf: What was measured at each.
    """

    rung: Rung
    ceiling: float
    crf: tuple[float, float]
    bits: tuple[float, float]
    vmaf: tuple[float, float]

    def bits_at(self, crf: float) -> float:
        """Bits a second at a quality: they fall by a constant factor a step."""
        low, high = (math.log2(each) for each in self.bits)
        return 2 ** (low + (high - low) * (crf - self.crf[0]) / (self.crf[1] - self.crf[0]))

    def vmaf_at(self, crf: float) -> float:
        """VMAF at a quality."""
        low, high = (math.log(loss) for loss in self._losses())
        return self.ceiling - math.exp(low + (high - low) * (crf - self.crf[0]) / (self.crf[1] - self.crf[0]))

    def crf_for(self, vmaf: float) -> float:
        """The quality that gives this VMAF, within `CRF_RANGE`, to a quarter of a step."""
        low, high = (math.log(loss) for loss in self._losses())
        wanted = math.log(max(self.ceiling - vmaf, 0.05))
        if high - low < 1e-3:  # nothing to lose: a still picture looks the same at any quality
            return CRF_RANGE[1] if wanted >= low else CRF_RANGE[0]
        crf = self.crf[0] + (self.crf[1] - self.crf[0]) * (wanted - low) / (high - low)
        return round(4 * min(max(crf, CRF_RANGE[0]), CRF_RANGE[1])) / 4

    def _losses(self) -> tuple[float, float]:
        """What coding loses at each; at least a twentieth of a point, which nobody can measure."""
        first = max(self.ceiling - self.vmaf[0], 0.05)
        return first, max(self.ceiling - self.vmaf[1], first)


def probe_complexity(
    film: Path, rungs: Sequence[Rung], *, rate: Fraction, encoder: str, timeout_s: float
) -> list[Curve]:
    """Encode samples of a film in every size at two qualities, and measure them.

    Args:
        film: The film.
        rungs: The sizes, the largest first.
        rate: Its frame rate.
        encoder: FFmpeg's name of the encoder that will make the ladder.
        timeout_s: Time that each of the two steps may take.

    Raises:
        MediaError: The film cannot be read.
    """
    group = frames_a_segment(rate)
    windows = choose_windows(_packet_sizes(film), max(2, group // 2))
    reference = _sampled(film, windows, rate)
    with tempfile.TemporaryDirectory(prefix="probe-") as folder:
        encodes = [
            VideoEncode(rung, crf, None, Path(folder) / f"{rung.name}-{crf:.0f}.mp4")
            for rung in rungs
            for crf in _PROBED
        ]
        encode_video(
            reference.inputs,
            reference.graph,
            encodes,
            rate=rate,
            encoder=encoder,
            timeout_s=timeout_s,
            key_frames=tuple(itertools.accumulate(window.frames for window in windows)),
        )
        scores = frame_scores(
            reference, [each.path for each in encodes], rungs[0], every=_EVERY, timeout_s=timeout_s, scaled=rungs
        )
        spent = [_bits_a_second(each.path, windows, rate, group) for each in encodes]
    means = [_mean(each, windows) for each in scores]
    ceilings = means[len(encodes) :]
    return [
        Curve(rung, ceiling, _PROBED, (spent[2 * nth], spent[2 * nth + 1]), (means[2 * nth], means[2 * nth + 1]))
        for nth, (rung, ceiling) in enumerate(zip(rungs, ceilings, strict=True))
    ]


def choose_windows(sizes: Sequence[int], length: int) -> tuple[Window, ...]:
    """The middle window of each sixth of a film, its windows of `length` frames sorted by their bytes.

    A film of six windows or fewer is taken whole.
    """
    whole = len(sizes) // length
    if whole <= _PARTS:
        return (Window(0, len(sizes), 1, 1.0),)
    cost = [sum(sizes[first : first + length]) for first in range(0, whole * length, length)]
    ranked = np.argsort(cost, kind="stable")
    chosen = []
    for part in np.array_split(ranked, _PARTS):
        middle = int(part[len(part) // 2])
        scale = sum(cost[nth] for nth in part) / max(cost[middle], 1)
        chosen.append(Window(middle * length, length, len(part), scale))
    return tuple(sorted(chosen, key=lambda window: window.first))


def _packet_sizes(film: Path) -> list[int]:
    """The bytes of each picture, in the order in which they are shown."""
    try:
        with av.open(f"file:{film.absolute()}", container_options={"protocol_whitelist": "file"}) as container:
            packets = [
                (packet.pts, packet.size)
                for packet in container.demux(container.streams.video[0])
                if packet.pts is not None and packet.size
            ]
    except FFmpegError as error:
        raise MediaError(f"cannot be read ({error.strerror})", where=film, fix="Make the film again.") from error
    return [size for _, size in sorted(packets)]


def _sampled(film: Path, windows: Sequence[Window], rate: Fraction) -> Reference:
    """The windows one after the other, each sought a half frame early so that rounding loses none."""
    inputs: list[str | Path] = []
    parts = []
    for nth, window in enumerate(windows):
        start_s = max(0.0, float((window.first - Fraction(1, 2)) / rate))
        inputs += ["-ss", f"{start_s:.6f}", "-t", f"{float((window.frames + 4) / rate):.6f}", "-i", film]
        parts.append(
            f"[{nth}:v:0]trim=end_frame={window.frames},setpts=N/({rate.numerator}/{rate.denominator})/TB[w{nth}]"
        )
    joined = "".join(f"[w{nth}]" for nth in range(len(windows)))
    steady = f"settb=1/{rate.numerator},setpts=N*{rate.denominator}"
    parts.append(f"{joined}concat=n={len(windows)}:v=1:a=0,{steady}[film]")
    return Reference(tuple(inputs), ";".join(parts), len(windows))


def _bits_a_second(encode: Path, windows: Sequence[Window], rate: Fraction, group: int) -> float:
    """What the whole film takes if each part costs as its window does.

    A window begins with a key frame as a segment does, and is shorter: its other frames count for those it lacks.
    """
    sizes, first, bits = _packet_sizes(encode), 0, 0.0
    for window in windows:
        own = sizes[first : first + window.frames]
        if window.frames < group and len(own) > 1:
            key, rest = own[0], sum(own[1:])
            spent = (key + rest * (group - 1) / (len(own) - 1)) * window.frames / group
        else:
            spent = sum(own)
        bits += 8 * spent * window.scale
        first += window.frames
    return bits / (sum(window.frames * window.parts for window in windows) / float(rate))


def _mean(scores: dict[int, float], windows: Sequence[Window]) -> float:
    """The mean of the film, each window by what it stands for.

    To a tenth of a point: the last digits of libvmaf's sums are no reason for another ladder.
    """
    total, weight, first = 0.0, 0, 0
    for window in windows:
        own = [score for frame, score in scores.items() if first <= frame < first + window.frames]
        if own:
            total, weight = total + window.parts * float(np.mean(own)), weight + window.parts
        first += window.frames
    if not weight:
        raise MediaError("VMAF measured no frame", fix="Use a film of more than a few frames.")
    return round(total / weight, 1)
