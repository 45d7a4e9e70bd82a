"""Pictures of a rendition for people: moments before and after, and how steady it is."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np

from ops.style.film_inspection import Change, Moment

__all__ = ["draw_flicker", "strip"]

_GAP = 4
_GROUND, _PANEL, _INK, _FAINT = "#14161d", "#1b1e28", "#e8eaf0", "#8d93a6"
_FILM, _STYLED = "#8d93a6", "#f2a541"


def strip(moments: Sequence[Moment], *, height: int = 200) -> bytes:
    """Moments side by side, as the film has them above and as the rendition has them below; a PNG."""
    from PIL import Image

    columns = []
    for moment in moments:
        pictures = [Image.fromarray(side) for side in (moment.before, moment.after)]
        width = round(pictures[0].width * height / pictures[0].height)
        columns.append([each.resize((width, height), Image.Resampling.LANCZOS) for each in pictures])
    total = sum(column[0].width for column in columns) + _GAP * (len(columns) - 1)
    sheet = Image.new("RGB", (total, 2 * height + _GAP), _GROUND)
    left = 0
    for column in columns:
        for row, picture in enumerate(column):
            sheet.paste(picture, (left, row * (height + _GAP)))
        left += column[0].width + _GAP
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def draw_flicker(changes: Sequence[Change], *, title: str = "", width: int = 900) -> bytes:
    """What changes along the film's motion from frame to frame, in the film and in the rendition; a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 100, 2.6), dpi=100, facecolor=_GROUND)
    canvas = FigureCanvasAgg(figure)
    axes = figure.subplots()
    figure.subplots_adjust(left=0.07, right=0.985, top=0.86, bottom=0.17)
    axes.set_facecolor(_PANEL)
    axes.tick_params(colors=_FAINT, labelsize=8, length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    at = np.arange(len(changes))
    axes.bar(at - 0.2, [100 * each.film for each in changes], 0.38, color=_FILM, label="the film")
    axes.bar(at + 0.2, [100 * each.styled for each in changes], 0.38, color=_STYLED, label="the rendition")
    axes.set_xticks(at, [f"{each.time_s:.1f}" for each in changes])
    axes.set_xlabel("second of the film", color=_FAINT, fontsize=8)
    axes.set_ylabel("change along motion, %", color=_FAINT, fontsize=8)
    axes.legend(loc="upper right", ncols=2, fontsize=8, frameon=False, labelcolor=_INK)
    figure.text(0.07, 0.93, title, color=_INK, fontsize=11, fontweight="bold", va="center", parse_math=False)
    picture = io.BytesIO()
    canvas.print_png(picture, metadata={"Software": None})
    return picture.getvalue()
