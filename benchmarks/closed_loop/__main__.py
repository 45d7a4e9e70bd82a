"""The closed loop in model time: first choices, tests of an hour, winners that wear out, second generations.

python -m benchmarks.closed_loop FILM… [--viewers 120000] [--pictures docs/pictures]

Everything but the viewers and the clock is the product: real films are analysed, real variants made, the sensors
ticked, their runs run, the database asked. Beside it the same pictures are shown evenly, and by epsilon-greedy.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmarks.closed_loop.hour import Hour
from benchmarks.closed_loop.house import ASPECT, LOOKS, House, open_house
from benchmarks.closed_loop.plots import draw_loop
from benchmarks.closed_loop.tastes import Tastes
from benchmarks.experiments.simulate import Days, Rule, epsilon_greedy, even
from ops.experiments.model import ArmCounts

_SEED = 20_270_131
"""Held out: nothing was tuned on it."""


def hours(house: House, titles: list[str], rates: dict[str, dict[str, float]], viewers: int, seed: int) -> list[Hour]:
    """Let viewers come for an hour to every title under test, and judge every five minutes."""
    chance = random.Random(seed)
    tests = {title: test for title in titles if (test := house.running(title)) is not None}
    known = {
        title: {arm.id: rates[title][arm.id] for arm in sorted(test.arms, key=lambda arm: arm != test.incumbent)}
        for title, test in tests.items()
    }
    lost: dict[str, list[float]] = {title: [] for title in tests}
    share = viewers // LOOKS
    for look in range(LOOKS):
        for title, test in tests.items():
            now = house.studio.experiments.get(test.id)
            best = max(known[title].values())
            if house.running(title) is None:  # decided: what stands is shown to all
                lost[title].append(share * (best - standing(house, title, known[title])))
                continue
            come = range(look * share, (look + 1) * share)
            house.five_minutes(now, known[title], come, chance)
            lost[title].append(share * sum(now.weights[arm] * (best - rate) for arm, rate in known[title].items()))
        house.judge()
        print(f"  look {look + 1} of {LOOKS}: {sum(house.running(title) is not None for title in tests)} tests run on")
    return [
        Hour(
            known[title],
            {
                "Showrunner": np.cumsum(lost[title]),
                **{
                    name: alone(known[title], rule, share, seed + place)
                    for name, rule in (("shown evenly", even), ("epsilon-greedy 0.1", epsilon_greedy))
                },
            },
            standing(house, title, known[title]),
        )
        for place, title in enumerate(tests)
    ]


def alone(rates: Mapping[str, float], rule: Rule, share: int, seed: int) -> np.ndarray:
    """Clicks that another rule of allocation loses on the same pictures and as many viewers."""
    rng = np.random.default_rng(seed)
    arms, true = list(rates), np.array(list(rates.values()))
    seen: Days = []
    lost: list[float] = []
    for _ in range(LOOKS):
        weights = rule(seen, arms, 0)
        shown = rng.multinomial(share, [weights[arm] for arm in arms])
        clicks = rng.binomial(shown, true)
        seen.append([ArmCounts(arm, int(n), int(c)) for arm, n, c in zip(arms, shown, clicks, strict=True)])
        lost.append(float(shown @ (true.max() - true)))
    return np.cumsum(lost)


def standing(house: House, title: str, rates: Mapping[str, float]) -> float:
    """The true click rate of what is shown outside a test: the promoted arm, else the incumbent."""
    promoted = house.studio.experiments.current(title, ASPECT)
    return rates[promoted.arm] if promoted is not None and promoted.arm in rates else next(iter(rates.values()))


def true_rates(house: House, title: str, tastes: Tastes) -> dict[str, float]:
    """What viewers think of the pictures under test."""
    test = house.running(title)
    return (
        {} if test is None else {arm.id: tastes.rate(title, arm.recipe, house.picture(title, arm)) for arm in test.arms}
    )


def main(films: list[Path], viewers: int, pictures: Path | None) -> None:
    began, chance, tastes = time.monotonic(), random.Random(_SEED), Tastes(_SEED)
    with tempfile.TemporaryDirectory() as folder, open_house(Path(folder) / "home") as house:
        titles = [house.make(film) for film in films]
        house.open_doors(titles)
        print(f"{len(titles)} titles made in {time.monotonic() - began:.0f} s; the first generation's hour:")
        rates = {title: true_rates(house, title, tastes) for title in titles}
        first = hours(house, titles, rates, viewers, _SEED + 1)
        report("first", first)

        print("weeks later, viewers have grown tired of what won; the night:")
        fresh = {}
        for title, hour in zip(titles, first, strict=True):
            fresh[title] = hour.stands
            promoted = house.studio.experiments.current(title, ASPECT)
            if promoted is not None:
                house.weeks_later(title, hour.stands, tastes.tired(hour.stands), chance)
        house.night()
        tested = [title for title in titles if house.running(title) is not None]
        print(f"  {len(tested)} of {len(titles)} titles have a second generation under test")
        for title in tested:
            test = house.running(title)
            assert test is not None
            old = rates[title]
            new = {arm.id: tastes.rate(title, arm.recipe, house.picture(title, arm)) for arm in test.arms if arm.recipe}
            was = house.studio.experiments.current(title, ASPECT)
            rates[title] = new | {
                test.incumbent.id: tastes.tired(fresh[title]) if was is not None else old[test.incumbent.id]
            }
        second = hours(house, tested, rates, viewers, _SEED + 2)
        report("second", second)
        compare(first, second, [fresh[title] for title in tested])
        if pictures is not None:
            draw_loop(first, second, [fresh[title] for title in tested], pictures / "closed-loop.png")
    print(f"{time.monotonic() - began:.0f} s")


def report(generation: str, told: list[Hour]) -> None:
    """What an hour brought."""
    won = [hour.stands / hour.incumbent - 1 for hour in told]
    best = [max(hour.rates.values()) / hour.incumbent - 1 for hour in told]
    print(f"  {generation} generation, true click rates against the first choice, title by title:")
    print("    stands ", " ".join(f"{each:+5.0%}" for each in won), f" mean {np.mean(won):+.1%}")
    print("    best   ", " ".join(f"{each:+5.0%}" for each in best), f" mean {np.mean(best):+.1%}")
    for rule in told[0].lost:
        print(f"    {rule:20} lost {sum(hour.lost[rule][-1] for hour in told):6.0f} clicks")


def compare(first: list[Hour], second: list[Hour], fresh: list[float]) -> None:
    """The second generation beside the first."""
    against_tired = np.mean([hour.stands / hour.incumbent - 1 for hour in second])
    against_fresh = np.mean([hour.stands / was - 1 for hour, was in zip(second, fresh, strict=True)])
    challengers = [np.mean([np.mean(list(hour.rates.values())[1:]) for hour in told]) for told in (first, second)]
    print(f"  what stands after the second: {against_tired:+.1%} against what stood before it,")
    print(f"  {against_fresh:+.1%} against the first generation's winner when it was fresh")
    print(f"  new pictures of the second generation against the first's: {challengers[1] / challengers[0] - 1:+.1%}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", nargs="+", type=Path)
    parser.add_argument("--viewers", type=int, default=120_000, help="of each title, in each hour")
    parser.add_argument("--pictures", type=Path, help="folder to draw the plot into")
    told = parser.parse_args()
    main(told.films, told.viewers, told.pictures)
