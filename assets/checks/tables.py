"""The tables that are judged, by name: from a table and what is known beside it to its outcomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assets.checks.audio_features import beats_suite, loudness_suite, segments_suite
from assets.checks.blended_image import blend_suite
from assets.checks.custom_style import custom_style_suite
from assets.checks.evaluate import run_expectations
from assets.checks.frame_signals import frame_signals_suite
from assets.checks.keyframes import keyframes_suite
from assets.checks.ladder import ladder_manifests_suite, ladder_segments_suite, ladder_suite
from assets.checks.model import CheckOutcome, Suite
from assets.checks.preference_profiles import preferences_suite
from assets.checks.renditions import rendition_suite
from assets.checks.safety import safety_suite
from assets.checks.scenes import scene_curves_suite, scene_lines_suite, scenes_suite
from assets.checks.shot_features import shot_features_suite
from assets.checks.shots import shots_suite
from assets.checks.source_video import source_video_suite
from assets.checks.speech import transcript_suite, turns_suite
from assets.checks.subtitles import cues_suite, sentences_suite, subtitles_suite
from assets.checks.thumbnails import thumbnail_suite
from assets.checks.trailers import trailer_suite
from assets.checks.variants import variants_suite

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["run_checks"]

_SUITES: dict[str, Callable[..., Suite]] = {
    "source_video": source_video_suite,
    "shots": shots_suite,
    "signals": frame_signals_suite,
    "beats": beats_suite,
    "segments": segments_suite,
    "loudness": loudness_suite,
    "keyframes": keyframes_suite,
    "shot_features": shot_features_suite,
    "scenes": scenes_suite,
    "scene_curves": scene_curves_suite,
    "scene_lines": scene_lines_suite,
    "turns": turns_suite,
    "words": transcript_suite,
    "cues": cues_suite,
    "sentences": sentences_suite,
    "subtitles": subtitles_suite,
    "blend": blend_suite,
    "thumbnail": thumbnail_suite,
    "variants": variants_suite,
    "safety": safety_suite,
    "trailer": trailer_suite,
    "custom_style": custom_style_suite,
    "tastes": preferences_suite,
    "rendition": rendition_suite,
    "ladder": ladder_suite,
    "ladder_segments": ladder_segments_suite,
    "ladder_manifests": ladder_manifests_suite,
}


def run_checks(table_of: str, table: pd.DataFrame, **known: Any) -> list[CheckOutcome]:
    """Judge one of the house's tables.

    Args:
        table_of: What the table is of: "source_video", "shots", "signals", "beats", "segments", "loudness",
            "keyframes", "shot_features", "scenes", "scene_curves", "scene_lines", "turns", "words", "cues",
            "sentences", "subtitles", "thumbnail", "variants", "safety", "blend", "trailer", "rendition", "ladder",
            "ladder_segments" or "ladder_manifests".
        table: The table, as its family's `.table()` gives it.
        **known: What the table is judged against, as its suite takes it, for example `frames=240`.

    Raises:
        KeyError: There are no checks of that name.
        TypeError: Something that its suite is judged against is missing.
    """
    return run_expectations(table, _SUITES[table_of](**known))
