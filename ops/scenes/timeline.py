"""A film at a glance: its scenes and pictures, and every curve over its length, under one another on one clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ops.keyframes.model import Keyframe, KeyframeSet
from ops.scenes.model import SceneAnalysis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_scene_timeline"]

_WIDTH, _HEIGHT = 1800, 1440
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.088, 0.985, 0.945, 0.03
_GROUND, _PANEL, _INK, _FAINT = "#14161d", "#1b1e28", "#e8eaf0", "#9aa0b4"
_GOLD, _TEAL, _VIOLET, _ROSE, _BLUE, _GREEN = "#e6b450", "#4fb3bf", "#c7a6ff", "#f27d72", "#6ea8fe", "#8fce7a"
_SCENES = ("#33415f", "#4a3a5c")

_LEAST_GAP = 5.0
"""Pixels between cuts, on the mean, below which only scenes are ruled: more lines would be a grey wall."""

_COLUMNS = 900
"""Points that a panel shows; a longer film's curves are drawn as the mean of each stretch under its maximum."""

_TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


@dataclass(frozen=True)
class _Panel:
    """One panel: its curves by name with colour, its scale, the marks beside it, and its height."""

    label: str
    curves: tuple[tuple[str, str], ...]
    scale: tuple[float, float] | None = None
    marks: tuple[tuple[float, str], ...] = ()
    height: float = 1.0
    zero: float = 0.0


_PANELS = (
    _Panel("highlight", (("highlight", _GOLD),), (0, 1), ((0, "0"), (1, "1")), 1.5),
    _Panel("action", (("action", _ROSE),), None, (), 1.0),
    _Panel("camera", (("camera", _BLUE),), None, (), 0.8),
    _Panel("loudness", (("loudness", _VIOLET),), (-50, -5), ((-40, "−40"), (-14, "−14 LUFS")), 1.0, -50),
    _Panel("onsets", (("onsets", _TEAL),), None, (), 0.8),
    _Panel("speech", (("speech", _GOLD),), (0, 1), (), 0.42),
    _Panel("music", (("music", _TEAL),), (0, 1), (), 0.42),
    _Panel("arousal", (("arousal", _ROSE),), (0, 1), ((0, "calm"), (1, "stirred")), 1.0),
    _Panel("valence", (("valence", _GREEN),), (-1, 1), ((-1, "unhappy"), (0, ""), (1, "happy")), 1.0),
    _Panel("warmth", (("warmth", _GOLD),), (-1, 1), ((-1, "cold"), (0, ""), (1, "warm")), 0.8),
    _Panel("brightness", (("brightness", _INK),), (0, 1), ((0, "0"), (1, "1")), 0.8),
    _Panel("faces", (("faces", _BLUE),), None, (), 0.6),
    _Panel("aesthetics", (("aesthetics", _GREEN),), (0, 1), ((0, "0"), (1, "1")), 0.8),
)  # fmt: skip


