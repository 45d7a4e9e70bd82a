"""Which checks an asset reports, known without evaluating anything: definitions load with these."""

from __future__ import annotations

from assets.checks.audio_features import BEATS_PROMISES, LOUDNESS_PROMISES, SEGMENTS_PROMISES
from assets.checks.blended_image import BLEND_PROMISES
from assets.checks.frame_signals import FRAME_SIGNALS_PROMISES
from assets.checks.keyframes import KEYFRAMES_PROMISES
from assets.checks.ladder import LADDER_PROMISES
from assets.checks.model import Promise
from assets.checks.renditions import RENDITION_PROMISES
from assets.checks.safety import SAFETY_PROMISES
from assets.checks.scenes import SCENES_PROMISES
from assets.checks.shot_features import SHOT_FEATURES_PROMISES
from assets.checks.shots import SHOTS_PROMISES
from assets.checks.source_video import SOURCE_VIDEO_PROMISES
from assets.checks.speech import SPEECH_PROMISES, TRANSCRIPT_PROMISES
from assets.checks.subtitles import SUBTITLES_PROMISES
from assets.checks.thumbnails import THUMBNAIL_PROMISES
from assets.checks.trailers import TRAILER_PROMISES
from assets.checks.variants import VARIANTS_PROMISES

__all__ = ["check_specs_for"]

_PROMISES: dict[str, tuple[Promise, ...]] = {
    "source_video": SOURCE_VIDEO_PROMISES,
    "shots": (*SHOTS_PROMISES, *FRAME_SIGNALS_PROMISES),
    "audio_features": (*BEATS_PROMISES, *SEGMENTS_PROMISES, *LOUDNESS_PROMISES),
    "keyframes": KEYFRAMES_PROMISES,
    "shot_features": SHOT_FEATURES_PROMISES,
    "scenes": SCENES_PROMISES,
    "speech": SPEECH_PROMISES,
    "transcript": TRANSCRIPT_PROMISES,
    "subtitles": SUBTITLES_PROMISES,
    "thumbnails": (*THUMBNAIL_PROMISES, *VARIANTS_PROMISES, *SAFETY_PROMISES),
    "trailer": TRAILER_PROMISES,
    "trailer_ladder": LADDER_PROMISES,
    "rendition": RENDITION_PROMISES,
    "blended_image": BLEND_PROMISES,
    "ordered_rendition": RENDITION_PROMISES,
    "rendition_ladder": LADDER_PROMISES,
}


def check_specs_for(asset: str) -> list[Promise]:
    """The checks of an asset as (name, description, blocking), in the order in which they are reported.

    Args:
        asset: The asset's name; variants share their family's checks ("thumbnails/16x9", "thumbnails/1x1").
    """
    return list(_PROMISES.get(asset.partition("/")[0], ()))
