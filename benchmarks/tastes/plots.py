"""The picture of docs/tastes.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np

from benchmarks.tastes.simulate import Lost

__all__ = ["draw_regret"]

_INK, _GREY = "#22272e", "#8b949e"
_COLOURS = ("#9aa4b2", "#1f7a8c", "#d9a441")
_WINDOW = 5


def draw_regret(found: Mapping[str, Lost], change_at: int, into: Path) -> None:
    """Draw what is lost, film by film, of those who were there from the start and of those who came later."""
    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "text.color": _INK})
    figure, (all_along, came) = plt.subplots(1, 2, figsize=(9, 3.2), sharey=True, layout="constrained")
    for colour, (name, lost) in zip(_COLOURS, found.items(), strict=True):
        films = len(lost.lost)
        for panel, newcomers, last in ((all_along, False, films), (came, True, films - change_at)):
            shares = [lost.share(max(0, film - _WINDOW + 1), film + 1, newcomers=newcomers) for film in range(last)]
            panel.plot(np.arange(1, last + 1), 100 * np.array(shares), color=colour, linewidth=2, label=name)
    all_along.axvline(change_at + 0.5, color=_GREY, linewidth=1, linestyle=":")
    all_along.annotate("a third change\ntheir taste", (change_at + 1.5, 49), color=_GREY, fontsize=8, va="top")
    all_along.set_title("there from the first film on", loc="left", fontsize=9)
    came.set_title("came when others were known", loc="left", fontsize=9)
    all_along.set_ylabel("lost of what could be liked, %")
    all_along.set_ylim(0, 50)
    for panel in (all_along, came):
        panel.set_xlabel("films that they watched")
    came.legend(frameon=False, loc="lower left", ncols=1, fontsize=8)
    figure.savefig(into, dpi=110)
    plt.close(figure)
