"""Scenes: what an editor wants to know of every shot and every moment, and which shots belong together."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from assets.artifact import Artifact, house_rules
from assets.audio import FEATURES_FILE, TRACK_FILE
from assets.checks.tables import run_checks
from assets.events import AssetEvent, asset_events
from assets.keyframes import KEYFRAMES_FILE
from assets.making import Made, Work, making
from assets.metadata import picture, table
from assets.shot_features import FEATURES_FILE as SHOT_FEATURES_FILE
from assets.shots import SHOTS_FILE, SIGNALS_FILE
from resources.studio import Studio

if TYPE_CHECKING:
    from ops.scenes.known import Known

__all__ = ["SCENES", "SCENES_FILE", "SUMMARY_FILE", "TIMELINE_FILE", "make_scenes", "scenes"]

SCENES = Artifact(
    "scenes",
    upstream=("shots", "keyframes", "shot_features", "audio_track", "audio_features"),
    code_version="1",
    engine="embedded/scenes",
    kinds=frozenset({"numpy", "opencv"}),
    uses=("aesthetics_engine", "speech_emotion_engine", "face_emotion_engine"),
)

SCENES_FILE = "scenes.npz"
SUMMARY_FILE = "scenes.json"
TIMELINE_FILE = "timeline.png"


def make_scenes(title: str, studio: Studio) -> Iterator[Made]:
    """Measure movement, mood, dialogue and highlights along the film, and group its shots into scenes."""
    from ops.scenes.analyse import Judges, analyse_scenes
    from ops.scenes.timeline import draw_scene_timeline

    with making(title, SCENES, studio) as work:
        known, engines = _known(work), studio.engines
        found = analyse_scenes(
            work.film(),
            known,
            Judges(engines.aesthetics, engines.speech_emotion, engines.face_emotion),
            folder=work.folder,
            progress=work.progress,
        )
        staged = {name: work.folder / name for name in (SCENES_FILE, SUMMARY_FILE, TIMELINE_FILE)}
        found.save(staged[SCENES_FILE])
        staged[SUMMARY_FILE].write_text(json.dumps(found.to_json(), indent=1, ensure_ascii=False))
        staged[TIMELINE_FILE].write_bytes(draw_scene_timeline(found, known.keyframes, known.pictures))
        yield work.publish(
            staged,
            checks=[
                *run_checks("scenes", found.table(), shots=len(known.shots.shots)),
                *run_checks("scene_curves", found.curves_table(), duration_s=found.duration_s, step_s=found.step_s),
                *run_checks("scene_lines", found.lines_table(), duration_s=found.duration_s, shots=len(found)),
            ],
            metadata={
                "timeline": picture(staged[TIMELINE_FILE], width=1200),
                "shots": table(found.table()),
                "lines": table(found.lines_table()),
            },
            quality={"scene_count": found.scene_count, "line_count": len(found.lines)},
        )


def _known(work: Work) -> "Known":
    from ops.audio.features import AudioFeatures
    from ops.keyframes.model import KeyframeSet
    from ops.scenes.known import Known
    from ops.shot_features import ShotFeatures
    from ops.shots.model import ShotList
    from ops.shots.signals import FrameSignals

    return Known(
        shots=ShotList.from_json(json.loads(work.input_file("shots", SHOTS_FILE).read_text())),
        signals=FrameSignals.load(work.input_file("shots", SIGNALS_FILE)),
        keyframes=KeyframeSet.from_json(json.loads(work.input_file("keyframes", KEYFRAMES_FILE).read_text())),
        pictures=work.studio.store.fetch_all(work.inputs["keyframes"]),
        features=ShotFeatures.load(work.input_file("shot_features", SHOT_FEATURES_FILE)),
        sound=AudioFeatures.from_json(json.loads(work.input_file("audio_features", FEATURES_FILE).read_text())),
        track=work.input_file("audio_track", TRACK_FILE),
    )


@dg.asset(**house_rules(SCENES))
def scenes(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
    """Every shot as an editor reads it: action, camera, mood, dialogue, highlight; and which shots make a scene.

    Movement is measured by optical flow, the camera's told from the things'; arousal and valence are a proxy by the
    features of sound and colour unless emotion engines are set.
    """
    yield from asset_events(context, studio, make_scenes)
