"""A test at a glance: what is believed of every arm's click rate, and how its traffic was split day by day."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from ops.experiments.model import ArmCounts, totals
from ops.experiments.posterior import BetaPrior, posteriors

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_posteriors"]

_COLOURS = ("#8d93a6", "#4fb3bf", "#f2a541", "#c7a6ff", "#7bc47f", "#e56b6f", "#5b8def", "#d4a373", "#f78fb3")
_GROUND, _PANEL, _INK, _FAINT = "#14161d", "#1b1e28", "#e8eaf0", "#8d93a6"
_TAIL = 1e-4
_POINTS = 400
_LEAST_DAYS = 7
"""A test that has just begun leaves room for its first week."""


def draw_posteriors(
    days: Sequence[Sequence[ArmCounts]], incumbent: str, prior: BetaPrior, *, title: str = "", width: int = 1200
) -> bytes:
    """Draw the posterior of every arm's click rate beside the share of impressions it got each day.

    Args:
        days: Counts of every arm, day by day.
        incumbent: The arm drawn in grey.
        prior: What was believed before.
        title: Over the picture.
        width: Pixels; the height is a third of it.

    Returns:
        A PNG; the same counts give the same bytes.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 100, width / 300), dpi=100, facecolor=_GROUND)
    canvas = FigureCanvasAgg(figure)
    beliefs, traffic = figure.subplots(1, 2, gridspec_kw={"width_ratios": (3, 2)})
    figure.subplots_adjust(left=0.03, right=0.985, top=0.84, bottom=0.14, wspace=0.1)
    counts = sorted(totals(days), key=lambda each: (each.arm != incumbent, each.arm))
    colours = {each.arm: _COLOURS[place % len(_COLOURS)] for place, each in enumerate(counts)}
    for axes in (beliefs, traffic):
        _dress(axes)
    _draw_beliefs(beliefs, counts, prior, colours, incumbent)
    _draw_traffic(traffic, days, colours)
    figure.text(0.03, 0.93, title, color=_INK, fontsize=12, fontweight="bold", va="center", parse_math=False)
    picture = BytesIO()
    canvas.print_png(picture, metadata={"Software": None})
    return picture.getvalue()


def _dress(axes: Axes) -> None:
    axes.set_facecolor(_PANEL)
    axes.tick_params(colors=_FAINT, labelsize=8, length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def _draw_beliefs(
    axes: Axes, counts: Sequence[ArmCounts], prior: BetaPrior, colours: dict[str, str], incumbent: str
) -> None:
    beliefs = posteriors(counts, prior)
    low = min((stats.beta.ppf(_TAIL, each.a, each.b) for each in beliefs), default=0.0)
    high = max((stats.beta.ppf(1 - _TAIL, each.a, each.b) for each in beliefs), default=1.0)
    rates = np.linspace(low, high, _POINTS)
    for belief in beliefs:
        density = stats.beta.pdf(rates, belief.a, belief.b)
        named = f"{belief.arm} (incumbent)" if belief.arm == incumbent else belief.arm
        axes.fill_between(100 * rates, density, color=colours[belief.arm], alpha=0.25, linewidth=0)
        axes.plot(100 * rates, density, color=colours[belief.arm], linewidth=1.6, label=f"{named} {belief.mean:.2%}")
    axes.set_yticks([])
    axes.set_ylim(0, 1.3 * axes.get_ylim()[1])  # room for the legend
    axes.set_xlabel("click rate, %", color=_FAINT, fontsize=8)
    if beliefs:
        axes.legend(loc="upper center", ncols=4, fontsize=7.5, frameon=False, labelcolor=_INK)


def _draw_traffic(axes: Axes, days: Sequence[Sequence[ArmCounts]], colours: dict[str, str]) -> None:
    """One bar a day, of 1 in height: the arms' shares of its impressions."""
    from matplotlib.ticker import MaxNLocator

    for place, day in enumerate(days):
        shown = sum(each.impressions for each in day)
        foot = 0.0
        for each in sorted(day, key=lambda each: list(colours).index(each.arm)):
            share = each.impressions / shown if shown else 0.0
            axes.bar(place + 1, share, bottom=foot, color=colours[each.arm], width=0.85, linewidth=0)
            foot += share
    axes.set_yticks([])
    axes.set_ylim(0, 1)
    axes.set_xlim(0.4, max(len(days), _LEAST_DAYS) + 0.6)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("share of impressions, day by day", color=_FAINT, fontsize=8)
