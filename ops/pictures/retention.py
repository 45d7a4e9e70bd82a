"""A trailer as its viewers saw it: the share still watching over the shots, each second's losses, what was replayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from ops.trailer.events import Part
from ops.trailer.viewers.on_screen import Second
from ops.trailer.viewers.retention import Retention

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_effects", "draw_retention"]

_COLOURS = ("#8d93a6", "#4fb3bf", "#f2a541", "#c7a6ff", "#7bc47f", "#e56b6f")
_GROUND, _PANEL, _INK, _FAINT = "#14161d", "#1b1e28", "#e8eaf0", "#8d93a6"
_LOST, _AGAIN = "#e56b6f", "#7bc47f"
_PARTS = {
    Part.HOOK: "#f2a541",
    Part.SETUP: "#4fb3bf",
    Part.RISE: "#5b8def",
    Part.CLIMAX: "#e56b6f",
    Part.BUTTON: "#8d93a6",
}
_GAP = 0.06
"""Of a second, between two shots of the strip."""


def draw_retention(
    curves: Mapping[str, Retention], seconds: Sequence[Second] = (), *, title: str = "", width: int = 1200
) -> bytes:
    """Draw the share still watching of each version, over the shots of the first, and what its seconds lost.

    Args:
        curves: Versions by name; the first is the one whose seconds are told.
        seconds: What is on screen in the first; none draws no strip.
        title: Over the picture.
        width: Pixels; the height is half of it.

    Returns:
        A PNG; the same curves give the same bytes.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 100, width / 200), dpi=100, facecolor=_GROUND)
    canvas = FigureCanvasAgg(figure)
    watching, strip, lost = figure.subplots(3, 1, sharex=True, gridspec_kw={"height_ratios": (9, 1, 4)})
    figure.subplots_adjust(left=0.06, right=0.985, top=0.89, bottom=0.09, hspace=0.1)
    for axes in (watching, strip, lost):
        axes.set_facecolor(_PANEL)
        axes.tick_params(colors=_FAINT, labelsize=8, length=0)
        for side in axes.spines.values():
            side.set_visible(False)
    _draw_watching(watching, curves)
    _draw_shots(strip, seconds)
    first = next(iter(curves.values()), None)
    if first is not None:
        _draw_lost(lost, first)
        lost.set_xlim(0, max(each.length_s for each in curves.values()))
    lost.set_xlabel("second of the trailer", color=_FAINT, fontsize=8)
    figure.text(0.06, 0.945, title, color=_INK, fontsize=12, fontweight="bold", va="center", parse_math=False)
    picture = BytesIO()
    canvas.print_png(picture, metadata={"Software": None})
    return picture.getvalue()


def _draw_watching(axes: Axes, curves: Mapping[str, Retention]) -> None:
    for place, (name, curve) in enumerate(curves.items()):
        colour = _COLOURS[(place + 1) % len(_COLOURS)]
        at = np.minimum(np.arange(len(curve.watching)), curve.length_s)
        axes.fill_between(at, 100 * np.array(curve.low), 100 * np.array(curve.high), color=colour, alpha=0.2, lw=0)
        done = curve.completion
        told = f"{name}: {done.completed:,} of {done.viewings:,} completed"
        if done.viewings:
            told += f", {done.share:.0%} ({done.low:.0%} to {done.high:.0%})"
        axes.plot(at, 100 * np.array(curve.watching), color=colour, linewidth=1.8, label=told)
    axes.set_ylim(0, 104)
    axes.set_ylabel("still watching, %", color=_FAINT, fontsize=8)
    axes.grid(axis="y", color="#2a2e3b", linewidth=0.7)
    axes.set_axisbelow(True)
    if curves:
        axes.legend(loc="lower left", fontsize=8, frameon=False, labelcolor=_INK)


def _draw_shots(axes: Axes, seconds: Sequence[Second]) -> None:
    """One block a shot, in the colour of its part; neighbours stand apart."""
    axes.set_yticks([])
    axes.set_ylim(0, 1)
    begin = 0
    for second in range(1, len(seconds) + 1):
        if second < len(seconds) and seconds[second].event == seconds[begin].event:
            continue
        part = seconds[begin].part
        axes.axvspan(begin + _GAP, second - _GAP, color=_PARTS[part], alpha=0.85, linewidth=0)
        if begin == 0 or seconds[begin - 1].part is not part:
            axes.text(begin + 0.2, 0.45, str(part), color=_GROUND, fontsize=8, va="center", clip_on=True)
        begin = second


def _draw_lost(axes: Axes, curve: Retention) -> None:
    seen = np.maximum(np.array(curve.seen, float), 1)
    at = np.arange(len(seen)) + 0.5
    left, skipped, again = (100 * np.array(each) / seen for each in (curve.left, curve.skipped, curve.replays))
    axes.bar(at, left, color=_LOST, width=0.8, linewidth=0, label="left")
    axes.bar(at, skipped, bottom=left, color=_LOST, alpha=0.45, width=0.8, linewidth=0, label="skipped ahead")
    axes.bar(at, -again, color=_AGAIN, width=0.8, linewidth=0, label="seen again")
    axes.axhline(0, color=_FAINT, linewidth=0.6)
    axes.set_ylabel("of its viewers, %", color=_FAINT, fontsize=8)
    axes.legend(loc="upper right", ncols=3, fontsize=7.5, frameon=False, labelcolor=_INK)


def draw_effects(effects: Sequence[tuple[str, float, float, float]], *, title: str = "", width: int = 900) -> bytes:
    """Draw factors on the odds of leaving with their intervals, on a logarithmic scale; left of 1 holds viewers.

    Args:
        effects: Name, factor, and the ends of its interval; the first on top.
        title: Over the picture.
        width: Pixels.

    Returns:
        A PNG; the same effects give the same bytes.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    height = 110 + 32 * max(1, len(effects))
    figure = Figure(figsize=(width / 100, height / 100), dpi=100, facecolor=_GROUND)
    canvas = FigureCanvasAgg(figure)
    axes = figure.subplots()
    figure.subplots_adjust(left=0.16, right=0.97, top=1 - 45 / height, bottom=50 / height)
    axes.set_facecolor(_PANEL)
    axes.tick_params(colors=_INK, labelsize=8.5, length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    for place, (_, factor, low, high) in enumerate(effects):
        colour = _LOST if low > 1 else _AGAIN if high < 1 else _FAINT
        axes.plot([low, high], [-place, -place], color=colour, linewidth=3, solid_capstyle="round", alpha=0.6)
        axes.plot([factor], [-place], "o", color=colour, markersize=6)
    axes.axvline(1, color=_FAINT, linewidth=0.8)
    axes.set_xscale("log")
    reach = max((max(high, 1 / low) for _, _, low, high in effects), default=1.0) ** 1.1
    reach = max(reach, 1.25)
    axes.set_xlim(1 / reach, reach)
    ticks = [tick for tick in (0.33, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3) if 1 / reach <= tick <= reach]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_yticks([-place for place in range(len(effects))], [name for name, *_ in effects])
    axes.set_ylim(-len(effects) + 0.4, 0.6)
    axes.set_xlabel("odds of leaving, for one standard deviation more of it", color=_FAINT, fontsize=8)
    figure.text(0.02, 1 - 20 / height, title, color=_INK, fontsize=11, fontweight="bold", va="center", parse_math=False)
    picture = BytesIO()
    canvas.print_png(picture, metadata={"Software": None})
    return picture.getvalue()