def draw_scene_timeline(found: SceneAnalysis, keyframes: KeyframeSet, pictures: Path, *, title: str = "") -> bytes:
    """Draw every curve of a film, its cuts, scenes, lines and a strip of its keyframes.

    Args:
        found: The analysis.
        keyframes: Its keyframes.
        pictures: The folder they lie in.
        title: Over the picture.

    Returns:
        A PNG of 1800×1440; the same analysis gives the same bytes.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH / 100, _HEIGHT / 100), dpi=100, facecolor=_GROUND)
    canvas = FigureCanvasAgg(figure)
    heights = [1.6, 0.5, 0.42, *(panel.height for panel in _PANELS)]
    grid = figure.add_gridspec(
        len(heights), 1, height_ratios=heights, left=_LEFT, right=_RIGHT, top=_TOP, bottom=_BOTTOM, hspace=0.16
    )
    strip, band, said, *panels = (figure.add_subplot(grid[row]) for row in range(len(heights)))
    for axes in (strip, band, said, *panels):
        _dress(axes, found.duration_s)
    _draw_strip(strip, found, keyframes, pictures)
    _draw_scenes(band, found)
    _draw_lines(said, found)
    for axes, panel in zip(panels, _PANELS, strict=True):
        _draw_panel(axes, panel, found)
    _rule(figure, [band, said, *panels], found)
    _number_seconds(panels[-1], found.duration_s)
    figure.text(
        _LEFT, 0.972, title or "Scenes", color=_INK, fontsize=15, fontweight="bold", va="center", parse_math=False
    )
    figure.text(_RIGHT, 0.972, _summary(found), color=_FAINT, fontsize=12, va="center", ha="right", parse_math=False)
    picture = BytesIO()
    canvas.print_png(picture, metadata={"Software": None})
    return picture.getvalue()


def _dress(axes: Axes, duration_s: float) -> None:
    axes.set_facecolor(_PANEL)
    axes.set_xlim(0, max(duration_s, 1e-3))
    axes.tick_params(colors=_FAINT, labelsize=9, length=0, labelbottom=False, pad=6)
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(False)


def _name(axes: Axes, label: str) -> None:
    axes.text(
        -0.092, 0.5, label, color=_INK, fontsize=11.5, transform=axes.transAxes, ha="left", va="center", clip_on=False
    )


def _draw_strip(axes: Axes, found: SceneAnalysis, keyframes: KeyframeSet, pictures: Path) -> None:
    """Keyframes side by side, each of the stretch of the film it stands over: its most telling shot's best."""
    from PIL import Image

    axes.set_facecolor(_GROUND)
    box = axes.get_position()
    wide, high = box.width * _WIDTH, box.height * _HEIGHT
    axes.set_xlim(0, wide)
    axes.set_ylim(high, 0)
    if not keyframes.keyframes:
        return
    first = keyframes.keyframes[0]
    with Image.open(pictures / first.file) as opened:
        aspect = opened.width * first.area.w / (opened.height * first.area.h)
    count = max(1, int(wide / (high * min(max(aspect, 0.5), 2.4) + 4)))
    room = wide / count
    for place in range(count):
        chosen = _best_within(found, keyframes, place / count, (place + 1) / count)
        if chosen is None:
            continue
        with Image.open(pictures / chosen.file) as opened:
            opened.draft("RGB", (int(room) * 2, int(high) * 2))
            (width, height), area = opened.size, chosen.area  # without the black bars
            bars = (area.x * width, area.y * height, area.right * width, area.bottom * height)
            still = opened.convert("RGB").crop((round(bars[0]), round(bars[1]), round(bars[2]), round(bars[3])))
        scale = max((room - 4) / still.width, high / still.height)
        still = still.resize(
            (max(1, round(still.width * scale)), max(1, round(still.height * scale))), Image.Resampling.LANCZOS
        )
        left, top = (still.width - (room - 4)) / 2, (still.height - high) / 2
        still = still.crop((round(left), round(top), round(left + room - 4), round(top + high)))
        axes.imshow(np.asarray(still), extent=(place * room + 2, (place + 1) * room - 2, high, 0), aspect="auto")
    axes.set_xlim(0, wide)
    axes.set_ylim(high, 0)


def _best_within(found: SceneAnalysis, keyframes: KeyframeSet, first: float, last: float) -> Keyframe | None:
    """The keyframe for a stretch of the film (shares of its length); the shot's that fills most of it."""
    starts, ends = found.column("start_s"), found.column("end_s")
    within = np.minimum(ends, last * found.duration_s) - np.maximum(starts, first * found.duration_s)
    for shot in np.argsort(-within, kind="stable"):
        if within[shot] <= 0:
            return None
        of_shot = [each for each in keyframes.keyframes if each.shot == shot]
        if of_shot:
            middle = (first + last) / 2 * found.duration_s
            origin = starts[shot] - min(each.time_s for each in of_shot)
            return min(of_shot, key=lambda each: (abs(each.time_s + origin - middle), each.frame))
    return None


def _draw_scenes(axes: Axes, found: SceneAnalysis) -> None:
    _name(axes, "scenes")
    axes.set_ylim(0, 1)
    starts, ends, scenes = found.column("start_s"), found.column("end_s"), found.column("scene")
    per_second = (_RIGHT - _LEFT) * _WIDTH / max(found.duration_s, 1e-3)
    for scene in range(found.scene_count):
        start, end = float(starts[scenes == scene][0]), float(ends[scenes == scene][-1])
        axes.axvspan(start, end, color=_SCENES[scene % 2], lw=0)
        if (end - start) * per_second > 18:
            axes.text(
                (start + end) / 2, 0.5, str(scene + 1), color=_INK, fontsize=11, ha="center", va="center", clip_on=True
            )


