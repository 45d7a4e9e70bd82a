"""The picture of docs/closed_loop.md."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from benchmarks.closed_loop.hour import Hour
from benchmarks.experiments.plots import COLOURS, GREY, INK, WIDTH_IN, save

__all__ = ["draw_loop"]

_RULES = {"shown evenly": COLOURS[0], "epsilon-greedy 0.1": COLOURS[1], "Showrunner": COLOURS[2]}


def draw_loop(first: list[Hour], second: list[Hour], fresh: list[float], into: Path) -> None:
    """Regret over the hour, and every title's click rate: first choice, winner, worn winner, second winner."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH_IN, 3.4), width_ratios=[1, 1.1], layout="constrained")
    for rule, colour in _RULES.items():
        lost = np.sum([hour.lost[rule] for hour in first], axis=0)
        left.plot(np.linspace(0, 60, len(lost) + 1), [0, *lost], color=colour, linewidth=1.8, label=rule)
    left.set_xlabel("minutes")
    left.set_ylabel("clicks lost against the best pictures")
    left.set_ylim(bottom=0)
    left.legend(fontsize=8)
    left.set_title("the first hour, all titles", loc="left", fontsize=9)

    steps = ["first choice", "winner", "worn out", "second winner"]
    for hour, was in zip(second, fresh, strict=True):
        base = next(each.incumbent for each in first if abs(each.stands - was) < 1e-12)
        path = [base, was, hour.incumbent, hour.stands]
        right.plot(steps, [100 * rate for rate in path], color=GREY, linewidth=1, marker="o", markersize=3)
    for place, told in enumerate(_means(first, second, fresh)):
        right.hlines(100 * told, place - 0.25, place + 0.25, color=INK, linewidth=2.2, zorder=3)
    right.set_ylabel("true click rate, %")
    right.set_ylim(bottom=0)
    right.set_title("every title (bars: their mean)", loc="left", fontsize=9)
    save(figure, into)


def _means(first: list[Hour], second: list[Hour], fresh: list[float]) -> list[float]:
    bases = [next(each.incumbent for each in first if abs(each.stands - was) < 1e-12) for was in fresh]
    return [
        float(np.mean(each))
        for each in (bases, fresh, [hour.incumbent for hour in second], [hour.stands for hour in second])
    ]
