"""False decisions, power, regret and the worth of winners, on held-out seeds.

python -m benchmarks.experiments [--pictures docs/pictures]
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import numpy as np

from benchmarks.experiments.measure import RULES, always_valid_cost, false_decisions, power, regret, winners
from benchmarks.experiments.plots import draw_power, draw_regret, draw_winners


def main(pictures: Path | None) -> None:
    start = time.process_time()
    print("A/A: tests that named a winner in 28 daily looks, 4,000 impressions a day at 2 %")
    false = {}
    for name, arms, rule, runs in (
        ("2 arms, even", 2, "uniform", 400),
        ("5 arms, even", 5, "uniform", 250),
        ("5 arms, bandit", 5, "Thompson + floor + yardstick, until decided", 150),
    ):
        false[name] = false_decisions(arms, RULES[rule], runs=runs)
        print(f"  {name:16} decide {false[name][0]}")
        print(f"  {'':16} z-test {false[name][1]}")
    print("A/B: tests that named the better of two arms within 28 days, and the median day")
    found = {}
    for lift in (0.05, 0.1, 0.15, 0.2, 0.3):
        found[lift], middle = power(lift, runs=60)
        print(
            f"  {lift:+4.0%} {found[lift]}   day {middle:.0f}"
            if math.isfinite(middle)
            else f"  {lift:+4.0%} {found[lift]}"
        )
    costs = ", ".join(f"{lift:+.0%}: {always_valid_cost(lift):.2f}" for lift in (0.1, 0.2, 0.3))
    print(f"Traffic for 80 % power at any number of looks, against one look: {costs}")
    print("Regret after 28 days, clicks lost (and share of uniform's); one of five pictures is better, 1.5 % base")
    lost = {}
    for lift in (0.1, 0.2, 0.4):
        lost[lift], named = regret(lift, runs=20)
        print(f"  {lift:+4.0%}")
        for rule, each in lost[lift].items():
            decided = f", named it in {named[rule]}" if rule in named else ""
            print(f"       {rule:44} {each[-1]:4.0f} ({each[-1] / lost[lift]['uniform'][-1]:4.0%}){decided}")
    early, late = winners(runs=120)
    print("The leader's gain over the first choice, where another picture leads; five pictures, scatter 0.19")
    for name, each in (("7 days", early), ("28 days", late)):
        print(
            f"  {name:8} counted {np.mean(each.raw):+.1%}, shrunken {np.mean(each.shrunk):+.1%}, "
            f"true {np.mean(each.true):+.1%} of {np.mean(each.best):+.1%} possible; "
            f"interval holds {np.mean(each.held):.0%}"
        )
        if each.named.any():
            print(f"  {'':8} named {np.mean(each.named):.0%}, truly {np.mean(each.true[each.named]):+.1%}")
        told = [np.sum(gains) / each.tests for gains in (each.true[each.named], each.true, each.best)]
        print(f"  {'':8} over all tests: verdict {told[0]:+.1%}, leader {told[1]:+.1%}, best {told[2]:+.1%}")
    if pictures is not None:
        draw_regret(lost, pictures / "experiments-regret.png")
        draw_power(found, false, pictures / "experiments-power.png")
        draw_winners(early, late, pictures / "experiments-winners.png")
    print(f"{time.process_time() - start:.0f} s of CPU")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path, help="folder to draw the plots into")
    main(parser.parse_args().pictures)
