"""Measure what is learned from viewers' leaving: `python -m benchmarks.trailer_learning --pictures docs/pictures`."""

from __future__ import annotations

import argparse
import math
import time
from collections import Counter
from pathlib import Path

import numpy as np

from benchmarks.trailer_learning.crowd import SECONDS, trailer, viewings
from ops.experiments.decision import Verdict, decide
from ops.experiments.exhibit import COMPLETIONS
from ops.experiments.model import ArmCounts, Plan, totals
from ops.experiments.posterior import empirical_prior
from ops.pictures.retention import draw_effects, draw_retention
from ops.trailer.viewers.learning import SHOT_LENGTH, TrailerLessons, learn
from ops.trailer.viewers.retention import retention
from ops.trailer.viewers.shortfall import shortfall

_TASTES = {"action": -0.4, "faces": -0.25, "loudness": 0.3}
_LUCK = 0.4
_SEED = 20_261_121


def lessons(number: int, viewers: int, tastes: dict[str, float], seed: int) -> TrailerLessons:
    """What so many trailers with so many viewers each teach."""
    chance = np.random.default_rng(seed)
    return learn([trailer(chance, viewers, tastes, luck=_LUCK) for _ in range(number)])


def tell_learning(repeats: int) -> None:
    """How far off effects are, how often their intervals hold them, and what is found where there is nothing."""
    print("trailers  viewers  error of an effect  intervals hold  weights off where there are no tastes  called sure")
    for number, viewers in ((5, 100), (20, 300), (100, 1000)):
        off, held, idle, sure = [], [], [], []
        for repeat in range(repeats):
            for each in lessons(number, viewers, _TASTES, _SEED + repeat).effects:
                truth = _TASTES.get(each.trait, 0.0)
                if each.trait != SHOT_LENGTH:
                    off.append(math.log(each.hazard) - truth)
                    held.append(math.log(each.low) <= truth <= math.log(each.high))
            for each in lessons(number, viewers, {}, _SEED - 1 - repeat).effects:
                idle.append(abs(math.log(each.multiplier)))
                sure.append(each.sure)
        rms = math.sqrt(np.mean(np.square(off)))
        print(
            f"{number:8d}  {viewers:7d}  {rms:18.3f}  {np.mean(held):14.1%}  {math.expm1(np.mean(idle)):37.1%}"
            f"  {np.mean(sure):11.1%}"
        )


def tell_sensor(crowds: int) -> None:
    """How often a trailer is ever called too bad in 3,000 viewings, looked at every 20, and after how many."""
    print("\ntrue rate  called by the posterior alone  called  median viewers")
    for rate in (0.55, 0.5, 0.45, 0.4, 0.3):
        chance, alone, called = np.random.default_rng(_SEED), 0, []
        for _ in range(crowds):
            done = np.cumsum(chance.random(3000) < rate)
            looks = [(seen, shortfall(int(done[seen - 1]), seen, 0.5)) for seen in range(200, 3001, 20)]
            alone += any(look.p_below >= 0.95 for _, look in looks)
            called += [next(seen for seen, look in looks if look.proven)] if any(s.proven for _, s in looks) else []
        median = f"{np.median(called):.0f}" if called else ""
        print(f"{rate:9.0%}  {alone / crowds:29.1%}  {len(called) / crowds:6.1%}  {median:>14}")


def tell_tests(tests: int) -> None:
    """How tests of two cuts end: 35 % of impressions are completed and 8 % lead to the film, 500 impressions a day."""
    print("\ncompletions  film views  verdicts, and the median day of winners")
    for gain, film in ((0.0, 0.0), (0.1, 0.0), (0.2, 0.0), (0.2, 0.1), (0.2, -0.2), (-0.2, -0.1)):
        chance = np.random.default_rng(_SEED)
        ended = [_test(chance, 0.35 * (1 + gain), 0.08 * (1 + film)) for _ in range(tests)]
        days = [day for verdict, day in ended if verdict is Verdict.WINNER]
        told = ", ".join(f"{verdict} {many}" for verdict, many in Counter(v for v, _ in ended).most_common())
        print(f"{gain:+11.0%}  {film:+10.0%}  {told}" + (f"; day {np.median(days):.0f}" if days else ""))


def _test(chance: np.random.Generator, done: float, film: float) -> tuple[Verdict, int]:
    days: list[list[ArmCounts]] = []
    while True:
        day = []
        for arm, rate, leads in (("old", 0.35, 0.08), ("new", done, film)):
            completed = int(chance.binomial(250, rate))
            day.append(ArmCounts(arm, 250, completed, int(chance.binomial(completed, leads / rate)), 250.0))
        days.append(day)
        if len(days) >= 7:
            found = decide(Plan(), days, "old", empirical_prior(totals(days)), reward=COMPLETIONS)
            if found.verdict is not Verdict.KEEP_RUNNING:
                return found.verdict, len(days)


def draw(folder: Path) -> None:
    """The pictures of the guide."""
    chance = np.random.default_rng(_SEED)
    trailers = [trailer(chance, 800, _TASTES, luck=0.3, slow=0.3) for _ in range(20)]
    worst, best = (pick(trailers, key=lambda each: each.viewers[-1]) for pick in (min, max))
    curves = {name: retention(viewings(chance, each), float(SECONDS)) for name, each in (("old", worst), ("new", best))}
    (folder / "trailer-retention.png").write_bytes(
        draw_retention(curves, worst.seconds, title="Simulated viewers of two cuts of a trailer")
    )
    found = learn(trailers)
    told = [(each.trait, each.hazard, each.low, each.high) for each in found.effects]
    title = f"Simulated: {found.trailers} trailers, {found.viewings:,} viewings"
    (folder / "trailer-effects.png").write_bytes(draw_effects(told, title=title))


def main() -> None:
    """Measure, and draw where a folder is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path, help="folder for the guide's pictures")
    parser.add_argument("--repeats", type=int, default=20, help="simulated houses, crowds and tests of each kind")
    arguments = parser.parse_args()
    began = time.process_time()
    tell_learning(arguments.repeats)
    tell_sensor(10 * arguments.repeats)
    tell_tests(3 * arguments.repeats)
    if arguments.pictures:
        draw(arguments.pictures)
    print(f"\n{time.process_time() - began:.0f} s of CPU")


if __name__ == "__main__":
    main()
