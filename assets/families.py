"""Every family of the house, in the order in which a title's artifacts are made.

A family is what is made together, by one function, on one kind of machine. The definitions, the batch runs, the
planner and the command line all go by this list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assets.artifact import Artifact, keyed
from assets.audio import AUDIO_FEATURES, AUDIO_TRACK, audio_features, audio_track, make_audio_features, make_audio_track
from assets.keyframes import KEYFRAMES, keyframes, make_keyframes
from assets.making import Made
from assets.rendition_ladder import RENDITION_LADDERS, make_rendition_ladders, rendition_ladders
from assets.renditions import GPU_RENDITIONS, RENDITIONS, make_renditions, rendition_assets
from assets.scenes import SCENES, make_scenes, scenes
from assets.shot_features import SHOT_FEATURES, make_shot_features, shot_features
from assets.shots import SHOTS, make_shots, shots
from assets.source_video import SOURCE_VIDEO, make_source_video, source_video
from assets.speech import SPEECH, make_speech, speech
from assets.subtitles import SUBTITLES, make_subtitles, subtitles
from assets.thumbnails import THUMBNAILS, make_thumbnails, thumbnails
from assets.trailer_ladder import LADDERS, make_trailer_ladders, trailer_ladders
from assets.trailers import TRAILERS, make_trailers, trailers
from assets.transcript import TRANSCRIPT, make_transcript, transcript
from resources.studio import Studio

__all__ = ["ARTIFACTS", "DEFAULT", "FAMILIES", "Family", "default_assets"]


@dataclass(frozen=True)
class Family:
    """Artifacts that one function makes.

    Attributes:
        name: The family's name; its batch op is `refresh_<name>`.
        artifacts: What it makes.
        make: Makes those of its assets that are asked for by name, for one title.
    """

    name: str
    artifacts: tuple[Artifact, ...]
    make: Callable[[str, Studio, Sequence[str]], Iterable[Made]]

    @property
    def placement(self) -> str:
        """The row of the placement table that its batch op runs by."""
        return self.artifacts[0].family


def _single(artifact: Artifact, make: Callable[[str, Studio], Iterable[Made]]) -> Family:
    return Family(artifact.asset, (artifact,), lambda title, studio, wanted: make(title, studio))


FAMILIES: tuple[Family, ...] = (
    _single(SOURCE_VIDEO, make_source_video),
    _single(SHOTS, make_shots),
    _single(AUDIO_TRACK, make_audio_track),
    _single(AUDIO_FEATURES, make_audio_features),
    _single(KEYFRAMES, make_keyframes),
    _single(SHOT_FEATURES, make_shot_features),
    _single(SCENES, make_scenes),
    _single(SPEECH, make_speech),
    _single(TRANSCRIPT, make_transcript),
    Family("subtitles", SUBTITLES, make_subtitles),
    Family("thumbnails", THUMBNAILS, make_thumbnails),
    Family("trailers", TRAILERS, make_trailers),
    Family("trailer_ladder", LADDERS, make_trailer_ladders),
    Family("renditions", RENDITIONS, make_renditions),
    *([Family("neural_renditions", GPU_RENDITIONS, make_renditions)] if GPU_RENDITIONS else []),
    Family("rendition_ladders", RENDITION_LADDERS, make_rendition_ladders),
)

ARTIFACTS: Mapping[str, Artifact] = keyed(tuple(artifact for family in FAMILIES for artifact in family.artifacts))
"""All artifacts by asset name, upstreams before what is made from them."""

DEFAULT: tuple[str, ...] = tuple(asset for asset, artifact in ARTIFACTS.items() if not artifact.on_demand)
"""The assets that are made where nobody says which."""

default_assets: list[Any] = [
    source_video,
    shots,
    audio_track,
    audio_features,
    keyframes,
    shot_features,
    scenes,
    speech,
    transcript,
    subtitles,
    thumbnails,
    trailers,
    *trailer_ladders,
    *rendition_assets,
    rendition_ladders,
]
