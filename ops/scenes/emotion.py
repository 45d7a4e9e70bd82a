"""A film's arousal and valence: the proxies of its sound and colours, and what models hear and see where they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ops.box import Box
from ops.scenes.feeling import FaceEmotion, Feeling, SpeechEmotion
from ops.scenes.hearing import stretches
from ops.scenes.model import Line

if TYPE_CHECKING:
    from ops.keyframes.model import KeyframeSet

__all__ = ["Mood", "faces_felt", "mood_of", "voices_felt"]

_SMALLEST_FACE = 0.004
"""Share of the picture: a smaller face has no expression to read (48 pixels high at 720p)."""

_LONGEST_S, _SHORTEST_S = 8.0, 0.5
_BATCH_FACES = 4

_SOUND, _COLOUR, _VOICE, _FACE = 0.8, 0.2, 1.5, 1.0
"""How much each is believed: a trained model's word counts about twice a proxy's."""


@dataclass(frozen=True, eq=False)
class Mood:
    """(T,) float32 curves: arousal 0 to 1, valence -1 to 1."""

    arousal: np.ndarray
    valence: np.ndarray


@dataclass(frozen=True)
class Felt:
    """A feeling and when it was heard or seen."""

    start_s: float
    end_s: float
    feeling: Feeling


def voices_felt(track: Path, lines: tuple[Line, ...], ears: SpeechEmotion) -> list[Felt]:
    """What the voices of lines feel.

    Raises:
        MediaError: The track cannot be read.
    """
    spans: list[tuple[float, float]] = []
    for line in lines:
        start = max(line.start_s, spans[-1][1] if spans else 0.0)
        if line.end_s - start >= _SHORTEST_S:
            spans.append((start, min(line.end_s, start + _LONGEST_S)))
    return [
        Felt(*span, ears.hear(sound))
        for span, sound in zip(spans, stretches(track, spans), strict=True)
        if len(sound) >= _SHORTEST_S * 16_000
    ]


def faces_felt(keyframes: KeyframeSet, folder: Path, spans_s: np.ndarray, eyes: FaceEmotion) -> list[Felt]:
    """What the faces of keyframes feel, for as long as their shot lasts; a shot's faces count by their area."""
    from PIL import Image

    felt: dict[int, list[tuple[float, Feeling]]] = {}
    for keyframe in keyframes.keyframes:
        faces = sorted(keyframe.faces, key=lambda face: -face.area)[:_BATCH_FACES]
        faces = [face for face in faces if face.area >= _SMALLEST_FACE]
        if not faces:
            continue
        with Image.open(folder / keyframe.file) as opened:
            picture = np.asarray(opened.convert("RGB"))
        for face in faces:
            felt.setdefault(keyframe.shot, []).append((face.area, eyes.read(_cut_out(picture, face.box))))
    return [
        Felt(
            float(spans_s[shot, 0]),
            float(spans_s[shot, 1]),
            Feeling(
                sum(area * feeling.valence for area, feeling in seen) / sum(area for area, _ in seen),
                sum(area * feeling.arousal for area, feeling in seen) / sum(area for area, _ in seen),
            ),
        )
        for shot, seen in felt.items()
    ]


def mood_of(
    times_s: np.ndarray,
    *,
    arousal: np.ndarray,
    valence: np.ndarray,
    music: np.ndarray,
    colour: np.ndarray,
    voices: list[Felt],
    faces: list[Felt],
) -> Mood:
    """Weigh what is known at each time.

    Args:
        times_s: (T,) when.
        arousal: (T,) 0 to 1, of the sound.
        valence: (T,) -1 to 1, of the sound, which counts where there is music.
        music: (T,) share of music, 0 to 1.
        colour: (T,) -1 to 1, valence of the colours.
        voices: What voices feel.
        faces: What faces feel.
    """
    stirred, stirred_weight = _SOUND * arousal.astype(np.float64), np.full(len(times_s), _SOUND)
    pleased = _SOUND * music * valence + _COLOUR * colour
    pleased_weight = _SOUND * music.astype(np.float64) + _COLOUR
    for weight, known in ((_VOICE, voices), (_FACE, faces)):
        for each in known:
            within = (times_s >= each.start_s - 1e-6) & (times_s < each.end_s)
            stirred[within] += weight * (each.feeling.arousal + 1) / 2
            stirred_weight[within] += weight
            pleased[within] += weight * each.feeling.valence
            pleased_weight[within] += weight
    return Mood((stirred / stirred_weight).astype(np.float32), (pleased / pleased_weight).astype(np.float32))


def _cut_out(picture: np.ndarray, box: Box) -> np.ndarray:
    """The face with a fifth of its size around it, which is how the data sets of expressions were cut."""
    height, width = picture.shape[:2]
    left, right = box.x - 0.2 * box.w, box.x + 1.2 * box.w
    top, bottom = box.y - 0.2 * box.h, box.y + 1.2 * box.h
    rows = slice(max(0, int(top * height)), max(1, int(np.ceil(bottom * height))))
    columns = slice(max(0, int(left * width)), max(1, int(np.ceil(right * width))))
    return np.ascontiguousarray(picture[rows, columns])
