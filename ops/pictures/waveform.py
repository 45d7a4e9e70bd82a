"""A track at a glance: waveform coloured by what is heard, beats and bars, and loudness below."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from ops.audio.features import AudioFeatures
from ops.audio.kinds import SoundKind
from ops.audio.loudness import FLOOR_LUFS, STEP_S

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_waveform"]

_COLOURS = {
    SoundKind.SPEECH: "#f2a541",
    SoundKind.MUSIC: "#4fb3bf",
    SoundKind.OTHER: "#8d93a6",
    SoundKind.SILENCE: "#4b5064",
}
_GROUND, _PANEL, _INK, _FAINT = "#14161d", "#1b1e28", "#e8eaf0", "#8d93a6"
_LOUDNESS, _DOWNBEAT = "#c7a6ff", "#ffffff"

_TICK_ROOM = 3.0
"""Pixels that a tick needs beside the next: closer beats are left to the bars, closer bars to the passage."""

_SOFTEST_SHOWN = -50.0
"""LUFS at the foot of the loudness panel."""


def draw_waveform(features: AudioFeatures, *, title: str = "", width: int = 1600, height: int = 520) -> bytes:
    """Draw a track's waveform, segments, beats and loudness.

    Args:
        features: What was measured.
        title: Over the picture.
        width: Pixels.
        height: Pixels.

    Returns:
        A PNG; the same features give the same bytes.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 100, height / 100), dpi=100, facecolor=_GROUND)
    canvas = FigureCanvasAgg(figure)
    grid = figure.add_gridspec(
        3, 1, height_ratios=(10, 1, 4), left=0.045, right=0.985, top=0.86, bottom=0.09, hspace=0.06
    )
    wave, beats, loudness = (figure.add_subplot(grid[row]) for row in range(3))
    for axes in (wave, beats, loudness):
        _dress(axes, features.duration_s)
    _draw_wave(wave, features)
    _draw_beats(beats, features, width * 0.94)
    _draw_loudness(loudness, features)
    figure.text(0.045, 0.945, title, color=_INK, fontsize=13, fontweight="bold", va="center", parse_math=False)
    figure.text(0.985, 0.945, _summary(features), color=_INK, fontsize=10.5, va="center", ha="right")
    _draw_legend(figure, features)
    picture = BytesIO()
    canvas.print_png(picture, metadata={"Software": None})
    return picture.getvalue()


def _dress(axes: Axes, duration_s: float) -> None:
    axes.set_facecolor(_PANEL)
    axes.set_xlim(0, max(duration_s, 1e-3))
    axes.tick_params(colors=_FAINT, labelsize=8, length=0, labelbottom=False)
    axes.grid(axis="x", color=_FAINT, alpha=0.12, linewidth=0.6)
    for side in axes.spines.values():
        side.set_visible(False)


def _draw_wave(axes: Axes, features: AudioFeatures) -> None:
    """The swing faint, the level strong, each step in the colour of the kind heard in its middle."""
    waveform = features.waveform
    time = (np.arange(len(waveform.high)) + 0.5) * waveform.step_s
    top = max(0.05, float(np.abs([waveform.low, waveform.high]).max(initial=0)))
    for kind, colour in _COLOURS.items():
        of_kind = np.zeros(len(time), dtype=bool)
        for segment in features.segments:
            if segment.kind is kind:
                of_kind |= (time >= segment.start_s - waveform.step_s) & (time < segment.end_s)
                axes.axvspan(segment.start_s, segment.end_s, color=colour, alpha=0.07, linewidth=0)
        swing: dict[str, Any] = {"where": of_kind, "color": colour, "linewidth": 0}
        axes.fill_between(time, waveform.low, waveform.high, alpha=0.5, **swing)
        axes.fill_between(time, -waveform.rms, waveform.rms, **swing)
    axes.axhline(0, color=_INK, alpha=0.25, linewidth=0.5)
    axes.set_ylim(-1.05 * top, 1.05 * top)
    axes.set_yticks([])


