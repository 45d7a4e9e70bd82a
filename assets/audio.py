"""Sound: the film's main track on its own, and what is heard on it."""

import json
from collections.abc import Iterator

import dagster as dg

from assets.artifact import Artifact, house_rules
from assets.checks.tables import run_checks
from assets.events import AssetEvent, asset_events
from assets.making import Made, making
from assets.metadata import picture, table
from resources.studio import Studio

__all__ = [
    "AUDIO_FEATURES",
    "AUDIO_TRACK",
    "FEATURES_FILE",
    "WAVEFORM_FILE",
    "audio_features",
    "audio_track",
    "make_audio_features",
    "make_audio_track",
]

AUDIO_TRACK = Artifact(
    "audio_track",
    upstream=("source_video",),
    code_version="1",
    engine="pyav",
    group="sound",
    kinds=frozenset({"audio", "ffmpeg"}),
)
AUDIO_FEATURES = Artifact(
    "audio_features",
    upstream=("audio_track",),
    code_version="1",
    engine="librosa+ebur128",
    group="sound",
    kinds=frozenset({"audio", "librosa"}),
)

TRACK_FILE = "audio.flac"
FEATURES_FILE = "audio_features.json"
WAVEFORM_FILE = "waveform.png"


def make_audio_track(title: str, studio: Studio) -> Iterator[Made]:
    """Take the film's main sound out of it, aligned to the first picture."""
    from ops.audio.track import extract_track

    with making(title, AUDIO_TRACK, studio) as work:
        staged = work.folder / TRACK_FILE
        track = extract_track(work.film(), staged, progress=work.progress)
        if track is None:
            yield work.skip("the film has no sound")
            return
        yield work.publish(
            {TRACK_FILE: staged},
            metadata={"layout": dg.MetadataValue.text(track.layout), "rate": dg.MetadataValue.int(track.sample_rate)},
            quality={"duration_s": track.duration_s},
        )


def make_audio_features(title: str, studio: Studio) -> Iterator[Made]:
    """Measure loudness and rhythm, and tell speech, music and silence apart."""
    from ops.audio.measure import measure
    from ops.pictures.waveform import draw_waveform

    with making(title, AUDIO_FEATURES, studio) as work:
        track = work.input_file("audio_track", TRACK_FILE)
        heard = measure(track, progress=work.progress)
        staged = {name: work.folder / name for name in (FEATURES_FILE, WAVEFORM_FILE)}
        staged[FEATURES_FILE].write_text(json.dumps(heard.to_json(), indent=1))
        staged[WAVEFORM_FILE].write_bytes(draw_waveform(heard))
        yield work.publish(
            staged,
            checks=[
                *run_checks("beats", heard.beats_table(), duration_s=heard.duration_s),
                *run_checks("segments", heard.segments_table(), duration_s=heard.duration_s),
                *run_checks(
                    "loudness",
                    heard.loudness_table(),
                    integrated_lufs=heard.loudness.integrated_lufs,
                    true_peak_dbtp=heard.loudness.true_peak_dbtp,
                ),
            ],
            metadata={
                "waveform": picture(staged[WAVEFORM_FILE]),
                "segments": table(heard.segments_table()),
                "beats": table(heard.beats_table()),
            },
        )


@dg.asset(**house_rules(AUDIO_TRACK))
def audio_track(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
    """The film's main sound as lossless FLAC, aligned to the first picture; skipped for a silent film."""
    yield from asset_events(context, studio, make_audio_track)


@dg.asset(**house_rules(AUDIO_FEATURES))
def audio_features(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
    """Loudness (EBU R128), onsets, beats and tempo, and where there is speech, music or silence."""
    yield from asset_events(context, studio, make_audio_features)
