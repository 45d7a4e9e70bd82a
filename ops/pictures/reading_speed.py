"""How fast a film's subtitles must be read, cue by cue over its shots, and how many keep to each profile."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from ops.subtitles.conform import Conformance, Violation, conformance
from ops.subtitles.cue import CueTrack
from ops.subtitles.profile import Limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PolyCollection
    from matplotlib.figure import Figure

__all__ = ["draw_conformance", "draw_reading_speed"]

_GROUND, _PANEL, _INK, _FAINT, _GRID = "#14161d", "#1b1e28", "#e8eaf0", "#8d93a6", "#2a2e3b"
_GOOD, _OTHER, _FAST, _LIMIT = "#4fb3bf", "#f2a541", "#e56b6f", "#e8eaf0"
_SPEED = {Violation.TOO_FAST, Violation.TOO_MANY_WORDS}
_LEAST_PIXELS = 1.5
"""A cue of a long film is drawn that wide at least: 3 s of two hours are half a pixel."""

_LEGEND_COLUMNS = 3
_COLOURS = {
    Violation.TOO_FAST: "#e56b6f",
    Violation.TOO_MANY_WORDS: "#c94f7c",
    Violation.LINE_TOO_LONG: "#f2a541",
    Violation.TOO_MANY_LINES: "#d9822b",
    Violation.BAD_LINE_BREAK: "#e8d174",
    Violation.TOO_SHORT: "#7bc47f",
    Violation.TOO_LONG: "#4f9d69",
    Violation.GAP: "#5b8def",
    Violation.CHAIN: "#8fb0f5",
    Violation.OVERLAP: "#3a5fb0",
    Violation.IN_NEAR_CUT: "#c7a6ff",
    Violation.OUT_NEAR_CUT: "#9a78d6",
    Violation.ITALICS: "#b0b5c3",
    Violation.EMPTY: "#6c7183",
}


def draw_reading_speed(
    track: CueTrack, limits: Limits, *, cuts: Sequence[int] = (), frames: int = 0, title: str = "", width: int = 1200
) -> bytes:
    """Draw each cue as a bar from in to out, as high as it must be read fast, with the limit and the cuts.

    Args:
        track: The cues.
        limits: The rules; words a minute are drawn where they count those.
        cuts: First frames of shots that begin with a cut, drawn as ticks along the foot.
        frames: Of the film; 0 for as long as the track.
        title: Over the picture.
        width: Pixels; the height is three tenths of it.

    Returns:
        A PNG; the same track gives the same bytes.
    """
    held = conformance(track, limits, cuts=cuts)
    figure = _figure(width, round(0.3 * width))
    axes = _panel(figure, left=0.055, right=0.985, top=0.84, bottom=0.15)
    by_words = limits.words_a_minute is not None
    limit = float(limits.words_a_minute if limits.words_a_minute is not None else limits.cps or 0)
    speeds = [float(each.words_a_minute if by_words else each.cps) for each in held.reports]
    lasts = max(frames, track.cues[-1].end if track.cues else 1) / float(track.rate)
    least = lasts * _LEAST_PIXELS / (0.93 * width)
    for (name, colour), members in _kinds(held).items():
        starts = [float(track.start_s(track.cues[each])) for each in members]
        wide = [max(least, track.cues[each].frames / float(track.rate)) for each in members]
        heights = [speeds[each] for each in members]
        label = f"{len(members):,} {name}"
        _bars(axes, starts, wide, heights).set(facecolor=colour, label=label)
    axes.axhline(limit, color=_LIMIT, linewidth=1, linestyle=(0, (4, 3)), alpha=0.8)
    unit = "words a minute" if by_words else "characters a second"
    axes.text(lasts, limit, f" {limit:g} ", color=_LIMIT, fontsize=8, va="bottom", ha="right")
    # one cue that flashes by must not flatten all others: what is cut off says how high it would be
    top = max(1.6 * limit, min(2.5 * limit, 1.1 * max(speeds, default=0)))
    axes.set_ylim(-0.05 * top, top)
    for start, speed in (
        (track.cues[each].start, speeds[each]) for each in np.flatnonzero(np.array(speeds) > top)[:20]
    ):
        axes.text(float(start / track.rate), top, f"{speed:.0f}", color=_FAST, fontsize=7, va="bottom")
    axes.vlines([float(cut / track.rate) for cut in cuts], -0.05 * top, -0.012 * top, color=_FAINT, linewidth=0.8)
    axes.set_xlim(0, lasts)
    axes.set_ylabel(unit, color=_FAINT, fontsize=8)
    axes.xaxis.set_major_formatter(lambda second, _: f"{int(second) // 60}:{second % 60:04.1f}".removesuffix(".0"))
    axes.set_xlabel("time in the film; ticks are cuts", color=_FAINT, fontsize=8)
    if track.cues:
        axes.legend(
            loc="lower right", bbox_to_anchor=(1.0, 1.01), ncols=3, fontsize=8, frameon=False, labelcolor=_INK,
            borderaxespad=0.2, handlelength=1, handleheight=1,
        )  # fmt: skip
    figure.text(0.055, 0.92, title, color=_INK, fontsize=12, fontweight="bold", va="center", parse_math=False)
    return _png(figure)


def draw_conformance(by_profile: Mapping[str, Conformance], *, title: str = "", width: int = 900) -> bytes:
    """Draw for each profile the share of a track's cues that keep to it, and what the others break.

    Args:
        by_profile: The same track against profiles, by name; the first on top.
        title: Over the picture.
        width: Pixels.

    Returns:
        A PNG; the same track gives the same bytes.
    """
    broken = {violation for found in by_profile.values() for violation in found.counts}
    foot = 46 + 18 * math.ceil(len(broken) / _LEGEND_COLUMNS)
    height = 50 + foot + 58 * max(1, len(by_profile))
    figure = _figure(width, height)
    axes = _panel(figure, left=0.11, right=0.97, top=1 - 46 / height, bottom=foot / height)
    shown: set[Violation] = set()
    most = 1.0
    for place, found in enumerate(by_profile.values()):
        cues = max(1, len(found.reports))
        axes.barh([-place + 0.16], [100], 0.28, color=_GRID, linewidth=0)
        axes.barh([-place + 0.16], [100 * found.share], 0.28, color=_GOOD, linewidth=0)
        told = f"{found.share:.1%} of {len(found.reports):,} cues"
        axes.text(1, -place + 0.16, told, color=_GROUND if found.share > 0.3 else _INK, fontsize=8, va="center")
        at = 0.0
        for violation, count in found.counts.items():
            label = violation.words if violation not in shown else None
            wide = 100 * count / cues
            axes.barh([-place - 0.17], [wide], 0.22, left=at, color=_COLOURS[violation], linewidth=0, label=label)
            shown.add(violation)
            at += wide
        most = max(most, at)
    axes.set_xlim(0, max(100.0, most))
    axes.set_ylim(0.5 - max(1, len(by_profile)), 0.5)
    axes.set_yticks([-place for place in range(len(by_profile))], list(by_profile))
    axes.tick_params(axis="y", colors=_INK, labelsize=9.5)
    axes.grid(axis="x", color=_GRID, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.set_xlabel(
        "% of cues: above what conforms, below what is broken (one may break several rules)", color=_FAINT, fontsize=8
    )
    if shown:
        figure.legend(
            loc="lower left", bbox_to_anchor=(0.1, 0.0), ncols=_LEGEND_COLUMNS, fontsize=8, frameon=False,
            labelcolor=_INK, handlelength=1, handleheight=1,
        )  # fmt: skip
    figure.text(0.02, 1 - 22 / height, title, color=_INK, fontsize=12, fontweight="bold", va="center", parse_math=False)
    return _png(figure)


def _bars(axes: Axes, starts: Sequence[float], wide: Sequence[float], heights: Sequence[float]) -> PolyCollection:
    """Bars as one collection: a thousand as patches of their own take seconds."""
    from matplotlib.collections import PolyCollection

    left, right, high = np.array(starts), np.add(starts, wide), np.array(heights)
    corners = np.stack([left, 0 * high, left, high, right, high, right, 0 * high], axis=1).reshape(-1, 4, 2)
    bars = PolyCollection(list(corners), linewidths=0)
    axes.add_collection(bars)
    return bars


def _kinds(held: Conformance) -> dict[tuple[str, str], list[int]]:
    """Cues by how they stand: their names and colours, and which."""
    kinds: dict[tuple[str, str], list[int]] = {}
    for place, report in enumerate(held.reports):
        if _SPEED & set(report.violations):
            kind = ("too fast", _FAST)
        else:
            kind = ("with other faults", _OTHER) if report.violations else ("conforming", _GOOD)
        kinds.setdefault(kind, []).append(place)
    order = ("conforming", "with other faults", "too fast")
    return dict(sorted(kinds.items(), key=lambda item: order.index(item[0][0])))


def _figure(width: int, height: int) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width / 100, height / 100), dpi=100, facecolor=_GROUND)


def _panel(figure: Figure, *, left: float, right: float, top: float, bottom: float) -> Axes:
    axes = figure.subplots()
    figure.subplots_adjust(left=left, right=right, top=top, bottom=bottom)
    axes.set_facecolor(_PANEL)
    axes.tick_params(colors=_FAINT, labelsize=8, length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    return axes


def _png(figure: Figure) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    picture = BytesIO()
    canvas.print_png(picture, metadata={"Software": None})
    return picture.getvalue()