def _draw_beats(axes: Axes, features: AudioFeatures, pixels: float) -> None:
    """A tick a beat, a taller one a bar, over a band as long as the passage with its tempo on it."""
    rhythm = features.rhythm
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    room = _TICK_ROOM * max(features.duration_s, 1e-3) / pixels
    for index, passage in enumerate(rhythm.passages):
        axes.axvspan(passage.start_s, passage.end_s, color=_COLOURS[SoundKind.MUSIC], alpha=0.25, linewidth=0)
        beat_s = 60 / passage.tempo_bpm
        own = [beat for beat in rhythm.beats if beat.passage == index]
        if beat_s > room:
            axes.vlines([beat.time_s for beat in own], 0, 0.45, color=_FAINT, linewidth=0.9)
        if beat_s * passage.meter > room:
            downbeats = [beat.time_s for beat in own if beat.position == 1]
            axes.vlines(downbeats, 0, 1, color=_DOWNBEAT, linewidth=1.2)
        if passage.end_s - passage.start_s > 60 * room:
            axes.text(
                passage.start_s,
                1.05,
                f" {passage.tempo_bpm:.1f} BPM",
                color=_INK,
                fontsize=8,
                va="bottom",
                clip_on=True,
            )
    if not rhythm.passages:
        axes.text(
            features.duration_s / 2, 0.45, f"no beats: {rhythm.reason}",
            color=_FAINT, fontsize=8, ha="center", va="center",
        )  # fmt: skip


def _draw_loudness(axes: Axes, features: AudioFeatures) -> None:
    loudness = features.loudness
    time = np.arange(1, len(loudness.momentary_lufs) + 1) * STEP_S
    shown = np.maximum(loudness.momentary_lufs, _SOFTEST_SHOWN)
    axes.fill_between(time, _SOFTEST_SHOWN, shown, color=_LOUDNESS, alpha=0.22, linewidth=0)
    measured = loudness.short_term_lufs > FLOOR_LUFS
    slow = np.where(measured, np.maximum(loudness.short_term_lufs, _SOFTEST_SHOWN), np.nan)
    axes.plot(time, slow, color=_LOUDNESS, linewidth=1.4)
    if loudness.integrated_lufs is not None:
        axes.axhline(loudness.integrated_lufs, color=_INK, linewidth=0.8, linestyle=(0, (4, 4)), alpha=0.7)
    axes.set_ylim(_SOFTEST_SHOWN, 0)
    axes.set_yticks([-40, -23, -10], ["-40", "-23", "-10"])
    axes.set_ylabel("LUFS", color=_FAINT, fontsize=8, labelpad=2)
    axes.tick_params(labelbottom=True)
    ticks = axes.get_xticks()
    inside = [tick for tick in ticks if 0 <= tick <= features.duration_s]
    axes.set_xticks(inside, [_clock(tick, features.duration_s) for tick in inside])


def _draw_legend(figure: Any, features: AudioFeatures) -> None:
    at = 0.045
    for kind, colour in _COLOURS.items():
        share = features.seconds_of(kind) / features.duration_s if features.duration_s else 0.0
        if share == 0:
            continue
        figure.text(at, 0.893, "■", color=colour, fontsize=11, va="center")
        figure.text(at + 0.012, 0.893, f"{kind} {share:.0%}", color=_FAINT, fontsize=9, va="center")
        at += 0.085


def _summary(features: AudioFeatures) -> str:
    loudness, rhythm = features.loudness, features.rhythm
    parts = ["silent" if loudness.integrated_lufs is None else f"{loudness.integrated_lufs:.1f} LUFS"]
    if loudness.integrated_lufs is not None:
        parts.append(f"range {loudness.range_lu:.1f} LU")
    if loudness.true_peak_dbtp is not None:
        parts.append(f"peak {loudness.true_peak_dbtp:.1f} dBTP")
    if rhythm.tempo_bpm is not None:
        parts.append(f"{rhythm.tempo_bpm:.1f} BPM ({rhythm.confidence:.0%} sure)")
    return "   ·   ".join(parts)


def _clock(time_s: float, duration_s: float) -> str:
    minutes, seconds = divmod(time_s, 60)
    if duration_s < 20:
        return f"{time_s:.4g} s"
    if minutes >= 60:
        return f"{int(minutes // 60)}:{int(minutes % 60):02d}:{int(seconds):02d}"
    return f"{int(minutes)}:{int(seconds):02d}"
