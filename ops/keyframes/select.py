"""Select a film's keyframes: look at a few moments of every shot, judge them, keep the best, save them full size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np

from ops.box import Box
from ops.descriptors import picture_descriptor
from ops.faces import Face, FaceDetector
from ops.keyframes.bars import Edges, picture_areas, read_edges
from ops.keyframes.diversity import choose_diverse
from ops.keyframes.judge import Candidate, Judgement, judge
from ops.keyframes.life import life
from ops.keyframes.model import Keyframe, KeyframeSet, SkippedShot
from ops.keyframes.moments import Moments, find_moments
from ops.keyframes.titles import lettering_in_shot
from ops.media.frames import Frame, read_frames_at
from ops.progress import Progress, no_progress
from ops.shots.model import ShotList
from ops.shots.signals import FrameSignals
from ops.still_quality import still_quality

__all__ = ["select_keyframes"]

_LOOK_WIDTH = 960
"""Width at which moments are looked at: faces and blur show, 4K does not slow it."""
_LOOKS_FOR_FACES = 48
"""Pictures in which faces are looked for before the choice; a short film's shots get several each."""
_EXTRA_EVERY_S = 3.0
"""A long shot may have one more keyframe for each of these; in proportion longer in a film of many shots."""
_FEW_SHOTS = 30
_TITLE = 0.012
"""Share of a picture under text from which the text, and not the scene, may be what changes."""
_MOST_A_SHOT = 5
_LEAST_A_FILM = 6
"""Keyframes that a film of one or two shots may have, as far as they differ."""
_QUALITY = 95


def select_keyframes(
    path: Path,
    shots: ShotList,
    signals: FrameSignals,
    *,
    faces: FaceDetector,
    into: Path,
    progress: Progress = no_progress,
) -> KeyframeSet:
    """Choose the frames that show a film's shots best, and save them.

    Every shot with a picture gets one; a long shot gets more where they differ. Decoding is bounded: a few moments a
    shot, at most 240 in all as long as every shot can have two.

    Args:
        path: The film.
        shots: Its shots.
        signals: Its per-frame signals, of the same analysis.
        faces: What finds faces.
        into: The folder to save into; pictures are named by frame, `keyframe_000123.jpg`.
        progress: Told the fraction done.

    Returns:
        The keyframes in the order they are shown; none if the whole film is blank.

    Raises:
        MediaError: The film cannot be read at the times that its analysis gave.
    """
    moments = find_moments(shots, signals)
    skipped = [SkippedShot(each.shot.index, each.why) for each in moments if not each.frames]
    candidates = _with_areas(_looked_at(path, moments, signals, faces, progress))
    judgements = judge(candidates)
    kept = _kept(candidates, judgements, shots)
    keyframes = []
    pictures = read_frames_at(path, [candidates[place].pts for place in kept])
    for place, frame in zip(kept, pictures, strict=True):
        candidate = candidates[place]
        if candidate.faces is None:
            candidate = candidate.with_faces(faces.detect(frame.rgb), frame.rgb)
        keyframes.append(_keyframe(candidate, judgements[place], signals))
        _save(frame, into / keyframes[-1].file)
        progress(0.8 + 0.2 * len(keyframes) / len(kept))
    progress(1.0)
    return KeyframeSet(tuple(keyframes), tuple(skipped))


def _looked_at(
    path: Path, moments: Sequence[Moments], signals: FrameSignals, faces: FaceDetector, progress: Progress
) -> Iterator[tuple[Edges, list[Candidate]]]:
    """Shot by shot, its candidates with their faces, and what its sides look like."""
    shot_of = {frame: each.shot.index for each in moments for frame in each.frames}
    frames = sorted(shot_of)
    looks = _looks_each(sum(bool(each.frames) for each in moments))
    calm = _stillness(signals)
    pictures = read_frames_at(path, [int(signals.pts[frame]) for frame in frames], width=_LOOK_WIDTH)
    done = 0
    for shot, group in groupby(zip(frames, pictures, strict=True), key=lambda pair: shot_of[pair[0]]):
        shown = dict(group)
        edges = read_edges([picture.rgb for picture in shown.values()])
        found = _looks(shot, shown, picture_areas([edges])[0], calm)
        yield edges, _with_faces(found, {frame: picture.rgb for frame, picture in shown.items()}, faces, looks)
        done += len(shown)
        progress(0.8 * done / len(frames))


