"""Loudness as broadcasters measure it: EBU R128 on ITU-R BS.1770, by FFmpeg's own meter.

The meter runs inside the process as a filter of PyAV, fed frame by frame, so that one decode can serve it and
whoever else listens, in constant memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import log10
from typing import TYPE_CHECKING

import av
import numpy as np
from av.error import BlockingIOError, EOFError
from av.filter.graph import Graph

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.filter.context import FilterContext

__all__ = ["FLOOR_LUFS", "STEP_S", "Loudness", "LoudnessMeter"]

FLOOR_LUFS = -70.0
"""The absolute gate of BS.1770: what is softer counts as no sound, and curves end there."""

STEP_S = 0.1
"""The meter speaks ten times a second (EBU Tech 3341)."""


@dataclass(frozen=True)
class Loudness:
    """What the meter says about a track.

    Attributes:
        integrated_lufs: Programme loudness (BS.1770-4); None where nothing is above the gate.
        range_lu: Loudness range (EBU Tech 3342).
        true_peak_dbtp: Highest peak between the samples, four times oversampled; None for digital silence.
        sample_peak_dbfs: Highest sample; None for digital silence.
        momentary_max_lufs: The loudest 0.4 s; None where nothing is above the gate.
        short_term_max_lufs: The loudest 3 s; None also where the track is shorter.
        momentary_lufs: (N,) float32, over the last 0.4 s, at `STEP_S` × (1, 2, … N); not below `FLOOR_LUFS`.
        short_term_lufs: (N,) float32, the same over the last 3 s.
    """

    integrated_lufs: float | None
    range_lu: float
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None
    momentary_max_lufs: float | None
    short_term_max_lufs: float | None
    momentary_lufs: np.ndarray
    short_term_lufs: np.ndarray


class LoudnessMeter:
    """Takes a track's decoded frames one after another; `finish` gives its loudness.

    All frames have the sample format, rate and layout of the first.
    """

    def __init__(self) -> None:
        self._graph: Graph | None = None
        self._last: Mapping[str, str] = {}
        self._momentary: list[float] = []
        self._short_term: list[float] = []
        self._true_peak = self._sample_peak = 0.0
        self._format = ("", "", 0)
        self._samples = 0

    def push(self, frame: AudioFrame) -> None:
        """Hear one frame."""
        if self._graph is None:
            self._graph = self._build(frame)
        self._format = (frame.format.name, frame.layout.name, frame.sample_rate)
        frame.pts, frame.time_base = self._samples, Fraction(1, frame.sample_rate)
        self._samples += frame.samples
        self._graph.push(frame)
        self._read()

    def finish(self) -> Loudness:
        """The loudness of all that was heard."""
        integrated, spread = FLOOR_LUFS, 0.0
        if self._graph is not None:
            # a tick comes with every full 100 ms: silence completes the last one so that its peak is counted,
            # but what it would add to the gated loudness is not
            last = self._last
            tick = self._format[2] // 10
            if self._samples % tick:
                self.push(self._silence(tick - self._samples % tick))
            self._graph.push(None)
            self._read()
            last = last or self._last
            integrated = float(last.get("lavfi.r128.I", FLOOR_LUFS))
            spread = float(last.get("lavfi.r128.LRA", 0.0))
        momentary, short_term = _curve(self._momentary), _curve(self._short_term)
        return Loudness(
            integrated_lufs=integrated if integrated > FLOOR_LUFS else None,
            range_lu=spread,
            true_peak_dbtp=_decibels(self._true_peak),
            sample_peak_dbfs=_decibels(self._sample_peak),
            momentary_max_lufs=_highest(momentary),
            short_term_max_lufs=_highest(short_term),
            momentary_lufs=momentary,
            short_term_lufs=short_term,
        )

    @staticmethod
    def _build(frame: AudioFrame) -> Graph:
        graph = Graph()
        source = graph.add_abuffer(
            sample_rate=frame.sample_rate,
            format=frame.format.name,
            layout=frame.layout.name,
            time_base=Fraction(1, frame.sample_rate),
        )
        meter: FilterContext = graph.add("ebur128", "metadata=1:peak=true+sample:framelog=quiet")
        sink = graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        graph.configure()
        return graph

    def _silence(self, count: int) -> AudioFrame:
        kind, layout, rate = self._format
        frame = av.AudioFrame(format=kind, layout=layout, samples=count)
        for plane in frame.planes:
            plane.update(bytes([128 if kind.startswith("u8") else 0]) * plane.buffer_size)
        frame.sample_rate = rate
        return frame

    def _read(self) -> None:
        assert self._graph is not None
        while True:
            try:
                heard = self._graph.pull().metadata
            except (BlockingIOError, EOFError):
                return
            if "lavfi.r128.M" not in heard:
                continue
            self._last = heard
            self._momentary.append(float(heard["lavfi.r128.M"]))
            self._short_term.append(float(heard["lavfi.r128.S"]))
            for key, value in heard.items():
                if "true_peaks_ch" in key:
                    self._true_peak = max(self._true_peak, float(value))
                elif "sample_peaks_ch" in key:
                    self._sample_peak = max(self._sample_peak, float(value))


def _decibels(peak: float) -> float | None:
    return 20 * log10(peak) if peak > 0 else None


def _curve(values: list[float]) -> np.ndarray:
    curve = np.nan_to_num(np.asarray(values, dtype=np.float32), nan=FLOOR_LUFS, neginf=FLOOR_LUFS)
    return np.maximum(curve, np.float32(FLOOR_LUFS))


def _highest(curve: np.ndarray) -> float | None:
    top = float(curve.max(initial=FLOOR_LUFS))
    return top if top > FLOOR_LUFS else None
