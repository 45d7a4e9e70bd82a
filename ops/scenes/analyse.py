"""The whole analysis of a film's shots and scenes, from its file and what was found in it before."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ops.aesthetics import AestheticJudge
from ops.audio.features import AudioFeatures
from ops.progress import Progress, no_progress
from ops.scenes import curves as along
from ops.scenes.dialogue import lines_heard, lines_read
from ops.scenes.emotion import Mood, faces_felt, mood_of, voices_felt
from ops.scenes.feeling import FaceEmotion, SpeechEmotion
from ops.scenes.grouping import ShotSound, group_scenes
from ops.scenes.hearing import TONE_STEP_S, Heard, listen
from ops.scenes.highlight import cut_density, highlight_curve
from ops.scenes.known import FilmClock, Known
from ops.scenes.model import COLUMNS, CURVES, STEP_S, Line, SceneAnalysis, likeness_of
from ops.scenes.mood import arousal_heard, mode_heard, valence_heard, valence_seen, warmth
from ops.scenes.movement import Movement, measure_movement
from ops.scenes.per_shot import feature, near_black, shot_numbers
from ops.scenes.transcript import Transcript, embedded_transcript
from ops.shots.model import Transition

__all__ = ["Judges", "analyse_scenes"]

_MOVEMENT, _SOUND = 0.8, 0.9
"""Shares of the work done after each, for the progress bar: decoding is most of it."""


@dataclass(frozen=True)
class Judges:
    """The engines; None where none is chosen and the features speak alone."""

    aesthetics: AestheticJudge
    speech_emotion: SpeechEmotion | None = None
    face_emotion: FaceEmotion | None = None


def analyse_scenes(
    film: Path, known: Known, judges: Judges, *, folder: Path, progress: Progress = no_progress
) -> SceneAnalysis:
    """Measure movement, mood, dialogue and highlights of every shot, and group the shots into scenes.

    The film is decoded once, small; memory does not grow with its length beyond a few numbers a frame.

    Args:
        film: The film.
        known: What was found in it before.
        judges: The engines.
        folder: For what lies on disk meanwhile; nothing is left in it.
        progress: Told of the share done.

    Raises:
        MediaError: The film or its track cannot be read.
        ModelUnavailable: An engine fails.
    """
    clock = FilmClock(known.shots, known.signals)
    moved = measure_movement(film, known.shots, progress=lambda done: progress(_MOVEMENT * done))
    heard = listen(
        known.track,
        duration_s=known.sound.duration_s,
        progress=lambda done: progress(_MOVEMENT + (_SOUND - _MOVEMENT) * done),
    )
    transcript = embedded_transcript(film, origin_s=clock.origin_s, folder=folder)
    lines = _lines(transcript, known.sound, heard, clock)
    curves = _curves(known, judges, _Sensed(moved, heard, lines, transcript is not None), clock)
    numbers = shot_numbers(known, moved, curves, clock)
    numbers["scene"] = _scenes(known, numbers, clock)
    progress(1.0)
    return SceneAnalysis(
        numbers=np.stack([numbers[name] for name in COLUMNS], axis=1).astype(np.float32),
        colour=known.features.colour,
        embedding=known.features.embedding,
        lines=lines,
        curves={name: curves[name].astype(np.float32) for name in CURVES},
        step_s=STEP_S,
        engines={
            "embedding": known.features.embedder,
            "aesthetics": judges.aesthetics.name,
            "speech_emotion": "embedded/features" if judges.speech_emotion is None else judges.speech_emotion.name,
            "face_emotion": "embedded/features" if judges.face_emotion is None else judges.face_emotion.name,
            "words": "embedded/pauses" if transcript is None else transcript.source,
        },
    )


def _lines(transcript: Transcript | None, sound: AudioFeatures, heard: Heard, clock: FilmClock) -> tuple[Line, ...]:
    starts_s = clock.spans_s[:, 0]
    if transcript is None:
        found = lines_heard(sound.segments, heard.level, starts_s)
    else:
        found = lines_read(transcript, heard.level, starts_s)
    return tuple(line for line in found if line.start_s < clock.spans_s[-1, 1])


@dataclass(frozen=True)
class _Sensed:
    """What this pass over the film gave."""

    moved: Movement
    heard: Heard
    lines: tuple[Line, ...]
    worded: bool


def _curves(known: Known, judges: Judges, sensed: _Sensed, clock: FilmClock) -> dict[str, np.ndarray]:
    moved, heard = sensed.moved, sensed.heard
    times, starts = clock.times_s, clock.spans_s[:, 0]
    steps = np.stack([times, np.minimum(times + STEP_S, clock.spans_s[-1, 1] + 1e-6)], axis=1)
    kinds = along.shares_of_kinds(known.sound, steps)
    speech = kinds[:, 0]
    if sensed.worded:  # a voice over loud music is taken for music by ear; its words are known
        speech = np.maximum(speech, along.spoken(sensed.lines, steps))
    colour = np.stack(
        [along.mean_at(times, clock.frames_s, known.signals.colour[:, channel]) for channel in range(3)], axis=1
    )
    loudness = along.loudness_at(times, known.sound.loudness.short_term_lufs, 3.0)
    onsets = along.onset_rate(times, known.sound)
    pairs_s = clock.frames_s[np.minimum(moved.frame, len(clock.frames_s) - 1)]
    curves = {
        "action": along.mean_at(times, pairs_s, moved.action),
        "camera": along.mean_at(times, pairs_s, moved.camera),
        "loudness": loudness,
        "speech": speech,
        "music": kinds[:, 1],
        "onsets": onsets,
        "warmth": warmth(colour),
        "brightness": along.mean_at(times, clock.frames_s, known.signals.luma) / 255,
        "faces": along.held(times, starts, feature(known.features, "faces")),
        "aesthetics": along.held(times, starts, _aesthetics(known, judges.aesthetics)),
    }
    mood = _mood(known, judges, sensed, clock, curves=curves, colour=colour)
    curves |= {"arousal": mood.arousal, "valence": mood.valence}
    change = np.abs(np.gradient(curves["action"])) / STEP_S if len(times) > 1 else np.zeros(1)
    light = np.linalg.norm(np.diff(colour, axis=0, prepend=colour[:1]), axis=1)
    seen = 1 - along.mean_at(times, clock.frames_s, near_black(known.signals))
    curves["highlight"] = (
        seen
        * highlight_curve(  # what happens in the dark is no moment to show
            {
                "motion": curves["action"] + 0.25 * change,
                "cuts": cut_density(times, starts[1:]),
                "loudness": 0.5 * _standing_out(loudness) + 0.5 * _standing_out(onsets),
                "flux": np.interp(times, np.arange(len(heard.flux)) * TONE_STEP_S, heard.flux)
                if len(heard.flux)
                else np.zeros(len(times)),
                "speech_gap": 1 - speech,
                "light": light,
                "face": along.held(times, starts, feature(known.features, "face_area")),
            },
            STEP_S,
        )
    )
    return curves


def _mood(
    known: Known,
    judges: Judges,
    sensed: _Sensed,
    clock: FilmClock,
    *,
    curves: dict[str, np.ndarray],
    colour: np.ndarray,
) -> Mood:
    momentary = along.loudness_at(clock.times_s, known.sound.loudness.momentary_lufs, 0.4)
    stirring = arousal_heard(clock.times_s, sensed.heard, known.sound, momentary, curves["onsets"])
    ears, eyes = judges.speech_emotion, judges.face_emotion
    return mood_of(
        clock.times_s,
        arousal=stirring,
        valence=valence_heard(mode_heard(clock.times_s, sensed.heard), stirring),
        music=curves["music"],
        colour=valence_seen(colour),
        voices=[] if ears is None else voices_felt(known.track, sensed.lines, ears),
        faces=[] if eyes is None else faces_felt(known.keyframes, known.pictures, clock.spans_s, eyes),
    )


def _scenes(known: Known, numbers: dict[str, np.ndarray], clock: FilmClock) -> np.ndarray:
    features = known.features

    def alike(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return likeness_of(features.embedding, features.colour, features.embedder, one, other)

    coming = np.array([shot.transition_in for shot in known.shots.shots])
    return group_scenes(
        alike,
        ShotSound(np.maximum(numbers["loudness"], -50.0), along.shares_of_kinds(known.sound, clock.spans_s)),
        clock.spans_s,
        faded=coming == Transition.FADE,
        dissolved=np.isin(coming, [Transition.DISSOLVE, Transition.WIPE]),
    )


def _aesthetics(known: Known, judge: AestheticJudge) -> np.ndarray:
    """(N,) the best of each shot's keyframes, one picture in memory at a time; 0.5 for a shot without one."""
    from PIL import Image

    best = np.full(len(known.shots.shots), -1.0)
    for keyframe in known.keyframes.keyframes:
        with Image.open(known.pictures / keyframe.file) as opened:
            opened.draft("RGB", (960, 960))
            area = (keyframe.area.x, keyframe.area.y, keyframe.area.right, keyframe.area.bottom)
            left, top, right, bottom = (round(edge * side) for edge, side in zip(area, opened.size * 2, strict=True))
            picture = np.asarray(opened.convert("RGB").crop((left, top, right, bottom)))
        best[keyframe.shot] = max(best[keyframe.shot], float(judge.judge([picture])[0]))
    return np.where(best < 0, 0.5, np.clip(best, 0, 1))


def _standing_out(values: np.ndarray) -> np.ndarray:
    spread = float(values.std())
    return np.zeros(len(values)) if spread < 1e-6 else (values - values.mean()) / spread
