"""Who speaks when: a lane a speaker under the waveform, the waveform in the colour of who is heard."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from ops.speech.model import Speech

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_speech"]

_COLOURS = ("#f2a541", "#4fb3bf", "#c7a6ff", "#7bc47f", "#e56b6f", "#5b8def", "#e8d36b", "#d98cc0")
_GROUND, _PANEL, _INK, _FAINT, _SILENT = "#14161d", "#1b1e28", "#e8eaf0", "#8d93a6", "#4b5064"
_LONGEST_NAME = 18
"""Letters of a name that the margin has room for."""


def draw_speech(speech: Speech, *, title: str = "", width: int = 1600) -> bytes:
    """Draw a track's speakers over time.

    Args:
        speech: What was found.
        title: Over the picture.
        width: Pixels; the height grows with the speakers.

    Returns:
        A PNG; the same speech gives the same bytes.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    lanes = max(1, len(speech.speakers))
    height = 230 + 34 * lanes
    figure = Figure(figsize=(width / 100, height / 100), dpi=100, facecolor=_GROUND)
    canvas = FigureCanvasAgg(figure)
    grid = figure.add_gridspec(
        2, 1, height_ratios=(130, 34 * lanes), left=0.11, right=0.985, top=1 - 45 / height, bottom=34 / height,
        hspace=0.04,
    )  # fmt: skip
    wave, who = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
    for axes in (wave, who):
        axes.set_facecolor(_PANEL)
        axes.set_xlim(0, max(speech.duration_s, 1e-3))
        axes.tick_params(colors=_FAINT, labelsize=8, length=0)
        for side in axes.spines.values():
            side.set_visible(False)
    _draw_wave(wave, speech)
    _draw_lanes(who, speech)
    figure.text(0.11, 1 - 22 / height, title, color=_INK, fontsize=12, fontweight="bold", va="center", parse_math=False)
    figure.text(0.985, 1 - 22 / height, _summary(speech), color=_INK, fontsize=10, va="center", ha="right")
    picture = BytesIO()
    canvas.print_png(picture, metadata={"Software": None})
    return picture.getvalue()


def _draw_wave(axes: Axes, speech: Speech) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    high = np.asarray(speech.envelope, float)
    if len(high) == 0:
        return
    step = speech.duration_s / len(high)
    time = (np.arange(len(high)) + 0.5) * step
    axes.fill_between(time, -high, high, color=_SILENT, linewidth=0)
    for place, speaker in enumerate(speech.speakers):
        heard = np.zeros(len(high), bool)
        for turn in speech.turns:
            if turn.speaker == speaker:
                heard |= (time > turn.start_s - step) & (time < turn.end_s + step)
        axes.fill_between(time, -high, high, where=heard, color=_colour(place), alpha=0.75, linewidth=0)  # type: ignore[arg-type]
    top = max(0.05, float(high.max()))
    axes.set_ylim(-1.05 * top, 1.05 * top)


def _draw_lanes(axes: Axes, speech: Speech) -> None:
    speakers = speech.speakers
    axes.set_ylim(max(1, len(speakers)) - 0.5, -0.5)
    axes.set_yticks(range(len(speakers)), [_shortened(speech.name(speaker)) for speaker in speakers])
    axes.tick_params(axis="y", colors=_INK, labelsize=9)
    for place, speaker in enumerate(speakers):
        bars = [(turn.start_s, turn.end_s - turn.start_s) for turn in speech.turns if turn.speaker == speaker]
        axes.broken_barh(bars, (place - 0.3, 0.6), facecolors=_colour(place), linewidth=0)
    if not speakers:
        axes.text(speech.duration_s / 2, 0, "nobody is heard to speak", color=_FAINT, fontsize=9, ha="center")
    ticks = [tick for tick in axes.get_xticks() if 0 <= tick <= speech.duration_s]
    axes.set_xticks(ticks, [_clock(tick) for tick in ticks])


def _summary(speech: Speech) -> str:
    spoken = sum(end - start for start, end in speech.spans)
    share = spoken / speech.duration_s if speech.duration_s else 0.0
    count = len(speech.speakers)
    return f"{count} speaker{'' if count == 1 else 's'}   ·   speech {_clock(spoken)} ({share:.0%})"


def _shortened(name: str) -> str:
    """As an axis can show it: on one line, no longer than the margin, its dollar signs no formulas."""
    line = " ".join(name.split())
    line = line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1] + "…"
    return line.replace("$", r"\$")


def _colour(place: int) -> str:
    return _COLOURS[place % len(_COLOURS)]


def _clock(time_s: float) -> str:
    minutes, seconds = divmod(time_s, 60)
    if minutes >= 60:
        return f"{int(minutes // 60)}:{int(minutes % 60):02d}:{int(seconds):02d}"
    return f"{int(minutes)}:{seconds:04.1f}" if time_s % 1 else f"{int(minutes)}:{int(seconds):02d}"
