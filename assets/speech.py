"""Speech: where somebody speaks in the film, and who."""

import json
from collections.abc import Iterator

import dagster as dg

from assets.artifact import Artifact, house_rules
from assets.audio import TRACK_FILE
from assets.checks.tables import run_checks
from assets.events import AssetEvent, asset_events
from assets.making import Made, making
from assets.metadata import picture, table
from resources.studio import Studio
from resources.subtitles.speakers import SpeakerNames

__all__ = ["SPEAKERS_FILE", "SPEECH", "SPEECH_FILE", "make_speech", "speech"]

SPEECH = Artifact(
    "speech",
    upstream=("audio_track",),
    code_version="1",
    engine="silero+embedded/voices",
    group="subtitles",
    kinds=frozenset({"audio", "onnx"}),
    uses=("voices_engine",),
)

SPEECH_FILE = "speech.json"
SPEAKERS_FILE = "speakers.png"


def make_speech(title: str, studio: Studio) -> Iterator[Made]:
    """Find where somebody speaks, and tell the voices apart; the names that people gave them are kept."""
    from ops.pictures.speakers import draw_speech
    from ops.speech.analyse import analyse_speech

    with making(title, SPEECH, studio) as work:
        heard = analyse_speech(
            work.input_file("audio_track", TRACK_FILE),
            voices=studio.engines.voices,
            folder=work.folder,
            named=SpeakerNames(studio.database).of(title),
            progress=work.progress,
        )
        staged = {name: work.folder / name for name in (SPEECH_FILE, SPEAKERS_FILE)}
        staged[SPEECH_FILE].write_text(json.dumps(heard.to_json(), indent=1, ensure_ascii=False))
        staged[SPEAKERS_FILE].write_bytes(draw_speech(heard))
        yield work.publish(
            staged,
            checks=run_checks("turns", heard.table(), duration_s=heard.duration_s),
            metadata={"speakers": picture(staged[SPEAKERS_FILE], width=1200), "turns": table(heard.table())},
            quality={
                "speech_s": round(sum(end - start for start, end in heard.spans), 2),
                "speaker_count": len(heard.speakers),
            },
            parameters={"engines": dict(heard.engines)},
        )


@dg.asset(**house_rules(SPEECH))
def speech(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
    """Who speaks when: voice activity by silero-vad, voices told apart by clustering their prints.

    Names that people gave the voices stay theirs however the voices are numbered.
    """
    yield from asset_events(context, studio, make_speech)
