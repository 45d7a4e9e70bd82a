"""The pictures of docs/experiments.md."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from benchmarks.experiments.measure import Share, Winners
from ops.experiments.intervals import wilson

INK, GREY, COLOURS = "#22272e", "#8b949e", ["#9aa4b2", "#d9a441", "#1f7a8c", "#6a4c93"]
WIDTH_IN, HEIGHT_IN, DPI = 9.0, 3.1, 110

plt.rcParams.update(
    {
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": GREY,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "legend.frameon": False,
    }
)


def draw_regret(found: dict[float, dict[str, np.ndarray]], into: Path) -> None:
    figure, panels = plt.subplots(1, len(found), figsize=(WIDTH_IN, 3.4), layout="constrained")
    for panel, (lift, rules) in zip(panels, found.items(), strict=True):
        drawn = {rule: lost for rule, lost in rules.items() if rule != "Thompson + floor, until decided"}
        for colour, (rule, lost) in zip(COLOURS, drawn.items(), strict=True):
            panel.plot(np.arange(len(lost) + 1), [0, *lost], color=colour, linewidth=1.8, label=rule)
        panel.set_title(f"one of five is {lift:+.0%}", loc="left", fontsize=9)
        panel.set_xlabel("days")
        panel.set_ylim(bottom=0)
    panels[0].set_ylabel("clicks lost against the best picture")
    figure.legend(*panels[0].get_legend_handles_labels(), fontsize=7.5, loc="outside lower center", ncols=4)
    save(figure, into)


def draw_power(found: dict[float, Share], false: dict[str, tuple[Share, Share]], into: Path) -> None:
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(WIDTH_IN, HEIGHT_IN), width_ratios=[1, 1.3], layout="constrained"
    )
    for place, shares in enumerate(false.values()):
        for share, colour, offset in zip(shares, (COLOURS[2], COLOURS[0]), (-0.16, 0.16), strict=True):
            left.barh(place + offset, share.hits / share.of, 0.3, color=colour)
            left.plot(wilson(share.hits, share.of), [place + offset] * 2, color=INK, linewidth=1)
    left.axvline(0.05, color=INK, linewidth=0.8, linestyle=":")
    left.set_yticks(range(len(false)), list(false))
    left.invert_yaxis()
    left.set_xlabel("tests without a difference that named a winner")
    left.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    left.legend(
        handles=[
            Patch(color=COLOURS[2], label="decide, looked at daily"),
            Patch(color=COLOURS[0], label="z-test, looked at daily"),
        ],
        fontsize=7.5,
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=2,
    )
    lifts = [100 * lift for lift in found]
    right.plot(lifts, [each.hits / each.of for each in found.values()], color=COLOURS[2], marker="o", linewidth=1.8)
    right.vlines(lifts, *zip(*(wilson(each.hits, each.of) for each in found.values()), strict=True), color=COLOURS[2])
    right.set_xlabel("true gain of the variant, %")
    right.set_ylabel("named the winner within 28 days")
    right.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    right.set_ylim(0, 1.02)
    save(figure, into)


def draw_winners(early: Winners, late: Winners, into: Path) -> None:
    figure, panels = plt.subplots(1, 2, figsize=(WIDTH_IN, HEIGHT_IN), sharey=True, sharex=True, layout="constrained")
    for panel, found, title in zip(panels, (early, late), ("after 7 days", "after 28 days"), strict=True):
        panel.plot([-30, 110], [-30, 110], color=GREY, linewidth=0.8)
        panel.scatter(100 * found.raw, 100 * found.true, s=14, color=COLOURS[1], label="as counted")
        panel.scatter(100 * found.shrunk, 100 * found.true, s=14, color=COLOURS[2], label="shrunken")
        panel.set_title(f"the leader's gain {title}", loc="left", fontsize=9)
        panel.set_xlabel("told, %")
    panels[0].set_ylabel("true, %")
    panels[0].legend(fontsize=7.5, loc="upper left")
    save(figure, into)


def save(figure: Figure, into: Path) -> None:
    figure.savefig(into, dpi=DPI, pil_kwargs={"optimize": True})
    plt.close(figure)
