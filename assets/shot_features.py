"""Shot features: what each shot is like, in numbers that search, trailers and rankings read."""

import json
from collections.abc import Iterator

import dagster as dg

from assets.artifact import Artifact, house_rules
from assets.checks.tables import run_checks
from assets.events import AssetEvent, asset_events
from assets.keyframes import KEYFRAMES_FILE
from assets.making import Made, making
from assets.metadata import table
from assets.shots import SHOTS_FILE, SIGNALS_FILE
from resources.studio import Studio

__all__ = ["SHOT_FEATURES", "make_shot_features", "shot_features"]

SHOT_FEATURES = Artifact(
    "shot_features",
    upstream=("shots", "keyframes"),
    code_version="1",
    engine="embedded/descriptors",
    kinds=frozenset({"numpy", "opencv"}),
    uses=("embedding_engine",),
)

FEATURES_FILE = "shot_features.npz"


def make_shot_features(title: str, studio: Studio) -> Iterator[Made]:
    """Sum up every shot: motion, sharpness, colour, faces, and a vector of its picture."""
    from ops.keyframes.model import KeyframeSet
    from ops.shot_features import describe_shots
    from ops.shots.model import ShotList
    from ops.shots.signals import FrameSignals

    with making(title, SHOT_FEATURES, studio) as work:
        cut = ShotList.from_json(json.loads(work.input_file("shots", SHOTS_FILE).read_text()))
        signals = FrameSignals.load(work.input_file("shots", SIGNALS_FILE))
        chosen = KeyframeSet.from_json(json.loads(work.input_file("keyframes", KEYFRAMES_FILE).read_text()))
        folder = studio.store.fetch_all(work.inputs["keyframes"])
        features = describe_shots(cut, signals, chosen, folder, embedder=studio.engines.embedder)
        staged = work.folder / FEATURES_FILE
        features.save(staged)
        yield work.publish(
            {FEATURES_FILE: staged},
            checks=run_checks("shot_features", features.table(), shots=len(cut.shots)),
            metadata={"shots": table(features.table())},
        )


@dg.asset(**house_rules(SHOT_FEATURES))
def shot_features(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
    """Every shot in numbers: motion, sharpness, colour, faces and their size, and an embedding of its picture."""
    yield from asset_events(context, studio, make_shot_features)
