"""Shots: where the film is cut, and what each of its frames looks like, from one decode."""

import json
from collections.abc import Iterator

import dagster as dg

from assets.artifact import Artifact, house_rules
from assets.checks.tables import run_checks
from assets.events import AssetEvent, asset_events
from assets.making import Made, making
from assets.metadata import picture, table
from resources.studio import Studio

__all__ = ["SHOTS", "SHOTS_FILE", "SIGNALS_FILE", "make_shots", "shots"]

SHOTS = Artifact(
    "shots",
    upstream=("source_video",),
    code_version="1",
    engine="embedded/shots",
    kinds=frozenset({"opencv", "numpy"}),
)

SHOTS_FILE = "shots.json"
SIGNALS_FILE = "signals.npz"
TIMELINE_FILE = "timeline.png"


def make_shots(title: str, studio: Studio) -> Iterator[Made]:
    """Cut the film into shots and keep what every frame looked like on the way."""
    from ops.pictures.timeline import draw_timeline
    from ops.shots.analyse import analyse

    with making(title, SHOTS, studio) as work:
        found = analyse(work.film(), progress=work.progress)
        staged = {name: work.folder / name for name in (SHOTS_FILE, SIGNALS_FILE, TIMELINE_FILE)}
        staged[SHOTS_FILE].write_text(json.dumps(found.shots.to_json(), indent=1))
        found.signals.save(staged[SIGNALS_FILE])
        staged[TIMELINE_FILE].write_bytes(draw_timeline(found.shots, found.signals))
        yield work.publish(
            staged,
            checks=[
                *run_checks("shots", found.shots.table(), frames=found.shots.frames),
                *run_checks("signals", found.signals.table(), frames=found.shots.frames),
            ],
            metadata={
                "timeline": picture(staged[TIMELINE_FILE]),
                "shots": table(found.shots.table()),
            },
            quality={"shot_count": len(found.shots.shots)},
        )


@dg.asset(**house_rules(SHOTS))
def shots(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
    """Where one picture ends and the next begins: cuts, dissolves and fades, to the frame, with exact times.

    One decode at reduced size finds them and measures every frame: motion, sharpness, colour, light.
    """
    yield from asset_events(context, studio, make_shots)
