"""What simulated viewers lose until the house knows their tastes, against any style, the most popular, and the best.

python -m benchmarks.tastes [--viewers 150] [--films 60] [--picture docs/pictures/tastes.png]

Evidence, belief, mixes and tries are the product's. A third of the viewers change their taste half way; half come only
then. Settings were chosen on another crowd.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.tastes.crowd import crowd
from benchmarks.tastes.plots import draw_regret
from benchmarks.tastes.simulate import Lost, popular, random_style, regret, showrunner

_SEED = 20_271_121
"""Held out: nothing was tuned on it."""

_CHANGING = 0.33
_RULES = {"any style": random_style, "the most popular, known": popular, "Showrunner": showrunner}


def main() -> None:
    """Run, tell, and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=150)
    parser.add_argument("--films", type=int, default=60)
    parser.add_argument("--picture", type=Path)
    asked = parser.parse_args()
    half = asked.films // 2
    viewers = crowd(asked.viewers, _CHANGING, _SEED)
    found: dict[str, Lost] = {}
    print("lost of all that could be liked     films 1-5   before the change   after it   at the end   newcomers 1-5")
    for name, rule in _RULES.items():
        lost = found[name] = regret(viewers, rule, asked.films, _SEED, change_at=half, join_at=half)
        told = (
            lost.share(0, 5), lost.share(half - 8, half), lost.share(half, half + 8), lost.share(asked.films - 8),
            lost.share(0, 5, newcomers=True),
        )  # fmt: skip
        print(f"{name:34}  {'   '.join(f'{each:10.1%}' for each in told)}")
    if asked.picture is not None:
        draw_regret(found, half, asked.picture)


if __name__ == "__main__":
    main()
