"""Simulated viewers for the demo title: a running experiment with data, made the way real viewers would make it.

Their tastes are hidden from the house: each picture has a true click rate, drawn around 4 % with the spread that
pictures of one title have. They are shown what the edge would show them, and their events go where all events go.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime
from uuid import UUID

from assets.experiment_course import judge_title, start_experiment
from ops.errors import UsageError
from ops.experiments.posterior import BETWEEN_IMAGES
from orchestration.demo import DEMO_TITLE
from resources.assignments import deal
from resources.experiment_model import Experiment
from resources.settings import load_settings
from resources.studio import Studio, open_studio
from resources.viewer_events import EventKind, ViewerEvent

__all__ = ["show_to_viewers", "simulate_demo"]

_ASPECT = "16x9"
_RATE = 0.04
_WATCHED = 0.6
"""Share of clicks that lead to a qualified view."""
_BATCHES, _VIEWERS = 3, 4_000
_SEED = 20_261_121


def simulate_demo(studio: Studio) -> Experiment | None:
    """Start the demo title's experiment and let viewers browse; None where it was done before.

    Raises:
        UsageError: The demo title's thumbnails are not made.
    """
    if studio.experiments.find(title=DEMO_TITLE):
        return None
    experiment = start_experiment(DEMO_TITLE, _ASPECT, studio, who="make demo")
    chance = random.Random(_SEED)  # noqa: S311  a simulation
    rates = {arm.id: _RATE * chance.lognormvariate(0, BETWEEN_IMAGES) for arm in experiment.arms}
    for batch in range(_BATCHES):
        show_to_viewers(studio, experiment, rates, range(batch * _VIEWERS, (batch + 1) * _VIEWERS), chance)
        judge_title(DEMO_TITLE, studio, who="make demo")
        experiment = studio.experiments.get(experiment.id)
    return experiment


def show_to_viewers(
    studio: Studio, experiment: Experiment, rates: dict[str, float], viewers: range, chance: random.Random
) -> None:
    """Show each viewer their arm, as the edge does, and record what they do.

    Args:
        studio: Whose events they become.
        experiment: A running one, with today's weights.
        rates: The true click rate of each arm.
        viewers: Their numbers.
        chance: What decides on each click.
    """
    events = []
    for number in viewers:
        viewer = f"simulated-{number}"
        dealt = deal(experiment, viewer)
        kinds = [EventKind.IMPRESSION]
        if chance.random() < rates[dealt.arm]:
            kinds += [EventKind.CLICK] + [EventKind.WATCH] * (chance.random() < _WATCHED)
        events += [
            ViewerEvent(
                id=UUID(int=chance.getrandbits(128)),
                kind=kind,
                at=datetime.now(UTC),
                viewer=viewer,
                title=experiment.title,
                aspect=experiment.aspect,
                experiment=experiment.id,
                arm=dealt.arm,
                epoch=experiment.epoch,
                propensity=dealt.propensity,
                holdout=dealt.holdout,
                watched_s=45.0 if kind is EventKind.WATCH else None,
            )
            for kind in kinds
        ]
    studio.viewer_events.record(events)


def main() -> None:
    """Simulate, and say where to look."""
    with open_studio(load_settings()) as studio:
        try:
            simulated = simulate_demo(studio)
        except UsageError as error:
            raise SystemExit(str(error)) from None
        [experiment, *_] = studio.experiments.find(title=DEMO_TITLE)
    if simulated is not None:
        leader = max(simulated.weights, key=simulated.weights.__getitem__)
        shown = f"{_BATCHES * _VIEWERS:,} simulated viewers saw {len(simulated.arms)} variants"
        print(f"{shown}; {leader} gets {simulated.weights[leader]:.0%} of the traffic now.")  # noqa: T201
    print(  # noqa: T201
        f"Its experiment:  .venv/bin/showrunner keys create me --scope all; .venv/bin/showrunner serve\n"
        f"                 http://127.0.0.1:8080/experiments/{experiment.id}"
    )


if __name__ == "__main__":
    main()
