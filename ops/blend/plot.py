"""How the loss of a blend fell, scale by scale, as a small picture for people who look after it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

__all__ = ["draw_losses"]

_COLOURS = ("#8d93a6", "#4fb3bf", "#f2a541", "#c7a6ff", "#7bc47f", "#e56b6f")
_GROUND, _PANEL, _INK = "#14161d", "#1b1e28", "#e8eaf0"


def draw_losses(losses: Sequence[tuple[int, int, float]]) -> bytes:
    """Draw (size, iteration, loss) as one line a size.

    Returns:
        A PNG; the same losses give the same bytes.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.2), dpi=100, facecolor=_GROUND)
    canvas = FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.set_facecolor(_PANEL)
    axes.set_yscale("symlog", linthresh=1e-3)
    axes.tick_params(colors=_INK, labelsize=8)
    axes.set_xlabel("step", color=_INK, fontsize=8)
    axes.set_ylabel("loss, in units of its start", color=_INK, fontsize=8)
    for place, size in enumerate(dict.fromkeys(size for size, _, _ in losses)):
        steps = [(iteration, loss) for at, iteration, loss in losses if at == size]
        axes.plot(*zip(*steps, strict=True), color=_COLOURS[place % len(_COLOURS)], marker=".", label=f"{size} px")
    if losses:
        axes.legend(facecolor=_PANEL, edgecolor=_PANEL, labelcolor=_INK, fontsize=8)
    figure.subplots_adjust(left=0.11, right=0.98, top=0.96, bottom=0.15)
    out = BytesIO()
    canvas.print_png(out, metadata={"Software": None})
    return out.getvalue()
