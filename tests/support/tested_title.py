"""A title with variants under test, and simulated viewers with tastes that the test knows."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import dagster as dg
import pytest

from assets.experiment_course import start_experiment
from ops.experiments.assignment import assign, bucket
from ops.experiments.model import Plan
from orchestration.ingest import deliver
from resources.experiment_model import Experiment
from resources.store.model import ArtifactKey, MadeBy
from resources.studio import Studio
from resources.viewer_events import EventKind, ViewerEvent

ASPECT = "16x9"
PICTURES = ("amber_door.jpg", "building.jpg", "home.jpg", "chelsea_cat.png")
TREATMENTS = ("clean", "grade", "title", "collage")
ARMS = ("a0000001", "b0000002", "c0000003", "d0000004")
PLAN = Plan(holdout=0.0, min_days=0.0, novelty_days=0.0, min_impressions=500, guardrail=1.0, max_days=30.0)
DAYS = 10


@pytest.fixture
def title(studio: Studio, instance: dg.DagsterInstance, data: Path) -> str:
    """A title with four published variants."""
    title = deliver(str(data / "video" / "one_frame.mp4"), studio, instance).title
    publish(studio, title, data, ARMS)
    return title


def publish(studio: Studio, title: str, data: Path, arms: tuple[str, ...], *, generated: tuple[str, ...] = ()) -> None:
    folder = studio.settings.home / "staged"
    folder.mkdir(exist_ok=True)
    variants = [
        {
            "id": arm,
            "file": f"variant-{arm}.jpg",
            "recipe": {"treatment": TREATMENTS[place]},
            "traits": {"treatment": TREATMENTS[place]},
            "generated": arm in generated,
        }
        for place, arm in enumerate(arms)
    ]
    (folder / "variants.json").write_text(json.dumps({"variants": variants}))
    pictures = {f"variant-{arm}.jpg": data / "images/content" / name for arm, name in zip(arms, PICTURES, strict=False)}
    key = ArtifactKey(title, "thumbnails", ASPECT)
    manifest = studio.store.publish(
        key,
        pictures | {"variants.json": folder / "variants.json"},
        made_by=MadeBy(code_version="1", engine="test", parameters={}),
        inputs={},
        quality={},
        cost_s=1.0,
    )
    studio.ledger.ready(key, input_hash="as made", manifest=manifest)


def events(studio: Studio, title: str) -> list[str]:
    """The kinds of the events that the house told of a title, in order."""
    with studio.database.connection() as connection:
        return [row[0] for row in connection.execute("SELECT kind FROM events WHERE title = %s ORDER BY id", [title])]


def running(studio: Studio, title: str) -> Experiment:
    """An experiment of the title that has run for ten days."""
    experiment = start_experiment(title, ASPECT, studio, who="test", plan=PLAN)
    with studio.database.connection() as connection:
        connection.execute(
            "UPDATE experiments SET started_at = now() - make_interval(days => %s) WHERE id = %s",
            [DAYS, experiment.id],
        )
    return studio.experiments.get(experiment.id)


def browse(
    studio: Studio,
    experiment: Experiment,
    rates: Mapping[str, float],
    viewers: int = 24_000,
    segments: Mapping[str, Mapping[str, float]] | None = None,
    *,
    seed: int = 7,
) -> None:
    """Viewers see the arm that the edge would have shown them, and click by its true rate, a segment's by its own."""
    names = ["", *(segments or {})]
    chance = random.Random(seed)
    began = datetime.now(UTC) - timedelta(days=DAYS)
    events = []
    for number in range(viewers):
        viewer = f"viewer-{number}"
        arm, propensity = assign(experiment.weights, bucket("test", "salt", viewer))  # the same split every time
        at = began + timedelta(days=DAYS * (number + 0.5) / viewers)
        segment = names[number % len(names)]
        likes = (segments or {}).get(segment, rates)
        kinds = [EventKind.IMPRESSION] + [EventKind.CLICK] * (chance.random() < likes[arm])
        events += [
            ViewerEvent(
                id=UUID(int=chance.getrandbits(128)),
                kind=kind,
                at=at,
                viewer=viewer,
                title=experiment.title,
                aspect=experiment.aspect,
                experiment=experiment.id,
                arm=arm,
                epoch=experiment.epoch,
                propensity=propensity,
                segment=segment,
            )
            for kind in kinds
        ]
    studio.viewer_events.record(events)
