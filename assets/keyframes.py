"""Keyframes: for every shot the frame that shows it best, saved at full size."""

import json
from collections.abc import Iterator

import dagster as dg

from assets.artifact import Artifact, house_rules
from assets.checks.tables import run_checks
from assets.events import AssetEvent, asset_events
from assets.making import Made, making
from assets.metadata import picture, table
from assets.shots import SHOTS_FILE, SIGNALS_FILE
from resources.studio import Studio

__all__ = ["KEYFRAMES", "KEYFRAMES_FILE", "keyframes", "make_keyframes"]

KEYFRAMES = Artifact(
    "keyframes",
    upstream=("shots",),
    code_version="1",
    engine="embedded/opencv-cascade",
    kinds=frozenset({"image", "opencv"}),
    uses=("faces_engine",),
)

KEYFRAMES_FILE = "keyframes.json"
SHEET_FILE = "contact_sheet.jpg"


def make_keyframes(title: str, studio: Studio) -> Iterator[Made]:
    """Choose and save every shot's best frame: sharp, well exposed, eyes open, unlike the others."""
    from ops.keyframes.select import select_keyframes
    from ops.pictures.contact_sheet import draw_contact_sheet
    from ops.shots.model import ShotList
    from ops.shots.signals import FrameSignals

    with making(title, KEYFRAMES, studio) as work:
        cut = ShotList.from_json(json.loads(work.input_file("shots", SHOTS_FILE).read_text()))
        signals = FrameSignals.load(work.input_file("shots", SIGNALS_FILE))
        chosen = select_keyframes(
            work.film(), cut, signals, faces=studio.engines.faces, into=work.folder, progress=work.progress
        )
        staged = {name: work.folder / name for name in (KEYFRAMES_FILE, SHEET_FILE)}
        staged[KEYFRAMES_FILE].write_text(json.dumps(chosen.to_json(), indent=1))
        staged[SHEET_FILE].write_bytes(draw_contact_sheet(chosen, work.folder))
        pictures = {keyframe.file: work.folder / keyframe.file for keyframe in chosen.keyframes}
        yield work.publish(
            staged | pictures,
            checks=run_checks(
                "keyframes", chosen.table(), shots=cut.table(), skipped=[each.shot for each in chosen.skipped]
            ),
            metadata={
                "contact_sheet": picture(staged[SHEET_FILE]),
                "keyframes": table(chosen.table()),
            },
            quality={"keyframe_count": len(chosen.keyframes)},
        )


@dg.asset(**house_rules(KEYFRAMES))
def keyframes(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
    """The frame of every shot that shows it best: sharp, well exposed, eyes open, never in the middle of a dissolve."""
    yield from asset_events(context, studio, make_keyframes)
