"""Speech: where somebody speaks in the film, and who."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import dagster as dg

from assets.artifact import Artifact, house_rules
from assets.audio import TRACK_FILE
from assets.checks.tables import run_checks
from assets.events import AssetEvent, asset_events
from assets.making import Made, Work, making
from assets.metadata import picture, table
from resources.studio import Studio
from resources.subtitles.speakers import SpeakerNames

if TYPE_CHECKING:
    from ops.speech.model import Speech
    from ops.speech.names import NamedTurn

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
    import pandas as pd

    from ops.pictures.speakers import draw_speech
    from ops.speech.analyse import analyse_speech
    from ops.speech.names import carried_over

    with making(title, SPEECH, studio) as work:
        heard = _heard_before(work) or analyse_speech(
            work.input_file("audio_track", TRACK_FILE),
            voices=studio.engines.voices,
            folder=work.folder,
            progress=work.progress,
        )
        heard = replace(heard, names=carried_over(_named(title, studio), heard.turns))
        staged = {name: work.folder / name for name in (SPEECH_FILE, SPEAKERS_FILE)}
        staged[SPEECH_FILE].write_text(json.dumps(heard.to_json(), indent=1, ensure_ascii=False))
        staged[SPEAKERS_FILE].write_bytes(draw_speech(heard))
        turns = pd.DataFrame(heard.table(), columns=["start_s", "end_s", "speaker", "name"])
        turns = turns.astype({"start_s": float, "end_s": float, "speaker": object})
        yield work.publish(
            staged,
            checks=run_checks("turns", turns, duration_s=heard.duration_s),
            metadata={
                "speakers": picture(staged[SPEAKERS_FILE], width=1200),
                "turns": table(turns),
                "engines": dg.MetadataValue.json(dict(heard.engines)),
                "notes": dg.MetadataValue.json(list(heard.notes)),
            },
            quality={
                "speech_s": round(sum(end - start for start, end in heard.spans), 2),
                "speaker_count": len(heard.speakers),
            },
            parameters={"engines": dict(heard.engines)},
        )


def _heard_before(work: Work) -> "Speech | None":
    """What was heard of this very sound, by the same code and engine: a name does not have it heard again."""
    from ops.speech.model import Speech

    last = work.studio.store.manifest(work.key)
    if last is None or last.inputs != work.input_versions:
        return None
    if (last.made_by.code_version, last.made_by.engine) != (work.artifact.code_version, work.artifact.engine):
        return None
    return Speech.from_json(json.loads(work.studio.store.fetch(last, SPEECH_FILE).read_text(encoding="utf-8")))


def _named(title: str, studio: Studio) -> "list[NamedTurn]":
    from ops.speech.names import NamedTurn

    names = SpeakerNames(studio.database).of(title)
    return [NamedTurn(start, end, name) for name, turns in names.items() for start, end in turns]


@dg.asset(**house_rules(SPEECH))
def speech(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
    """Who speaks when: voice activity by silero-vad, voices told apart by clustering their prints.

    Names that people gave the voices stay theirs however the voices are numbered.
    """
    yield from asset_events(context, studio, make_speech)