def _draw_lines(axes: Axes, found: SceneAnalysis) -> None:
    """Each line of dialogue as a bar, brighter the better it stands alone; its words where there is room."""
    _name(axes, "dialogue")
    axes.set_ylim(0, 1)
    per_second = (_RIGHT - _LEFT) * _WIDTH / max(found.duration_s, 1e-3)
    for place, line in enumerate(found.lines):
        axes.axvspan(line.start_s, line.end_s, ymin=0.12, ymax=0.88, color=_GOLD, alpha=0.25 + 0.75 * line.alone, lw=0)
        after = found.lines[place + 1].start_s if place + 1 < len(found.lines) else found.duration_s
        letters = int((after - line.end_s) * per_second / 6.2) - 3
        if line.words and letters >= 12:
            words = line.words if len(line.words) <= letters else f"{line.words[: letters - 1].rstrip()}…"
            axes.text(
                line.end_s + 5 / per_second, 0.47, words, color=_INK, fontsize=9, va="center", clip_on=True,
                parse_math=False,
            )  # fmt: skip


def _draw_panel(axes: Axes, panel: _Panel, found: SceneAnalysis) -> None:
    _name(axes, panel.label)
    times = np.arange(len(found.curves["highlight"])) * found.step_s
    top = panel.scale[1] if panel.scale else 0.0
    for name, colour in panel.curves:
        at, mean, most = _reduced(times, found.curves[name])
        if panel.scale is None:
            top = max(top, 1.05 * min(float(most.max()), 1.6 * float(np.percentile(most, 99))), 1e-3)
        end = np.append(at[1:], max(found.duration_s, at[-1]))
        x, y = np.append(at, end[-1]), np.append(mean, mean[-1])
        if len(mean) < len(times):
            axes.fill_between(x, np.append(most, most[-1]), panel.zero, color=colour, alpha=0.25, lw=0, step="post")
        axes.fill_between(x, y, panel.zero, color=colour, alpha=0.35, lw=0, step="post")
        axes.plot(x, y, color=colour, lw=1.3, drawstyle="steps-post")
    low = panel.scale[0] if panel.scale else 0.0
    axes.set_ylim(low, top if panel.scale is None else top + 0.04 * (top - low))
    marks = panel.marks or ((0.0, "0"), (top / 1.05, f"{top / 1.05:.2g}")) if panel.scale is None else panel.marks
    axes.set_yticks([value for value, _ in marks], [told for _, told in marks])
    for label in axes.get_yticklabels():
        label.set_fontsize(8.5)
    axes.grid(axis="y", color=_FAINT, alpha=0.18, linewidth=0.6)


def _reduced(times: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """At most `_COLUMNS` points: their times, the mean of what each stands for, and its maximum."""
    fold = -(-len(values) // _COLUMNS)
    if fold == 1:
        return times, values, values
    starts = np.arange(0, len(values), fold)
    counts = np.diff(np.append(starts, len(values)))
    return times[starts], np.add.reduceat(values, starts) / counts, np.maximum.reduceat(values, starts)


def _rule(figure: Figure, panels: Sequence[Axes], found: SceneAnalysis) -> None:
    """Cuts as faint lines and scenes as strong ones, through all panels."""
    starts, scenes = found.column("start_s"), found.column("scene")
    gap = (_RIGHT - _LEFT) * _WIDTH / max(1, len(starts))
    for place in range(1, len(starts)):
        new_scene = scenes[place] != scenes[place - 1]
        if not new_scene and gap < _LEAST_GAP:
            continue
        for axes in panels:
            axes.axvline(
                float(starts[place]),
                color=_INK,
                alpha=0.55 if new_scene else 0.16,
                lw=1.2 if new_scene else 0.8,
                zorder=0.5,
            )


def _number_seconds(axes: Axes, duration_s: float) -> None:
    step = next((each for each in _TICKS_S if duration_s / each <= 16), _TICKS_S[-1])
    ticks = np.arange(0, duration_s + 1e-6, step)
    axes.tick_params(labelbottom=True)
    axes.set_xticks(ticks, [_clock(tick) for tick in ticks])


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}" if minutes >= 60 else f"{minutes}:{rest:02d}"


def _summary(found: SceneAnalysis) -> str:
    def counted(count: int, noun: str) -> str:
        return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"

    parts = [counted(len(found), "shot"), counted(found.scene_count, "scene"), counted(len(found.lines), "line")]
    parts.append(f"arousal, valence: {_judged_by(found)}")
    return "   ·   ".join(parts)


def _judged_by(found: SceneAnalysis) -> str:
    models = [found.engines[one] for one in ("speech_emotion", "face_emotion")]
    chosen = [one.partition(":")[0] for one in models if not one.startswith("embedded")]
    return ", ".join(chosen) if chosen else "proxies by features"