def _looks_each(shots: int) -> int:
    return min(6, max(1, _LOOKS_FOR_FACES // max(shots, 1)))


def _stillness(signals: FrameSignals) -> np.ndarray:
    motion = np.maximum(signals.motion, np.append(signals.motion[1:], 0.0))
    return 1.0 - np.clip(motion / max(float(np.percentile(motion, 90)), 1.0), 0, 1)


def _looks(shot: int, shown: Mapping[int, Frame], area: Box, calm: np.ndarray) -> list[Candidate]:
    """The frames of one shot as candidates, their faces still unknown."""
    cuts = {frame: _cut(picture.rgb, area) for frame, picture in shown.items()}
    lettered = lettering_in_shot(list(cuts.values()))
    lives = life([cut for cut, text in zip(cuts.values(), lettered, strict=True) if text < _TITLE])
    return [
        Candidate(
            frame=frame,
            pts=shown[frame].pts,
            shot=shot,
            quality=still_quality(cut),
            stillness=float(calm[frame]),
            life=lives,
            lettering=text,
            descriptor=picture_descriptor(cut),
            area=area,
        )
        for (frame, cut), text in zip(cuts.items(), lettered, strict=True)
    ]


def _with_faces(
    found: list[Candidate], rgb: Mapping[int, np.ndarray], faces: FaceDetector, looks: int
) -> list[Candidate]:
    """Look for faces in a shot's best frames, until half of the looks have found none."""
    ranked = sorted(zip(found, judge(found), strict=True), key=lambda pair: (-pair[1].score, pair[0].frame))
    seen: list[Candidate] = []
    for candidate, _ in ranked[:looks]:
        picture = rgb[candidate.frame]
        seen.append(candidate.with_faces(faces.detect(picture), picture))
        if len(seen) >= max(2, looks // 2) and not any(each.faces for each in seen):
            break
    return seen + [candidate for candidate, _ in ranked[len(seen) :]]


def _with_areas(looked_at: Iterator[tuple[Edges, list[Candidate]]]) -> list[Candidate]:
    """All candidates by frame; where a shot was too dark to tell its bars, the film's other shots do."""
    shots = list(looked_at)
    areas = picture_areas([edges for edges, _ in shots])
    candidates = [replace(each, area=area) for (_, found), area in zip(shots, areas, strict=True) for each in found]
    return sorted(candidates, key=lambda each: each.frame)


def _kept(candidates: Sequence[Candidate], judgements: Sequence[Judgement], shots: ShotList) -> list[int]:
    if not candidates:
        return []
    lengths = {shot.index: shots.end_s(shot) - shots.start_s(shot) for shot in shots.shots}
    return choose_diverse(
        [judgement.score for judgement in judgements],
        np.stack([each.descriptor for each in candidates]),
        [each.shot for each in candidates],
        {index: _most(length, len(lengths)) for index, length in lengths.items()},
    )


def _most(length_s: float, shots: int) -> int:
    """How many keyframes a shot may have: by its length, and more in a film of few shots, for there to be a choice."""
    every = _EXTRA_EVERY_S * max(1.0, shots / _FEW_SHOTS)
    return max(min(_MOST_A_SHOT, 1 + int(length_s / every)), _LEAST_A_FILM // shots)


def _keyframe(candidate: Candidate, judgement: Judgement, signals: FrameSignals) -> Keyframe:
    faces: tuple[Face, ...] = candidate.faces or ()
    return Keyframe(
        frame=candidate.frame,
        pts=candidate.pts,
        time_s=float(candidate.pts * signals.time_base),
        shot=candidate.shot,
        file=f"keyframe_{candidate.frame:06d}.jpg",
        sharpness=judgement.sharpness,
        exposure=candidate.quality.exposure,
        lettering=candidate.lettering,
        plainness=candidate.quality.plainness,
        score=judgement.score,
        faces=faces,
        area=candidate.area,
        life=candidate.life,
        why=judgement.why,
    )


def _cut(rgb: np.ndarray, area: Box) -> np.ndarray:
    left, top, right, bottom = area.pixels(rgb.shape[1], rgb.shape[0])
    return np.ascontiguousarray(rgb[top:bottom, left:right])


def _save(frame: Frame, path: Path) -> None:
    """A JPEG without chroma subsampling; the same frame gives the same bytes."""
    bgr = cv2.cvtColor(frame.rgb, cv2.COLOR_RGB2BGR)
    options = [
        *(cv2.IMWRITE_JPEG_QUALITY, _QUALITY),
        *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
        *(cv2.IMWRITE_JPEG_OPTIMIZE, 1),
    ]
    _, encoded = cv2.imencode(".jpg", bgr, options)
    path.write_bytes(encoded.tobytes())
