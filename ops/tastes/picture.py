"""What all viewers together like, at a glance: each style's rate with its bounds."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from ops.tastes.belief import TasteOfStyle, interval

__all__ = ["draw_tastes"]

_GROUND, _PANEL, _INK, _FAINT, _BAR, _DOT = "#14161d", "#1b1e28", "#e8eaf0", "#8d93a6", "#3f5f78", "#f2a541"
_INCH_A_STYLE = 0.26


def draw_tastes(beliefs: Sequence[TasteOfStyle], *, title: str = "") -> bytes:
    """Draw each style's rate of being liked, the best on top, with the bounds that hold it in four of five cases.

    Args:
        beliefs: Of each style.
        title: Over the picture.

    Returns:
        A PNG, 900 pixels wide; the same beliefs give the same bytes.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    ranked = sorted(beliefs, key=lambda each: (each.mean, each.style))
    figure = Figure(figsize=(9.0, 1.0 + _INCH_A_STYLE * len(ranked)), dpi=100, facecolor=_GROUND, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.set_facecolor(_PANEL)
    axes.tick_params(colors=_INK, labelsize=9, length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    for place, belief in enumerate(ranked):
        low, high = interval(belief)
        axes.plot([low, high], [place, place], color=_BAR, linewidth=7, solid_capstyle="round")
        axes.plot(belief.mean, place, "o", color=_DOT, markersize=6)
    axes.set_yticks(range(len(ranked)), [each.style for each in ranked], parse_math=False)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.set_xlabel("how often it is liked; four of five times the truth lies on the bar", color=_FAINT, fontsize=9)
    axes.set_title(title, color=_INK, fontsize=11, loc="left", parse_math=False)
    picture = BytesIO()
    canvas.print_png(picture, metadata={"Software": None})
    return picture.getvalue()
